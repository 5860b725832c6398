"""Pieces of a leaf's query. Values only ever become parameters; identifiers come from here."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from kikubari.segments.moment import Bounds, Moment, resolve
from kikubari.spec.conditions import (
    AnyElementFilter,
    AnyItemFilter,
    ColumnFilter,
    Contains,
    ElementsFilter,
    EventFilter,
    EveryElementFilter,
    EveryItemFilter,
    In,
    InRange,
    Is,
    IsNot,
    IsNotSet,
    IsSet,
    ItemsFilter,
    ListContains,
    Matches,
    NoElementFilter,
    NoItemFilter,
    PropertyFilter,
    StartsWith,
    Test,
    When,
    counts_people_only,
)
from kikubari.spec.conditions.filters import (
    ITEM_NUMBER_FIELDS,
    NUMBER_COLUMNS,
    ItemFieldFilter,
)
from kikubari.spec.topics import RESERVED_PREFIX

_NOT_RESERVED = f"NOT startsWith(type, '{RESERVED_PREFIX}')"
_BY_PEOPLE = "is_machine = 0"
# The arrays of line items that lie side by side.
ITEM_COLUMNS = {
    "product_id": "item_product_ids",
    "category": "item_categories",
    "quantity": "item_quantities",
    "price_minor": "item_prices_minor",
}


class Operand(msgspec.Struct, frozen=True):
    """SQL of a value's forms; None where the value can never have the form.

    `has_text` is appended to a test of the text; the conditions `is_true`, `is_false`,
    `has_number` and `present` are never NULL.
    """

    present: str
    text: str | None = None
    has_text: str = ""
    number: str | None = None
    has_number: str = "1"
    instant: str | None = None
    texts: str | None = None
    is_true: str | None = None
    is_false: str | None = None


class Scope:
    """One query in the making: its parameters, and what every scan of it is limited to.

    Args:
        workspace_id: whose rows.
        moment: rows of later, or known later, are not there.
        numbers: only rows that carry one of these numbers; everybody's if None.
        seen: the span in which all rows lie that conditions of their own are asked of (`within`),
            so that nothing is asked of them that is known; nothing is known if None.
    """

    def __init__(
        self,
        workspace_id: int,
        moment: Moment,
        numbers: Sequence[int] | None = None,
        seen: Bounds | None = None,
    ) -> None:
        self.moment = moment
        self.parameters: dict[str, Any] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._seen = seen
        self.workspace = self.add(workspace_id, "UInt16")
        self._whose = "profile != 0"
        if numbers is not None:
            self._whose = f"profile IN ({self.add(list(numbers), 'Array(UInt32)')})"

    def add(self, value: Any, kind: str) -> str:
        """Return the placeholder of a new parameter."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:{kind}}}"

    def text(self, value: str) -> str:
        """Return a text parameter, the same for the same text: the engine plans it once."""
        return self._shared(value, "String")

    def _shared(self, value: str | int, kind: str) -> str:
        key = (kind, repr(value))
        if key not in self._names:
            self._names[key] = self.add(value, kind)
        return self._names[key]

    def number(self, value: float) -> str:
        """Return a number that is bit for bit the one given: reading decimals may round."""
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
        return f"reinterpretAsFloat64({self.add(bits, 'UInt64')})"

    def instant(self, micros: int) -> str:
        """Return an instant."""
        return f"fromUnixTimestamp64Micro({self._shared(micros, 'Int64')}, 'UTC')"

    def within(self, bounds: Bounds) -> str:
        """Return the condition that a row lies in the span and was known."""
        return self._within(bounds, self._seen)

    def _within(self, bounds: Bounds, seen: Bounds | None) -> str:
        parts = []
        if seen is None or seen.last > bounds.last:
            parts = [f"at <= {self.instant(bounds.last)}"]
        is_since = seen is not None and seen.first is not None and bounds.holds(seen.first)
        if bounds.first is not None and not is_since:
            parts.append(f"at >= {self.instant(bounds.first)}")
        if self.moment.known_at is not None:
            parts.append(f"received_at <= {self.instant(self.moment.known_at)}")
        return " AND ".join(parts) or "1"

    def rows(self, bounds: Bounds) -> str:
        """Return the condition of every scan: workspace, somebody's, in time, known."""
        return f"workspace_id = {self.workspace} AND {self._whose} AND {self._within(bounds, None)}"

    def types(self, *types: str | None) -> str:
        """Return the further condition of a scan for events of these types, if all are named."""
        named = sorted({name for name in types if name is not None})
        return "" if None in types else f" AND type IN ({self.add(named, 'Array(String)')})"

    def event(self, event: str | None, where: tuple[EventFilter, ...]) -> str:
        """Return the condition that a row is such an event; any is none of the product's own.

        Whether a machine did it is asked of mail alone, where machines do it: no other condition
        reads the column.
        """
        parts = [_NOT_RESERVED if event is None else f"type = {self.text(event)}"]
        if counts_people_only(event, where):
            parts.append(_BY_PEOPLE)
        return " AND ".join([*parts, *(filter_sql(one, self) for one in where)])

    def passes(self, where: tuple[EventFilter, ...]) -> str:
        """Return the condition that a row of an event passes all filters."""
        return " AND ".join(filter_sql(one, self) for one in where) or "1"


