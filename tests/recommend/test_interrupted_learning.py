"""Learning that a killed process began goes on from the windows it had looked at."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kikubari.decide.recommend import Lesson, learn_to_file
from kikubari.decide.recommend import _kept_windows as kept_windows
from kikubari.decide.recommend import blend as blending

DAY_US = 86_400_000_000
_KEPT = 5


def _lesson(seed=1):
    """Return a year of a small shop in which people come back to what they like."""
    draw = np.random.default_rng(4)
    customer = np.repeat(np.arange(150, dtype=np.int32), 40)
    likes = (customer * 7) % 50
    item = np.where(draw.random(len(customer)) < 0.6, likes, draw.integers(0, 50, len(customer)))
    return Lesson(
        customer=customer,
        item=item.astype(np.int32),
        at_us=(draw.random(len(customer)) * 365 * DAY_US).astype(np.int64),
        items=tuple(f"p{number}" for number in range(50)),
        end_us=365 * DAY_US,
        seed=seed,
    )


def _begin_and_die(path: str) -> None:
    """Learn until some windows are kept, then end as a process does that is killed."""
    write, n_kept = kept_windows.write_arrays, 0

    def keep(*arguments: object) -> None:
        nonlocal n_kept
        write(*arguments)
        n_kept += 1
        if n_kept == _KEPT:
            os.kill(os.getpid(), signal.SIGKILL)

    kept_windows.write_arrays = keep
    learn_to_file(_lesson(), Path(path))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What is learned in one go, and how many windows that took."""
    path = tmp_path_factory.mktemp("undisturbed") / "one.npz"
    learn_to_file(_lesson(), path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A folder as a killed process leaves it."""
    path = tmp_path_factory.mktemp("interrupted") / "one.npz"
    died = subprocess.run([sys.executable, __file__, str(path)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert not path.exists()
    assert len(list(path.parent.rglob("*.npz"))) == _KEPT
    return path.parent


@pytest.fixture
def begun(interrupted, tmp_path):
    """A copy of that folder: the path of the model that was being learned."""
    shutil.copytree(interrupted, tmp_path / "models")
    return tmp_path / "models" / "one.npz"


@pytest.fixture
def looked_at(monkeypatch):
    """The windows that are looked at from now on, as how far back and which mode."""
    look_back, seen = blending.look_back, []

    def look(known, snapshot, mode, back, **others):
        seen.append((back, mode))
        return look_back(known, snapshot, mode, back, **others)

    monkeypatch.setattr(blending, "look_back", look)
    return seen


def test_windows_looked_at_before_are_not_looked_at_again(begun, looked_at, undisturbed):
    learn_to_file(_lesson(), begun)
    assert len(looked_at) == 2 * 8 - _KEPT
    assert (1.0, "all") not in looked_at
    assert begun.read_bytes() == undisturbed
    assert [one.name for one in begun.parent.rglob("*")] == ["one.npz"]


def test_a_window_that_was_damaged_is_looked_at_again(begun, looked_at, undisturbed):
    [first, *_] = sorted(begun.parent.rglob("*.npz"))
    first.write_bytes(first.read_bytes()[:-200])
    learn_to_file(_lesson(), begun)
    assert len(looked_at) == 2 * 8 - _KEPT + 1
    assert begun.read_bytes() == undisturbed


@pytest.mark.parametrize("change", ["seed", "purchases"])
def test_windows_of_another_seed_or_other_purchases_are_not_used(change, begun, looked_at):
    lesson = _lesson(seed=2) if change == "seed" else _lesson()
    if change == "purchases":
        # Somebody's data was left out in the meantime.
        used = lesson.customer != 3
        lesson = replace(
            lesson, customer=lesson.customer[used], item=lesson.item[used], at_us=lesson.at_us[used]
        )
    learn_to_file(lesson, begun)
    assert len(looked_at) == 2 * 8


if __name__ == "__main__":
    _begin_and_die(sys.argv[1])
