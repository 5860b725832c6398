"""What the guard says of whole cases: its own set, and one that others have labelled."""

import json
import re
import time
from pathlib import Path

import pytest
from guard_cases import FIXTURE, MET_BY, confusion, judge, own_rows

import kikubari.decide.guard
from kikubari.decide.guard import Guard, list_rules, read_cases

OWN = own_rows()


@pytest.mark.parametrize("row", OWN, ids=[row["id"] for row in OWN])
def test_own_case(row):
    (verdict,) = judge([row])
    assert verdict.level.value in MET_BY[row["expected"]]
    assert set(row["rules"]) <= set(verdict.rules)
    for finding in verdict.findings:
        words = (finding.reason, finding.mend)
        assert all(one.ja and one.en for one in words)


def test_own_cases_speak_both_languages_and_touch_every_rule():
    japanese = [row for row in OWN if re.search("[ぁ-んァ-ン]", row["message_excerpt"])]
    assert len(OWN) >= 200
    assert len(japanese) >= 40
    objecting = {rule for row in OWN for rule in row["rules"]}
    # R30 exempts and never objects; P01 is a shop's own; W01 has test_guard_hints.py.
    assert objecting == set(list_rules()) - {"R30", "P01", "W01"}


def test_no_rule_answers_what_it_does_not_announce():
    rules = list_rules()
    for verdict in judge(OWN):
        for finding in verdict.findings:
            assert finding.level in rules[finding.rule].levels


def test_cases_labelled_by_others():
    rows = json.loads(FIXTURE.read_text())
    matrix = confusion(rows)
    exact = sum(n for (label, said), n in matrix.items() if said in MET_BY[label])
    assert exact / len(rows) >= 0.92
    assert matrix["block", "ok"] == 0
    assert matrix["ok", "block"] / len(rows) <= 0.02


def test_labelled_rule_is_among_those_named():
    rows = json.loads(FIXTURE.read_text())
    objectionable = [row for row in rows if row["expected"] != "ok"]
    named = [
        bool(set(re.findall(r"R\d\d", " ".join(row["reasons"]))) & set(verdict.rules))
        for row, verdict in zip(objectionable, judge(objectionable), strict=True)
    ]
    assert sum(named) / len(named) >= 0.92


def test_the_source_knows_no_case():
    rows = json.loads(FIXTURE.read_text())
    package = Path(kikubari.decide.guard.__file__).parent
    source = "\n".join(
        file.read_text() for kind in ("*.py", "*.toml") for file in package.rglob(kind)
    )
    for row in rows:
        assert not re.search(rf"\b{row['id']}\b", source)
        assert row["message_excerpt"] not in source


def test_a_message_takes_less_than_five_milliseconds():
    cases = read_cases(json.dumps(OWN).encode())
    guard = Guard()
    guard.judge(cases[0].message)  # patterns are compiled once per process
    started = time.process_time()
    for case in cases:
        guard.judge(case.message)
    assert (time.process_time() - started) / len(cases) < 0.005
