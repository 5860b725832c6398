"""The suppression list: addresses that get nothing, known only by a keyed hash.

Rows outlive the erasure of a person, and nothing but an operator's explicit act, or the person's
own renewed consent for what they unsubscribed from, takes an address off: an import never does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select

from kikubari.deliver._tables import suppressions
from kikubari.deliver.addresses import to_wire_address
from kikubari.deliver.contracts import EMAIL, Purpose
from kikubari.events import append_in
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event, EventKind, Trust
from kikubari.spec.errors import InvalidInputError
from kikubari.spec.topics import INTERNAL_SOURCE_ID, SUPPRESSION_CHANGED
from kikubari.storage import StateStore, look_up, upsert

_KEY_BYTES = 16
_KEYS_PER_QUERY = 5_000
_ALL_REASONS = 20
# The newest first; many have one instant, such as those of an import.
_ORDER = (suppressions.c.at_us, suppressions.c.address_key, suppressions.c.reason)
_ENTRY_ID = re.compile(r"(?P<at>-?\d{1,17})-(?P<key>[0-9a-f]{32})-(?P<reason>[a-z]{1,20})")


class SuppressionReason(StrEnum):
    """Why an address is on the list; documented in docs/delivery.md."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED = "bounced"  # the receiving side says the address does not exist
    IMPORTED = "imported"
    INACTIVE = "inactive"  # nothing was opened for long, and an operator stopped writing
    MANUAL = "manual"


_EVERYTHING = frozenset(Purpose)
_MARKETING = frozenset({Purpose.MARKETING})
BLOCKS: Mapping[SuppressionReason, frozenset[Purpose]] = {
    SuppressionReason.UNSUBSCRIBED: _MARKETING,
    SuppressionReason.COMPLAINED: _MARKETING,
    SuppressionReason.IMPORTED: _MARKETING,
    SuppressionReason.INACTIVE: _MARKETING,
    SuppressionReason.BOUNCED: _EVERYTHING,
    SuppressionReason.MANUAL: _EVERYTHING,
}


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the list. `key` is the address' keyed hash in hex; lists go on after `id`."""

    id: str
    key: str
    channel: str
    reason: SuppressionReason
    at: datetime


class Word(msgspec.Struct, frozen=True):
    """One statement about an address: suppressed for a reason, or no longer."""

    address_key: bytes
    reason: SuppressionReason
    is_active: bool
    at: datetime
    channel: str = EMAIL


