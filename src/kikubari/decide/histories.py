"""Histories of purchases: who bought what, when and for how much, as plain arrays.

A history comes from a file of any shop (Parquet or CSV) or from the columnar copy; what learns
from it need not know which. Rows of one purchase are lines: several may share one instant.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from kikubari.decide._history_columns import HistoryFileError, is_text, to_names, to_numbers
from kikubari.decide._history_times import to_instants
from kikubari.spec.errors import InvalidInputError


@dataclass(frozen=True)
class HistoryColumns:
    """What the columns are called in a file."""

    customer: str = "customer"
    item: str = "item"
    time: str = "time"
    value: str = "value"


@dataclass(frozen=True, eq=False)
class History:
    """Lines of purchases, in any order; all arrays are of one length.

    Attributes:
        customers: names of customers, sorted; `customer` holds places in it.
        customer: int32.
        at_us: int64, microseconds since 1970 in UTC.
        value: float64, what the line is worth; negative is a return, NaN unknown.
        items: names of items, sorted; None when the history tells none.
        item: int32, places in `items`.
        n_skipped: lines left out because customer, item or time was missing.
    """

    customers: pa.Array
    customer: NDArray[np.int32]
    at_us: NDArray[np.int64]
    value: NDArray[np.float64]
    items: pa.Array | None = None
    item: NDArray[np.int32] | None = None
    n_skipped: int = 0

    def __len__(self) -> int:
        return len(self.customer)


def read_history(
    path: Path,
    columns: HistoryColumns | None = None,
    *,
    needs_item: bool = False,
    needs_value: bool = False,
) -> History:
    """Read a Parquet or CSV file.

    Args:
        path: `.parquet`, `.csv` or `.csv.gz`.
        columns: what its columns are called.
        needs_item: refuse a file without items.
        needs_value: refuse a file without values.

    Raises:
        HistoryFileError: of another kind, without a column, or with one that cannot be read.
    """
    names = columns or HistoryColumns()
    table = _read_table(path, names)
    needed = [names.customer, names.time]
    needed += [names.item] if needs_item else []
    needed += [names.value] if needs_value else []
    missing = [name for name in needed if name not in table.column_names]
    if missing:
        raise HistoryFileError(
            f"{path.name} has no column {', '.join(map(repr, missing))};"
            f" it has {', '.join(map(repr, table.column_names))}",
            hint="say what they are called with --customer-column, --item-column, --time-column"
            " and --value-column",
        )
    doubled = [name for name in needed if table.column_names.count(name) > 1]
    if doubled:
        raise HistoryFileError(f"{path.name} has several columns {doubled[0]!r}")
    return history_of(table, names)


def _read_table(path: Path, names: HistoryColumns) -> pa.Table:
    kinds = [suffix.lower() for suffix in path.suffixes]
    wanted = [names.customer, names.item, names.time, names.value]
    try:
        if ".parquet" in kinds:
            there = pyarrow.parquet.read_schema(path).names
            found = sorted({name for name in wanted if name in there})
            return pyarrow.parquet.read_table(path, columns=found or there)
        if ".csv" in kinds:
            # Names stay as they are written: 007 is not 7.
            as_text = dict.fromkeys((names.customer, names.item), pa.string())
            options = pyarrow.csv.ConvertOptions(column_types=as_text, strings_can_be_null=True)
            return pyarrow.csv.read_csv(path, convert_options=options)
    except (pa.ArrowException, OSError) as error:
        raise HistoryFileError(f"{path.name} cannot be read: {error}") from error
    raise HistoryFileError(
        f"{path.name} is neither Parquet nor CSV", hint="name it .parquet, .csv or .csv.gz"
    )


def history_of(table: pa.Table, names: HistoryColumns) -> History:
    """Return a table that has at least customers and times as a history.

    Lines without a customer, a time or, where the table has items, an item are left out.

    Raises:
        HistoryFileError: customers, items, times or values are none.
    """
    at = to_instants(table[names.time], names.time)
    customer = to_names(table[names.customer], names.customer)
    is_whole = pc.and_(customer.is_valid(), at.is_valid())
    item = None
    if names.item in table.column_names:
        item = to_names(table[names.item], names.item)
        is_whole = pc.and_(is_whole, item.is_valid())
    value = np.full(len(table), np.nan)
    if names.value in table.column_names:
        value = to_numbers(table[names.value], names.value)
    customers, customer_places = _encode(customer.filter(is_whole))
    items, item_places = _encode(item.filter(is_whole)) if item is not None else (None, None)
    return History(
        customers=customers,
        customer=customer_places,
        at_us=at.filter(is_whole).cast(pa.int64()).to_numpy(),
        value=value[is_whole.to_numpy()],
        items=items,
        item=item_places,
        n_skipped=len(table) - len(customer_places),
    )


def _encode(column: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.int32]]:
    # Sorted, so that the order of the rows changes nothing.
    names = pc.unique(column)
    names = names.take(pc.sort_indices(names))
    places = pc.index_in(column, value_set=names).to_numpy()
    return (names.cast(pa.string()) if is_text(names.type) else names), places


def parse_day(text: str) -> datetime:
    """Return the instant that a date or an ISO 8601 time names; without a zone it is UTC.

    Raises:
        InvalidInputError: neither.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(f"{text!r} is neither a date nor a time such as 2026-11-22") from (
            error
        )
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
