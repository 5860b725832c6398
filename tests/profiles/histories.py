"""What people may do and be within thirty days, drawn by Hypothesis; and conditions about it."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from people_world import START

from kikubari.profiles.decisions import decision_event
from kikubari.profiles.identifiers import Identifier
from kikubari.spec.conditions import Condition, convert_condition
from kikubari.spec.envelope import ALIASED, IDENTIFIED, Event, EventKind, Trust
from kikubari.spec.topics import CONSENT_CHANGED

SPAN = timedelta(days=30)
# A coarse grid makes ties.
_SLOTS = 24
_MINOR = {"price": 500, "quantity": 1}

users = st.sampled_from(["u1", "u2", None])
devices = st.sampled_from(["d1", "d1", "d2", "d3"])
slots = st.integers(0, _SLOTS - 1)
sources = st.integers(1, 2)
trusts = st.sampled_from([Trust.PUBLIC, Trust.SERVER, Trust.SERVER])

identified = st.fixed_dictionaries(
    {
        "kind": st.just(EventKind.IDENTIFY), "type": st.just(IDENTIFIED), "user_id": users,
        "anonymous_id": devices, "trust": trusts, "slot": slots, "source_id": sources,
        "traits": st.fixed_dictionaries({}, optional={
            "email": st.sampled_from(["a", "b"]),
            "plan": st.sampled_from(["gold", "silver", "", None]),
            "score": st.sampled_from([0.1, 3, "3"]),
            "birthday": st.sampled_from(["1990-05-20", "--06-02"]),
            "country": st.sampled_from(["JP", "GB"]),
        }),
    }
)  # fmt: skip
aliased = st.fixed_dictionaries(
    {
        "kind": st.just(EventKind.ALIAS), "type": st.just(ALIASED), "trust": trusts,
        "user_id": st.sampled_from(["u1", "u2"]), "slot": slots, "source_id": sources,
        "previous_id": st.sampled_from(["u1", "u2", "d1", "d2"]),
    }
)  # fmt: skip
agreed = st.fixed_dictionaries(
    {
        "kind": st.just(EventKind.TRACK), "type": st.just(CONSENT_CHANGED),
        "user_id": st.sampled_from(["u1", "u2"]), "trust": st.just(Trust.SERVER), "slot": slots,
        "source_id": sources,
        "properties": st.fixed_dictionaries({
            "purpose": st.sampled_from(["marketing", "tracking"]),
            "channel": st.sampled_from(["email", "sms", ""]),
            "status": st.sampled_from(["granted", "granted", "denied", "withdrawn"]),
            "wording_version": st.just("v1"), "source": st.just("form"), "proof": st.just("box"),
        }),
    }
)  # fmt: skip
behaved = st.fixed_dictionaries(
    {
        "kind": st.just(EventKind.TRACK), "trust": trusts, "slot": slots, "source_id": sources,
        "type": st.sampled_from([
            "Order Completed", "Order Completed", "Product Viewed", "Product Added",
            "Product Removed", "Product Added to Wishlist", "Product Removed from Wishlist",
        ]),
        "user_id": users, "anonymous_id": devices,
        "properties": st.sampled_from(["dog", "cat"]).map(lambda category: {
            "category": category, "product_id": f"p-{category}", "total": 500, "cart_id": "c",
            "products": [{"product_id": f"p-{category}", "category": category, **_MINOR}],
        }),
    }
)  # fmt: skip
decided = st.fixed_dictionaries(
    {
        "decision": st.sampled_from([
            ("user_id:u1", "user_id:u2"), ("user_id:u1", "anonymous_id:d2"),
            ("user_id:u2", "email:a"),
        ]),
        "is_merge": st.booleans(), "slot": slots,
    }
)  # fmt: skip
histories = st.lists(
    st.one_of(identified, identified, behaved, behaved, agreed, aliased, decided),
    min_size=4,
    max_size=10,
)


def happened(person: int, history: list[dict[str, Any]]) -> list[Event]:
    """Return a history's events, of a person whose identifiers nobody else has, as they were."""
    return [_event(person, index, dict(one)) for index, one in enumerate(history)]


