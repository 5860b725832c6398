"""The table of ASVS is whole: every requirement once, and what it names is there."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/asvs.md").read_text(encoding="utf-8")
LISTED = [
    line.split()
    for line in Path(__file__).with_name("asvs_5_0.txt").read_text().splitlines()
    if not line.startswith("#")
]
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.*?) \|$", PAGE, re.MULTILINE)
STATES = {"met": "met", "not applicable": "do not apply", "**not met**": "not met"}


def test_every_requirement_is_in_the_table_once_and_in_order():
    assert [row[0] for row in ROWS] == [number for number, _ in LISTED]
    # Of the standard itself: 70 of level 1 and 183 of level 2, less those of chapters 10 and 17.
    levels = Counter(level for _, level in LISTED)
    assert (levels["1"], levels["2"]) == (65, 152)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_says_how_or_why_not(row):
    _, wanted, state, how = row
    assert wanted
    assert how, "neither how nor why not"
    assert state in STATES
    for file in re.findall(r"`(tests/[^`]+)`", how):
        assert (ROOT / file).is_file(), file


def test_the_counts_told_are_those_of_the_table():
    told = Counter(row[2] for row in ROWS)
    for state, words in STATES.items():
        assert re.search(rf"\b{told[state]} (are )?{words}\b", PAGE.split("##")[0]), state
    assert f"Of {len(ROWS)}," in PAGE
