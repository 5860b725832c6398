"""Month by month: who comes back after the first purchase, and whom the revenue is from."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kikubari.measure.insights._orders import ORDERS, OrderBook

# One row for each person, month of the first purchase and month of any; worth and orders of it.
_BY_PERSON = f"""
  SELECT cohort, bought.1 AS month, bought.2 AS worth, bought.3 AS n_orders
  FROM (
    SELECT groupArray((month, worth, n_orders)) AS months, min(month) AS cohort
    FROM (
      SELECT who, toStartOfMonth(toDate(toTimeZone(ordered_at, {{zone:String}}))) AS month,
        sum(worth) AS worth, count() AS n_orders
      FROM ({ORDERS})
      GROUP BY who, month
    )
    GROUP BY who
  )
  ARRAY JOIN months AS bought
"""  # noqa: S608 - constants of this room; values are parameters

_COHORTS = f"""
SELECT cohort, dateDiff('month', cohort, month) AS after, count(), sum(worth)
FROM ({_BY_PERSON})
WHERE cohort >= {{since:Date}}
GROUP BY cohort, after
ORDER BY cohort, after
"""  # noqa: S608 - as above

_GROWTH = f"""
SELECT month,
  countIf(month = cohort), sumIf(worth, month = cohort), sumIf(n_orders, month = cohort),
  countIf(month > cohort), sumIf(worth, month > cohort), sumIf(n_orders, month > cohort)
FROM ({_BY_PERSON})
WHERE month >= {{since:Date}}
GROUP BY month
ORDER BY month
"""  # noqa: S608 - as above


class CohortMonth(msgspec.Struct, frozen=True, kw_only=True):
    """What a cohort did so many months after its first.

    Attributes:
        after: months since the one of the first purchase; 0 is that month itself.
        n_people: who bought.
        value_minor: worth of what they bought, in minor units of the shop's currency.
    """

    after: int
    n_people: int
    value_minor: int


class Cohort(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody whose first purchase was in one month, in the shop's time zone.

    `months` has every month up to now, those in which nobody bought too; the last is not over yet.
    """

    month: date
    n_people: int
    months: list[CohortMonth]


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """Cohorts, the oldest first."""

    as_of: datetime
    cohorts: list[Cohort]


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """What new customers bought in a month, and those who had bought in a month before."""

    month: date
    n_new: int
    new_value_minor: int
    n_new_orders: int
    n_returning: int
    returning_value_minor: int
    n_returning_orders: int


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """Months, the oldest first; the last is not over yet."""

    as_of: datetime
    months: list[Month]


def read_retention(book: OrderBook, as_of: datetime, *, months: int) -> Retention:
    """Return the cohorts of the last months, this one among them."""
    this = _month_of(as_of, book)
    rows = book.ask(_COHORTS, as_of, since=_earlier(this, months - 1))
    cohorts = [
        _cohort(month, {row[1]: row for row in own}, this)
        for month, own in groupby(rows, key=lambda row: row[0])
    ]
    return Retention(as_of=as_of, cohorts=cohorts)


def read_growth(book: OrderBook, as_of: datetime, *, months: int) -> Growth:
    """Return the last months with any purchase, from the first of them to this one."""
    this = _month_of(as_of, book)
    rows = book.ask(_GROWTH, as_of, since=_earlier(this, months - 1))
    found = {row[0]: _month(row) for row in rows}
    if not found:
        return Growth(as_of=as_of, months=[])
    length = _months_between(min(found), this)
    every = [_earlier(this, back) for back in range(length, -1, -1)]
    return Growth(as_of=as_of, months=[found.get(one) or _month([one] + [0] * 6) for one in every])


def _cohort(month: date, found: dict[int, Sequence[Any]], this: date) -> Cohort:
    every = range(_months_between(month, this) + 1)
    counts = [found[after][2:4] if after in found else (0, 0) for after in every]
    return Cohort(
        month=month,
        n_people=counts[0][0],
        months=[
            CohortMonth(after=after, n_people=n, value_minor=worth)
            for after, (n, worth) in enumerate(counts)
        ],
    )


def _month(row: Sequence[Any]) -> Month:
    return msgspec.convert(dict(zip(Month.__struct_fields__, row, strict=True)), Month)


def _month_of(instant: datetime, book: OrderBook) -> date:
    return instant.astimezone(ZoneInfo(book.timezone)).date().replace(day=1)


def _earlier(month: date, n: int) -> date:
    years, place = divmod(month.year * 12 + month.month - 1 - n, 12)
    return date(years, place + 1, 1)


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
