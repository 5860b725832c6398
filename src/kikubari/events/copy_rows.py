"""Events to rows of the columnar copy. Pure: the same events always give the same rows."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from kikubari.events.assertions import find_consent_assertion, list_trait_assertions
from kikubari.events.codec import encode_json, message_key
from kikubari.events.contracts import SequencedEvent
from kikubari.events.devices import acquisition_channel, read_user_agent
from kikubari.events.trait_values import IDENTIFYING_TRAITS, read_trait
from kikubari.kit.instants import to_micros
from kikubari.kit.money import to_minor
from kikubari.spec.envelope import Event
from kikubari.spec.topics import PRODUCT_UPDATED

Row = tuple[Any, ...]

EVENT_COLUMNS = (
    "workspace_id", "type", "profile", "profile_arrived", "at", "received_at", "position",
    "source_id", "message_key",
    "value_minor", "currency", "quantity", "order_id", "cart_id", "product_id", "category",
    "brand", "coupon", "query", "store", "page_path", "country", "region",
    "device", "os", "browser", "app", "acquisition_channel",
    "utm_source", "utm_medium", "utm_campaign",
    "message_id", "broadcast_id", "is_machine",
    "item_product_ids", "item_categories", "item_quantities", "item_prices_minor", "properties",
)  # fmt: skip
# Those of them that are a property by the same name.
_PROPERTY_TEXTS = (
    "order_id", "cart_id", "product_id", "category", "brand", "coupon", "query", "store",
)  # fmt: skip
TRAIT_COLUMNS = (
    "workspace_id", "name", "profile", "profile_arrived", "at", "received_at", "position",
    "source_id", "message_key", "text", "number", "instant", "texts", "is_set", "provenance",
    "confidence",
)  # fmt: skip
CONSENT_COLUMNS = (
    "workspace_id", "purpose", "channel", "profile", "profile_arrived", "at", "received_at",
    "position", "source_id", "message_key", "status",
)  # fmt: skip
PRODUCT_COLUMNS = (
    "workspace_id", "product_id", "at", "received_at", "position", "title", "category", "brand",
    "price_minor", "currency", "stock",
)  # fmt: skip
COLUMNS = {
    "events": EVENT_COLUMNS,
    "traits": TRAIT_COLUMNS,
    "consents": CONSENT_COLUMNS,
    "products": PRODUCT_COLUMNS,
}

_MAX_TEXT = 500
_MAX_ITEMS = 500
_INT32, _INT64 = 2**31 - 1, 2**63 - 1
_NOTHING: Mapping[str, Any] = {}
_NOWHERE = ("",) * 10
_NO_ITEMS: tuple[list[str], list[str], list[int], list[int]] = ([], [], [], [])
# A name may also be a product's.
_IDENTIFYING = IDENTIFYING_TRAITS - {"name"}
# One of them is in every nested text that needs the slow walk below, and in few that do not. Sought
# one by one: a regular expression of them all takes four times as long.
_MAY_IDENTIFY = (b"@", *(f'"{name}":'.encode() for name in sorted(_IDENTIFYING)))


class RowBuilder:
    """Builds rows for every table of the copy.

    Args:
        workspace_id: leads every row.
        currency: of amounts that name none.
    """

    def __init__(self, *, workspace_id: int, currency: str) -> None:
        self._workspace_id = workspace_id
        self._currency = currency

    def build(self, events: Sequence[SequencedEvent]) -> dict[str, list[Row]]:
        """Return the rows of each table, in the order of `COLUMNS`."""
        rows: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        for item in events:
            place = _place(item)
            rows["events"].append(self._event_row(item, place))
            rows["traits"].extend(self._trait_rows(item, place))
            consent = find_consent_assertion(item.event)
            if consent is not None:
                who = (item.number, item.number)
                row = (self._workspace_id, consent.purpose, consent.channel, *who, *place)
                rows["consents"].append((*row, consent.status))
            if item.event.type == PRODUCT_UPDATED:
                rows["products"].append(self._product_row(item.event, place))
        return rows

    def _event_row(self, item: SequencedEvent, place: Row) -> Row:
        event = item.event
        properties = event.properties
        get = properties.get
        currency = _text(properties, "currency").upper()[:3] or self._currency
        items = _items(properties, currency)
        return (
            self._workspace_id,
            event.type,
            item.number,
            item.number,
            *place,
            _value_minor(properties, currency, items),
            currency,
            _int(properties.get("quantity"), _INT32),
            # Most events have few of these: an absent one is worth no call.
            *["" if get(name) is None else _text(properties, name) for name in _PROPERTY_TEXTS],
            *_where(event),
            _text(properties, "message_id"),
            _text(properties, "broadcast_id"),
            properties.get("is_machine") is True,
            *items,
            _shareable_json(properties),
        )

    def _trait_rows(self, item: SequencedEvent, place: Row) -> list[Row]:
        rows: list[Row] = []
        for assertion in list_trait_assertions(item.event):
            if not assertion.is_verified:
                continue  # an address anybody may have claimed makes nobody reachable
            value = read_trait(assertion.name, assertion.value)
            rows.append(
                (
                    self._workspace_id,
                    assertion.name,
                    item.number,
                    item.number,
                    *place,
                    value.text,
                    value.number,
                    to_micros(value.instant) if value.instant else None,
                    value.texts,
                    value.is_set,
                    assertion.provenance,
                    assertion.confidence,
                )
            )
        return rows

    def _product_row(self, event: Event, place: Row) -> Row:
        properties = event.properties
        currency = _text(properties, "currency").upper()[:3] or self._currency
        stock = properties.get("stock")
        return (
            self._workspace_id,
            _text(properties, "product_id"),
            *place[:3],
            _text(properties, "title") or _text(properties, "name"),
            _text(properties, "category"),
            _text(properties, "brand"),
            _minor(properties.get("price"), currency),
            currency,
            None if stock is None else _int(stock, _INT64),
        )


def tie_key(message_id: str) -> int:
    """Return the 64 bits that order statements made at one instant by one source."""
    return int.from_bytes(message_key(message_id)[:8], "big")


def without_identifying(value: Any) -> Any:
    """Return JSON without what says who somebody is: such keys, and texts with an address."""
    if isinstance(value, dict):
        return {
            name: without_identifying(inner)
            for name, inner in value.items()
            if name not in _IDENTIFYING
        }
    if isinstance(value, list):
        return [without_identifying(inner) for inner in value]
    if isinstance(value, str) and "@" in value:
        return ""
    return value


def _shareable_json(properties: Mapping[str, Any]) -> str:
    """Return properties as JSON, without what says who somebody is."""
    text = encode_json(properties)
    is_flat = text.find(b"{", 1) < 0
    may_identify = (
        b"@" in text or not _IDENTIFYING.isdisjoint(properties)
        if is_flat
        else any(map(text.__contains__, _MAY_IDENTIFY))
    )
    if may_identify:
        text = encode_json(without_identifying(properties))
    return text.decode()


def _place(item: SequencedEvent) -> Row:
    event = item.event
    return (
        to_micros(event.occurred_at),
        to_micros(event.received_at),
        item.position,
        event.source_id,
        tie_key(event.message_id),
    )


def _items(
    properties: Mapping[str, Any], currency: str
) -> tuple[list[str], list[str], list[int], list[int]]:
    """Return line items as parallel arrays: product ids, categories, quantities, prices."""
    products = properties.get("products")
    if not isinstance(products, list):
        return _NO_ITEMS
    items = [item for item in products[:_MAX_ITEMS] if isinstance(item, dict)]
    return (
        [_text(item, "product_id") or _text(item, "sku") for item in items],
        [_text(item, "category") for item in items],
        [_int(item.get("quantity", 1), _INT32) for item in items],
        [_minor(item.get("price"), currency) for item in items],
    )


def _value_minor(
    properties: Mapping[str, Any],
    currency: str,
    items: tuple[list[str], list[str], list[int], list[int]],
) -> int:
    """Return what the event is worth: its own total, else its items, else price x quantity."""
    for name in ("revenue", "total", "value"):
        if properties.get(name) is not None:
            return _minor(properties[name], currency)
    _, _, quantities, prices = items
    if prices:
        return _bounded(sum(map(int.__mul__, quantities, prices)), _INT64)
    price = _minor(properties.get("price"), currency)
    return _bounded(price * _int(properties.get("quantity", 1), _INT32), _INT64)


def _where(event: Event) -> Row:
    """Return page, place, device and campaign columns."""
    context = event.context
    if not context:
        return _path(_text(event.properties, "url")), *_NOWHERE
    page = _mapping(context, "page")
    campaign = _mapping(context, "campaign")
    location = _mapping(context, "location")
    device = read_user_agent(_text(context, "userAgent"))
    url = _text(page, "url") or _text(event.properties, "url")
    referrer = _text(page, "referrer") or _text(event.properties, "referrer")
    source, medium = _text(campaign, "source"), _text(campaign, "medium")
    is_visit = bool(page) or bool(campaign)
    return (
        _text(page, "path") or _path(url),
        _text(location, "country"),
        _text(location, "region"),
        device.kind or _text(_mapping(context, "device"), "type"),
        device.os or _text(_mapping(context, "os"), "name"),
        device.browser,
        _text(_mapping(context, "app"), "name"),
        acquisition_channel(source, medium, referrer, url) if is_visit else "",
        source,
        medium,
        _text(campaign, "name"),
    )


@lru_cache(maxsize=4096)
def _path(url: str) -> str:
    if not url:
        return ""
    try:
        return urlsplit(url).path[:_MAX_TEXT]
    except ValueError:
        return ""


def _mapping(source: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = source.get(name)
    return value if isinstance(value, dict) else _NOTHING


def _text(source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    if value is None:
        return ""
    if type(value) is str:
        return value if len(value) <= _MAX_TEXT else value[:_MAX_TEXT]
    if type(value) is int:
        return str(value)
    return ""


def _int(value: object, limit: int) -> int:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return 0
    if isinstance(value, int | float) and value == value:  # noqa: PLR0124 - false for NaN only
        return _bounded(value, limit)
    return 0


def _bounded(value: float, limit: int) -> int:
    """Return the whole part, kept within what the column can hold."""
    return int(max(-limit, min(limit, value)))


def _minor(value: object, currency: str) -> int:
    """Return an amount in minor units, 0 if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0
    return _minor_of(value, currency)


@lru_cache(maxsize=65_536)
def _minor_of(value: float | str, currency: str) -> int:
    """The same, remembered: a shop's prices repeat."""
    try:
        return to_minor(value, currency)
    except ValueError:
        return 0
