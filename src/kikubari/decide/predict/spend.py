"""What a purchase of a customer is worth: the gamma-gamma model.

Values of one customer's purchases vary around a mean of their own as a gamma distribution; means
vary over customers likewise. Source: Fader, Hardie (2013), "The gamma-gamma model of monetary
value". A prior on the logarithms of the parameters keeps means of few purchases near the shop's.
"""

from dataclasses import dataclass

import numpy as np

from kikubari.decide.predict._fitting import Floats, log_gamma, minimise
from kikubari.decide.predict.occasions import Standing

_MOST_FITTED = 20_000
_LOG_BOUND = 9.0
_PRIOR_MEAN = np.array([0.7, 1.4, 0.0])
_PRIOR_SPREAD = np.array([1.0, 1.0, 2.0])


@dataclass(frozen=True)
class Spend:
    """Parameters of gamma-gamma, in units of `unit`.

    Attributes:
        within: shape of one customer's values.
        between: shape of the customers' rates, above 1.
        scale: of the customers' rates.
        unit: the shop's mean value of a purchase.
    """

    within: float
    between: float
    scale: float
    unit: float

    def mean(self, at: Standing) -> Floats:
        """Return the value to expect of a customer's next purchase."""
        n_purchases = at.repeats + 1
        total = at.total / self.unit
        return (
            self.unit
            * self.within
            * (self.scale + total)
            / (self.within * n_purchases + self.between - 1)
        )


def fit_spend(at: Standing) -> Spend | None:
    """Return the parameters most probable; None where no purchase has a value."""
    seen = at.chosen(at.total > 0)
    if not len(seen):
        return None
    seen = seen.chosen(slice(None, None, max(1, len(seen) // _MOST_FITTED)))
    n_purchases = seen.repeats + 1
    unit = float(seen.total.sum() / n_purchases.sum())
    total = seen.total / unit

    def loss(logarithms: Floats) -> float:
        away = (logarithms - _PRIOR_MEAN) / _PRIOR_SPREAD
        within, more, scale = np.exp(np.clip(logarithms, -_LOG_BOUND, _LOG_BOUND))
        between = 1 + more
        shape = within * n_purchases
        likelihood = (
            log_gamma(shape + between)
            - log_gamma(shape)
            - log_gamma(np.array(between))
            + between * np.log(scale)
            + (shape - 1) * np.log(total)
            - (shape + between) * np.log(scale + total)
        )
        return float((away * away).sum() / 2 - likelihood.sum())

    within, more, scale = np.exp(
        np.clip(minimise(loss, ((0.7, 1.0, 0.0), (1.5, 0.5, 1.0))), -_LOG_BOUND, _LOG_BOUND)
    )
    return Spend(float(within), 1 + float(more), float(scale), unit)
