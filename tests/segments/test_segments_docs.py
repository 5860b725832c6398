"""The reference names every condition, and every example in it runs."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from agreement import Shop
from population import AS_OFS

from kikubari.spec.conditions import (
    Condition,
    DistinctOf,
    EventFilter,
    Measure,
    Next,
    Test,
    Window,
    convert_condition,
    decode_condition,
    encode_condition,
)

DOCS = Path(__file__).parents[2] / "docs" / "segments.md"
EXAMPLES = re.findall(r"```json\n(.*?)```", DOCS.read_text(), re.DOTALL)


def _tags(value: Any) -> set[str]:
    if isinstance(value, list):
        return {tag for inner in value for tag in _tags(inner)}
    if not isinstance(value, dict):
        return set()
    tags = {value[key] for key in ("type", "on") if key in value}
    return tags.union(*(_tags(inner) for inner in value.values()))


def test_every_kind_of_condition_test_filter_and_window_has_an_example() -> None:
    shown = _tags([json.loads(example) for example in EXAMPLES])
    unions = (Condition, Test, Window | Next, EventFilter, Measure, DistinctOf)
    kinds = [kind for union in unions for kind in get_args(union)]
    assert {kind.__struct_config__.tag for kind in kinds} - shown == set()


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_is_a_condition_on_which_both_evaluators_agree(shop: Shop, example: str) -> None:
    condition = decode_condition(example)
    assert decode_condition(encode_condition(condition)) == condition
    assert convert_condition(json.loads(example)) == condition
    for as_of in (AS_OFS[3], AS_OFS[-1]):
        assert shop.as_set(condition, as_of, None) == shop.one_by_one(condition, as_of, None)
