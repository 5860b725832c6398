from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journey_world import World, journey, message
from pyroaring import BitMap

from kikubari.journeys.clocks import instant_of, next_instant
from kikubari.journeys.cron import parse_cron
from kikubari.journeys.definition import DateTrigger, Goal, Reentry, Rules, ScheduleTrigger
from kikubari.journeys.running import Anniversaries, Programs, Schedules
from kikubari.spec.conditions import Events

ZONES = [
    "Asia/Tokyo",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Europe/Berlin",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
]


@given(
    st.integers(0, 7_000 * 86_400),
    st.times(),
    st.sampled_from(ZONES),
    st.sets(st.sampled_from(["mon", "tue", "sun"]), max_size=2),
)
def test_the_next_time_is_the_first_that_the_clock_shows(after, at, name, weekdays):
    zone = ZoneInfo(name)
    after = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(seconds=after)
    at = at.replace(fold=0)
    found = next_instant(after, at, weekdays, zone)
    assert found >= after
    shown = found.astimezone(zone)
    # On the minute, or where the clock was put forward past it.
    before = (found - timedelta(microseconds=1)).astimezone(zone)
    is_skipped = (
        before.replace(tzinfo=None)
        < datetime.combine(shown.date(), at)
        < shown.replace(tzinfo=None)
    )
    assert shown.time().replace(fold=0) == at or is_skipped
    if weekdays:
        assert ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[shown.weekday()] in weekdays
    else:
        assert found - after <= timedelta(days=2)


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        # Skipped by half an hour: the first instant after it.
        ("Australia/Lord_Howe", (2026, 10, 4), time(2, 15), "2026-10-03T15:30:00+00:00"),
        # Twice: the first time.
        ("Europe/Berlin", (2026, 10, 25), time(2, 30), "2026-10-25T00:30:00+00:00"),
        # Midnight was skipped.
        ("America/Sao_Paulo", (2018, 11, 4), time(0, 0), "2018-11-04T03:00:00+00:00"),
    ],
)
def test_times_that_are_skipped_or_come_twice(zone, day, at, expected):
    instant = instant_of(date(*day), at, ZoneInfo(zone))
    assert instant.isoformat() == expected


def test_a_day_that_a_zone_skips_is_not_waited_for():
    apia = ZoneInfo("Pacific/Apia")
    after = datetime(2011, 12, 29, 12, tzinfo=apia)
    found = next_instant(after, time(9), [], apia)
    assert found.astimezone(apia).date().isoformat() == "2011-12-31"


def test_everybody_enters_on_their_own_day_once_a_year(state):
    world = World(state)
    wishes = []
    world.segments.evaluate = lambda segment, *, as_of, workspace_id: due(as_of)

    def due(as_of):
        # Person 1 lives fourteen hours ahead of UTC, person 2 where the shop is; both are due on
        # 1 March of their own calendar.
        zones = {1: ZoneInfo("Pacific/Kiritimati"), 2: ZoneInfo("Asia/Tokyo")}
        is_day = {n: f"{as_of.astimezone(zone):%m-%d}" == "03-01" for n, zone in zones.items()}
        return BitMap([n for n in zones if is_day[n]])

    world.people.zone_names = {1: "Pacific/Kiritimati"}
    rules = Rules(goal=Goal(events=Events("Bought")), reentry=Reentry(allowed=True))
    world.publish(
        journey(message("gift"), trigger=DateTrigger("birthday", days=-7, at=time(9)), rules=rules)
    )
    world.clock.set(datetime(2027, 2, 27, tzinfo=UTC))
    for restart in range(2):
        anniversaries = Anniversaries(world.around, Programs(state, workspace_id=1))
        while world.clock.now() < datetime(2027 + restart, 3, 3, tzinfo=UTC):
            anniversaries.step()
            wishes = world.rows("SELECT id FROM inbox")
            world.clock.advance(timedelta(hours=7 if restart else 1))
            if restart and world.clock.now() < datetime(2028, 2, 27, tzinfo=UTC):
                world.clock.set(datetime(2028, 2, 27, tzinfo=UTC))
    assert len(wishes) == 4


