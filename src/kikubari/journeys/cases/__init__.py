"""Journeys tried on made-up people: what is written down beside them must come true."""

from kikubari.journeys.cases.contracts import Case as Case
from kikubari.journeys.cases.contracts import CaseFile as CaseFile
from kikubari.journeys.cases.contracts import CaseOutcome as CaseOutcome
from kikubari.journeys.cases.contracts import CasePerson as CasePerson
from kikubari.journeys.cases.contracts import Difference as Difference
from kikubari.journeys.cases.contracts import ExpectedEntry as ExpectedEntry
from kikubari.journeys.cases.contracts import ExpectedMessage as ExpectedMessage
from kikubari.journeys.cases.contracts import ExpectedStep as ExpectedStep
from kikubari.journeys.cases.contracts import Happening as Happening
from kikubari.journeys.cases.contracts import JourneyOutcome as JourneyOutcome
from kikubari.journeys.cases.contracts import StatedConsent as StatedConsent
from kikubari.journeys.cases.knowledge import CaseShop as CaseShop
from kikubari.journeys.cases.trying import try_journey as try_journey
