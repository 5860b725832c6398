"""Households and shared devices: detected, explained, never merged.

Everything is a pure function of what the log says, in any order: who was signed in on a device
from when to when, and what addresses, surnames and fixed lines people gave. It is worked out for
whoever is asked about, from their own devices and marks outwards: nobody is compared with all.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from hashlib import blake2b

from sqlalchemy import Connection

from kikubari.events import SequencedEvent, message_key
from kikubari.kit.instants import to_micros
from kikubari.profiles._nearby import Nearby
from kikubari.profiles._repository import sharing as rows
from kikubari.profiles.household_marks import Mark, read_marks
from kikubari.profiles.identifiers import ANONYMOUS_ID, IdentifierRules, list_references
from kikubari.profiles.instance_key import InstanceKey
from kikubari.profiles.sharing import MAX_MEMBERS, SHARED_DEVICE, Sharing
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event


class SharingProjection:
    """Notes what people share as the log grows. Order of arrival does not matter to it.

    Args:
        instance_key: keys the hashes that stand for addresses, surnames and phone numbers.
        rules: the same as numbering's.
        workspace_id: whose people these are.
    """

    def __init__(
        self,
        instance_key: InstanceKey,
        rules: IdentifierRules | None = None,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._key = instance_key.derive("household marks")
        self._rules = rules or IdentifierRules()
        self._workspace_id = workspace_id
        self._device_key = lru_cache(maxsize=16_384)(self._make_device_key)

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Take in what events say about devices and households."""
        uses: dict[rows.Use, rows.Span] = {}
        marks: dict[rows.MarkKey, rows.StoredMark] = {}
        for item in events:
            event = item.event
            if not item.number or event.number is not None:
                continue
            at_us = to_micros(event.occurred_at)
            device = self._find_device(event)
            if device is not None:
                use = (device, item.number)
                first, last = uses.get(use, (at_us, at_us))
                uses[use] = (min(first, at_us), max(last, at_us))
            if event.traits:
                self._note_marks(marks, item, at_us)
        if uses:
            rows.widen_uses(connection, self._workspace_id, uses)
        if marks:
            rows.keep_latest_marks(connection, self._workspace_id, marks)

    def _find_device(self, event: Event) -> bytes | None:
        """Return the device on which an event finds a person signed in, None if it does not."""
        if not event.anonymous_id or not (event.user_id or event.traits or event.context):
            return None
        is_person = any(
            kind != ANONYMOUS_ID and self._rules.find(kind, value) is not None
            for kind, value in list_references(event)
        )
        return self._device_key(event.anonymous_id) if is_person else None

    def _make_device_key(self, anonymous_id: str) -> bytes | None:
        device = self._rules.find(ANONYMOUS_ID, anonymous_id)
        return device.key(self._workspace_id) if device else None

    def _note_marks(
        self,
        marks: dict[rows.MarkKey, rows.StoredMark],
        item: SequencedEvent,
        at_us: int,
    ) -> None:
        place = (at_us, item.event.source_id, message_key(item.event.message_id))
        for mark, text in read_marks(item.event, self._rules.default_region).items():
            digest = self._digest(mark, text) if text else b""
            said = (*place, digest)
            key = (item.number, int(mark))
            if key not in marks or said > marks[key]:
                marks[key] = said

    def _digest(self, mark: Mark, text: str) -> bytes:
        return blake2b(f"{mark}\0{text}".encode(), key=self._key, digest_size=16).digest()


class Households:
    """Reads who shares what, on any connection."""

    def __init__(self, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._workspace_id = workspace_id

    def load(self, connection: Connection, people: Collection[int]) -> dict[int, Sharing]:
        """Return what people share, by canonical number; hundreds at once."""
        near = Nearby(connection, self._workspace_id)
        frontier = near.expand(people)
        # A household closes within as many rounds as it may have members; beyond, it is none.
        for _ in range(MAX_MEMBERS):
            if not frontier:
                break
            frontier = near.expand(frontier)
        return {person: near.describe(person) for person in people}

    def list_sharing_device(self, connection: Connection, people: Collection[int]) -> set[int]:
        """Return those of the people whose device others use side by side with them.

        Households are not looked for, which makes this cheap enough for every message.
        """
        near = Nearby(connection, self._workspace_id)
        near.expand(people)
        return {one for one in people if SHARED_DEVICE in near.describe(one).hold_back}
