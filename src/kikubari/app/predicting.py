"""Forecasts for people at a terminal: from any file of purchases, without a server."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from kikubari.decide.histories import History, HistoryColumns, parse_day, read_history
from kikubari.decide.predict import (
    WITHHELD_TEXTS,
    PurchaseCard,
    ReplenishmentCard,
    evaluate_purchases,
    evaluate_replenishment,
    export_purchases,
    export_replenishment,
    horizon_of_goods,
    horizon_of_purchases,
)
from kikubari.spec.errors import InvalidInputError

Subject = Literal["purchases", "replenishment"]

_UNITS = {"d": timedelta(days=1), "w": timedelta(weeks=1)}
_LONGEST = timedelta(days=3_650)


class PurchaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of purchases and what is asked of it.

    Attributes:
        path: Parquet or CSV.
        columns: customer, item, time and value, as they are called in the file.
        as_of: a date or time; what lies after it is not looked at for the forecast.
        horizon: how far ahead, such as `39w` or `28d`; empty lets the history say.
        subject: purchases of customers, or replenishment of products.
    """

    path: Path
    columns: tuple[str, str, str, str]
    as_of: str
    horizon: str
    subject: Subject


def evaluate_file(asked: PurchaseFile) -> Any:
    """Return how a forecast as of the instant did against what came after it.

    Raises:
        InvalidInputError: the file, or what is asked of it, cannot be used.
    """
    history, as_of, horizon = _read(asked)
    if asked.subject == "purchases":
        return _told(evaluate_purchases(history, as_of, horizon), history)
    return _told(evaluate_replenishment(history, as_of, horizon), history)


def export_file(asked: PurchaseFile, out: Path) -> Any:
    """Write the forecast to a file; return what the model says of itself.

    Raises:
        InvalidInputError: the file, or what is asked of it, cannot be used.
    """
    history, as_of, horizon = _read(asked)
    if asked.subject == "purchases":
        return _told(export_purchases(history, as_of, horizon, out), history)
    return _told(export_replenishment(history, as_of, horizon, out), history)


def _read(asked: PurchaseFile) -> tuple[History, datetime, timedelta]:
    as_of = parse_day(asked.as_of)
    said = parse_horizon(asked.horizon) if asked.horizon else None
    customer, item, time, value = asked.columns
    columns = HistoryColumns(customer=customer, item=item, time=time, value=value)
    is_of_goods = asked.subject == "replenishment"
    history = read_history(asked.path, columns, needs_item=is_of_goods)
    usual = horizon_of_goods if is_of_goods else horizon_of_purchases
    return history, as_of, said or usual(history, as_of)


def parse_horizon(text: str) -> timedelta:
    """Return how far ahead `28d` or `39w` is.

    Raises:
        InvalidInputError: it is neither, or out of reason.
    """
    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or unit not in _UNITS:
        raise InvalidInputError(f"{text!r} is no horizon", hint="write days or weeks: 28d, 39w")
    if not timedelta() < int(number[:9]) * _UNITS[unit] <= _LONGEST:
        raise InvalidInputError(f"{text!r}: a horizon is from 1 day to ten years")
    return int(number) * _UNITS[unit]


def _told(found: Any, history: History) -> dict[str, Any]:
    answer: dict[str, Any] = msgspec.to_builtins(found) | {"n_skipped": history.n_skipped}
    card = found if isinstance(found, PurchaseCard | ReplenishmentCard) else found.card
    if card.withheld is not None:
        answer["why"] = WITHHELD_TEXTS[card.withheld]["en"]
    return answer


SUBJECTS: Sequence[Subject] = ("purchases", "replenishment")
