"""Learning in a process of its own: it answers, and ends when the server does."""

import threading
from pathlib import Path

import numpy as np
import pytest

from kikubari.app.learning import LearningProcess
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
