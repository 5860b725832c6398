"""Which recipes a shop's data is enough for, and what one makes."""

from datetime import UTC, datetime

import pytest

from kikubari.deliver import Sender
from kikubari.journeys.definition import MessageStep
from kikubari.journeys.readiness import EventSeen, Filled
from kikubari.journeys.recipes import RECIPES, RecipeBook, RecipeOptions
from kikubari.spec.conditions import convert_condition
from kikubari.spec.errors import InvalidInputError, NotFoundError

SEEN_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Shop:
    """Has so many events, traits, products and people who agreed."""

    def __init__(self, events=(), traits=(), *, products=0, agreed=0) -> None:
        self.events, self.traits = dict(events), dict(traits)
        self.products, self.agreed = products, agreed
        self.days = None

    def find_event(self, name, *, days):
        self.days = days
        n = self.events.get(name, 0)
        return EventSeen(n=n, last_at=SEEN_AT if n else None)

    def find_trait(self, name):
        return Filled(n=self.traits.get(name, 0))

    def count_products(self):
        return self.products

    def count_people(self, who):
        assert who["type"] == "consent"
        return self.agreed

    def tree_of(self, who):
        if isinstance(who, str):
            raise NotFoundError(who)
        return convert_condition(who)


def test_a_recipe_is_ready_once_what_it_requires_is_sent():
    shop = Shop()
    book = RecipeBook(shop)
    cart = book.get_recipe("cart-abandonment")
    assert not cart.is_ready
    missing = {one.need.name for one in cart.needs if not one.is_met}
    assert missing >= {"Product Added", "Order Completed", "Checkout Started"}
    shop.events = {"Product Added": 12, "Order Completed": 3}
    cart = book.get_recipe("cart-abandonment")
    assert cart.is_ready
    added = {one.need.name: one for one in cart.needs}["Product Added"]
    assert (added.n, added.last_seen_at) == (12, SEEN_AT)
    assert shop.days == 90


def test_a_trait_is_looked_for_among_traits():
    assert not RecipeBook(Shop(events={"birthday": 5})).get_recipe("birthday").is_ready
    assert RecipeBook(Shop(traits={"birthday": 5})).get_recipe("birthday").is_ready


def test_nobody_who_agreed_and_no_products_are_needs_too():
    assert not RecipeBook(Shop()).get_recipe("welcome").is_ready
    welcome = RecipeBook(Shop(agreed=4)).get_recipe("welcome")
    assert welcome.is_ready
    assert {one.need.kind: one.n for one in welcome.needs}["consent"] == 4
    events = {"Product Added to Wishlist": 3}
    assert not RecipeBook(Shop(events)).get_recipe("price-drop").is_ready
    assert RecipeBook(Shop(events, products=1)).get_recipe("price-drop").is_ready


def test_what_is_missing_is_shown_as_a_line_of_code():
    needs = RecipeBook(Shop()).get_recipe("welcome").needs
    examples = {one.need.kind: one.example for one in needs}
    assert '"purpose": "marketing"' in examples["consent"]
    assert examples["event"].startswith('analytics.track("Order Completed", {"order_id": ')
    assert examples["catalogue"] == "kikubari import products products.csv"
    met = RecipeBook(Shop(products=1)).get_recipe("welcome").needs
    assert [one.example for one in met if one.need.kind == "catalogue"] == [""]


def test_every_unmet_need_says_where_to_read_on():
    for standing in RecipeBook(Shop()).list_recipes():
        assert all(one.need.how for one in standing.needs)
    assert len(RecipeBook(Shop()).list_recipes()) == len(RECIPES)


def test_a_recipe_makes_a_journey_as_asked():
    sender = Sender(from_address="shop@shop.example")
    options = RecipeOptions(language="ja", sender=sender, topic="news", offer="off_1")
    journey = RecipeBook(Shop()).make("win-back", options)
    messages = [step for step in journey.steps if isinstance(step, MessageStep)]
    assert journey.name == "お久しぶりのご案内"
    assert {step.sender for step in messages} == {sender}
    assert [step.coupon is not None for step in messages] == [False, True]


def test_what_cannot_be_made_is_refused():
    book = RecipeBook(Shop())
    with pytest.raises(NotFoundError):
        book.make("nothing", RecipeOptions())
    with pytest.raises(InvalidInputError):
        book.make("price-drop", RecipeOptions(offer="off_1"))


def test_a_journey_may_have_a_name_of_its_own():
    options = RecipeOptions(name="Welcome / ようこそ")
    assert RecipeBook(Shop()).make("welcome", options).name == "Welcome / ようこそ"
