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
from kikubari.spec.topics import CONSENT_CHANGED, PRODUCT_UPDATED

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
_MESSAGE_TEXTS = ("message_id", "broadcast_id")
# Those that say what all of an event is worth, the best first.
_TOTALS = ("revenue", "total", "value")
# Of an event's context.
_PAGE_TEXTS = ("path", "url", "referrer")
_CAMPAIGN_TEXTS = ("source", "medium", "name")
_LOCATION_TEXTS = ("country", "region")
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
            event, place = item.event, _place(item)
            rows["events"].append(self._event_row(item, place))
            if event.traits:
                rows["traits"].extend(self._trait_rows(item, place))
            if event.type == CONSENT_CHANGED:
                rows["consents"].extend(self._consent_rows(item, place))
            elif event.type == PRODUCT_UPDATED:
                rows["products"].append(self._product_row(event, place))
        return rows

    def _event_row(self, item: SequencedEvent, place: Row) -> Row:
        event = item.event
        properties = event.properties
        get = properties.get
        currency = _text(get("currency")).upper()[:3] or self._currency
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
            *_texts(properties, _PROPERTY_TEXTS),
            *_where(event),
            *_texts(properties, _MESSAGE_TEXTS),
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

    def _consent_rows(self, item: SequencedEvent, place: Row) -> list[Row]:
        consent = find_consent_assertion(item.event)
        if consent is None:
            return []
        who = (item.number, item.number)
        about = (consent.purpose, consent.channel)
        return [(self._workspace_id, *about, *who, *place, consent.status)]

    def _product_row(self, event: Event, place: Row) -> Row:
        get = event.properties.get
        currency = _text(get("currency")).upper()[:3] or self._currency
        stock = get("stock")
        return (
            self._workspace_id,
            _text(get("product_id")),
            *place[:3],
            _text(get("title")) or _text(get("name")),
            _text(get("category")),
            _text(get("brand")),
            _minor(get("price"), currency),
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
        [_text(item.get("product_id")) or _text(item.get("sku")) for item in items],
        [_text(item.get("category")) for item in items],
        [_int(item.get("quantity", 1), _INT32) for item in items],
        [_minor(item.get("price"), currency) for item in items],
    )


def _value_minor(
    properties: Mapping[str, Any],
    currency: str,
    items: tuple[list[str], list[str], list[int], list[int]],
) -> int:
    """Return what the event is worth: its own total, else its items, else price x quantity."""
    get = properties.get
    for total in map(get, _TOTALS):
        if total is not None:
            return _minor(total, currency)
    _, _, quantities, prices = items
    if prices:
        return _bounded(sum(map(int.__mul__, quantities, prices)), _INT64)
    price = _minor(get("price"), currency)
    return _bounded(price * _int(get("quantity", 1), _INT32), _INT64) if price else 0


def _where(event: Event) -> Row:
    """Return page, place, device and campaign columns."""
    context, shown = event.context, event.properties
    if not context:
        return _path(_text(shown.get("url"))), *_NOWHERE
    get = context.get
    page, campaign = get("page"), get("campaign")
    path, url, referrer = _texts(page, _PAGE_TEXTS)
    source, medium, name = _texts(campaign, _CAMPAIGN_TEXTS)
    url = url or _text(shown.get("url"))
    referrer = referrer or _text(shown.get("referrer"))
    device = read_user_agent(_text(get("userAgent")))
    is_visit = _says_something(page) or _says_something(campaign)
    return (
        path or _path(url),
        *_texts(get("location"), _LOCATION_TEXTS),
        device.kind or _text_in(get("device"), "type"),
        device.os or _text_in(get("os"), "name"),
        device.browser,
        _text_in(get("app"), "name"),
        acquisition_channel(source, medium, referrer, url) if is_visit else "",
        source,
        medium,
        name,
    )


@lru_cache(maxsize=4096)
def _path(url: str) -> str:
    if not url:
        return ""
    try:
        return urlsplit(url).path[:_MAX_TEXT]
    except ValueError:
        return ""


def _texts(place: object, names: tuple[str, ...]) -> list[str]:
    """Return values by name as text, empty where there is none or `place` is no mapping."""
    if not isinstance(place, dict):
        return [""] * len(names)
    # Most are absent, and that is worth no call.
    return ["" if value is None else _text(value) for value in map(place.get, names)]


def _says_something(place: object) -> bool:
    return isinstance(place, dict) and bool(place)


def _text_in(place: object, name: str) -> str:
    return _text(place.get(name)) if isinstance(place, dict) else ""


def _text(value: object) -> str:
    if type(value) is str:
        return value if len(value) <= _MAX_TEXT else value[:_MAX_TEXT]
    if type(value) is int:
        return str(value)
    return ""


def _int(value: object, limit: int) -> int:
    if value is None:
        return 0
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
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0
    return _minor_of(value, currency)


@lru_cache(maxsize=65_536)
def _minor_of(value: float | str, currency: str) -> int:
    """The same, remembered: a shop's prices repeat."""
    try:
        return to_minor(value, currency)
    except ValueError:
        return 0
