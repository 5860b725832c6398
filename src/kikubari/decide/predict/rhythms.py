"""When a product that is bought again and again runs low: the day, its interval, how surely.

An accelerated failure time model: the time to the next purchase is the pair's usual gap, times a
factor whose distribution is the shop's own. The usual gap is the mean of log gaps, shrunk to the
product's and that to the shop's (empirical Bayes, as in Efron, Morris (1973)). The distribution of
the factor is estimated without assuming its form, by the product-limit estimator (Kaplan, Meier
(1958)), because of most purchases the next has not come yet; separately for those with more and
fewer gaps known, of products more and less often bought again. Whoever has been silent for a while
is compared with those who were silent as long.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.predict._fitting import Floats
from kikubari.decide.predict._pairs import ITEM_PRIOR, PAIR_PRIOR, Ints, Purchases

TAILS = (0.1, 0.5, 0.9)
# Gaps known of a pair, and shares of a product's buyers who bought it again: where groups begin.
_GAPS = np.array([1, 2, 4])
_SHARES = np.array([0.15, 0.35])
_N_GROUPS = (len(_GAPS) + 1) * (len(_SHARES) + 1)
# Factors are told apart by 5 %, from a twentieth to twenty times the usual gap.
_EDGES = np.arange(-3.0, 3.0, 0.05)
# Next purchases that come later than three usual gaps answer to no rhythm.
_LATEST = int(np.searchsorted(_EDGES, np.log(3.0)))
# Purchases that a group's distribution is shrunk by to everybody's.
_GROUP_PRIOR = 50.0
_PAIRS_AT_ONCE = 50_000


@dataclass(frozen=True, eq=False)
class DueDays:
    """When pairs run low, in days from the forecast; one entry per pair.

    Attributes:
        key: customer x number of products + product.
        purchases: days on which it was bought.
        low: 80 of 100 who buy again do so between this and `high`.
        middle: as likely earlier as later.
        high: see `low`.
        again: probability that it is bought again until three usual gaps after the last purchase.
    """

    key: Ints
    purchases: Ints
    low: Floats
    middle: Floats
    high: Floats
    again: Floats

    def chosen(self, rows: Ints) -> "DueDays":
        """Return those of some pairs."""
        return DueDays(**{name: values[rows] for name, values in vars(self).items()})

    @property
    def days(self) -> tuple[Floats, Floats, Floats]:
        """The days of `TAILS`."""
        return self.low, self.middle, self.high


@dataclass(frozen=True, eq=False)
class Rhythms:
    """What the purchases of one shop teach about the next.

    Attributes:
        item_gap: log of the usual gap by product.
        item_again: share of its buyers who bought it again, by product.
        survival: by group and edge: the share whose next purchase has not come by then.
    """

    item_gap: Floats
    item_again: Floats
    survival: Floats

    def forecast(self, purchases: Purchases, day: int = 0) -> DueDays:
        """Return when everything bought before a day runs low."""
        known = purchases.before(day)
        last = np.append(np.diff(known.key) != 0, True)[: len(known.key)]
        n_gaps, gap_sum = _gaps_before(known)
        key, n_gaps, when = known.key[last], n_gaps[last], known.day[last]
        item = key % known.n_items
        usual = _usual(self.item_gap[item], n_gaps, gap_sum[last])
        group = _group(n_gaps, self.item_again[item])
        silence = (day - when).astype(float)
        found = np.empty((1 + len(TAILS), len(key)))
        # A row of a hundred edges a pair: of millions of pairs, some at a time.
        for start in range(0, len(key), _PAIRS_AT_ONCE):
            part = slice(start, start + _PAIRS_AT_ONCE)
            found[:, part] = _read_off(self.survival[group[part]], usual[part], silence[part])
        again, low, middle, high = found
        return DueDays(key, n_gaps + 1, low, middle, np.maximum(high, middle), again)


def _read_off(survival: Floats, usual: Floats, silence: Floats) -> Floats:
    """Return the chance to be bought again and the days of `TAILS`, a row each."""
    begin = np.searchsorted(_EDGES, np.log(silence + 1.0) - usual)
    rows = np.arange(len(usual))
    there = np.where(begin > 0, survival[rows, np.maximum(begin - 1, 0)], 1.0)
    gone = survival[:, _LATEST]
    found = [np.where(begin <= _LATEST, 1 - gone / np.maximum(there, 1e-9), 0.0)]
    for tail in TAILS:
        level = there - tail * (there - gone)
        place = (survival > level[:, None] + 1e-12).sum(axis=1)
        edge = _EDGES[np.clip(place, 0, _LATEST)]
        found.append(np.maximum(np.expm1(edge + usual) - silence, 0.0))
    return np.stack(found)


def learn_rhythms(purchases: Purchases, day: int = 0) -> Rhythms:
    """Learn from the purchases before a day."""
    known = purchases.before(day)
    is_next = np.zeros(len(known.key), dtype=bool)
    is_next[1:] = np.diff(known.key) == 0
    gap = np.log(np.diff(known.day, prepend=0)[is_next] + 1.0)
    item = known.key % known.n_items
    item_gap = _item_gaps(item[is_next], gap, known.n_items)
    item_again = _item_again(known)
    # Every purchase is asked for its next one, with what was known when it was made.
    n_gaps, gap_sum = _gaps_before(known)
    comes = np.append(is_next[1:], False)[: len(known.key)]
    following = np.append(known.day[1:], day)[: len(known.key)]
    waited = np.log(np.where(comes, following, day) - known.day + 1.0)
    factor = waited - _usual(item_gap[item], n_gaps, gap_sum)
    survival = _estimate_survival(factor, comes, _group(n_gaps, item_again[item]))
    return Rhythms(item_gap, item_again, survival)


def _gaps_before(known: Purchases) -> tuple[Ints, Floats]:
    """Return for every purchase how many gaps of its pair lie before it, and the sum of logs."""
    n = len(known.key)
    is_first = np.ones(n, dtype=bool)
    is_first[1:] = np.diff(known.key) != 0
    gap = np.where(is_first, 0.0, np.log(np.diff(known.day, prepend=0).clip(min=0) + 1.0))
    starts = np.flatnonzero(is_first)
    place = np.repeat(starts, np.diff(np.append(starts, n)))
    total = np.cumsum(gap)
    return np.arange(n) - place, total - total[place] if n else gap


def _usual(item_gap: Floats, n_gaps: Ints, gap_sum: Floats) -> Floats:
    """Return the log of the usual gap of pairs, shrunk to their products'."""
    usual: Floats = (gap_sum + PAIR_PRIOR * item_gap) / (n_gaps + PAIR_PRIOR)
    return usual


