"""Ten typical segments, and the conditions they are made of; by_hand.sql holds their twins."""

from pathlib import Path
from string import Template
from typing import Any

from generated_events import END_AT
from kikubari.spec.conditions import Condition, convert_condition

Question = dict[str, Any]

_DAYS_90 = {"type": "last", "duration": {"days": 90}}
_DAYS_30 = {"type": "last", "duration": {"days": 30}}
_YEAR = {"type": "last", "duration": {"days": 365}}
_ORDERS = {"event": "Order Completed"}
_WITH_COUPON = [{"on": "column", "column": "coupon", "test": {"type": "is_set"}}]

LEAVES: dict[str, Question] = {
    "bought in 90 days": {
        "type": "event_count",
        **_ORDERS,
        "count": {"at_least": 1},
        "window": _DAYS_90,
    },
    "bought three times in a year": {
        "type": "event_count",
        **_ORDERS,
        "count": {"at_least": 3},
        "window": _YEAR,
    },
    "never bought": {"type": "event_count", **_ORDERS, "count": {"at_most": 0}},
    "spent 50,000 in a year": {
        "type": "event_aggregate",
        "function": "sum",
        **_ORDERS,
        "window": _YEAR,
        "of": {"on": "column", "column": "value_minor"},
        "value": {"at_least": 50_000},
    },
    "orders of 20,000 on average": {
        "type": "event_aggregate",
        "function": "avg",
        **_ORDERS,
        "of": {"on": "column", "column": "value_minor"},
        "value": {"at_least": 20_000},
    },
    "last bought 180 days ago": {"type": "recency", **_ORDERS, "more_than": {"days": 180}},
    "viewed lamps three times in 30 days": {
        "type": "event_count",
        "event": "Product Viewed",
        "count": {"at_least": 3},
        "where": [{"on": "column", "column": "category", "test": {"type": "is", "value": "lamp"}}],
        "window": _DAYS_30,
    },
    "viewed something dear in 90 days": {
        "type": "event_count",
        "event": "Product Viewed",
        "count": {"at_least": 1},
        "where": [
            {
                "on": "property",
                "path": ["price"],
                "test": {"type": "number", "at_least": 18_000},
            }
        ],
        "window": _DAYS_90,
    },
    "bought tea in a year": {
        "type": "event_count",
        **_ORDERS,
        "count": {"at_least": 1},
        "where": [
            {
                "on": "any_item",
                "where": [{"field": "category", "test": {"type": "is", "value": "tea"}}],
            }
        ],
        "window": _YEAR,
    },
    "among the best tenth by spending": {
        "type": "percentile",
        "function": "sum",
        **_ORDERS,
        "window": _YEAR,
        "of": {"on": "column", "column": "value_minor"},
        "top_percent": 10,
    },
    "a cart lies for an hour": {"type": "cart", "idle": {"hours": 1}, "lookback": {"days": 7}},
    "viewed, added, bought within a week": {
        "type": "sequence",
        "within": {"days": 7},
        "window": _DAYS_90,
        "steps": [{"event": "Product Viewed"}, {"event": "Product Added"}, _ORDERS],
    },
    "added and did not buy in two days": {
        "type": "not_followed",
        "first": {"event": "Product Added"},
        "by": _ORDERS,
        "within": {"days": 2},
        "window": _DAYS_30,
    },
    "opened a mail in 90 days": {
        "type": "event_count",
        "event": "Email Opened",
        "count": {"at_least": 1},
        "where": [{"on": "column", "column": "is_machine", "test": {"type": "is", "value": 0}}],
        "window": _DAYS_90,
    },
    "searched for lamps in 90 days": {"type": "searched", "text": "lamp", "window": _DAYS_90},
    "came by a search engine first": {
        "type": "acquired",
        "test": {"type": "is", "value": "organic_search"},
    },
    "used a phone in 90 days": {
        "type": "technology",
        "field": "device",
        "window": _DAYS_90,
        "test": {"type": "is", "value": "mobile"},
    },
    "lives in Tokyo": {
        "type": "trait",
        "trait": "prefecture",
        "test": {"type": "is", "value": "Tokyo"},
    },
    "is a woman": {"type": "trait", "trait": "gender", "test": {"type": "is", "value": "female"}},
    "birthday in the coming week": {"type": "anniversary", "trait": "birthday", "from": 0, "to": 7},
    "agreed to e-mail": {"type": "consent", "purpose": "marketing", "channel": "email"},
    "aged 25 to 34": {"type": "age", "age": {"at_least": 25, "at_most": 34}},
    "every second order with a coupon": {
        "type": "event_ratio",
        "part": {**_ORDERS, "where": _WITH_COUPON},
        "whole": _ORDERS,
        "percent": {"at_least": 50},
        "window": _YEAR,
    },
    "viewed three products in 30 days": {
        "type": "distinct_count",
        "of": {"on": "column", "column": "product_id"},
        "event": "Product Viewed",
        "count": {"at_least": 3},
        "window": _DAYS_30,
    },
    "bought a product again": {
        "type": "repeated",
        "of": {"on": "item", "field": "product_id"},
        "times": 2,
        **_ORDERS,
        "window": _YEAR,
    },
    "due to buy again": {"type": "due", **_ORDERS, "intervals": {"at_least": 1}},
    "spent 5,000 on tea in a year": {
        "type": "event_aggregate",
        "function": "sum",
        **_ORDERS,
        "window": _YEAR,
        "of": {
            "on": "items",
            "total": "amount_minor",
            "where": [{"field": "category", "test": {"type": "is", "value": "tea"}}],
        },
        "value": {"at_least": 5_000},
    },
}
# Conditions that put events in order, rank people or read JSON; the others count in windows or
# look up what was said last.
HEAVY = frozenset({
    "viewed something dear in 90 days", "among the best tenth by spending",
    "viewed, added, bought within a week", "added and did not buy in two days",
    "a cart lies for an hour", "came by a search engine first", "bought a product again",
})  # fmt: skip

