"""What people said by buying, viewing and refusing: rows of the copy, and what holds of them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import IntEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kikubari.events import EVENT_COLUMNS, RowBuilder, SequencedEvent
from kikubari.spec import topics
from kikubari.storage import ColumnarStore, QueryBudget


class Kind(IntEnum):
    """What a statement says of a product."""

    BOUGHT = 1
    CANCELLED = 2  # the whole order
    RETURNED = 3
    VIEWED = 4
    DISMISSED = 5  # the product, or all of a category
    RESTORED = 6


KINDS = {
    topics.ORDER_COMPLETED: Kind.BOUGHT,
    topics.ORDER_CANCELLED: Kind.CANCELLED,
    topics.ORDER_REFUNDED: Kind.RETURNED,
    topics.PRODUCT_VIEWED: Kind.VIEWED,
    topics.RECOMMENDATION_DISMISSED: Kind.DISMISSED,
    topics.RECOMMENDATION_RESTORED: Kind.RESTORED,
}
BUYING = (topics.ORDER_COMPLETED, topics.ORDER_CANCELLED, topics.ORDER_REFUNDED)
_COLUMN = {name: index for index, name in enumerate(EVENT_COLUMNS)}
_ROW = np.dtype(
    [("number", "<u4"), ("at_us", "<i8"), ("kind", "u1"), ("order", "<u8"), ("item", "<u8")]
)
_TO_MIX = np.uint64(0x9E3779B97F4A7C15)
_TO_MIX_ITEMS = np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True, eq=False)
class Statements:
    """Statements about products, a line for each product.

    Attributes:
        number: uint32, of whoever made it.
        at_us: int64.
        kind: uint8, of `Kind`.
        order: uint64, tells an order of a person from their others; 0 outside orders.
        item: uint64, the name's `key_of`: of a product or variant, or of a category dismissed.
    """

    number: NDArray[np.uint32]
    at_us: NDArray[np.int64]
    kind: NDArray[np.uint8]
    order: NDArray[np.uint64]
    item: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.number)

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Self:
        """Return some of them."""
        return type(self)(*(getattr(self, field.name)[which] for field in fields(self)))

    def joined(self, others: Self) -> Self:
        """Return these and others."""
        return type(self)(
            *(
                np.concatenate([getattr(self, field.name), getattr(others, field.name)])
                for field in fields(self)
            )
        )

    def standing_purchases(self) -> NDArray[np.bool_]:
        """Return which lines are purchases that hold.

        Of several statements of one order the latest does; not one that was cancelled, nor a
        product of it that was returned. Lines of one person must bear one number.
        """
        order = self.order ^ (self.number.astype(np.uint64) * _TO_MIX)
        is_bought = self.kind == Kind.BOUGHT
        keys, place = np.unique(order, return_inverse=True)
        latest = np.full(len(keys), np.iinfo(np.int64).min)
        np.maximum.at(latest, place[is_bought], self.at_us[is_bought])
        is_cancelled = np.zeros(len(keys), dtype=bool)
        is_cancelled[place[self.kind == Kind.CANCELLED]] = True
        line = order ^ (self.item * _TO_MIX_ITEMS)
        is_returned = np.isin(line, line[self.kind == Kind.RETURNED])
        stands: NDArray[np.bool_] = is_bought & (self.at_us == latest[place])
        stands &= ~is_cancelled[place] & ~is_returned
        return stands


def key_of(name: str) -> int:
    """Return the number that stands for a name in statements."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "little")


def key_sql(name: str) -> str:
    """Return `key_of` as the engine says it."""
    return f"reinterpretAsUInt64(substring(SHA256({name}), 1, 8))"


_KIND = ", ".join(f"'{name}', {int(kind)}" for name, kind in KINDS.items())
_ORDER = "if(order_id = '', concat(toString(source_id), '/', toString(message_key)), order_id)"
# An order names its products in a list, everything else one in a field, or only a category.
_ITEM = """arrayJoin(if(empty(item_product_ids),
  [if(product_id = '', category, product_id)], item_product_ids))"""
_QUERY = f"""
SELECT toUInt32({{who}}), toInt64(toUnixTimestamp64Micro(at)),
  toUInt8(caseWithExpression(type, {_KIND}, 0)),
  if(type IN {{buying:Array(String)}}, {key_sql(_ORDER)}, toUInt64(0)), {key_sql(_ITEM)}
FROM events
WHERE workspace_id = {{workspace:UInt16}} AND type IN {{types:Array(String)}}
  AND at <= {{until:DateTime64(6, 'UTC')}} AND position <= {{position:UInt64}}
  AND (type != {{viewed:String}} OR at > {{viewed_since:DateTime64(6, 'UTC')}})
  AND {{who}} != 0
"""  # noqa: S608 - joined from constants; values are parameters
_NAMES = f"""
SELECT DISTINCT {_ITEM} AS item FROM events
WHERE workspace_id = {{workspace:UInt16}} AND type IN {{types:Array(String)}}
  AND position <= {{position:UInt64}}
"""  # noqa: S608 - joined from constants; values are parameters


@dataclass(frozen=True)
class Span:
    """Which statements to read.

    Attributes:
        types: events.
        until: last instant.
        viewed_since: views after it.
        position: last position of the log.
    """

    types: Sequence[str]
    until: datetime
    viewed_since: datetime
    position: int = 2**63


def read_statements(
    store: ColumnarStore, span: Span, *, who: str, workspace_id: int
) -> tuple[Statements, dict[int, str]]:
    """Return the statements of a span, by number, and the names of all items by key.

    Args:
        store: copy of the log.
        span: which.
        who: expression of the copy that tells whose a row is.
        workspace_id: whose shop.
    """
    asked = {
        "workspace": workspace_id,
        "types": list(span.types),
        "buying": list(BUYING),
        "viewed": topics.PRODUCT_VIEWED,
        "until": span.until,
        "viewed_since": span.viewed_since,
        "position": span.position,
    }
    rows = store.query_records(_QUERY.replace("{who}", who), asked, _ROW, budget=QueryBudget.REPORT)
    names = store.query_rows(_NAMES, asked, budget=QueryBudget.REPORT)
    statements = Statements(*(np.ascontiguousarray(rows[name]) for name in _ROW.names or ()))
    return statements, {key_of(name): name for (name,) in names}


def to_statements(
    events: Sequence[SequencedEvent], builder: RowBuilder
) -> tuple[Statements, dict[int, str]]:
    """Return what events say, read as the copy reads them, and the names of their items."""
    known = [one for one in events if one.number and one.event.type in KINDS]
    lines, names = [], {}
    for item, row in zip(known, builder.build(known)["events"], strict=True):
        kind = KINDS[item.event.type]
        said = {name: row[_COLUMN[name]] for name in ("order_id", "product_id", "category")}
        order = said["order_id"] or f"{row[_COLUMN['source_id']]}/{row[_COLUMN['message_key']]}"
        for name in row[_COLUMN["item_product_ids"]] or [said["product_id"] or said["category"]]:
            key = key_of(name)
            names[key] = name
            in_order = kind <= Kind.RETURNED
            lines.append(
                (item.number, row[_COLUMN["at"]], kind, key_of(order) if in_order else 0, key)
            )
    return gather(lines), names


def gather(lines: Iterable[tuple[int, int, int, int, int]]) -> Statements:
    """Return lines as arrays."""
    rows = np.array(list(lines), dtype=_ROW)
    return Statements(*(np.ascontiguousarray(rows[name]) for name in _ROW.names or ()))
