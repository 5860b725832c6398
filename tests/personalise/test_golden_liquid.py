"""Our environment speaks Shopify's Liquid: the public golden-liquid cases, limits on."""

import json
from pathlib import Path

import pytest
from liquid import BoundTemplate
from liquid.exceptions import LiquidError

from kikubari.decide.personalise import Facts, liquid_environment
from kikubari.decide.personalise._context import RecordingContext
from kikubari.decide.personalise._program import RecordingTemplate
from kikubari.decide.personalise.record import Recorder, record_facts

GOLDEN = (
    Path(__file__).parents[2] / "../shared/fixtures/golden_liquid/golden_liquid.json"
).resolve()

# What the library itself fails in strict mode; a change in either direction must be looked at.
KNOWN_FAILURES = {
    "blank and empty, false is equal to blank",
    "blank and empty, nil is equal to blank",
    "blank and empty, null is equal to blank",
    "blank and empty, undefined is equal to blank",
    "tags, case, unexpected when token, strict2",
    "tags, comment, incomplete tags are not parsed",
}


def passes(case: dict) -> bool:
    environment = liquid_environment(autoescape=False, snippets=case.get("templates"))
    try:
        rendered = environment.from_string(case["template"], globals=case.get("data")).render()
    except LiquidError:
        return bool(case.get("invalid"))
    wanted = case.get("results") or [case.get("result")]
    return not case.get("invalid") and rendered in wanted


def test_golden_liquid_passes_but_for_the_six_the_library_fails():
    cases = json.loads(GOLDEN.read_text(encoding="utf-8"))["tests"]
    assert len(cases) == 1054
    assert {case["name"] for case in cases if not passes(case)} == KNOWN_FAILURES


def outcome(case: dict, render: object, *, autoescape: bool) -> tuple:
    """Return what a case gives when rendered one way: text, fault and place, facts read."""
    environment = liquid_environment(autoescape=autoescape, snippets=case.get("templates"))
    recorder = Recorder()
    try:
        names = record_facts(Facts(case.get("data") or {}), recorder)
        template = environment.from_string(case["template"])
        context = RecordingContext(template, globals=names, recorder=recorder)
        buffer = template.new_buffer()
        render(template, context, buffer)
    except LiquidError as error:
        place = error.token.start_index if error.token else None
        return type(error), str(error), place, recorder.printed, recorder.consulted
    facts = recorder.printed, recorder.consulted, recorder.absent
    return buffer.getvalue(), [list(paths) for paths in facts]


@pytest.mark.parametrize("autoescape", [False, True])
def test_functions_and_the_librarys_tree_give_the_same_text_faults_and_facts(autoescape):
    cases = json.loads(GOLDEN.read_text(encoding="utf-8"))["tests"]
    for case in cases:
        walked = outcome(case, BoundTemplate.render_with_context, autoescape=autoescape)
        run = outcome(case, RecordingTemplate.render_with_context, autoescape=autoescape)
        assert run == walked, case["name"]
