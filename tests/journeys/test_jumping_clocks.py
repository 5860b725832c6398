"""Timers of journeys fire once and never early, whatever the machine's clock and the seasons do."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journey_world import World, end, journey, message, wait
from reference_clocks import clock_time

from empty_stores import open_empty_sqlite
from kikubari.events import EventLog, Sequencer
from kikubari.journeys.definition import Goal, Reentry, Rules, ScheduleTrigger, WaitUntilStep
from kikubari.journeys.running import Follower, Programs, Schedules
from kikubari.spec.conditions import Events
from kikubari.testing.events import CountingNumbers, PlainSealing

ZONES = (
    "Australia/Lord_Howe", "Asia/Tokyo", "Africa/Casablanca", "America/New_York",
    "Europe/London", "America/Santiago",
)  # fmt: skip
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EARLIEST = timedelta(seconds=60)
NEVER_MISSED = timedelta(minutes=50)  # a schedule is made up for within the hour


def changes(name: str) -> list[datetime]:
    """Return the instants of 2027 at which a zone's clock is put on or back, else a noon."""
    zone = ZoneInfo(name)
    hours = (datetime(2027, 1, 1, tzinfo=UTC) + n * HOUR for n in range(365 * 24))
    found = [
        at
        for at in hours
        if at.astimezone(zone).utcoffset() != (at - HOUR).astimezone(zone).utcoffset()
    ]
    return found or [datetime(2027, 3, 28, 12, tzinfo=UTC)]


NIGHTS = [(zone, at) for zone in ZONES for at in changes(zone)]
# By a time server, an hour, a day, a machine that slept; and the working of time itself.
JUMPS = st.sampled_from(
    [timedelta(seconds=s) for s in (-2, -0.3, 0.3, 2)] + [-HOUR, HOUR, -DAY, DAY, 5 * HOUR, MINUTE]
)


class Timers:
    """A person in a zone, on a journey of nothing but timers; notes when each of them fired."""

    STEPS = ("hello", "short", "night", "early")

    def __init__(self, path: Path, zone: str, start: datetime) -> None:
        self.zone = ZoneInfo(zone)
        self.world = World(open_empty_sqlite(path))
        self.world.clock.set(start)
        self.world.people.zone_names[1] = zone
        self.world.publish(
            journey(
                message("hello", "three"),
                wait("three", "short", hours=3),
                message("short", "half_past_two"),
                WaitUntilStep(id="half_past_two", at=time(2, 30), next="night"),
                message("night", "half_past_one"),
                WaitUntilStep(id="half_past_one", at=time(1, 30), next="early"),
                message("early", "end"),
                end(),
            )
        )
        self.world.happen(1, "Signed Up")
        self.fired: dict[str, datetime] = {}
        self.look()

    def look(self) -> None:
        """Let all happen that is due, and note it."""
        self.world.settle()
        now = self.world.clock.now()
        sent = Counter(step for step, _, _ in self.world.sent())
        assert set(sent.values()) <= {1}, sent
        for step in self.STEPS:
            if step in sent and step not in self.fired:
                self.fired[step] = now

    def restart(self) -> None:
        """Go on as a process does that knows only what is in the store."""
        world = self.world
        world.stepper = world.make_stepper()
        world.follower = Follower(world.around, Programs(world.store, workspace_id=1), limit=5)

    def earliest(self) -> dict[str, datetime]:
        """Return when each comes due: a step begins at the time for which the one before it was."""
        short = self.fired["hello"] + 3 * HOUR
        night = clock_time(time(2, 30), (), short, self.zone)
        early = clock_time(time(1, 30), (), night, self.zone)
        return {"short": short, "night": night, "early": early}


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(
    night=st.sampled_from(NIGHTS),
    before=st.integers(2, 40),
    jumps=st.lists(st.tuples(JUMPS, st.booleans()), max_size=25),
)
def test_a_timer_fires_once_and_never_early_however_the_clock_jumps(
    tmp_path_factory: pytest.TempPathFactory,
    night: tuple[str, datetime],
    before: int,
    jumps: list[tuple[timedelta, bool]],
) -> None:
    zone, change = night
    path = tmp_path_factory.mktemp("timers") / "state.db"
    start = change - before * HOUR
    timers = Timers(path, zone, start)
    for jump, is_restarted in jumps:
        timers.world.clock.advance(jump)
        if is_restarted:
            timers.restart()
        timers.look()
    timers.world.clock.set(max(start, timers.world.clock.now()))  # in the end somebody sets it
    for _ in range(3 * 24):
        timers.world.clock.advance(HOUR)
        timers.look()
    assert list(timers.fired) == list(Timers.STEPS)
    for step, due in timers.earliest().items():
        assert timers.fired[step] >= due - EARLIEST, step
    timers.world.store.close()


