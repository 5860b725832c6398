"""Ready-made journeys: what each does, needs and sends, and how it is installed."""

from kikubari.journeys.recipes.book import RecipeBook as RecipeBook
from kikubari.journeys.recipes.book import RecipeOptions as RecipeOptions
from kikubari.journeys.recipes.contracts import Need as Need
from kikubari.journeys.recipes.contracts import NeedStanding as NeedStanding
from kikubari.journeys.recipes.contracts import Recipe as Recipe
from kikubari.journeys.recipes.contracts import RecipeStanding as RecipeStanding
from kikubari.journeys.recipes.contracts import SecondOffer as SecondOffer
from kikubari.journeys.recipes.contracts import Variant as Variant
from kikubari.journeys.recipes.recipes import RECIPES as RECIPES
from kikubari.journeys.recipes.recipes import get_recipe as get_recipe
from kikubari.journeys.recipes.recipes import make_journey as make_journey
