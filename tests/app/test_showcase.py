"""What messages of journeys may show: of what let a person in, and of their own lists."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from kikubari.app.showcase import Showcase
from kikubari.catalog import Product
from kikubari.decide.personalise import Facts, Lineage, Provenance
from kikubari.deliver import Dispatch, DispatchState, Origin
from kikubari.kit.clock import ManualClock
from kikubari.kit.money import Money
from kikubari.profiles.saved import SavedItem, SavedThings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def product(product_id, stock=3):
    return Product(
        product_id=product_id,
        updated_at=NOW,
        title=f"Product {product_id}",
        price=Money(1_200, "JPY"),
        stock=stock,
        url=f"/products/{product_id}",
    )


def saved(product_id):
    return SavedItem(
        id=product_id,
        list_id="",
        list_name="",
        quantity=1,
        name="",
        price=None,
        currency="",
        saved_at=NOW,
        changed_at=NOW,
    )


class World:
    """The rooms around, as far as they are asked: person 7 is also number 8."""

    def __init__(self, trigger=None) -> None:
        self.products = {name: product(name) for name in ("a", "b", "c")}
        self.products["gone"] = product("gone", stock=0)
        self.trigger = trigger

    def read(self):
        return nullcontext()

    def load_products(self, ids):
        return {one: self.products[one] for one in ids if one in self.products}

    def query_rows(self, query, parameters, *, budget):
        if "argMax" in query:
            return [(7, ["a", "unknown"], ["a"])]
        return [(7, "a"), (7, "b")]

    def resolve_numbers(self, connection, numbers):
        return dict.fromkeys(numbers, 7)

    def load(self, first, second):
        if isinstance(first, Dispatch):
            lineage = {"trigger": Lineage(provenance=Provenance.OBSERVED)}
            facts = Facts({"trigger": self.trigger}, lineage)
            return {} if self.trigger is None else dict.fromkeys(second, facts)
        return {7: SavedThings(cart=(saved("c"), saved("gone")), favourites=(saved("b"),))}


def load(trigger=None, kind="journey"):
    world = World(trigger)
    showcase = Showcase(
        world,
        world,
        catalog=world,
        columnar=world,
        people=world,
        saved=world,
        clock=ManualClock(NOW),
        base_url="https://shop.example",
    )
    dispatch = Dispatch(
        id=1,
        origin=Origin(kind, "jny_1/1/mail/1"),
        state=DispatchState.RUNNING,
        letter=None,
        letter_key=b"",
    )
    return showcase.load(dispatch, [8])


def ids(facts, name):
    return [one["product_id"] for one in facts.values[name]["products"]]


def test_lists_hold_what_can_be_bought_now():
    facts = load()[8]
    assert ids(facts, "cart") == ["c"]
    assert ids(facts, "favourites") == ["b"]
    assert ids(facts, "last_order") == ["a"]
    assert "trigger" not in facts.values


def test_what_was_looked_at_and_bought_is_not_shown_again():
    assert ids(load()[8], "viewed") == ["b"]


def test_an_events_products_are_the_catalogues():
    facts = load({"product_id": "b", "products": [{"product_id": "gone"}, 7], "order_id": "o"})[8]
    (shown,) = facts.values["trigger"]["products"]
    assert shown == {
        "product_id": "b",
        "title": "Product b",
        "title_ja": "Product b",
        "price": {"amount_minor": 1_200, "currency": "JPY"},
        "image_url": "",
        "url": "https://shop.example/products/b",
    }
    assert facts.values["trigger"]["order_id"] == "o"


def test_an_orders_lines_are_there_though_they_sold_out():
    order = {"products": [{"product_id": "gone", "price": 12}], "total": 12, "currency": "JPY"}
    said = load(order)[8].values["trigger"]
    assert said["products"] == []
    assert [line["title"] for line in said["lines"]] == ["Product gone"]
    assert said["amounts"] == {"total": {"amount_minor": 12, "currency": "JPY"}}


@pytest.mark.parametrize(
    ("name", "category"), [("cart", "product_interest"), ("last_order", "purchase")]
)
def test_it_is_said_where_they_are_from(name, category):
    lineage = load()[8].lineage[name]
    assert lineage.provenance is Provenance.OBSERVED
    assert lineage.category == category


def test_broadcasts_cost_nothing():
    assert load(kind="broadcast") == {}
