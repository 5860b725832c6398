"""All recipes, and the journey that one makes in a shop."""

from typing import Literal

from msgspec.structs import replace

from kikubari.decide.personalise import Coupon
from kikubari.deliver import Purpose, Sender
from kikubari.journeys.contracts import CouponChoice, CouponRule
from kikubari.journeys.definition import AnyStep, JourneyDefinition, MessageStep
from kikubari.journeys.recipes import (
    afterwards,
    buying,
    carts,
    joining,
    learning,
    looking,
    occasions,
    releases,
    returning,
    staying,
    stock,
    telling,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.errors import InvalidInputError, NotFoundError

RECIPES: tuple[Recipe, ...] = (
    *joining.RECIPES,
    *telling.RECIPES,
    *carts.RECIPES,
    *looking.RECIPES,
    *stock.RECIPES,
    *releases.RECIPES,
    *buying.RECIPES,
    *afterwards.RECIPES,
    *occasions.RECIPES,
    *staying.RECIPES,
    *learning.RECIPES,
    *returning.RECIPES,
)
_BY_ID = {recipe.id: recipe for recipe in RECIPES}


def get_recipe(recipe_id: str) -> Recipe:
    """Return a recipe.

    Raises:
        NotFoundError: there is none by that id.
    """
    recipe = _BY_ID.get(recipe_id)
    if recipe is None:
        raise NotFoundError(
            f"there is no recipe {recipe_id!r}", hint="`kikubari recipe list` names all of them."
        )
    return recipe


def make_journey(
    recipe: Recipe,
    *,
    language: Literal["ja", "en"] = "en",
    sender: Sender | None = None,
    topic: str = "",
    offer: str = "",
) -> JourneyDefinition:
    """Return the journey that a recipe makes.

    Args:
        recipe: which.
        language: of the name and description, and of who has no language of their own.
        sender: who its messages are from; without, the shop's own.
        topic: what its marketing messages are about, for the preference page.
        offer: id of the offer whose codes it brings, where the recipe has a place for one.

    Raises:
        InvalidInputError: an offer, for a recipe without a place for one.
    """
    if offer and recipe.offer is None:
        raise InvalidInputError(
            f"the recipe {recipe.id!r} brings no offer", hint="Install it without one."
        )
    journey = recipe.journey
    return replace(
        journey,
        name=getattr(recipe.name, language),
        description=getattr(recipe.description, language),
        recipe=recipe.id,
        steps=tuple(
            _fitted(step, language=language, sender=sender, topic=topic, offer=offer)
            for step in journey.steps
        ),
    )


def _fitted(
    step: AnyStep, *, language: str, sender: Sender | None, topic: str, offer: str
) -> AnyStep:
    if not isinstance(step, MessageStep):
        return step
    coupon = None
    if offer and _has_coupon(step):
        coupon = CouponChoice(rules=(CouponRule(offer=offer),))
    return replace(
        step,
        template=replace(step.template, default_language=language),
        sender=sender,
        topic=topic if step.purpose is Purpose.MARKETING else "",
        coupon=coupon,
    )


def _has_coupon(step: MessageStep) -> bool:
    return any(
        isinstance(block, Coupon)
        for variant in step.template.variants.values()
        if variant.blocks is not None
        for block in variant.blocks.blocks
    )
