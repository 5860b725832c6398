"""Tracking plans as documents: what a schema may be, what a file must be."""

import re
from pathlib import Path
from typing import Any

import pytest

from kikubari.collect import InvalidPlanError, Mode, PlanRule, TrackingPlan, read_plan
from kikubari.collect.governance.compiled_plan import CompiledPlan


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"$ref": "https://example.com/schema.json"}, "not within the schema"),
        ({"$ref": "file:///etc/passwd"}, "not within the schema"),
        ({"properties": {"a": {"$ref": "#/$defs/missing"}}}, "nothing is at"),
        ({"$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"}, "itself"),
        ({"$ref": "#"}, "not within the schema"),
        ({"$id": "https://example.com/x"}, "$id is not supported"),
        ({"$dynamicRef": "#x"}, "$dynamicRef is not supported"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "2020-12"),
        ({"type": "strnig"}, "strnig"),
        ({"properties": {"a": {"pattern": "(?=a)b"}}}, "regex"),
        ({"pattern": "(a{1000}){1000}"}, "regex"),
        ({"enum": ["x" * 70_000]}, "64 KB"),
    ],
)
def test_schemas_that_reach_out_or_run_away_are_refused(schema: dict[str, Any], says: str):
    with pytest.raises(InvalidPlanError, match=says.replace("$", r"\$")):
        compiled(schema)


def test_a_schema_that_doubles_with_every_reference_is_refused():
    defs: dict[str, Any] = {"d0": {"type": "string"}}
    for level in range(1, 30):
        reference = {"$ref": f"#/$defs/d{level - 1}"}
        defs[f"d{level}"] = {"allOf": [reference, reference]}
    with pytest.raises(InvalidPlanError, match="unfolds"):
        compiled({"$defs": defs, "$ref": "#/$defs/d29"})


def test_words_inside_data_are_no_keywords():
    compiled({"properties": {"x": {"const": {"$ref": "http://example.com"}}}})
    compiled({"properties": {"$id": {"type": "string"}}, "default": {"$id": "x"}})


@pytest.mark.parametrize(
    "text",
    [b"{", b"[]", b'{"events": {"A": {"mode": "warn"}}}', b'{"evnets": {}}', b"\xff"],
)
def test_files_that_are_no_plan(text: bytes):
    with pytest.raises(InvalidPlanError):
        read_plan(text)


def test_reserved_events_have_no_rules():
    with pytest.raises(InvalidPlanError):
        CompiledPlan(TrackingPlan(events={"Kikubari Consent Changed": PlanRule()}))


def compiled(schema: dict[str, Any]) -> None:
    CompiledPlan(TrackingPlan(events={"A": PlanRule(schema)}))


def test_the_plan_of_the_guide_is_one():
    guide = (Path(__file__).parents[2] / "docs/governance.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    plan = read_plan(example.encode())
    assert plan.events["Order Completed"].property_modes == {"order_id": Mode.BLOCK}
    CompiledPlan(plan)