class AddressHasher:
    """Turns an address into the key by which the list knows it.

    Letter case, an IDN domain's spelling and a ``+tag`` make no difference: what reaches one
    mailbox has one key.

    Args:
        key: secret of this installation, 16 to 64 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def hash(self, address: str) -> bytes:
        """Return 16 bytes that stand for the mailbox.

        Raises:
            InvalidInputError: not an e-mail address.
        """
        local, _, domain = to_wire_address(address.strip()).rpartition("@")
        mailbox = local.strip('"').casefold().split("+", 1)[0] or local.casefold()
        return blake2b(
            f"{mailbox}@{domain}".encode(), key=self._key, digest_size=_KEY_BYTES, person=b"address"
        ).digest()

    def find_hash(self, address: str) -> bytes | None:
        """Return the key, None for what is not an address."""
        try:
            return self.hash(address)
        except InvalidInputError:
            return None


_ACTIVE = select(suppressions.c.address_key, suppressions.c.reason).where(
    suppressions.c.workspace_id == bindparam("b_workspace"),
    suppressions.c.channel == bindparam("b_channel"),
    suppressions.c.address_key.in_(bindparam("b_keys", expanding=True)),
    suppressions.c.is_active == 1,
)


def list_blocked(
    connection: Connection,
    address_keys: Iterable[bytes],
    *,
    channel: str = EMAIL,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> dict[bytes, frozenset[Purpose]]:
    """Return which purposes each suppressed address is closed for."""
    rows = look_up(
        connection,
        _ACTIVE,
        {"b_workspace": workspace_id, "b_channel": channel, "b_keys": list(address_keys)},
    )
    blocked: dict[bytes, frozenset[Purpose]] = {}
    for row in rows:
        key = bytes(row.address_key)
        blocked[key] = blocked.get(key, frozenset()) | BLOCKS[SuppressionReason(row.reason)]
    return blocked


def apply_words(
    connection: Connection, words: Sequence[Word], *, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """Take in statements: the latest counts; of two at one instant, the one that suppresses.

    The outcome does not depend on their order, nor on how often each is applied.
    """
    latest: dict[tuple[str, bytes, str], tuple[int, int]] = {}
    for word in words:
        key = (word.channel, word.address_key, word.reason.value)
        said = (to_micros(word.at), int(word.is_active))
        latest[key] = max(said, latest.get(key, said))
    for key, known in _list_words(connection, {key[1] for key in latest}, workspace_id).items():
        if key in latest and known >= latest[key]:
            del latest[key]
    if latest:
        connection.execute(
            upsert(
                connection,
                suppressions,
                key=["workspace_id", "channel", "address_key", "reason"],
                update=["is_active", "at_us"],
            ),
            [
                {
                    "workspace_id": workspace_id,
                    "channel": channel,
                    "address_key": address_key,
                    "reason": reason,
                    "is_active": is_active,
                    "at_us": at_us,
                }
                for (channel, address_key, reason), (at_us, is_active) in latest.items()
            ],
        )


def _list_words(
    connection: Connection, address_keys: set[bytes], workspace_id: int
) -> dict[tuple[str, bytes, str], tuple[int, int]]:
    wanted = list(address_keys)
    known: dict[tuple[str, bytes, str], tuple[int, int]] = {}
    for start in range(0, len(wanted), _KEYS_PER_QUERY):
        rows = connection.execute(
            select(suppressions)
            .where(
                suppressions.c.workspace_id == workspace_id,
                suppressions.c.address_key.in_(wanted[start : start + _KEYS_PER_QUERY]),
            )
            .with_for_update()
        )
        for row in rows:
            known[row.channel, bytes(row.address_key), row.reason] = (row.at_us, row.is_active)
    return known


class Suppressions:
    """The list as an operator works with it. Changes hold at once, and stand in the log."""

    def __init__(self, store: StateStore, hasher: AddressHasher, ids: IdFactory) -> None:
        self._store = store
        self._hasher = hasher
        self._ids = ids

    def add(
        self,
        address: str,
        *,
        at: datetime,
        reason: SuppressionReason = SuppressionReason.MANUAL,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        """Suppress an address.

        Raises:
            InvalidInputError: not an e-mail address.
        """
        self._say(address, [(reason, True)], at=at, by="", workspace_id=workspace_id)

    def remove(
        self, address: str, *, at: datetime, by: str, workspace_id: int = DEFAULT_WORKSPACE
    ) -> int:
        """Take an address off the list, for all reasons; returns how many there were.

        Args:
            address: any spelling of it.
            at: now.
            by: who decided so, for the log.
            workspace_id: whose list.

        Raises:
            InvalidInputError: not an e-mail address.
        """
        reasons = [entry.reason for entry in self.find(address, workspace_id=workspace_id)]
        if reasons:
            changes = [(reason, False) for reason in reasons]
            self._say(address, changes, at=at, by=by, workspace_id=workspace_id)
        return len(reasons)

    def find(self, address: str, *, workspace_id: int = DEFAULT_WORKSPACE) -> list[Suppression]:
        """Return the entries of an address, none if it is not suppressed.

        Raises:
            InvalidInputError: not an e-mail address.
        """
        key = self._hasher.hash(address)
        return self._list([suppressions.c.address_key == key], workspace_id, _ALL_REASONS)

    def list_entries(
        self,
        *,
        reason: SuppressionReason | None = None,
        after: str = "",
        limit: int = 100,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> list[Suppression]:
        """Return entries, newest first; addresses cannot be told from their hashes.

        Args:
            reason: those for one reason only.
            after: id of the entry to go on behind.
            limit: how many at the most.
            workspace_id: whose list.

        Raises:
            InvalidInputError: `after` is no entry's id.
        """
        conditions = [_is_behind(after)] if after else []
        if reason is not None:
            conditions.append(suppressions.c.reason == reason.value)
        return self._list(conditions, workspace_id, limit)

    def count_by_reason(
        self, *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> dict[SuppressionReason, int]:
        """Return how many entries there are for each reason."""
        with self._store.read() as connection:
            rows = connection.execute(
                select(suppressions.c.reason, func.count())
                .where(suppressions.c.workspace_id == workspace_id, suppressions.c.is_active == 1)
                .group_by(suppressions.c.reason)
            )
            return {SuppressionReason(reason): n for reason, n in rows}

    def _list(
        self, conditions: Sequence[ColumnElement[bool]], workspace_id: int, limit: int
    ) -> list[Suppression]:
        with self._store.read() as connection:
            rows = connection.execute(
                select(suppressions)
                .where(
                    suppressions.c.workspace_id == workspace_id,
                    suppressions.c.is_active == 1,
                    *conditions,
                )
                .order_by(*(column.desc() for column in _ORDER))
                .limit(limit)
            ).all()
        return [
            Suppression(
                id=f"{row.at_us}-{bytes(row.address_key).hex()}-{row.reason}",
                key=bytes(row.address_key).hex(),
                channel=row.channel,
                reason=SuppressionReason(row.reason),
                at=from_micros(row.at_us),
            )
            for row in rows
        ]

    def _say(
        self,
        address: str,
        changes: list[tuple[SuppressionReason, bool]],
        *,
        at: datetime,
        by: str,
        workspace_id: int,
    ) -> None:
        key = self._hasher.hash(address)
        words = [Word(key, reason, is_active, at) for reason, is_active in changes]
        events = [
            Event(
                message_id=self._ids.new_id("suppression"),
                kind=EventKind.TRACK,
                type=SUPPRESSION_CHANGED,
                occurred_at=at,
                received_at=at,
                source_id=INTERNAL_SOURCE_ID,
                trust=Trust.INTERNAL,
                # No address: the event is about nobody whose erasure would ever remove it.
                properties={
                    "address_key": key.hex(),
                    "channel": EMAIL,
                    "reason": reason.value,
                    "status": "suppressed" if is_active else "removed",
                    "by": by,
                },
            )
            for reason, is_active in changes
        ]

        def work(connection: Connection) -> None:
            apply_words(connection, words, workspace_id=workspace_id)
            append_in(connection, events, workspace_id=workspace_id)

        self._store.write(work)


def _is_behind(entry_id: str) -> ColumnElement[bool]:
    """Return the condition of entries that are listed behind one."""
    parts = _ENTRY_ID.fullmatch(entry_id)
    if parts is None:
        raise InvalidInputError("lists go on after the `id` of their last entry")
    place = (int(parts["at"]), bytes.fromhex(parts["key"]), parts["reason"])
    return or_(
        *(
            and_(column < value, *(c == v for c, v in zip(_ORDER[:depth], place, strict=False)))
            for depth, (column, value) in enumerate(zip(_ORDER, place, strict=True))
        )
    )
