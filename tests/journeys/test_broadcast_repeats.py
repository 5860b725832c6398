"""The dates of a recurring broadcast are those a calendar on the wall shows, in every zone."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.journeys import Repeat, Timing

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = (
    "UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
    "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "Asia/Kathmandu",
)  # fmt: skip

zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.integers(0, 15_000_000).map(
    lambda minutes: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
counts = st.integers(1, 5)
repeats = st.one_of(
    st.builds(Repeat, each=st.just("day"), every=st.integers(1, 40)),
    st.builds(
        Repeat,
        each=st.just("week"),
        every=counts,
        weekdays=st.lists(st.sampled_from(DAYS), unique=True).map(tuple),
    ),
    st.builds(Repeat, each=st.just("month"), every=counts, day=st.none() | st.integers(1, 31)),
)


def is_meant(repeat: Repeat, first: date, day: date) -> bool:
    """Say whether a date is one of a repeat, as one would by looking at a calendar."""
    if day < first:
        return False
    if repeat.each == "day":
        return (day - first).days % repeat.every == 0
    if repeat.each == "week":
        mondays = [one - timedelta(days=one.weekday()) for one in (first, day)]
        weeks = (mondays[1] - mondays[0]).days // 7
        meant = repeat.weekdays or (DAYS[first.weekday()],)
        return weeks % repeat.every == 0 and DAYS[day.weekday()] in meant
    months = (day.year - first.year) * 12 + day.month - first.month
    wanted = repeat.day or first.day
    last = monthrange(day.year, day.month)[1]
    return months % repeat.every == 0 and day.day == min(wanted, last)


def list_dates(timing: Timing, zone: ZoneInfo, after: datetime, n: int) -> list[datetime]:
    found: list[datetime] = []
    while len(found) < n:
        after = timing.find_next(after, zone)
        found.append(after)
    return found


@given(repeat=repeats, start_at=instants, zone=zones, days_on=st.integers(-50, 500))
def test_the_next_occurrence_is_the_first_date_that_is_meant(repeat, start_at, zone, days_on):
    timing = Timing(start_at=start_at, repeat=repeat)
    after = start_at + timedelta(days=days_on)
    found = timing.find_next(after, zone)
    assert found > after
    local = start_at.astimezone(zone)
    day, until = after.astimezone(zone).date(), found.astimezone(zone).date()
    assert is_meant(repeat, local.date(), until)
    # No date that was meant lies between, but one whose time had passed or that the zone skips.
    while (day := day + timedelta(days=1)) < until:
        is_skipped = zone.key == "Pacific/Apia" and day == date(2011, 12, 30)
        assert is_skipped or not is_meant(repeat, local.date(), day)


@given(repeat=repeats, start_at=instants, zone=zones)
def test_the_clock_on_the_wall_shows_the_same_time_unless_it_is_skipped(repeat, start_at, zone):
    timing = Timing(start_at=start_at, repeat=repeat)
    wanted = start_at.astimezone(zone).time()
    for found in list_dates(timing, zone, start_at - timedelta(days=1), 6):
        local = found.astimezone(zone)
        if local.time() != wanted:
            # Just behind a gap in which the time would have lain.
            before = (found - timedelta(microseconds=1)).astimezone(zone)
            assert before.time() < wanted < local.time()
        assert local.fold == 0


@given(repeat=repeats, start_at=instants, zone=zones)
def test_a_repeat_ends_on_its_last_date(repeat, start_at, zone):
    timing = Timing(start_at=start_at, repeat=repeat)
    first, second = list_dates(timing, zone, start_at - timedelta(days=1), 2)
    until = first.astimezone(zone).date()
    ending = Timing(start_at=start_at, repeat=Repeat(each=repeat.each, every=repeat.every,
                    weekdays=repeat.weekdays, day=repeat.day, until=until))  # fmt: skip
    assert second.astimezone(zone).date() > until
    assert ending.find_next(start_at - timedelta(days=1), zone) == first
    assert ending.find_next(first, zone) is None


def test_a_month_without_a_31st_has_its_last_day():
    tokyo = ZoneInfo("Asia/Tokyo")
    timing = Timing(start_at=datetime(2027, 12, 31, 9, tzinfo=tokyo), repeat=Repeat(each="month"))
    found = list_dates(timing, tokyo, datetime(2027, 12, 1, tzinfo=UTC), 5)
    assert [one.astimezone(tokyo).date() for one in found] == [
        date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31),
        date(2028, 4, 30),
    ]  # fmt: skip


def test_a_time_that_a_zone_skips_is_the_first_instant_after_it():
    berlin = ZoneInfo("Europe/Berlin")
    timing = Timing(start_at=datetime(2027, 3, 27, 2, 30, tzinfo=berlin), repeat=Repeat(each="day"))
    found = list_dates(timing, berlin, datetime(2027, 3, 26, tzinfo=UTC), 3)
    assert [one.astimezone(berlin).strftime("%d %H:%M") for one in found] == [
        "27 02:30", "28 03:00", "29 02:30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"repeat": {"each": "day"}},
        {"repeat": {"each": "day", "weekdays": ["mon"]}, "start_at": "2027-01-01T09:00:00Z"},
        {"repeat": {"each": "week", "day": 3}, "start_at": "2027-01-01T09:00:00Z"},
        {"repeat": {"each": "year"}, "start_at": "2027-01-01T09:00:00Z"},
        {"repeat": {"each": "day"}, "start_at": "0001-01-01T00:00:00Z"},
        {"repeat": {"each": "day"}, "start_at": "9999-12-31T23:59:59Z"},
    ],
)
def test_a_repeat_that_means_nothing_is_refused(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Timing)


def test_dates_go_on_as_far_as_anybody_asks():
    timing = Timing(
        start_at=datetime(2999, 12, 31, 9, tzinfo=UTC), repeat=Repeat(each="month", every=366)
    )
    found = list_dates(timing, ZoneInfo("Asia/Tokyo"), datetime(2026, 1, 1, tzinfo=UTC), 100)
    assert found == sorted(set(found))
