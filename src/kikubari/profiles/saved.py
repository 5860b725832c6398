"""Favourites, compare lists, carts and saved searches, from people's own events.

Every event about them is kept as a statement, and the statements of all of a person's numbers
are folded in the order of (time, source, message). So late, repeated and shuffled events, and
merging and unmerging, end in the same lists.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.events import Sealing, SequencedEvent, message_key
from kikubari.kit.instants import from_micros, to_micros
from kikubari.profiles._kept_tables import saved_statements
from kikubari.profiles._repository import identity
from kikubari.profiles._repository import kept as rows
from kikubari.spec import topics
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event

# Of one person; the oldest beyond do not count. Only programs come near it.
MAX_STATEMENTS = 20_000
_MAX_ITEMS = 200
_MAX_TEXT = 500
_encoder = msgspec.json.Encoder()


class Place(IntEnum):
    """Where something is saved. Stored; do not renumber."""

    FAVOURITES = 1
    COMPARE = 2
    CART = 3
    SEARCHES = 4


class Change(IntEnum):
    """What a statement does to the place. Stored; do not renumber."""

    ADD = 1
    REMOVE = 2
    SHOW = 3  # these are all the items there are
    CLEAR = 4
    BUY = 5  # an order: what it leaves in the cart depends on what it says


_CHANGES: dict[str, tuple[Place, Change]] = {
    topics.PRODUCT_ADDED_TO_WISHLIST: (Place.FAVOURITES, Change.ADD),
    topics.PRODUCT_REMOVED_FROM_WISHLIST: (Place.FAVOURITES, Change.REMOVE),
    topics.PRODUCT_COMPARED: (Place.COMPARE, Change.ADD),
    topics.PRODUCT_REMOVED_FROM_COMPARE_LIST: (Place.COMPARE, Change.REMOVE),
    topics.COMPARE_LIST_CLEARED: (Place.COMPARE, Change.CLEAR),
    topics.PRODUCT_ADDED: (Place.CART, Change.ADD),
    topics.WISHLIST_PRODUCT_ADDED_TO_CART: (Place.CART, Change.ADD),
    topics.PRODUCT_REMOVED: (Place.CART, Change.REMOVE),
    topics.CART_VIEWED: (Place.CART, Change.SHOW),
    topics.CHECKOUT_STARTED: (Place.CART, Change.SHOW),
    topics.ORDER_COMPLETED: (Place.CART, Change.BUY),
    topics.SEARCH_SAVED: (Place.SEARCHES, Change.ADD),
    topics.SAVED_SEARCH_REMOVED: (Place.SEARCHES, Change.REMOVE),
}
_LIST_ID = {
    Place.FAVOURITES: "wishlist_id",
    Place.COMPARE: "compare_list_id",
    Place.CART: "cart_id",
    Place.SEARCHES: "search_id",
}


class Item(msgspec.Struct, frozen=True, array_like=True):
    """A product, or a search, as an event names it. Without `quantity`: all there are."""

    id: str
    quantity: int | None = None
    name: str = ""
    price: float | None = None
    currency: str = ""


class SavedStatement(msgspec.Struct, frozen=True, array_like=True):
    """What one event does: to a place, one list of it (empty: the only one), these items."""

    place: Place
    change: Change
    list_id: str
    list_name: str
    items: tuple[Item, ...]
    is_in_store: bool = False


class SavedItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something saved.

    Attributes:
        id: of the product; of a search its id, else its text.
        list_id: wishlist, compare list or cart it is on; empty where the shop names none.
        list_name: as the shop calls it.
        quantity: of a cart's line, else 1.
        name: as the event had it; the catalogue knows better.
        price: in major units, as it was when it was saved.
        currency: of the price, empty if not said.
        saved_at: since when, without interruption.
        changed_at: of the last statement that changed it.
    """

    id: str
    list_id: str
    list_name: str
    quantity: int
    name: str
    price: float | None
    currency: str
    saved_at: datetime
    changed_at: datetime


