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
    second_offer: str = "",
    variant: str = "",
) -> JourneyDefinition:
    """Return the journey that a recipe makes.

    Args:
        recipe: which.
        language: of the name and description, and of who has no language of their own.
        sender: who its messages are from; without, the shop's own.
        topic: what its marketing messages are about, for the preference page.
        offer: id of the offer whose codes it brings, where the recipe has a place for one.
        second_offer: likewise, of another offer.
        variant: id of the way in which it is installed; without, the first.

    Raises:
        InvalidInputError: an offer, for a recipe without a place for one; no such variant.
    """
    if (offer and recipe.offer is None) or (second_offer and recipe.second_offer is None):
        which = "offer" if recipe.offer is None else "second offer"
        raise InvalidInputError(
            f"the recipe {recipe.id!r} brings no {which}", hint="Install it without one."
        )
    journey = _choose(recipe, variant)
    offers = dict.fromkeys((step.id for step in journey.steps), offer)
    if recipe.second_offer is not None:
        offers[recipe.second_offer.step] = second_offer
    return replace(
        journey,
        name=getattr(recipe.name, language),
        description=getattr(recipe.description, language),
        recipe=recipe.id,
        steps=tuple(
            _fitted(step, language=language, sender=sender, topic=topic, offer=offers[step.id])
            for step in journey.steps
        ),
    )


def _choose(recipe: Recipe, variant: str) -> JourneyDefinition:
    if not variant:
        return recipe.journey
    found = {one.id: one.journey for one in recipe.variants}
    if variant not in found:
        known = ", ".join(found) or "none"
        raise InvalidInputError(
            f"the recipe {recipe.id!r} has no variant {variant!r}", hint=f"There are: {known}."
        )
    return found[variant]


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
