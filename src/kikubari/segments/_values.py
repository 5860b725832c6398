"""Tests of one value in memory, the twin of `_sql`."""

from typing import Any

import msgspec

from kikubari.segments.moment import Bounds, Moment, resolve
from kikubari.segments.person import EVENT, TRAIT, Row, View, is_sent
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
    compile_pattern,
    counts_people_only,
)
from kikubari.spec.conditions.filters import ITEM_NUMBER_FIELDS, NUMBER_COLUMNS, ItemFieldFilter

_A_TO_Z = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
ITEM_PLACES = {
    "product_id": EVENT.place["item_product_ids"],
    "category": EVENT.place["item_categories"],
    "quantity": EVENT.place["item_quantities"],
    "price_minor": EVENT.place["item_prices_minor"],
}
_AT = EVENT.at
_TYPE = EVENT.place["type"]
_IS_MACHINE = EVENT.place["is_machine"]
_TEXT = TRAIT.place["text"]
_NUMBER = TRAIT.place["number"]
_INSTANT = TRAIT.place["instant"]
_TEXTS = TRAIT.place["texts"]
_IS_SET = TRAIT.place["is_set"]


class Value(msgspec.Struct, frozen=True):
    """A value in the forms that tests compare; what it has not is empty."""

    is_present: bool = False
    text: str = ""
    number: float | None = None
    instant: int | None = None
    texts: tuple[str, ...] = ()
    truth: bool | None = None


ABSENT = Value()


def holds(test: Test, value: Value, moment: Moment) -> bool:
    """Say whether the test holds; a form the value has not makes it false."""
    match test:
        case IsSet():
            return value.is_present
        case IsNotSet():
            return not value.is_present
        case Is(value=wanted):
            return _is_equal(wanted, value)
        case IsNot(value=other):
            return _has_form(other, value) and not _is_equal(other, value)
        case InRange():
            return value.number is not None and test.holds(value.number)
        case When(window=window):
            return value.instant is not None and resolve(window, moment).holds(value.instant)
        case ListContains(text=text):
            return text in value.texts
        case _:
            return value.text != "" and _text_holds(test, value.text)


def _has_form(wanted: str | bool | float, value: Value) -> bool:  # noqa: FBT001 - a value of the tree
    if isinstance(wanted, bool):
        return value.truth is not None
    return value.text != "" if isinstance(wanted, str) else value.number is not None


def _is_equal(wanted: str | bool | float, value: Value) -> bool:  # noqa: FBT001 - a value of the tree
    if isinstance(wanted, bool):
        return value.truth is wanted
    return value.text == wanted if isinstance(wanted, str) else value.number == wanted


def _text_holds(test: In | Contains | StartsWith | Matches, text: str) -> bool:
    match test:
        case In(values=values):
            return text in values
        case Contains(text=part, ignore_case=True):
            return part.translate(_A_TO_Z) in text.translate(_A_TO_Z)
        case Contains(text=part):
            return part in text
        case StartsWith(text=part):
            return text.startswith(part)
        case Matches(pattern=pattern):
            return compile_pattern(pattern).search(text) is not None


def trait_value(statement: Row) -> Value:
    """Return the value of a statement about a trait."""
    if not statement[_IS_SET]:
        return ABSENT
    text = statement[_TEXT]
    return Value(
        is_present=True,
        text=text,
        number=statement[_NUMBER],
        instant=statement[_INSTANT],
        texts=statement[_TEXTS],
        truth={"true": True, "false": False}.get(text),
    )


def json_value(value: Any, path: tuple[str, ...] = ()) -> Value:
    """Return the value at a path of JSON, by the type it has there."""
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return ABSENT
        value = value[key]
    match value:
        case None:
            return ABSENT
        case bool():
            return Value(is_present=True, truth=value)
        case str():
            return Value(is_present=True, text=value)
        case int() | float():
            return Value(is_present=True, number=float(value))
        case _:
            return Value(is_present=True)


def select(
    event: str | None, where: tuple[EventFilter, ...], bounds: Bounds, view: View
) -> list[Row]:
    """Return the events of a type (any, if None) in a span that pass all filters, in order."""
    return [
        row
        for row in view.events_of(event)
        if bounds.holds(row[_AT]) and _counts(row, event, where) and passes(where, row, view)
    ]


def is_like(row: Row, event: str | None, where: tuple[EventFilter, ...], view: View) -> bool:
    """Say whether an event is of the type (sent, if None) and passes all filters."""
    is_type = is_sent(row) if event is None else row[_TYPE] == event
    return is_type and _counts(row, event, where) and passes(where, row, view)


def _counts(row: Row, event: str | None, where: tuple[EventFilter, ...]) -> bool:
    return not (row[_IS_MACHINE] and counts_people_only(event, where))


def passes(filters: tuple[EventFilter, ...], row: Row, view: View) -> bool:
    """Say whether an event passes all filters."""
    return all(_passes(one, row, view) for one in filters)


def _passes(one: EventFilter, row: Row, view: View) -> bool:
    match one:
        case ColumnFilter(column=column, test=test):
            raw = row[EVENT.place[column]]
            return holds(test, _typed(raw, is_number=column in NUMBER_COLUMNS), view.moment)
        case PropertyFilter(path=path, test=test):
            return holds(test, json_value(view.properties(row), path), view.moment)
        case AnyItemFilter() | EveryItemFilter() | NoItemFilter():
            n_items = len(row[ITEM_PLACES["product_id"]])
            passing = [item_passes(one.where, row, i, view.moment) for i in range(n_items)]
            return _quantified(one, passing)
        case AnyElementFilter() | EveryElementFilter() | NoElementFilter():
            elements = _at(view.properties(row), one.path)
            passing = [
                all(
                    holds(part.test, json_value(item, part.path), view.moment) for part in one.where
                )
                for item in (elements if isinstance(elements, list) else ())
            ]
            return _quantified(one, passing)


def _quantified(one: ItemsFilter | ElementsFilter, passing: list[bool]) -> bool:
    match one:
        case AnyItemFilter() | AnyElementFilter():
            return any(passing)
        case NoItemFilter() | NoElementFilter():
            return not any(passing)
        case EveryItemFilter() | EveryElementFilter():
            return bool(passing) and all(passing)


def item_passes(where: tuple[ItemFieldFilter, ...], row: Row, index: int, moment: Moment) -> bool:
    """Say whether a line item of an event passes all filters."""
    return all(
        holds(
            part.test,
            _typed(row[ITEM_PLACES[part.field]][index], is_number=part.field in ITEM_NUMBER_FIELDS),
            moment,
        )
        for part in where
    )


def _typed(raw: Any, *, is_number: bool) -> Value:
    if is_number:
        return Value(is_present=True, number=raw)
    return Value(is_present=raw != "", text=raw)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
