"""The log keeps each event once, in order, and its copy equals it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kikubari.events import Copier, EventLog, Intake, Move, RangeEncoder, Sequencer, append_in
from kikubari.events.copy_schema import PROFILE
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.errors import RateLimitedError
from kikubari.storage import ColumnarStore, StateStore
from kikubari.testing.events import CountingNumbers, ListedMoves, PlainSealing

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def an_event(n: int, **changes: Any) -> Event:
    fields: dict[str, Any] = {
        "message_id": f"m{n}",
        "kind": EventKind.TRACK,
        "type": "Order Completed",
        "occurred_at": NOON - timedelta(days=n % 400, seconds=n),
        "received_at": NOON,
        "source_id": 1,
        "user_id": f"u{n % 7}",
        "properties": {
            "order_id": f"o{n}",
            "currency": "JPY",
            "products": [{"product_id": "p1", "category": "lamp", "price": 1200, "quantity": 2}],
        },
    }
    return Event(**{**fields, **changes})


class Harness:
    def __init__(self, state: StateStore) -> None:
        self.state = state
        self.sealing = PlainSealing()
        self.moves = ListedMoves()
        self.intake = Intake(state)
        self.sequencer = Sequencer(state, [state], CountingNumbers(), self.sealing)
        self.log = EventLog(state, self.sealing)

    def copier(self, columnar: ColumnarStore) -> Copier:
        copier = Copier(
            self.state, columnar, self.log, self.moves, RangeEncoder(self.log, currency="JPY")
        )
        copier.prepare()
        return copier

    def take_in(self, *events: Event) -> None:
        self.intake.append(events).result()
        while sum(self.sequencer_step()):
            pass

    def sequencer_step(self) -> tuple[int, int]:
        done = self.sequencer.run_once()
        return done.n_new, done.n_duplicates


@pytest.fixture
def house(state: StateStore) -> Harness:
    return Harness(state)


def test_events_get_dense_positions_and_come_back_whole(house: Harness):
    events = [an_event(n) for n in range(50)]
    house.take_in(*events)
    assert house.log.position() == 50
    assert [item.event for item in house.log.read_range(1, 50)] == events
    assert [item.position for item in house.log.read_range(11, 20)] == list(range(11, 21))


def test_an_event_is_kept_once_for_ever_and_per_source(house: Harness):
    house.take_in(an_event(1), an_event(1), an_event(2))
    house.take_in(an_event(2), an_event(1, source_id=2))
    assert [(i.event.message_id, i.event.source_id) for i in house.log.read_range(1, 9)] == [
        ("m1", 1),
        ("m2", 1),
        ("m1", 2),
    ]


def test_an_internal_event_commits_with_what_caused_it(house: Harness):
    with pytest.raises(ZeroDivisionError):
        house.state.write(lambda c: (append_in(c, [an_event(1)]), 1 / 0))
    house.state.write(lambda c: append_in(c, [an_event(2)]))
    assert house.sequencer_step() == (1, 0)
    assert house.log.read_range(1, 9)[0].event.message_id == "m2"


def test_the_inbox_refuses_when_too_much_waits(state: StateStore):
    intake = Intake(state, max_waiting=10)
    intake.append([an_event(n) for n in range(11)]).result()
    with pytest.raises(RateLimitedError) as refusal:
        intake.append([an_event(12)])
    assert refusal.value.retry_after_seconds > 0
    with pytest.raises(RateLimitedError):  # before anybody reads what was sent
        intake.refuse_if_full()


def test_a_timeline_is_newest_first_and_skips_the_erased(house: Harness):
    house.take_in(*[an_event(n) for n in range(21)])
    numbers = [item.number for item in house.log.read_range(1, 21)]
    timeline = house.log.timeline([numbers[0], numbers[1]], limit=4)
    times = [item.event.occurred_at for item in timeline]
    assert times == sorted(times, reverse=True)
    assert len(times) == 4
    house.sealing.forgotten.add(numbers[0])
    assert {item.number for item in house.log.timeline([numbers[0], numbers[1]])} == {numbers[1]}


def test_the_copy_equals_the_log(house: Harness, columnar: ColumnarStore):
    house.take_in(*[an_event(n) for n in range(500)])
    copier = house.copier(columnar)
    while copier.run_once():
        pass
    check = copier.check()
    assert check.is_equal
    assert (check.copied, check.rows) == (500, 500)
    totals = columnar.query_rows("SELECT sum(value_minor), any(item_prices_minor) FROM events")
    assert totals == [(500 * 2400, [1200])]


def test_a_copy_cut_short_is_completed_once(
    house: Harness, columnar: ColumnarStore, monkeypatch: pytest.MonkeyPatch
):
    house.take_in(*[an_event(n) for n in range(300)])
    copier = house.copier(columnar)
    monkeypatch.setattr(copier, "_confirm", lambda _first: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        copier.run_once()
    later = house.copier(columnar)
    while later.run_once():
        pass
    assert later.check().is_equal


def test_events_of_any_number_of_months_are_copied_once(
    house: Harness, columnar: ColumnarStore, monkeypatch: pytest.MonkeyPatch
):
    months = [NOON - timedelta(days=30.4 * n) for n in range(1_500)]
    house.take_in(*[an_event(n, occurred_at=at) for n, at in enumerate(months)])
    copier = house.copier(columnar)
    monkeypatch.setattr(copier, "_confirm", lambda _first: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        copier.run_once()
    again = house.copier(columnar)
    while again.run_once():
        pass
    check = again.check()
    assert check.is_equal
    assert check.rows == 1_500


def test_the_check_sees_a_missing_and_a_doubled_row(house: Harness, columnar: ColumnarStore):
    house.take_in(*[an_event(n) for n in range(20)])
    copier = house.copier(columnar)
    copier.run_once()
    columnar.command("INSERT INTO events SELECT * FROM events WHERE position = 7")
    assert not copier.check().is_equal
    copier.rebuild()
    while copier.run_once():
        pass
    assert copier.check().is_equal
    columnar.command("DELETE FROM events WHERE position = 7")
    assert not copier.check().is_equal


def test_a_rebuild_that_dies_is_taken_up_again(
    house: Harness, columnar: ColumnarStore, monkeypatch
):
    house.take_in(*[an_event(n) for n in range(20)])
    copier = house.copier(columnar)
    copier.run_once()
    monkeypatch.setattr(copier, "_define", lambda **_how: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        copier.rebuild()
    columnar.command("DELETE FROM events WHERE position = 7")
    again = house.copier(columnar)
    assert again.lag() == 20
    while again.run_once():
        pass
    assert again.check().is_equal
    assert again.check().rows == 20


def test_nobody_finds_a_table_missing_during_a_rebuild(house: Harness, columnar: ColumnarStore):
    house.take_in(*[an_event(n) for n in range(20)])
    copier = house.copier(columnar)
    copier.run_once()
    counts: list[int] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            counts.append(columnar.query_rows(f"SELECT uniq({PROFILE}) FROM events")[0][0])

    with ThreadPoolExecutor(2) as readers:
        reading = [readers.submit(read) for _ in range(2)]
        for _ in range(3):
            copier.rebuild()
            copier.run_once()
        is_over.set()
        for one in reading:
            one.result()
    assert set(counts) <= {0, 7}
    assert len(counts) > 6


def test_moves_say_who_a_number_is_now(house: Harness, columnar: ColumnarStore):
    house.take_in(*[an_event(n) for n in range(20)])
    copier = house.copier(columnar)
    copier.run_once()
    house.moves.moves = [Move(2, 1, 1), Move(3, 1, 2)]
    copier.run_once()
    people = f"SELECT DISTINCT {PROFILE} AS who FROM events ORDER BY who"
    assert [row[0] for row in columnar.query_rows(people)] == [1, 4, 5, 6, 7]
    house.moves.moves.append(Move(3, 3, 3))
    copier.run_once()
    assert [row[0] for row in columnar.query_rows(people)] == [1, 3, 4, 5, 6, 7]
