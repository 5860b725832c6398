"""Exact arithmetic on amounts: integers only, so that no order of adding changes a total."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from kikubari.spec.conditions import Measure, NumberRange, PropertyMeasure
from kikubari.spec.conditions.leaves import Function

MICRO = 1_000_000
MAX_NUMBER = 1e12


def scale_of(function: Function, of: Measure) -> int:
    """Return how many units of the aggregate's integer make one: 1, or a million for decimals."""
    return MICRO if isinstance(of, PropertyMeasure) or function == "avg" else 1


def to_micro(number: float) -> int | None:
    """Return a JSON number in millionths, half to even; None if it is too large to count."""
    return round(number * MICRO) if abs(number) <= MAX_NUMBER else None


def aggregate(function: Function, of: Measure, numbers: Sequence[int]) -> int | None:
    """Return the aggregate of integers in units of `scale_of`; None for nothing but a sum."""
    if function == "sum":
        return sum(numbers)
    if not numbers:
        return None
    if function == "avg":
        factor = 1 if isinstance(of, PropertyMeasure) else MICRO
        total = sum(numbers) * factor
        # Towards zero, as the engine divides.
        whole = abs(total) // len(numbers)
        return whole if total >= 0 else -whole
    return min(numbers) if function == "min" else max(numbers)


def limits(value: NumberRange, scale: int) -> tuple[int | None, int | None]:
    """Return the least and the greatest integer, in 1/scale, that lie in the range."""
    lows, highs = [], []
    if value.at_least is not None:
        lows.append(_whole(value.at_least, scale, ROUND_CEILING))
    if value.more_than is not None:
        lows.append(_whole(value.more_than, scale, ROUND_FLOOR) + 1)
    if value.at_most is not None:
        highs.append(_whole(value.at_most, scale, ROUND_FLOOR))
    if value.less_than is not None:
        highs.append(_whole(value.less_than, scale, ROUND_CEILING) - 1)
    return max(lows, default=None), min(highs, default=None)


def is_within(value: int, low: int | None, high: int | None) -> bool:
    """Say whether low <= value <= high, open where None."""
    return (low is None or value >= low) and (high is None or value <= high)


def rank_of(n_people: int, share: int) -> int:
    """Return how many of `n_people` are `share` hundredths of a percent, rounded up."""
    return (n_people * share + 9_999) // 10_000


def _whole(value: float, scale: int, rounding: str) -> int:
    return int((Decimal(repr(value)) * scale).to_integral_value(rounding))
