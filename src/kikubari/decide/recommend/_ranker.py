"""Small nets that weigh what is known of a customer and an item: one hidden layer each.

Some learn whether a candidate is bought (log loss), some which of a customer's candidates are
(cross-entropy of a softmax over the list: ListNet, Cao et al. 2007). The former also tell frequent
buyers from rare ones, the latter only order one list. Where much is bought, the mean of both orders
lists better than either; where hardly anything is, as of what is new to a customer, log loss is
mostly about who buys, and lists alone are better.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_HIDDEN = 24
_EPOCHS = 6
# A small shop's lists are gone through more often, or nets stay near their start.
_MOST_EPOCHS = 30
_FEWEST_STEPS = 600
_LISTS_AT_ONCE = 16
_STEP = 3e-3
_DECAY = 1e-4
_NETS_EACH = 3
_FARTHEST = 5.0
# Lists from which as many were bought as are shown weigh the most.
_SHOWN = 10

Floats: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = list[Floats]
# From scores, answers and where lists begin, to the slope of the loss by each score.
_Slope: TypeAlias = Callable[[Floats, Floats, NDArray[np.int64]], Floats]


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
        for net in self.nets:
            total += _forward(inputs, net)[1]
        return (total / len(self.nets)).astype(np.float32)


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
    slopes = (_slope_of_lists,) if by_lists_alone else (_slope_of_each, _slope_of_lists)
    nets = [
        _evened(_fit_net(inputs, bought, starts, slope, generator), inputs)
        for slope in slopes
        for _ in range(_NETS_EACH)
    ]
    return Ranker(centre, spread, nets)


def _standardise(features: Floats, centre: Floats, spread: Floats) -> Floats:
    inputs: Floats = np.clip((features - centre) / spread, -_FARTHEST, _FARTHEST)
    return inputs


def _start(n_features: int, generator: np.random.Generator) -> Weights:
    first = generator.normal(size=(n_features, _HIDDEN)) * np.sqrt(2 / n_features)
    last = generator.normal(size=_HIDDEN) * 0.1
    arrays = [first, np.zeros(_HIDDEN), last, np.zeros(n_features), np.zeros(1)]
    return [one.astype(np.float32) for one in arrays]


def _forward(inputs: Floats, net: Weights) -> tuple[Floats, ...]:
    first, first_offset, last, straight, offset = net
    hidden = np.maximum(inputs @ first + first_offset, 0)
    return hidden, hidden @ last + inputs @ straight + offset


def _evened(net: Weights, inputs: Floats) -> Weights:
    """Return a net whose scores spread by 1, so that each has the same say in the mean."""
    spread = _forward(inputs, net)[1].std() + np.float32(1e-6)
    return [*net[:2], *(one / spread for one in net[2:])]


def _fit_net(
    inputs: Floats,
    bought: Floats,
    starts: NDArray[np.int64],
    slope: _Slope,
    generator: np.random.Generator,
) -> Weights:
    """Minimise a loss by Adam (Kingma and Ba 2015), the step falling as a cosine."""
    net = _start(inputs.shape[1], generator)
    mean = [np.zeros_like(one) for one in net]
    square = [np.zeros_like(one) for one in net]
    steps_an_epoch = -(-len(starts) // _LISTS_AT_ONCE)
    n_epochs = max(_EPOCHS, min(_FEWEST_STEPS // steps_an_epoch, _MOST_EPOCHS))
    n_steps = n_epochs * steps_an_epoch
    batches = _batches(starts, len(inputs), n_epochs, generator)
    for step, (chosen, begins) in enumerate(batches, 1):
        slopes = _slopes(inputs[chosen], bought[chosen], begins, net, slope)
        rate = _STEP * 0.5 * (1 + np.cos(np.pi * step / n_steps))
        for place, one in enumerate(slopes):
            mean[place] += 0.1 * (one - mean[place])
            square[place] += 0.001 * (one**2 - square[place])
            move = (mean[place] / (1 - 0.9**step)) / (
                np.sqrt(square[place] / (1 - 0.999**step)) + 1e-8
            )
            net[place] = (net[place] - rate * (move + _DECAY * net[place])).astype(np.float32)
    return net


def _batches(
    starts: NDArray[np.int64], n_rows: int, n_epochs: int, generator: np.random.Generator
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the rows of some lists at a time, and where each list begins among them."""
    lengths = np.diff(starts, append=n_rows)
    for _ in range(n_epochs):
        order = generator.permutation(len(starts))
        for begin in range(0, len(order), _LISTS_AT_ONCE):
            lists = order[begin : begin + _LISTS_AT_ONCE]
            length = lengths[lists]
            begins = np.cumsum(length) - length
            yield np.repeat(starts[lists] - begins, length) + np.arange(length.sum()), begins


def _slopes(
    inputs: Floats, bought: Floats, begins: NDArray[np.int64], net: Weights, slope: _Slope
) -> Weights:
    hidden, scores = _forward(inputs, net)
    error = slope(scores, bought, begins)
    back = np.outer(error, net[2]) * (hidden > 0)
    return [inputs.T @ back, back.sum(0), error @ hidden, error @ inputs, error.sum(keepdims=True)]


def _slope_of_each(scores: Floats, bought: Floats, _begins: NDArray[np.int64]) -> Floats:
    """Return the slope of the mean log loss of candidates."""
    chance = np.float32(1) / (np.float32(1) + np.exp(-scores))
    slope: Floats = (chance - bought) / np.float32(len(scores))
    return slope


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
