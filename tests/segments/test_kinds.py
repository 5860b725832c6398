"""The seven kinds of segment: every example file says what it claims, and both evaluators agree."""

import re
from collections import Counter
from pathlib import Path

import pytest
from agreement import Shop
from population import AS_OFS

from kikubari.spec.conditions import decode_condition, walk

DOCS = Path(__file__).parents[2] / "docs"
FILES = sorted((DOCS / "segment-examples").glob("*.json"))
# | kind | in words | 日本語 | condition | [file](path) |
ROWS = re.findall(
    r"^\| [^|]*\| ([^|]+) \| ([^|]+) \| `([^`|]+)` \| \[[^]]+\]\(segment-examples/([^)]+)\) \|$",
    (DOCS / "segments.md").read_text(),
    re.MULTILINE,
)
KINDS = (
    "demographic", "psychographic", "geographic", "behavioural", "needs-based", "value-based",
    "technographic",
)  # fmt: skip


def test_the_table_lists_every_file_once_with_words_and_its_condition() -> None:
    assert sorted(row[3] for row in ROWS) == [path.name for path in FILES]
    for english, japanese, tag, name in ROWS:
        assert english.isascii() or "“" in english
        assert not japanese.isascii()
        condition = decode_condition((DOCS / "segment-examples" / name).read_bytes())
        assert tag in {type(node).__struct_config__.tag for _, node in walk(condition)}


def test_every_kind_has_three_examples_or_more() -> None:
    found = Counter(kind for path in FILES for kind in KINDS if path.name.startswith(f"{kind}-"))
    assert sum(found.values()) == len(FILES)
    assert min(found[kind] for kind in KINDS) >= 3


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_evaluators_agree_on_the_example(shop: Shop, path: Path) -> None:
    condition = decode_condition(path.read_bytes())
    for as_of in (AS_OFS[3], AS_OFS[-1]):
        assert shop.as_set(condition, as_of, None) == shop.one_by_one(condition, as_of, None)
