"""docs/guard.md: every rule in its words, every example judged."""

import json
import re
from pathlib import Path

import pytest
from guard_cases import FOLDER, judge

from kikubari.decide.guard import Guard, list_rules, read_cases

PAGE = (Path(__file__).parents[2] / "docs/guard.md").read_text(encoding="utf-8")
ROWS = {
    cells[0]: cells
    for line in PAGE.splitlines()
    if re.match(r"\| [RPW]\d\d \|", line) and (cells := line.strip("| ").split(" | "))
}
EXAMPLE = re.compile(r"“(?P<words>.+)”(?: `(?P<known>\{.+\})`)?")


def test_every_rule_is_told_in_its_own_words():
    rules = list_rules()
    assert ROWS.keys() == rules.keys()
    for rule_id, rule in rules.items():
        assert ROWS[rule_id][1] == rule.reason.en
        assert ROWS[rule_id][3].rstrip(" |") == rule.mend.en


@pytest.mark.parametrize("rule_id", [one for one in ROWS if one not in {"R30", "P01"}])
def test_an_example_is_judged_as_told(rule_id):
    found = EXAMPLE.fullmatch(ROWS[rule_id][4])
    assert found is not None
    known = json.loads(found["known"] or "{}")
    everyday = json.loads((FOLDER / "context.json").read_text())
    row = {
        "id": rule_id,
        "channel": "email",
        "message_excerpt": found["words"],
        **known,
        "context": {**everyday, **known.get("context", {})},
    }
    (verdict,) = judge([row])
    assert rule_id in verdict.rules
    assert verdict.level.value == ROWS[rule_id][5].strip(" |")


def test_the_draft_of_the_page_is_fine():
    [block] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (case,) = read_cases(block.encode())
    assert Guard().judge(case.message).level.value == "ok"
