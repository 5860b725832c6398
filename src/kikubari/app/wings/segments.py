"""Who belongs together: conditions, members, and what is found in them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from kikubari.api import SegmentServices
from kikubari.app.choosing import ProfilingObjections
from kikubari.app.selecting import SegmentFacts
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.log import LogWing
from kikubari.app.wings.people import PeopleWing
from kikubari.measure.insights import Insights, OrderBook
from kikubari.segments import (
    Follower,
    LiveLeaves,
    Lookalikes,
    Memberships,
    PastSizes,
    Personas,
    SegmentDefinitions,
    SegmentEngine,
    Segments,
    StoredLists,
    Thresholds,
    create_editor,
)

# Members follow the copy, which follows the log, within two seconds; with very many people that
# keeps two thirds of a core busy at the most.
FOLLOWING = timedelta(seconds=0.25)
FOLLOWING_RESTS = 0.5
_FORGETTING = timedelta(seconds=5)
_LOOKING_BACK = timedelta(seconds=30)


class SegmentsWing:
    """Segments, their members as time goes by, personas, look-alikes and insights."""

    def __init__(self, ground: Ground, log: LogWing, people: PeopleWing) -> None:
        state, columnar, clock = ground.state, ground.columnar, ground.clock
        zone = ZoneInfo(ground.settings.timezone)
        self._copier, self._forgetting = log.copier, log.forgetting
        self.thresholds = Thresholds(state, columnar, clock)
        definitions = SegmentDefinitions(state, self.thresholds)
        self.facts = SegmentFacts(definitions.definition)
        self.lists = StoredLists(state, columnar)
        objections = self._make_objections(ground, log, people)
        self.engine = SegmentEngine(
            columnar,
            progress=log.copier,
            lists=self.lists,
            definitions=definitions,
            clock=clock,
            zone=zone,
            erasures=log.forgetting,
            left_out=people.limits,
            objections=objections,
        )
        self.segments = Segments(state, self.engine, ground.ids, clock)
        self.editor = create_editor(
            columnar,
            self.engine,
            self.segments,
            lists=self.lists,
            definitions=definitions,
            currency=ground.settings.currency,
            zone=zone,
            stored_lists=self.lists,
            erasures=log.forgetting,
        )
        self.memberships = Memberships(state, clock, left_out=people.limits, objections=objections)
        book = OrderBook(
            columnar,
            left_out=people.limits,
            currency=ground.settings.currency,
            timezone=ground.settings.timezone,
        )
        self.insights = Insights(book, clock, thresholds=self.thresholds.values)
        leaves = LiveLeaves(
            state,
            columnar,
            progress=log.copier,
            moves=log.numbering,
            lists=self.lists,
            zone=zone,
            erasures=log.forgetting,
        )
        self._follower = Follower(state, leaves, definitions, log.copier, clock)
        self._past = PastSizes(state, self.engine, clock)
        self.personas = Personas(state, columnar, self.engine, self.lists, clock)
        self.lookalikes = Lookalikes(state, columnar, self.engine, self.lists, clock)
        self.loops = (
            ground.lone_loop("segments", self._follow, idle=FOLLOWING, rest=FOLLOWING_RESTS),
            ground.lone_loop("past sizes", self._look_back, idle=_LOOKING_BACK),
            ground.lone_loop("forgetting", self._forget, idle=_FORGETTING),
        )

    def _make_objections(
        self, ground: Ground, log: LogWing, people: PeopleWing
    ) -> ProfilingObjections:
        return ProfilingObjections(
            people.limits,
            self.facts,
            store=ground.state,
            profiles=people.profiles,
            columnar=ground.columnar,
            progress=log.copier,
        )

    def services(self) -> SegmentServices:
        """Return what handlers are given."""
        return SegmentServices(
            segments=self.segments,
            segment_engine=self.engine,
            memberships=self.memberships,
            thresholds=self.thresholds,
            segment_editor=self.editor,
            lists=self.lists,
            personas=self.personas,
            lookalikes=self.lookalikes,
            insights=self.insights,
        )

    def close(self) -> None:
        """End what is still being counted."""
        self.editor.audiences.close()
        self.personas.search.close()

    def _follow(self) -> bool:
        """Bring the members of segments up to the copy and the clock."""
        if self._copier.lag() == 0:
            self.thresholds.renew_if_due(self._copier.copied_position())
        return self._follower.step()

    def _forget(self) -> bool:
        """Delete the rows of those who were erased; whoever counted them notices."""
        return self._forgetting.run_once() > 0

    def _look_back(self) -> bool:
        """Fill a week of some segment's past, when nothing else waits for the copy."""
        return self._copier.lag() == 0 and self._past.run_once()
