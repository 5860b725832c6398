"""The hour somebody is written to: their own choice, else what was learned of them."""

from datetime import UTC, datetime

import pytest

from kikubari.app.contact import _hour_of
from kikubari.profiles import Trait, TraitFact


def said(value, *, source_id=3, provenance="declared"):
    return TraitFact(
        name="hour",
        value=value,
        at=datetime(2026, 11, 1, tzinfo=UTC),
        source_id=source_id,
        provenance=provenance,
        confidence=1.0,
        is_verified=True,
        is_simulated=False,
    )


def learned_hour_of(traits):
    return _hour_of(traits, is_learned=True)


LEARNED = Trait(said(21, source_id=0, provenance="inferred_self"))


def test_ones_own_choice_comes_before_what_was_learned():
    assert learned_hour_of({"preferred_hour": Trait(said(8)), "predicted_best_hour": LEARNED}) == 8
    assert learned_hour_of({"predicted_best_hour": LEARNED}) == 21
    assert learned_hour_of({}) is None


def test_of_who_objects_nothing_that_was_learned_counts():
    both = {"preferred_hour": Trait(said(8)), "predicted_best_hour": LEARNED}
    assert _hour_of(both, is_learned=False) == 8
    assert _hour_of({"predicted_best_hour": LEARNED}, is_learned=False) is None


def test_nobody_else_can_choose_or_learn_an_hour():
    guessed = Trait(said(8, provenance="inferred_self"))
    assert learned_hour_of({"preferred_hour": guessed, "predicted_best_hour": LEARNED}) == 21
    claimed = Trait(said(4, provenance="inferred_self"), (LEARNED.fact,))
    assert learned_hour_of({"predicted_best_hour": claimed}) == 21
    assert learned_hour_of({"predicted_best_hour": Trait(said(4))}) is None


@pytest.mark.parametrize("value", [None, "8", 8.5, -1, 24])
def test_what_is_no_hour_counts_for_nothing(value):
    assert learned_hour_of({"preferred_hour": Trait(said(value))}) is None
