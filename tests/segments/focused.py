"""Every test of every form of value, on purpose rather than by chance."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

from population import AS_OFS, DURATIONS, EVENTS, MICRO, instant

from kikubari.spec.envelope import IDENTIFIED
from kikubari.spec.topics import (
    CONSENT_CHANGED,
    EMAIL_LINK_CLICKED,
    EMAIL_OPENED,
    SUPPRESSION_CHANGED,
    TRAIT_COMPUTED,
)

Json = dict[str, Any]

_EQUALS: list[Json] = [
    {"type": kind, "value": value}
    for kind in ("is", "is_not")
    for value in ("gold", "red", "true", "5", "3", True, False, 3, 5, 0.3, 1)
]
_TEXTS: list[Json] = [
    {"type": "contains", "text": "O"},
    {"type": "contains", "text": "O", "ignore_case": True},
    {"type": "contains", "text": "\u212a", "ignore_case": True},
    {"type": "contains", "text": "\u00e9", "ignore_case": True},
    {"type": "starts_with", "text": "go"},
    {"type": "matches", "pattern": "^$"},
    {"type": "matches", "pattern": "^.*$"},
    {"type": "matches", "pattern": "(?i)^(GOLD|RED)$"},
    {"type": "matches", "pattern": "a.b"},
    {"type": "in", "values": ["gold", "red", "5"]},
    {"type": "is_set"},
    {"type": "is_not_set"},
]
_RANGES: list[Json] = [
    {"type": "number", bound: value}
    for bound in ("at_least", "more_than", "at_most", "less_than")
    for value in (0.3, 1, 5)
]


def trait_forms() -> Iterator[Json]:
    for name in ("plan", "score", "email", "interests"):
        for test in [*_EQUALS, *_TEXTS, *_RANGES, {"type": "list_contains", "text": "dog"}]:
            yield {"type": "trait", "trait": name, "test": test}


def filter_forms() -> Iterator[Json]:
    filters: list[Json] = [
        {"on": "property", "path": [name], "test": test}
        for name in ("color", "rating")
        for test in [*_EQUALS, *_TEXTS, *_RANGES]
    ]
    filters.extend({"on": "column", "column": "query", "test": test} for test in _TEXTS)
    # Fields of one item: p1 is a dog's, the cheap one a cat's; only OR finds them together.
    for category, low, high in (("dog", 0, 101), ("cat", 101, 1_000), ("cat", 0, 101)):
        price = {"type": "number", "at_least": low, "less_than": high}
        filters.extend(
            {
                "on": f"{quantifier}_item",
                "where": [
                    {"field": "category", "test": {"type": "is", "value": category}},
                    {"field": "price_minor", "test": price},
                ],
            }
            for quantifier in ("any", "every", "no")
        )
        filters.extend(
            {
                "on": f"{quantifier}_element",
                "path": ["products"],
                "where": [
                    {"path": ["category"], "test": {"type": "is", "value": category}},
                    {"path": ["price"], "test": price},
                ],
            }
            for quantifier in ("any", "every", "no")
        )
    for one in filters:
        yield {
            "type": "event_count",
            "event": "Product Viewed",
            "count": {"at_least": 1},
            "where": [one],
        }


def aggregate_edges() -> Iterator[Json]:
    money, rating = (
        {"on": "column", "column": "value_minor"},
        {"on": "property", "path": ["rating"]},
    )
    few = {"type": "number", "less_than": 101}
    small = [{"on": "column", "column": "value_minor", "test": few}]
    for event in ("Order Completed", "Product Viewed", "Cart Viewed", "Page Viewed"):
        for total in range(-800, 300, 100):
            for count in (3, 6, 7):
                # The whole millionth next to a fraction, on the side of zero.
                edge = int(total / count * 1_000_000) / 1_000_000
                bound = "at_least" if total < 0 else "more_than"
                other = "less_than" if total < 0 else "at_most"
                for value in ({bound: edge}, {other: edge}):
                    yield {**_aggregate("avg", money, event, value), "where": small}
        for average in (-200, -100, -50, 25, 50, 100):
            # What some people's average is, to the last digit, on the side away from zero.
            value = {"at_most": average} if average < 0 else {"at_least": average}
            yield {**_aggregate("avg", money, event, value), "where": small}
        for function in ("min", "max", "sum"):
            yield _aggregate(function, rating, event, {"at_least": 1.005, "at_most": 1.005})


def percentile_edges() -> Iterator[Json]:
    for event in (None, "Order Completed", "Product Viewed", "Product Added", "Cart Viewed"):
        for side in ("top_percent", "bottom_percent"):
            for percent in (10, 20, 25, 50, 100):
                leaf = {
                    "type": "percentile",
                    "function": "sum",
                    "of": {"on": "column", "column": "value_minor"},
                    side: percent,
                }
                yield leaf if event is None else {**leaf, "event": event}


def not_followed_edges() -> Iterator[Json]:
    """One first event at a time, with a second exactly at, before and after its time."""
    for base in AS_OFS[:4]:
        for step in DURATIONS[:4]:
            at = base - timedelta(**step)
            for by in EVENTS:
                yield {
                    "type": "not_followed",
                    "first": {},
                    "by": {"event": by},
                    "within": step,
                    "window": {
                        "type": "between",
                        "from": at.isoformat(),
                        "until": (at + MICRO).isoformat(),
                    },
                }


def sequence_edges() -> Iterator[Json]:
    """Chains that are just as long as allowed, and a microsecond longer."""
    # What the product says itself counts where it is named; there is most of it.
    kinds = (IDENTIFIED, TRAIT_COMPUTED, CONSENT_CHANGED, SUPPRESSION_CHANGED, *EVENTS[:3])
    for base in AS_OFS[:4]:
        for step in DURATIONS[:3]:
            at = base - timedelta(**step)
            for first, then in product(kinds, (None, *EVENTS)):
                yield {
                    "type": "sequence",
                    "steps": [{"event": first}, {} if then is None else {"event": then}],
                    "within": step,
                    "window": {
                        "type": "between",
                        "from": at.isoformat(),
                        "until": (base + 2 * MICRO).isoformat(),
                    },
                }


def recency_edges() -> Iterator[Json]:
    for step in DURATIONS:
        for event in (None, *EVENTS[:3]):
            leaf: Json = {"type": "recency", "within": step}
            yield leaf if event is None else {**leaf, "event": event}


def age_edges() -> Iterator[Json]:
    """The day of the birthday and the days around it, in years and in months."""
    for rule in ("feb_28", "mar_1"):
        for years in (26, 33, 34, 35, 36, 40, 41, 54, 55):
            for age in ({"at_least": years}, {"at_least": years, "at_most": years}):
                yield {"type": "age", "age": age, "february_29": rule}
        for months in (0, 1, 13, 408, 432):
            for trait in ("birthday", "signed_up"):
                age = {"at_least": months, "at_most": months}
                yield {"type": "age", "trait": trait, "age": age, "unit": "months",
                       "february_29": rule}  # fmt: skip


def anniversary_edges() -> Iterator[Json]:
    """Single days around those of many birthdays, and nearly all of a year."""
    for rule in ("feb_28", "mar_1", "leap_years_only"):
        for first, last in ((-2, -2), (-1, -1), (0, 0), (1, 1), (0, 7), (-180, 180)):
            leaf: Json = {"type": "anniversary", "trait": "birthday", "february_29": rule}
            yield {**leaf, "from": first, "to": last}


def next_edges() -> Iterator[Json]:
    """A date exactly as far ahead as asked for, and a second further."""
    for hours, seconds in ((17, 0), (16, 3_599), (24, 0), (1, 0)):
        duration: Json = {"hours": hours} | ({"seconds": seconds} if seconds else {})
        test = {"type": "when", "window": {"type": "next", "duration": duration}}
        yield {"type": "trait", "trait": "signed_up", "test": test}


def due_edges() -> Iterator[Json]:
    for event in (None, *EVENTS):
        for events in (2, 3, 5):
            for times in (0, 1, 2):
                leaf: Json = {"type": "due", "intervals": {"at_least": times}, "events": events}
                yield leaf if event is None else {**leaf, "event": event}


def ratio_edges() -> Iterator[Json]:
    coupon = [{"on": "column", "column": "coupon", "test": {"type": "is_set"}}]
    for event in EVENTS[:5]:
        for percent in (
            {"at_least": 50, "at_most": 50}, {"at_most": 0}, {"more_than": 33.333333},
            {"at_least": 100}, {"less_than": 100},
        ):  # fmt: skip
            whole = {"event": event}
            part = {**whole, "where": coupon}
            yield {"type": "event_ratio", "part": part, "whole": whole, "percent": percent}
            yield {"type": "event_ratio", "part": whole, "whole": part, "percent": percent}


def repeated_edges() -> Iterator[Json]:
    """One event with the same item twice is one event."""
    for event in ("Order Completed", "Product Viewed", "Cart Viewed"):
        for field in ("category", "product_id"):
            for times in (2, 3, 4):
                of = {"on": "item", "field": field}
                yield {"type": "repeated", "of": of, "times": times, "event": event}


def item_totals() -> Iterator[Json]:
    cat = [{"field": "category", "test": {"type": "is", "value": "cat"}}]
    for event in ("Order Completed", "Product Viewed"):
        for total, amount in (("lines", 2), ("quantity", 2), ("amount_minor", 200)):
            for function in ("sum", "avg", "min", "max"):
                for bound in ("at_least", "less_than"):
                    of = {"on": "items", "total": total}
                    yield _aggregate(function, of, event, {bound: amount})
                    yield _aggregate(function, {**of, "where": cat}, event, {bound: amount})


def _aggregate(function: str, of: Json, event: str, value: Json) -> Json:
    return {
        "type": "event_aggregate",
        "function": function,
        "of": of,
        "event": event,
        "value": value,
    }


def machines() -> Iterator[Json]:
    """Every leaf that reads events, of mail or of any kind, asking who it was and not asking."""
    money = {"on": "property", "path": ["rating"]}
    for event in (EMAIL_OPENED, EMAIL_LINK_CLICKED, None):
        for who in _WHO:
            some: Json = {"where": who} if event is None else {"event": event, "where": who}
            order: Json = {"event": "Order Completed"}
            month = {"type": "last", "duration": {"days": 30}}
            yield {"type": "event_count", "count": {"at_least": 1}, **some}
            yield {"type": "event_count", "count": {"at_most": 0}, "window": month, **some}
            yield {"type": "event_count", "count": {"at_least": 2}, **some}
            yield {**_aggregate("sum", money, event, {"at_least": 3}), "where": who}
            yield {**_aggregate("max", money, event, {"at_most": 2}), "where": who}
            yield {
                "type": "distinct_count",
                "of": {"on": "column", "column": "message_id"},
                "count": {"at_least": 2},
                **some,
            }
            of = {"on": "column", "column": "message_id"}
            yield {"type": "repeated", "of": of, "times": 2, **some}
            yield {"type": "event_ratio", "part": some, "whole": order, "percent": {"at_least": 50}}
            yield {"type": "recency", "within": {"days": 7}, **some}
            yield {"type": "recency", "more_than": {"days": 4}, **some}
            yield {"type": "due", "events": 2, "intervals": {"at_least": 0.5}, **some}
            among = {"event": event, "among": who} if event else {"among": who}
            for edge in ("first_event", "last_event"):
                yield {"type": edge, "window": month, **among}
            for steps in ([some, order], [order, some]):
                yield {"type": "sequence", "steps": steps, "within": {"days": 30}}
                first, then = steps
                yield {"type": "not_followed", "first": first, "by": then, "within": {"days": 7}}
            yield {"type": "percentile", "function": "sum", "of": money, "top_percent": 25, **some}


_WHO: list[list[Json]] = [
    [],
    [{"on": "column", "column": "is_machine", "test": {"type": "is", "value": 1}}],
    [{"on": "column", "column": "is_machine", "test": {"type": "number", "at_least": 0}}],
    [{"on": "property", "path": ["is_machine"], "test": {"type": "is", "value": True}}],
    [{"on": "column", "column": "message_id", "test": {"type": "is", "value": "msg_1"}}],
]
FOCUSED = {
    "machines": machines,
    "trait_forms": trait_forms,
    "filter_forms": filter_forms,
    "aggregate_edges": aggregate_edges,
    "percentile_edges": percentile_edges,
    "not_followed_edges": not_followed_edges,
    "recency_edges": recency_edges,
    "sequence_edges": sequence_edges,
    "age_edges": age_edges,
    "anniversary_edges": anniversary_edges,
    "next_edges": next_edges,
    "due_edges": due_edges,
    "ratio_edges": ratio_edges,
    "repeated_edges": repeated_edges,
    "item_totals": item_totals,
}
# When it is a third date somewhere, for two hours of each day.
THREE_TODAYS = [instant("2026-03-01T11:30:00+00:00"), instant("2028-02-29T10:15:00+00:00")]
# Everything has happened by the last instant; sliding edges are looked at from each other one.
FOCUS_AS_OFS = {
    "recency_edges": AS_OFS[:3],
    "age_edges": [AS_OFS[0], AS_OFS[2], AS_OFS[4], AS_OFS[-1], *THREE_TODAYS],
    "anniversary_edges": THREE_TODAYS,
    "next_edges": AS_OFS[:3],
    "due_edges": AS_OFS[:3],
}
