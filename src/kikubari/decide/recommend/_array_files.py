"""Files of named arrays: numbers alone, so nothing in them can run; whole or not there at all."""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SUFFIX = ".npz"
# What reading a file that is damaged, or of another make, may end in.
UNREADABLE = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays; whoever reads the path sees all of them or what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    with unfinished.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    unfinished.replace(path)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return what `write_arrays` wrote.

    Raises:
        Exception: one of `UNREADABLE`.
    """
    with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return {name: kept[name] for name in kept.files}
