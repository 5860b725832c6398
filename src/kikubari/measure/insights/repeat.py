"""How soon customers buy again: the second, third and fourth purchase after the one before."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from kikubari.measure.insights._orders import ORDERS, OrderBook
from kikubari.measure.insights.survival import CurvePoint, Waits, estimate_returns

_PURCHASES = 3
# Where fewer are left to tell, one person moves the curve by more than three points.
_FEWEST_AT_RISK = 30

# Two orders on one day are one purchase.
_WAITS = f"""
SELECT step.1 AS purchase, step.2 AS waited, step.3 AS is_over, count()
FROM (
  SELECT arraySort(groupUniqArray(toDate(toTimeZone(ordered_at, {{zone:String}})))) AS days,
    arrayJoin(arrayMap(
      n -> (n, toInt32(if(n < length(days), days[n + 1], {{today:Date}}) - days[n]),
            n < length(days)),
      range(1, least(length(days), {{purchases:UInt8}}) + 1)
    )) AS step
  FROM ({ORDERS})
  GROUP BY who
)
GROUP BY purchase, waited, is_over
"""  # noqa: S608 - constants of this room; values are parameters


class RepeatCurve(msgspec.Struct, frozen=True, kw_only=True):
    """Of those who bought so often, the share that has bought once more by each day since.

    Attributes:
        purchase: which one they had made: 1 is the first.
        n_people: who made it.
        n_again: of them, who has bought once more by now.
        half_days: days by which half of those who come back within `horizon_days` have; None if
            too few do to say.
        last_day: up to which enough people were watched; 0 if not even for one day.
        points: at each day on which somebody came back, and the last.
    """

    purchase: int
    n_people: int
    n_again: int
    half_days: int | None
    last_day: int
    points: list[CurvePoint]


class RepeatCurves(msgspec.Struct, frozen=True, kw_only=True):
    """Repeat curves after the first, second and third purchase, as far as there are any."""

    as_of: datetime
    horizon_days: int
    curves: list[RepeatCurve]


def read_repeat_curves(book: OrderBook, as_of: datetime, *, horizon_days: int) -> RepeatCurves:
    """Return how many have bought again by each day since they bought, up to the horizon."""
    today = as_of.astimezone(ZoneInfo(book.timezone)).date()
    rows = book.ask(_WAITS, as_of, today=today, purchases=_PURCHASES)
    waits: dict[int, list[Waits]] = {}
    for purchase, days, is_over, n in rows:
        waits.setdefault(purchase, []).append(Waits(days, n, bool(is_over)))
    curves = [_curve(purchase, waits[purchase], horizon_days) for purchase in sorted(waits)]
    return RepeatCurves(as_of=as_of, horizon_days=horizon_days, curves=curves)


def _curve(purchase: int, waits: list[Waits], horizon_days: int) -> RepeatCurve:
    points = estimate_returns(waits, fewest=_FEWEST_AT_RISK)
    last_day = min(points[-1].day, horizon_days) if points else 0
    points = [one for one in points if one.day <= horizon_days]
    return RepeatCurve(
        purchase=purchase,
        n_people=sum(one.n for one in waits),
        n_again=sum(one.n for one in waits if one.is_over),
        half_days=_half(points),
        last_day=last_day,
        points=points,
    )


def _half(points: list[CurvePoint]) -> int | None:
    if not points or not points[-1].share:
        return None
    return next(one.day for one in points if one.share >= points[-1].share / 2)
