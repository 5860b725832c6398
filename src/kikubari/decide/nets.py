"""Small nets with one hidden layer, learned by Adam, for what rankings and forecasts weigh."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_HIDDEN = 24
_STEP = 3e-3
_DECAY = 1e-4

Floats: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = list[Floats]
# From scores, answers and where lists begin, to the slope of the loss by each score.
Slope: TypeAlias = Callable[[Floats, Floats, NDArray[np.int64]], Floats]


def forward(inputs: Floats, net: Weights) -> tuple[Floats, Floats]:
    """Return what the hidden layer says, and the scores."""
    first, first_offset, last, straight, offset = net
    hidden = np.maximum(inputs @ first + first_offset, 0)
    return hidden, hidden @ last + inputs @ straight + offset


def fit_net(
    inputs: Floats,
    answers: Floats,
    starts: NDArray[np.int64],
    slope: Slope,
    generator: np.random.Generator,
    *,
    n_epochs: int,
    lists_at_once: int,
    level: float = 0.0,
) -> Weights:
    """Minimise a loss by Adam (Kingma and Ba 2015), the step falling as a cosine.

    Args:
        inputs: a standardised row for each answer.
        answers: what came.
        starts: where lists of rows begin; each row by itself is a list too.
        slope: of the loss.
        generator: of the start and of the order of learning.
        n_epochs: how often all lists are gone through.
        lists_at_once: in a step.
        level: score that every row begins with; near the usual one, nothing is spent on finding it.
    """
    net = _start(inputs.shape[1], level, generator)
    mean = [np.zeros_like(one) for one in net]
    square = [np.zeros_like(one) for one in net]
    n_steps = n_epochs * -(-len(starts) // lists_at_once)
    batches = _batches(starts, len(inputs), n_epochs, lists_at_once, generator)
    for step, (chosen, begins) in enumerate(batches, 1):
        slopes = _slopes(inputs[chosen], answers[chosen], begins, net, slope)
        rate = _STEP * 0.5 * (1 + np.cos(np.pi * step / n_steps))
        for place, one in enumerate(slopes):
            mean[place] += 0.1 * (one - mean[place])
            square[place] += 0.001 * (one**2 - square[place])
            move = (mean[place] / (1 - 0.9**step)) / (
                np.sqrt(square[place] / (1 - 0.999**step)) + 1e-8
            )
            net[place] = (net[place] - rate * (move + _DECAY * net[place])).astype(np.float32)
    return net


def slope_of_each(scores: Floats, answers: Floats, _begins: NDArray[np.int64]) -> Floats:
    """Return the slope of the mean log loss of rows."""
    chance = np.float32(1) / (np.float32(1) + np.exp(-scores))
    slope: Floats = (chance - answers) / np.float32(len(scores))
    return slope


def _start(n_features: int, level: float, generator: np.random.Generator) -> Weights:
    first = generator.normal(size=(n_features, _HIDDEN)) * np.sqrt(2 / n_features)
    last = generator.normal(size=_HIDDEN) * 0.1
    arrays = [first, np.zeros(_HIDDEN), last, np.zeros(n_features), np.full(1, level)]
    return [one.astype(np.float32) for one in arrays]


def _batches(
    starts: NDArray[np.int64],
    n_rows: int,
    n_epochs: int,
    lists_at_once: int,
    generator: np.random.Generator,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the rows of some lists at a time, and where each list begins among them."""
    lengths = np.diff(starts, append=n_rows)
    for _ in range(n_epochs):
        order = generator.permutation(len(starts))
        for begin in range(0, len(order), lists_at_once):
            lists = order[begin : begin + lists_at_once]
            length = lengths[lists]
            begins = np.cumsum(length) - length
            yield np.repeat(starts[lists] - begins, length) + np.arange(length.sum()), begins


def _slopes(
    inputs: Floats, answers: Floats, begins: NDArray[np.int64], net: Weights, slope: Slope
) -> Weights:
    hidden, scores = forward(inputs, net)
    error = slope(scores, answers, begins)
    back = np.outer(error, net[2]) * (hidden > 0)
    return [inputs.T @ back, back.sum(0), error @ hidden, error @ inputs, error.sum(keepdims=True)]
