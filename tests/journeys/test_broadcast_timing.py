"""A broadcast goes when it is told to: later, by each person's clock, no faster than it may."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from broadcast_shop import NINE, NOW, TOKYO, ZONES, Outgrown, Shop
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from kikubari.journeys import BroadcastState, Schedule, Timing
from kikubari.spec.errors import ConflictError


def test_a_scheduled_broadcast_begins_by_itself_with_who_is_there_then(state):
    shop = Shop(state)
    draft = shop.write(start_at=NINE)
    scheduled = shop.broadcasts.start(draft)
    assert (scheduled.state, scheduled.begins_at) == (BroadcastState.SCHEDULED, NINE)
    shop.run_until(NINE - timedelta(seconds=1))
    assert not shop.due()
    shop.members.numbers = BitMap([7, 8])
    shop.run_until(NINE)
    assert shop.due() == {7: NINE, 8: NINE}
    begun = shop.broadcasts.get(draft)
    assert (begun.state, begun.n_audience, begun.begins_at) == (BroadcastState.SENDING, 2, None)
    shop.run_until(NINE + timedelta(hours=1))
    assert len(shop.due()) == 2


def test_what_is_scheduled_cannot_be_changed_unless_it_is_taken_back(state):
    shop = Shop(state)
    draft = shop.write(start_at=NINE)
    definition = shop.broadcasts.start(draft).definition
    with pytest.raises(ConflictError, match="scheduled"):
        shop.broadcasts.change(draft, definition)
    with pytest.raises(ConflictError, match="scheduled"):
        shop.broadcasts.start(draft)
    assert shop.broadcasts.unschedule(draft).state is BroadcastState.DRAFT
    shop.run_until(NINE)
    assert not shop.due()
    shop.broadcasts.change(draft, msgspec.structs.replace(definition, timing=Timing()))
    shop.broadcasts.send(draft)
    assert len(shop.due()) == 5
    with pytest.raises(ConflictError, match="not scheduled"):
        shop.broadcasts.unschedule(draft)


def test_one_that_cannot_begin_is_a_draft_again_and_says_why(state):
    shop = Shop(state)
    draft = shop.write(start_at=NINE)
    shop.broadcasts.start(draft)
    shop.members.is_gone = True
    shop.run_until(NINE)
    back = shop.broadcasts.get(draft)
    assert (back.state, back.problem) == (BroadcastState.DRAFT, "no segment 'vip'")
    shop.members.is_gone = False
    assert shop.broadcasts.start(draft).problem == ""


def test_a_time_that_is_over_means_at_once(state):
    shop = Shop(state)
    shop.broadcasts.send(shop.write(start_at=NOW - timedelta(days=1)))
    assert set(shop.due().values()) == {NOW}


def test_everybody_gets_it_when_their_own_clock_shows_the_time(state):
    shop = Shop(state)
    draft = shop.write(start_at=NINE, in_local_time=True)
    # It is nine in Kiritimati first.
    begins_at = shop.broadcasts.start(draft).begins_at
    assert begins_at == datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    shop.run_until(begins_at)
    shown = {
        number: at.astimezone(ZoneInfo(ZONES.get(number, "Asia/Tokyo")))
        for number, at in shop.due().items()
    }
    assert {at.replace(tzinfo=None) for at in shown.values()} == {NINE.replace(tzinfo=None)}
    assert len(set(shop.due().values())) == 4


def test_who_has_passed_the_time_gets_it_a_day_later(state):
    shop = Shop(state)
    shop.clock.set(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    shop.broadcasts.send(shop.write(start_at=NINE, in_local_time=True))
    due = shop.due()
    assert due[1] == NINE + timedelta(days=1)
    assert due[3] == datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


def test_messages_come_due_no_faster_than_they_may(state):
    shop = Shop(state, numbers=range(1, 301))
    shop.broadcasts.send(shop.write(per_hour=120))
    due = shop.due()
    assert Counter(due.values()).most_common(1)[0][1] == 2
    assert max(due.values()) - NOW == timedelta(minutes=149)
    assert [due[number] for number in sorted(due)] == sorted(due.values())


@given(
    st.integers(1, 10_000),
    st.integers(1, 500),
    st.integers(0, 1_000),
    st.sampled_from([*ZONES.values(), "Nowhere/Land", ""]),
    st.booleans(),
)
def test_nobody_is_forgotten_and_nothing_comes_before_its_time(
    per_hour, n_people, n_before, zone, is_local
):
    timing = Timing(start_at=NINE, in_local_time=is_local, per_hour=per_hour)
    schedule = Schedule(timing, TOKYO)
    started_at = schedule.begins_at
    numbers = list(range(n_people))
    due = schedule.list_due(
        numbers, dict.fromkeys(numbers, zone), started_at=started_at, n_before=n_before
    )
    assert sorted(number for _, group in due for number in group) == numbers
    assert all(at >= started_at for at, _ in due)
    assert [at for at, _ in due] == sorted({at for at, _ in due})


@pytest.mark.parametrize(
    "wrong", [{"start_at": "2026-11-21T09:00:00"}, {"in_local_time": True}, {"per_hour": 0}]
)
def test_timing_that_means_nothing_is_refused(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Timing)


def test_an_audience_that_has_outgrown_its_permission_is_held_and_asked_for_again(state):
    shop, growth = Shop(state, [1, 2]), Outgrown()
    small, large = shop.write(start_at=NINE), shop.write(start_at=NINE)
    for draft in (small, large):
        shop.broadcasts.start(draft, by="mem_1")
    shop.clock.set(NINE)
    shop.members.numbers = BitMap(range(1, 5))
    shop.broadcasts.begin_scheduled(growth)
    assert shop.broadcasts.get(small).n_audience == 4
    assert not growth.asked

    late = shop.write(start_at=NINE + timedelta(hours=1))
    shop.members.numbers = BitMap([1, 2])
    shop.broadcasts.start(late, by="mem_2")
    shop.clock.set(NINE + timedelta(hours=1))
    shop.members.numbers = BitMap(range(1, 6))
    for _ in range(2):
        shop.broadcasts.begin_scheduled(growth)
    held = shop.broadcasts.get(late)
    assert held.state is BroadcastState.DRAFT
    assert held.problem == "it was permitted for 2 and would go to 5 people now"
    assert growth.asked == [(late, 5, "mem_2")]
    # Who answers for that many lets it go.
    assert shop.broadcasts.start(late, by="mem_2").n_audience == 5
