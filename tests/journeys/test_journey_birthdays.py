"""Dates over years, end to end through the engine: each person's own day, once, whatever stops."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from journey_world import TOKYO, World, journey, message
from pyroaring import BitMap

from kikubari.events import RowBuilder, SequencedEvent
from kikubari.journeys.cron import parse_cron
from kikubari.journeys.definition import (
    DateTrigger,
    Goal,
    OnceTrigger,
    Reentry,
    Rules,
    ScheduleTrigger,
)
from kikubari.journeys.running import Anniversaries, Explaining, Programs, Schedules
from kikubari.segments.contracts import BaseValues
from kikubari.segments.evaluate import evaluate
from kikubari.segments.moment import Moment
from kikubari.segments.person import Person
from kikubari.spec.conditions import Events, convert_condition
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind

ALWAYS = Rules(goal=Goal(events=Events("Bought")), reentry=Reentry(allowed=True))
ZONES = ("Pacific/Kiritimati", "Etc/GMT+12", "Asia/Tokyo", "America/Sao_Paulo")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEARS = range(2027, 2033)


class Calendar:
    """A world whose people have a date and a zone, and whose journey begins by the calendar."""

    def __init__(self, state, trigger, *people: tuple[str, str], **more: str) -> None:
        self.world = World(state, all=range(1, len(people) + 1))
        self.zones = {n: ZoneInfo(zone) for n, (_, zone) in enumerate(people, 1)}
        self.world.people.zone_names = {n: zone.key for n, zone in self.zones.items()}
        builder = RowBuilder(workspace_id=1, currency="JPY")
        self.people = {
            n: Person.from_events(n, [_identified(n, day, zone)], builder)
            for n, (day, zone) in enumerate(people, 1)
        }
        self.world.segments.evaluate = self.evaluate
        self.world.around = self.world.around.__class__(
            **{**vars(self.world.around), "append": self.append}
        )
        self.keys = set()
        self.world.publish(journey(message("gift"), trigger=trigger, rules=ALWAYS, **more))
        self.start()

    def start(self):
        """Begin as a new process would."""
        programs = Programs(self.world.store, workspace_id=1)
        self.calendars = [kind(self.world.around, programs) for kind in (Anniversaries, Schedules)]

    def evaluate(self, segment, *, as_of, workspace_id):
        if segment == "all":
            return BitMap(self.people)
        tree, moment = convert_condition(segment), Moment.at(as_of, None, TOKYO)
        return BitMap(
            n for n, one in self.people.items() if evaluate(tree, one, BaseValues(), moment)
        )

    def append(self, connection, events, *, workspace_id):
        for event in events:
            if event.message_id not in self.keys:
                self.keys.add(event.message_id)
                self.world.log.add(event.number, event.type, event.occurred_at, **event.properties)

    def run(self, since, until, *, every=HOUR):
        self.world.clock.set(since)
        while self.world.clock.now() <= until:
            if sum(one.step() for one in self.calendars):
                self.world.settle()
            self.world.clock.advance(every)

    def entered(self):
        """Return (person, local date) of every entry."""
        rows = self.world.rows("SELECT number, entered_us FROM journey_enrolments ORDER BY id")
        return [
            (n, datetime.fromtimestamp(us / 1e6, UTC).astimezone(self.zones[n]).date())
            for n, us in rows
        ]


def _identified(number, day, zone):
    event = Event(
        message_id=f"i{number}",
        kind=EventKind.IDENTIFY,
        type=IDENTIFIED,
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        source_id=1,
        traits={"birthday": day, "timezone": zone},
    )
    return SequencedEvent(number, number, event)


@pytest.mark.parametrize(
    ("rule", "common"), [("feb_28", (2, 28)), ("mar_1", (3, 1)), ("leap_years_only", None)]
)
def test_who_was_born_on_29_february_is_greeted_once_a_year_on_the_day_of_the_rule(
    state, rule, common
):
    trigger = DateTrigger("birthday", february_29=rule)
    calendar = Calendar(state, trigger, *(("1992-02-29", zone) for zone in ZONES))
    for year in YEARS:
        since, until = datetime(year, 2, 26, tzinfo=UTC), datetime(year, 3, 3, tzinfo=UTC)
        calendar.run(since, until, every=3 * HOUR)
        calendar.start()
    days = {
        date(year, 2, 29) if year % 4 == 0 else date(year, *common)
        for year in YEARS
        if year % 4 == 0 or common
    }
    assert sorted(calendar.entered()) == sorted((n, day) for n in calendar.zones for day in days)
    assert len(calendar.world.sent()) == len(days) * len(ZONES)


@pytest.mark.parametrize("days", [-14, 0, 3])
def test_days_before_and_after_a_birthday_pass_the_end_of_a_year_once(state, days):
    trigger = DateTrigger("birthday", days=days, at=time(21))
    calendar = Calendar(state, trigger, *(("1990-01-02", zone) for zone in ZONES))
    for year in YEARS:
        day = datetime(year, 1, 2, tzinfo=UTC) + timedelta(days=days)
        calendar.run(day - 2 * DAY, day + 3 * DAY, every=2 * HOUR)
    wanted = Counter(
        (n, date(year, 1, 2) + timedelta(days=days)) for n in calendar.zones for year in YEARS
    )
    assert Counter(calendar.entered()) == wanted


@pytest.mark.parametrize(("text", "n"), [("0 9 31 * *", 42), ("0 9 L * *", 72)])
def test_the_31st_is_of_months_that_have_one_and_the_last_day_of_all(text, n):
    cron = parse_cron(text)
    first = datetime(2027, 1, 1, 9, tzinfo=UTC)
    days = [first + timedelta(days=day) for day in range(6 * 365 + 2)]
    held = [day for day in days if cron.holds(day)]
    assert len(held) == n
    assert all((day + timedelta(days=1)).day == 1 for day in held)


AT_NINE = datetime(2027, 5, 2, 0, 0, tzinfo=UTC)  # in Tokyo


@pytest.mark.parametrize(
    ("back_after", "if_missed", "entered", "refused"),
    [
        (timedelta(hours=14), "skip", 1, ""),  # still that day
        (timedelta(hours=16), "skip", 0, "missed"),
        (timedelta(hours=16), "send", 1, ""),
        (timedelta(days=3), "send", 1, ""),
        (timedelta(days=3), "skip", 0, "missed"),
    ],
)
@pytest.mark.parametrize("kind", ["date", "once"])
def test_an_hour_that_was_missed_is_made_up_for_on_the_same_day(
    state, kind, back_after, if_missed, *, entered, refused
):
    more = {}
    if kind == "date":
        trigger = DateTrigger("birthday", if_missed=if_missed)
    else:
        trigger = OnceTrigger(date(2027, 5, 2), if_missed=if_missed)
        more["segment"] = "all"
    calendar = Calendar(state, trigger, ("1990-05-02", "Asia/Tokyo"), **more)
    calendar.run(AT_NINE - timedelta(hours=3), AT_NINE - HOUR)
    for _ in range(2):
        calendar.start()
        calendar.run(AT_NINE + back_after, AT_NINE + back_after + 2 * HOUR)
    assert len(calendar.entered()) == entered
    explained = Explaining(calendar.world.around, _NoMail()).explain("jny_1", 1)
    assert explained.refused == refused


class _NoMail:
    def list_for_person(self, numbers, *, limit):
        return []


def test_what_passes_while_a_journey_is_paused_is_not_made_up_for(state):
    trigger = DateTrigger("birthday", if_missed="send")
    calendar = Calendar(state, trigger, ("1990-05-02", "Asia/Tokyo"))
    calendar.run(AT_NINE - timedelta(days=2), AT_NINE - timedelta(days=1))
    calendar.world.journeys.pause("jny_1")
    calendar.run(AT_NINE - timedelta(days=1), AT_NINE + timedelta(days=1))
    calendar.world.journeys.resume("jny_1")
    calendar.run(AT_NINE + timedelta(days=1), AT_NINE + timedelta(days=2))
    assert calendar.entered() == []


@pytest.mark.parametrize("days", [-20, 0, 20])
def test_a_date_that_does_not_come_round_lets_in_once_for_ever(state, days):
    trigger = DateTrigger("birthday", days=days, is_yearly=False)
    people = [("2028-02-29", zone) for zone in ZONES]
    calendar = Calendar(state, trigger, *people, ("2027-02-28", "Asia/Tokyo"))
    for year in (2027, 2028, 2029):
        day = datetime(year, 2, 28, tzinfo=UTC) + timedelta(days=days)
        calendar.run(day - 2 * DAY, day + 4 * DAY, every=2 * HOUR)
    wanted = [(n, date(2028, 2, 29) + timedelta(days=days)) for n in range(1, len(ZONES) + 1)]
    last = (len(ZONES) + 1, date(2027, 2, 28) + timedelta(days=days))
    assert sorted(calendar.entered()) == sorted([*wanted, last])


def test_who_is_meant_is_asked_only_when_a_clock_shows_the_time(state):
    trigger = OnceTrigger(date(2026, 12, 24), time(18), zone="person")
    calendar = Calendar(state, trigger, *(("", zone) for zone in ZONES), segment="all")
    asked = []

    def evaluate(segment, *, as_of, workspace_id):
        asked.append(as_of)
        return BitMap(calendar.people)

    calendar.world.segments.evaluate = evaluate
    eve = datetime(2026, 12, 24, tzinfo=UTC)
    calendar.run(eve - DAY, eve + 3 * DAY, every=timedelta(minutes=30))
    assert len(calendar.entered()) == len(ZONES)
    assert {day for _, day in calendar.entered()} == {date(2026, 12, 24)}
    # Once as it begins to look, then never outside the hours at which it is six somewhere.
    first, last = eve + 4 * HOUR, eve + 30 * HOUR
    assert all(first <= at <= last for at in asked[1:])
    assert len(asked) < 60


def test_a_schedule_of_each_persons_zone_asks_who_is_meant_when_it_comes_round_somewhere(state):
    trigger = ScheduleTrigger("0 18 * * SUN", zone="person")
    calendar = Calendar(state, trigger, *(("", zone) for zone in ZONES), segment="all")
    asked = []

    def evaluate(segment, *, as_of, workspace_id):
        asked.append(as_of)
        return BitMap(calendar.people)

    calendar.world.segments.evaluate = evaluate
    friday = datetime(2026, 11, 20, tzinfo=UTC)
    calendar.run(friday, friday + 4 * DAY, every=timedelta(minutes=30))
    assert {day for _, day in calendar.entered()} == {date(2026, 11, 22)}
    assert len(calendar.entered()) == len(ZONES)
    sunday = datetime(2026, 11, 22, tzinfo=UTC)
    assert all(sunday + 4 * HOUR <= at <= sunday + 30 * HOUR for at in asked[1:])
    assert len(asked) < 60


def test_one_day_comes_for_everybody_by_their_own_clock(state):
    trigger = OnceTrigger(date(2026, 12, 24), time(18), zone="person")
    calendar = Calendar(state, trigger, *(("", zone) for zone in ZONES), segment="all")
    calendar.run(
        datetime(2026, 12, 23, tzinfo=UTC),
        datetime(2026, 12, 26, tzinfo=UTC),
        every=timedelta(hours=2),
    )
    assert sorted(calendar.entered()) == [(n, date(2026, 12, 24)) for n in calendar.zones]
