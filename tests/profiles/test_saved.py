"""Favourites, compare lists, carts and saved searches, in whatever order events arrive."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people_world import Make, Shop

from empty_stores import open_empty_sqlite
from kikubari.profiles.saved import (
    Change,
    Item,
    Place,
    SavedStatement,
    fold_saved,
)


def product(product_id, **more):
    return {"product_id": product_id, "name": product_id.title(), "price": 300, **more}


def ids(items):
    return [item.id for item in items]


def test_favourites_stay_until_they_are_removed(shop, make):
    shop.take_in(
        make.track("Product Added to Wishlist", user_id="u1", properties=product("tea")),
        make.track("Product Added to Wishlist", user_id="u1", properties=product("cup"), day=1),
        make.track("Product Added to Wishlist", user_id="u1", properties=product("tea"), day=2),
        make.track("Product Removed from Wishlist", user_id="u1", properties=product("cup"), day=3),
        make.track("Order Completed", user_id="u1", properties={"order_id": "1"}, day=4),
    )
    (tea,) = shop.saved("u1").favourites
    assert tea.id == "tea"
    assert tea.saved_at == make.start
    assert tea.changed_at == make.start + timedelta(days=2)


def test_a_cart_adds_up_and_is_taken_apart(shop, make):
    add, remove = "Product Added", "Product Removed"
    shop.take_in(
        make.track(add, user_id="u1", properties=product("tea", quantity=2, cart_id="c")),
        make.track(add, user_id="u1", properties=product("tea", quantity=3, cart_id="c"), minute=1),
        make.track(add, user_id="u1", properties=product("cup", cart_id="c"), minute=2),
        make.track(
            remove, user_id="u1", properties=product("tea", quantity=1, cart_id="c"), minute=3
        ),
        make.track(remove, user_id="u1", properties={"sku": "cup"}, minute=4),
    )
    (tea,) = shop.saved("u1").cart
    assert (tea.id, tea.quantity, tea.list_id) == ("tea", 4, "c")
    assert tea.saved_at == make.start


def test_what_the_cart_page_shows_is_what_the_cart_holds(shop, make):
    shop.take_in(
        make.track("Product Added", user_id="u1", properties=product("tea", cart_id="c")),
        make.track("Product Added", user_id="u1", properties=product("pot", cart_id="c"), minute=1),
        make.track(
            "Cart Viewed",
            user_id="u1",
            properties={"cart_id": "c", "products": [product("tea", quantity=5), product("cup")]},
            minute=2,
        ),
        make.track("Cart Viewed", user_id="u1", properties={"cart_id": "c"}, minute=3),
    )
    cart = {item.id: (item.quantity, item.saved_at) for item in shop.saved("u1").cart}
    assert cart == {
        "tea": (5, make.start),
        "cup": (1, make.start + timedelta(minutes=2)),
    }


@pytest.mark.parametrize(
    ("order", "left"),
    [
        ({"cart_id": "web"}, ["other"]),
        ({}, []),
        ({"store": "Kyoto", "products": [{"product_id": "tea"}]}, ["other", "pot"]),
    ],
    ids=["of one cart", "of all", "over the counter"],
)
def test_an_order_takes_away_what_it_is_about(shop, make, order, left):
    shop.take_in(
        make.track("Product Added", user_id="u1", properties=product("tea", cart_id="web")),
        make.track("Product Added", user_id="u1", properties=product("pot", cart_id="web")),
        make.track("Product Added", user_id="u1", properties=product("other", cart_id="app")),
        make.track("Order Completed", user_id="u1", properties={"order_id": "1", **order}, day=1),
    )
    assert sorted(ids(shop.saved("u1").cart)) == left


def test_compare_lists_and_saved_searches(shop, make):
    shop.take_in(
        make.track("Product Added to Compare List", user_id="u1", properties=product("tea")),
        make.track("Compare List Cleared", user_id="u1", minute=1),
        make.track("Product Added to Compare List", user_id="u1", properties=product("pot"), day=1),
        make.track("Search Saved", user_id="u1", properties={"query": "iron pot"}),
        make.track("Search Saved", user_id="u1", properties={"query": "cups", "search_id": "s2"}),
        make.track("Saved Search Removed", user_id="u1", properties={"search_id": "s2"}, minute=1),
        make.track("Search Saved", user_id="u1", properties={"page": 1}),
    )
    saved = shop.saved("u1")
    assert ids(saved.compared) == ["pot"]
    assert [(item.id, item.name) for item in saved.searches] == [("iron pot", "iron pot")]
    assert saved.product_ids() == {"pot"}


def test_a_cart_filled_before_signing_in_is_the_persons(shop, make):
    shop.take_in(
        make.track("Product Added", anonymous_id="d1", properties=product("tea")),
        make.track("Product Added", user_id="u1", properties=product("pot"), minute=2),
    )
    assert ids(shop.saved("u1").cart) == ["pot"]
    shop.take_in(make.identify("u1", anonymous_id="d1", minute=3))
    assert ids(shop.saved("u1").cart) == ["pot", "tea"]


def test_what_cannot_be_read_is_no_statement(shop, make):
    shop.take_in(
        make.track("Product Added", user_id="u1", properties={"product_id": "", "quantity": True}),
        make.track("Product Added", user_id="u1", properties={"product_id": 7, "quantity": -3}),
        make.track("Cart Viewed", user_id="u1", properties={"products": ["x", {"name": "y"}]}),
        make.track("Product Added", properties=product("nobody's")),
    )
    assert [(item.id, item.quantity) for item in shop.saved("u1").cart] == [("7", 1)]


events = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "Product Added",
                "Product Removed",
                "Cart Viewed",
                "Order Completed",
                "Product Added to Wishlist",
                "Product Removed from Wishlist",
                "Wishlist Product Added to Cart",
                "Product Added to Compare List",
                "Compare List Cleared",
            ]
        ),
        st.sampled_from(["u1", None]),
        st.sampled_from(["", "c1", "c2"]),
        st.sampled_from(["tea", "pot"]),
        st.integers(0, 3),
        st.integers(0, 6),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(history=events, seed=st.randoms(use_true_random=False))
def test_order_repetition_and_batches_do_not_matter(history, seed, tmp_path_factory):
    make = Make()
    made = [
        make.track(
            name,
            user_id=user,
            anonymous_id="d1",
            minute=minute,
            properties={
                "cart_id": cart,
                "product_id": item,
                "quantity": quantity,
                "products": [{"product_id": item, "quantity": quantity}],
            },
        )
        for name, user, cart, item, quantity, minute in history
    ]
    made.append(make.identify("u1", anonymous_id="d1", day=1))
    results = []
    for shuffled in (False, True):
        store = open_empty_sqlite(tmp_path_factory.mktemp("s") / "s.db")
        shop = Shop(store)
        arriving = list(made)
        if shuffled:
            seed.shuffle(arriving)
            arriving += arriving[:3]
        cut = len(arriving) // 2
        for batch in (arriving[:cut], arriving[cut:]):
            shop.take_in(*batch)
        results.append(shop.saved("u1"))
        store.close()
    assert results[0] == results[1]


def test_folding_nothing():
    assert fold_saved([]).product_ids() == set()
    clear = SavedStatement(Place.CART, Change.CLEAR, "", "", ())
    assert fold_saved([(None, clear)]).cart == ()
    assert Item("a").quantity is None
