"""Which recipes a shop's data is enough for, and what one makes."""

from datetime import UTC, datetime, timedelta

import pytest

from kikubari.deliver import Sender
from kikubari.journeys.definition import MessageStep
from kikubari.journeys.recipes import RECIPES, RecipeBook, RecipeOptions
from kikubari.kit.clock import ManualClock
from kikubari.spec.errors import InvalidInputError, NotFoundError

CLOCK = ManualClock(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))


class Survey:
    """Knows how many people sent what."""

    def __init__(self, events=(), traits=()) -> None:
        self.events, self.traits = dict(events), dict(traits)
        self.since = None

    def count_events(self, names, *, since):
        self.since = since
        return {name: n for name, n in self.events.items() if name in names}

    def count_traits(self, names):
        return {name: n for name, n in self.traits.items() if name in names}


def test_a_recipe_is_ready_once_what_it_requires_is_sent():
    survey = Survey()
    book = RecipeBook(survey, CLOCK)
    cart = book.get_recipe("cart-abandonment")
    assert not cart.is_ready
    missing = {one.need.name for one in cart.needs if not one.is_met}
    assert missing == {"Product Added", "Order Completed", "Checkout Started"}
    survey.events = {"Product Added": 12, "Order Completed": 3}
    cart = book.get_recipe("cart-abandonment")
    assert cart.is_ready
    assert {one.need.name: one.people for one in cart.needs}["Product Added"] == 12
    assert survey.since == CLOCK.now() - timedelta(days=90)


def test_a_trait_is_looked_for_among_traits():
    book = RecipeBook(Survey(events={"birthday": 5}), CLOCK)
    assert not book.get_recipe("birthday").is_ready
    assert RecipeBook(Survey(traits={"birthday": 5}), CLOCK).get_recipe("birthday").is_ready


def test_what_is_not_looked_for_does_not_stand_in_the_way():
    welcome = RecipeBook(Survey(), CLOCK).get_recipe("welcome")
    assert welcome.is_ready
    assert {one.need.kind: one.people for one in welcome.needs}["consent"] is None


def test_every_unmet_need_says_where_to_read_on():
    for standing in RecipeBook(Survey(), CLOCK).list_recipes():
        assert all(one.need.how for one in standing.needs)
    assert len(RecipeBook(Survey(), CLOCK).list_recipes()) == len(RECIPES)


def test_a_recipe_makes_a_journey_as_asked():
    sender = Sender(from_address="shop@shop.example")
    options = RecipeOptions(language="ja", sender=sender, topic="news", offer="off_1")
    journey = RecipeBook(Survey(), CLOCK).make("win-back", options)
    messages = [step for step in journey.steps if isinstance(step, MessageStep)]
    assert journey.name == "お久しぶりのご案内"
    assert {step.sender for step in messages} == {sender}
    assert [step.coupon is not None for step in messages] == [False, True]


def test_what_cannot_be_made_is_refused():
    book = RecipeBook(Survey(), CLOCK)
    with pytest.raises(NotFoundError):
        book.make("nothing", RecipeOptions())
    with pytest.raises(InvalidInputError):
        book.make("price-drop", RecipeOptions(offer="off_1"))


def test_a_journey_may_have_a_name_of_its_own():
    options = RecipeOptions(name="Welcome / ようこそ")
    assert RecipeBook(Survey(), CLOCK).make("welcome", options).name == "Welcome / ようこそ"