class SavedThings(msgspec.Struct, frozen=True):
    """All that a person has saved, newest first in each place."""

    favourites: tuple[SavedItem, ...] = ()
    compared: tuple[SavedItem, ...] = ()
    cart: tuple[SavedItem, ...] = ()
    searches: tuple[SavedItem, ...] = ()

    def product_ids(self) -> set[str]:
        """Return every product named."""
        return {item.id for place in (self.favourites, self.compared, self.cart) for item in place}


class SavedProjection:
    """Keeps statements in step with the log. Order of arrival does not matter to it."""

    def __init__(self, sealing: Sealing, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._sealing = sealing
        self._workspace_id = workspace_id

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Append what events say about saved things."""
        said = [
            (item, statement)
            for item in events
            if item.number
            and item.event.type in _CHANGES
            and (statement := read_statement(item.event)) is not None
        ]
        if not said:
            return
        bodies = self._sealing.seal(
            connection,
            [item.number for item, _ in said],
            [_encoder.encode(statement) for _, statement in said],
        )
        rows.insert_statements(
            connection,
            saved_statements,
            [
                (
                    self._workspace_id,
                    item.number,
                    to_micros(item.event.occurred_at),
                    item.event.source_id,
                    message_key(item.event.message_id),
                    body,
                )
                for (item, _), body in zip(said, bodies, strict=True)
            ],
        )


class Saved:
    """Reads what people have saved, on any connection."""

    def __init__(self, sealing: Sealing, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._sealing = sealing
        self._workspace_id = workspace_id

    def load(self, connection: Connection, people: Collection[int]) -> dict[int, SavedThings]:
        """Return what people have saved, by canonical number; hundreds at once."""
        profile_of = identity.list_numbers_of(connection, self._workspace_id, people)
        found = rows.list_statements(
            connection,
            saved_statements,
            self._workspace_id,
            profile_of.keys(),
            limit=MAX_STATEMENTS * max(1, len(people)),
        )
        opened = self._sealing.open(
            connection, [row.number for row in found], [row.body for row in found]
        )
        said: dict[int, list[tuple[datetime, SavedStatement]]] = {}
        for row, body in zip(found, opened, strict=True):
            if body is not None:
                statement = msgspec.json.decode(body, type=SavedStatement)
                said.setdefault(profile_of[row.number], []).append(
                    (from_micros(row.at_us), statement)
                )
        return {person: fold_saved(said.get(person, ())) for person in people}


def read_statement(event: Event) -> SavedStatement | None:
    """Return what an event does to saved things, None if it names nothing usable."""
    place, change = _CHANGES[event.type]
    properties = event.properties
    if place is Place.SEARCHES:
        items = _search(properties)
    elif change in (Change.SHOW, Change.BUY):
        items = _products(properties)
    else:
        item = _item(properties)
        items = (item,) if item else ()
    if not items and change not in (Change.BUY, Change.CLEAR):
        return None  # an empty cart is not told from one whose lines were left out
    list_id = "" if place is Place.SEARCHES else _text(properties, _LIST_ID[place])
    return SavedStatement(
        place,
        change,
        list_id,
        _text(properties, "wishlist_name") if place is Place.FAVOURITES else "",
        items,
        is_in_store=bool(_text(properties, "store")),
    )


def fold_saved(statements: Iterable[tuple[datetime, SavedStatement]]) -> SavedThings:
    """Return what is saved after all statements, given in the order in which they hold."""
    places: dict[Place, dict[tuple[str, str], SavedItem]] = {place: {} for place in Place}
    for at, one in statements:
        _apply(places[one.place], one, at)
    newest_first = {
        place: tuple(sorted(items.values(), key=lambda item: (item.saved_at, item.id))[::-1])
        for place, items in places.items()
    }
    return SavedThings(
        favourites=newest_first[Place.FAVOURITES],
        compared=newest_first[Place.COMPARE],
        cart=newest_first[Place.CART],
        searches=newest_first[Place.SEARCHES],
    )


def _apply(items: dict[tuple[str, str], SavedItem], one: SavedStatement, at: datetime) -> None:
    if one.change is Change.ADD:
        for item in one.items:
            _add(items, one, item, at)
    elif one.change is Change.REMOVE:
        for item in one.items:
            _remove(items, one.list_id, item, at)
    elif one.change is Change.SHOW:
        _show(items, one, at)
    elif one.change is Change.CLEAR:
        _clear(items, {one.list_id} if one.list_id else None)
    elif one.is_in_store and not one.list_id:
        # Bought over the counter: the rest of the cart on the web is still wanted.
        bought = {item.id for item in one.items}
        for key in [key for key in items if key[1] in bought]:
            del items[key]
    else:
        _clear(items, {one.list_id, ""} if one.list_id else None)


def _add(
    items: dict[tuple[str, str], SavedItem], one: SavedStatement, item: Item, at: datetime
) -> None:
    key = (one.list_id, item.id)
    known = items.get(key)
    adds_up = one.place is Place.CART
    quantity = max(1, item.quantity or 1) if adds_up else 1
    if known is not None and adds_up:
        quantity += known.quantity
    items[key] = _saved(one, item, quantity, saved_at=known.saved_at if known else at, at=at)


def _remove(
    items: dict[tuple[str, str], SavedItem], list_id: str, item: Item, at: datetime
) -> None:
    # A shop with one list may name it when adding and not when removing.
    keys = [key for key in items if key[1] == item.id and (not list_id or key[0] == list_id)]
    for key in keys:
        known = items[key]
        left = known.quantity - item.quantity if item.quantity else 0
        if left > 0:
            items[key] = msgspec.structs.replace(known, quantity=left, changed_at=at)
        else:
            del items[key]


def _show(items: dict[tuple[str, str], SavedItem], one: SavedStatement, at: datetime) -> None:
    before = {key: items.pop(key) for key in list(items) if key[0] == one.list_id}
    for item in one.items:
        key = (one.list_id, item.id)
        known = before.get(key)
        quantity = max(1, item.quantity or 1)
        saved_at = known.saved_at if known else at
        is_same = known is not None and known.quantity == quantity
        changed_at = known.changed_at if known is not None and is_same else at
        items[key] = _saved(one, item, quantity, saved_at=saved_at, at=changed_at)


def _clear(items: dict[tuple[str, str], SavedItem], lists: set[str] | None) -> None:
    for key in [key for key in items if lists is None or key[0] in lists]:
        del items[key]


def _saved(
    one: SavedStatement, item: Item, quantity: int, *, saved_at: datetime, at: datetime
) -> SavedItem:
    return SavedItem(
        id=item.id,
        list_id=one.list_id,
        list_name=one.list_name,
        quantity=quantity,
        name=item.name,
        price=item.price,
        currency=item.currency,
        saved_at=saved_at,
        changed_at=at,
    )


def _products(properties: Mapping[str, Any]) -> tuple[Item, ...]:
    products = properties.get("products")
    if not isinstance(products, list):
        return ()
    found = [_item(entry) for entry in products[:_MAX_ITEMS] if isinstance(entry, dict)]
    return tuple(item for item in found if item is not None)


def _item(properties: Mapping[str, Any]) -> Item | None:
    product_id = _text(properties, "product_id") or _text(properties, "sku")
    if not product_id:
        return None
    quantity, price = properties.get("quantity"), properties.get("price")
    is_count = isinstance(quantity, int) and not isinstance(quantity, bool)
    is_price = isinstance(price, int | float) and not isinstance(price, bool)
    return Item(
        product_id,
        quantity if is_count else None,
        _text(properties, "name"),
        price if is_price else None,
        _text(properties, "currency")[:3],
    )


def _search(properties: Mapping[str, Any]) -> tuple[Item, ...]:
    query = _text(properties, "query")
    search_id = _text(properties, "search_id") or query
    return (Item(search_id, None, query),) if search_id else ()


def _text(source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value[:_MAX_TEXT] if isinstance(value, str) else ""