@pytest.mark.parametrize(
    ("text", "fits", "misses"),
    [
        ("0 10 * * MON", (2026, 11, 23, 10, 0), (2026, 11, 24, 10, 0)),
        ("*/15 9-17 * * 1-5", (2026, 11, 23, 9, 45), (2026, 11, 22, 9, 45)),
        ("0 0 1 * *", (2026, 12, 1, 0, 0), (2026, 12, 2, 0, 0)),
        ("0 0 13 * fri", (2026, 11, 27, 0, 0), (2026, 11, 26, 0, 0)),
        ("30 8 * jan,7 7", (2026, 7, 5, 8, 30), (2026, 8, 2, 8, 30)),
    ],
)
def test_a_schedule_means_these_minutes(text, fits, misses):
    cron = parse_cron(text)
    assert cron.holds(datetime(*fits, tzinfo=UTC))
    assert not cron.holds(datetime(*misses, tzinfo=UTC))


@pytest.mark.parametrize("text", ["", "* * * *", "60 * * * *", "a * * * *", "5-1 * * * *"])
def test_what_is_no_schedule_is_refused(text):
    with pytest.raises(ValueError, match=r"schedule|outside"):
        parse_cron(text)


def test_a_schedule_comes_round_for_everybody_once(state):
    world = World(state, vip=[1, 2, 3])
    rules = Rules(goal=Goal(events=Events("Bought")), reentry=Reentry(allowed=True))
    world.publish(
        journey(
            message("weekly"),
            trigger=ScheduleTrigger("0 18 * * SUN"),
            segment="vip",
            rules=rules,
        )
    )
    world.clock.set(datetime(2026, 11, 22, 8, 59, tzinfo=UTC))
    assert not Schedules(world.around, Programs(state, workspace_id=1)).step()
    # 18:00 in Tokyo, a little late.
    world.clock.set(datetime(2026, 11, 22, 9, 3, tzinfo=UTC))
    schedules = Schedules(world.around, Programs(state, workspace_id=1))
    assert schedules.step()
    assert not schedules.step()
    [(n_events,)] = world.rows("SELECT n_events FROM inbox")
    assert n_events == 3


class Sundays:
    """A letter at six on Sundays, written at an instant; 18:00 in Tokyo is 09:00."""

    def __init__(self, state, *, published_at) -> None:
        self.world = World(state, vip=[1, 2, 3])
        self.world.clock.set(published_at)
        rules = Rules(goal=Goal(events=Events("Bought")), reentry=Reentry(allowed=True))
        trigger = ScheduleTrigger("0 18 * * SUN")
        self.world.publish(journey(message("weekly"), trigger=trigger, segment="vip", rules=rules))
        self.restart()

    def restart(self):
        programs = Programs(self.world.store, workspace_id=1)
        self.schedules = Schedules(self.world.around, programs)

    def look(self, at):
        """Say whether anybody is let in at an instant."""
        self.world.clock.set(at)
        return self.schedules.step()


def test_what_came_round_before_a_journey_was_published_lets_nobody_in(state):
    sundays = Sundays(state, published_at=datetime(2026, 11, 22, 9, 20, tzinfo=UTC))
    assert not sundays.look(datetime(2026, 11, 22, 9, 21, tzinfo=UTC))
    assert sundays.look(datetime(2026, 11, 29, 9, 0, 20, tzinfo=UTC))


def test_who_publishes_just_before_it_comes_round_has_it_sent(state):
    sundays = Sundays(state, published_at=datetime(2026, 11, 22, 8, 59, 50, tzinfo=UTC))
    assert sundays.look(datetime(2026, 11, 22, 9, 0, 20, tzinfo=UTC))


@pytest.mark.parametrize("is_restarted", [False, True])
def test_what_comes_round_during_a_pause_is_not_made_up_for(state, is_restarted):
    sundays = Sundays(state, published_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert not sundays.look(datetime(2026, 11, 22, 8, 40, tzinfo=UTC))
    sundays.world.journeys.pause("jny_1")
    assert not sundays.look(datetime(2026, 11, 22, 9, 10, tzinfo=UTC))
    if is_restarted:
        sundays.restart()
    sundays.world.journeys.resume("jny_1")
    assert not sundays.look(datetime(2026, 11, 22, 9, 20, tzinfo=UTC))
    assert sundays.look(datetime(2026, 11, 29, 9, 1, tzinfo=UTC))


@pytest.mark.parametrize(("minutes", "is_made_up_for"), [(55, True), (75, False)])
def test_what_came_round_while_nothing_ran_is_made_up_for_within_the_hour(
    state, minutes, is_made_up_for
):
    sundays = Sundays(state, published_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert not sundays.look(datetime(2026, 11, 22, 8, 40, tzinfo=UTC))
    sundays.restart()
    late = datetime(2026, 11, 22, 9, tzinfo=UTC) + timedelta(minutes=minutes)
    assert sundays.look(late) is is_made_up_for
