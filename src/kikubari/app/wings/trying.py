"""What is tried before anybody gets anything: recipes, and journeys on the past."""

from zoneinfo import ZoneInfo

from kikubari.app.adapters import SegmentAudience
from kikubari.app.journeying import JourneyPeople
from kikubari.app.past import (
    EnrolledHoldouts,
    LoggedMemories,
    LoggedPast,
    PastHabits,
    PreviewGuard,
    SentMail,
)
from kikubari.app.settings import read_costs
from kikubari.app.surveying import ShopSurvey
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.journeys import JourneysWing
from kikubari.app.wings.letters import LettersWing
from kikubari.app.wings.log import LogWing
from kikubari.app.wings.people import PeopleWing
from kikubari.app.wings.segments import SegmentsWing
from kikubari.deliver import FrequencyPolicies, Sender
from kikubari.events import RowBuilder
from kikubari.journeys.readiness import ReadinessCheck
from kikubari.journeys.recipes import RecipeBook
from kikubari.journeys.simulation import Past, Simulations
from kikubari.segments import EventTests, RememberedPeople
from kikubari.spec.envelope import DEFAULT_WORKSPACE


class TryingWing:
    """Recipes, what journeys look at and whether it comes, and simulations."""

    def __init__(
        self,
        ground: Ground,
        log: LogWing,
        people: PeopleWing,
        *,
        segments: SegmentsWing,
        letters: LettersWing,
        policies: FrequencyPolicies,
        journeys: JourneysWing,
    ) -> None:
        self._ground = ground
        self._log = log
        self._people = people
        self._segments = segments
        self._letters = letters
        self._policies = policies
        survey = ShopSurvey(
            log.attributes,
            columnar=ground.columnar,
            catalog=letters.catalog,
            engine=segments.engine,
            memberships=segments.memberships,
            clock=ground.clock,
        )
        self.recipes = RecipeBook(survey)
        self.readiness = ReadinessCheck(survey)
        self.simulations = Simulations(
            ground.state,
            self._remember,
            journeys=journeys.journeys,
            holdouts=EnrolledHoldouts(journeys.explaining),
            clock=ground.clock,
            ids=ground.ids,
        )

    def _remember(self) -> Past:
        """Return the past, of which nothing is remembered yet."""
        ground, settings = self._ground, self._ground.settings
        zone = ZoneInfo(settings.timezone)
        people = JourneyPeople(ground.state, self._people.profiles, self._people.limits)
        builder = RowBuilder(workspace_id=DEFAULT_WORKSPACE, currency=settings.currency)
        remembered = RememberedPeople(self._segments.engine, builder, zone=zone)
        sender = Sender(from_address=f"news@{settings.mail_domain}")
        return Past(
            events=LoggedPast(self._log.log),
            memories=LoggedMemories(
                self._log.log, people, remembered, SegmentAudience(self._segments.engine)
            ),
            people=people,
            tests=EventTests(currency=settings.currency, zone=zone, workspace_id=DEFAULT_WORKSPACE),
            guard=PreviewGuard(self._letters.previews, sender),
            habits=PastHabits(ground.state, ground.columnar, self._people.profiles),
            mail=SentMail(ground.state),
            costs=read_costs(settings.message_costs),
            frequency=lambda: self._policies.get().policy,
            fill=self._letters.saved_blocks.fill,
            zone=zone,
        )
