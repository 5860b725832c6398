"""One search for personas at a time, in the background: its progress, its end, its faults."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kikubari.kit.clock import ManualClock
from kikubari.segments.personas import PersonaSearch
from kikubari.segments.personas.search import Report
from kikubari.spec.errors import InvalidInputError

NOW = datetime(2026, 5, 1, tzinfo=UTC)
PATIENCE = 10


class Work:
    """A search in steps: it goes on when it is told to, and ends as it was told to."""

    def __init__(self) -> None:
        self.n_begun = 0
        self.stored: list[datetime | None] = []
        self.fault: Exception | None = None
        self._step = threading.Semaphore(0)
        self._reported = threading.Semaphore(0)

    def __call__(self, as_of: datetime | None, report: Report) -> None:
        self.n_begun += 1
        for share in (0.25, 0.5):
            try:
                report(share)
            finally:
                self._reported.release()
            assert self._step.acquire(timeout=PATIENCE)
        if self.fault:
            raise self.fault
        self.stored.append(as_of)

    def wait_for_report(self) -> None:
        assert self._reported.acquire(timeout=PATIENCE)

    def go_on(self) -> None:
        self._step.release()


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def search(work: Work) -> Iterator[PersonaSearch]:
    one = PersonaSearch(work, ManualClock(NOW))
    yield one
    work.go_on()
    work.go_on()
    one.close()


def finish(search: PersonaSearch) -> None:
    assert search._thread is not None
    search._thread.join(PATIENCE)
    assert not search._thread.is_alive()


def test_a_search_tells_how_far_it_is_and_ends_with_what_it_stored(
    search: PersonaSearch, work: Work
) -> None:
    assert search.progress().state == "idle"
    begun = search.start(NOW)
    assert (begun.state, begun.started_at) == ("running", NOW)
    work.wait_for_report()
    assert search.progress().share == 0.25
    work.go_on()
    work.wait_for_report()
    assert search.progress().share == 0.5
    work.go_on()
    finish(search)
    assert (search.progress().state, search.progress().share) == ("done", 1.0)
    assert work.stored == [NOW]


def test_a_second_wish_joins_the_search_under_way(search: PersonaSearch, work: Work) -> None:
    search.start()
    work.wait_for_report()
    assert search.start().share == 0.25
    work.go_on()
    work.go_on()
    finish(search)
    assert work.n_begun == 1
    search.start()
    work.go_on()
    work.go_on()
    finish(search)
    assert work.n_begun == 2


def test_a_cancelled_search_stores_nothing_and_another_may_begin(
    search: PersonaSearch, work: Work
) -> None:
    search.start()
    work.wait_for_report()
    search.cancel()
    work.go_on()
    finish(search)
    assert (search.progress().state, work.stored) == ("cancelled", [])
    search.start()
    work.go_on()
    work.go_on()
    finish(search)
    assert (search.progress().state, work.stored) == ("done", [None])


@pytest.mark.parametrize(
    ("fault", "said"),
    [(InvalidInputError("no such day"), "no such day"), (ZeroDivisionError(), "server's log")],
)
def test_a_fault_is_told_in_words(
    search: PersonaSearch, work: Work, fault: Exception, said: str
) -> None:
    work.fault = fault
    search.start()
    work.go_on()
    work.go_on()
    finish(search)
    assert search.progress().state == "failed"
    assert said in search.progress().error


def test_closing_ends_the_search_and_waits_for_it() -> None:
    def endless(_: datetime | None, report: Report) -> None:
        while True:
            report(0.1)

    search = PersonaSearch(endless, ManualClock(NOW))
    search.start()
    search.close()
    assert search.progress().state == "cancelled"
