"""The recipes as one shop sees them: which of them its data is enough for, and installing one."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kikubari.deliver import Sender
from kikubari.journeys.definition import JourneyDefinition, check_journey
from kikubari.journeys.readiness import ShopData, count_amount, show_how
from kikubari.journeys.recipes.contracts import Need, NeedStanding, Recipe, RecipeStanding
from kikubari.journeys.recipes.recipes import RECIPES, get_recipe, make_journey

# Rare things count too: a shop has few birthdays told, and fewer pre-orders opened.
_LATELY_DAYS = 90


class RecipeOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a recipe is to be installed; everything can be changed in the draft.

    Attributes:
        name: of the journey; without, the recipe's own in `language`.
        language: of that name, and of who has no language of their own.
        sender: without, the shop's own.
        topic: id of what its marketing messages are about.
        offer: id of the offer whose codes it brings.
        second_offer: likewise, for the message that has a place for another one.
        variant: which of the recipe's ways; the first without.
    """

    name: Annotated[str, Meta(max_length=200)] = ""
    language: Literal["ja", "en"] = "en"
    sender: Sender | None = None
    topic: Annotated[str, Meta(max_length=100)] = ""
    offer: Annotated[str, Meta(max_length=100)] = ""
    second_offer: Annotated[str, Meta(max_length=100)] = ""
    variant: Annotated[str, Meta(max_length=100)] = ""


class RecipeBook:
    """Lists recipes and makes journeys of them.

    Args:
        data: says what the shop sends and has.
    """

    def __init__(self, data: ShopData) -> None:
        self._data = data

    def list_recipes(self) -> list[RecipeStanding]:
        """Return all recipes, in the order of a customer's way, with their readiness."""
        return [self._stand(recipe) for recipe in RECIPES]

    def get_recipe(self, recipe_id: str) -> RecipeStanding:
        """Return one recipe with its readiness.

        Raises:
            NotFoundError: there is none by that id.
        """
        return self._stand(get_recipe(recipe_id))

    def make(self, recipe_id: str, options: RecipeOptions) -> JourneyDefinition:
        """Return the journey that a recipe makes.

        Raises:
            NotFoundError: there is none by that id.
            InvalidInputError: an offer, for a recipe without a place for one; no such variant.
        """
        journey = make_journey(
            get_recipe(recipe_id),
            language=options.language,
            sender=options.sender,
            topic=options.topic,
            offer=options.offer,
            second_offer=options.second_offer,
            variant=options.variant,
        )
        if options.name:
            journey = msgspec.structs.replace(journey, name=options.name)
        check_journey(journey)
        return journey

    def _stand(self, recipe: Recipe) -> RecipeStanding:
        needs = [self._stand_need(need, recipe.journey) for need in recipe.needs]
        return RecipeStanding(
            recipe=recipe,
            needs=needs,
            is_ready=all(one.is_met for one in needs if one.need.is_required),
        )

    def _stand_need(self, need: Need, journey: JourneyDefinition) -> NeedStanding:
        amount = count_amount(self._data, need.kind, need.name, days=_LATELY_DAYS)
        example = "" if amount.n else show_how(need.kind, need.name, journey, self._data)
        return NeedStanding(
            need=need,
            n=amount.n,
            last_seen_at=amount.last_at,
            is_met=amount.n > 0,
            example=example,
        )
