"""The guard's own cases: written before its rules, in the format of `kikubari guard check`."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kikubari.decide.guard import Guard, read_cases

FOLDER = Path(__file__).parent / "cases"
FIXTURE = Path(__file__).parents[2] / "../shared/fixtures/guard_cases.json"
# A hold keeps the message back as a block does.
MET_BY = {"block": {"block", "hold"}, "hold": {"hold"}, "warn": {"warn"}, "ok": {"ok"}}


def own_rows_by_set() -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each file of cases, as they stand there."""
    return {
        file.stem: json.loads(file.read_text())
        for file in sorted(FOLDER.glob("*.json"))
        if file.name != "context.json"
    }


def own_rows() -> list[dict[str, Any]]:
    """Return all own cases; what a case does not say of its context is everyday."""
    everyday = json.loads((FOLDER / "context.json").read_text())
    rows = [row for rows in own_rows_by_set().values() for row in rows]
    return [{**row, "context": {**everyday, **row["context"]}} for row in rows]


def judge(rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    guard = Guard()
    return [guard.judge(case.message) for case in read_cases(json.dumps(rows).encode())]


def confusion(rows: Sequence[Mapping[str, Any]]) -> Counter[tuple[str, str]]:
    """Return how often each verdict met each label: (label, verdict)."""
    return Counter(
        (row["expected"], verdict.level.value)
        for row, verdict in zip(rows, judge(rows), strict=True)
    )
