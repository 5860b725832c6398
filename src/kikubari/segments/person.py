"""One person in memory: the same rows that the columnar copy holds of them."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import msgspec

from kikubari.events import (
    CONSENT_COLUMNS,
    EVENT_COLUMNS,
    TRAIT_COLUMNS,
    RowBuilder,
    SequencedEvent,
)
from kikubari.segments.moment import Moment
from kikubari.spec.topics import RESERVED_PREFIX

Row = tuple[Any, ...]


class Columns:
    """Places of a table's columns in its rows."""

    def __init__(self, names: Sequence[str]) -> None:
        self.place = {name: place for place, name in enumerate(names)}
        self.at = self.place["at"]
        self.received_at = self.place["received_at"]
        self.source_id = self.place["source_id"]
        self.message_key = self.place["message_key"]

    def visible(self, rows: Iterable[Row], moment: Moment) -> list[Row]:
        """Return the rows that count at the moment, in their order: at, source, message."""
        at, received_at, known_at = self.at, self.received_at, moment.known_at
        seen = [
            row
            for row in rows
            if row[at] <= moment.as_of and (known_at is None or row[received_at] <= known_at)
        ]
        seen.sort(key=lambda row: (row[at], row[self.source_id], row[self.message_key]))
        return seen


EVENT = Columns(EVENT_COLUMNS)
TRAIT = Columns(TRAIT_COLUMNS)
CONSENT = Columns(CONSENT_COLUMNS)
_TYPE = EVENT.place["type"]
_PROPERTIES = EVENT.place["properties"]
_NAME = TRAIT.place["name"]


class Person:
    """A profile with everything the log says about it, whichever identifier it came by.

    Args:
        profile: the number the person has now.
        rows: rows by table, as `RowBuilder.build` returns them.
    """

    def __init__(self, profile: int, rows: dict[str, list[Row]]) -> None:
        self.profile = profile
        self.rows = rows

    @classmethod
    def from_events(
        cls, profile: int, events: Sequence[SequencedEvent], builder: RowBuilder
    ) -> "Person":
        """Return the person of these events."""
        return cls(profile, builder.build(events))


class View:
    """A person as of an instant, as known at another."""

    def __init__(self, person: Person, moment: Moment) -> None:
        self.profile = person.profile
        self.moment = moment
        self._rows = person.rows
        self._json: dict[str, Any] = {}

    @cached_property
    def events(self) -> list[Row]:
        """All events in their order."""
        return EVENT.visible(self._rows["events"], self.moment)

    @cached_property
    def consents(self) -> list[Row]:
        """All entries of the consent ledger in their order."""
        return CONSENT.visible(self._rows["consents"], self.moment)

    @cached_property
    def _sent(self) -> list[Row]:
        return [row for row in self.events if is_sent(row)]

    @cached_property
    def _events_by_type(self) -> dict[str, list[Row]]:
        return _grouped(self.events, _TYPE)

    @cached_property
    def _traits_by_name(self) -> dict[str, list[Row]]:
        return _grouped(TRAIT.visible(self._rows["traits"], self.moment), _NAME)

    def events_of(self, event: str | None) -> list[Row]:
        """Return the events of a type, in their order; for None, all that are not the product's."""
        return self._sent if event is None else self._events_by_type.get(event, [])

    def statements_of(self, trait: str) -> list[Row]:
        """Return what was said of a trait, in order."""
        return self._traits_by_name.get(trait, [])

    def properties(self, row: Row) -> Any:
        """Return an event's properties as JSON, read once."""
        text = row[_PROPERTIES]
        value = self._json.get(text)
        if value is None:
            value = self._json[text] = msgspec.json.decode(text)
        return value


def is_sent(row: Row) -> bool:
    """Say whether an event was sent, and is not one that the product itself made."""
    kind: str = row[_TYPE]
    return not kind.startswith(RESERVED_PREFIX)


def _grouped(rows: Iterable[Row], place: int) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[place], []).append(row)
    return groups
