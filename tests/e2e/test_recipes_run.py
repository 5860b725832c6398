"""Recipes driven by real events: installed by the command, published, and read in the inbox."""

import pytest
from recipe_shop import KETTLE, ORDER, RecipeShop

CASES = {
    "cart-abandonment": ("Product Added", {**KETTLE, "cart_id": "c1", "quantity": 1}),
    "saved-items": ("Product Added to Wishlist", KETTLE),
    "preorder-teaser": ("Preorder Opened", {**KETTLE, "closes_on": "2030-12-24"}),
    "order-confirmation": ("Order Completed", ORDER),
    "first-purchase-thanks": ("Order Completed", ORDER),
    "review-request": ("Order Completed", ORDER),
    "complete-your-data": ("Order Completed", ORDER),
    "support-feedback": ("Support Ticket Closed", {}),
    "life-stage": ("Stage Chosen", {"stage": "senior"}),
    "ambassador": ("Feedback Given", {"score": 10}),
    "step-mail": ("Guide Requested", {"topic": "tea"}),
    "double-opt-in": ("Signed Up", {"newsletter": True}),
}


@pytest.fixture(scope="module")
def shop(installation):
    """A shop whose recipes all run."""
    opened = RecipeShop(installation)
    for recipe in CASES:
        opened.open_recipe(recipe)
    return opened


@pytest.mark.parametrize("recipe", CASES)
def test_an_event_becomes_the_mail_of_its_recipe(shop, recipe):
    user = f"{recipe}-reader"
    shop.register(user)
    shop.installation.settle()
    shop.track(user, *CASES[recipe])
    mail = shop.await_mail(user, recipe)
    assert "山田 様" in mail["html"]
    if recipe in ("cart-abandonment", "saved-items", "preorder-teaser"):
        assert "鉄瓶" in mail["html"]
    if recipe == "cart-abandonment":
        assert "cart?restore=c1" in mail["html"]
