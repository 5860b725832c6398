"""A lease has one holder at a time, and a late holder can be told apart."""

from datetime import UTC, datetime, timedelta

import pytest

from kikubari.kit.clock import ManualClock
from kikubari.storage import Leases, StateStore, is_held

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, 9, tzinfo=UTC))


def test_a_lease_is_one_holders_until_it_expires(state: StateStore, clock: ManualClock):
    mine, other = Leases(state, clock, holder="a"), Leases(state, clock, holder="b")
    lease = mine.find("sequencer", lasting=MINUTE)
    assert lease is not None
    assert other.find("sequencer", lasting=MINUTE) is None
    clock.advance(MINUTE / 2)
    assert mine.find("sequencer", lasting=MINUTE) == lease
    clock.advance(MINUTE)
    taken = other.find("sequencer", lasting=MINUTE)
    assert taken is not None
    assert taken.token == lease.token + 1
    assert state.write(lambda c: (is_held(c, lease), is_held(c, taken))) == (False, True)


def test_a_released_lease_can_be_taken_at_once(state: StateStore, clock: ManualClock):
    mine, other = Leases(state, clock, holder="a"), Leases(state, clock, holder="b")
    lease = mine.find("sequencer", lasting=MINUTE)
    assert lease is not None
    mine.release(lease)
    assert other.find("sequencer", lasting=MINUTE) is not None
