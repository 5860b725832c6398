"""The set and the single evaluator agree: every leaf, any instant, whatever was known."""

import os
import random

import pytest
from agreement import Shop, cases, instants
from focused import FOCUSED
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from trees import LEAVES, tree

from kikubari.spec.conditions import convert_condition, encode_condition

# Ten thousand at night: KIKUBARI_TEST_CASES=10000.
CASES = int(os.environ.get("KIKUBARI_TEST_CASES", "500"))


@settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rng=st.randoms(use_true_random=False) | st.integers(min_value=0).map(random.Random))
def test_both_evaluators_agree_on_any_tree(shop: Shop, rng: random.Random) -> None:
    condition = convert_condition(tree(rng))
    as_of, known_at = instants(rng)
    note(encode_condition(condition).decode())
    note(f"as_of {as_of} known_at {known_at}")
    assert shop.as_set(condition, as_of, known_at) == shop.one_by_one(condition, as_of, known_at)


@pytest.mark.parametrize("name", LEAVES)
def test_both_evaluators_agree_on_every_leaf_and_it_divides_people(shop: Shop, name: str) -> None:
    shares = []
    for condition, as_of, known_at in cases(name):
        members = shop.as_set(condition, as_of, known_at)
        expected = shop.one_by_one(condition, as_of, known_at)
        assert members == expected, encode_condition(condition)
        shares.append(len(members) / len(shop.population.people))
    mean = sum(shares) / len(shares)
    # A generator whose leaf is nearly always true or false would prove nothing. "Everyone" is
    # everyone who has an event by then.
    assert 0.05 <= mean <= 0.95, f"{name} is true for {mean:.1%} of people"


@pytest.mark.parametrize("name", FOCUSED)
def test_both_evaluators_agree_on_every_form_of_value(shop: Shop, name: str) -> None:
    for condition, as_of, known_at in cases(name):
        members = shop.as_set(condition, as_of, known_at)
        expected = shop.one_by_one(condition, as_of, known_at)
        assert members == expected, encode_condition(condition)
