"""The real sales, read from the sample and cleaned: what was an order, and what was not."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from kikubari.demo._resources import ONLINE_RETAIL

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SHOP_ZONE = ZoneInfo("Europe/London")
CURRENCY = "GBP"
DAY_SECONDS = 86_400

_SHIPPING_CODES = frozenset({"POST", "DOT", "C2", "23444"})
# Five digits make a product, except for next-day carriage, a gift voucher and a picture file.
_NO_GOODS = frozenset({"23444", "22016", "23702"})


class Sales(msgspec.Struct, frozen=True):
    """Orders and refunds with their lines, as parallel arrays; line arrays are sorted by order.

    Attributes:
        order_ids: the source's InvoiceNo; a leading C marks a refund.
        ordered_at: seconds since 1970, UTC, already shifted.
        customers: the source's CustomerID, 0 for a guest.
        countries: the source's country name.
        is_refund: whether goods came back.
        shipping: postage in pence.
        first_line: for each order its first line; one more entry ends the last order.
        product: index into `codes`.
        quantity: always positive, also in a refund.
        price: pence per piece.
        codes: product codes in upper case, sorted.
        descriptions: the most frequent description of each code.
    """

    order_ids: list[str]
    ordered_at: Ints
    customers: Ints
    countries: list[str]
    is_refund: Flags
    shipping: Ints
    first_line: Ints
    product: Ints
    quantity: Ints
    price: Ints
    codes: list[str]
    descriptions: list[str]


def read_sales(newest_on: date) -> Sales:
    """Read the sample, moved by whole days so that its newest order falls on `newest_on`.

    Left out: stock-taking lines (price nought and no customer), fees, samples, vouchers, manual
    and bad-debt corrections, and with them invoices that hold nothing else. Postage becomes the
    order's shipping.
    """
    # In one thread: columns decoded side by side would double the peak of memory.
    table = pq.ParquetFile(
        ONLINE_RETAIL, read_dictionary=["InvoiceNo", "StockCode", "Description", "Country"]
    ).read(use_threads=False)
    codes, code_of = _normal_codes(table)
    customer = _ints(table["CustomerID"].fill_null(0))
    price = np.rint(table["UnitPrice"].to_numpy() * 100).astype(np.int64)
    quantity = _ints(table["Quantity"])
    invoices, invoice = _dictionary(table["InvoiceNo"])

    is_goods = _flags(codes, _is_goods)[code_of] & ((price > 0) | (customer > 0))
    is_shipping = _flags(codes, _SHIPPING_CODES.__contains__)[code_of]
    postage = np.bincount(
        invoice[is_shipping], (quantity * price)[is_shipping], minlength=len(invoices)
    )
    lines = np.flatnonzero(is_goods)
    lines = lines[np.argsort(invoice[lines], kind="stable")]
    order, first_line = np.unique(invoice[lines], return_index=True)
    head = lines[first_line]

    used, product = np.unique(code_of[lines], return_inverse=True)
    countries, country = _dictionary(table["Country"])
    order_ids = [invoices[i] for i in order]
    return Sales(
        order_ids=order_ids,
        ordered_at=_shift(table["InvoiceDate"].to_numpy()[head], newest_on),
        customers=customer[head],
        countries=[countries[i] for i in country[head]],
        is_refund=np.array([name.startswith("C") for name in order_ids]),
        shipping=np.abs(postage[order]).astype(np.int64),
        first_line=np.append(first_line, len(lines)),
        product=product.astype(np.int64),
        quantity=np.abs(quantity[lines]),
        price=price[lines],
        codes=[codes[i] for i in used],
        descriptions=_descriptions(table["Description"], code_of, price > 0, used),
    )


def _flags(codes: list[str], rule: Callable[[str], bool]) -> Flags:
    return np.array([rule(code) for code in codes], dtype=np.bool_)


def _is_goods(code: str) -> bool:
    return (code[:5].isdigit() or code.startswith("DCGS")) and code not in _NO_GOODS


def _dictionary(column: pa.ChunkedArray) -> tuple[list[str], Ints]:
    """Return the distinct values in order of appearance, and each row's index into them."""
    array = cast("Any", column.combine_chunks())
    return array.dictionary.to_pylist(), _ints(array.indices.fill_null(-1))


def _ints(array: Any) -> Ints:
    return cast("Ints", array.to_numpy(zero_copy_only=False)).astype(np.int64)


def _normal_codes(table: pa.Table) -> tuple[list[str], Ints]:
    """Return sorted product codes, 85123a being 85123A, and each row's index into them."""
    spellings, spelling = _dictionary(table["StockCode"])
    codes = sorted({code.upper() for code in spellings})
    position = {code: i for i, code in enumerate(codes)}
    return codes, np.array([position[code.upper()] for code in spellings])[spelling]


def _descriptions(column: pa.ChunkedArray, code_of: Ints, is_sold: Flags, used: Ints) -> list[str]:
    """Return each used code's most frequent description among its sold lines.

    Lines without a price carry notes of the warehouse ("damaged", "ebay") in this column.
    """
    texts, text = _dictionary(column)
    rows = is_sold & (text >= 0)
    pairs, counts = np.unique(code_of[rows] * len(texts) + text[rows], return_counts=True)
    best: dict[int, int] = {}
    for i in np.argsort(counts, kind="stable"):
        code, chosen = divmod(int(pairs[i]), len(texts))
        best[code] = chosen
    return [" ".join(texts[best[code]].split()) for code in used.tolist()]


def _shift(local: npt.NDArray[np.datetime64], newest_on: date) -> Ints:
    """Turn shop-local times into UTC seconds, the newest day becoming `newest_on`.

    The time of day stays what it was on the shop's wall clock. The shop sells by day, when the
    zone's offset is that of noon.
    """
    seconds = local.astype("datetime64[s]").astype(np.int64)
    day = seconds // DAY_SECONDS
    newest = (newest_on - date(1970, 1, 1)).days
    days, day_index = np.unique(day + (newest - day.max()), return_inverse=True)
    midnights = [day_start(int(number)) for number in days]
    return np.array(midnights)[day_index] + seconds % DAY_SECONDS


def day_start(day_number: int, zone: ZoneInfo = SHOP_ZONE) -> int:
    """Return the UTC second which, plus the wall-clock seconds, gives an instant of that day."""
    on = date.fromordinal(day_number + date(1970, 1, 1).toordinal())
    noon = datetime.combine(on, time(12), zone).astimezone(UTC)
    return int(noon.timestamp()) - DAY_SECONDS // 2
