"""How a shop sends what a journey looks at: a line of code each, and where to read on."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kikubari.journeys.readiness.contracts import Reading
from kikubari.spec.topics import (
    CHECKOUT_STARTED,
    EMAIL_BOUNCED,
    EMAIL_LINK_CLICKED,
    EMAIL_OPENED,
    EMAIL_REPLIED,
    FORM_ANSWERED,
    ORDER_COMPLETED,
    PRODUCT_ADDED,
    PRODUCT_ADDED_TO_WISHLIST,
    PRODUCT_VIEWED,
    UNSUBSCRIBED,
)

_GOODS = {"product_id": "P1", "category": "Tea", "price": 1200, "currency": "JPY"}
_LINES = [{"product_id": "P1", "quantity": 1, "price": 1200}]
# What these events are expected to say; of others only what the journey looks at is known.
_PROPERTIES: Mapping[str, Mapping[str, Any]] = {
    PRODUCT_VIEWED: _GOODS,
    PRODUCT_ADDED: {"cart_id": "C1", **_GOODS, "quantity": 1},
    PRODUCT_ADDED_TO_WISHLIST: _GOODS,
    CHECKOUT_STARTED: {"cart_id": "C1", "value": 1200, "currency": "JPY", "products": _LINES},
    ORDER_COMPLETED: {"order_id": "A1", "total": 1200, "currency": "JPY", "products": _LINES},
    FORM_ANSWERED: {"form_id": "survey-1"},
}
# Recorded by the product itself once messages are out; nobody sends them.
_OUTCOMES = frozenset(
    {EMAIL_LINK_CLICKED, EMAIL_OPENED, EMAIL_REPLIED, EMAIL_BOUNCED, UNSUBSCRIBED}
)
_VALUES_OF_TRAITS = {"birthday": "1990-05-17"}
_PAGES = {
    "event": "docs/collecting.md",
    "property": "docs/collecting.md",
    "trait": "docs/profiles.md",
    "consent": "docs/preferences.md",
    "catalogue": "docs/catalogue.md",
    "segment": "docs/building-segments.md",
    "offer": "docs/offers.md",
    "channel": "docs/journeys.md",
}


def page_of(reading: Reading) -> str:
    """Return the page of the documentation that says how it is sent."""
    return "docs/delivery.md" if reading.name in _OUTCOMES else _PAGES[reading.kind]


def example_of(reading: Reading, all_readings: Iterable[Reading]) -> str:
    """Return a line of code, or a command, that sends what is looked at; empty: there is none.

    Args:
        reading: what is looked at.
        all_readings: of the journey: an event is shown with all properties that it looks at.
    """
    match reading.kind:
        case "event" | "property":
            return _track(reading.event or reading.name, all_readings)
        case "trait":
            value = _VALUES_OF_TRAITS.get(reading.name, "…")
            return f'analytics.identify("customer-1", {_written({reading.name: value})})'
        case "consent":
            said = {"purpose": reading.name, "channel": "email", "status": "granted"}
            return f'analytics.track("Kikubari Consent Changed", {_written(said)})'
        case "catalogue":
            return "kikubari import products products.csv"
        case "offer":
            return "kikubari offers create offer.json"
        case _:
            return ""


def _track(event: str, all_readings: Iterable[Reading]) -> str:
    if event in _OUTCOMES:
        return ""
    properties = dict(_PROPERTIES.get(event, {}))
    for one in all_readings:
        if one.kind == "property" and one.event == event:
            _put(properties, one.name, "…" if one.value is None else one.value)
    return f"analytics.track({_written(event)}, {_written(properties)})"


def _put(properties: dict[str, Any], name: str, value: object) -> None:
    """Add a property by its path."""
    head, _, rest = name.partition(".")
    if not rest:
        properties[head] = value
    elif head.endswith("[]"):
        properties.setdefault(head.removesuffix("[]"), [{rest: value}])
    elif isinstance(inside := properties.setdefault(head, {}), dict):
        inside.setdefault(rest, value)


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
