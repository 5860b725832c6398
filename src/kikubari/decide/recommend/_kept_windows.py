"""Windows that were looked at, kept while a model is being learned.

Looking back is most of the work of learning. What each window showed depends on the purchases and
the seed alone, so a process that ends half-way loses only the window it was at.
"""

import shutil
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend._array_files import (
    SUFFIX,
    UNREADABLE,
    read_arrays,
    write_arrays,
)
from kikubari.decide.recommend._candidates import Candidates
from kikubari.decide.recommend._windows import Case, Lesson, Window
from kikubari.decide.recommend.contracts import Mode
from kikubari.decide.recommend.purchases import Purchases

_HEAD = "head"


class _Head(msgspec.Struct, frozen=True):
    """What is no array; no `n_customers` where nothing is judged by the window."""

    back: float
    n_lists: int
    n_customers: int | None


class KeptWindows:
    """Windows in a folder of their own, one file each; written whole or not at all.

    Args:
        folder: is made when there is something to keep.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of(cls, folder: Path, known: Purchases, *, horizon_days: float, seed: int) -> Self:
        """Return what is kept of these purchases and this seed; what is of others goes.

        Args:
            folder: of the model that is being learned.
            known: all purchases that it is learned from.
            horizon_days: how far ahead it looks.
            seed: of its draws.
        """
        digest = blake2b(repr((known.end_day, horizon_days, seed)).encode(), digest_size=8)
        for array in (known.customer, known.item, known.day):
            digest.update(np.ascontiguousarray(array).data)
        name = digest.hexdigest()
        if folder.exists():
            for other in folder.iterdir():
                if other.name != name:
                    shutil.rmtree(other, ignore_errors=True)
        return cls(folder / name)

    def load(self, step: int, mode: Mode) -> Window | None:
        """Return a window, None if it is not kept or cannot be read."""
        try:
            arrays = read_arrays(self._path_of(step, mode))
            head = msgspec.json.decode(arrays[_HEAD].tobytes(), type=_Head)
            return _window_of(head, arrays)
        except UNREADABLE:
            return None

    def save(self, step: int, mode: Mode, window: Window) -> None:
        """Keep a window."""
        write_arrays(self._path_of(step, mode), _arrays_of(window))

    def _path_of(self, step: int, mode: Mode) -> Path:
        return self._folder / f"{mode}-{step}{SUFFIX}"


def _arrays_of(window: Window) -> dict[str, NDArray[Any]]:
    case = window.case
    head = _Head(window.back, window.lesson.n_lists, None if case is None else case.n_customers)
    arrays: dict[str, NDArray[Any]] = {
        _HEAD: np.frombuffer(msgspec.json.encode(head), dtype=np.uint8),
        "features": window.lesson.features,
        "is_bought": window.lesson.is_bought,
        "list_of": window.lesson.list_of,
    }
    if case is not None:
        arrays |= {f"case.{name}": value for name, value in vars(case.found).items()}
        arrays["bought"] = case.bought
    return arrays


def _window_of(head: _Head, arrays: dict[str, NDArray[Any]]) -> Window:
    lesson = Lesson(
        arrays["features"], arrays["is_bought"], arrays["list_of"], n_lists=head.n_lists
    )
    if head.n_customers is None:
        return Window(head.back, lesson, None)
    found = Candidates(*(arrays[f"case.{name}"] for name in ("row", "item", "features")))
    return Window(head.back, lesson, Case(head.n_customers, arrays["bought"], found))
