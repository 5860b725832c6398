"""What the product itself says of goods stops no message: their names, and why they are shown."""

from datetime import date

import pytest
from guard_cases import judge, own_rows

from kikubari.decide.recommend import Grounds, Reason, reason_sentence
from kikubari.demo.catalogue import build_catalogue
from kikubari.demo.source import read_sales

PLAIN = next(
    row
    for row in own_rows()
    if row["expected"] == "ok" and row["channel"] == "email" and not row["uses"]
)


@pytest.fixture(scope="module")
def products():
    return build_catalogue(read_sales(date(2026, 3, 30)), seed=1)


@pytest.mark.parametrize("sentence", ["{}", "Three picks for spring: {}.", "{}をご紹介します。"])
def test_no_name_of_a_product_is_stopped(products, sentence):
    names = sorted({name for one in products for name in (one.title, one.title_ja) if name})
    assert len(names) > 6_000
    rows = [PLAIN | {"message_excerpt": sentence.format(name)} for name in names]
    stopped = {
        name: verdict.rules
        for name, verdict in zip(names, judge(rows), strict=True)
        if verdict.level.value != "ok"
    }
    assert stopped == {}


@pytest.mark.parametrize("code", Reason)
def test_no_reason_of_an_item_is_stopped(code):
    told = [
        Grounds(code=code),
        Grounds(code=code, place="GB"),
        Grounds(code=code, place="京都府"),
        Grounds(code=code, category="Kitchen & Baking", category_ja="キッチン・製菓"),
        Grounds(code=code, seed="P1", seed_title="Red Teapot", seed_title_ja="赤い急須"),
        Grounds(code=code, days_since=3, usual_days=30),
    ]
    sentences = {reason_sentence(one, language) for one in told for language in ("ja", "en")}
    rows = [PLAIN | {"message_excerpt": one} for one in sorted(sentences)]
    levels = [verdict.level.value for verdict in judge(rows)]
    stopped = [
        row["message_excerpt"]
        for row, level in zip(rows, levels, strict=True)
        if level in ("hold", "block")
    ]
    assert stopped == []
