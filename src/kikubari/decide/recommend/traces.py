"""What each person bought, viewed and does not want, in memory and up to date.

Held by the number each statement arrived under, so that merging, unmerging and erasing people
needs no change here: whoever asks names all numbers a person has now.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend.statements import (
    KINDS,
    Kind,
    Span,
    Statements,
    read_statements,
    to_statements,
)
from kikubari.events import RowBuilder, SequencedEvent
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore

VIEWS_LAST = timedelta(days=60)
# Numbers of the erased are asked for by nobody; after so long their lines are let go of.
_HELD = timedelta(hours=24)
# A long way behind, the copy tells everything sooner than the log does event by event.
_MOST_BEHIND = 20_000
_EVENTS_AT_ONCE = 5_000
# What is followed takes many times the memory of what is read at once.
_MOST_FOLLOWED = 200_000


class FollowedLog(Protocol):
    """The log as far as the columnar copy has it."""

    def position(self) -> int:
        """Return the last position that is in the copy too."""
        ...

    def read(
        self, first: int, last: int, types: Collection[str] | None
    ) -> Collection[SequencedEvent]:
        """Return the events at positions first..last of some types, in order."""
        ...


class Trace(msgspec.Struct, frozen=True):
    """What one person did.

    Attributes:
        bought: when each product was bought, oldest first; instants in microseconds.
        viewed: when each product was last viewed.
        dismissed: products and categories that are not for them.
    """

    bought: Mapping[str, list[int]] = {}
    viewed: Mapping[str, int] = {}
    dismissed: frozenset[str] = frozenset()

    def last_bought_us(self) -> int:
        """Return when anything was bought last; 0 for never."""
        return max((times[-1] for times in self.bought.values()), default=0)

    def last_basket(self) -> list[str]:
        """Return what was bought within a day of the last purchase, the latest first."""
        since = self.last_bought_us() - 86_400_000_000
        recent = [(times[-1], name) for name, times in self.bought.items() if times[-1] > since]
        return [name for _, name in sorted(recent, reverse=True)]


class _Held:
    """Statements in memory: those that were read at once, and those that came after."""

    def __init__(
        self, base: Statements, names: dict[int, str], *, position: int, at: datetime
    ) -> None:
        order = np.argsort(base.number, kind="stable")
        self._base = base.chosen(order)
        self._later: dict[int, list[Statements]] = defaultdict(list)
        self.names = names
        self.position = position
        self.at = at
        self.n_followed = 0

    def add(self, statements: Statements, names: Mapping[int, str], position: int) -> None:
        self.names.update(names)
        for number in np.unique(statements.number):
            mine = statements.chosen(statements.number == number)
            # A new list: who reads meanwhile holds the one of before.
            self._later[int(number)] = [*self._later.get(int(number), ()), mine]
        self.n_followed += len(statements.number)
        self.position = position

    def find(self, numbers: Collection[int]) -> list[Statements]:
        asked = np.array(sorted(numbers), dtype=np.uint32)
        begins = np.searchsorted(self._base.number, asked, "left")
        ends = np.searchsorted(self._base.number, asked, "right")
        found = [
            self._base.chosen(slice(begin, end))
            for begin, end in zip(begins, ends, strict=True)
            if begin < end
        ]
        return found + [one for number in numbers for one in self._later.get(number, ())]


class Traces:
    """Follows what people do.

    Args:
        columnar: copy of the log, read at the start.
        log: followed from there on.
        clock: says when to read everything anew.
        builder: reads events as the copy does.
        workspace_id: whose shop.
    """

    def __init__(
        self,
        columnar: ColumnarStore,
        log: FollowedLog,
        clock: Clock,
        builder: RowBuilder,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._columnar = columnar
        self._log = log
        self._clock = clock
        self._builder = builder
        self._workspace_id = workspace_id
        self._held: _Held | None = None
        self._lock = threading.Lock()

    @property
    def position(self) -> int:
        """How far the log is taken in."""
        return self._held.position if self._held is not None else 0

    def follow(self) -> bool:
        """Take in what happened since; return whether there may be more."""
        with self._lock:
            now, position, held = self._clock.now(), self._log.position(), self._held
            if held is not None and position < held.position:
                return False  # the copy is being made anew; it gets here again
            if held is None or self._is_read_anew(held, now, position):
                self._held = self._read(now, position)
                return False
            last = min(position, held.position + _EVENTS_AT_ONCE)
            if last > held.position:
                events = list(self._log.read(held.position + 1, last, tuple(KINDS)))
                held.add(*to_statements(events, self._builder), position=last)
            return last < position

    @staticmethod
    def _is_read_anew(held: _Held, now: datetime, position: int) -> bool:
        return (
            now - held.at > _HELD
            or position - held.position > _MOST_BEHIND
            or held.n_followed > _MOST_FOLLOWED
        )

    def find(
        self, numbers: Collection[int], *, now: datetime, product_of: Callable[[str], str]
    ) -> Trace:
        """Return what the person of some numbers did.

        Args:
            numbers: all that the person has.
            now: what lies after it does not count.
            product_of: tells the product of a variant's id.
        """
        held = self._held
        found = held.find(numbers) if held is not None else []
        if held is None or not found:
            return Trace()
        lines = found[0]
        for more in found[1:]:
            lines = lines.joined(more)
        return _Reading(lines.chosen(lines.at_us <= to_micros(now)), held.names, product_of).read(
            to_micros(now - VIEWS_LAST)
        )

    def _read(self, now: datetime, position: int) -> _Held:
        span = Span(types=tuple(KINDS), until=now, viewed_since=now - VIEWS_LAST, position=position)
        statements, names = read_statements(
            self._columnar, span, who="profile_arrived", workspace_id=self._workspace_id
        )
        return _Held(statements, names, position=position, at=now)


@dataclass(frozen=True, eq=False)
class _Reading:
    """One person's statements, with what names their items."""

    lines: Statements
    names: Mapping[int, str]
    product_of: Callable[[str], str]

    def read(self, viewed_since_us: int) -> Trace:
        lines = self.lines
        of_one = replace(lines, number=np.zeros_like(lines.number))
        bought: dict[str, list[int]] = {}
        for name, at_us in self._list(of_one.standing_purchases(), lines.at_us):
            bought.setdefault(name, []).append(at_us)
        is_seen = (lines.kind == Kind.VIEWED) & (lines.at_us > viewed_since_us)
        is_word = (lines.kind == Kind.DISMISSED) | (lines.kind == Kind.RESTORED)
        words = dict(self._list(is_word, lines.kind))
        return Trace(
            bought,
            dict(self._list(is_seen, lines.at_us)),
            frozenset(name for name, kind in words.items() if kind == Kind.DISMISSED),
        )

    def _list(
        self, which: NDArray[np.bool_], values: NDArray[np.int64] | NDArray[np.uint8]
    ) -> list[tuple[str, int]]:
        """Return names with values in order of time; what bears no name is left out."""
        chosen = np.flatnonzero(which)
        chosen = chosen[np.argsort(self.lines.at_us[chosen], kind="stable")]
        named = zip(self.lines.item[chosen].tolist(), values[chosen].tolist(), strict=True)
        return [
            (self.product_of(self.names[key]), value) for key, value in named if self.names[key]
        ]
