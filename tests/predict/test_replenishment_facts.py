"""What replenishment is told by: places among a customer's own, and what facts mean together."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.nets import fit_net, forward, slope_of_each
from kikubari.decide.predict._pairs import Pairs, distinct_purchases

# Among the columns of a pair, counted from the end: before those that fade.
PLACE, SHARE, OF_ALL = -8, -7, -6
N_CUSTOMERS, N_ITEMS = 5, 6
LINES = st.lists(
    st.tuples(st.integers(0, N_CUSTOMERS - 1), st.integers(0, N_ITEMS - 1), st.integers(-300, -1)),
    min_size=1,
    max_size=60,
)


@given(LINES)
def test_places_shares_and_sums_are_those_of_each_customers_own(lines):
    customer, item, day = (np.array(one, dtype=np.int64) for one in zip(*lines, strict=True))
    purchases = distinct_purchases(customer, item, day, N_CUSTOMERS, N_ITEMS)
    pairs = Pairs(purchases, 0)
    columns = pairs.describe(slice(None))
    lately = {}
    for who, what, when in set(lines):
        lately[who, what] = lately.get((who, what), 0) + 0.5 ** (-when / 60)
    assert np.isfinite(columns).all()
    place = np.rint(np.expm1(columns[:, PLACE])).astype(int)
    for who in set(customer.tolist()):
        rows = np.flatnonzero(pairs.customer == who)
        own = [lately[who, int(pairs.item[row])] for row in rows]
        assert sorted(place[rows]) == list(range(len(rows)))
        ranked = [own[at] for at in np.argsort(place[rows])]
        assert all(one >= other - 1e-12 for one, other in pairwise(ranked))
        np.testing.assert_allclose(np.exp(columns[rows, SHARE]) - 1e-4, np.array(own) / sum(own))
        np.testing.assert_allclose(np.exp(columns[rows, OF_ALL]) - 0.1, sum(own))


def test_a_net_learns_what_two_facts_mean_together():
    draw = np.random.default_rng(2)
    facts = draw.choice([-1.0, 1.0], (8_000, 2)).astype(np.float32)
    chance = np.where(facts[:, 0] == facts[:, 1], 0.6, 0.1)
    came = (draw.random(len(facts)) < chance).astype(np.float32)
    net = fit_net(
        facts,
        came,
        np.arange(len(facts)),
        slope_of_each,
        np.random.default_rng(1),
        n_epochs=8,
        lists_at_once=64,
        level=-1.0,
    )
    asked = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]], dtype=np.float32)
    said = 1 / (1 + np.exp(-forward(asked, net)[1]))
    assert said == pytest.approx([0.6, 0.6, 0.1, 0.1], abs=0.06)
