"""A server that is stopped: nothing begins any more while the last steps end."""

import threading
import time

import pytest
from structlog.testing import capture_logs

from kikubari.app.loops import Loop, stop_all
from kikubari.kit.clock import SystemClock
from kikubari.spec.errors import UnavailableError

PATIENCE = 10.0


class Steps:
    """A loop's step that waits to be let go, and counts how often it began."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.n_begun = 0
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self) -> bool:
        self.n_begun += 1
        self.has_begun.set()
        assert self.may_end.wait(PATIENCE)
        if self.fails:
            raise UnavailableError("what it needs is closed")
        return True


@pytest.fixture
def running():
    loops: list[Loop] = []

    def run(*steps: Steps) -> list[Loop]:
        loops.extend(
            Loop(f"loop {place}", step, SystemClock(), idle_seconds=0.01)
            for place, step in enumerate(steps)
        )
        for loop, step in zip(loops, steps, strict=True):
            loop.start()
            assert step.has_begun.wait(PATIENCE)
        return loops

    yield run
    for loop in loops:
        loop.stop()


def until(is_so) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(is_so())


def test_all_loops_are_asked_to_stop_before_any_is_waited_for(running):
    slow, quick = Steps(), Steps()
    loops = running(slow, quick)
    stopping = threading.Thread(target=stop_all, args=(loops,))
    stopping.start()
    assert until(lambda: all(one.is_stopping for one in loops))
    quick.may_end.set()
    # The second ends though the first, which is waited for, goes on.
    assert until(lambda: not loops[1].health().is_alive)
    assert quick.n_begun == 1
    slow.may_end.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()


def test_a_step_that_is_cut_short_by_the_end_is_no_failure(running):
    steps = Steps(fails=True)
    loops = running(steps)
    with capture_logs() as logs:
        loops[0].ask_to_stop()
        steps.may_end.set()
        loops[0].stop()
    assert [(one["event"], one["log_level"]) for one in logs] == [("loop.cut_short", "info")]
    assert loops[0].health().last_error == ""


def test_what_is_away_is_reported_in_a_line_and_a_fault_with_its_place():
    def away() -> bool:
        raise UnavailableError("the disk is full", hint="Free some space.")

    def faulty() -> bool:
        raise ZeroDivisionError

    loops = [Loop(step.__name__, step, SystemClock(), idle_seconds=0.01) for step in (away, faulty)]
    with capture_logs() as logs:
        for loop in loops:
            loop.start()
        assert until(lambda: len({one["event"] for one in logs}) == len(loops))
        stop_all(loops)
    by_event = {one["event"]: one for one in logs}
    assert by_event["loop.waiting"]["hint"] == "Free some space."
    assert "exc_info" not in by_event["loop.waiting"]
    assert by_event["loop.failed"]["exc_info"]
