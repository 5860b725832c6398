"""Small nets that weigh what is known of a customer and an item: one hidden layer each.

Some learn whether a candidate is bought (log loss), some which of a customer's candidates are
(cross-entropy of a softmax over the list: ListNet, Cao et al. 2007). The former also tell frequent
buyers from rare ones, the latter only order one list. Where much is bought, the mean of both orders
lists better than either; where hardly anything is, as of what is new to a customer, log loss is
mostly about who buys, and lists alone are better.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.nets import Floats, Slope, Weights, fit_net, forward, slope_of_each

_EPOCHS = 6
# A small shop's lists are gone through more often, or nets stay near their start.
_MOST_EPOCHS = 30
_FEWEST_STEPS = 600
_LISTS_AT_ONCE = 16
_NETS_EACH = 3
_FARTHEST = 5.0
# Lists from which as many were bought as are shown weigh the most.
_SHOWN = 10
# So few that BLAS calculates on one core: a list then waits for no other, which may be busy.
_SCORED_AT_ONCE = 160


@dataclass(frozen=True, eq=False)
class Ranker:
    """The mean of a few nets, each from its own start, over standardised features."""

    centre: Floats
    spread: Floats
    nets: list[Weights]

    def score(self, features: Floats) -> Floats:
        """Return scores that order a customer's candidates, one a row."""
        inputs = _standardise(features, self.centre, self.spread)
        total = np.zeros(len(inputs), dtype=np.float32)
        for begin in range(0, len(inputs), _SCORED_AT_ONCE):
            some = slice(begin, begin + _SCORED_AT_ONCE)
            for net in self.nets:
                total[some] += forward(inputs[some], net)[1]
        return (total / len(self.nets)).astype(np.float32)

    def scaled(self, factor: np.float32) -> "Ranker":
        """Return the ranker whose scores are so many times as large."""
        nets = [[*net[:2], *(one * factor for one in net[2:])] for net in self.nets]
        return Ranker(self.centre, self.spread, nets)


def fit_ranker(
    features: Floats,
    is_bought: NDArray[np.bool_],
    list_of: NDArray[np.int64],
    *,
    by_lists_alone: bool,
    seed: int,
) -> Ranker:
    """Return a ranker that tells the candidates that were bought from those that were not.

    Args:
        features: a row per candidate.
        is_bought: what came of it.
        list_of: whose candidate it is, ascending; of each list something was bought.
        by_lists_alone: leave out the nets that learn by log loss.
        seed: of starts and of the order of learning.
    """
    centre, spread = features.mean(0), features.std(0) + np.float32(1e-6)
    inputs = _standardise(features, centre, spread)
    bought = is_bought.astype(np.float32)
    starts = np.flatnonzero(np.diff(list_of, prepend=-1))
    generator = np.random.default_rng(seed)
    slopes = (_slope_of_lists,) if by_lists_alone else (slope_of_each, _slope_of_lists)
    nets = [
        _evened(_fit_net(inputs, bought, starts, slope, generator), inputs)
        for slope in slopes
        for _ in range(_NETS_EACH)
    ]
    return Ranker(centre, spread, nets)


def _standardise(features: Floats, centre: Floats, spread: Floats) -> Floats:
    inputs: Floats = np.clip((features - centre) / spread, -_FARTHEST, _FARTHEST)
    return inputs


def _evened(net: Weights, inputs: Floats) -> Weights:
    """Return a net whose scores spread by 1, so that each has the same say in the mean."""
    spread = forward(inputs, net)[1].std() + np.float32(1e-6)
    return [*net[:2], *(one / spread for one in net[2:])]


def _fit_net(
    inputs: Floats,
    bought: Floats,
    starts: NDArray[np.int64],
    slope: Slope,
    generator: np.random.Generator,
) -> Weights:
    steps_an_epoch = -(-len(starts) // _LISTS_AT_ONCE)
    return fit_net(
        inputs,
        bought,
        starts,
        slope,
        generator,
        n_epochs=max(_EPOCHS, min(_FEWEST_STEPS // steps_an_epoch, _MOST_EPOCHS)),
        lists_at_once=_LISTS_AT_ONCE,
    )


def _slope_of_lists(scores: Floats, bought: Floats, begins: NDArray[np.int64]) -> Floats:
    """Return the slope of the mean cross-entropy of lists: what was bought shares a list's 1."""
    length = np.diff(begins, append=len(scores))
    odds = np.exp(scores - np.repeat(np.maximum.reduceat(scores, begins), length))
    n_bought = np.add.reduceat(bought, begins)
    weight = np.sqrt(np.minimum(n_bought, _SHOWN))
    weight /= weight.sum()
    wanted = bought / np.repeat(n_bought, length)
    given = odds / np.repeat(np.add.reduceat(odds, begins), length)
    slope: Floats = (given - wanted) * np.repeat(weight, length)
    return slope
