"""All journeys at once: who competes for the same people, and where people are lost."""

from kikubari.journeys.mapping.conflicts import map_conflicts as map_conflicts
from kikubari.journeys.mapping.contracts import Conflict as Conflict
from kikubari.journeys.mapping.contracts import ConflictMap as ConflictMap
from kikubari.journeys.mapping.contracts import Flow as Flow
from kikubari.journeys.mapping.contracts import Friction as Friction
from kikubari.journeys.mapping.contracts import JourneyMap as JourneyMap
from kikubari.journeys.mapping.contracts import StageJourney as StageJourney
from kikubari.journeys.mapping.contracts import StageView as StageView
from kikubari.journeys.mapping.stages import map_stages as map_stages
