# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""What changed between two looks at the copy: whose rows, of which kind, and what time did.

Everything here answers with profile numbers; no event leaves the columnar engine.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.events import PROFILE, Moves
from kikubari.segments._sql import Scope
from kikubari.segments.moment import Bounds
from kikubari.segments.reads import Edge, Reads
from kikubari.storage import ColumnarStore, StateStore

# How far ahead the next crossing of an edge is looked for.
_HORIZON = 24 * 3_600 * 1_000_000
# New events are mostly of now: these few partitions are looked at first.
_RECENT = 2 * 24 * 3_600 * 1_000_000
_MOVES_PER_READ = 10_000
# Moves whose arrival in the dictionary shows that all before them are there.
_NEWEST = 100
_LAST_MOVE = "SELECT max(version) FROM profile_numbers WHERE workspace_id = {workspace:UInt16}"
_MICROS = "toUnixTimestamp64Micro"


class Span(msgspec.Struct, frozen=True):
    """From one look (excluded) to the next (included): log positions and instants in µs."""

    after: int
    position: int
    since: int
    as_of: int


class Changed:
    """People for whom something changed, by what it was, but for new events (see `arrivals`)."""

    def __init__(self) -> None:
        self.types: dict[str | None, BitMap] = defaultdict(BitMap)
        self.traits: dict[str, BitMap] = defaultdict(BitMap)
        self.purposes: dict[str, BitMap] = defaultdict(BitMap)
        self.event_edges: dict[Edge, BitMap] = {}
        self.trait_edges: dict[Edge, BitMap] = {}
        # Whoever became somebody else, or was somebody else before.
        self.moved = BitMap()

    def people(self, reads: Reads) -> BitMap:
        """Return whose answer may have changed for a leaf that reads this."""
        sets: list[BitMap] = []
        kinds: tuple[tuple[Iterable[Any], Mapping[Any, BitMap]], ...] = (
            (reads.types, self.types),
            (reads.traits, self.traits),
            (reads.purposes, self.purposes),
            (reads.event_edges, self.event_edges),
            (reads.trait_edges, self.trait_edges),
        )
        for names, found in kinds:
            sets.extend(found[name] for name in names if name in found)
        return BitMap.union(*sets) if sets else BitMap()


class NewRows:
    """Rows that came into sight: those that arrived, and those dated ahead whose time has come."""

    def __init__(self, columnar: ColumnarStore, workspace_id: int) -> None:
        self._columnar = columnar
        self._workspace_id = workspace_id
        self._ahead: int | None = None
        self._are_recent = False
        # The earliest instants seen by the last `find`, by type of event and by trait.
        self.earliest: dict[str, int] = {}
        self.earliest_instant: dict[str, int] = {}

    def begin(self, as_of: int) -> None:
        """Look once for events that are dated ahead; none arrived that need a look of their own."""
        self.earliest, self.earliest_instant = {}, {}
        self._look_ahead(as_of)

    def _look_ahead(self, as_of: int) -> None:
        sql = (
            f"SELECT {_MICROS}(min(at)) FROM events WHERE workspace_id = {{workspace:UInt16}}"
            " AND at > fromUnixTimestamp64Micro({as_of:Int64}, 'UTC') HAVING count() > 0"
        )
        rows = self._columnar.query_rows(sql, {"workspace": self._workspace_id, "as_of": as_of})
        self._ahead = int(rows[0][0]) if rows else None

    def find(self, span: Span, changed: Changed) -> None:
        """Note the types of events that arrived; add the people of all other rows in sight."""
        self.earliest, self.earliest_instant = {}, {}
        if span.position > span.after:
            self._are_recent = self._find_types(span, recent=True)
            if not self._are_recent:
                self._find_types(span, recent=False)
            self._find_statements(
                span, changed, "position > {after:UInt64} AND position <= {position:UInt64}"
            )
        if self._ahead is not None and self._ahead <= span.as_of:
            self._find_come_due(span, changed)
            self._look_ahead(span.as_of)

    def arrived(self, span: Span, scope: Scope) -> str:
        """Return the condition on rows of events to be those of the last `find`."""
        since = f" AND at > {scope.instant(span.as_of - _RECENT)}" if self._are_recent else ""
        return (
            f"position > {scope.add(span.after, 'UInt64')}"
            f" AND position <= {scope.add(span.position, 'UInt64')}{since}"
        )

    def seen(self, as_of: int) -> Bounds:
        """Return the span in which the rows of the last `find` lie, up to an instant."""
        return Bounds(min(self.earliest.values(), default=None), as_of)

    def _find_types(self, span: Span, *, recent: bool) -> bool:
        """Note which types arrived; False if rows are missing among the recent ones."""
        since = " AND at > fromUnixTimestamp64Micro({recent:Int64}, 'UTC')" if recent else ""
        at = f"{_MICROS}(at)"
        sql = (
            f"SELECT type, count(), min({at}), minIf({at}, {at} > {{as_of:Int64}})"
            " FROM events WHERE workspace_id = {workspace:UInt16}"
            " AND position > {after:UInt64} AND position <= {position:UInt64}"
            f"{since} GROUP BY type"
        )
        rows = self._columnar.query_rows(sql, self._parameters(span))
        if recent and sum(row[1] for row in rows) < span.position - span.after:
            return False
        for kind, _, earliest, ahead in rows:
            self.earliest[kind] = earliest
            if ahead:
                self._ahead = min(ahead, self._ahead or ahead)
        return True

    def _find_come_due(self, span: Span, changed: Changed) -> None:
        come = f"{_MICROS}(at) > {{since:Int64}}"
        sql = (
            f"SELECT type, groupUniqArray({PROFILE}) FROM events"
            f" WHERE workspace_id = {{workspace:UInt16}} AND profile != 0 AND {come}"
            f" AND {_MICROS}(at) <= {{as_of:Int64}} GROUP BY type"
        )
        for kind, people in self._columnar.query_rows(sql, self._parameters(span)):
            changed.types[kind] |= BitMap(people)
            changed.types[None] |= BitMap(people)
        self._find_statements(span, changed, come)

    def _find_statements(self, span: Span, changed: Changed, which: str) -> None:
        shared = (
            f" WHERE workspace_id = {{workspace:UInt16}} AND profile != 0 AND {which}"
            f" AND {_MICROS}(at) <= {{as_of:Int64}}"
        )
        parameters = self._parameters(span)
        for name, people, first in self._columnar.query_rows(
            f"SELECT name, groupUniqArray({PROFILE}), ifNull({_MICROS}(min(instant)), 0)"
            f" FROM traits{shared} GROUP BY name",
            parameters,
        ):
            changed.traits[name] |= BitMap(people)
            if first:
                self.earliest_instant[name] = first
        for purpose, people in self._columnar.query_rows(
            f"SELECT purpose, groupUniqArray({PROFILE}) FROM consents{shared} GROUP BY purpose",
            parameters,
        ):
            changed.purposes[purpose] |= BitMap(people)

    def _parameters(self, span: Span) -> dict[str, int]:
        return {
            "workspace": self._workspace_id,
            "after": span.after,
            "position": span.position,
            "since": span.since,
            "as_of": span.as_of,
            "recent": span.as_of - _RECENT,
        }


