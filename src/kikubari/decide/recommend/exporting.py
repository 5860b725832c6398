"""Recommendations of every customer, as a file."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from kikubari.decide.histories import History
from kikubari.decide.recommend._candidates import Snapshot
from kikubari.decide.recommend.blend import Blend, fit_blends, rank
from kikubari.decide.recommend.contracts import Mode, Trial
from kikubari.decide.recommend.purchases import Purchases, to_purchases
from kikubari.kit.instants import to_micros
from kikubari.spec.errors import InvalidInputError

# Customers who mostly come again within this many days are recommended for a week, not for four.
_OFTEN_DAYS = 10.0
_WEEK, _FOUR_WEEKS = timedelta(days=7), timedelta(days=28)


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What was written, and what it was ranked by.

    Attributes:
        n_skipped: lines of the file without customer, item or time, which were left out.
        seed: of all draws; the same file and seed give the same lists.
    """

    mode: Mode
    horizon_days: float
    n_customers: int
    n_rows: int
    n_skipped: int
    seed: int
    chosen: str
    trials: list[Trial]


def export(
    history: History,
    as_of: datetime,
    path: Path,
    *,
    mode: Mode,
    limit: int,
    horizon: timedelta | None = None,
    seed: int = 0,
) -> Exported:
    """Write the best items of every customer who bought before an instant.

    Columns are customer, item, rank (from 1), score (comparable within a customer only) and
    reason.

    Args:
        history: what lies at the instant or later is not looked at.
        as_of: when recommendations are for.
        path: `.parquet` or `.csv`.
        mode: everything, or only what the customer has never bought.
        limit: items per customer.
        horizon: how far ahead; None takes a week or four, by how often customers come.
        seed: the same history and seed give the same file.

    Raises:
        InvalidInputError: the file is of another kind, or nobody bought before.
    """
    if path.suffix not in {".parquet", ".csv"}:
        raise InvalidInputError(f"{path.name} is neither .parquet nor .csv")
    known = to_purchases(history, to_micros(as_of))
    horizon = horizon or find_horizon(known)
    days = horizon / timedelta(days=1)
    blend = fit_blends(known, horizon_days=days, modes=(mode,), seed=seed)[mode]
    snapshot = Snapshot.take(known, horizon_days=days, seed=seed)
    n_rows = _write(path, history, _tables(history, snapshot, blend, limit))
    return Exported(
        mode=mode,
        horizon_days=days,
        n_customers=len(known.list_customers()),
        n_rows=n_rows,
        n_skipped=history.n_skipped,
        seed=seed,
        chosen=blend.chosen,
        trials=list(blend.trials),
    )


def find_horizon(known: Purchases) -> timedelta:
    """Return a week where customers mostly come again within ten days, else four weeks."""
    visit = np.unique(known.customer * np.int64(1_000_000) + np.floor(known.day).astype(np.int64))
    gaps = np.diff(visit)[np.diff(visit // 1_000_000) == 0]
    return _WEEK if len(gaps) and np.median(gaps) <= _OFTEN_DAYS else _FOUR_WEEKS


def _schema(history: History) -> pa.Schema:
    items = history.items.type if history.items is not None else pa.null()
    return pa.schema(
        [
            ("customer", history.customers.type),
            ("item", items),
            ("rank", pa.int32()),
            ("score", pa.float32()),
            ("reason", pa.string()),
        ]
    )


def _tables(history: History, snapshot: Snapshot, blend: Blend, limit: int) -> Iterator[pa.Table]:
    customers = snapshot.known.list_customers()
    items = history.items if history.items is not None else pa.nulls(snapshot.known.n_items)
    for some, lists in rank(snapshot, blend, customers, limit):
        place = np.arange(len(lists.row)) - np.searchsorted(lists.row, lists.row)
        yield pa.table(
            [
                history.customers.take(pa.array(some[lists.row])),
                items.take(pa.array(lists.item)),
                pa.array((place + 1).astype(np.int32)),
                pa.array(lists.score),
                pa.array([reason.value for reason in lists.reason], pa.string()),
            ],
            schema=_schema(history),
        )


def _write(path: Path, history: History, tables: Iterator[pa.Table]) -> int:
    schema, n_rows = _schema(history), 0
    is_csv = path.suffix == ".csv"
    writer = pa.csv.CSVWriter if is_csv else pa.parquet.ParquetWriter
    with writer(path, schema) as file:
        for table in tables:
            n_rows += len(table)
            file.write_table(table)
    return n_rows
