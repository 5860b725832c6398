"""A small net that weighs what is known of a customer and an item: one hidden layer."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_HIDDEN = 24
_EPOCHS = 6
_BATCH = 2048
_STEP = 3e-3
_DECAY = 1e-4
_NETS = 3
_FARTHEST = 5.0

Weights: TypeAlias = list[NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Ranker:
    """The mean of a few nets, each from its own start, over standardised features."""

    centre: NDArray[np.float32]
    spread: NDArray[np.float32]
    nets: list[Weights]

    def score(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return log-odds up to a constant, one a row."""
        inputs = np.clip((features - self.centre) / self.spread, -_FARTHEST, _FARTHEST)
        total = np.zeros(len(inputs), dtype=np.float32)
        for net in self.nets:
            total += _forward(inputs, net)[1]
        return (total / len(self.nets)).astype(np.float32)


def fit_ranker(features: NDArray[np.float32], is_bought: NDArray[np.bool_], *, seed: int) -> Ranker:
    """Return a ranker that tells the candidates that were bought from those that were not.

    Args:
        features: a row per candidate.
        is_bought: what came of it.
        seed: of starts and of the order of learning.
    """
    centre, spread = features.mean(0), features.std(0) + np.float32(1e-6)
    inputs = np.clip((features - centre) / spread, -_FARTHEST, _FARTHEST)
    bought = is_bought.astype(np.float32)
    generator = np.random.default_rng(seed)
    nets = [_fit_net(inputs, bought, generator) for _ in range(_NETS)]
    return Ranker(centre, spread, nets)


def _start(n_features: int, base_rate: float, generator: np.random.Generator) -> Weights:
    first = generator.normal(size=(n_features, _HIDDEN)) * np.sqrt(2 / n_features)
    last = generator.normal(size=_HIDDEN) * 0.1
    offset = np.log((base_rate + 1e-6) / (1 - base_rate + 1e-6))
    arrays = [first, np.zeros(_HIDDEN), last, np.zeros(n_features), np.array([offset])]
    return [one.astype(np.float32) for one in arrays]


def _forward(inputs: NDArray[np.float32], net: Weights) -> tuple[NDArray[np.float32], ...]:
    first, first_offset, last, straight, offset = net
    hidden = np.maximum(inputs @ first + first_offset, 0)
    return hidden, hidden @ last + inputs @ straight + offset


def _fit_net(
    inputs: NDArray[np.float32], bought: NDArray[np.float32], generator: np.random.Generator
) -> Weights:
    """Minimise log loss by Adam (Kingma and Ba 2015), the step falling as a cosine."""
    net = _start(inputs.shape[1], float(bought.mean()), generator)
    mean = [np.zeros_like(one) for one in net]
    square = [np.zeros_like(one) for one in net]
    bounds = [*range(0, max(len(inputs) - _BATCH, 1), _BATCH), len(inputs)]
    n_steps, step = _EPOCHS * (len(bounds) - 1), 0
    for _ in range(_EPOCHS):
        order = generator.permutation(len(inputs))
        for begin, end in pairwise(bounds):
            chosen = order[begin:end]
            slopes = _slopes(inputs[chosen], bought[chosen], net)
            step += 1
            rate = _STEP * 0.5 * (1 + np.cos(np.pi * step / n_steps))
            for place, slope in enumerate(slopes):
                mean[place] += 0.1 * (slope - mean[place])
                square[place] += 0.001 * (slope**2 - square[place])
                move = (mean[place] / (1 - 0.9**step)) / (
                    np.sqrt(square[place] / (1 - 0.999**step)) + 1e-8
                )
                net[place] = (net[place] - rate * (move + _DECAY * net[place])).astype(np.float32)
    return net


def _slopes(inputs: NDArray[np.float32], bought: NDArray[np.float32], net: Weights) -> Weights:
    hidden, odds = _forward(inputs, net)
    error = (1 / (1 + np.exp(-odds)) - bought) / np.float32(len(inputs))
    back = np.outer(error, net[2]) * (hidden > 0)
    return [inputs.T @ back, back.sum(0), error @ hidden, error @ inputs, error.sum(keepdims=True)]
