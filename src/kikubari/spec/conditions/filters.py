"""Filters on the properties of one event: typed columns, any JSON path, line items."""

from typing import Annotated, Literal, get_args

from msgspec import Meta

from kikubari.spec.conditions.values import (
    Closed,
    InRange,
    Is,
    ListContains,
    Test,
    Text,
    When,
)
from kikubari.spec.topics import ALSO_BY_MACHINES

# Closed: these names, and no others, become identifiers of a query.
TextColumn = Literal[
    "currency", "order_id", "cart_id", "product_id", "category", "brand", "coupon", "query",
    "page_path", "store", "country", "region", "device", "os", "browser", "app",
    "acquisition_channel", "utm_source", "utm_medium", "utm_campaign", "message_id",
    "broadcast_id",
]  # fmt: skip
NumberColumn = Literal["value_minor", "quantity", "is_machine"]
ItemTextField = Literal["product_id", "category"]
ItemNumberField = Literal["price_minor", "quantity"]

NUMBER_COLUMNS = frozenset(get_args(NumberColumn))
ITEM_NUMBER_FIELDS = frozenset(get_args(ItemNumberField))
MAX_FILTERS = 20
MAX_PATH = 8
Path = Annotated[tuple[Text, ...], Meta(min_length=1, max_length=MAX_PATH)]


class ColumnFilter(Closed, frozen=True, tag="column", tag_field="on"):
    """A typed property; a text that the event lacks is not set, a number it lacks is 0."""

    column: TextColumn | NumberColumn
    test: Test

    def __post_init__(self) -> None:
        check_fits(self.column, self.column in NUMBER_COLUMNS, self.test)


class PropertyFilter(Closed, frozen=True, tag="property", tag_field="on"):
    """A property by its path of keys, by the type it has in JSON: "5" is no number, 5 no text."""

    path: Path
    test: Test

    def __post_init__(self) -> None:
        check_json_test(self.test)


class ItemFieldFilter(Closed, frozen=True):
    """A typed field of one line item."""

    field: ItemTextField | ItemNumberField
    test: Test

    def __post_init__(self) -> None:
        check_fits(self.field, self.field in ITEM_NUMBER_FIELDS, self.test)


class _Items(Closed, frozen=True):
    where: Annotated[tuple[ItemFieldFilter, ...], Meta(min_length=1, max_length=MAX_FILTERS)]


class AnyItemFilter(_Items, frozen=True, tag="any_item", tag_field="on"):
    """At least one line item satisfies all of these: the same item."""


class EveryItemFilter(_Items, frozen=True, tag="every_item", tag_field="on"):
    """There are line items, and each satisfies all of these."""


class NoItemFilter(_Items, frozen=True, tag="no_item", tag_field="on"):
    """No line item satisfies all of these; an event without items passes."""


class ElementFilter(Closed, frozen=True):
    """A value of one element of a JSON array; without path, the element itself."""

    path: Annotated[tuple[Text, ...], Meta(max_length=MAX_PATH)]
    test: Test

    def __post_init__(self) -> None:
        check_json_test(self.test)


class _Elements(Closed, frozen=True):
    path: Path
    where: Annotated[tuple[ElementFilter, ...], Meta(min_length=1, max_length=MAX_FILTERS)]


class AnyElementFilter(_Elements, frozen=True, tag="any_element", tag_field="on"):
    """At least one element of the JSON array at `path` satisfies all of these."""


class EveryElementFilter(_Elements, frozen=True, tag="every_element", tag_field="on"):
    """The JSON array at `path` has elements, and each satisfies all of these."""


class NoElementFilter(_Elements, frozen=True, tag="no_element", tag_field="on"):
    """No element of the JSON array at `path` satisfies all of these, or there is no array."""


ItemsFilter = AnyItemFilter | EveryItemFilter | NoItemFilter
ElementsFilter = AnyElementFilter | EveryElementFilter | NoElementFilter
EventFilter = ColumnFilter | PropertyFilter | ItemsFilter | ElementsFilter
Filters = Annotated[tuple[EventFilter, ...], Meta(max_length=MAX_FILTERS)]


def counts_people_only(event: str | None, where: tuple[EventFilter, ...]) -> bool:
    """Say whether events of a type (any, if None) that machines made do not count.

    They never do where there are any, unless a filter asks who it was: programs open mail and
    follow links, and that must not be taken for interest.
    """
    if event is not None and event not in ALSO_BY_MACHINES:
        return False
    return not any(_asks_who(one) for one in where)


def _asks_who(one: EventFilter) -> bool:
    match one:
        case ColumnFilter(column=column):
            return column == "is_machine"
        case PropertyFilter(path=path):
            return path == ("is_machine",)
    return False


def check_fits(name: str, is_number: bool, test: Test) -> None:  # noqa: FBT001 - a fact, no switch
    """Refuse a test of another kind than the field has.

    Raises:
        ValueError: the test could never hold.
    """
    kind = {When: "instant", ListContains: "list"}.get(type(test))
    if kind:
        raise ValueError(f"`{name}` is no {kind}")
    is_number_test = isinstance(test, InRange) or (
        isinstance(test, Is) and not isinstance(test.value, str | bool)
    )
    if is_number and not is_number_test:
        raise ValueError(f"`{name}` is a number: compare it with `number` or `is` and a number")
    if not is_number and (isinstance(test, InRange) or is_number_test):
        raise ValueError(f"`{name}` is text: compare it with a text")


def check_json_test(test: Test) -> None:
    """Refuse tests that JSON values cannot take.

    Raises:
        ValueError: the test reads a form only traits have.
    """
    reason = {
        When: "`when` compares traits; properties have no instants",
        ListContains: "use a filter on `any_element` to look into a list",
    }.get(type(test))
    if reason:
        raise ValueError(reason)
