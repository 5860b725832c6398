"""The level of a whole shop: between customers leaving as modelled and the recent pace going on.

Models of dropout see customers of early days leave fast and carry that on: they forecast too
little, more so the further ahead. That everybody goes on at the pace of late forecasts too much
where customers do leave. The geometric mean of the two sums is closer to what comes than either,
over shops and horizons (docs/predictions.md has the figures); that equal weights are hard to beat
is the old finding of Bates, Granger (1969), "The combination of forecasts", OR 20(4).
"""

import numpy as np

from kikubari.decide.predict._fitting import Floats
from kikubari.decide.predict.occasions import Occasions, Standing

# The window of the pace is at most this share of the history.
_LARGEST_SHARE = 0.35
_FEWEST_REPEATS = 30
_LARGEST_FACTOR = 2.0


def find_level(occasions: Occasions, at: Standing, day: int, days: int, expected: Floats) -> float:
    """Return the factor for the forecasts of all customers.

    Args:
        occasions: of the shop; those before `day` are looked at.
        at: how customers stand at the start of `day`.
        day: of the forecast.
        days: the horizon.
        expected: purchases per customer that the model of dropout expects.
    """
    window = max(1, min(days, round(_LARGEST_SHARE * float(at.age.max()))))
    recent = occasions.between(day - window, day).count()[at.customer]
    n_repeats = float(recent.sum() - (at.age <= window).sum())
    if n_repeats < _FEWEST_REPEATS:
        return 1.0
    per_day = n_repeats / float(np.minimum(at.age, window).sum())
    factor = np.sqrt(per_day * days * len(at) / float(expected.sum()))
    return float(np.clip(factor, 1 / _LARGEST_FACTOR, _LARGEST_FACTOR))