def identifiers_of(person: int) -> list[str]:
    """Return every reference a person's events may bear."""
    return [
        *(f"{kind}:{_named(person, name)}"
          for kind, names in (("user_id", ("u1", "u2")), ("anonymous_id", ("d1", "d2", "d3")))
          for name in names),
        *(f"email:{_address(person, name)}" for name in "ab"),
    ]  # fmt: skip


def _event(person: int, index: int, parts: dict[str, Any]) -> Event:
    at = START + SPAN / _SLOTS * parts.pop("slot")
    message_id = f"{person}-{index}"
    if "decision" in parts:
        left, right = (_identifier(person, text) for text in parts["decision"])
        return decision_event(
            left, right, is_merge=parts["is_merge"], by="aiko", explanation="same card",
            message_id=message_id, decided_at=at,
        )  # fmt: skip
    for name in ("user_id", "anonymous_id", "previous_id"):
        if parts.get(name):
            parts[name] = _named(person, parts[name])
    traits = parts.get("traits", {})
    if "email" in traits:
        parts["traits"] = {**traits, "email": _address(person, traits["email"])}
    if parts["type"] == "Order Completed":
        parts["properties"] = {**parts["properties"], "order_id": message_id}
    return Event(message_id=message_id, occurred_at=at, received_at=at, **parts)


def _identifier(person: int, text: str) -> Identifier:
    kind, _, name = text.partition(":")
    return Identifier(kind, _address(person, name) if kind == "email" else _named(person, name))


def _named(person: int, name: str) -> str:
    return f"{name}-{person}"


def _address(person: int, name: str) -> str:
    return f"{name}-{person}@x.jp"


_LAST = {"type": "last", "duration": {"days": 12}}
_ORDERED, _VIEWED = {"event": "Order Completed"}, {"event": "Product Viewed"}
_OF_DOGS = [{"on": "column", "column": "category", "test": {"type": "is", "value": "dog"}}]
_DOG_ITEM = [{"field": "category", "test": {"type": "is", "value": "dog"}}]

# One or two of each kind that looks at a person alone; ranks among all are their sum.
CONDITIONS: list[Condition] = [
    convert_condition(one)
    for one in (
        {"type": "everyone"},
        {"type": "trait", "trait": "plan", "test": {"type": "is", "value": "gold"}},
        {"type": "trait", "trait": "score", "test": {"type": "number", "at_least": 1}},
        {"type": "trait", "trait": "email", "test": {"type": "is_set"}},
        {"type": "anniversary", "trait": "birthday", "from": 0, "to": 7, "february_29": "feb_28"},
        {"type": "place", "field": "country", "source": "trait",
         "test": {"type": "is", "value": "JP"}},
        {"type": "event_count", "count": {"at_least": 2}, "window": _LAST},
        {"type": "event_count", "count": {"at_least": 1}, "where": [
            {"on": "any_item", "where": _DOG_ITEM}], **_ORDERED},
        {"type": "event_count", "count": {"at_most": 0}, **_ORDERED},
        {"type": "event_aggregate", "function": "sum",
         "of": {"on": "column", "column": "value_minor"}, "value": {"at_least": 900},
         "window": {"type": "ever"}, **_ORDERED},
        {"type": "distinct_count", "of": {"on": "day"}, "count": {"at_least": 3}},
        {"type": "repeated", "of": {"on": "item", "field": "product_id"}, "times": 2},
        {"type": "event_ratio", "part": _ORDERED, "whole": {}, "percent": {"at_least": 25}},
        {"type": "recency", "within": {"days": 9}, **_VIEWED},
        {"type": "due", "intervals": {"at_least": 1}, "events": 2, **_ORDERED},
        {"type": "first_event", "where": _OF_DOGS},
        {"type": "last_event", "where": _OF_DOGS},
        {"type": "last_event", "among": _OF_DOGS, **_VIEWED},
        {"type": "sequence", "steps": [_VIEWED, _ORDERED], "within": {"days": 15}},
        {"type": "sequence", "steps": [_VIEWED, {}, {}], "within": {"days": 30}},
        {"type": "not_followed", "first": {"event": "Product Added"}, "by": _ORDERED,
         "within": {"days": 4}},
        {"type": "cart", "lookback": {"days": 30}},
        {"type": "consent", "purpose": "marketing", "channel": "email", "status": "granted"},
        {"type": "consent", "purpose": "tracking", "status": "withdrawn"},
        {"type": "reachable", "channel": "email"},
    )
]  # fmt: skip
