"""Whoever writes beside the log waits a quarter of a second at most, on any machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.events.pace import MOST_EVENTS, TransactionSize


def test_nothing_is_known_at_first():
    assert TransactionSize().events == MOST_EVENTS


def test_a_few_events_tell_nothing():
    size = TransactionSize()
    size.note(3, seconds=5.0)
    assert size.events == MOST_EVENTS


@pytest.mark.parametrize(
    ("each_us", "expected"), [(10, 4_000), (62.5, 4_000), (125, 2_000), (500, 500), (5_000, 250)]
)
def test_a_transaction_lasts_as_long_as_others_may_wait(each_us, expected):
    size = TransactionSize()
    for _ in range(40):
        size.note(size.events, seconds=size.events * each_us / 1e6)
    assert size.events == pytest.approx(expected, abs=1)


@given(st.lists(st.tuples(st.integers(0, 5_000), st.floats(0, 60)), max_size=30))
def test_it_keeps_its_limits_whatever_happens(noted):
    size = TransactionSize()
    for n_events, seconds in noted:
        size.note(n_events, seconds)
    assert 250 <= size.events <= MOST_EVENTS
