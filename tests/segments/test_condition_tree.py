"""Trees are read strictly, and hostile ones are refused before they cost anything."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import tree

from kikubari.spec.conditions import (
    MAX_DEPTH,
    MAX_NODES,
    convert_condition,
    decode_condition,
    digest_of,
    encode_condition,
    walk,
)
from kikubari.spec.errors import InvalidInputError

EVERYONE = {"type": "everyone"}
COUNT = {"type": "event_count", "event": "X", "count": {"at_least": 1}}


def nested(depth):
    text = '{"type":"not","of":' * (depth - 1) + '{"type":"everyone"}' + "}" * (depth - 1)
    return text.encode()


@given(rng=st.randoms(use_true_random=False))
def test_json_form_keeps_every_tree(rng) -> None:
    value = tree(rng, 3)
    condition = convert_condition(value)
    assert decode_condition(encode_condition(condition)) == condition
    assert digest_of(decode_condition(json.dumps(value))) == digest_of(condition)
    assert len(list(walk(condition))) <= MAX_NODES


def test_depth_has_a_limit() -> None:
    assert len(list(walk(decode_condition(nested(MAX_DEPTH))))) == MAX_DEPTH
    for depth in (MAX_DEPTH + 1, 40_000):
        with pytest.raises(InvalidInputError, match="32 deep"):
            decode_condition(nested(depth))


def test_depth_of_plain_values_has_a_limit() -> None:
    value = EVERYONE
    for _ in range(50_000):
        value = {"type": "not", "of": value}
    with pytest.raises(InvalidInputError, match="32 deep"):
        convert_condition(value)


def test_brackets_in_texts_do_not_count() -> None:
    leaf = {"type": "searched", "text": '[{"' * 100}
    assert decode_condition(json.dumps(leaf)).text == '[{"' * 100


def test_size_has_a_limit() -> None:
    with pytest.raises(InvalidInputError, match="at most 500"):
        convert_condition({"type": "all", "of": [{"type": "any", "of": [EVERYONE] * 300}] * 2})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"type": "all", "of": []}, r"length >= 1 - at `\$.of`"),
        ({"type": "all", "of": [EVERYONE, {"type": "none"}]}, r"'none' - at `\$.of\[1\].type`"),
        ({**COUNT, "extra": 1}, "unknown field `extra`"),
        ({**COUNT, "count": {}}, r"`at_least` of 1 or more - at `\$.count`"),
        ({**COUNT, "count": {"at_least": 3, "at_most": 2}}, "nobody could qualify"),
        ({**COUNT, "count": {"at_least": "3"}}, r"at `\$.count.at_least`"),
        ({**COUNT, "window": {"type": "last", "duration": {}}}, "more than nothing"),
        ({**COUNT, "window": {"type": "last", "duration": {"days": 9_999}}}, "3660"),
        ({**COUNT, "window": {"type": "between", "from": "2026-01-01T00:00:00"}}, "offset"),
        ({**COUNT, "window": {"type": "between"}}, "needs `from`"),
        ({"type": "trait", "trait": "x", "test": {"type": "matches", "pattern": "("}}, "RE2"),
        ({"type": "trait", "trait": "x", "test": {"type": "matches", "pattern": "a" * 301}}, "300"),
        ({"type": "trait", "trait": "x", "test": {"type": "is", "value": "a\0"}}, "matching"),
        ({"type": "trait", "trait": "x", "test": {"type": "number"}}, "needs `at_least`"),
        ({"type": "trait", "trait": "x", "test": {"type": "in", "values": ["a"] * 1_001}}, "1000"),
        ({"type": "recency", "event": "X"}, "needs `within`"),
        ({"type": "percentile", "function": "sum", "of": {"on": "column", "column": "quantity"}},
         "needs one of"),
        ({"type": "anniversary", "trait": "x", "from": 2, "to": 1}, "before `from`"),
        ({"type": "near", "latitude": 89, "longitude": 0, "within_km": 1}, "85"),
        ({"type": "place", "field": "timezone", "source": "last_visit", "test": {"type": "is_set"}},
         "a visit tells"),
        ({**COUNT, "where": [{"on": "column", "column": "password", "test": {"type": "is_set"}}]},
         "Invalid enum value 'password'"),
        ({**COUNT, "where": [{"on": "column", "column": "quantity",
                              "test": {"type": "contains", "text": "1"}}]}, "is a number"),
        ({**COUNT, "where": [{"on": "column", "column": "brand",
                              "test": {"type": "number", "at_least": 1}}]}, "is text"),
        ({**COUNT, "where": [{"on": "property", "path": ["a"],
                              "test": {"type": "when", "window": {"type": "ever"}}}]}, "traits"),
        (float("nan"), "not a condition"),
        ("everyone", "not a condition"),
        ({1, 2}, "not a condition"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_path(value, message) -> None:
    with pytest.raises(InvalidInputError, match=message):
        convert_condition(value)


@given(st.binary(max_size=200))
def test_no_bytes_break_reading(body) -> None:
    with suppress(InvalidInputError):
        decode_condition(body)
