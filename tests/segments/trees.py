"""Random conditions over the generated shop, as JSON, so that reading them is tested too."""

import random
from collections.abc import Callable
from typing import Any

from population import AS_OFS, CATEGORIES, DURATIONS, EVENTS

Json = dict[str, Any]


def text_test(rng: random.Random, texts: list[str]) -> Json:
    text = rng.choice(texts)
    part = text[: rng.randint(1, len(text))]
    return rng.choice([
        {"type": "is", "value": text},
        {"type": "is_not", "value": text},
        {"type": "in", "values": rng.sample(texts, min(2, len(texts)))},
        {"type": "contains", "text": part},
        {"type": "contains", "text": part.swapcase(), "ignore_case": True},
        {"type": "starts_with", "text": part},
        {"type": "matches", "pattern": rng.choice(["^.{3,4}$", "(?i)DOG", "a.l", "^[^a-m]", "o"])},
        {"type": "is_set"},
        {"type": "is_not_set"},
    ])  # fmt: skip


def number_range(rng: random.Random, numbers: list[float]) -> Json:
    number = rng.choice(numbers)
    return rng.choice([
        {"at_least": number},
        {"more_than": number},
        {"at_most": number},
        {"less_than": number},
        {"at_least": min(numbers), "less_than": number + 1},
    ])  # fmt: skip


def window(rng: random.Random) -> Json:
    start, end = sorted(rng.sample(AS_OFS[:6], 2))
    return rng.choice([
        {"type": "ever"},
        {"type": "last", "duration": rng.choice(DURATIONS[2:])},
        {"type": "last", "duration": {"days": 40}},
        {"type": "between", "from": start.isoformat(), "until": end.isoformat()},
        {"type": "between", "from": start.isoformat()},
        {"type": "between", "until": end.isoformat()},
        {
            "type": "calendar",
            "unit": rng.choice(["day", "week", "month", "quarter", "year"]),
            "offset": rng.choice([0, 0, -1]),
        },
    ])  # fmt: skip


def event_filter(rng: random.Random) -> Json:
    json_test = rng.choice([
        {"type": "is", "value": rng.choice(["red", "5", True, False, 5, 5.5])},
        {"type": "is_not", "value": rng.choice(["red", True, 5])},
        {"type": "number", **number_range(rng, [0.1, 1, 5])},
        text_test(rng, ["red", "blue", "true"]),
    ])  # fmt: skip
    item = rng.choice([
        [{"field": "category", "test": {"type": "is", "value": rng.choice(["dog", "cat"])}},
         {"field": "price_minor", "test": {"type": "number", **number_range(rng, [100, 500])}}],
        [{"field": "product_id", "test": text_test(rng, ["p1", "p2"])}],
        [{"field": "quantity", "test": {"type": "is", "value": 2}}],
    ])  # fmt: skip
    element = rng.choice([
        [{"path": ["brand"], "test": rng.choice([
            {"type": "is", "value": "A"}, {"type": "is", "value": True}, {"type": "is_set"}])},
         {"path": ["price"], "test": {"type": "number", **number_range(rng, [100, 500])}}],
        [{"path": [], "test": text_test(rng, ["red", "junk"])}],
    ])  # fmt: skip
    quantifier = rng.choice(["any", "any", "every", "no"])
    return rng.choice([
        {"on": "column", "column": "category", "test": text_test(rng, CATEGORIES)},
        {"on": "column", "column": "coupon", "test": {"type": "is_not_set"}},
        {"on": "column", "column": "value_minor",
         "test": {"type": "number", **number_range(rng, [100, 500, 1999.5])}},
        {"on": "property", "path": ["color"], "test": json_test},
        {"on": "property", "path": ["deep", "a", "b"], "test": rng.choice([
            {"type": "is", "value": "x"}, {"type": "is_set"}, {"type": "is_not_set"}])},
        {"on": f"{quantifier}_item", "where": item},
        {"on": f"{quantifier}_element", "path": ["products"], "where": element},
    ])  # fmt: skip