# Each a tree of names above.
TREES: dict[str, Question] = {
    "regulars who agreed": {
        "all": ["bought three times in a year", "opened a mail in 90 days", "agreed to e-mail"]
    },
    "lapsed good customers": {
        "all": ["spent 50,000 in a year", "last bought 180 days ago", "agreed to e-mail"]
    },
    "lamps on their mind in Tokyo": {
        "all": [
            "lives in Tokyo",
            {"any": ["viewed lamps three times in 30 days", "searched for lamps in 90 days"]},
            {"not": "bought in 90 days"},
        ]
    },
    "abandoned carts": {"all": ["a cart lies for an hour", "agreed to e-mail"]},
    "close to buying": {
        "all": [
            "added and did not buy in two days",
            "viewed something dear in 90 days",
            "used a phone in 90 days",
        ]
    },
    "best tenth": {"all": ["among the best tenth by spending", "agreed to e-mail"]},
    "birthdays": {
        "all": ["birthday in the coming week", "agreed to e-mail", {"not": "never bought"}]
    },
    "women who buy tea": {
        "all": [
            "is a woman",
            "bought tea in a year",
            "opened a mail in 90 days",
            "agreed to e-mail",
        ]
    },
    "smooth buyers": {
        "all": ["viewed, added, bought within a week", "orders of 20,000 on average"]
    },
    "searchers who never bought": {
        "all": ["came by a search engine first", "never bought", "agreed to e-mail"]
    },
}

_NAMES = {
    "p": "dictGetOrDefault('profile_of', 'profile', toUInt64(profile), profile)",
    "now": f"toDateTime64('{END_AT:%Y-%m-%d %H:%M:%S}', 6, 'UTC')",
}
_BASE = f"workspace_id = 1 AND at <= {_NAMES['now']}"


def _read_by_hand() -> dict[str, str]:
    """Return the hand-written SQL by the name in the comment above it."""
    text = (Path(__file__).parent / "by_hand.sql").read_text()
    blocks = [block.partition("\n") for block in text.split("\n\n")[1:]]
    return {name.removeprefix("-- "): sql.strip().rstrip(";") for name, _, sql in blocks}


_BY_HAND = _read_by_hand()


def leaf_condition(name: str) -> Condition:
    """Return a leaf by its name."""
    return convert_condition(LEAVES[name])


def hand_written(name: str) -> str:
    """Return the SQL written by hand for a leaf."""
    return Template(_BY_HAND[name]).substitute(_NAMES, base=_BASE)


def tree_condition(name: str) -> Condition:
    """Return a tree by its name."""
    return convert_condition(_spelled_out(TREES[name]))


def _spelled_out(part: Any) -> Question:
    if isinstance(part, str):
        return LEAVES[part]
    ((kind, inner),) = part.items()
    if kind == "not":
        return {"type": "not", "of": _spelled_out(inner)}
    return {"type": kind, "of": [_spelled_out(one) for one in inner]}
