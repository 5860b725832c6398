"""Intervals of counts that are 0 if the customer is gone and negative binomial if not."""

from statistics import NormalDist

import numpy as np

from kikubari.decide.predict._fitting import Floats

# Beyond these the negative binomial is told by its first two moments: its sum would take too many
# steps, or begin below the least number there is.
_LARGEST_COUNTED = 2_000.0
_LARGEST_EXPONENT = 600.0


def count_quantile(expected: Floats, alive: Floats, shape: Floats, level: float) -> Floats:
    """Return the least count that is not exceeded with probability `level`.

    Args:
        expected: mean count, 0 when gone included.
        alive: probability of not being gone.
        shape: of the negative binomial.
        level: 0..1.
    """
    mean = expected / np.maximum(alive, 1e-6)
    found = np.zeros(len(expected))
    exponent = shape * np.log1p(mean / shape)
    is_large = (mean > _LARGEST_COUNTED) | (exponent > _LARGEST_EXPONENT)
    if is_large.any():
        some = mean[is_large]
        spread = np.sqrt(some + some**2 / shape[is_large])
        far = some + NormalDist().inv_cdf(level) * spread
        is_gone = 1 - alive[is_large] >= level
        found[is_large] = np.where(is_gone, 0, np.maximum(np.round(far), 0))
    rest = np.flatnonzero(~is_large)
    part = alive[rest] * np.exp(-exponent[rest])
    reached = 1 - alive[rest] + part
    count = 0
    # Down the counts, with those not there yet.
    while len(rest := rest[(is_short := reached < level)]):
        part, reached = part[is_short], reached[is_short]
        chance = mean[rest] / (mean[rest] + shape[rest])
        part = part * (shape[rest] + count) / (count + 1) * chance
        count += 1
        reached = reached + part
        found[rest] = count
        # What is left of the sum is rounding.
        if count > 50 * _LARGEST_COUNTED:
            break
    return found


def waiting_quantile(daily: Floats, alive: Floats, shape: Floats, level: float) -> Floats:
    """Return the days until the next purchase has come with probability `level`.

    Infinite where it never comes that surely. The wait of an active customer is Lomax: exponential
    at a gamma rate of mean `daily`.
    """
    missing = (1 - level - (1 - alive)) / np.maximum(alive, 1e-12)
    days = np.full(len(daily), np.inf)
    comes = (missing > 0) & (daily > 0)
    days[comes] = shape[comes] / daily[comes] * np.expm1(-np.log(missing[comes]) / shape[comes])
    return days
