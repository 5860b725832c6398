"""The catalogue as the log makes it."""

from datetime import UTC, datetime, timedelta
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


STATEMENTS = st.lists(
    st.builds(
        statement,
        st.sampled_from(["a", "b"]),
        st.integers(0, 2),
        message_id=st.sampled_from("mnopq"),
        source_id=st.integers(1, 2),
        title=st.sampled_from(["x", "y", None]),
        stock=st.integers(0, 3),
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
    def products_after(*batches: list[Event]) -> list[Any]:
        state.write(lambda connection: connection.execute(delete(product_versions)))
        state.write(lambda connection: connection.execute(delete(products)))
        for batch in batches:
            apply(state, *batch)
        return Catalog(state).list_products().products

    shuffled = events[:]
    random.shuffle(shuffled)
    again = shuffled[:cut]
    assert products_after(events) == products_after(shuffled[:cut], shuffled[cut:], again)