@pytest.mark.parametrize(("zone", "change"), NIGHTS, ids=lambda value: str(value)[:13])
def test_the_night_in_which_clocks_change(tmp_path: Path, zone: str, change: datetime) -> None:
    """What the gap takes runs within the half hour after it; what comes twice runs once."""
    timers = Timers(tmp_path / "state.db", zone, change - 30 * HOUR)
    for _ in range(4 * 24 * 12):
        timers.world.clock.advance(5 * MINUTE)
        timers.look()
    assert list(timers.fired) == list(Timers.STEPS)
    for step, at in (("night", time(2, 30)), ("early", time(1, 30))):
        fired = timers.fired[step]
        late = fired - timers.earliest()[step]
        assert timedelta(0) <= late <= 5 * MINUTE
        shown = fired.astimezone(timers.zone)
        wanted = datetime.combine(shown.date(), at)
        if skips(wanted, timers.zone):
            assert at <= shown.time() <= (datetime.combine(shown, at) + HOUR).time()
        else:
            assert wanted <= shown.replace(tzinfo=None, fold=0) <= wanted + 5 * MINUTE
            assert shown.fold == 0
    timers.world.store.close()


def skips(wanted: datetime, zone: ZoneInfo) -> bool:
    """Say whether a zone's clock never shows this."""
    there = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None, fold=0) != wanted


def test_the_nights_above_hold_a_skipped_half_past_two_and_a_repeated_half_past_one() -> None:
    nights = [
        (ZoneInfo(zone), (change + n * DAY).astimezone(ZoneInfo(zone)).date())
        for zone, change in NIGHTS
        for n in (-1, 0, 1)
    ]
    half_past = {name: [(z, datetime.combine(d, at)) for z, d in nights] for name, at in (
        ("two", time(2, 30)), ("one", time(1, 30)),
    )}  # fmt: skip
    assert any(skips(at, zone) for zone, at in half_past["two"])
    offsets = [
        {at.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
        for zone, at in half_past["one"]
        if not skips(at, zone)
    ]
    assert any(len(both) > 1 for both in offsets)


class Nightly:
    """A letter at half past two each night of everybody's own clock."""

    def __init__(self, path: Path, start: datetime) -> None:
        self.world = World(open_empty_sqlite(path), all=range(1, len(ZONES) + 1))
        self.world.clock.set(start)
        self.world.people.zone_names = dict(enumerate(ZONES, start=1))
        rules = Rules(goal=Goal(events=Events("Bought")), reentry=Reentry(allowed=True))
        self.world.publish(
            journey(
                message("nightly"),
                trigger=ScheduleTrigger("30 2 * * *", zone="person"),
                segment="all",
                rules=rules,
            )
        )
        store, sealing = self.world.store, PlainSealing()
        self.sequencer = Sequencer(store, [store], CountingNumbers(), sealing)
        self.log = EventLog(store, sealing)
        self.asked: list[tuple[int, datetime]] = []
        self.restart()

    def restart(self) -> None:
        programs = Programs(self.world.store, workspace_id=1)
        self.schedules = Schedules(self.world.around, programs)

    def look(self) -> None:
        """Let all happen that is due; note whom the log says it came round for, and when."""
        while self.schedules.step():
            pass
        before = self.log.position()
        self.sequencer.run_once()
        found = self.log.read_range(before + 1, self.log.position())
        now = self.world.clock.now()
        self.asked += [(one.number, now) for one in found]

    def nights(self) -> Iterator[tuple[int, date]]:
        """Yield person and local day of each; what is early fails."""
        for number, at in self.asked:
            shown = at.astimezone(ZoneInfo(ZONES[number - 1]))
            assert (shown + EARLIEST).time() >= time(2, 30)
            yield number, shown.date()


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(
    change=st.sampled_from(sorted({at for _, at in NIGHTS})),
    jumps=st.lists(st.tuples(st.integers(0, 60), JUMPS, st.booleans()), max_size=8),
)
def test_a_schedule_comes_round_once_a_night_for_everybody_however_the_clock_jumps(
    tmp_path_factory: pytest.TempPathFactory,
    change: datetime,
    jumps: list[tuple[int, timedelta, bool]],
) -> None:
    start = change - 30 * HOUR
    nightly = Nightly(tmp_path_factory.mktemp("nightly") / "state.db", start)
    clock, reached = nightly.world.clock, start
    for n_ticks, jump, is_restarted in [*jumps, (3 * 24 * 4, timedelta(0), False)]:
        for _ in range(n_ticks):
            clock.advance(15 * MINUTE)
            nightly.look()
        clock.advance(jump)
        reached = max(reached, clock.now())
        if is_restarted:
            nightly.restart()
        nightly.look()
    seen = Counter(nightly.nights())
    assert set(seen.values()) == {1}, seen
    if all(abs(jump) <= NEVER_MISSED for _, jump, _ in jumps):
        for number, name in enumerate(ZONES, start=1):
            due = list(nights_between(start, reached, ZoneInfo(name)))
            assert [day for one, day in sorted(seen) if one == number] == due, name
    nightly.world.store.close()


def nights_between(start: datetime, end_: datetime, zone: ZoneInfo) -> Iterator[date]:
    """Yield the days on which half past two, or the end of its gap, lies between two instants."""
    at = clock_time(time(2, 30), (), start + timedelta(microseconds=1), zone)
    while at <= end_:
        yield at.astimezone(zone).date()
        at = clock_time(time(2, 30), (), at + HOUR, zone)