def test_sql(test: Test, operand: Operand, scope: Scope) -> str:
    """Return a condition that is 1 where the test holds, else 0, never NULL."""
    match test:
        case IsSet():
            return operand.present
        case IsNotSet():
            return f"NOT ({operand.present})"
        case Is(value=value):
            return _equal_sql(value, operand, scope, "=")
        case IsNot(value=value):
            return _equal_sql(value, operand, scope, "!=")
        case InRange():
            return _test_range_sql(test, operand, scope)
        case When(window=window):
            return _when_sql(resolve(window, scope.moment), operand, scope)
        case ListContains(text=text):
            return f"has({operand.texts}, {scope.text(text)})" if operand.texts else "0"
        case _:
            return _text_sql(test, operand, scope)


def _equal_sql(value: str | bool | float, operand: Operand, scope: Scope, sign: str) -> str:  # noqa: FBT001 - a value of the tree
    if isinstance(value, bool):
        if operand.is_true is None or operand.is_false is None:
            return "0"
        return operand.is_true if value is (sign == "=") else operand.is_false
    if isinstance(value, str):
        if operand.text is None:
            return "0"
        other = "" if sign == "=" else f" AND {operand.text} != ''"
        return f"({operand.text} {sign} {scope.text(value)}{other}{operand.has_text})"
    if operand.number is None:
        return "0"
    return f"({operand.number} {sign} {scope.number(value)} AND {operand.has_number})"


def _text_sql(test: In | Contains | StartsWith | Matches, operand: Operand, scope: Scope) -> str:
    text = operand.text
    if text is None:
        return "0"
    match test:
        case In(values=values):
            condition = f"{text} IN ({scope.add(list(values), 'Array(String)')})"
        case Contains(text=part, ignore_case=True):
            condition = f"position(lower({text}), lower({scope.text(part)})) > 0"
        case Contains(text=part):
            condition = f"position({text}, {scope.text(part)}) > 0"
        case StartsWith(text=part):
            condition = f"startsWith({text}, {scope.text(part)})"
        case Matches(pattern=pattern):
            condition = f"{text} != '' AND match({text}, {scope.text(pattern)})"
    return f"({condition}{operand.has_text})"


def range_sql(value: str, low: int | None, high: int | None, scope: Scope) -> str:
    """Return the condition that an exact integer lies between two, open where None."""
    parts = []
    if low is not None:
        parts.append(f"{value} >= {scope.add(low, 'Int128')}")
    if high is not None:
        parts.append(f"{value} <= {scope.add(high, 'Int128')}")
    return f"({' AND '.join(parts)})"


def _test_range_sql(test: InRange, operand: Operand, scope: Scope) -> str:
    if operand.number is None:
        return "0"
    signs = {
        ">=": test.at_least,
        ">": test.more_than,
        "<=": test.at_most,
        "<": test.less_than,
    }
    parts = [
        f"{operand.number} {sign} {scope.number(bound)}"
        for sign, bound in signs.items()
        if bound is not None
    ]
    return f"({' AND '.join([*parts, operand.has_number])})"


