"""Sums over sparse rows, and learning that orders lists."""

import numpy as np
import pytest

from kikubari.decide.recommend._ranker import fit_ranker
from kikubari.decide.recommend._relations import _invert
from kikubari.decide.recommend._rows import gather_rows, multiply
from kikubari.decide.recommend.metrics import coverage_of


def _rows(table):
    row, column = np.nonzero(table)
    weights = table[row, column].astype(np.float64)
    return gather_rows(row, column, weights, n_rows=len(table), n_columns=table.shape[1])


@pytest.mark.parametrize("filled", [0.0, 0.005, 0.05, 0.6])
def test_products_of_short_and_of_long_rows_are_those_of_tables(filled):
    draw = np.random.default_rng(5)
    left = draw.random((90, 70)) * (draw.random((90, 70)) < filled)
    right = draw.random((90, 50)) * (draw.random((90, 50)) < 0.3)
    # Some are empty, some full, whatever the rest is like.
    left[3], right[4], left[5], right[5] = 0, 0, 1, 1
    np.testing.assert_allclose(multiply(_rows(left), _rows(right)), left.T @ right, rtol=1e-4)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 521])
def test_the_inverse_by_halves_is_the_inverse_whatever_the_size(size):
    bought = (np.random.default_rng(7).random((900, size)) < 0.1).astype(np.float32)
    gram = bought.T @ bought + 40 * np.eye(size, dtype=np.float32)
    np.testing.assert_allclose(_invert(gram), np.linalg.inv(gram.astype(np.float64)), atol=1e-6)


@pytest.mark.parametrize("by_lists_alone", [False, True])
def test_what_tells_within_a_list_is_learned_though_lists_differ_more(by_lists_alone):
    draw = np.random.default_rng(6)
    n_lists, length = 200, 12
    list_of = np.repeat(np.arange(n_lists), length)
    telling = draw.normal(size=n_lists * length)
    of_list = np.repeat(draw.normal(size=n_lists) * 4, length)
    best = telling.reshape(n_lists, length).argmax(1)
    is_bought = np.zeros(n_lists * length, dtype=bool)
    is_bought[np.arange(n_lists) * length + best] = True
    features = np.column_stack([telling + of_list, of_list]).astype(np.float32)
    ranker = fit_ranker(features, is_bought, list_of, by_lists_alone=by_lists_alone, seed=0)
    chosen = ranker.score(features).reshape(n_lists, length).argmax(1)
    assert (chosen == best).mean() > 0.8
    again = fit_ranker(features, is_bought, list_of, by_lists_alone=by_lists_alone, seed=0)
    np.testing.assert_array_equal(again.score(features), ranker.score(features))


def test_the_interval_of_coverage_holds_what_other_people_would_cover():
    n_people, n_items = 300, 400
    chances = 1.0 / np.arange(1, n_items + 1)
    chances /= chances.sum()
    row = np.repeat(np.arange(n_people), 5)

    def drawn(seed):
        item = np.random.default_rng(seed).choice(n_items, len(row), p=chances)
        return coverage_of(row, item, n_rows=n_people, n_sold=n_items, seed=1)

    usual = np.mean([drawn(seed).value for seed in range(100)])
    found = [drawn(seed) for seed in range(1_000, 1_060)]
    assert np.mean([one.low <= usual <= one.high for one in found]) > 0.85
    assert all(0.01 < one.high - one.low < 0.2 for one in found)


def test_what_everybody_is_shown_and_what_nobody_is_has_no_doubt():
    row, item = np.arange(50), np.full(50, 3)
    one = coverage_of(row, item, n_rows=50, n_sold=10)
    assert (one.low, one.value, one.high) == (0.1, 0.1, 0.1)
    nothing = coverage_of(row[:0], item[:0], n_rows=50, n_sold=10)
    assert (nothing.low, nothing.value, nothing.high) == (0, 0, 0)
