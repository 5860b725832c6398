"""The smallest effect that a comparison of two halves of an audience would show.

Two proportions, equal halves, two-sided test at 5 %, power 80 %: equation 4.14 of Fleiss, Levin,
Paik, "Statistical Methods for Rates and Proportions", 3rd edition (2003), without the correction
for continuity, solved for the second proportion.
"""

import math

from kikubari.segments.advice.contracts import Power

# Quantiles of the normal distribution: 1 - 0.05 / 2, and 0.80.
_Z_ALPHA = 1.959964
_Z_BETA = 0.841621
_STEPS = 60


def people_needed(base_rate: float, other_rate: float, z_beta: float = _Z_BETA) -> float:
    """Return how many people each half needs for the difference of two rates to be seen."""
    mean = (base_rate + other_rate) / 2
    spread = _Z_ALPHA * math.sqrt(2 * mean * (1 - mean)) + z_beta * math.sqrt(
        base_rate * (1 - base_rate) + other_rate * (1 - other_rate)
    )
    return (spread / (other_rate - base_rate)) ** 2


def measurable(n_people: int, base_rate: float) -> Power:
    """Return the smallest rise over the base rate that `n_people` in two halves would show.

    Args:
        n_people: in both halves together.
        base_rate: 0 < base_rate < 1.
    """
    each = n_people // 2
    if each < 1 or people_needed(base_rate, 1.0) > each:
        return Power(n_people, base_rate, None, None)
    # The need falls as the difference grows: halve the interval that holds the edge.
    low, high = base_rate, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle == base_rate or people_needed(base_rate, middle) > each:
            low = middle
        else:
            high = middle
    effect = high - base_rate
    return Power(n_people, base_rate, round(effect, 6), round(effect / base_rate, 4))
