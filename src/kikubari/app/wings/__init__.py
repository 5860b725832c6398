"""Parts of the house: each builds the services of neighbouring rooms, and the loops they need."""

from kikubari.app.wings.calling import CallingWing as CallingWing
from kikubari.app.wings.delivery import DeliveryWing as DeliveryWing
from kikubari.app.wings.ground import Ground as Ground
from kikubari.app.wings.journeys import JourneysWing as JourneysWing
from kikubari.app.wings.letters import LettersWing as LettersWing
from kikubari.app.wings.log import LogWing as LogWing
from kikubari.app.wings.people import PeopleWing as PeopleWing
from kikubari.app.wings.predicting import PredictingWing as PredictingWing
from kikubari.app.wings.recommending import RecommendingWing as RecommendingWing
from kikubari.app.wings.segments import SegmentsWing as SegmentsWing
from kikubari.app.wings.trying import TryingWing as TryingWing
from kikubari.app.wings.wishes import WishesWing as WishesWing
