"""What the demo shop writes: about its own goods, harmless, and in both languages."""

import re
from datetime import date, timedelta
from importlib.resources import files

import msgspec
import pytest
from demo_shop import NEWEST_ON, read

from guard.guard_cases import judge, own_rows
from kikubari.decide.stages import LifeStages

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def articles(shop):
    return read(shop, "articles.csv")


def test_they_are_about_what_the_shop_sells_and_say_that_they_are_simulated(articles, products):
    categories = {(row["category"], row["category_ja"]) for row in products.values()}
    assert len(articles) >= 5
    for row in articles:
        assert row["product_id"] not in products
        assert row["kind"] in {"article", "guide"}
        assert (row["category"], row["category_ja"]) in categories
        filled = {name for name, value in row.items() if value} - {"simulated_fields"}
        assert set(row["simulated_fields"].split(";")) == filled
        for language in ("title", "description"):
            assert not JAPANESE.search(row[language])
            assert JAPANESE.search(row[f"{language}_ja"])


def test_all_can_be_read_one_is_new_and_one_is_for_a_stage_of_life(articles):
    days = [date.fromisoformat(row["released_on"]) for row in articles]
    assert max(days) <= NEWEST_ON
    assert max(days) >= NEWEST_ON - timedelta(days=12)
    body = files("kikubari.demo").joinpath("life_stages.json").read_bytes()
    known = {one.id for one in msgspec.json.decode(body, type=LifeStages).stages}
    stages = {row["stage"] for row in articles} - {""}
    assert stages
    assert stages <= known


def test_the_guard_has_nothing_against_their_words(articles):
    plain = next(
        row
        for row in own_rows()
        if row["expected"] == "ok" and row["channel"] == "email" and not row["uses"]
    )
    words = [
        row[name]
        for row in articles
        for name in ("title", "title_ja", "description", "description_ja")
    ]
    verdicts = judge([plain | {"message_excerpt": one} for one in words])
    stopped = {one: verdict.rules for one, verdict in zip(words, verdicts, strict=True)
               if verdict.level.value != "ok"}  # fmt: skip
    assert stopped == {}
