"""Every recipe as it is installed, with its own waits, driven through all its messages and stopped.

The engine is the one that runs journeys, on a clock of its own; no wait is shortened.
"""

from zoneinfo import ZoneInfo

import msgspec
import pytest
from recipe_cases import LIVES, SINCE, UNTIL, WEEKLY

from kikubari.journeys.cases import Case, CaseShop, try_journey
from kikubari.journeys.definition import MessageStep, PauseStep
from kikubari.journeys.recipes import RECIPES, get_recipe, make_journey

SHOP = CaseShop(segments={}, zone=ZoneInfo("Asia/Tokyo"), currency="JPY")
_A_FORTNIGHT = "2026-03-15T00:00"


def installed(name, language="ja"):
    """Return a recipe's journey, in the way that is named after a colon."""
    recipe, _, variant = name.partition(":")
    return make_journey(get_recipe(recipe), language=language, variant=variant)


def drive(name, lives, *, until=UNTIL):
    """Return what came of lives, each lived by a reader of Japanese and one of English."""
    people = {
        f"{language}-{number}": msgspec.structs.replace(
            person,
            traits={**person.traits, "language": language},
            expect=expected,
        )
        for number, (person, expected) in enumerate(lives)
        for language in ("ja", "en")
    }
    segments = {id_ for person in people.values() for id_ in person.segments}
    # Segments that compare people with the shop: somebody has to say who is in them.
    assert segments <= {"builtin:vip", "builtin:comparer", "builtin:discount_shopper"}
    case = Case(name=name, since=SINCE, until=until, people=people)
    outcome = try_journey(installed(name), [case], journey_id="jny_1", shop=SHOP)
    assert outcome.faults == ()
    (found,) = outcome.cases
    assert found.problem == ""
    return found


@pytest.mark.parametrize("name", LIVES)
def test_it_sends_what_it_should_when_it_should_and_stops(name):
    assert drive(name, LIVES[name]).differences == ()


def test_what_comes_round_comes_each_time():
    assert drive("weekly-discovery", WEEKLY, until=_A_FORTNIGHT).differences == ()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.id)
def test_every_message_was_sent_and_every_recipe_was_stopped(recipe):
    """Of the lives above, so that none is forgotten when a recipe grows."""
    lives = WEEKLY if recipe.id == "weekly-discovery" else LIVES[recipe.id]
    sent = {
        one.step
        for _, entries in lives
        for entry in entries
        for one in entry.messages
        if one.became == "sent"
    }
    wanted = {step.id for step in recipe.journey.steps if isinstance(step, MessageStep)}
    assert sent == wanted
    fullest = max(len(entry.messages) for _, entries in lives for entry in entries)
    assert (
        any(
            not entries or len([one for one in entry.messages if one.became == "sent"]) < fullest
            for _, entries in lives
            for entry in entries or (None,)
        )
        or len(wanted) > 1
    )


def test_who_does_not_answer_is_paused_and_who_does_is_not():
    found = drive("sunset", LIVES["sunset"]).found
    (pause,) = (one for one in installed("sunset").steps if isinstance(one, PauseStep))
    passed = {
        name: [one.step for entry in entries for one in entry.path]
        for name, entries in found.items()
    }
    assert pause.id in passed["ja-0"]
    assert pause.id in passed["en-0"]
    assert all(pause.id not in path for name, path in passed.items() if name[-1] != "0")
