# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""What there is to choose from: attributes, events, properties and their values, from real data."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import get_args

import msgspec

from kikubari.spec.conditions.filters import ITEM_NUMBER_FIELDS, NUMBER_COLUMNS, TextColumn
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError
from kikubari.storage import ColumnarStore, QueryBudget

MAX_SUGGESTIONS = 200
_KEEP_SECONDS = 300.0
_MAX_KEPT = 300
# Of each type of event, the latest this many are looked into for properties and their values.
_LATEST = 5_000
_TEXT_COLUMNS = frozenset(get_args(TextColumn))
_ITEM_COLUMNS = {"product_id": "item_product_ids", "category": "item_categories"}


class Suggestion(msgspec.Struct, frozen=True):
    """Something to choose.

    Attributes:
        value: as conditions spell it.
        count: how often it occurs: people for attributes and their values, else events.
        kind: of its values: `text`, `number`, `instant`, `truth`, `list`, `object`; empty for
            values.
    """

    value: str
    count: int
    kind: str = ""


Rows = Sequence[tuple[str, int, str]]


class Vocabulary:
    """Suggests what real data holds, the most frequent first.

    Args:
        columnar: copy of the log.
        workspace_id: whose rows are read.
        monotonic: seconds of a clock that only goes forward.
    """

    def __init__(
        self,
        columnar: ColumnarStore,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._columnar = columnar
        self._workspace_id = workspace_id
        self._monotonic = monotonic
        self._kept: OrderedDict[tuple[str, ...], tuple[float, list[Suggestion]]] = OrderedDict()
        self._lock = threading.Lock()

    def attributes(self) -> list[Suggestion]:
        """Return the attributes people have, with how many have each."""
        return self._keep(("attributes",), lambda: self._select(
            "SELECT name, uniq(profile) AS n,"
            " multiIf(countIf(notEmpty(texts) AND length(texts) > 1) > 0, 'list',"
            " countIf(isNotNull(number)) * 2 > count(), 'number',"
            " countIf(isNotNull(instant)) * 2 > count(), 'instant',"
            " countIf(text IN ('true', 'false')) * 2 > count(), 'truth', 'text')"
            " FROM traits WHERE workspace_id = {workspace:UInt16} GROUP BY name"
        ))  # fmt: skip

    def attribute_values(self, name: str) -> list[Suggestion]:
        """Return the values of an attribute; none of what names or addresses somebody."""
        return self._keep(("attribute", name), lambda: self._select(
            "SELECT v, uniq(profile) AS n, '' FROM traits"
            " ARRAY JOIN if(length(texts) > 1, texts, [text]) AS v"
            " WHERE workspace_id = {workspace:UInt16} AND name = {name:String} AND v != ''"
            " GROUP BY v",
            name=name,
        ))  # fmt: skip

    def events(self) -> list[Suggestion]:
        """Return the types of events, with how many there are of each."""
        return self._keep(("events",), lambda: self._select(
            "SELECT toString(type), count() AS n, '' FROM events"
            " WHERE workspace_id = {workspace:UInt16} GROUP BY type"
        ))  # fmt: skip

    def properties(self, event: str) -> list[Suggestion]:
        """Return the properties of a type of event, from the latest of them."""
        return self._keep(("properties", event), lambda: self._select(
            "SELECT key.1, count() AS n, multiIf(any(key.2) = 'String', 'text',"
            " any(key.2) IN ('Int64', 'UInt64', 'Double'), 'number', any(key.2) = 'Bool', 'truth',"
            " any(key.2) = 'Array', 'list', 'object')"
            f" FROM ({self._latest()})"
            " ARRAY JOIN arrayMap(k -> (k, toString(JSONType(properties, k))),"
            " JSONExtractKeys(properties)) AS key GROUP BY key.1",
            event=event,
        ))  # fmt: skip

    def property_values(self, event: str, path: Sequence[str]) -> list[Suggestion]:
        """Return the values of a property, from the latest events of the type."""
        keys = ", ".join(f"{{k{i}:String}}" for i in range(len(path)))
        names = {f"k{i}": key for i, key in enumerate(path)}
        return self._keep(("property", event, *path), lambda: self._select(
            f"SELECT if(JSONType(properties, {keys}) = 'String',"
            f" JSONExtractString(properties, {keys}), JSONExtractRaw(properties, {keys})) AS v,"
            f" count() AS n, '' FROM ({self._latest()}) WHERE v NOT IN ('', 'null') GROUP BY v",
            event=event,
            **names,
        ))  # fmt: skip

    def column_values(self, column: str, event: str) -> list[Suggestion]:
        """Return the values of a typed property; of all events where no type is given.

        Raises:
            InvalidInputError: there is no such column of texts.
        """
        if column in NUMBER_COLUMNS:
            return []
        if column not in _TEXT_COLUMNS:
            raise InvalidInputError(f"there is no property {column!r} of events")
        return self._keep(("column", column, event), lambda: self._select(
            f"SELECT toString({column}) AS v, count() AS n, '' FROM events"
            " WHERE workspace_id = {workspace:UInt16} AND v != ''"
            " AND ({event:String} = '' OR type = {event:String}) GROUP BY v",
            event=event,
        ))  # fmt: skip

    def item_values(self, field: str) -> list[Suggestion]:
        """Return the values of a text of line items.

        Raises:
            InvalidInputError: there is no such field.
        """
        if field in ITEM_NUMBER_FIELDS:
            return []
        if field not in _ITEM_COLUMNS:
            raise InvalidInputError(f"there is no field {field!r} of line items")
        return self._keep(("item", field), lambda: self._select(
            "SELECT toString(v), count() AS n, '' FROM events"
            f" ARRAY JOIN {_ITEM_COLUMNS[field]} AS v"
            " WHERE workspace_id = {workspace:UInt16} AND v != '' GROUP BY v"
        ))  # fmt: skip

    def _latest(self) -> str:
        return (
            "SELECT properties FROM events WHERE workspace_id = {workspace:UInt16}"
            f" AND type = {{event:String}} ORDER BY position DESC LIMIT {_LATEST}"
        )

    def _select(self, sql: str, **parameters: str) -> list[Suggestion]:
        rows = self._columnar.query_rows(
            f"{sql} ORDER BY n DESC, 1 LIMIT {MAX_SUGGESTIONS}",
            {"workspace": self._workspace_id, **parameters},
            budget=QueryBudget.EDIT,
        )
        return [Suggestion(str(row[0]), int(row[1]), str(row[2])) for row in rows]

    def _keep(
        self, key: tuple[str, ...], answer: Callable[[], list[Suggestion]]
    ) -> list[Suggestion]:
        now = self._monotonic()
        with self._lock:
            known = self._kept.get(key)
        if known is not None and now - known[0] < _KEEP_SECONDS:
            return known[1]
        found = answer()
        with self._lock:
            self._kept[key] = (now, found)
            while len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
        return found


def matching(found: Sequence[Suggestion], text: str, limit: int) -> list[Suggestion]:
    """Return the suggestions that contain a text, those that begin with it first."""
    wanted = text.casefold()
    starts = [one for one in found if one.value.casefold().startswith(wanted)]
    inside = [
        one
        for one in found
        if wanted in one.value.casefold() and not one.value.casefold().startswith(wanted)
    ]
    return [*starts, *inside][:limit]
