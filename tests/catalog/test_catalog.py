"""The catalogue as the log makes it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from kikubari.catalog import Catalog, CatalogProjection, CategoryCount
from kikubari.catalog._tables import product_versions, products
from kikubari.events import SequencedEvent
from kikubari.kit.money import Money
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.errors import NotFoundError
from kikubari.spec.topics import PRODUCT_UPDATED
from kikubari.storage import StateStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def statement(
    product_id: Any, hour: int = 0, *, message_id: str = "", source_id: int = 1, **fields: Any
) -> Event:
    at = NOON + timedelta(hours=hour)
    return Event(
        message_id=message_id or f"{product_id}-{hour}",
        kind=EventKind.TRACK,
        type=PRODUCT_UPDATED,
        occurred_at=at,
        received_at=at,
        source_id=source_id,
        properties={"product_id": product_id, **fields},
    )


def apply(store: StateStore, *events: Event) -> Catalog:
    items = [SequencedEvent(position, 0, event) for position, event in enumerate(events, start=1)]
    store.write(lambda connection: CatalogProjection().apply(connection, items))
    return Catalog(store)


def test_a_product_has_every_field(state: StateStore):
    catalog = apply(
        state,
        statement(
            85123,
            title="White Heart T-Light Holder",
            title_ja="白いハートのキャンドル立て",
            category="Home",
            category_ja="住まい",
            brand="Kotori",
            price=1980,
            currency="jpy",
            stock="12",
            image_url="/images/85123.svg",
            url="https://shop.example.jp/p/85123",
            colour="white",
        ),
    )
    product = catalog.get_product("85123")
    assert product.title_ja == "白いハートのキャンドル立て"
    assert (product.price, product.stock) == (Money(1980, "JPY"), 12)
    assert product.attributes == {"colour": "white"}
    assert product.updated_at == NOON


def test_the_latest_statement_of_each_field_holds(state: StateStore):
    catalog = apply(
        state,
        statement("a", 2, stock=0),
        statement("a", 0, title="Lamp", price="19.99", currency="USD", stock=5),
        statement("a", 1, title="Desk lamp", price=17.5),
        statement("a", 3, brand="Kotori"),
        statement("a", 4, brand=None),
    )
    product = catalog.get_product("a")
    assert (product.title, product.price, product.stock) == ("Desk lamp", Money(1750, "USD"), 0)
    assert product.brand is None
    past = catalog.find_product("a", as_of=NOON)
    assert past is not None
    assert (past.title, past.price, past.stock) == ("Lamp", Money(1999, "USD"), 5)
    assert catalog.find_product("a", as_of=NOON - timedelta(seconds=1)) is None


def test_price_and_stock_are_known_as_they_were(state: StateStore):
    catalog = apply(
        state,
        statement("a", 0, title="Lamp", price=20, currency="USD", stock=5),
        statement("a", 2, stock=0),
        statement("a", 1, price=15),
        statement("a", 3, brand="Kotori"),
        statement("a", 4, stock=9),
    )
    past = catalog.list_past_offers("a")
    assert [(one.price.amount_minor, one.stock, one.is_for_sale) for one in past if one.price] == [
        (2000, 5, True), (1500, 5, True), (1500, 0, False), (1500, 9, True),
    ]  # fmt: skip
    assert [one.at.hour - NOON.hour for one in past] == [0, 1, 2, 4]
    assert catalog.list_past_offers("a", until=NOON + timedelta(hours=1)) == past[:2]
    product = catalog.get_product("a")
    assert (product.price_at, product.stock_at) == (past[1].at, past[3].at)
    assert catalog.list_past_offers("nothing") == []


def test_variants_have_their_own_and_share_the_rest(state: StateStore):
    money = {"currency": "JPY"}
    catalog = apply(
        state,
        statement("shirt", 0, title="Shirt", brand="Kotori", accessory_of=["trousers", 7]),
        statement("shirt", 1, variant_id="S", price=30, stock=2, options={"size": "S"}, **money),
        statement("shirt", 2, variant_id="M", price=20, stock=0, options={"size": "M"}, **money),
    )
    shirt = catalog.get_product("shirt")
    assert (shirt.title, shirt.price, shirt.stock) == ("Shirt", Money(20, "JPY"), 2)
    assert shirt.relations == {"accessory_of": ("trousers", "7")}
    assert [(one.variant_id, one.is_for_sale) for one in shirt.variants] == [
        ("M", False), ("S", True),
    ]  # fmt: skip
    assert shirt.is_for_sale
    apply(state, statement("shirt", 3, variant_id="M", is_gone=True))
    assert catalog.get_product("shirt").price == Money(30, "JPY")
    assert [one.stock for one in catalog.list_past_offers("shirt", variant_id="S")] == [2]
    assert catalog.list_products(search="S").total == 1


def test_when_something_can_be_bought_before_its_release(state: StateStore):
    catalog = apply(
        state,
        statement("a", preorder_from="2026-11-01", released_on="2026-12-01", cost=4, price=10,
                  currency="USD", is_consumable="yes", kind="article", topic="tea"),
    )  # fmt: skip
    product = catalog.get_product("a")
    assert [product.is_preorder(date(2026, month, 1)) for month in (10, 11, 12)] == [
        False, True, True,
    ]  # fmt: skip
    assert not product.is_preorder(date(2026, 12, 2))
    assert (product.margin_percent, product.is_consumable, product.is_content) == (60, True, True)


def test_the_newer_word_counts_of_stock_and_availability(state: StateStore):
    catalog = apply(
        state,
        statement("a", 0, stock=5, availability="in stock"),
        statement("a", 1, availability="out of stock"),
        statement("b", 0, availability="out of stock"),
        statement("b", 1, stock=5),
        statement("c", 0, stock=0, availability="backorder"),
        statement("d", 0, stock=5, availability="discontinued"),
    )
    assert [one.is_for_sale for one in catalog.iter_products()] == [False, True, True, False]


def test_what_makes_no_sense_is_unknown(state: StateStore):
    catalog = apply(
        state,
        statement("a", title=5, price="cheap", currency="USD", stock=True),
        statement("b", price=5),
        statement("c", price=-5, currency="USD", stock="some"),
        statement(None, title="nameless"),
        statement("", title="nameless"),
    )
    for product in catalog.list_products().products:
        assert (product.title, product.price, product.stock) == (None, None, None)
    assert catalog.list_products().total == 3


def test_a_public_key_says_nothing_about_products(state: StateStore):
    event = statement("a", title="Free!")
    public = msgspec.structs.replace(event, trust=Trust.PUBLIC)
    assert apply(state, public).find_product("a") is None


def test_listing(state: StateStore):
    catalog = apply(
        state,
        statement("a1", title="Desk Lamp", category="Home"),
        statement("a2", title="Floor lamp", title_ja="フロアランプ", category="Home"),
        statement("b1", title="100% wool_socks", category="Wear"),
    )
    assert [p.product_id for p in catalog.list_products(search="LAMP").products] == ["a1", "a2"]
    assert [p.product_id for p in catalog.list_products(search="ﾌﾛｱ lamp").products] == ["a2"]
    assert catalog.list_products(search="d_sk").total == 0
    assert catalog.list_products(search="des%").total == 0
    assert [p.product_id for p in catalog.list_products(search="100% wool_").products] == ["b1"]
    page = catalog.list_products(category="Home", page=2, page_size=1)
    assert ([p.product_id for p in page.products], page.total) == (["a2"], 2)
    assert catalog.list_categories() == [CategoryCount("Home", 2), CategoryCount("Wear", 1)]


def test_loading_many(state: StateStore):
    catalog = apply(state, *[statement(f"p{n}", title=str(n)) for n in range(50)])
    wanted = [f"p{n}" for n in range(40, 12_000)]
    assert sorted(catalog.load_products(wanted)) == [f"p{n}" for n in range(40, 50)]
    with pytest.raises(NotFoundError):
        catalog.get_product("p50")


SAID: dict[str, st.SearchStrategy[Any]] = {
    "title": st.sampled_from(["x", "y", None]),
    "stock": st.integers(0, 3) | st.none(),
    "price": st.integers(1, 3),
    "currency": st.just("JPY"),
    "availability": st.sampled_from(["in stock", "out of stock", "preorder"]),
    "variant_id": st.sampled_from(["S", "M"]),
    "is_gone": st.booleans(),
}
STATEMENTS = st.lists(
    st.builds(
        lambda said, *place, **key: statement(*place, **key, **said),
        st.fixed_dictionaries({}, optional=SAID),
        st.sampled_from(["a", "b"]),
        st.integers(0, 2),
        message_id=st.sampled_from("mnopq"),
        source_id=st.integers(1, 2),
    ),
    max_size=8,
    # a message is the same whenever it comes
    unique_by=lambda event: (event.source_id, event.message_id),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STATEMENTS, st.randoms(use_true_random=False), st.integers(0, 8))
def test_the_order_of_arrival_does_not_matter(
    state: StateStore, events: list[Event], random: Any, cut: int
):
    def products_after(*batches: list[Event]) -> Any:
        state.write(lambda connection: connection.execute(delete(product_versions)))
        state.write(lambda connection: connection.execute(delete(products)))
        for batch in batches:
            apply(state, *batch)
        catalog = Catalog(state)
        return catalog.list_products().products, [
            catalog.list_past_offers(product_id, variant_id=variant_id)
            for product_id in "ab"
            for variant_id in (None, "S")
        ]

    shuffled = events[:]
    random.shuffle(shuffled)
    again = shuffled[:cut]
    assert products_after(events) == products_after(shuffled[:cut], shuffled[cut:], again)
