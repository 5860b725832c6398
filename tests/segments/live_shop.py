"""A small shop whose log grows while segments follow it."""

import random
from datetime import datetime, timedelta

from msgspec import structs
from population import FixedLists, Population
from pyroaring import BitMap

from kikubari.events import (
    Copier,
    EventLog,
    Forgetting,
    Move,
    RangeEncoder,
    Sequencer,
    append_in,
    forget_in,
)
from kikubari.kit.clock import ManualClock
from kikubari.segments import (
    Follower,
    LiveLeaves,
    Memberships,
    SegmentEngine,
)
from kikubari.segments.follower import Followed
from kikubari.spec.conditions import Condition, InSegment
from kikubari.spec.envelope import Event
from kikubari.spec.topics import EMAIL_LINK_CLICKED, EMAIL_OPENED
from kikubari.storage import ColumnarStore, StateStore
from kikubari.testing.events import CountingNumbers, ListedMoves, PlainSealing

MAX_NUMBER = 40


class ListedSegments:
    """Segments from a dict; a change of one makes its next version."""

    def __init__(self) -> None:
        self.segments: dict[str, Followed] = {}

    def put(self, segment_id: str, definition: Condition, *, announces: bool = True) -> None:
        old = self.segments.get(segment_id)
        version = 1 if old is None else old.version + 1
        self.segments[segment_id] = Followed(segment_id, version, definition, announces)

    def versions(self) -> list[tuple[str, int]]:
        return [(one.id, one.version) for one in self.segments.values()]

    def followed(self) -> list[Followed]:
        return list(self.segments.values())

    def definition(self, segment_id: str) -> Condition:
        return self.segments[segment_id].definition


class LiveShop:
    """Log, copy, moves, segments and their follower over one clock."""

    def __init__(
        self, state: StateStore, columnar: ColumnarStore, start: datetime, seed: int = 1
    ) -> None:
        self.state = state
        self.clock = ManualClock(start)
        self.random = random.Random(seed)
        self.segments = ListedSegments()
        self.lists = {"few": BitMap([1, 2, 3, 50]), "most": BitMap(range(1, 30))}
        self._population = Population(seed, n_people=0)
        self._population._random = self.random
        self._moves = ListedMoves()
        self._columnar = columnar
        sealing = PlainSealing()
        log = EventLog(state, sealing)
        self._sequencer = Sequencer(state, [state], CountingNumbers(), sealing)
        self.copier = Copier(state, columnar, log, self._moves, RangeEncoder(log, currency="JPY"))
        self.copier.prepare()
        self.memberships = Memberships(state, self.clock)
        self.forgetting = Forgetting(state, columnar)
        self.log = log
        self.start_follower()

    def start_follower(self) -> None:
        """Begin as a process that has just started."""
        leaves = LiveLeaves(
            self.state,
            self._columnar,
            progress=self.copier,
            moves=self._moves,
            lists=FixedLists(self.lists),
            zone=self._population.moment(self.clock.now(), None).zone,
            erasures=self.forgetting,
            ranking_share=1e9,  # rankings are as fresh as the rest
        )
        self.follower = Follower(self.state, leaves, self.segments, self.copier, self.clock)

    def erase(self, number: int) -> None:
        """Let the copy forget a number, as a person's erasure does."""
        self.state.write(lambda c: forget_in(c, [number]))
        assert self.forgetting.run_once() == 1

    def engine(self, state: StateStore | None = None) -> SegmentEngine:
        """Return an engine that knows nothing yet, of another process if it has its own store."""
        return SegmentEngine(
            self._columnar,
            progress=self.copier,
            lists=FixedLists(self.lists),
            definitions=self.segments,
            clock=self.clock,
            zone=self._population.moment(self.clock.now(), None).zone,
            erasures=self.forgetting if state is None else Forgetting(state, self._columnar),
        )

    def happen(self, n_events: int) -> None:
        """Let so many events of any kind arrive."""
        events = []
        for _ in range(n_events):
            made = self._population._event(self.random.randrange(1, MAX_NUMBER)).event
            at = made.occurred_at
            if self.random.random() < 0.4:
                at = self.clock.now() - timedelta(seconds=self.random.choice([0, 0, 1, 3600]))
            if self.random.random() < 0.05:
                at = self.clock.now() + timedelta(seconds=self.random.choice([1, 60, 90_000]))
            if self.random.random() < 0.1:
                by = {**made.properties, "is_machine": self.random.choice([True, True, False])}
                kinds = [EMAIL_OPENED, EMAIL_LINK_CLICKED]
                made = structs.replace(made, type=self.random.choice(kinds), properties=by)
            number = self.random.randrange(1, MAX_NUMBER)
            events.append(structs.replace(made, number=number, occurred_at=at))
        self.append(*events)

    def append(self, *events: Event) -> None:
        """Let these events arrive."""
        self.state.write(lambda c: append_in(c, events))

    def move(self) -> None:
        """Let somebody become somebody else, or themselves again."""
        number = self.random.randrange(1, MAX_NUMBER)
        now = {move.number: move.profile for move in self._moves.moves}
        if now.get(number, number) != number:
            profile = number
        else:
            if number in now.values():  # others are this one: it stays who it is
                return
            profile = self.random.randrange(1, MAX_NUMBER)
            if now.get(profile, profile) != profile:
                return
        version = len(self._moves.moves) + 1
        self._moves.moves.append(Move(number, profile, version))

    def take_in(self) -> None:
        """Let log and copy take in all that waits."""
        while self._sequencer.run_once().n_new:
            pass
        while self.copier.run_once():
            pass

    def settle(self) -> None:
        """Let segments follow until nothing waits, the events they tell included."""
        for _ in range(50):
            self.take_in()
            before = self.copier.copied_position()
            while self.follower.step():
                pass
            self.take_in()
            if self.copier.copied_position() == before:
                return
        raise AssertionError("segments never come to rest")

    def fresh(self, segment_id: str) -> BitMap:
        """Evaluate a segment from nothing, at this instant."""
        return self.engine().evaluate(InSegment(segment_id), self.clock.now()).members

    def told(self, segment_id: str) -> list[Event]:
        """Return the events about a segment, in the order of the log."""
        events = self.log.read_range(1, self.log.position())
        return [one.event for one in events if one.event.properties.get("segment_id") == segment_id]
