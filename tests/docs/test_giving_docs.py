"""docs/recipes.md names the messages of recipes that give, and those do."""

import re
from pathlib import Path

from kikubari.decide.personalise import Products
from kikubari.deliver import Purpose
from kikubari.journeys.definition import MessageStep
from kikubari.journeys.recipes import RECIPES

PAGE = Path(__file__).parents[2] / "docs/recipes.md"
GIVING = {
    f"{recipe.id}/{step.id}": step
    for recipe in RECIPES
    for step in recipe.journey.steps
    if isinstance(step, MessageStep) and step.gives
}


def test_the_page_names_those_that_give():
    assert re.findall("(?m)^[|] `([a-z-]+/[a-z-]+)`", PAGE.read_text()) == list(GIVING)


def test_what_gives_shows_no_goods():
    for step in GIVING.values():
        assert step.purpose is Purpose.MARKETING  # nothing else is counted
        for variant in step.template.variants.values():
            assert not any(isinstance(block, Products) for block in variant.blocks.blocks)
