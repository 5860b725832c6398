"""A verdict may be looked at after every person and is still right as often as it says."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.measure import Tally, evidence_for, interval, judge
from kikubari.spec.errors import InvalidInputError

counts = st.integers(0, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


def tally(part: str, people: int, reached: int) -> Tally:
    return Tally(part=part, people=people, reached=reached)


def watch(rates: dict[str, float], randomness: random.Random, people: int) -> str | None:
    """Let people come one by one, look after each, and return the first winner that is named."""
    came = dict.fromkeys(rates, 0)
    reached = dict.fromkeys(rates, 0)
    for number in range(people):
        part = list(rates)[number % len(rates)]
        came[part] += 1
        reached[part] += randomness.random() < rates[part]
        winner = judge([tally(one, came[one], reached[one]) for one in rates]).winner
        if winner:
            return winner
    return None


def test_equal_parts_hardly_ever_have_a_winner_however_often_one_looks():
    randomness = random.Random(1)
    named = [watch({"a": 0.3, "b": 0.3}, randomness, 600) for _ in range(200)]
    # 10 of 200 would be the bound; a test meant for one look names some 50 of them.
    assert sum(one is not None for one in named) <= 10


def test_the_better_part_is_found():
    randomness = random.Random(2)
    named = [watch({"a": 0.1, "b": 0.3}, randomness, 600) for _ in range(40)]
    assert named.count("b") >= 36
    assert "a" not in named


def test_the_best_of_four_is_found():
    rates = {"control": 0.1, "b": 0.1, "c": 0.35, "d": 0.12}
    assert watch(rates, random.Random(3), 4_000) == "c"


def test_an_interval_holds_at_every_moment():
    randomness = random.Random(4)
    missed = 0
    for _ in range(200):
        reached, is_out = 0, False
        for people in range(1, 400):
            reached += randomness.random() < 0.2
            low, high = interval(tally("a", people, reached))
            is_out |= not low <= 0.2 <= high
        missed += is_out
    assert missed <= 10


@given(counts, counts)
def test_only_the_leader_can_win_and_who_changes_places_changes_sides(first, second):
    one, other = tally("one", *first), tally("other", *second)
    verdict = judge([one, other])
    assert verdict == judge([one, other])
    assert judge([other, one]).winner == verdict.winner
    assert verdict.winner in {None, verdict.leader}
    if evidence_for(one, other) > 1:
        assert evidence_for(other, one) <= 1


@given(counts)
def test_an_interval_is_around_the_rate_and_narrows_with_ten_times_the_people(count):
    people, reached = count
    low, high = interval(tally("a", people, reached))
    assert 0 <= low <= high <= 1
    if people:
        assert low <= reached / people <= high
    wider = high - low
    low, high = interval(tally("a", people * 10, reached * 10))
    assert high - low <= wider


def test_nobody_yet_says_nothing():
    verdict = judge([tally("a", 0, 0), tally("b", 0, 0)])
    assert (verdict.winner, verdict.leader, verdict.evidence) == (None, None, 1.0)
    assert [(one.rate, one.low, one.high) for one in verdict.parts] == [(None, 0.0, 1.0)] * 2


def test_a_million_people_are_no_trouble():
    verdict = judge([tally("a", 10**6, 20_000), tally("b", 10**6, 22_000)])
    assert verdict.winner == "b"
    assert verdict.evidence > 1e9


@pytest.mark.parametrize("wrong", [(1, 2), (-1, -1), (3, -1)])
def test_impossible_counts_are_refused(wrong):
    with pytest.raises(InvalidInputError, match="reached the goal"):
        tally("a", *wrong)


def test_one_part_is_no_experiment():
    with pytest.raises(InvalidInputError, match="two parts"):
        judge([tally("a", 1, 1)])
    with pytest.raises(InvalidInputError, match="no chance"):
        judge([tally("a", 1, 1), tally("b", 1, 1)], error=1)
