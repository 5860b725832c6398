"""Leaves already answered, and for how long an answer stays true."""

import threading
from collections import OrderedDict
from datetime import timedelta

import msgspec
from pyroaring import BitMap

from kikubari.segments.moment import Moment, next_change, next_hour
from kikubari.spec.conditions import (
    Age,
    Anniversary,
    Cart,
    Condition,
    DistinctCount,
    Due,
    EventAggregate,
    EventCount,
    EventRatio,
    FirstEvent,
    LastEvent,
    NotFollowed,
    Percentile,
    Recency,
    Repeated,
    RunsLow,
    Sequence,
    Test,
    TraitIs,
    When,
)
from kikubari.spec.conditions.leaves import Prediction

# A bitmap of a million profiles takes at most 130 kB.
MAX_ENTRIES = 1_000
# Every zone's offset is a multiple of a quarter of an hour, so no calendar turns in between.
_QUARTER_HOUR = timedelta(minutes=15) // timedelta(microseconds=1)


def valid_until(leaf: Condition, moment: Moment) -> int | None:
    """Return the first instant at which time alone may change who belongs; None: never.

    `as_of` itself where members leave at any microsecond. Events dated in the future are the
    engine's business: they bound every leaf alike.
    """
    match leaf:
        case Recency() | Due() | Cart() | NotFollowed():
            return moment.as_of
        case Anniversary() | Age():
            return (moment.as_of // _QUARTER_HOUR + 1) * _QUARTER_HOUR
        case RunsLow():
            return next_hour(moment)
        case TraitIs(test=test) | Prediction(test=test):
            return _test_until(test, moment)
        case Sequence(window=window) | EventRatio(window=window):
            return next_change(window, moment)
        case (
            EventCount()
            | EventAggregate()
            | DistinctCount()
            | Repeated()
            | FirstEvent()
            | LastEvent()
            | Percentile()
        ):
            return next_change(leaf.window, moment)
    return None


def _test_until(test: Test, moment: Moment) -> int | None:
    if not isinstance(test, When):
        return None
    # A date still ahead enters an open window by itself.
    until = next_change(test.window, moment)
    return moment.as_of if until is None else until


class CopyState(msgspec.Struct, frozen=True):
    """How far the copy is in the log, and how much was deleted from it."""

    position: int
    erasures: int


class CachedLeaf(msgspec.Struct, frozen=True):
    """The members of a leaf, true from `as_of` until before `until` at one state of the copy."""

    members: BitMap
    state: CopyState
    as_of: int
    until: int | None

    def is_fresh(self, state: CopyState, as_of: int) -> bool:
        """Say whether the answer still stands."""
        if state != self.state or as_of < self.as_of:
            return False
        return as_of == self.as_of or self.until is None or as_of < self.until


Key = tuple[str, int | None, int | None]


class LeafCache:
    """The most recently used leaves; safe to share between threads."""

    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._entries: OrderedDict[Key, CachedLeaf] = OrderedDict()
        self._max_entries = max_entries
        self._lock = threading.Lock()

    def find(self, digest: str, moment: Moment, state: CopyState) -> BitMap | None:
        """Return the members if an answer for the moment is at hand."""
        with self._lock:
            for key in ((digest, moment.known_at, None), (digest, moment.known_at, moment.as_of)):
                entry = self._entries.get(key)
                if entry is not None and entry.is_fresh(state, moment.as_of):
                    self._entries.move_to_end(key)
                    return entry.members
        return None

    def put(self, digest: str, moment: Moment, entry: CachedLeaf) -> None:
        """Keep an answer."""
        is_instant = entry.until is not None and entry.until <= entry.as_of
        key = (digest, moment.known_at, moment.as_of if is_instant else None)
        with self._lock:
            self._entries[key] = entry
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)
