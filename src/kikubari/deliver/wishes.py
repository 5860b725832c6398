"""What people wish for themselves: how often, not before when, which topics, which facts.

A wish is the person's latest word on one matter. It is an event in the log, and holds from the
commit that appends the event: the gates do not wait for the log to be processed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec
from sqlalchemy import Connection

from kikubari.deliver import _contacts as rows
from kikubari.deliver.frequency import Cap
from kikubari.events import SequencedEvent, append_in
from kikubari.kit.instants import from_micros, parse_instant, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID, PREFERENCE_CHANGED
from kikubari.storage import StateStore

YES, NO = "yes", "no"
_OPEN_DAY = "open_day"
MAX_ABOUT = 220
_MAX_VALUE = 100


class Rhythm(StrEnum):
    """How often a person wants to hear from the shop at most, over all channels."""

    USUAL = "usual"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


RHYTHM_CAPS: Mapping[Rhythm, Cap] = {
    Rhythm.DAILY: Cap(most=1, period=1, unit="calendar_days"),
    Rhythm.WEEKLY: Cap(most=1, period=7 * 24, unit="hours"),
    Rhythm.MONTHLY: Cap(most=1, period=30 * 24, unit="hours"),
}


class Wish(msgspec.Struct, frozen=True):
    """A word on one matter; the constructors below say what can be said."""

    about: str
    value: str

    @classmethod
    def pause(cls, until: datetime | None) -> "Wish":
        """Send nothing before an instant; None takes it back."""
        return cls("pause", until.isoformat() if until else "")

    @classmethod
    def rhythm(cls, rhythm: Rhythm) -> "Wish":
        """Send no more often than that."""
        return cls("rhythm", rhythm.value)

    @classmethod
    def topic(cls, topic_id: str, *, is_wanted: bool) -> "Wish":
        """Send, or do not send, what is about a topic."""
        return cls(f"topic:{topic_id}", YES if is_wanted else NO)

    @classmethod
    def use(cls, attribute: str, *, is_allowed: bool) -> "Wish":
        """Use, or do not use, one attribute to choose or write what is sent."""
        return cls(f"use:{attribute}", YES if is_allowed else NO)

    @classmethod
    def open_day(cls, *, is_allowed: bool) -> "Wish":
        """Keep, or do not keep, the last day on which they opened a message."""
        return cls(_OPEN_DAY, YES if is_allowed else NO)


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """All that stands of a person's wishes.

    Attributes:
        paused_until: nothing before then.
        rhythm: at most that often.
        unwanted_topics: ids.
        unused: attributes not to be used.
        open_day: whether the last day of an open may be kept; None if they never said.
        open_day_said_at: when they last said so.
    """

    paused_until: datetime | None = None
    rhythm: Rhythm = Rhythm.USUAL
    unwanted_topics: frozenset[str] = frozenset()
    unused: frozenset[str] = frozenset()
    open_day: bool | None = None
    open_day_said_at: datetime | None = None


NO_WISHES = Wishes()


def settle_wishes(said: Iterable[tuple[Wish, datetime]]) -> Wishes:
    """Return what a person's words, oldest first, come to; what means nothing now is left out."""
    latest = {one.about: (one.value, at) for one, at in said}
    standing = {about: value for about, (value, _) in latest.items()}
    rhythm = standing.get("rhythm", "")
    return Wishes(
        paused_until=_instant(standing.get("pause", "")),
        rhythm=Rhythm(rhythm) if rhythm in set(Rhythm) else Rhythm.USUAL,
        unwanted_topics=_denied(standing, "topic:"),
        unused=_denied(standing, "use:"),
        open_day={YES: True, NO: False}.get(standing.get(_OPEN_DAY, "")),
        open_day_said_at=latest[_OPEN_DAY][1] if _OPEN_DAY in latest else None,
    )