def events(rng: random.Random) -> Json:
    found: Json = {}
    if rng.random() < 0.8:
        found["event"] = rng.choice(EVENTS)
    if rng.random() < 0.4:
        found["where"] = [event_filter(rng) for _ in range(rng.choice([1, 1, 2]))]
    return found


def trait(rng: random.Random) -> Json:
    leaf: Json = {"type": "trait"}
    leaf["trait"], leaf["test"] = rng.choice([
        ("plan", text_test(rng, ["gold", "silver", "true", "3"])),
        ("plan", {"type": rng.choice(["is", "is_not"]), "value": rng.choice([True, False, 3])}),
        ("score", {"type": "number", **number_range(rng, [0.1, 0.3, 1])}),
        ("signed_up", {"type": "when", "window": window(rng)}),
        ("signed_up", {"type": "when", "window": {"type": "next", "duration": {"days": 30}}}),
        ("interests", {"type": "list_contains", "text": rng.choice(["dog", "true", "1"])}),
        ("email", {"type": rng.choice(["is_set", "is_not_set"])}),
    ])  # fmt: skip
    if rng.random() < 0.3:
        leaf["provenance"] = rng.sample(["declared", "observed", "inferred_self"], 2)
    if rng.random() < 0.3:
        leaf["min_confidence"] = rng.choice([0.5, 0.7])
    return leaf


def event_count(rng: random.Random) -> Json:
    count = rng.choice([
        {"at_least": 1}, {"at_least": 1}, {"at_least": 2}, {"at_most": 0}, {"at_most": 1},
        {"at_least": 1, "at_most": 2}, {"at_least": 2, "at_most": 2}, {"at_least": 0, "at_most": 0},
    ])  # fmt: skip
    return {"type": "event_count", "count": count, "window": window(rng), **events(rng)}


def measure(rng: random.Random) -> Json:
    return rng.choice([
        {"on": "column", "column": "value_minor"},
        {"on": "column", "column": "quantity"},
        {"on": "property", "path": ["rating"]},
        {"on": "items", "total": rng.choice(["quantity", "amount_minor", "lines"])},
        {"on": "items", "total": "amount_minor", "where": [
            {"field": "category", "test": {"type": "is", "value": rng.choice(["dog", "cat"])}}]},
    ])  # fmt: skip


def event_aggregate(rng: random.Random) -> Json:
    return {
        "type": "event_aggregate",
        "function": rng.choice(["sum", "avg", "min", "max"]),
        "of": measure(rng),
        "value": number_range(rng, [0, 0.3, 1.005, 100, 500, 1249.5]),
        "window": rng.choice([{"type": "ever"}, window(rng)]),
        **events(rng),
    }


def distinct_count(rng: random.Random) -> Json:
    of = rng.choice([
        {"on": "column", "column": rng.choice(["category", "query", "coupon"])},
        {"on": "item", "field": rng.choice(["product_id", "category"])},
        {"on": "day"},
    ])  # fmt: skip
    count = rng.choice([
        {"at_least": 1}, {"at_least": 2}, {"at_least": 3}, {"at_most": 1}, {"at_most": 2},
        {"at_least": 2, "at_most": 2},
    ])  # fmt: skip
    return {
        "type": "distinct_count", "of": of, "count": count, "window": window(rng), **events(rng),
    }  # fmt: skip


def repeated(rng: random.Random) -> Json:
    of = rng.choice([
        {"on": "column", "column": rng.choice(["category", "query"])},
        {"on": "item", "field": rng.choice(["product_id", "category"])},
    ])  # fmt: skip
    found = {} if rng.random() < 0.7 else events(rng)
    window_of = rng.choice([{"type": "ever"}, {"type": "ever"}, window(rng)])
    times = rng.choice([2, 2, 2, 3])
    return {"type": "repeated", "of": of, "times": times, "window": window_of, **found}


def event_ratio(rng: random.Random) -> Json:
    whole = events(rng)
    part = {**whole, "where": [event_filter(rng)]} if rng.random() < 0.6 else events(rng)
    return {
        "type": "event_ratio",
        "part": part,
        "whole": whole,
        "percent": number_range(rng, [0, 25, 33.333333, 50, 100]),
        "window": window(rng),
    }


