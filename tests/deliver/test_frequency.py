"""The rules of frequency by themselves, against the plainest reading of what they promise."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.deliver import Cap, FrequencyPolicy, QuietHours
from kikubari.deliver.frequency import check_policy, find_best_time, find_quiet_end, find_room
from kikubari.spec.errors import InvalidInputError

# Nights on which the clocks of a place are put forward or back, as instants of the change.
NIGHTS = {
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],  # by half an hour
    "Africa/Casablanca": ["2026-02-15T02:00", "2026-03-22T02:00"],  # for Ramadan
    "Asia/Tokyo": ["2026-03-29T01:00", "2026-10-25T01:00"],  # never
    "America/New_York": ["2026-03-08T07:00", "2026-11-01T06:00"],
    "Europe/Berlin": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "Australia/Sydney": ["2026-04-04T16:00", "2026-10-03T16:00"],
}
CHANGES = [
    (ZoneInfo(zone), datetime.fromisoformat(at).replace(tzinfo=UTC))
    for zone, instants in NIGHTS.items()
    for at in instants
]
QUIET = QuietHours(start="21:00", end="08:00")
caps = st.builds(
    Cap,
    most=st.integers(1, 4),
    period=st.integers(1, 4),
    unit=st.sampled_from(["hours", "calendar_days"]),
)
minutes = st.integers(0, 24 * 60 - 1).map(lambda n: f"{n // 60:02}:{n % 60:02}")


def is_quiet(quiet: QuietHours, at: datetime, zone: ZoneInfo) -> bool:
    clock = f"{at.astimezone(zone):%H:%M}"
    if quiet.start < quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=str)
def test_the_night_of_the_change_is_one_night(zone, change):
    """From an hour before quiet begins until an hour after it ends, minute by minute."""
    is_change = (
        change.astimezone(zone).utcoffset()
        != (change - timedelta(minutes=1)).astimezone(zone).utcoffset()
    )
    assert is_change == (zone.key != "Asia/Tokyo")
    ends = set()
    for n in range(26 * 60):
        at = change - timedelta(hours=13) + timedelta(minutes=n)
        end = find_quiet_end(QUIET, at, zone)
        assert (end is not None) == is_quiet(QUIET, at, zone)
        if end is not None:
            assert f"{end.astimezone(zone):%H:%M}" == "08:00"
            ends.add(end)
    assert 1 <= len(ends) <= 2
    assert all(
        b - a in {timedelta(hours=h) for h in (23, 23.5, 24, 24.5, 25)}
        for a, b in zip(sorted(ends), sorted(ends)[1:], strict=False)
    )


@given(
    st.sampled_from(CHANGES),
    st.integers(-20 * 60, 20 * 60),
    st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1]),
)
def test_quiet_ends_at_an_instant_that_is_not_quiet_and_not_sooner_or_much_later(
    place, minute, window
):
    zone, change = place
    quiet = QuietHours(start=window[0], end=window[1])
    now = change + timedelta(minutes=minute)
    end = find_quiet_end(quiet, now, zone)
    assert (end is None) == (
        not is_quiet(quiet, now, zone) and not is_quiet(quiet, now + timedelta(seconds=30), zone)
    )
    if end is None:
        return
    assert not is_quiet(quiet, end, zone)
    waited = [now + timedelta(minutes=n) for n in range(int((end - now).total_seconds() // 60))]
    # A wall time that the change skips is waited for until the clock would have shown it.
    needless = [at for at in waited[1:] if not is_quiet(quiet, at, zone)]
    assert len(needless) <= 60


def test_quiet_begins_half_a_minute_early_for_what_is_about_to_be_on_the_wire():
    zone = ZoneInfo("Asia/Tokyo")
    evening = datetime(2026, 11, 20, 20, 59, 29, tzinfo=zone)
    assert find_quiet_end(QUIET, evening, zone) is None
    end = find_quiet_end(QUIET, evening + timedelta(seconds=1), zone)
    assert end == datetime(2026, 11, 21, 8, tzinfo=zone)


@given(
    st.sampled_from(CHANGES),
    st.lists(caps, min_size=1, max_size=3),
    st.lists(st.integers(1, 8 * 60), min_size=1, max_size=60),
)
def test_no_stretch_of_time_and_no_calendar_day_ever_holds_more_than_a_cap(place, rules, gaps):
    """Somebody tries to send after each gap; what the caps let pass is counted anew."""
    zone, change = place
    now = change - timedelta(days=2)
    sent: list[datetime] = []
    for gap in gaps:
        now += timedelta(minutes=gap)
        waits = [room for cap in rules if (room := find_room(cap, sent, now, zone)) is not None]
        if not waits:
            sent.append(now)
        for room in waits:
            assert room > now
    for cap in rules:
        for last in sent:
            if cap.unit == "hours":
                n = sum(last - timedelta(hours=cap.period) < at <= last for at in sent)
            else:
                day = last.astimezone(zone).date()
                days = {day - timedelta(days=k) for k in range(cap.period)}
                n = sum(at.astimezone(zone).date() in days for at in sent if at <= last)
            assert n <= cap.most


@given(st.sampled_from(CHANGES), caps, st.lists(st.integers(-4000, 0), min_size=1, max_size=8))
def test_there_is_room_at_the_instant_named_and_none_the_moment_before(place, cap, ages):
    zone, change = place
    now = change + timedelta(hours=1)
    sent = sorted(now + timedelta(minutes=age) for age in ages)
    room = find_room(cap, sent, now, zone)
    if room is not None:
        assert find_room(cap, sent, room, zone) is None
        assert find_room(cap, sent, room - timedelta(microseconds=1), zone) == room


@given(st.sampled_from(CHANGES), st.integers(-2000, 2000), st.integers(0, 23))
def test_the_best_hour_comes_within_a_day_or_so_or_is_now(place, minute, hour):
    zone, change = place
    now = change + timedelta(minutes=minute)
    best = find_best_time(hour, now, zone)
    if best is None:
        assert now.astimezone(zone).hour == hour
    else:
        assert now < best <= now + timedelta(hours=25.5)
        # An hour that the change skips begins with the next.
        assert best.astimezone(zone).hour in {hour, (hour + 1) % 24}


@pytest.mark.parametrize(
    "policy",
    [
        FrequencyPolicy(caps=[Cap(most=0, period=1, unit="hours")]),
        FrequencyPolicy(caps=[Cap(most=1, period=0, unit="hours")]),
        FrequencyPolicy(caps=[Cap(most=1, period=93, unit="calendar_days")]),
        FrequencyPolicy(quiet_hours=[QuietHours(start="24:00", end="08:00")]),
        FrequencyPolicy(quiet_hours=[QuietHours(start="9:00", end="08:00")]),
        FrequencyPolicy(quiet_hours=[QuietHours(start="08:00", end="08:00")]),
        FrequencyPolicy(hold_hours=0),
        FrequencyPolicy(caps=[Cap(most=1, period=1, unit="hours")] * 21),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused(policy):
    with pytest.raises(InvalidInputError):
        check_policy(policy)