def load_wishes(
    connection: Connection,
    people: Mapping[int, Collection[int]],
    *,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> dict[int, Wishes]:
    """Return the wishes of people who have any.

    Args:
        connection: a snapshot, or the transaction of a gate.
        people: all numbers of each, by any key.
        workspace_id: whose people.
    """
    numbers = {number for own in people.values() for number in own}
    found = rows.list_wishes(connection, workspace_id, numbers)
    if not found:
        return {}
    by_number: dict[int, list[tuple[int, Wish]]] = {}
    for row in found:
        by_number.setdefault(row.number, []).append((row.at_us, Wish(row.about, row.value)))
    wishes = {}
    for key, own in people.items():
        said = [one for number in own for one in by_number.get(number, ())]
        if said:
            # The later word of two numbers that are one person now is the person's.
            in_order = sorted(said, key=lambda one: one[0])
            wishes[key] = settle_wishes((wish, from_micros(at_us)) for at_us, wish in in_order)
    return wishes


class WishBook:
    """Writes wishes down."""

    def __init__(self, store: StateStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._store = store
        self._workspace_id = workspace_id

    def record(
        self,
        number: int,
        wishes: Sequence[Wish],
        *,
        at: datetime,
        proof: str,
        numbers: Collection[int] = (),
    ) -> None:
        """Keep a person's words; they hold for everything that has not left yet.

        Whatever waits only because of an earlier wish is looked at again at once.

        Args:
            number: the person's.
            wishes: their words.
            at: now.
            proof: how they were said, for the log.
            numbers: all the person's, to find what is waiting.
        """
        if not wishes:
            return

        def work(connection: Connection) -> None:
            _apply(connection, self._workspace_id, [(number, one, at) for one in wishes])
            rows.wake(connection, self._workspace_id, {number, *numbers}, now_us=to_micros(at))
            append_in(
                connection,
                [wish_event(number, one, at, proof=proof) for one in wishes],
                workspace_id=self._workspace_id,
            )

        self._store.write(work)


class WishProjection:
    """Keeps wishes in step with the log. Order of arrival does not matter.

    Reads ``Kikubari Preference Changed`` (``about``, ``value``). A browser's key says nothing here:
    anybody could speak for anybody.
    """

    def __init__(self, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._workspace_id = workspace_id

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Take in events that are new to the log."""
        said = [
            (item.number, wish, item.event.occurred_at)
            for item in events
            if item.event.type == PREFERENCE_CHANGED
            and item.number
            and item.event.trust is not Trust.PUBLIC
            and (wish := _read(item.event)) is not None
        ]
        _apply(connection, self._workspace_id, said)


def forget_contact(
    connection: Connection, numbers: Collection[int], *, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """Delete what is kept about contact with an erased person."""
    rows.delete_people(connection, workspace_id, numbers)


def _apply(
    connection: Connection, workspace_id: int, said: Sequence[tuple[int, Wish, datetime]]
) -> None:
    latest: dict[tuple[int, str], tuple[int, str]] = {}
    for number, wish, at in said:
        key = (number, wish.about)
        word = (to_micros(at), wish.value)
        latest[key] = max(word, latest.get(key, word))
    rows.save_latest(connection, workspace_id, latest)


def wish_event(number: int, wish: Wish, at: datetime, *, proof: str, key: str = "") -> Event:
    """Return a wish as an event of the log.

    Args:
        number: the person's.
        wish: their word.
        at: when.
        proof: how it was said.
        key: tells it from others; without, by whom, of what and when it was said.
    """
    return Event(
        message_id=key or f"wish:{wish.about}:{number}:{to_micros(at)}",
        kind=EventKind.TRACK,
        type=PREFERENCE_CHANGED,
        occurred_at=at,
        received_at=at,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=number,
        properties={"about": wish.about, "value": wish.value, "proof": proof},
    )


def _read(event: Event) -> Wish | None:
    about, value = event.properties.get("about"), event.properties.get("value")
    if not (isinstance(about, str) and isinstance(value, str)):
        return None
    is_known = about in {"pause", "rhythm", _OPEN_DAY} or about.startswith(("topic:", "use:"))
    is_storable = about.isprintable() and value.isprintable()
    if not (is_known and is_storable and len(about) <= MAX_ABOUT and len(value) <= _MAX_VALUE):
        return None
    return Wish(about, value)


def _denied(standing: Mapping[str, str], prefix: Literal["topic:", "use:"]) -> frozenset[str]:
    return frozenset(
        about.removeprefix(prefix)
        for about, value in standing.items()
        if about.startswith(prefix) and value == NO
    )


def _instant(text: str) -> datetime | None:
    try:
        return parse_instant(text) if text else None
    except ValueError:
        return None
