"""Sends, pauses, cancels, consents, caps, clocks and dying workers in any order, against a model.

The model is what a careful clerk would know: who was to get what, who agreed when, and what the
receiving server took at which moment. It does not look into the product's tables.
"""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from delivery_world import NOW, World
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from empty_stores import open_empty_sqlite
from kikubari.deliver import (
    Cap,
    DispatchState,
    FrequencyCheck,
    FrequencyPolicies,
    FrequencyPolicy,
    MessageState,
    Origin,
    QuietHours,
    Suppressions,
    parse_public_id,
    queue,
)
from kikubari.kit.ids import TimeOrderedIds
from kikubari.spec.errors import ConflictError
from kikubari.testing.deliver import Selves, person

# Four people; the first two have a night that is an hour longer or shorter within reach of NOW.
ZONES = {1: "America/Sao_Paulo", 2: "Europe/London", 3: "Asia/Tokyo", 4: "Australia/Lord_Howe"}
PEOPLE = st.sampled_from(sorted(ZONES))
ORIGINS = [Origin("broadcast", f"brd_{letter}") for letter in "abc"]
SENDS = st.sampled_from(ORIGINS)
MOST, SPAN = 2, timedelta(hours=24)
POLICY = FrequencyPolicy(
    caps=[Cap(most=MOST, period=24, unit="hours")],
    quiet_hours=[QuietHours(start="22:00", end="07:00")],
    hold_hours=24 * 31,
)
# A spring and an autumn in which clocks change, and an ordinary week.
STARTS = st.sampled_from(
    [NOW, datetime.fromisoformat("2026-03-28T12:00Z"), datetime.fromisoformat("2026-10-24T12:00Z")]
)
# A correction by a time server, an hour, a day, and the working of time itself; back as well.
STEPS = st.sampled_from([timedelta(hours=h) for h in (-25, -1, 1, 3, 9, 25)])


