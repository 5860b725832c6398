"""Whether a shop sends what a journey looks at, said before the journey is published."""

from kikubari.journeys.readiness.contracts import DataFinding as DataFinding
from kikubari.journeys.readiness.contracts import EventSeen as EventSeen
from kikubari.journeys.readiness.contracts import Filled as Filled
from kikubari.journeys.readiness.contracts import Readiness as Readiness
from kikubari.journeys.readiness.contracts import ShopData as ShopData
from kikubari.journeys.readiness.look import ReadinessCheck as ReadinessCheck
from kikubari.journeys.readiness.look import count_amount as count_amount
from kikubari.journeys.readiness.look import show_how as show_how