def _when_sql(bounds: Bounds, operand: Operand, scope: Scope) -> str:
    if operand.instant is None:
        return "0"
    parts = [f"{operand.instant} <= {scope.instant(bounds.last)}"]
    if bounds.first is not None:
        parts.append(f"{operand.instant} >= {scope.instant(bounds.first)}")
    return f"ifNull({' AND '.join(parts)}, 0)"


TRAIT = Operand(
    present="is_set = 1",
    text="text",
    number="assumeNotNull(number)",
    has_number="isNotNull(number)",
    instant="instant",
    texts="texts",
    is_true="text = 'true'",
    is_false="text = 'false'",
)


def filter_sql(one: EventFilter, scope: Scope) -> str:
    """Return the condition that an event's row passes a filter."""
    match one:
        case ColumnFilter(column=column, test=test):
            return test_sql(test, column_operand(column), scope)
        case PropertyFilter(path=path, test=test):
            return test_sql(test, json_operand("properties", path, scope), scope)
        case AnyItemFilter() | EveryItemFilter() | NoItemFilter():
            return _quantified(one, *items_sql(one.where, scope))
        case AnyElementFilter() | EveryElementFilter() | NoElementFilter():
            return _quantified(one, *_elements_sql(one, scope))


def column_operand(column: str) -> Operand:
    """Return the forms of a typed column."""
    if column in NUMBER_COLUMNS:
        return Operand(present="1", number=column)
    return Operand(present=f"{column} != ''", text=column)


def json_operand(source: str, path: tuple[str, ...], scope: Scope) -> Operand:
    """Return the forms of the value at a path of a JSON text."""
    keys = "".join(f", {scope.text(key)}" for key in path)
    at = f"{source}{keys}"
    kind = f"JSONType({at})"
    return Operand(
        present=f"{kind} != 'Null'",
        # The engine reads any other type as text too, so the type is asked, and asked last:
        # `AND` stops early, and a second look at JSON text is what costs most.
        text=f"JSONExtractString({at})",
        has_text=f" AND {kind} = 'String'",
        number=f"JSONExtractFloat({at})",
        has_number=f"{kind} IN ('Int64', 'UInt64', 'Double')",
        is_true=f"({kind} = 'Bool' AND JSONExtractBool({at}))",
        is_false=f"({kind} = 'Bool' AND NOT JSONExtractBool({at}))",
    )


def items_sql(
    where: tuple[ItemFieldFilter, ...], scope: Scope, also: Sequence[str] = ()
) -> tuple[str, str, list[str]]:
    """Return names for an item's fields, the condition that it passes, and the fields' arrays.

    Args:
        where: all of these.
        scope: of the query.
        also: fields that the caller reads besides, as `item_…`.
    """
    fields = list(dict.fromkeys([*also, *(one.field for one in where)])) or ["product_id"]
    parts = []
    for one in where:
        name = f"item_{one.field}"
        operand = (
            Operand(present="1", number=name)
            if one.field in ITEM_NUMBER_FIELDS
            else Operand(present=f"{name} != ''", text=name)
        )
        parts.append(test_sql(one.test, operand, scope))
    names = ", ".join(f"item_{field}" for field in fields)
    return names, " AND ".join(parts) or "1", [ITEM_COLUMNS[field] for field in fields]


def _elements_sql(one: ElementsFilter, scope: Scope) -> tuple[str, str, list[str]]:
    parts = [
        test_sql(part.test, json_operand("element", part.path, scope), scope) for part in one.where
    ]
    keys = "".join(f", {scope.text(key)}" for key in one.path)
    return "element", " AND ".join(parts), [f"JSONExtractArrayRaw(properties{keys})"]


def _quantified(
    one: ItemsFilter | ElementsFilter, names: str, passes: str, arrays: list[str]
) -> str:
    over = f"({names}) -> {passes}, {', '.join(arrays)}"
    match one:
        case AnyItemFilter() | AnyElementFilter():
            return f"arrayExists({over})"
        case NoItemFilter() | NoElementFilter():
            return f"NOT arrayExists({over})"
        case EveryItemFilter() | EveryElementFilter():
            return f"(notEmpty({arrays[0]}) AND arrayAll({over}))"


class Query(msgspec.Struct, frozen=True):
    """One query of one row with one value: the roaring bitmap of profile numbers.

    `is_complement`: the answer is everyone known but those the query yields.
    """

    sql: str
    parameters: Mapping[str, Any]
    is_complement: bool = False
