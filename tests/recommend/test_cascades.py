"""The learned ranking's two steps: nothing leaves the top, and what tells there is learned."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.recommend._candidates import FEATURES, Candidates
from kikubari.decide.recommend._cascade import Cascade, fit_cascade
from kikubari.decide.recommend._ranker import Ranker
from kikubari.decide.recommend._windows import Case, Lesson

_N_FEATURES = len(FEATURES)
_TOP = 60


def _straight(*weights: float):
    """Return a ranker that adds up features by weight."""
    straight = np.zeros(_N_FEATURES, dtype=np.float32)
    straight[: len(weights)] = weights
    nothing = np.zeros((_N_FEATURES, 1), dtype=np.float32)
    net = [nothing, nothing[0], nothing[0], straight, nothing[0]]
    return Ranker(np.zeros(_N_FEATURES, np.float32), np.ones(_N_FEATURES, np.float32), [net])


def _lists(lengths, seed):
    row = np.repeat(np.arange(len(lengths)), lengths)
    draw = np.random.default_rng(seed)
    return row, draw.normal(size=(len(row), _N_FEATURES)).astype(np.float32)


@given(st.lists(st.integers(1, 150), max_size=5), st.integers(0, 2**32 - 1))
def test_the_first_sixty_stay_ahead_and_the_rest_in_order(lengths, seed):
    row, features = _lists(lengths, seed)
    wide, narrow = _straight(1), _straight(0, 3)
    scores = Cascade(wide, narrow).score(features, row)
    for number in range(len(lengths)):
        mine = np.flatnonzero(row == number)
        order = mine[np.argsort(-features[mine, 0], kind="stable")]
        top, below = order[:_TOP], order[_TOP:]
        expected = (features[top, 0] + np.clip(3 * features[top, 1], -15, 15)) / 2
        np.testing.assert_allclose(scores[top], expected, atol=1e-4)
        assert not len(below) or scores[below].max() <= scores[top].min()
        assert (np.diff(scores[below]) <= 0).all()


def test_one_customers_list_does_not_depend_on_the_others():
    row, features = _lists([90, 200, 15], seed=3)
    cascade = Cascade(_straight(1), _straight(-1, 2))
    together = cascade.score(features, row)
    for number in range(3):
        mine = row == number
        alone = cascade.score(features[mine], np.zeros(mine.sum(), dtype=np.int64))
        np.testing.assert_allclose(together[mine], alone, atol=1e-5)


def _windows(*, n_lists, seed):
    """Return lessons and whole lists: the first feature finds the top, the second tells in it."""
    row, features = _lists([200] * n_lists, seed)
    is_top = np.tile(np.arange(200) < 50, n_lists)
    features[:, 0], features[:, 8:] = is_top * 4, 0
    features[:, 1] = np.where(is_top, features[:, 1], 0)
    best = np.array([np.flatnonzero(row == one)[:50] for one in range(n_lists)])
    bought = best[np.arange(n_lists), features[best, 1].argmax(1)]
    is_bought = np.zeros(len(row), dtype=bool)
    is_bought[bought] = True
    item = np.tile(np.arange(200), n_lists)
    case = Case(n_lists, np.sort(row[bought] * 200 + item[bought]), Candidates(row, item, features))
    kept = is_bought | (np.random.default_rng(seed).random(len(row)) < 0.05)
    return Lesson(features[kept], is_bought[kept], row[kept], n_lists), case


def _hits(cascade, case):
    scores = cascade.score(case.found.features, case.found.row).reshape(case.n_customers, 200)
    first = scores.argmax(1) + np.arange(case.n_customers) * 200
    return np.isin(first, case.bought).mean()


def test_what_tells_at_the_top_is_learned_from_whole_lists():
    lesson, case = _windows(n_lists=120, seed=1)
    _, other = _windows(n_lists=60, seed=2)
    cascade = fit_cascade([lesson], [case], 200, by_lists_alone=True, seed=0)
    assert cascade.narrow is not None
    assert _hits(cascade, other) >= _hits(Cascade(cascade.wide, None), other)
    assert _hits(cascade, other) > 0.7
    again = fit_cascade([lesson], [case], 200, by_lists_alone=True, seed=0)
    scores = [one.score(other.found.features, other.found.row) for one in (cascade, again)]
    np.testing.assert_array_equal(*scores)


def test_few_lists_teach_nothing_about_their_tops():
    lesson, _ = _windows(n_lists=120, seed=1)
    _, few = _windows(n_lists=20, seed=2)
    assert fit_cascade([lesson], [few], 200, by_lists_alone=True, seed=0).narrow is None
    assert fit_cascade([lesson], [], 200, by_lists_alone=True, seed=0).narrow is None
