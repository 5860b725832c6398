"""The recipes as one shop sees them: which of them its data is enough for, and installing one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kikubari.deliver import Sender
from kikubari.journeys.definition import JourneyDefinition, check_journey
from kikubari.journeys.recipes.contracts import (
    DataSurvey,
    Need,
    NeedStanding,
    Recipe,
    RecipeStanding,
)
from kikubari.journeys.recipes.recipes import RECIPES, get_recipe, make_journey
from kikubari.kit.clock import Clock

_LATELY = timedelta(days=90)


class RecipeOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a recipe is to be installed; everything can be changed in the draft.

    Attributes:
        name: of the journey; without, the recipe's own in `language`.
        language: of that name, and of who has no language of their own.
        sender: without, the shop's own.
        topic: id of what its marketing messages are about.
        offer: id of the offer whose codes it brings.
    """

    name: Annotated[str, Meta(max_length=200)] = ""
    language: Literal["ja", "en"] = "en"
    sender: Sender | None = None
    topic: Annotated[str, Meta(max_length=100)] = ""
    offer: Annotated[str, Meta(max_length=100)] = ""


class RecipeBook:
    """Lists recipes and makes journeys of them.

    Args:
        survey: says what data there is.
        clock: readiness is about the last 90 days.
    """

    def __init__(self, survey: DataSurvey, clock: Clock) -> None:
        self._survey = survey
        self._clock = clock

    def list_recipes(self) -> list[RecipeStanding]:
        """Return all recipes, in the order of a customer's way, with their readiness."""
        return self._stand(RECIPES)

    def get_recipe(self, recipe_id: str) -> RecipeStanding:
        """Return one recipe with its readiness.

        Raises:
            NotFoundError: there is none by that id.
        """
        (standing,) = self._stand((get_recipe(recipe_id),))
        return standing

    def make(self, recipe_id: str, options: RecipeOptions) -> JourneyDefinition:
        """Return the journey that a recipe makes.

        Raises:
            NotFoundError: there is none by that id.
            InvalidInputError: an offer, for a recipe without a place for one.
        """
        journey = make_journey(
            get_recipe(recipe_id),
            language=options.language,
            sender=options.sender,
            topic=options.topic,
            offer=options.offer,
        )
        if options.name:
            journey = msgspec.structs.replace(journey, name=options.name)
        check_journey(journey)
        return journey

    def _stand(self, recipes: tuple[Recipe, ...]) -> list[RecipeStanding]:
        needs = [need for recipe in recipes for need in recipe.needs]
        names = {
            kind: {need.name for need in needs if need.kind == kind} for kind in ("event", "trait")
        }
        events = self._survey.count_events(names["event"], since=self._clock.now() - _LATELY)
        traits = self._survey.count_traits(names["trait"])
        counts: dict[str, Callable[[str], int]] = {
            "event": lambda name: events.get(name, 0),
            "trait": lambda name: traits.get(name, 0),
        }
        return [_standing_of(recipe, counts) for recipe in recipes]


def _standing_of(recipe: Recipe, counts: dict[str, Callable[[str], int]]) -> RecipeStanding:
    needs = [_need_standing(need, counts) for need in recipe.needs]
    return RecipeStanding(
        recipe=recipe,
        needs=needs,
        is_ready=all(one.is_met for one in needs if one.need.is_required),
    )


def _need_standing(need: Need, counts: dict[str, Callable[[str], int]]) -> NeedStanding:
    count = counts.get(need.kind)
    people = None if count is None else count(need.name)
    return NeedStanding(need=need, people=people, is_met=people is None or people > 0)
