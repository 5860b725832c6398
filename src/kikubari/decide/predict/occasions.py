"""Days on which customers bought, and how each customer stands at a given day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.histories import History
from kikubari.decide.predict._fitting import Floats
from kikubari.kit.instants import to_micros

_DAY_US = 86_400_000_000
RECENT_DAYS = (28, 91)


@dataclass(frozen=True, eq=False)
class Occasions:
    """Purchases of one customer on one day are one occasion; ordered by customer, then day.

    Attributes:
        n_customers: of the whole history, those without an occasion too.
        customer: int64, place of the customer in the history.
        day: int64, whole days from the instant the forecast is made at; all before it are < 0.
        value: float64, worth of the day's lines less returns, never below 0.
        is_valued: whether the history tells values at all.
    """

    n_customers: int
    customer: NDArray[np.int64]
    day: NDArray[np.int64]
    value: Floats
    is_valued: bool

    def before(self, day: int) -> "Occasions":
        """Return those known at the start of a day."""
        return self._chosen(self.day < day)

    def between(self, first: int, end: int) -> "Occasions":
        """Return those of the days from `first` until before `end`."""
        return self._chosen((self.day >= first) & (self.day < end))

    def of_customers(self, is_used: NDArray[np.bool_]) -> "Occasions":
        """Return those of some customers of the history."""
        return self._chosen(is_used[self.customer])

    def count(self) -> Floats:
        """Return the number of occasions by customer."""
        return np.bincount(self.customer, minlength=self.n_customers).astype(float)

    def sum(self) -> Floats:
        """Return the worth by customer."""
        return np.bincount(self.customer, self.value, self.n_customers).astype(float)

    def _chosen(self, mask: NDArray[np.bool_]) -> "Occasions":
        return Occasions(
            self.n_customers, self.customer[mask], self.day[mask], self.value[mask], self.is_valued
        )


def gather_occasions(history: History, as_of: datetime) -> Occasions:
    """Return the occasions of a history, those after `as_of` with days of 0 and more.

    A line of negative value is a return: it lowers the worth of its day and is no purchase.
    """
    day = (history.at_us - to_micros(as_of)) // _DAY_US
    is_valued = bool(np.isfinite(history.value).any())
    value = np.nan_to_num(history.value)
    if not len(day):
        empty = np.zeros(0, dtype=np.int64)
        return Occasions(len(history.customers), empty, empty, np.zeros(0), is_valued)
    earliest = int(day.min())
    span = int(day.max()) - earliest + 1
    key = history.customer.astype(np.int64) * span + (day - earliest)
    days, place = np.unique(key, return_inverse=True)
    summed = np.bincount(place, weights=value)
    is_purchase = np.bincount(place, weights=value >= 0) > 0
    days = days[is_purchase]
    worth: Floats = np.maximum(summed[is_purchase], 0).astype(float)
    return Occasions(len(history.customers), days // span, days % span + earliest, worth, is_valued)


@dataclass(frozen=True, eq=False)
class Standing:
    """How customers stand at the start of a day; one entry per customer with a purchase.

    Attributes:
        customer: place of the customer in the history, ascending.
        repeats: purchases after the first.
        last_age: days from the first purchase to the last.
        age: days from the first purchase to the day of standing, at least 1.
        total: worth of all purchases.
        first_value: worth of the first.
        last_value: worth of the last.
        recent: purchases in the latest `RECENT_DAYS`, one column each.
    """

    customer: NDArray[np.int64]
    repeats: Floats
    last_age: Floats
    age: Floats
    total: Floats
    first_value: Floats
    last_value: Floats
    recent: Floats

    def __len__(self) -> int:
        return len(self.customer)

    def chosen(self, mask: NDArray[np.bool_] | NDArray[np.int64] | slice) -> "Standing":
        """Return those of some customers."""
        return Standing(**{name: values[mask] for name, values in vars(self).items()})

    @property
    def silence(self) -> Floats:
        """Days since the last purchase, at least 1."""
        return self.age - self.last_age


def stand_at(occasions: Occasions, day: int) -> Standing:
    """Return how customers stand at the start of a day."""
    known = occasions.before(day)
    customer, starts = np.unique(known.customer, return_index=True)
    if not len(customer):
        none = np.zeros(0)
        return Standing(customer, none, none, none, none, none, none, np.zeros((0, 2)))
    ends = np.append(starts[1:], len(known.customer)) - 1
    first, last = known.day[starts], known.day[ends]
    recent = [occasions.between(day - days, day).count()[customer] for days in RECENT_DAYS]
    return Standing(
        customer=customer,
        repeats=(ends - starts).astype(float),
        last_age=(last - first).astype(float),
        age=(day - first).astype(float),
        total=np.add.reduceat(known.value, starts),
        first_value=known.value[starts],
        last_value=known.value[ends],
        recent=np.stack(recent, axis=1),
    )


def days_of(horizon: timedelta) -> int:
    """Return a horizon in whole days, at least one."""
    return max(1, round(horizon / timedelta(days=1)))