def due(rng: random.Random) -> Json:
    found = {} if rng.random() < 0.5 else events(rng)
    return {
        "type": "due",
        "intervals": number_range(rng, [0.5, 1, 2.25]),
        "events": rng.choice([2, 2, 3]),
        "window": rng.choice([{"type": "ever"}, window(rng)]),
        **found,
    }


def recency(rng: random.Random) -> Json:
    edge = rng.choice([
        {"within": rng.choice(DURATIONS[2:])},
        {"more_than": rng.choice(DURATIONS[1:5])},
        {"within": {"days": 30}, "more_than": rng.choice(DURATIONS[:4])},
    ])  # fmt: skip
    return {"type": "recency", **edge, **events(rng)}


def edge_event(rng: random.Random) -> Json:
    leaf: Json = {"type": rng.choice(["first_event", "last_event"]), "window": window(rng)}
    if rng.random() < 0.7:
        leaf["event"] = rng.choice(EVENTS)
    if rng.random() < 0.4:
        leaf["among"] = [event_filter(rng)]
    if rng.random() < 0.5:
        leaf["where"] = [event_filter(rng)]
    return leaf


def sequence(rng: random.Random) -> Json:
    steps = [events(rng) for _ in range(rng.choice([2, 2, 3]))]
    if rng.random() < 0.3:
        steps[1] = dict(steps[0])
    within = rng.choice(DURATIONS[3:])
    return {"type": "sequence", "steps": steps, "within": within, "window": window(rng)}


def not_followed(rng: random.Random) -> Json:
    first = events(rng)
    return {
        "type": "not_followed",
        "first": first,
        "by": dict(first) if rng.random() < 0.2 else events(rng),
        "within": rng.choice(DURATIONS),
        "window": window(rng),
    }


def percentile(rng: random.Random) -> Json:
    side = rng.choice(["top_percent", "bottom_percent"])
    return {
        "type": "percentile",
        "function": rng.choice(["sum", "avg", "min", "max"]),
        "of": measure(rng),
        side: rng.choice([10, 20, 33.33, 50, 100]),
        "window": window(rng),
        **events(rng),
    }


def cart(rng: random.Random) -> Json:
    leaf: Json = {"type": "cart", "lookback": rng.choice([{"days": 7}, {"days": 30}])}
    if rng.random() < 0.6:
        leaf["value"] = number_range(rng, [0, 100, 500])
    if rng.random() < 0.4:
        leaf["idle"] = rng.choice(DURATIONS[:3])
    return leaf


def anniversary(rng: random.Random) -> Json:
    first = rng.choice([0, 0, -1, -3, 1])
    return {
        "type": "anniversary",
        "trait": rng.choice(["birthday", "birthday", "signed_up"]),
        "from": first,
        "to": first + rng.choice([0, 1, 7, 30]),
        "february_29": rng.choice(["feb_28", "mar_1", "leap_years_only"]),
    }


def age(rng: random.Random) -> Json:
    years = rng.random() < 0.7
    of_years = [
        {"at_least": 26}, {"at_least": 34}, {"at_most": 34}, {"at_least": 33, "at_most": 40},
        {"at_least": 55, "at_most": 55},
    ]  # fmt: skip
    of_months = [{"at_least": 1}, {"at_most": 0}, {"at_least": 13, "at_most": 420}]
    count = rng.choice(of_years if years else of_months)
    return {
        "type": "age",
        "trait": "birthday" if years else rng.choice(["birthday", "signed_up"]),
        "age": count,
        "unit": "years" if years else "months",
        "february_29": rng.choice(["feb_28", "mar_1"]),
    }


def consent(rng: random.Random) -> Json:
    leaf: Json = {
        "type": "consent",
        "purpose": rng.choice(["marketing", "marketing", "tracking"]),
        "status": rng.choice(["granted", "denied", "withdrawn", "unknown"]),
    }
    if rng.random() < 0.7:
        leaf["channel"] = rng.choice(["email", "sms"])
    return leaf


