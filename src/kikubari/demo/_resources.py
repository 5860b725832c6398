"""Files that lie beside the code: the sample, and short word lists written for it."""

import random
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
ONLINE_RETAIL = FOLDER / "online_retail.parquet"


@cache
def word_list(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of `words/NAME.tsv`, comments left out, each a tuple of its fields."""
    text = (FOLDER / "words" / f"{name}.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(tuple(line.split("\t")) for line in lines)


def dice(seed: int, purpose: str) -> random.Random:
    """Return a generator of its own for one purpose, so that parts vary independently."""
    return random.Random(f"{seed}/{purpose}")  # noqa: S311 - a simulation to be repeated, no secret


def happens(rng: random.Random, share: float) -> bool:
    """Say yes in this share of cases."""
    return rng.random() < share