class Edges:
    """Edges in time that people cross without any event, each with its next crossing.

    An edge says: what is `age` old now. Between two looks exactly those rows cross it whose instant
    lies between the two edges; the engine names their people, and the instant of the next one.
    """

    def __init__(
        self, columnar: ColumnarStore, workspace_id: int, *, table: str, name: str, column: str
    ) -> None:
        self._columnar = columnar
        self._workspace_id = workspace_id
        self._table, self._name, self._column = table, name, column
        self._next: dict[Edge, int] = {}

    def watch(self, edges: Iterable[Edge], as_of: int) -> None:
        """Watch these edges and no others; new ones are looked at from `as_of` on."""
        wanted = set(edges)
        self._next = {edge: at for edge, at in self._next.items() if edge in wanted}
        for edge in wanted - self._next.keys():
            self._next[edge] = as_of

    def look_again(self, as_of: int) -> None:
        """Look for the next crossing of every edge, whatever is known of it."""
        self._next = dict.fromkeys(self._next, as_of)

    def find(self, span: Span, earliest: Mapping[str, int], found: dict[Edge, BitMap]) -> None:
        """Add whoever crossed an edge in the span.

        Args:
            span: since the last look.
            earliest: the earliest instants among rows that arrived, by name.
            found: people by edge.
        """
        for edge, next_at in self._next.items():
            name, age = edge
            arrived = min(earliest.values(), default=None) if name is None else earliest.get(name)
            is_late = arrived is not None and arrived + age <= next_at
            if next_at <= span.as_of or is_late:
                self._look(edge, span, found)

    def _look(self, edge: Edge, span: Span, found: dict[Edge, BitMap]) -> None:
        name, age = edge
        column = f"{_MICROS}({self._column})"
        before, now = span.since - age, span.as_of - age
        # Plain bounds on the column choose partitions; the engine knows no other way to.
        sql = (
            f"SELECT groupUniqArrayIf({PROFILE}, {column} <= {{now:Int64}}),"
            f" minIf({column}, {column} > {{now:Int64}}), countIf({column} > {{now:Int64}})"
            f" FROM {self._table} WHERE workspace_id = {{workspace:UInt16}} AND profile != 0"
            + ("" if name is None else f" AND {self._name} = {{name:String}}")
            + f" AND {self._column} > fromUnixTimestamp64Micro({{before:Int64}}, 'UTC')"
            f" AND {self._column} <= fromUnixTimestamp64Micro({{until:Int64}}, 'UTC')"
        )
        people, next_one, n_ahead = self._columnar.query_rows(
            sql,
            {
                "workspace": self._workspace_id,
                "name": name or "",
                "before": before,
                "now": now,
                "until": now + _HORIZON,
            },
        )[0]
        if people:
            found[edge] = BitMap(people)
        self._next[edge] = next_one + age if n_ahead else span.as_of + _HORIZON


