"""What a leaf reads, so that only what can change it makes it be asked again."""

import msgspec

from kikubari.segments.cache import valid_until
from kikubari.segments.moment import Moment, micros_of, next_change
from kikubari.spec.conditions import (
    Age,
    Anniversary,
    Calendar,
    Cart,
    Condition,
    ConsentIs,
    DistinctCount,
    Due,
    EventAggregate,
    EventCount,
    EventRatio,
    Everyone,
    FirstEvent,
    Last,
    LastEvent,
    Near,
    Next,
    NotFollowed,
    Percentile,
    Prediction,
    Recency,
    Repeated,
    RunsLow,
    Sequence,
    Suppressed,
    TraitIs,
    When,
    Window,
)
from kikubari.spec.topics import (
    CART_VIEWED,
    ORDER_COMPLETED,
    PRODUCT_ADDED,
    PRODUCT_REMOVED,
    REPLENISHMENT_FORECAST,
    SUPPRESSION_CHANGED,
)

# An edge in time: rows of this kind (None: any) matter when they become this old, in µs.
Edge = tuple[str | None, int]
CART_TYPES = frozenset({ORDER_COMPLETED, PRODUCT_ADDED, PRODUCT_REMOVED, CART_VIEWED})
# How far ahead it is looked up whom time alone moves, in µs.
CROSSINGS_AHEAD = 24 * 3_600 * 1_000_000
_QUARTER_HOUR = 15 * 60 * 1_000_000


class Reads(msgspec.Struct, frozen=True):
    """What can change who belongs to a leaf.

    Attributes:
        types: of events; None among them stands for any.
        traits: names.
        purposes: of consent.
        event_edges: an event of the type that becomes so old may change its person's answer.
        trait_edges: the same for a date that a trait holds.
        is_whole: people cannot be asked for one by one (a rank among all, a leaf not known here).
        turns: the answer may change for everybody at instants `next_turn` tells.
    """

    types: frozenset[str | None] = frozenset()
    traits: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    event_edges: frozenset[Edge] = frozenset()
    trait_edges: frozenset[Edge] = frozenset()
    is_whole: bool = False
    turns: bool = False

    def is_of(self, types: frozenset[str | None]) -> bool:
        """Say whether events of one of these types matter."""
        return bool(types) and (None in self.types or not self.types.isdisjoint(types))


_READS_OF: dict[type[Condition], Reads] = {
    Suppressed: Reads(types=frozenset({SUPPRESSION_CHANGED})),
    RunsLow: Reads(types=frozenset({REPLENISHMENT_FORECAST, ORDER_COMPLETED}), turns=True),
}


def reads_of(leaf: Condition) -> Reads:
    """Return what a leaf (no short form, no reference) reads.

    A kind of leaf that is not known here reads everything and is asked as a whole: slow, not wrong.
    """
    match leaf:
        case Everyone():
            return Reads(types=frozenset({None}))
        case TraitIs(trait=trait, test=test) | Prediction(trait=trait, test=test):
            names = frozenset({trait})
            if not isinstance(test, When):
                return Reads(traits=names)
            edges = frozenset((trait, age) for age in (0, *_ages(test.window)))
            return Reads(traits=names, trait_edges=edges, turns=_is_calendar(test.window))
        case ConsentIs(purpose=purpose):
            return Reads(purposes=frozenset({purpose}))
        case Suppressed() | RunsLow():
            return _READS_OF[type(leaf)]
        case Anniversary(trait=trait) | Age(trait=trait):
            return Reads(traits=frozenset({trait, "timezone"}), turns=True)
        case Near():
            return Reads(traits=frozenset({"latitude", "longitude"}))
        case _:
            return _event_reads(leaf)


def next_turn(leaf: Condition, moment: Moment) -> int | None:
    """Return the next instant at which the clock may change the answer for everybody at once."""
    match leaf:
        case Due(window=window):
            # Until then it is known who crosses, see `crossings`.
            until = next_change(window, moment) if _is_calendar(window) else None
            ahead = moment.as_of + CROSSINGS_AHEAD
            return ahead if until is None else min(ahead, until)
        case Anniversary() | Age():
            # Every zone's day begins at a quarter of an hour.
            return (moment.as_of // _QUARTER_HOUR + 1) * _QUARTER_HOUR
        case TraitIs(test=When(window=Calendar() as window)):
            return next_change(window, moment)
        case Prediction(test=When(window=Calendar() as window)):
            return next_change(window, moment)
        case (
            EventCount()
            | EventAggregate()
            | DistinctCount()
            | Repeated()
            | EventRatio()
            | FirstEvent()
            | LastEvent()
            | Percentile()
            | Sequence()
            | NotFollowed()
        ):
            return next_change(leaf.window, moment)
    return valid_until(leaf, moment)


def _event_reads(leaf: Condition) -> Reads:
    match leaf:
        case Percentile(event=event, window=window):
            return _windowed({event}, window, is_whole=True)
        case (
            EventCount()
            | EventAggregate()
            | DistinctCount()
            | Repeated()
            | FirstEvent()
            | LastEvent()
            | Due()
        ):
            return _windowed({leaf.event}, leaf.window, turns=isinstance(leaf, Due))
        case EventRatio(part=part, whole=whole, window=window):
            return _windowed({part.event, whole.event}, window)
        case Recency(event=event, within=within, more_than=more_than):
            ages = [micros_of(one) for one in (within, more_than) if one is not None]
            return Reads(
                types=frozenset({event}), event_edges=frozenset((event, age) for age in ages)
            )
        case Sequence(steps=steps, window=window):
            return _windowed({step.event for step in steps}, window)
        case NotFollowed(first=first, by=by, within=within, window=window):
            due = (first.event, micros_of(within))
            return _windowed({first.event, by.event}, window, due)
        case Cart(idle=idle, lookback=lookback):
            ages = [micros_of(one) for one in (idle, lookback) if one is not None]
            return Reads(
                types=CART_TYPES,
                event_edges=frozenset((kind, age) for kind in CART_TYPES for age in ages),
            )
    return Reads(types=frozenset({None}), is_whole=True, turns=True)


def _windowed(
    types: set[str | None],
    window: Window,
    *edges: Edge,
    is_whole: bool = False,
    turns: bool = False,
) -> Reads:
    leaving = {(kind, age) for kind in types for age in _ages(window)}
    return Reads(
        types=frozenset(types),
        event_edges=frozenset({*edges, *leaving}),
        is_whole=is_whole,
        turns=turns or _is_calendar(window),
    )


def _ages(window: Window | Next) -> tuple[int, ...]:
    match window:
        case Last(duration=duration):
            return (micros_of(duration),)
        case Next(duration=duration):
            return (-micros_of(duration),)
    return ()


def _is_calendar(window: Window | Next) -> bool:
    return isinstance(window, Calendar)
