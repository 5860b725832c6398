# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""What sets people apart from everyone: who they are, what they do, what they like.

Every value of every attribute is kept as a set of people, so that a portrait is only
intersections, whatever the audience. The sets are renewed every quarter of an hour.
"""

import math
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from pyroaring import BitMap

from kikubari.events import PROFILE
from kikubari.segments.audiences.contracts import Portrait, Topic, Trait
from kikubari.segments.audiences.leaf_sets import LeafSets
from kikubari.segments.audiences.sessions import Ticket
from kikubari.segments.explanation import Explainer
from kikubari.segments.moment import Moment
from kikubari.segments.sensitive import class_of_name
from kikubari.spec.conditions import (
    ColumnFilter,
    Condition,
    CountRange,
    Duration,
    EventCount,
    Is,
    Last,
    Recency,
    TraitIs,
)
from kikubari.spec.conditions.filters import TextColumn
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.topics import ORDER_COMPLETED, PRODUCT_VIEWED
from kikubari.storage import ColumnarStore, QueryBudget

_RENEW_MICROS = 15 * 60 * 1_000_000
_YEAR = Last(Duration(days=365))
_MAX_VALUES = 8
_MAX_SHOWN = 12
_MAX_EACH = 3
# About a hundred values are compared; chance alone passes this once in some 370 comparisons.
_MIN_Z = 3.0
_MIN_SHARE = 0.02
# A ratio nearer to 1 than this is nothing to write home about, however certain.
_MIN_RATIO = 1.2
# Values that tell nobody from anybody: dates, ids. A trait of few values is one people can be
# grouped by.
_TRAIT_VALUES = (
    "SELECT name, text, uniq(profile) AS n FROM traits"
    " WHERE workspace_id = {workspace:UInt16} AND is_set = 1 AND text != '' AND name IN"
    " (SELECT name FROM traits WHERE workspace_id = {workspace:UInt16}"
    " GROUP BY name HAVING uniq(text) BETWEEN 2 AND 60)"
    " GROUP BY name, text ORDER BY n DESC LIMIT 5 BY name LIMIT 80"
)
# Columns of events whose values say what somebody likes or uses.
_COLUMNS: Sequence[tuple[Topic, TextColumn, str | None]] = (
    ("preference", "category", ORDER_COMPLETED),
    ("preference", "category", PRODUCT_VIEWED),
    ("preference", "brand", ORDER_COMPLETED),
    ("habit", "device", None),
    ("habit", "acquisition_channel", None),
)
_COLUMN_ROWS = (
    "workspace_id = {workspace:UInt16} AND profile != 0"
    " AND at > fromUnixTimestamp64Micro({start:Int64}, 'UTC')"
    " AND at <= fromUnixTimestamp64Micro({as_of:Int64}, 'UTC')"
    " AND ({event:String} = '' OR type = {event:String})"
)


class Facet(msgspec.Struct, frozen=True):
    """One value of one attribute: the condition that says it, and its people."""

    topic: Topic
    attribute: str
    value: str
    condition: Condition
    people: BitMap


class Portraits:
    """Compares people with everyone.

    Args:
        columnar: copy of the log, for the values there are.
        leaf_sets: people of each value.
        explainer: says values in words.
        workspace_id: whose rows are read.
    """

    def __init__(
        self,
        columnar: ColumnarStore,
        leaf_sets: LeafSets,
        explainer: Explainer,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._columnar = columnar
        self._leaf_sets = leaf_sets
        self._explainer = explainer
        self._workspace_id = workspace_id
        self._facets: tuple[int, tuple[Facet, ...]] | None = None
        self._lock = threading.Lock()

    def draw(self, members: BitMap, everyone: BitMap, moment: Moment, ticket: Ticket) -> Portrait:
        """Return what the members are or do clearly more, or less, often than everyone."""
        found = [
            (score, facet)
            for facet in self._current(moment, ticket)
            if (score := _score(facet.people, members, everyone)) is not None
        ]
        found.sort(key=lambda pair: -abs(pair[0]))
        told: Counter[str] = Counter()
        shown = []
        for _, facet in found:
            told[facet.attribute] += 1
            if told[facet.attribute] <= _MAX_EACH:
                shown.append(facet)
        traits = (self._trait(facet, members, everyone) for facet in shown[:_MAX_SHOWN])
        return Portrait(len(members), len(everyone), tuple(traits))

    def _current(self, moment: Moment, ticket: Ticket) -> tuple[Facet, ...]:
        # One at a time: a second question waits for the answer instead of asking it again.
        with self._lock:
            known = self._facets
            if known is None or abs(moment.as_of - known[0]) > _RENEW_MICROS:
                known = (moment.as_of, tuple(self._find_facets(moment, ticket)))
                self._facets = known
            return known[1]

    def _find_facets(self, moment: Moment, ticket: Ticket) -> Iterator[Facet]:
        yield from self._traits(moment, ticket)
        yield from self._habits(moment, ticket)
        for topic, column, event in _COLUMNS:
            for value, people in self._columns(column, event, moment, ticket).items():
                filters = (ColumnFilter(column, Is(value)),)
                condition = EventCount(CountRange(at_least=1), event, filters, _YEAR)
                yield Facet(topic, f"{event or 'any'}:{column}", value, condition, people)

    def _traits(self, moment: Moment, ticket: Ticket) -> Iterator[Facet]:
        rows = self._columnar.query_rows(
            _TRAIT_VALUES, {"workspace": self._workspace_id}, budget=QueryBudget.EDIT
        )
        for name, text, _ in rows:
            if class_of_name(name) is None:
                condition = TraitIs(name, Is(text))
                people = self._leaf_sets.members(condition, moment, ticket)
                yield Facet("person", f"trait:{name}", text, condition, people)

    def _habits(self, moment: Moment, ticket: Ticket) -> Iterator[Facet]:
        bands: Mapping[str, Condition] = {
            "0": EventCount(CountRange(at_most=0), ORDER_COMPLETED, window=_YEAR),
            "1": EventCount(CountRange(at_least=1, at_most=1), ORDER_COMPLETED, window=_YEAR),
            "2-4": EventCount(CountRange(at_least=2, at_most=4), ORDER_COMPLETED, window=_YEAR),
            "5+": EventCount(CountRange(at_least=5), ORDER_COMPLETED, window=_YEAR),
            "last 30": Recency(ORDER_COMPLETED, within=Duration(days=30)),
            "last 180": Recency(ORDER_COMPLETED, more_than=Duration(days=180)),
        }
        for value, condition in bands.items():
            people = self._leaf_sets.members(condition, moment, ticket)
            yield Facet("habit", "orders", value, condition, people)

    def _columns(
        self, column: TextColumn, event: str | None, moment: Moment, ticket: Ticket
    ) -> dict[str, BitMap]:
        """Return the people of a column's most frequent values in the last year."""
        ticket.check()
        parameters = {
            "workspace": self._workspace_id,
            "start": moment.as_of - 365 * 86_400 * 1_000_000,
            "as_of": moment.as_of,
            "event": event or "",
        }
        rows = self._columnar.query_rows(
            f"SELECT toString({column}) AS v FROM events WHERE {_COLUMN_ROWS} AND v != ''"
            f" GROUP BY v ORDER BY count() DESC LIMIT {_MAX_VALUES}",
            parameters,
            budget=QueryBudget.EDIT,
        )
        values = [row[0] for row in rows]
        groups = self._columnar.query_groups(
            f"SELECT toUInt32(indexOf({{values:Array(String)}}, toString({column}))) AS v,"
            f" toUInt32({PROFILE}) AS p FROM events"
            f" WHERE {_COLUMN_ROWS} AND {column} IN ({{values:Array(String)}}) GROUP BY v, p",
            {**parameters, "values": values},
            budget=QueryBudget.EDIT,
            label=ticket.label,
        )
        return {value: groups[i] for i, value in enumerate(values, start=1) if i in groups}

    def _trait(self, facet: Facet, members: BitMap, everyone: BitMap) -> Trait:
        count = members.intersection_cardinality(facet.people)
        share = count / len(members)
        of_everyone = everyone.intersection_cardinality(facet.people) / len(everyone)
        return Trait(
            topic=facet.topic,
            attribute=facet.attribute,
            value=facet.value,
            label_ja=self._explainer.leaf(facet.condition, "ja"),
            label_en=self._explainer.leaf(facet.condition, "en"),
            count=count,
            share=round(share, 4),
            share_of_everyone=round(of_everyone, 4),
            lift=round(share / of_everyone, 3),
        )


def _score(people: BitMap, members: BitMap, everyone: BitMap) -> float | None:
    """Return how clearly members differ from all others; None if chance could do it.

    The z statistic of two proportions, members against the rest, damped by how much they differ:
    a large audience makes any difference certain, and not every certain one is worth telling.
    """
    n, rest = len(members), len(everyone) - len(members)
    if not n or rest <= 0:
        return None
    inside = members.intersection_cardinality(people)
    total = everyone.intersection_cardinality(people)
    here, there = inside / n, (total - inside) / rest
    pooled = total / len(everyone)
    spread = pooled * (1 - pooled) * (1 / n + 1 / rest)
    low, high = sorted((here, there))
    if not spread or high < _MIN_SHARE or high < low * _MIN_RATIO:
        return None
    z = (here - there) / math.sqrt(spread)
    return (here - there) * min(abs(z), 30.0) if abs(z) >= _MIN_Z else None
