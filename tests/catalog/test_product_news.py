"""News about products: when there are some, who is told, and that nobody is told twice."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from news_shop import NOON, Shop, watchers

from kikubari.catalog import Catalog, NewsRules, ProductNews, Tie, ToldNews
from kikubari.spec.errors import ConflictError, InvalidInputError
from kikubari.spec.topics import BACK_IN_STOCK, LOW_STOCK, PRICE_DROPPED
from kikubari.storage import StateStore
from kikubari.testing.catalog import ListedWatchers


@pytest.fixture
def shop(state: StateStore) -> Shop:
    shop = Shop(state)
    shop.say(title="Lamp", category="Light", price=100, currency="GBP", stock=20, minutes=-600)
    shop.settle()
    shop.watchers.watchers = {"lamp": watchers([3, 7])}
    return shop


def test_what_comes_while_the_catalogue_is_brought_in_is_no_news(shop: Shop):
    shop.watchers.watchers["cup"] = watchers([3])
    shop.watchers.fitting["Kitchen"] = watchers([4])
    shop.say("cup", category="Kitchen", price=5, currency="GBP", stock=1)
    assert shop.told() == []


def test_a_price_that_drops_is_told_to_those_who_watch_it(shop: Shop):
    shop.say(price=80)
    assert shop.told() == [(PRICE_DROPPED, 3), (PRICE_DROPPED, 7)]
    assert shop.said()[0] == {
        "product_id": "lamp",
        "category": "Light",
        "old_price": 100,
        "new_price": 80,
        "currency": "GBP",
        "drop_percent": 20.0,
        "stock": 20,
        "connection": "favourite",
        "since": "2026-08-14T12:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"price": 96}, None),
        ({"price": 95}, PRICE_DROPPED),
        ({"price": 120}, None),
        ({"price": 80, "currency": "USD"}, None),
        ({"price": 80, "stock": 0}, None),
        ({"price": None}, None),
        ({"stock": 6}, None),
        ({"stock": 5}, LOW_STOCK),
        ({"stock": 0}, None),
        ({"stock": None}, None),
        ({"is_gone": True, "stock": 3}, None),
    ],
)
def test_what_is_news(shop: Shop, fields: dict[str, Any], event: str | None):
    shop.say(**fields)
    assert [name for name, _ in shop.told()] == ([event] * 2 if event else [])


def test_a_price_that_falls_in_small_steps_has_fallen_all_the_same(shop: Shop):
    shop.say(price=97, minutes=1)
    assert shop.told() == []
    shop.say(price=94, minutes=2)
    assert [(one["old_price"], one["new_price"]) for one in shop.said()] == [(100, 94)] * 2


def test_what_was_sold_out_comes_back(shop: Shop):
    shop.say(stock=0, minutes=1)
    assert shop.told() == []
    shop.say(stock=3, minutes=2)
    assert shop.told() == [(BACK_IN_STOCK, 3), (BACK_IN_STOCK, 7)]


def test_what_feeds_call_availability_comes_back_as_well(shop: Shop):
    shop.say(availability="out of stock", minutes=1)
    shop.settle()
    shop.say(availability="in stock", minutes=2)
    assert {name for name, _ in shop.told()} == {BACK_IN_STOCK}
    assert shop.news.list_news().news[0].at == NOON + timedelta(minutes=2)


def test_a_variant_is_news_to_those_who_watch_it(shop: Shop):
    for size in "ML":
        shop.say(
            "shirt", variant_id=f"shirt-{size}", price=30, currency="GBP", stock=9, minutes=-99
        )
    shop.settle()
    shop.watchers.watchers = {"shirt-M": watchers([1]), "shirt": watchers([2])}
    shop.say("shirt", variant_id="shirt-M", stock=2)
    assert shop.told() == [(LOW_STOCK, 1)]
    assert shop.said()[0]["variant_id"] == "shirt-M"
    shop.say("shirt", variant_id="shirt-L", price=20)
    assert shop.told()[1:] == [(PRICE_DROPPED, 2)]


def test_an_old_statement_that_arrives_late_is_no_news(shop: Shop):
    shop.say(price=120, minutes=5)
    shop.settle()
    shop.say(price=50, stock=1, minutes=-700)
    shop.say(price=60, minutes=4)
    assert shop.told() == []
    product = Catalog(shop.state).get_product("lamp")
    assert (product.price.amount_minor, product.stock) == (12_000, 20)


def test_what_has_been_so_for_days_is_no_news(shop: Shop):
    shop.clock.advance(timedelta(days=3))
    shop.say(price=50, minutes=1)
    assert shop.told() == []


def test_who_looked_since_knows(shop: Shop):
    later = NOON + timedelta(minutes=10)
    shop.watchers.watchers["lamp"] = watchers([3], Tie.VIEW, later) + watchers([4], Tie.VIEW)
    shop.say(price=50, minutes=1)
    assert shop.told() == [(PRICE_DROPPED, 4)]


def test_nobody_hears_the_same_news_again_before_the_cool_down_is_over(shop: Shop):
    for day, price in enumerate((80, 100, 70, 100, 60)):
        at = day * 24 * 60
        shop.clock.advance(timedelta(days=day) - (shop.clock.now() - NOON))
        shop.say(price=price, minutes=at)
        shop.settle()
    assert shop.told() == [(PRICE_DROPPED, 3), (PRICE_DROPPED, 7)]
    shop.watchers.watchers["lamp"] += watchers([9])
    shop.clock.advance(timedelta(days=5))
    shop.say(price=100, minutes=9 * 24 * 60 - 5)
    shop.settle()
    shop.say(price=50, minutes=9 * 24 * 60)
    assert len(shop.told()) == 5
    assert shop.told()[2:] == [(PRICE_DROPPED, 3), (PRICE_DROPPED, 7), (PRICE_DROPPED, 9)]


def test_what_is_no_longer_true_is_not_told(shop: Shop):
    shop.watchers.position = 0
    shop.say(price=50, minutes=1)
    shop.settle()
    shop.say(price=100, minutes=2)
    shop.watchers.position = 1 << 60
    assert shop.told() == []
    assert shop.states() == [(PRICE_DROPPED, "overtaken")]


def test_people_are_told_in_batches_and_whoever_stops_goes_on(shop: Shop):
    shop.watchers.watchers["lamp"] = watchers(range(1, 2_501))
    shop.say(price=50, minutes=1)
    shop.news.step()
    assert shop.news.list_news().news[0].n_told == 1_000
    # A process that was killed: nothing was kept but what was committed.
    shop.news = ProductNews(shop.state, shop.watchers, shop.clock)
    assert shop.told() == [(PRICE_DROPPED, number) for number in range(1, 2_501)]
    (news,) = shop.news.list_news(product_id="lamp").news
    assert isinstance(news, ToldNews)
    assert (news.state, news.n_told) == ("told", 2_500)


def test_two_processes_tell_nobody_twice(shop: Shop):
    class Rival(ListedWatchers):
        """Lets another process tell the same people between reading and writing."""

        def list_watchers(self, item_ids: Any, **options: Any) -> Any:
            other = ProductNews(shop.state, shop.watchers, shop.clock)
            other.step()
            return shop.watchers.list_watchers(item_ids, **options)

    shop.say(price=50, minutes=1)
    with pytest.raises(ConflictError):
        ProductNews(shop.state, Rival(), shop.clock).step()
    assert shop.told() == [(PRICE_DROPPED, 3), (PRICE_DROPPED, 7)]


def test_a_shop_has_its_own_thresholds(shop: Shop):
    shop.news.save_rules(NewsRules(min_drop_percent=30, low_stock=15))
    shop.say(price=80, stock=12, minutes=1)
    assert {name for name, _ in shop.told()} == {LOW_STOCK}
    shop.news.save_rules(NewsRules(is_on=False))
    shop.say(price=10, minutes=2)
    assert len(shop.told()) == 2


@pytest.mark.parametrize(
    "rules",
    [
        NewsRules(min_drop_percent=0),
        NewsRules(min_drop_percent=101),
        NewsRules(low_stock=0),
        NewsRules(cool_down_days=-1),
        NewsRules(view_days=0),
        NewsRules(fresh_hours=0),
    ],
)
def test_rules_that_cannot_be_followed_are_refused(shop: Shop, rules: NewsRules):
    with pytest.raises(InvalidInputError):
        shop.news.save_rules(rules)
    assert shop.news.get_rules() == NewsRules()


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.sampled_from([40, 60, 80, 100]), st.integers(0, 9)),
        min_size=1,
        max_size=6,
        unique_by=lambda one: one[0],
    ),
    st.randoms(use_true_random=False),
)
def test_whatever_the_order_nobody_is_told_twice_and_only_what_is_true(
    state: StateStore, said: list[tuple[int, int, int]], random: Any
):
    shop = Shop(state)
    product_id = f"lamp-{uuid.uuid4().hex}"
    shop.watchers.watchers = {product_id: watchers([3, 7])}
    shop.say(product_id, price=100, currency="GBP", stock=20, minutes=-1)
    shop.settle()
    before = len(shop.told())
    random.shuffle(said)
    for minutes, price, stock in said:
        shop.say(product_id, price=price, stock=stock, minutes=minutes)
        if random.random() < 0.5:
            shop.settle()
    told = shop.told()[before:]
    assert len(told) == len(set(told))
    product = Catalog(state).get_product(product_id)
    latest = max(said)
    assert (product.price.amount_minor, product.stock) == (latest[1] * 100, latest[2])
    for one in shop.news.list_news(product_id=product_id).news:
        assert one.n_told in (0, 2)