class Delivering(RuleBasedStateMachine):
    """The product, and the clerk."""

    @initialize(start=STARTS)
    def open(self, start: datetime) -> None:
        self.folder = TemporaryDirectory()
        store = open_empty_sqlite(Path(self.folder.name) / "state.db")
        self.world = world = World(store, ZONES)
        world.clock.set(start)
        for number, zone in ZONES.items():
            world.recipients.people[number] = person(number, timezone=zone)
        early, last = (FrequencyCheck(Selves(), world.clock, is_last=x) for x in (False, True))
        world.checks = {"early_checks": (early,), "timing_checks": (last,)}
        FrequencyPolicies(store).set(POLICY, at=start, by="test")
        self.suppressions = Suppressions(store, world.hasher, TimeOrderedIds())
        self.latest = start
        self.wanted: set[tuple[Origin, int]] = set()
        self.states: dict[Origin, DispatchState] = {}
        self.agreed = set(ZONES)
        self.suppressed: set[int] = set()
        self.ever_refused: set[int] = set()  # by the time of some delivery
        self.taken: list[tuple[datetime, Origin, int]] = []
        self.n_deaths = 0

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.settle()
            finally:
                self.world.store.close()
                self.folder.cleanup()

    @rule(origin=SENDS, numbers=st.sets(PEOPLE, min_size=1))
    def send(self, origin: Origin, numbers: set[int]) -> None:
        """Queue; those who are queued for it already stay as they are."""
        self.world.enqueue(sorted(numbers), origin=origin)
        self.states.setdefault(origin, DispatchState.RUNNING)
        self.wanted |= {(origin, number) for number in numbers}

    @precondition(lambda self: self.states)
    @rule(origin=SENDS, to=st.sampled_from(["pause", "resume", "cancel"]))
    def steer(self, origin: Origin, to: str) -> None:
        states = {
            "pause": DispatchState.PAUSED,
            "resume": DispatchState.RUNNING,
            "cancel": DispatchState.CANCELLED,
        }
        is_over = self.states.get(origin) in {None, DispatchState.CANCELLED}
        try:
            getattr(self.world.outbox, to)(origin)
        except ConflictError:
            assert is_over
        else:
            assert not is_over
            self.states[origin] = states[to]

    @rule(number=PEOPLE, agrees=st.booleans())
    def consent(self, number: int, *, agrees: bool) -> None:
        self.agreed = self.agreed | {number} if agrees else self.agreed - {number}
        self.world.consents.granted = {(n, "marketing") for n in self.agreed}

    @rule(number=PEOPLE, spelling=st.sampled_from(["p{}@example.com", "P{}+list@Example.COM"]))
    def suppress(self, number: int, spelling: str) -> None:
        self.suppressions.add(spelling.format(number), at=self.world.clock.now())
        self.suppressed.add(number)

    @rule(step=STEPS)
    def let_time_pass(self, step: timedelta) -> None:
        """Forward, or back: at most to where a clock was set right."""
        self.world.clock.advance(step)
        self.latest = max(self.latest, self.world.clock.now())

    @rule()
    def die_with_claims(self) -> None:
        """A worker claims what is due, and is never heard of again."""
        self.n_deaths += 1
        self.world.store.write(
            partial(
                queue.claim,
                worker=f"dead-{self.n_deaths}",
                now=self.world.clock.now(),
                lease=timedelta(minutes=1),
                limit=3,
            )
        )

    @rule(is_alone=st.booleans())
    def deliver(self, *, is_alone: bool) -> None:
        self.ever_refused |= set(ZONES) - self.agreed | self.suppressed
        before = len(self.world.transport.accepted)
        self.world.deliver(is_alone=is_alone)
        now = self.world.clock.now()
        for address, _ in self.world.transport.accepted[before:]:
            number = int(address.removeprefix("p").partition("@")[0])
            assert number in self.agreed
            assert number not in self.suppressed
        for origin, number in self.list_taken()[before:]:
            assert (origin, number) in self.wanted
            assert self.states[origin] is DispatchState.RUNNING
            assert not self.is_quiet(number, now)
            self.taken.append((now, origin, number))

    @invariant()
    def nobody_gets_anything_twice(self) -> None:
        if hasattr(self, "taken"):
            times = Counter((origin, number) for _, origin, number in self.taken)
            assert all(n == 1 for n in times.values())

    @invariant()
    def nobody_gets_more_than_the_cap(self) -> None:
        for number in ZONES if hasattr(self, "taken") else ():
            own = sorted(at for at, _, n in self.taken if n == number)
            assert all(later - first >= SPAN for first, later in zip(own, own[MOST:], strict=False))

    def settle(self) -> None:
        """With time enough, everything finds its end, and who always agreed gets everything."""
        self.world.clock.set(self.latest)
        for origin, state in self.states.items():
            if state is DispatchState.PAUSED:
                self.world.outbox.resume(origin)
                self.states[origin] = DispatchState.RUNNING
        for _ in range(8):
            self.world.clock.advance(timedelta(hours=11))
            self.deliver(is_alone=True)
            self.nobody_gets_more_than_the_cap()
        # A worker writes down what was cancelled now and then, perhaps not while it lived here.
        self.world.store.write(queue.sweep_cancelled)
        self.nobody_gets_anything_twice()
        reached = {(origin, number) for _, origin, number in self.taken}
        for origin, number in self.wanted:
            if self.states[origin] is DispatchState.RUNNING and number not in self.ever_refused:
                assert (origin, number) in reached
        for origin in self.states:
            counts = self.world.states(origin)
            assert counts.keys() <= {
                MessageState.SENT, MessageState.SKIPPED, MessageState.CANCELLED
            }  # fmt: skip
            assert counts.get(MessageState.SENT, 0) == sum(one == origin for one, _ in reached)

    def list_taken(self) -> list[tuple[Origin, int]]:
        """Return origin and person of all that the server took, in order."""
        origin_of = {
            parse_public_id(view.id): view.origin
            for origin in self.states
            for view in self.world.outbox.list_messages(origin)
        }
        found = []
        for address, data in self.world.transport.accepted:
            message_id = int(data.partition(b"X-Id: ")[2].partition(b"\r\n")[0])
            number = int(address.removeprefix("p").partition("@")[0])
            found.append((origin_of[message_id], number))
        return found

    @staticmethod
    def is_quiet(number: int, at: datetime) -> bool:
        hour = at.astimezone(ZoneInfo(ZONES[number])).hour
        return hour >= 22 or hour < 7


TestDelivering = Delivering.TestCase
TestDelivering.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
