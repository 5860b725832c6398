"""One event against a filter, the moment it is read from the log."""

from zoneinfo import ZoneInfo

from kikubari.events import RowBuilder, SequencedEvent
from kikubari.segments._values import is_like
from kikubari.segments.moment import Moment
from kikubari.segments.person import EVENT, Person, Row, View
from kikubari.spec.conditions import Events
from kikubari.spec.topics import ALSO_BY_MACHINES

_VALUE_MINOR = EVENT.place["value_minor"]
_KEPT = 4_096


class EventTests:
    """Says which events a filter means, by the rows and the rules that segments have.

    Windows in a filter count from the event's own instant.

    Args:
        currency: of amounts that name none.
        zone: the shop's.
        workspace_id: whose log.
    """

    def __init__(self, *, currency: str, zone: ZoneInfo, workspace_id: int) -> None:
        self._builder = RowBuilder(workspace_id=workspace_id, currency=currency)
        self._zone = zone
        self._views: dict[int, tuple[Row, View]] = {}

    def holds(self, events: Events, item: SequencedEvent) -> bool:
        """Say whether an event is of the type (sent, if none is named) and passes all filters.

        What a machine did to a mail is none, unless a filter asks who it was.
        """
        kind = events.event
        if kind is not None and kind != item.event.type:
            return False
        if kind is not None and not events.where and kind not in ALSO_BY_MACHINES:
            return True
        row, view = self._view(item)
        return is_like(row, events.event, events.where, view)

    def value_minor(self, item: SequencedEvent) -> int:
        """Return what an event is worth, in minor units of its currency."""
        value: int = self._view(item)[0][_VALUE_MINOR]
        return value

    def _view(self, item: SequencedEvent) -> tuple[Row, View]:
        known = self._views.get(item.position)
        if known is not None:
            return known
        rows = self._builder.build([item])
        at = item.event.occurred_at
        found = (
            rows["events"][0],
            View(Person(item.number, rows), Moment.at(at, None, self._zone)),
        )
        if len(self._views) >= _KEPT:
            self._views.clear()
        self._views[item.position] = found
        return found
