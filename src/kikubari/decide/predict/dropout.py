"""Repeat purchases of customers who may silently leave: the MBG/NBD model, with a prior.

While a customer is active, purchases come at random at a rate of their own; after each purchase,
the first one too, the customer leaves for good with a chance of their own. Rates vary over
customers as a gamma distribution, chances as a beta distribution.

Sources: Batislam, Denizel, Filiztekin (2007), "Empirical validation and comparison of models for
customer base analysis", IJRM 24(3), the modification of Fader, Hardie, Lee (2005), "Counting your
customers the easy way", Marketing Science 24(2). In the original nobody leaves before a repeat
purchase, so every one-time buyer would be alive for ever. The prior on the logarithms of the four
parameters keeps the fit from running off where a shop's data say little about leaving.
"""

from dataclasses import dataclass

import numpy as np

from kikubari.decide.predict._fitting import Floats, jacobi_points, minimise
from kikubari.decide.predict.occasions import Standing

# More customers change the parameters by less than their uncertainty.
_MOST_FITTED = 20_000
_POINTS = 24
_LOG_BOUND = 12.0
# Logarithms: rates vary as an exponential distribution does; a third leave at each purchase.
_PRIOR_MEAN = np.array([0.0, 0.0, -0.5, 0.5])
_PRIOR_SPREAD = np.array([1.5, 2.0, 1.5, 1.5])
_STARTS = ((-0.5, -1.0, -0.5, 0.5), (0.5, 0.0, 0.0, 1.0), (-1.0, -2.0, -1.5, 1.5))


@dataclass(frozen=True)
class Dropout:
    """Parameters of MBG/NBD: rates are gamma(shape, rate), chances of leaving beta(a, b).

    Attributes:
        shape: of the purchase rates.
        rate: in days.
        a: of the chance of leaving after a purchase.
        b: likewise.
    """

    shape: float
    rate: float
    a: float
    b: float

    def alive(self, at: Standing) -> Floats:
        """Return the probability that a customer has not left."""
        odds = self.a / (self.b + at.repeats)
        log_ratio = np.log(self.rate + at.age) - np.log(self.rate + at.last_age)
        gone: Floats = odds * np.exp(np.minimum((self.shape + at.repeats) * log_ratio, 700.0))
        return 1 / (1 + gone)

    def expect(self, at: Standing, days: float) -> Floats:
        """Return the purchases to expect in the next days.

        The mean over the beta distribution is taken by Gauss-Jacobi quadrature, which holds where
        the closed form, a hypergeometric function, loses all its digits.
        """
        share = days / (self.rate + at.age)
        expected = np.empty(len(at))
        for repeats in np.unique(at.repeats):
            mask = at.repeats == repeats
            chance, weight = jacobi_points(_POINTS, self.b + repeats, self.a - 1)
            chance = np.maximum(chance, 1e-12)
            shrunk = np.log1p(np.outer(share[mask], chance)) * -(self.shape + repeats)
            expected[mask] = -np.expm1(shrunk) / chance @ weight
        return expected * self.alive(at)


def fit_dropout(at: Standing, *, start: Dropout | None = None) -> Dropout:
    """Return the parameters most probable after the customers' histories and the prior.

    Args:
        at: the customers; of many, an even sample is looked at.
        start: a fit of nearly the same customers, to begin at.
    """
    seen = at.chosen(slice(None, None, max(1, len(at) // _MOST_FITTED)))
    unit = float(np.median(seen.age))
    likelihood = _Likelihood(seen, unit)
    starts = _STARTS if start is None else ((*_logarithms(start, unit),),)
    shape, rate, a, b = np.exp(minimise(likelihood.loss, starts))
    return Dropout(float(shape), float(rate) * unit, float(a), float(b))


def _logarithms(fit: Dropout, unit: float) -> list[float]:
    return [float(np.log(value)) for value in (fit.shape, fit.rate / unit, fit.a, fit.b)]


class _Likelihood:
    """Minus the log of what the customers' histories and the prior say of parameters."""

    def __init__(self, at: Standing, unit: float) -> None:
        # Equal histories are looked at once.
        rows = np.stack([at.repeats, at.last_age / unit, at.age / unit], axis=1)
        rows, self._n = np.unique(rows, axis=0, return_counts=True)
        self._repeats = rows[:, 0].astype(np.int64)
        self._last_age, self._age = rows[:, 1], rows[:, 2]
        self._steps = np.arange(self._repeats.max() + 1, dtype=float)

    def loss(self, logarithms: Floats) -> float:
        away = (logarithms - _PRIOR_MEAN) / _PRIOR_SPREAD
        shape, rate, a, b = np.exp(np.clip(logarithms, -_LOG_BOUND, _LOG_BOUND))
        repeats, steps = self._repeats, self._steps
        # Ratios of gamma and beta functions at whole steps are sums of logarithms.
        rises = np.concatenate([[0.0], np.cumsum(np.log(shape + steps))])[repeats]
        stays = np.concatenate([[0.0], np.cumsum(np.log((b + steps) / (a + b + steps)))])
        left = stays[repeats] + np.log(a / (a + b + repeats))
        likelihood = (
            rises
            + shape * np.log(rate)
            + np.logaddexp(
                stays[repeats + 1] - (shape + repeats) * np.log(rate + self._age),
                left - (shape + repeats) * np.log(rate + self._last_age),
            )
        )
        return float((away * away).sum() / 2 - self._n @ likelihood)
