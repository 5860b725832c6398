"""How far ahead to look where nobody said."""

from datetime import datetime, timedelta

import numpy as np

from kikubari.decide.histories import History
from kikubari.decide.predict.occasions import gather_occasions

# Customers who mostly come again within so many days are looked at a week ahead, not four.
_OFTEN_DAYS = 10
_WEEK, _FOUR_WEEKS = timedelta(days=7), timedelta(days=28)
_SEASON = timedelta(days=90)


def horizon_of_purchases(history: History, as_of: datetime) -> timedelta:
    """Return 90 days; four weeks where no more than so many days are known."""
    occasions = gather_occasions(history, as_of).before(0)
    span = timedelta(days=-int(occasions.day.min(initial=0)))
    return _SEASON if span > _SEASON else _FOUR_WEEKS


def horizon_of_goods(history: History, as_of: datetime) -> timedelta:
    """Return a week where customers mostly come again within ten days, else four weeks."""
    occasions = gather_occasions(history, as_of).before(0)
    gaps = np.diff(occasions.day)[np.diff(occasions.customer) == 0]
    return _WEEK if len(gaps) and np.median(gaps) <= _OFTEN_DAYS else _FOUR_WEEKS
