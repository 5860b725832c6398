"""Leaves that read events, for one person in memory: the twin of `_compile_events`."""

from collections.abc import Sequence as Rows

from kikubari.segments._values import is_like, passes, select
from kikubari.segments.measures import is_within, limits
from kikubari.segments.moment import Bounds, LookAhead, look_ahead, micros_of, resolve
from kikubari.segments.person import EVENT, Row, View
from kikubari.spec.conditions import (
    Cart,
    FirstEvent,
    LastEvent,
    NotFollowed,
    Recency,
    RunsLow,
    Sequence,
)
from kikubari.spec.topics import (
    CART_VIEWED,
    ORDER_COMPLETED,
    PRODUCT_ADDED,
    PRODUCT_REMOVED,
    REPLENISHMENT_FORECAST,
)

_AT = EVENT.at
_TYPE = EVENT.place["type"]
_CART_ID = EVENT.place["cart_id"]
_VALUE_MINOR = EVENT.place["value_minor"]
_PRODUCT = EVENT.place["product_id"]
_CATEGORY = EVENT.place["category"]
_ITEM_PRODUCTS = EVENT.place["item_product_ids"]
_ITEM_CATEGORIES = EVENT.place["item_categories"]
_CART_TYPES = frozenset({PRODUCT_ADDED, PRODUCT_REMOVED, CART_VIEWED, ORDER_COMPLETED})


def is_recent(leaf: Recency, view: View) -> bool:
    """Say whether the last such event lies where it should."""
    events = select(leaf.event, leaf.where, Bounds(None, view.moment.as_of), view)
    if not events:
        return False
    age = view.moment.as_of - events[-1][_AT]
    return (leaf.within is None or age < micros_of(leaf.within)) and (
        leaf.more_than is None or age >= micros_of(leaf.more_than)
    )


def is_edge(leaf: FirstEvent | LastEvent, view: View) -> bool:
    """Say whether the first or last event is as it should be."""
    events = select(leaf.event, leaf.among, Bounds(None, view.moment.as_of), view)
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
            if any(is_like(row, step.event, step.where, view) for row in rows):
                starts[k] = start
    return starts[-1] is not None


def is_not_followed(leaf: NotFollowed, view: View) -> bool:
    """Say whether some first event's time is over without a second event in it."""
    span = micros_of(leaf.within)
    as_of = view.moment.as_of
    window = resolve(leaf.window, view.moment)
    firsts = select(leaf.first.event, leaf.first.where, window, view)
    seconds = select(leaf.by.event, leaf.by.where, Bounds(window.first, as_of), view)
    return any(
        row[_AT] + span <= as_of and not any(0 < then[_AT] - row[_AT] <= span for then in seconds)
        for row in firsts
    )


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


def is_running_low(leaf: RunsLow, view: View) -> bool:
    """Say whether the latest word on some product or category is that it runs low soon."""
    span = look_ahead(leaf, view.moment)
    is_low: dict[tuple[str, str], bool] = {}
    for row in view.events:
        if row[_AT] < span.known_since:
            continue
        if row[_TYPE] == REPLENISHMENT_FORECAST:
            product, category = row[_PRODUCT], row[_CATEGORY]
            item = ("p", product) if product else ("c", category)
            is_low[item] = _is_low(leaf, span, row, view)
        elif row[_TYPE] == ORDER_COMPLETED:
            for name, column in (("p", _ITEM_PRODUCTS), ("c", _ITEM_CATEGORIES)):
                is_low |= dict.fromkeys(((name, one) for one in row[column]), False)
    return any(is_low.values())


def _is_low(leaf: RunsLow, span: LookAhead, row: Row, view: View) -> bool:
    said = view.properties(row)
    return (
        span.first <= said.get("runs_low_us", 0) <= span.last
        and said.get("confidence", 0.0) >= leaf.min_confidence
        and leaf.product_id in {None, row[_PRODUCT]}
        and leaf.category in {None, row[_CATEGORY]}
    )


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


def _by_instant(view: View, bounds: Bounds) -> list[tuple[int, list[Row]]]:
    groups: dict[int, list[Row]] = {}
    for row in view.events:
        if bounds.holds(row[_AT]):
            groups.setdefault(row[_AT], []).append(row)
    return list(groups.items())