def _item_gaps(item: Ints, gap: Floats, n_items: int) -> Floats:
    usual = float(gap.mean()) if len(gap) else float(np.log(30.0))
    gaps: Floats = (np.bincount(item, gap, minlength=n_items) + ITEM_PRIOR * usual) / (
        np.bincount(item, minlength=n_items) + ITEM_PRIOR
    )
    return gaps


def _item_again(known: Purchases) -> Floats:
    key, n = np.unique(known.key, return_counts=True)
    item = key % known.n_items
    buyers = np.bincount(item, minlength=known.n_items)
    again = np.bincount(item, n > 1, minlength=known.n_items)
    share = again.sum() / max(buyers.sum(), 1)
    shares: Floats = (again + 2 * share) / (buyers + 2)
    return shares


def _group(n_gaps: Ints, again: Floats) -> Ints:
    by_gaps = np.searchsorted(_GAPS, n_gaps, side="right")
    group: Ints = by_gaps * (len(_SHARES) + 1) + np.searchsorted(_SHARES, again, side="right")
    return group


def _estimate_survival(factor: Floats, comes: NDArray[np.bool_], group: Ints) -> Floats:
    """Return by group and edge the share of which nothing has come by then (product-limit)."""
    n_bins = len(_EDGES)
    place = np.minimum(np.searchsorted(_EDGES, factor), n_bins - 1)
    flat = group * n_bins + place
    size = _N_GROUPS * n_bins
    came = np.bincount(flat, comes, minlength=size).reshape(_N_GROUPS, n_bins)
    left = np.bincount(flat, minlength=size).reshape(_N_GROUPS, n_bins)
    at_risk = left[:, ::-1].cumsum(axis=1)[:, ::-1].astype(float)
    # Who is left out of sight within a step counts for half of it (the actuarial correction).
    at_risk -= (left - came) / 2
    everybody = came.sum(axis=0) / np.maximum(at_risk.sum(axis=0), 1e-9)
    hazard = (came + _GROUP_PRIOR * everybody) / (at_risk + _GROUP_PRIOR)
    survival: Floats = np.cumprod(1 - np.clip(hazard, 0, 1), axis=1)
    return survival
