"""Events of a timeline in a few words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from kikubari.api.pages.facts import trait_key
from kikubari.api.pages.reader import Reader
from kikubari.api.pages.texts import load_texts
from kikubari.deliver import Reason, explain
from kikubari.events import SequencedEvent, is_simulated
from kikubari.kit.money import to_minor
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.topics import CONSENT_CHANGED

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ITEMS_SHOWN = 2
_TRAITS_SHOWN = 8
_LONGEST = 160
# What tells most about an event, looked for in this order.
_TELLING = ("query", "name", "product_name", "title", "store", "url", "path", "coupon", "category")


class EventLine(msgspec.Struct, frozen=True, kw_only=True):
    """An event as a timeline shows it."""

    event: Event
    name: str
    about: str
    is_simulated: bool
    is_machine: bool
    details: str


def event_name(event_type: str, reader: Reader) -> str:
    """Return what an event of this type is called; the shop's own names stand as they are."""
    key = f"events.{_NOT_A_WORD.sub('_', event_type.lower())}"
    return reader.say(key) if key in load_texts() else event_type


def describe_event(item: SequencedEvent, reader: Reader, currency: str) -> EventLine:
    """Return an event in words, with all of its properties for whoever wants them."""
    event = item.event
    body = event.traits if event.kind is EventKind.IDENTIFY else event.properties
    return EventLine(
        event=event,
        name=event_name(event.type, reader),
        about=_about(event, reader, currency)[:_LONGEST],
        is_simulated=is_simulated(event),
        is_machine=event.properties.get("is_machine") is True,
        details=msgspec.json.format(msgspec.json.encode(body), indent=2).decode(),
    )


def _about(event: Event, reader: Reader, currency: str) -> str:
    properties = event.properties
    reason = properties.get("reason")
    if isinstance(reason, str) and reason in set(Reason):
        return explain(Reason(reason), reader.language)
    if event.kind is EventKind.IDENTIFY:
        keys = [trait_key(name) or name for name in list(event.traits)[:_TRAITS_SHOWN]]
        return _listed(reader, keys)
    if event.type == CONSENT_CHANGED:
        stated = [(name, properties.get(name)) for name in ("purpose", "status")]
        return _listed(reader, [f"profiles.{name}_{value}" for name, value in stated])
    parts = [_amount(properties, reader, currency), _items(properties, reader)]
    told = next((properties[name] for name in _TELLING if _is_text(properties.get(name))), "")
    return " · ".join(part for part in (*parts, "" if parts[1] else str(told)) if part)


def _listed(reader: Reader, keys: Sequence[str]) -> str:
    """Return texts side by side; what is no key of the catalogue stands for itself."""
    texts = load_texts()
    return " · ".join(reader.say(key) if key in texts else key for key in keys)


def _items(properties: Mapping[str, Any], reader: Reader) -> str:
    products = properties.get("products")
    if not isinstance(products, list):
        return ""
    names = [
        str(item["name"]) for item in products if isinstance(item, Mapping) and item.get("name")
    ]
    shown = ", ".join(names[:_ITEMS_SHOWN])
    rest = len(names) - _ITEMS_SHOWN
    return f"{shown} {reader.say('events.items_more', n=rest)}" if rest > 0 else shown


def _amount(properties: Mapping[str, Any], reader: Reader, currency: str) -> str:
    for name in ("total", "revenue", "value", "price"):
        value = properties.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            stated = properties.get("currency")
            code = stated if isinstance(stated, str) and _CURRENCY.fullmatch(stated) else currency
            try:
                return reader.money(to_minor(value, code), code)
            except ValueError:
                return ""
    return ""


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
