"""Forecasts as tables and files."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from kikubari.decide.histories import History
from kikubari.decide.predict._fitting import Floats
from kikubari.decide.predict._pairs import gather_purchases
from kikubari.decide.predict.contracts import (
    REACH_DAYS,
    Forecasts,
    PurchaseCard,
    ReplenishmentCard,
    Withheld,
)
from kikubari.decide.predict.occasions import days_of, gather_occasions, stand_at
from kikubari.decide.predict.purchases import PurchaseModel, fit_purchases
from kikubari.decide.predict.replenishment import ReplenishmentModel, fit_replenishment
from kikubari.kit.instants import to_micros
from kikubari.spec.errors import InvalidInputError

_DAY_US = 86_400_000_000
_LONGEST_DAYS = 3_650.0
_CHUNK = 50_000
_INSTANT = pa.timestamp("us", tz="UTC")
_NUMBERS = (
    *("expected_purchases", "purchases_low", "purchases_high"),
    *("expected_value", "value_low", "value_high", "p_alive", "churn"),
)
_PURCHASES = pa.schema(
    [
        *((name, pa.float64()) for name in _NUMBERS),
        *((f"next_purchase{end}_at", _INSTANT) for end in ("", "_low", "_high")),
        ("withheld", pa.string()),
    ]
)
_REPLENISHMENT = pa.schema(
    [
        ("purchases", pa.int64()),
        ("probability", pa.float64()),
        *((f"due{end}_at", _INSTANT) for end in ("", "_low", "_high")),
        ("runs_low", pa.bool_()),
        ("withheld", pa.string()),
    ]
)


def export_purchases(
    history: History, as_of: datetime, horizon: timedelta, path: Path
) -> PurchaseCard:
    """Write what to expect of every customer who bought before an instant.

    Returns:
        What the model learned from; where it is withheld the file has the reason in every row.

    Raises:
        InvalidInputError: the file is neither `.parquet` nor `.csv`, or nobody bought before.
    """
    occasions = gather_occasions(history, as_of)
    at = stand_at(occasions, 0)
    _check_anybody(len(at), as_of)
    model = fit_purchases(occasions, horizon)
    card = model.card if isinstance(model, PurchaseModel) else model
    schema = pa.schema([("customer", history.customers.type), *_PURCHASES])

    def tables() -> Iterator[pa.Table]:
        for start in range(0, len(at), _CHUNK):
            part = at.chosen(slice(start, start + _CHUNK))
            names = history.customers.take(pa.array(part.customer))
            if isinstance(model, PurchaseModel):
                yield _purchase_table(names, model.forecast(part), as_of, schema)
            else:
                yield _withheld_table({"customer": names}, card.withheld, schema)

    _write(path, schema, tables())
    return card


def export_replenishment(
    history: History, as_of: datetime, horizon: timedelta, path: Path, *, seed: int = 0
) -> ReplenishmentCard:
    """Write how probably every product bought before an instant is bought again.

    Returns, raises:
        As `export_purchases`.
    """
    if history.items is None:
        raise InvalidInputError("replenishment needs a history with items")
    purchases = gather_purchases(history, as_of)
    known = purchases.before(0)
    _check_anybody(len(known.key), as_of)
    model = fit_replenishment(purchases, horizon, seed=seed)
    card = model.card if isinstance(model, ReplenishmentModel) else model
    names = [("customer", history.customers.type), ("item", history.items.type)]
    schema = pa.schema([*names, *_REPLENISHMENT])
    unnamed = np.full(_CHUNK, days_of(horizon) != REACH_DAYS)

    def tables() -> Iterator[pa.Table]:
        if not isinstance(model, ReplenishmentModel):
            customer, item = np.divmod(np.unique(known.key), known.n_items)
            columns = _pair_names(history, customer, item)
            yield _withheld_table(columns, card.withheld, schema)
            return
        for part in model.forecast(purchases):
            columns = _pair_names(history, part.customer, part.item)
            columns["purchases"] = pa.array(part.purchases)
            columns["probability"] = pa.array(part.probability)
            columns["due_at"] = _instants(part.due_days, as_of)
            columns["due_low_at"] = _instants(part.low_days, as_of)
            columns["due_high_at"] = _instants(part.high_days, as_of)
            # What is named rests on the probability of as many days as are named ahead.
            columns["runs_low"] = pa.array(part.runs_low, mask=unnamed[: len(part.item)])
            columns["withheld"] = pa.nulls(len(part.item), pa.string())
            yield pa.table(columns, schema=schema)

    _write(path, schema, tables())
    return card


def _pair_names(history: History, customer: np.ndarray, item: np.ndarray) -> dict[str, pa.Array]:
    assert history.items is not None  # noqa: S101 - every caller has refused a history without
    return {
        "customer": history.customers.take(pa.array(customer)),
        "item": history.items.take(pa.array(item)),
    }


def _purchase_table(
    names: pa.Array, said: Forecasts, as_of: datetime, schema: pa.Schema
) -> pa.Table:
    numbers = (
        *(said.expected, said.low, said.high),
        *(said.expected_value, said.value_low, said.value_high, said.alive, said.churn),
    )
    columns = {"customer": names}
    columns |= {
        name: pa.array(values, from_pandas=True)
        for name, values in zip(_NUMBERS, numbers, strict=True)
    }
    has_date = np.isfinite(said.next_days) & (said.next_days <= _LONGEST_DAYS)
    dates = {"": said.next_days, "_low": said.next_low, "_high": said.next_high}
    for end, days in dates.items():
        columns[f"next_purchase{end}_at"] = _instants(np.where(has_date, days, np.nan), as_of)
    reason = pa.scalar(Withheld.MAY_HAVE_LEFT.value)
    columns["withheld"] = pc.if_else(pa.array(has_date), pa.scalar(None, pa.string()), reason)
    return pa.table(columns, schema=schema)


def _withheld_table(
    columns: dict[str, pa.Array], reason: Withheld | None, schema: pa.Schema
) -> pa.Table:
    n = len(columns["customer"])
    filled = {name: pa.nulls(n, schema.field(name).type) for name in schema.names}
    filled["withheld"] = pa.array([reason.value if reason else None] * n, pa.string())
    return pa.table(filled | columns, schema=schema)


def _instants(days: Floats, as_of: datetime) -> pa.Array:
    is_known = np.isfinite(days) & (np.abs(days) <= _LONGEST_DAYS)
    micros = np.where(is_known, days, 0) * _DAY_US + to_micros(as_of)
    return pa.array(micros.astype(np.int64), mask=~is_known).cast(_INSTANT)


def _write(path: Path, schema: pa.Schema, tables: Iterator[pa.Table]) -> None:
    if path.suffix == ".parquet":
        with pyarrow.parquet.ParquetWriter(path, schema) as parquet:
            for table in tables:
                parquet.write_table(table)
    elif path.suffix == ".csv":
        with pyarrow.csv.CSVWriter(path, schema) as writer:
            for table in tables:
                writer.write_table(table)
    else:
        raise InvalidInputError(f"{path.name} is neither .parquet nor .csv")


def _check_anybody(n: int, as_of: datetime) -> None:
    if not n:
        raise InvalidInputError(f"nobody bought before {as_of:%Y-%m-%d %H:%M} UTC")
