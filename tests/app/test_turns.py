"""Work that only one process may do goes to one, and moves on when that one is gone."""

from datetime import UTC, datetime, timedelta

from kikubari.app.turns import Turns
from kikubari.kit.clock import ManualClock
from kikubari.storage import StateStore


def test_work_moves_to_another_process_when_its_holder_falls_silent(state: StateStore):
    clock = ManualClock(datetime(2026, 11, 20, 9, tzinfo=UTC))
    first = Turns(state, clock, holder="first", is_alone=False)
    second = Turns(state, clock, holder="second", is_alone=False)
    assert first.is_mine("copier")
    assert not second.is_mine("copier")
    assert second.is_mine("sequencer")
    for _ in range(10):
        clock.advance(timedelta(seconds=15))
        assert first.is_mine("copier")
        assert not second.is_mine("copier")
    clock.advance(timedelta(seconds=31))
    assert second.is_mine("copier")
    assert not first.is_mine("copier")


def test_alone_everything_is_ours(state: StateStore):
    clock = ManualClock(datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert Turns(state, clock, holder="only", is_alone=True).is_mine("anything")
