"""Recommendations for people at a terminal."""

from pathlib import Path

import msgspec

from kikubari.app.predicting import parse_horizon
from kikubari.decide.histories import History, HistoryColumns, parse_day, read_history
from kikubari.decide.recommend import Evaluation, Exported, Mode, Strategy, evaluate, export

MODES = tuple(mode.value for mode in Mode)
STRATEGIES = tuple(strategy.value for strategy in Strategy)


class HistoryFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of purchases and what is asked of it.

    Attributes:
        path: Parquet or CSV.
        columns: customer, item, time and value, as they are called in the file.
        as_of: a date or time; what lies after it is not learned from.
        mode: one of MODES.
        horizon: how far ahead, such as `7d` or `4w`; empty lets the history say.
        seed: of all draws; the same file and seed give the same answer.
    """

    path: Path
    columns: tuple[str, str, str, str]
    as_of: str
    mode: str
    horizon: str = ""
    seed: int = 0


def evaluate_file(asked: HistoryFile) -> Evaluation:
    """Return how good recommendations as of the instant were.

    Raises:
        InvalidInputError: the file, or what is asked of it, cannot be used.
    """
    return evaluate(
        _read(asked),
        parse_day(asked.as_of),
        parse_horizon(asked.horizon),
        Mode(asked.mode),
        seed=asked.seed,
    )


def export_file(asked: HistoryFile, out: Path, *, limit: int) -> Exported:
    """Write recommendations for everybody; return what they were ranked by.

    Raises:
        InvalidInputError: the file, or what is asked of it, cannot be used.
    """
    return export(
        _read(asked),
        parse_day(asked.as_of),
        out,
        mode=Mode(asked.mode),
        limit=limit,
        horizon=parse_horizon(asked.horizon) if asked.horizon else None,
        seed=asked.seed,
    )


def _read(asked: HistoryFile) -> History:
    customer, item, time, value = asked.columns
    columns = HistoryColumns(customer=customer, item=item, time=time, value=value)
    return read_history(asked.path, columns, needs_item=True)
