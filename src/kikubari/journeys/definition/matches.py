"""What an event must have in common with the one that let the person in."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta

from kikubari.spec.conditions import (
    AnyItemFilter,
    EventFilter,
    Events,
    Is,
    ItemFieldFilter,
    PropertyFilter,
)
from kikubari.spec.conditions.filters import ItemTextField, Path
from kikubari.spec.conditions.values import Closed


class Match(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """A property of the event, or one of any of its line items, is the same as of the trigger.

    Texts, numbers and truths are the same as in conditions; what is missing, empty, or a list,
    is never the same as anything.

    Attributes:
        trigger: path of keys in what let the person in.
        path: path of keys in the event.
        item: field of its line items, instead.
    """

    trigger: Path
    path: Path | None = None
    item: ItemTextField | None = None

    def __post_init__(self) -> None:
        """Ask for one of the two.

        Raises:
            ValueError: none or both are given.
        """
        if (self.path is None) == (self.item is None):
            raise ValueError("a match needs `path` or `item`, and only one of them")

    def find_filter(self, properties: Mapping[str, Any]) -> EventFilter | None:
        """Return what the event must be like; None: nothing can be."""
        value = _at(properties, self.trigger)
        if isinstance(value, str) and value:
            wanted: str | bool | float = value
        elif isinstance(value, bool | int | float):
            wanted = value
        else:
            return None
        if self.path is not None:
            return PropertyFilter(path=self.path, test=Is(wanted))
        if self.item is None or isinstance(wanted, bool | float):
            return None
        same = ItemFieldFilter(field=self.item, test=Is(str(wanted)))
        return AnyItemFilter(where=(same,))


Matches = Annotated[tuple[Match, ...], Meta(max_length=5)]


def like_trigger(
    events: Events, matches: Sequence[Match], properties: Mapping[str, Any] | None
) -> Events | None:
    """Return which events are meant for somebody; None: none can be.

    Args:
        events: which they are for everybody.
        matches: what they have in common with the trigger.
        properties: of the trigger; None: it is not known any more, or nothing let them in.
    """
    if not matches:
        return events
    if properties is None:
        return None
    filters = [one.find_filter(properties) for one in matches]
    found = tuple(one for one in filters if one is not None)
    if len(found) < len(filters):
        return None
    return Events(event=events.event, where=(*events.where, *found))


def _at(value: Any, path: Sequence[str]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
