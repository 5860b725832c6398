"""The user guide holds: its examples import, its fields and codes are all there are."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from kikubari.collect.imports import ImportKind
from kikubari.collect.imports import contracts as limits
from kikubari.collect.imports.fields import FIELDS
from kikubari.collect.normalise import Arrival, normalise
from kikubari.collect.wire import read_message
from kikubari.spec.envelope import Event, Trust

STARTED_AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/importing.md").read_text(encoding="utf-8")
IMPORTS = ROOT / "src/kikubari/collect/imports"
EXPECTED = {"customers": 1, "events": 2, "orders": 2, "products": 1, "consents": 2,
            "suppressions": 1}  # fmt: skip


def section(kind: str) -> str:
    return re.split(r"\n##", GUIDE.split(f"### {kind}\n", 1)[1])[0]


def example_of(kind: str) -> str:
    example = re.search(r"(?:^    .+\n)+", section(kind), re.MULTILINE)[0]
    text = "".join(line.removeprefix("    ") for line in example.splitlines(keepends=True))
    return text.replace("¥", "￥")  # CP932 has only the wide sign


@pytest.mark.parametrize("kind", list(ImportKind))
@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_each_example_imports_without_a_problem(importing, kind, encoding):
    report = importing.run(kind, example_of(kind).encode(encoding))
    assert report.first_problems == ()
    assert report.accepted == EXPECTED[kind]
    unknown = {"会員ランク", "素材", "product_id", "price"}
    by_own_name = {c.column for c in report.mapping.columns if c.origin == "own_name"}
    assert by_own_name <= unknown


@pytest.mark.parametrize("kind", list(ImportKind))
def test_the_tracking_api_takes_every_example(importing, kind):
    importing.run(kind, example_of(kind))
    arrival = Arrival(source_id=1, trust=Trust.SERVER, received_at=STARTED_AT)
    for sent in importing.sink.messages:
        message = read_message(msgspec.json.encode(sent))
        event = normalise(message, arrival, lambda: "never")
        assert isinstance(event, Event), event
        assert event.message_id == sent["messageId"]
        assert event.occurred_at <= STARTED_AT


@pytest.mark.parametrize("kind", list(ImportKind))
def test_every_field_is_told(kind):
    told = set(re.findall(r"`(\w+)`", section(kind)))
    assert {field.name for field in FIELDS[kind]} - told <= {"message_id", "anonymous_id"}


CODE_LIKE = re.compile(r"(bad|date|invalid|unknown|missing|not_a|too_many|row_too)_\w+")


def test_every_code_is_told_and_no_other():
    table = GUIDE.split("| code | meaning |\n", 1)[1].split("\n\n")[0]
    told = set(re.findall(r"`([a-z_]+)`", table))
    words = {
        node.value
        for path in IMPORTS.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {word for word in words if word in told or CODE_LIKE.fullmatch(word)} == told


def test_limits_are_those_of_the_code():
    assert f"| {limits.MAX_RECORD_BYTES // 1024} KiB |" in GUIDE
    assert f"| a message | {limits.MAX_MESSAGE_BYTES // 1024} KiB |" in GUIDE
    assert f"| columns | {limits.MAX_COLUMNS:,} |" in GUIDE
