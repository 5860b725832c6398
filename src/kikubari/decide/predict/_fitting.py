"""Small numerical tools: a quasi-Newton search, ridge regressions, Gauss-Jacobi points."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Objective = Callable[[Floats], float]

_STEP = 1e-4
_ROUNDS = 80
# Below these a step, a slope or a bend is rounding.
_NO_STEP, _SMALL_STEP, _NO_CURVATURE = 1e-8, 1e-3, 1e-10
_LARGEST_LINK = 30.0


def minimise(objective: Objective, starts: Sequence[Sequence[float]]) -> Floats:
    """Return the lowest point found from any start (BFGS, numerical gradient).

    The starts guard against a local valley; the objective is expected to hold a prior, so that
    there is a bottom.
    """
    found = [_descend(objective, np.array(start, dtype=float)) for start in starts]
    return min(found, key=lambda one: one[0])[1]


def _descend(objective: Objective, at: Floats) -> tuple[float, Floats]:
    inverse = np.eye(len(at))
    value, slope = objective(at), _gradient(objective, at)
    for _ in range(_ROUNDS):
        direction = -inverse @ slope
        if slope @ direction >= 0:
            inverse, direction = np.eye(len(at)), -slope
        length = min(1.0, 2.0 / float(np.abs(direction).max() + 1e-12))
        while length > _NO_STEP:
            there = at + length * direction
            reached = objective(there)
            if reached <= value + 1e-4 * length * float(slope @ direction):
                break
            length /= 2
        else:
            break
        new_slope = _gradient(objective, there)
        step, change = there - at, new_slope - slope
        is_settled = value - reached < 1e-7 * (1 + abs(value)) and np.abs(step).max() < _SMALL_STEP
        at, value, slope = there, reached, new_slope
        if is_settled:
            break
        inverse = _updated(inverse, step, change)
    return value, at


def _gradient(objective: Objective, at: Floats) -> Floats:
    slope = np.empty_like(at)
    for index in range(len(at)):
        aside = np.zeros_like(at)
        aside[index] = _STEP
        slope[index] = (objective(at + aside) - objective(at - aside)) / (2 * _STEP)
    return slope


def _updated(inverse: Floats, step: Floats, change: Floats) -> Floats:
    curvature = float(step @ change)
    if curvature <= _NO_CURVATURE:
        return inverse
    left = np.eye(len(step)) - np.outer(step, change) / curvature
    return left @ inverse @ left.T + np.outer(step, step) / curvature


def fit_poisson(features: Floats, counts: Floats, offset: Floats, *, ridge: float) -> Floats:
    """Return coefficients of log E(count) = offset + features @ coefficients.

    Every coefficient but the first, the level, is drawn towards 0.
    """
    return _newton(features, counts, offset, ridge, is_logistic=False)


def fit_logistic(features: Floats, happened: Floats, offset: Floats, *, ridge: float) -> Floats:
    """Return coefficients of logit P(happened) = offset + features @ coefficients, likewise."""
    return _newton(features, happened, offset, ridge, is_logistic=True)


def sigmoid(link: Floats) -> Floats:
    """Return the probability whose logit is `link`."""
    return 1 / (1 + np.exp(-np.clip(link, -_LARGEST_LINK, _LARGEST_LINK)))


def _newton(
    features: Floats, target: Floats, offset: Floats, ridge: float, *, is_logistic: bool
) -> Floats:
    penalty = np.full(features.shape[1], ridge)
    penalty[0] = 1e-3

    def mean_of(at: Floats) -> Floats:
        link = np.clip(offset + features @ at, -_LARGEST_LINK, _LARGEST_LINK)
        return sigmoid(link) if is_logistic else np.exp(link)

    def loss_of(at: Floats) -> float:
        link = np.clip(offset + features @ at, -_LARGEST_LINK, _LARGEST_LINK)
        total = np.logaddexp(0, link) if is_logistic else np.exp(link)
        return float((total - target * link).sum() + (penalty * at * at).sum() / 2)

    at = np.zeros(features.shape[1])
    loss = loss_of(at)
    for _ in range(30):
        mean = mean_of(at)
        weight = mean * (1 - mean) if is_logistic else mean
        bend = (features * weight[:, None]).T @ features + np.diag(penalty)
        step = np.linalg.solve(bend, features.T @ (target - mean) - penalty * at)
        while (lower := loss_of(at + step)) > loss and np.abs(step).max() > _NO_STEP:
            step /= 2
        at, gained, loss = at + step, loss - lower, lower
        if gained < 1e-8 * (1 + abs(loss)):
            break
    return at


def jacobi_points(n: int, alpha: float, beta: float) -> tuple[Floats, Floats]:
    """Return points and weights (sum 1) that average a function over Beta(beta + 1, alpha + 1).

    Golub and Welsch (1969), from the recurrence of the Jacobi polynomials, moved to 0..1.
    """
    k = np.arange(n, dtype=float)
    total = 2 * k + alpha + beta
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (beta**2 - alpha**2) / (total * (total + 2))
    middle[0] = (beta - alpha) / (alpha + beta + 2)
    k, total = k[1:], total[1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        side = (
            4 * k * (k + alpha) * (k + beta) * (k + alpha + beta)
            / (total**2 * (total + 1) * (total - 1))
        )  # fmt: skip
    side[0] = 4 * (1 + alpha) * (1 + beta) / ((2 + alpha + beta) ** 2 * (3 + alpha + beta))
    matrix = np.diag(middle) + np.diag(np.sqrt(side), 1) + np.diag(np.sqrt(side), -1)
    points, vectors = np.linalg.eigh(matrix)
    weights = vectors[0] ** 2
    return (1 + points) / 2, weights / weights.sum()


def log_gamma(x: Floats) -> Floats:
    """Return log Γ(x) for x > 0: Stirling's series after a shift by eight (error < 1e-12)."""
    shifted = x + 8
    steps = np.log(x)
    for k in range(1, 8):
        steps = steps + np.log(x + k)
    inverse = 1 / shifted
    series = inverse * (1 / 12 - inverse**2 * (1 / 360 - inverse**2 * (1 / 1260)))
    level = 0.5 * float(np.log(2 * np.pi))
    found: Floats = (shifted - 0.5) * np.log(shifted) - shifted + level + series - steps
    return found
