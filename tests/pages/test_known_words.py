"""What is known of a customer is said in their language, and put right by fitting fields."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from litestar.testing import TestClient
from page_world import PageWorld

from kikubari.api.pages.reader import Reader
from kikubari.api.pages.texts import Language, load_texts
from kikubari.api.pages.values import Values
from kikubari.decide.predict.habits import WEEKDAYS

STATED: dict[str, Any] = {
    "gender": "male",
    "acquisition_channel": "social",
    "country": "GB",
    "timezone": "Asia/Tokyo",
    "birthday": "1990-02-28",
    "created_at": "2024-05-06T22:30:00.000Z",
    "interests": ["gardening", "chess"],
    "is_company": False,
    "nickname": "sunny",
}
SaysInBoth = Callable[[str, object], tuple[str, str]]


def words(language: Language) -> Values:
    shelf = {"tableware": "食器"}
    return Values(Reader(language), zone="Asia/Tokyo", currency="GBP", category_ja=shelf.get)


@pytest.fixture
def said() -> SaysInBoth:
    return lambda name, value: (words("ja").say(name, value), words("en").say(name, value))


@pytest.mark.parametrize(
    ("name", "value", "ja", "en"),
    [
        ("gender", "Male", "男性", "Male"),
        ("gender", "non-binary", "ノンバイナリー", "Non-binary"),
        ("gender", "third", "third", "third"),
        ("acquisition_channel", "organic_search", "検索", "A search"),
        ("country", "JP", "日本", "Japan"),
        ("language", "ja", "日本語", "Japanese"),
        ("timezone", "Asia/Tokyo", "日本時間", "Japan Time"),
        ("birthday", "1988-02-29", "1988年2月29日", "29 February 1988"),
        ("birthday", "1989-02-29", "1989-02-29", "1989-02-29"),
        ("created_at", "2024-05-06T22:30:00Z", "2024年5月7日", "7 May 2024"),
        ("created_at", "2024-05-06T22:30:00", "2024年5月6日", "6 May 2024"),
        ("created_at", "2024-05-06T99:30:00Z", "2024-05-06T99:30:00Z", "2024-05-06T99:30:00Z"),
        ("seen_at", datetime(2024, 5, 6, 22, tzinfo=UTC), "2024年5月7日", "7 May 2024"),
        ("interests", ["letter writing", "chess"], "お手紙、chess", "Letter writing, chess"),
        ("favourite_category", "tableware", "食器", "tableware"),
        ("favourite_category", "bells", "bells", "bells"),
        ("predicted_best_weekday", "sunday", "日曜日", "Sunday"),
        ("predicted_best_hour", 18, "18時ごろ", "About 18:00"),
        ("predicted_churn", 0.256, "26%", "26%"),
        ("predicted_value_minor", 123456, "£1,234.56", "£1,234.56"),
        ("predicted_purchases", 2.4321, "2.4", "2.4"),
        ("order_count", 1234, "1,234", "1,234"),
        ("is_company", True, "はい", "Yes"),
        ("size", {"feet": 9}, '{"feet": 9}', '{"feet": 9}'),
    ],
)
def test_values_are_said_in_the_readers_language(
    said: SaysInBoth, name: str, value: object, ja: str, en: str
) -> None:
    assert said(name, value) == (ja, en)


def test_every_weekday_that_is_learned_has_words() -> None:
    assert {f"values.predicted_best_weekday_{day}" for day in WEEKDAYS} <= load_texts().keys()


def test_what_has_few_values_is_chosen_and_what_is_written_freely_is_not() -> None:
    values = words("ja")
    assert {one.value for one in values.choices("gender", "male")} > {"female", "other"}
    assert values.field("gender", "male") == "choice"
    # A value of the shop's own cannot be chosen again, so it is written as it was.
    assert values.choices("gender", "third") == ()
    assert values.field("gender", "third") == "text"
    assert values.field("birthday", "1990-02-28") == "date"
    assert {"EU", "ZZ"}.isdisjoint(one.value for one in values.choices("country", "JP"))


def test_the_page_shows_no_raw_value_and_takes_only_answers(
    browser: TestClient[Any], world: PageWorld
) -> None:
    world.add_person("3020", "ja", ("結衣", "山田"), agrees=True, more=STATED)
    world.settle()
    world.broadcast("For 3020", is_sent=True)
    path = world.link("3020", "/p/") + "/known"
    page = browser.get(path, params={"lang": "ja"}).text
    shown = re.sub(r"<[^>]*>", " ", page)
    for raw in ("male", "social", "GB", "Asia/Tokyo", "2024-05-06", "gardening", "false"):
        assert not re.search(rf"\b{raw}\b", shown), raw
    for word in ("男性", "SNS", "イギリス", "日本時間", "2024年5月6日", "ガーデニング", "いいえ"):
        assert word in shown, word
    assert 'name="value.created_at"' not in page
    names = re.findall(r'name="(?:shown|use)\.[^"]+', page)
    form = {name.removeprefix('name="'): "yes" for name in names}
    told = {"value.gender": "gorilla", "value.birthday": "tomorrow", "value.country": "FR"}
    saved = browser.post(path, params={"lang": "ja"}, data=form | told).text
    assert re.search(r'value="FR" selected', saved)
    world.settle()
    with world.services.store.read() as connection:
        traits = world.services.profiles.get_profile(connection, "3020").traits
    kept = {name: traits[name].value for name in ("gender", "birthday", "country")}
    assert kept == {"gender": "male", "birthday": "1990-02-28", "country": "FR"}
    browser.post(path, data=form | {"value.gender": ""})
    world.settle()
    with world.services.store.read() as connection:
        assert "gender" not in world.services.profiles.get_profile(connection, "3020").traits


def test_what_came_by_a_file_is_said_to_be_of_the_shops_records() -> None:
    assert words("ja").say_source("File import") == "当店の記録"
    assert words("en").say_source("File import") == "our records"
    assert words("en").say_source("Web shop") == "Web shop"
