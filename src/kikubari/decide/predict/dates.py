"""Whether dates of next purchases hold: how often the true one lay within the days said.

A date is judged only where it is said to be over before the wait is; that is known beforehand, so
it picks nothing. Who did not come at all counts as later than said.
"""

import msgspec
import numpy as np

from kikubari.decide.predict._fitting import Floats
from kikubari.decide.predict.occasions import Occasions, Standing
from kikubari.decide.predict.quality import Figure, with_interval

_FEWEST = 30


class DateQuality(msgspec.Struct, frozen=True, kw_only=True):
    """How dates of next purchases did.

    Attributes:
        n_customers: whose latest date lay within the days waited.
        within: share of them who bought between the earliest and the latest; 80 of 100 are meant
            to.
        earlier: share of them who bought before the earliest; 10 of 100 are meant to.
        later: share of them who bought after the latest, or not at all; likewise.
        n_by_date: customers whose date itself lay within the days waited.
        by_date: share of them who bought by then; half are meant to.
    """

    n_customers: int
    within: Figure
    earlier: float
    later: float
    n_by_date: int
    by_date: Figure


def wait_for_next(occasions: Occasions, at: Standing, day: int) -> Floats:
    """Return the days from a day until each customer's next purchase; infinite if none is known."""
    came = occasions.between(day, int(occasions.day.max(initial=day)) + 1)
    wait = np.full(occasions.n_customers, np.inf)
    # A day's purchases are in its middle, on average.
    np.minimum.at(wait, came.customer, came.day - day + 0.5)
    waits: Floats = wait[at.customer]
    return waits


def measure_dates(
    low: Floats, middle: Floats, high: Floats, came_after: Floats, days: int
) -> DateQuality | None:
    """Return how dates did; None where too few can be judged.

    Args:
        low: days before which it comes with 10 %; one entry per customer, like all that follow.
        middle: as likely earlier as later; NaN where no date is said.
        high: days before which it comes with 90 %.
        came_after: days until it came; infinite if it did not.
        days: that were waited.
    """
    is_dated = np.isfinite(middle)
    judged = is_dated & (high <= days)
    by_date = is_dated & (middle <= days)
    if judged.sum() < _FEWEST:
        return None
    low, high, came = low[judged], high[judged], came_after[judged]
    return DateQuality(
        n_customers=len(came),
        within=with_interval(_share, ((low <= came) & (came <= high)).astype(float)),
        earlier=float((came < low).mean()),
        later=float((came > high).mean()),
        n_by_date=int(by_date.sum()),
        by_date=with_interval(_share, (came_after <= middle)[by_date].astype(float)),
    )


def _share(values: Floats) -> float:
    return float(values.mean())
