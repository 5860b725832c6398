"""HTTP surfaces: admin API, public pages, tracking links. No rules of its own."""

from kikubari.api.application import create_api as create_api
from kikubari.api.application import describe_api as describe_api
from kikubari.api.contracts import ConsumerHealth as ConsumerHealth
from kikubari.api.contracts import DataServices as DataServices
from kikubari.api.contracts import DeliveryServices as DeliveryServices
from kikubari.api.contracts import ForecastServices as ForecastServices
from kikubari.api.contracts import Health as Health
from kikubari.api.contracts import HouseServices as HouseServices
from kikubari.api.contracts import JourneyServices as JourneyServices
from kikubari.api.contracts import LetterServices as LetterServices
from kikubari.api.contracts import MailSetup as MailSetup
from kikubari.api.contracts import PeopleServices as PeopleServices
from kikubari.api.contracts import PersonExport as PersonExport
from kikubari.api.contracts import PersonRights as PersonRights
from kikubari.api.contracts import SegmentServices as SegmentServices
from kikubari.api.contracts import Services as Services
from kikubari.api.contracts import ShopSettings as ShopSettings
from kikubari.api.contracts import WishServices as WishServices
from kikubari.api.shielding import shielded as shielded
