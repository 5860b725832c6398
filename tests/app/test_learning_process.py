"""Learning in a process of its own: it answers, and ends when the server does."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from kikubari.app.learning import ConcludingProcess, LearningProcess
from kikubari.decide.histories import History
from kikubari.decide.predict import Evidence, conclude, gather_occasions
from kikubari.decide.predict._habit_rows import ROW
from kikubari.decide.predict._lines import Lines
from kikubari.decide.predict.habits import HabitRows
from kikubari.decide.recommend import Lesson
from kikubari.spec.errors import UnavailableError

DAY_US = 86_400_000_000


def lesson(*, n_customers: int) -> Lesson:
    draw = np.random.default_rng(1)
    customer = np.repeat(np.arange(n_customers, dtype=np.int32), 12)
    return Lesson(
        customer=customer,
        item=draw.integers(0, 300, len(customer)).astype(np.int32),
        at_us=(draw.random(len(customer)) * 300 * DAY_US).astype(np.int64),
        items=tuple(f"p{number}" for number in range(300)),
        end_us=300 * DAY_US,
        seed=1,
    )


def evidence(*, n_customers: int) -> Evidence:
    """Return a year of orders, an order a month each, of two products in turn."""
    as_of = datetime(2026, 1, 1, tzinfo=UTC)
    draw = np.random.default_rng(1)
    customer = np.repeat(np.arange(n_customers), 12)
    at_us = int(as_of.timestamp() * 1e6) - (draw.random(len(customer)) * 360 * DAY_US).astype(int)
    people = np.arange(n_customers, dtype=np.uint32) + 1
    history = History(
        customers=pa.array(people),
        customer=customer.astype(np.int32),
        at_us=at_us,
        value=np.full(len(customer), 900.0),
    )
    product = np.arange(len(customer)) % 2
    nothing = np.zeros(0, dtype=ROW)
    return Evidence(
        as_of=as_of,
        people=people,
        occasions=gather_occasions(history, as_of),
        lines=Lines(people, ["tea", "cup"], ["drinks", "ware"], customer, product, at_us),
        habits=HabitRows(nothing, nothing, ()),
    )


def test_what_was_learned_is_a_file_and_a_card(tmp_path: Path):
    card = LearningProcess()(lesson(n_customers=20), tmp_path / "models" / "one.npz")
    assert (card.n_customers, card.seed) == (20, 1)
    assert [one.name for one in (tmp_path / "models").iterdir()] == ["one.npz"]


def test_closing_ends_what_is_under_way_and_leaves_no_file(tmp_path: Path):
    learning = LearningProcess()
    path = tmp_path / "one.npz"
    closing = threading.Timer(1.0, learning.close)
    closing.start()
    with pytest.raises(UnavailableError):
        learning(lesson(n_customers=20_000), path)
    closing.join()
    assert not path.exists()
    with pytest.raises(UnavailableError):
        learning(lesson(n_customers=20), path)


def test_closing_ends_every_lesson_under_way(tmp_path: Path):
    learning = LearningProcess()
    ended: list[int] = []

    def learn(number: int) -> None:
        with pytest.raises(UnavailableError):
            learning(lesson(n_customers=20_000), tmp_path / f"{number}.npz")
        ended.append(number)

    threads = [threading.Thread(target=learn, args=(number,)) for number in range(2)]
    for one in threads:
        one.start()
    threading.Timer(1.0, learning.close).start()
    for one in threads:
        one.join(60)
    assert sorted(ended) == [0, 1]
    assert list(tmp_path.iterdir()) == []


def test_what_a_process_concludes_is_what_is_concluded_here():
    given = evidence(n_customers=80)
    found, here = ConcludingProcess()(given), conclude(given)
    assert found.card == here.card
    assert found.card.withheld is None
    assert found.others == here.others
    [forecasts], [other] = found.forecasts, here.forecasts
    for name in ("customer", "expected", "churn", "next_days"):
        np.testing.assert_array_equal(getattr(forecasts, name), getattr(other, name))
    np.testing.assert_array_equal(found.edges, here.edges)


def test_closing_ends_what_is_being_concluded():
    concluding = ConcludingProcess()
    closing = threading.Timer(1.0, concluding.close)
    closing.start()
    with pytest.raises(UnavailableError):
        concluding(evidence(n_customers=50_000))
    closing.join()
    with pytest.raises(UnavailableError):
        concluding(evidence(n_customers=80))
