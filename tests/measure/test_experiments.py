"""A verdict may be looked at after every person and is still right as often as it says."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.measure import Tally, evidence_for, find_visible_lift, interval, judge
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
    named = [watch({"a": 0.3, "b": 0.3}, randomness, 400) for _ in range(100)]
    # 5 of 100 is the bound; a test meant for one look names some 25 of them.
    assert sum(one is not None for one in named) <= 5


def test_the_better_part_is_found():
    randomness = random.Random(2)
    named = [watch({"a": 0.1, "b": 0.3}, randomness, 600) for _ in range(20)]
    assert named.count("b") >= 18
    assert "a" not in named


def test_a_goal_that_is_reached_late_misleads_nobody():
    """Both parts are alike, and each person takes a while: looked at all the time."""
    randomness = random.Random(8)
    named = 0
    for _ in range(100):
        late: list[tuple[int, str]] = []
        came = {"a": 0, "b": 0}
        reached = {"a": 0, "b": 0}
        is_named = False
        for now in range(400):
            part = "ab"[now % 2]
            came[part] += 1
            if randomness.random() < 0.3:
                late.append((now + int(randomness.expovariate(0.01)), part))
            for one in [one for one in late if one[0] <= now]:
                late.remove(one)
                reached[one[1]] += 1
            found = judge([tally(one, came[one], reached[one]) for one in "ab"])
            is_named |= found.winner is not None
        named += is_named
    assert named <= 5


def test_shares_are_allowed_for():
    small = Tally(part="small", people=100, reached=30, share=10)
    large = Tally(part="large", people=900, reached=90, share=90)
    assert judge([large, small]).winner == "small"
    alike = Tally(part="large", people=900, reached=270, share=90)
    assert judge([alike, small]).winner is None


def test_the_best_of_four_is_found():
    rates = {"control": 0.1, "b": 0.1, "c": 0.35, "d": 0.12}
    assert watch(rates, random.Random(3), 2_000) == "c"


def test_an_interval_holds_at_every_moment():
    randomness = random.Random(4)
    missed = 0
    for _ in range(100):
        reached, is_out = 0, False
        for people in range(1, 300):
            reached += randomness.random() < 0.2
            low, high = interval(tally("a", people, reached))
            is_out |= not low <= 0.2 <= high
        missed += is_out
    assert missed <= 5


@given(counts, counts)
def test_only_the_leader_can_win_and_who_changes_places_changes_sides(first, second):
    one, other = tally("one", *first), tally("other", *second)
    verdict = judge([one, other])
    assert verdict.winner in {None, verdict.leader}
    if one.reached != other.reached:
        assert judge([other, one]).winner == verdict.winner
    assert 0.0 in {evidence_for(one, other), evidence_for(other, one)}


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
    assert (verdict.winner, verdict.leader, verdict.evidence) == (None, None, 0.0)
    assert [(one.rate, one.low, one.high) for one in verdict.parts] == [(None, 0.0, 1.0)] * 2


def test_a_million_people_are_no_trouble():
    verdict = judge([tally("a", 10**6, 20_000), tally("b", 10**6, 22_000)])
    assert verdict.winner == "b"
    assert verdict.evidence > 1e9


@pytest.mark.parametrize("wrong", [(1, 2), (-1, -1), (3, -1)])
def test_impossible_counts_are_refused(wrong):
    with pytest.raises(InvalidInputError, match="reached the goal"):
        tally("a", *wrong)
    with pytest.raises(InvalidInputError, match="nobody"):
        Tally(part="a", people=1, reached=1, share=0)


def test_one_part_is_no_experiment():
    with pytest.raises(InvalidInputError, match="two parts"):
        judge([tally("a", 1, 1)])
    with pytest.raises(InvalidInputError, match="no chance"):
        judge([tally("a", 1, 1), tally("b", 1, 1)], error=1)


def test_the_smallest_lift_that_would_show_shrinks_as_people_come():
    def visible(people: int) -> float | None:
        return find_visible_lift(
            [tally("a", people, people // 20), tally("b", people, people // 20)]
        )

    assert visible(100) is None
    few, many = visible(2_000), visible(50_000)
    assert few is not None
    assert many is not None
    assert 0 < many < few


def test_a_lead_that_would_show_is_a_winner_and_a_smaller_one_is_not():
    control, total = 180, 400
    visible = find_visible_lift([tally("a", 9_000, control), tally("b", 9_000, total - control)])
    assert visible is not None
    for reached in range(total // 2, total):
        lift = reached / (total - reached) - 1
        parts = [tally("a", 9_000, total - reached), tally("b", 9_000, reached)]
        assert (judge(parts).winner == "b") is (lift >= visible)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.02, 50), st.sampled_from([4, 20, 140]))
def test_the_smallest_lift_is_found_as_by_trying_every_lead(control, other, share, needed):
    parts = [
        Tally(part="a", people=200, reached=control, share=1.0),
        Tally(part="b", people=200, reached=other, share=share),
    ]
    total = control + other
    leads = (
        (reached / share) / (total - reached) - 1
        for reached in range(total)
        if evidence_for(
            Tally(part="b", people=total, reached=reached, share=share),
            Tally(part="a", people=total, reached=total - reached, share=1.0),
        )
        >= needed
    )
    assert find_visible_lift(parts, error=1 / needed) == pytest.approx(next(leads, None))
