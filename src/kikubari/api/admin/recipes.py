"""Recipes: ready-made journeys, whether the shop's data is enough for them, and installing one."""

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.decide.guard import Words
from kikubari.journeys import JourneyDraft
from kikubari.journeys.definition import JourneyDefinition, MessageStep, Stage
from kikubari.journeys.recipes import NeedStanding, RecipeOptions, RecipeStanding


class VariantAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One of the ways in which a recipe can be installed."""

    id: str
    name: Words


class RecipeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe and how it stands in this shop.

    Attributes:
        stage: of the customer's way.
        messages: how many it can send to a person.
        needs: data it reads, and who sends it.
        stands_in: what it does where a channel or strategy does not exist.
        offer: what an offer would be for; None: there is no place for one.
        second_offer: likewise, of a second one.
        variants: ways to choose from, the first unless another is asked for; empty: one alone.
        is_ready: everything that it requires is there.
    """

    id: str
    name: Words
    description: Words
    when_to_use: Words
    stage: Stage
    messages: int
    needs: list[NeedStanding]
    stands_in: list[Words]
    offer: Words | None
    second_offer: Words | None
    variants: list[VariantAnswer]
    is_ready: bool


class RecipeDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe with the journey that it makes."""

    recipe: RecipeAnswer
    journey: JourneyDefinition


@get("/recipes", guards=[requires("read")], sync_to_thread=True)
def list_recipes(services: NamedDependency[Services]) -> list[RecipeAnswer]:
    """List all recipes, in the order of a customer's way."""
    return [_answer(standing) for standing in services.recipes.list_recipes()]


@get("/recipes/{recipe_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_recipe(services: NamedDependency[Services], recipe_id: FromPath[str]) -> RecipeDetail:
    """Return a recipe with the journey that it makes."""
    standing = services.recipes.get_recipe(recipe_id)
    journey = services.recipes.make(recipe_id, RecipeOptions())
    return RecipeDetail(recipe=_answer(standing), journey=journey)


@post("/recipes/{recipe_id:str}/install", guards=[requires("write")], sync_to_thread=True)
def install_recipe(
    services: NamedDependency[Services], recipe_id: FromPath[str], data: JSONBody[RecipeOptions]
) -> JourneyDraft:
    """Make a journey of a recipe: a draft, which lets nobody in before it is published."""
    return services.journeys.create(services.recipes.make(recipe_id, data))


recipe_handlers = [list_recipes, get_recipe, install_recipe]


def _answer(standing: RecipeStanding) -> RecipeAnswer:
    recipe = standing.recipe
    return RecipeAnswer(
        id=recipe.id,
        name=recipe.name,
        description=recipe.description,
        when_to_use=recipe.when_to_use,
        stage=recipe.journey.stage,
        messages=sum(isinstance(step, MessageStep) for step in recipe.journey.steps),
        needs=standing.needs,
        stands_in=list(recipe.stands_in),
        offer=recipe.offer,
        second_offer=recipe.second_offer.use if recipe.second_offer else None,
        variants=[VariantAnswer(id=one.id, name=one.name) for one in recipe.variants],
        is_ready=standing.is_ready,
    )
