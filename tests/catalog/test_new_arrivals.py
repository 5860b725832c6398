"""Products that are new in the shop: which are news, when, and for how many."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from news_shop import NOON, Shop, watchers

from kikubari.catalog import NewsRules, Tie
from kikubari.spec.topics import NEW_ARRIVAL
from kikubari.storage import StateStore

MONTHS_AGO = -60 * 24 * 100
CUP: dict[str, Any] = {"category": "Kitchen", "price": 5, "currency": "GBP", "stock": 2}


@pytest.fixture
def shop(state: StateStore) -> Shop:
    """A shop that has sold lamps for months, and two people who like kitchens."""
    shop = Shop(state)
    shop.say(title="Lamp", category="Light", minutes=MONTHS_AGO)
    shop.settle()
    shop.watchers.fitting["Kitchen"] = watchers([3], Tie.VIEW) + watchers([7], Tie.PURCHASE)
    return shop


def test_a_new_product_is_told_to_those_whom_it_fits(shop: Shop):
    shop.say("cup", **CUP)
    assert shop.told() == [(NEW_ARRIVAL, 3), (NEW_ARRIVAL, 7)]
    assert shop.said() == [
        {
            "product_id": "cup",
            "category": "Kitchen",
            "stock": 2,
            "connection": tie,
            "since": "2026-08-14T12:00:00.000Z",
        }
        for tie in ("view", "purchase")
    ]
    shop.say("cup", title="Blue cup", minutes=1)
    assert len(shop.told()) == 2


def test_who_looked_at_its_kind_since_it_came_hears_of_it_all_the_same(shop: Shop):
    shop.watchers.fitting["Kitchen"] = watchers([3], Tie.VIEW, NOON + timedelta(hours=1))
    shop.say("cup", **CUP)
    assert shop.told() == [(NEW_ARRIVAL, 3)]


@pytest.mark.parametrize(
    "fields",
    [
        {"stock": 0},
        {"availability": "out of stock", "stock": None},
        {"is_gone": True},
        {"kind": "article"},
        {"category": None},
        {"minutes": -60 * 49},
    ],
)
def test_what_cannot_be_bought_fits_nobody_or_is_old_is_no_arrival(
    shop: Shop, fields: dict[str, Any]
):
    shop.say("cup", **CUP | fields)
    assert shop.told() == []
    assert shop.news.list_news().total == 0


def test_a_product_to_be_released_is_told_on_that_day(shop: Shop):
    shop.say("cup", **CUP | {"stock": 0, "released_on": "2026-11-25"})
    shop.say("cup", stock=9, minutes=30)
    assert shop.told() == []
    shop.clock.advance(datetime(2026, 11, 25, tzinfo=UTC) - shop.clock.now())
    assert shop.told() == [(NEW_ARRIVAL, 3), (NEW_ARRIVAL, 7)]


@pytest.mark.parametrize("change", [{"stock": 0}, {"released_on": "2026-12-25"}])
def test_a_release_that_comes_to_nothing_is_not_told(shop: Shop, change: dict[str, Any]):
    shop.say("cup", **CUP | {"released_on": "2026-11-25"})
    shop.settle()
    shop.say("cup", **change, minutes=30)
    shop.clock.advance(timedelta(days=3))
    assert shop.told() == []
    assert shop.states() == [(NEW_ARRIVAL, "overtaken")]


def test_of_many_at_once_the_first_twenty_are_told_and_more_the_day_after(shop: Shop):
    for number in range(25):
        shop.say(f"cup-{number:02}", **CUP, minutes=number - 30)
    assert {one["product_id"] for one in shop.said()} == {f"cup-{n:02}" for n in range(20)}
    shop.clock.advance(timedelta(days=2))
    shop.say("late-cup", **CUP, minutes=60 * 48)
    assert shop.said()[-1]["product_id"] == "late-cup"


def test_no_product_is_told_to_more_than_ten_thousand(shop: Shop):
    shop.watchers.fitting["Kitchen"] = watchers(range(1, 12_001))
    shop.say("cup", **CUP)
    shop.settle()
    (news,) = shop.news.list_news().news
    assert (news.state, news.n_told) == ("told", 10_000)


def test_a_whole_catalogue_is_not_new_however_its_statements_are_dated(state: StateStore):
    shop = Shop(state)
    shop.watchers.fitting["Kitchen"] = watchers([3])
    shop.say("old", **CUP, minutes=MONTHS_AGO)
    shop.say("cup", **CUP)
    assert shop.told() == []


def test_a_shop_that_wants_no_news_has_none_of_arrivals(shop: Shop):
    shop.news.save_rules(NewsRules(is_on=False))
    shop.say("cup", **CUP)
    assert shop.told() == []
