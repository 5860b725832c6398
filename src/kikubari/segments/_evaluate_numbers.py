"""Leaves that count, add up and compare numbers, for one person: the twin of `_compile_numbers`."""

from collections import Counter
from collections.abc import Iterable, Sequence

from kikubari.segments._values import ITEM_PLACES, item_passes, json_value, select
from kikubari.segments.measures import MICRO, aggregate, is_within, limits, scale_of, to_micro
from kikubari.segments.moment import local_date, resolve
from kikubari.segments.person import EVENT, Row, View
from kikubari.spec.conditions import (
    ColumnMeasure,
    ColumnText,
    DistinctCount,
    DistinctOf,
    Due,
    EventAggregate,
    EventCount,
    EventRatio,
    ItemsMeasure,
    ItemText,
    LocalDay,
    Measure,
    Percentile,
    PropertyMeasure,
    Repeated,
)

_AT = EVENT.at


def is_count(leaf: EventCount, view: View) -> bool:
    """Say whether so many such events happened in the window."""
    return leaf.count.holds(len(_chosen(leaf, view)))


def is_aggregate(leaf: EventAggregate, view: View) -> bool:
    """Say whether the aggregate lies in the range."""
    value = aggregate(leaf.function, leaf.of, _numbers(leaf, view))
    return value is not None and is_within(
        value, *limits(leaf.value, scale_of(leaf.function, leaf.of))
    )


def is_distinct(leaf: DistinctCount, view: View) -> bool:
    """Say whether such events have so many different values."""
    rows = _chosen(leaf, view)
    return leaf.count.holds(len({value for row in rows for value in _texts(row, leaf.of, view)}))


def is_repeated(leaf: Repeated, view: View) -> bool:
    """Say whether some value is the same in so many events."""
    seen = Counter(
        value for row in _chosen(leaf, view) for value in set(_texts(row, leaf.of, view))
    )
    return max(seen.values(), default=0) >= leaf.times


def is_ratio(leaf: EventRatio, view: View) -> bool:
    """Say whether so many of one kind come to a hundred of the other."""
    bounds = resolve(leaf.window, view.moment)
    n_part = len(select(leaf.part.event, leaf.part.where, bounds, view))
    n_whole = len(select(leaf.whole.event, leaf.whole.where, bounds, view))
    if n_whole == 0:
        return False
    return is_within(n_part * 100 * MICRO // n_whole, *limits(leaf.percent, MICRO))


def is_due(leaf: Due, view: View) -> bool:
    """Say whether the last event is so many of the person's usual intervals ago."""
    rows = _chosen(leaf, view)
    if len(rows) < leaf.events or rows[0][_AT] == rows[-1][_AT]:
        return False
    first, last = rows[0][_AT], rows[-1][_AT]
    intervals = (view.moment.as_of - last) * (len(rows) - 1) * MICRO // (last - first)
    return is_within(intervals, *limits(leaf.intervals, MICRO))


def is_beyond(leaf: Percentile, view: View, threshold: int | None) -> bool:
    """Say whether the person's value is at or beyond the edge of the part asked for."""
    value = ranked_value(leaf, view)
    if threshold is None or value is None:
        return False
    return value >= threshold if leaf.top_percent is not None else value <= threshold


def ranked_value(leaf: Percentile, view: View) -> int | None:
    """Return the value the person is ranked by, None for who has no such event."""
    numbers = _numbers(leaf, view)
    return aggregate(leaf.function, leaf.of, numbers) if numbers else None


def _chosen(
    leaf: EventCount | EventAggregate | DistinctCount | Repeated | Due | Percentile, view: View
) -> list[Row]:
    return select(leaf.event, leaf.where, resolve(leaf.window, view.moment), view)


def _texts(row: Row, of: DistinctOf, view: View) -> Iterable[str]:
    match of:
        case ColumnText(column=column):
            text = row[EVENT.place[column]]
            return [text] if text else []
        case ItemText(field=field):
            return [text for text in row[ITEM_PLACES[field]] if text]
        case LocalDay():
            return [str(local_date(view.moment.zone, row[_AT]))]


def _numbers(leaf: EventAggregate | Percentile, view: View) -> list[int]:
    numbers = (_number(row, leaf.of, view) for row in _chosen(leaf, view))
    return [number for number in numbers if number is not None]


def _number(row: Row, of: Measure, view: View) -> int | None:
    match of:
        case ColumnMeasure(column=column):
            return int(row[EVENT.place[column]])
        case PropertyMeasure(path=path):
            number = json_value(view.properties(row), path).number
            return None if number is None else to_micro(number)
        case ItemsMeasure():
            return _items_total(row, of, view)


def _items_total(row: Row, of: ItemsMeasure, view: View) -> int | None:
    quantities: Sequence[int] = row[ITEM_PLACES["quantity"]]
    prices: Sequence[int] = row[ITEM_PLACES["price_minor"]]
    chosen = [i for i in range(len(prices)) if item_passes(of.where, row, i, view.moment)]
    if not chosen:
        return None
    match of.total:
        case "lines":
            return len(chosen)
        case "quantity":
            return sum(quantities[i] for i in chosen)
        case "amount_minor":
            return sum(quantities[i] * prices[i] for i in chosen)