class WhoIsWho:
    """Which person each number is, as the copy has it, and which numbers moved meanwhile."""

    def __init__(
        self, state: StateStore, columnar: ColumnarStore, moves: Moves, workspace_id: int
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._moves = moves
        self._workspace_id = workspace_id
        self._version = 0
        # Person of each number; a number that never moved is itself.
        self._person: NDArray[np.uint32] = np.arange(1, dtype=np.uint32)
        self._moved: NDArray[np.uint32] = np.empty(0, dtype=np.uint32)

    def begin(self) -> bool:
        """Read who is who from the copy; False if its dictionary is not as new as its table."""
        workspace = {"workspace": self._workspace_id}
        version = int(self._columnar.query_rows(_LAST_MOVE, workspace)[0][0])
        with self._state.read() as connection:
            newest = self._moves.list_moves(
                connection, after_version=version - _NEWEST, limit=_NEWEST
            )
        if not self._is_shown({move.number: move.profile for move in newest}):
            return False
        rows = self._columnar.query_rows(
            "SELECT number, argMax(profile, version) FROM profile_numbers"
            " WHERE workspace_id = {workspace:UInt16} GROUP BY number",
            workspace,
        )
        for number, profile in rows:
            self._become(number, profile)
        self._moved = np.array(sorted(number for number, _ in rows), dtype=np.uint32)
        self._version = version
        return True

    def catch_up(self, changed: Changed) -> None:
        """Take in the moves that the copy has, and add the people they concern.

        A move counts once the engine's own dictionary shows it: until then every query would give
        the answer of before.
        """
        with self._state.read() as connection:
            if not self._moves.list_moves(connection, after_version=self._version, limit=1):
                return  # the copy, which is dearer to ask, has none of late either
        rows = self._columnar.query_rows(_LAST_MOVE, {"workspace": self._workspace_id})
        last = int(rows[0][0])
        while last > self._version:
            with self._state.read() as connection:
                moves = self._moves.list_moves(
                    connection, after_version=self._version, limit=_MOVES_PER_READ
                )
            moves = [move for move in moves if move.version <= last]
            if not moves or not self._is_shown({move.number: move.profile for move in moves}):
                return
            concerned: dict[int, set[int]] = defaultdict(set)
            for move in moves:
                concerned[move.number] |= {self._person_of(move.number), move.profile}
                self._become(move.number, move.profile)
            self._version = moves[-1].version
            self._moved = np.union1d(self._moved, np.array(list(concerned), dtype=np.uint32))
            self._add(concerned, changed)

    def numbers_of(self, people: BitMap) -> BitMap:
        """Return every number that is one of these people, or was when it moved last."""
        if not len(self._moved):
            return people
        wanted = np.zeros(len(self._person), dtype=bool)
        chosen = np.array(people, dtype=np.uint32)
        wanted[chosen[chosen < len(wanted)]] = True
        return people | BitMap(self._moved[wanted[self._person[self._moved]]])

    def _is_shown(self, last: Mapping[int, int]) -> bool:
        numbers = list(last)
        if not numbers:
            return True
        rows = self._columnar.query_rows(
            "SELECT groupArray(dictGetOrDefault('profile_of', 'profile', toUInt64(n), n)) FROM"
            " (SELECT arrayJoin({numbers:Array(UInt32)}) AS n)",
            {"numbers": numbers},
        )
        return list(rows[0][0]) == [last[number] for number in numbers]

    def _person_of(self, number: int) -> int:
        return int(self._person[number]) if number < len(self._person) else number

    def _become(self, number: int, profile: int) -> None:
        highest = max(number, profile)
        if highest >= len(self._person):
            grown = np.arange(max(highest + 1, 2 * len(self._person)), dtype=np.uint32)
            grown[: len(self._person)] = self._person
            self._person = grown
        self._person[number] = profile

    def _add(self, concerned: Mapping[int, set[int]], changed: Changed) -> None:
        """Add the people under every kind of row that the moved numbers have."""
        changed.moved |= BitMap.union(*(BitMap(people) for people in concerned.values()))
        parameters = {"workspace": self._workspace_id, "numbers": list(concerned)}
        kinds: tuple[tuple[str, str, dict[Any, BitMap]], ...] = (
            ("type", "events", changed.types),
            ("name", "traits", changed.traits),
            ("purpose", "consents", changed.purposes),
        )
        for column, table, found in kinds:
            sql = (
                f"SELECT {column}, groupUniqArray(profile) FROM {table}"
                " WHERE workspace_id = {workspace:UInt16} AND profile IN {numbers:Array(UInt32)}"
                f" GROUP BY {column}"
            )
            for kind, numbers in self._columnar.query_rows(sql, parameters):
                people = BitMap.union(*(BitMap(concerned[number]) for number in numbers))
                found[kind] |= people
                if table == "events":
                    found[None] |= people
