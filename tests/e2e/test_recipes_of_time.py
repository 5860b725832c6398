"""Recipes that wait for a date, a schedule, the shop's stock or a history: read in the inbox.

Not `replenishment`: it waits for a forecast, which takes a shop with a past.
"""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from recipe_shop import KETTLE, ORDER, PRODUCTS, RecipeShop

_EVERY_MINUTE = {"cron": "* * * * *"}
_LETTERS_BEFORE_SUNSET = 6
# What a recipe's trigger is told so that its hour is now.
RECIPES = {
    "welcome": {},
    "permission-to-personalise": {},
    "browse-abandonment": {},
    "post-purchase-cross-sell": {},
    "vip-entry": {},
    "weekly-discovery": _EVERY_MINUTE,
    "win-back": _EVERY_MINUTE,
    "sunset": _EVERY_MINUTE,
    "low-stock": {},
    "price-drop": {},
    "back-in-stock": {},
    "new-arrival": {},
}
# Trait that holds a date, and how many days before it the message is due.
DATES = {"birthday": ("birthday", 7), "important-dates": ("reminder_on", 14)}
_NEW = (
    "P4,New whisk,新しい茶筅,Tea,600,JPY,9,https://shop.example/p/4,https://shop.example/p/4.jpg\n"
)
_SOON = timedelta(seconds=45)
_A_LEAP_YEAR = 1984  # of an adult: the guard would spare a child


@pytest.fixture(scope="module")
def shop(installation):
    """A shop whose recipes all run, and to each somebody for whom its time has come."""
    opened = RecipeShop(installation)
    for recipe, changes in RECIPES.items():
        opened.open_recipe(recipe, **changes)
    _open_letters(opened)
    for recipe in RECIPES:
        _PREPARE.get(recipe, _sign_up)(opened, f"{recipe}-reader")
    installation.settle()
    opened.import_products(
        PRODUCTS.replace("1200,JPY,50", "900,JPY,3").replace("900,JPY,0", "900,JPY,80") + _NEW
    )
    _await_dates(opened)
    return opened


@pytest.mark.parametrize("recipe", [*RECIPES, *DATES])
def test_a_time_that_comes_becomes_the_mail_of_its_recipe(shop, recipe):
    mail = shop.await_mail(f"{recipe}-reader", recipe)
    assert "山田 様" in mail["html"]
    if recipe in ("low-stock", "price-drop", "browse-abandonment"):
        assert "鉄瓶" in mail["html"]
    if recipe == "price-drop":
        assert "900" in mail["html"]
    if recipe == "back-in-stock":
        assert "品切れの急須" in mail["html"]
    if recipe == "new-arrival":
        assert "新しい茶筅" in mail["html"]
    if recipe == "birthday":
        assert "お知らせいただいたお誕生日" in mail["html"]


def _sign_up(shop, user):
    shop.register(user)


def _browse(shop, user):
    shop.register(user, tracking=True)
    shop.installation.settle()
    for _ in range(2):
        shop.track(user, "Product Viewed", KETTLE)


def _look(shop, user):
    shop.register(user, tracking=True)
    shop.installation.settle()
    shop.track(user, "Product Viewed", KETTLE)


def _order(shop, user, days_ago, total=800):
    shop.register(user)
    now = datetime.now(UTC)
    for days in days_ago:
        order = {**ORDER, "order_id": f"{user}-{days}", "total": total}
        at = (now - timedelta(days=days)).isoformat()
        shop.track(user, "Order Completed", order, timestamp=at)


def _spend(shop, user):
    """The best customer among those who order little."""
    for number in range(30):
        _order(shop, f"other-{number}", [20])
    _order(shop, user, [12, 9, 6, 3, 0], total=90_000)


def _await_dates(shop):
    """Open the recipes of dates so that their hour on the right day comes in a moment."""
    due = datetime.now(UTC) + _SOON
    for recipe, (trait, days) in DATES.items():
        on = (due.date() + timedelta(days=days)).replace(year=_A_LEAP_YEAR)
        shop.register(f"{recipe}-reader", timezone="UTC", **{trait: on.isoformat()})
        shop.open_recipe(recipe, at=due.strftime("%H:%M:%S"))


def _save(shop, user, **product):
    shop.register(user)
    shop.track(user, "Product Added to Wishlist", {**KETTLE, **product})


def _ignore_letters(shop, user):
    """Somebody who agreed to be seen, got many letters and never did anything with one."""
    shop.register(user, tracking=True)
    shop.installation.settle()
    for number in range(_LETTERS_BEFORE_SUNSET):
        shop.track(user, "Letter Due", {})
        shop.installation.wait(
            lambda wanted=number + 1: (
                sum("毎度の便り" in str(mail) for mail in shop.list_mails(user)) >= wanted
            )
        )


def _open_letters(shop):
    """A journey that writes whenever it is told to."""
    definition = shop.installation.get("/api/recipes/step-mail")["journey"]
    letter = next(step for step in definition["steps"] if step["type"] == "message")
    letter |= {"id": "letter", "next": None}
    for variant in letter["template"]["variants"].values():
        variant["subject"] = "毎度の便り"
    journey = {
        "name": "letters",
        "trigger": {"type": "event", "events": {"event": "Letter Due"}},
        "start": "letter",
        "steps": [letter],
        "rules": {**definition["rules"], "reentry": {"allowed": True}},
    }
    made = shop.installation.post("/api/journeys", {"definition": journey})
    assert made["faults"] == []
    shop.installation.post(f"/api/journeys/{made['journey_id']}/publish", {})


_PREPARE = {
    "browse-abandonment": _browse,
    "post-purchase-cross-sell": lambda shop, user: _order(shop, user, [40, 0]),
    "vip-entry": _spend,
    "weekly-discovery": lambda shop, user: _order(shop, user, [10]),
    "win-back": lambda shop, user: _order(shop, user, [100]),
    "sunset": _ignore_letters,
    "low-stock": _save,
    "price-drop": _save,
    "new-arrival": _look,
    "back-in-stock": partial(_save, product_id="P3"),
}
