"""What data a shop sends and has, for the readiness of journeys and recipes."""

from datetime import datetime, timedelta
from typing import Any

from kikubari.catalog import Catalog
from kikubari.collect.governance import AttributeCatalogue, AttributeKind, EventFigures
from kikubari.events import PROFILE
from kikubari.journeys.definition import Who
from kikubari.journeys.readiness import EventSeen, Filled
from kikubari.kit.clock import Clock
from kikubari.segments import Memberships, SegmentEngine
from kikubari.spec.conditions import Condition, InSegment, convert_condition
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import ColumnarStore, QueryBudget

# Asked only of names that were never counted: of those the copy has few rows, or none.
_NEW_EVENT = """
SELECT count(), countIf(at > {since:DateTime64(6, 'UTC')}), max(at) FROM events
WHERE workspace_id = {workspace:UInt16} AND type = {name:String}
"""
_NEW_PROPERTY = """
SELECT count(), countIf(JSONHas(properties, {property:String})) FROM events
WHERE workspace_id = {workspace:UInt16} AND type = {name:String}
"""
_NEW_TRAIT = f"""
SELECT uniq({PROFILE}) FROM traits
WHERE workspace_id = {{workspace:UInt16}} AND name = {{name:String}} AND is_set
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters


class ShopSurvey:
    """Implements `journeys.readiness.ShopData` on what is counted in the background anyway.

    Args:
        attributes: of which every event and attribute is known with its figures.
        columnar: the copy, asked of what was not there when that was counted.
        catalog: of products.
        engine: says who is in segments that are not followed.
        memberships: know the size of those that are.
        clock: the last days are counted from now.
    """

    def __init__(
        self,
        attributes: AttributeCatalogue,
        *,
        columnar: ColumnarStore,
        catalog: Catalog,
        engine: SegmentEngine,
        memberships: Memberships,
        clock: Clock,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._attributes = attributes
        self._columnar = columnar
        self._catalog = catalog
        self._engine = engine
        self._memberships = memberships
        self._clock = clock
        self._workspace_id = workspace_id

    def counted_at(self) -> datetime | None:
        """Return when events and attributes were counted."""
        state = self._attributes.state()
        return None if state is None else state.taken_at

    def find_event(self, name: str, *, days: int) -> EventSeen:
        """Return how often an event came in the last days, at most 90."""
        since = self._clock.now() - timedelta(days=days)
        known = self._find_figures(name)
        if known is not None:
            first_day = since.date().isoformat()
            n = sum(n for day, n in known.n_by_day.items() if day >= first_day)
            return EventSeen(n=n, last_at=known.last_seen_at)
        count, lately, last_at = self._ask(_NEW_EVENT, name=name, since=since)
        return EventSeen(n=int(lately), last_at=last_at) if count else EventSeen()

    def find_property(self, event: str, name: str) -> Filled:
        """Return how many events of a type have a property, given by its path."""
        if self._find_figures(event) is not None:
            return self._find_attribute(AttributeKind.PROPERTY, event, name) or Filled()
        head = name.split(".", maxsplit=1)[0].removesuffix("[]")
        count, filled = self._ask(_NEW_PROPERTY, name=event, property=head)
        return Filled(n=int(filled), fill_rate=int(filled) / int(count) if count else None)

    def find_trait(self, name: str) -> Filled:
        """Return how many people have a trait."""
        found = self._find_attribute(AttributeKind.TRAIT, "", name)
        if found is not None:
            return found
        (n,) = self._ask(_NEW_TRAIT, name=name)
        return Filled(n=int(n))

    def count_products(self) -> int:
        """Return how many products are in the catalogue."""
        return self._catalog.list_products(page_size=1).total

    def count_people(self, who: Who) -> int:
        """Return how many people are in a stored segment, or meet a condition."""
        state = self._memberships.find_state(who) if isinstance(who, str) else None
        if state is not None:
            return state.size
        tree = InSegment(who) if isinstance(who, str) else convert_condition(who)
        return len(self._engine.evaluate(tree).members)

    def tree_of(self, who: Who) -> Condition:
        """Return the condition of a stored segment, or the one that is given."""
        return self._engine.definition(who) if isinstance(who, str) else convert_condition(who)

    def _find_figures(self, name: str) -> EventFigures | None:
        return next((one for one in self._attributes.list_events() if one.name == name), None)

    def _find_attribute(self, kind: AttributeKind, event: str, name: str) -> Filled | None:
        try:
            figures = self._attributes.get(kind, event, name).figures
        except NotFoundError:
            return None
        return Filled(n=figures.n, fill_rate=figures.fill_rate)

    def _ask(self, query: str, **asked: Any) -> tuple[Any, ...]:
        (row,) = self._columnar.query_rows(
            query, {"workspace": self._workspace_id, **asked}, budget=QueryBudget.REPORT
        )
        return tuple(row)
