"""Leanings: planted ones are found, chance ones are not, and what does not hold is withheld."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.predict import WITHHELD_TEXTS, Withheld
from kikubari.decide.predict._habit_rows import ROW
from kikubari.decide.predict._lines import Lines
from kikubari.decide.predict.affinities import MIN_COUNTS, Counts, find_leanings
from kikubari.decide.predict.habits import HabitRows, learn_habits

N_KINDS = 24
SHOP = np.exp(-((np.arange(N_KINDS) - 13) ** 2) / 18.0)
SHOP /= SHOP.sum()


def counts_of(matrix):
    person, kind = np.nonzero(matrix)
    return Counts(*matrix.shape, person, kind, matrix[person, kind].astype(float))


def people(draw, n, shares, mean=30):
    return np.stack([draw.multinomial(draw.poisson(mean), share) for share in shares[:n]])


@pytest.fixture(scope="module")
def split():
    """Of 400 people every fourth comes at an hour of their own half of the time."""
    draw = np.random.default_rng(4)
    own = np.where(np.arange(400) % 4 == 0, draw.integers(0, N_KINDS, 400), -1)
    shares = np.tile(SHOP, (400, 1))
    for person, hour in enumerate(own):
        if hour >= 0:
            shares[person] = 0.5 * SHOP
            shares[person, hour] += 0.5
    return own, people(draw, 400, shares), people(draw, 400, shares, mean=8)


def test_hours_of_their_own_are_found_and_chance_is_not(split):
    own, older, newest = split
    found, card = find_leanings(counts_of(older), counts_of(newest))
    is_right = own[found.person] == found.kind
    assert is_right.sum() >= 90
    assert (~is_right).sum() <= 20
    assert card.n_named == len(found.person)
    assert card.hit.low > card.plain_hit


def test_shares_are_drawn_to_the_shops(split):
    _, older, newest = split
    found, card = find_leanings(counts_of(older), counts_of(newest))
    whole = older + newest
    seen = whole[found.person, found.kind] / whole[found.person].sum(axis=1)
    usual = (whole.sum(axis=0) / whole.sum())[found.kind]
    assert card.strength > 0
    assert ((usual < found.share) & (found.share < seen)).all()


def test_where_everybody_is_alike_nothing_is_named():
    draw = np.random.default_rng(5)
    shares = np.tile(SHOP, (300, 1))
    found, card = find_leanings(
        counts_of(people(draw, 300, shares)), counts_of(people(draw, 300, shares))
    )
    assert card.withheld is not None
    assert len(found.person) == 0


def test_one_kind_of_interest_is_compared_with_everybodys_use_of_it():
    draw = np.random.default_rng(6)
    leaning = np.arange(300) % 5 == 0
    shares = np.where(leaning, 0.6, 0.05)
    older, newest = (
        np.stack([n - with_, with_], axis=1)
        for n in (np.full(300, 15), np.full(300, 4))
        for with_ in [draw.binomial(n, shares)]
    )
    found, card = find_leanings(counts_of(older), counts_of(newest), only=1)
    assert set(found.kind) == {1}
    assert leaning[found.person].mean() > 0.9
    assert card.plain_hit == pytest.approx(newest[:, 1].sum() / newest.sum())


def test_few_people_are_not_enough():
    few = counts_of(np.full((5, 3), 9))
    found, card = find_leanings(few, few)
    assert card.withheld is Withheld.TOO_FEW_CUSTOMERS
    assert len(found.person) == 0


@given(st.integers(0, 2**32 - 1), st.permutations(range(40)))
def test_neither_order_of_people_nor_of_rows_matters(seed, order):
    draw = np.random.default_rng(seed)
    older, newest = draw.poisson(2, (40, 3)), draw.poisson(1, (40, 3))
    older[:20, 0] += 20
    newest[:20, 0] += 5
    order = np.array(order)
    one, card = find_leanings(counts_of(older), counts_of(newest))
    other, same_card = find_leanings(counts_of(older[order]), counts_of(newest[order]))
    assert card.withheld == same_card.withheld
    assert card.n_named == same_card.n_named
    assert set(one.person.tolist()) == set(order[other.person].tolist())
    assert ((older + newest)[one.person].sum(axis=1) >= MIN_COUNTS).all()


def test_no_best_channel_is_named_where_there_is_but_one():
    none = np.zeros(0, dtype=ROW)
    lines = Lines(np.zeros(0, np.uint32), [], [], *(np.zeros(0, np.int64) for _ in range(3)))
    found = learn_habits(HabitRows(none, none, ()), lines, datetime(2026, 11, 1, tzinfo=UTC))
    assert found.cards.channels.n_named == 0
    assert found.cards.channels.withheld is Withheld.ONE_CHANNEL
    assert "e-mail alone" in WITHHELD_TEXTS[Withheld.ONE_CHANNEL]["en"]
    assert "メール" in WITHHELD_TEXTS[Withheld.ONE_CHANNEL]["ja"]
