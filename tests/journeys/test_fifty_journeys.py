"""Fifty journeys that write to one person, on a night on which clocks change."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from journey_world import World, end, journey, message, wait

from empty_stores import open_empty_sqlite
from kikubari.deliver import (
    AddressHasher,
    Cap,
    Delivering,
    DeliveryWorker,
    FrequencyCheck,
    FrequencyPolicies,
    FrequencyPolicy,
    QuietHours,
    WorkerSettings,
)
from kikubari.deliver.providers.smtp import TemporaryRefusal
from kikubari.testing.deliver import (
    GrantedConsents,
    ListedRecipients,
    PlainComposer,
    ScriptedTransport,
    Selves,
    person,
)
from kikubari.testing.events import PlainSealing

BERLIN = ZoneInfo("Europe/Berlin")
N_JOURNEYS, N_WORKERS = 50, 3
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = FrequencyPolicy(
    caps=[Cap(most=3, period=24, unit="hours")],
    quiet_hours=[QuietHours(start="21:00", end="08:00")],
    hold_hours=72,
)
# Hours after the evening: before and in the quiet window, around the change, and on two mornings.
VISITS = (0, 1, 2, 7, 8, 11, 12, 13, 14, 26, 38)
# Clocks go back at 01:00 UTC of the first night, and forward at that of the second.
BACK, FORWARD = datetime(2026, 10, 24, 17, tzinfo=UTC), datetime(2027, 3, 27, 18, tzinfo=UTC)


class Post(World):
    """A world whose messages are delivered, by several workers at once."""

    def __init__(self, state, evening: datetime) -> None:
        super().__init__(state)
        self.clock.set(evening)
        FrequencyPolicies(state).set(POLICY, at=evening, by="test")
        # A server that takes nothing at first: what is tried again obeys the same limits.
        refusals = [TemporaryRefusal("rcpt", 451, "4.3.0 later")] * 5
        self.transport = ScriptedTransport({"p1@example.com": refusals})
        self.transport.before_mark = self.note
        self.asked: list[datetime] = []

    async def note(self, _address: str) -> None:
        self.asked.append(self.clock.now())

    def worker(self, name: str) -> DeliveryWorker:
        return DeliveryWorker(
            Delivering(
                store=self.store,
                recipients=ListedRecipients([person(1, timezone=BERLIN.key)]),
                consents=GrantedConsents([1]),
                sealing=PlainSealing(),
                composer=PlainComposer(),
                transport=self.transport,
                hasher=AddressHasher(b"k" * 32),
                clock=self.clock,
                jitter=lambda: 0.0,
                early_checks=(FrequencyCheck(Selves(), self.clock, is_last=False),),
                timing_checks=(FrequencyCheck(Selves(), self.clock, is_last=True),),
            ),
            name=name,
            is_alone=False,
            settings=WorkerSettings(connections=2, gather_seconds=0.0, batch=5, chunk=1),
        )

    def work(self) -> None:
        """Let everybody go on and every message leave that may, all of them at once."""
        steppers = [self.make_stepper(batch=3, shard=shard) for shard in range(N_WORKERS)]
        together(*(drained(one) for one in steppers), *map(self.deliver, range(N_WORKERS)))

    def deliver(self, place: int) -> Callable[[], None]:
        return lambda: asyncio.run(self.worker(f"worker-{place}").run(until_idle=True))


def drained(stepper) -> Callable[[], None]:
    def work() -> None:
        while stepper.step():
            pass

    return work


def together(*works: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(works)) as threads:
        for done in [threads.submit(work) for work in works]:
            done.result()


def check_night(state, evening: datetime) -> None:
    """Let all fifty write, and see when what left did."""
    world = Post(state, evening)
    for place in range(N_JOURNEYS):
        steps = wait("later", "mail", minutes=1 + 15 * place), message("mail", "end"), end()
        world.publish(journey(*steps), f"jny_{place}")
    world.happen(1, "Signed Up")
    while world.follower.step():
        pass
    left: list[datetime] = []
    for hours in VISITS:
        world.clock.set(evening + hours * HOUR)
        before = len(world.transport.accepted)
        world.work()
        left += [world.clock.now()] * (len(world.transport.accepted) - before)
    [(n_ended,)] = world.rows("SELECT count(ended_us) FROM journey_enrolments")
    assert n_ended == N_JOURNEYS
    assert len(left) >= 6
    assert [at for at in left if not 8 <= at.astimezone(BERLIN).hour < 21] == []
    assert max(sum(at <= one < at + DAY for one in left) for at in left) == 3
    assert world.asked


def test_on_a_night_that_is_longer_nothing_leaves_quiet_hours_or_passes_the_cap(state):
    check_night(state, BACK)


def test_on_a_night_that_is_shorter_nothing_leaves_quiet_hours_or_passes_the_cap(tmp_path):
    with closing(open_empty_sqlite(tmp_path / "state.db")) as state:
        check_night(state, FORWARD)
