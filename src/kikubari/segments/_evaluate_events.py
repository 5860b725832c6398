"""Leaves that read events, for one person in memory: the twin of `_compile_events`."""

from collections.abc import Sequence as Rows

from kikubari.segments._values import json_value, passes
from kikubari.segments.measures import aggregate, is_within, limits, scale_of, to_micro
from kikubari.segments.moment import Bounds, micros_of, resolve
from kikubari.segments.person import EVENT, Row, View
from kikubari.spec.conditions import (
    Cart,
    ColumnMeasure,
    EventAggregate,
    EventCount,
    EventFilter,
    FirstEvent,
    LastEvent,
    Measure,
    NotFollowed,
    Percentile,
    Recency,
    Sequence,
)
from kikubari.spec.topics import CART_VIEWED, ORDER_COMPLETED, PRODUCT_ADDED, PRODUCT_REMOVED

_AT = EVENT.at
_TYPE = EVENT.place["type"]
_CART_ID = EVENT.place["cart_id"]
_VALUE_MINOR = EVENT.place["value_minor"]
_CART_TYPES = frozenset({PRODUCT_ADDED, PRODUCT_REMOVED, CART_VIEWED, ORDER_COMPLETED})


def is_count(leaf: EventCount, view: View) -> bool:
    """Say whether so many such events happened in the window."""
    bounds = resolve(leaf.window, view.moment)
    return leaf.count.holds(len(_select(leaf.event, leaf.where, bounds, view)))


def is_aggregate(leaf: EventAggregate, view: View) -> bool:
    """Say whether the aggregate lies in the range."""
    bounds = resolve(leaf.window, view.moment)
    value = aggregate(leaf.function, leaf.of, _numbers(leaf, bounds, view))
    return value is not None and is_within(
        value, *limits(leaf.value, scale_of(leaf.function, leaf.of))
    )


def is_recent(leaf: Recency, view: View) -> bool:
    """Say whether the last such event lies where it should."""
    events = _select(leaf.event, leaf.where, Bounds(None, view.moment.as_of), view)
    if not events:
        return False
    age = view.moment.as_of - events[-1][_AT]
    return (leaf.within is None or age < micros_of(leaf.within)) and (
        leaf.more_than is None or age >= micros_of(leaf.more_than)
    )


def is_edge(leaf: FirstEvent | LastEvent, view: View) -> bool:
    """Say whether the first or last event is as it should be."""
    events = _select(leaf.event, leaf.among, Bounds(None, view.moment.as_of), view)
    if not events:
        return False
    edge = events[-1] if isinstance(leaf, LastEvent) else events[0]
    in_window = resolve(leaf.window, view.moment).holds(edge[_AT])
    return in_window and passes(leaf.where, edge, view)


def is_sequence(leaf: Sequence, view: View) -> bool:
    """Say whether the steps happened one strictly after the other in time.

    `starts[k]` is the latest start of a chain whose first k+1 steps are done; a later start
    never hurts, so one pass in order of time finds a chain if there is one.
    """
    span = micros_of(leaf.within)
    n = len(leaf.steps)
    starts: list[int | None] = [None] * n
    for at, rows in _by_instant(view, resolve(leaf.window, view.moment)):
        # Last step first: what happens at one instant cannot be two steps.
        for k in range(n - 1, -1, -1):
            step = leaf.steps[k]
            start = at if k == 0 else starts[k - 1]
            if start is None or at - start > span:
                continue
            if any(_is_like(row, step.event, step.where, view) for row in rows):
                starts[k] = start
    return starts[-1] is not None


def is_not_followed(leaf: NotFollowed, view: View) -> bool:
    """Say whether some first event's time is over without a second event in it."""
    span = micros_of(leaf.within)
    as_of = view.moment.as_of
    window = resolve(leaf.window, view.moment)
    firsts = _select(leaf.first.event, leaf.first.where, window, view)
    seconds = _select(leaf.by.event, leaf.by.where, Bounds(window.first, as_of), view)
    return any(
        row[_AT] + span <= as_of and not any(0 < then[_AT] - row[_AT] <= span for then in seconds)
        for row in firsts
    )


def is_beyond(leaf: Percentile, view: View, threshold: int | None) -> bool:
    """Say whether the person's value is at or beyond the edge of the part asked for."""
    value = ranked_value(leaf, view)
    if threshold is None or value is None:
        return False
    return value >= threshold if leaf.top_percent is not None else value <= threshold


def ranked_value(leaf: Percentile, view: View) -> int | None:
    """Return the value the person is ranked by, None for who has no such event."""
    numbers = _numbers(leaf, resolve(leaf.window, view.moment), view)
    return aggregate(leaf.function, leaf.of, numbers) if numbers else None


def is_cart(leaf: Cart, view: View) -> bool:
    """Say whether the person has an open cart of such a value, idle long enough."""
    as_of = view.moment.as_of
    bounds = Bounds(as_of - micros_of(leaf.lookback) + 1, as_of)
    events = [row for row in view.events if row[_TYPE] in _CART_TYPES and bounds.holds(row[_AT])]
    opened = _open_cart(events)
    if not opened:
        return False
    if leaf.idle is not None and opened[-1][_AT] > as_of - micros_of(leaf.idle):
        return False
    return leaf.value is None or is_within(_cart_value(opened), *limits(leaf.value, 1))


def _open_cart(events: Rows[Row]) -> list[Row]:
    """Return the events of the current cart since the order that closed the one before."""
    touched = [row for row in events if row[_TYPE] != ORDER_COMPLETED]
    if not touched:
        return []
    cart_id = touched[-1][_CART_ID]
    opened: list[Row] = []
    for row in events:
        if row[_TYPE] == ORDER_COMPLETED:
            if row[_CART_ID] in {cart_id, ""}:
                opened = []
        elif row[_CART_ID] == cart_id:
            opened.append(row)
    return opened


def _cart_value(opened: Rows[Row]) -> int:
    value = 0
    for row in opened:
        amount = row[_VALUE_MINOR]
        if row[_TYPE] == CART_VIEWED:
            value = amount
        else:
            value += -amount if row[_TYPE] == PRODUCT_REMOVED else amount
    return max(0, value)


def _select(
    event: str | None, where: tuple[EventFilter, ...], bounds: Bounds, view: View
) -> list[Row]:
    return [
        row for row in view.events_of(event) if bounds.holds(row[_AT]) and passes(where, row, view)
    ]


def _numbers(leaf: EventAggregate | Percentile, bounds: Bounds, view: View) -> list[int]:
    numbers = (_number(row, leaf.of, view) for row in _select(leaf.event, leaf.where, bounds, view))
    return [number for number in numbers if number is not None]


def _number(row: Row, of: Measure, view: View) -> int | None:
    if isinstance(of, ColumnMeasure):
        return int(row[EVENT.place[of.column]])
    number = json_value(view.properties(row), of.path).number
    return None if number is None else to_micro(number)


def _is_like(row: Row, event: str | None, where: tuple[EventFilter, ...], view: View) -> bool:
    return (event is None or row[_TYPE] == event) and passes(where, row, view)


def _by_instant(view: View, bounds: Bounds) -> list[tuple[int, list[Row]]]:
    groups: dict[int, list[Row]] = {}
    for row in view.events:
        if bounds.holds(row[_AT]):
            groups.setdefault(row[_AT], []).append(row)
    return list(groups.items())