def prediction(rng: random.Random) -> Json:
    test = {"type": "number", **number_range(rng, [0.1, 0.3, 1])}
    return {"type": "prediction", "trait": "score", "test": test}


def runs_low(rng: random.Random) -> Json:
    leaf: Json = {"type": "runs_low", "within_days": rng.choice([1, 5, 14, 28])}
    if rng.random() < 0.2:
        leaf["product_id"] = rng.choice(["p1", "p9"])
    if rng.random() < 0.2:
        leaf["category"] = rng.choice(["dog", "cat"])
    if rng.random() < 0.3:
        leaf["min_confidence"] = rng.choice([0.5, 0.7])
    return leaf


def place(rng: random.Random) -> Json:
    field, values, source = rng.choice([
        ("country", ["JP", "GB"], "trait"),
        ("country", ["JP", "GB"], "last_visit"),
        ("postal_code", ["100-0001", "SW1"], "trait"),
        ("timezone", ["Asia/Tokyo", "America/New_York"], "trait"),
    ])  # fmt: skip
    return {"type": "place", "field": field, "source": source, "test": text_test(rng, values)}


def near(rng: random.Random) -> Json:
    point = rng.choice([(35.68, 139.76), (35.7, 139.7), (85, 180)])
    km = rng.choice([10, 100, 450, 500])
    return {"type": "near", "latitude": point[0], "longitude": point[1], "within_km": km}


def technology(rng: random.Random) -> Json:
    field, values = rng.choice([
        ("device", ["mobile", "desktop"]), ("os", ["iOS", "Windows"]), ("browser", ["Chrome"]),
    ])  # fmt: skip
    return {
        "type": "technology",
        "field": field,
        "test": text_test(rng, values),
        "window": window(rng),
    }


LEAVES: dict[str, Callable[[random.Random], Json]] = {
    "everyone": lambda _: {"type": "everyone"},
    "trait": trait,
    "event_count": event_count,
    "event_aggregate": event_aggregate,
    "distinct_count": distinct_count,
    "repeated": repeated,
    "event_ratio": event_ratio,
    "recency": recency,
    "due": due,
    "edge_event": edge_event,
    "sequence": sequence,
    "not_followed": not_followed,
    "percentile": percentile,
    "cart": cart,
    "anniversary": anniversary,
    "age": age,
    "consent": consent,
    "suppressed": lambda rng: {"type": "suppressed", "channel": rng.choice(["email", "sms"])},
    "reachable": lambda rng: {"type": "reachable", "channel": "email"},
    "segment": lambda rng: {"type": "segment", "segment": rng.choice(["seg_a", "seg_b"])},
    "list": lambda rng: {"type": "list", "list": rng.choice(["few", "most"])},
    "prediction": prediction,
    "runs_low": runs_low,
    "place": place,
    "near": near,
    "technology": technology,
    "searched": lambda rng: {
        "type": "searched",
        "text": rng.choice(["dog", "K", "フード", "o"]),
        "window": rng.choice([{"type": "ever"}, window(rng)]),
    },
    "acquired": lambda rng: {
        "type": "acquired",
        "test": text_test(rng, ["email", "paid_search", "direct"]),
    },
}
# Segments that others refer to; one refers to another itself.
SEGMENTS: dict[str, Json] = {
    "seg_a": {"type": "not", "of": {"type": "list", "list": "few"}},
    "seg_b": {
        "type": "any",
        "of": [
            {"type": "segment", "segment": "seg_a"},
            {"type": "event_count", "event": "Cart Viewed", "count": {"at_least": 2}},
        ],
    },
}


def tree(rng: random.Random, depth: int = 2) -> Json:
    kind = rng.random()
    if depth == 0 or kind < 0.5:
        return LEAVES[rng.choice(list(LEAVES))](rng)
    if kind < 0.65:
        return {"type": "not", "of": tree(rng, depth - 1)}
    of = [tree(rng, depth - 1) for _ in range(rng.choice([2, 2, 3]))]
    return {"type": "all" if kind < 0.82 else "any", "of": of}
