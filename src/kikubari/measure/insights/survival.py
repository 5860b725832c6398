"""How many have come back by each day, where the newest have had little time to.

The product-limit estimate of Kaplan and Meier (J. Amer. Statist. Assoc. 53, 1958): who has not come
back yet counts for as long as they could have, and no longer. Its variance is Greenwood's (1926);
the interval is of log(-log S), which keeps it between 0 and 1 (Kalbfleisch and Prentice, "The
Statistical Analysis of Failure Time Data", 1980).
"""

from collections.abc import Iterable
from math import exp, inf, log, sqrt

import msgspec

_Z = 1.959964  # 95 % of a normal distribution lie within


class Waits(msgspec.Struct, frozen=True):
    """So many people waited so many days, and then came back, or have not yet."""

    days: int
    n: int
    is_over: bool


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """By this day: the share that came back, and its 95 % interval.

    `n_at_risk` people were watched for so long and had not come back before.
    """

    day: int
    share: float
    low: float
    high: float
    n_at_risk: int


def estimate_returns(waits: Iterable[Waits], *, fewest: int) -> list[CurvePoint]:
    """Return the share that came back at each day on which somebody did, ascending.

    The curve ends where fewer than `fewest` people are left to tell: with a last point on that day,
    so that it is known how far it reaches.
    """
    ending: dict[int, int] = {}
    leaving: dict[int, int] = {}
    for one in waits:
        leaving[one.days] = leaving.get(one.days, 0) + one.n
        if one.is_over:
            ending[one.days] = ending.get(one.days, 0) + one.n
    points: list[CurvePoint] = []
    at_risk, survived, spread = sum(leaving.values()), 1.0, 0.0
    for day in sorted(leaving):
        if at_risk < fewest:
            break
        back = ending.get(day, 0)
        survived *= 1 - back / at_risk
        spread += back / (at_risk * (at_risk - back)) if at_risk > back else inf
        low, high = _interval(survived, spread)
        if back or _is_last(at_risk - leaving[day], fewest):
            points.append(
                CurvePoint(day=day, share=1 - survived, low=low, high=high, n_at_risk=at_risk)
            )
        at_risk -= leaving[day]
    return points


def _is_last(remaining: int, fewest: int) -> bool:
    return remaining < max(fewest, 1)


def _interval(survived: float, spread: float) -> tuple[float, float]:
    """Return between which shares that came back the true one lies."""
    if survived >= 1:
        return 0.0, 0.0
    if survived <= 0:
        return 0.0, 1.0
    reach = _Z * sqrt(spread) / abs(log(survived))
    return 1 - survived ** exp(-reach), 1 - survived ** exp(reach)
