"""A shop's own rules: how often and when it writes, what holds for broadcasts, what it counts.

Every version of each stays, with who made it and when.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, Select, Table, bindparam, insert, select

from kikubari.deliver._tables import broadcast_defaults, frequency_policies, tracking_policies
from kikubari.deliver.frequency import FrequencyPolicy, check_policy
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore, look_up

_encode = msgspec.json.Encoder().encode
_decode_policy = msgspec.json.Decoder(FrequencyPolicy).decode
_NEVER = 2**31 - 1


def _newest_first(table: Table) -> Select[*tuple[Any, ...]]:
    return (
        select(table)
        .where(
            table.c.workspace_id == bindparam("b_workspace"),
            table.c.version < bindparam("b_before"),
        )
        .order_by(table.c.version.desc())
        .limit(bindparam("b_limit"))
    )


_POLICIES = _newest_first(frequency_policies)
_DEFAULTS = _newest_first(broadcast_defaults)
_TRACKING = _newest_first(tracking_policies)


class StoredPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The policy in force. Version 0 is what holds before anybody set one: no limits."""

    version: int
    policy: FrequencyPolicy
    changed_at: datetime | None
    changed_by: str


class BroadcastDefaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for a broadcast that does not say itself.

    Attributes:
        has_tracking: links and opens of those who agreed are counted.
        at_best_hour: marketing waits for the hour its recipient is likely to look.
    """

    has_tracking: bool = True
    at_best_hour: bool = False


_decode_defaults = msgspec.json.Decoder(BroadcastDefaults).decode


class StoredDefaults(msgspec.Struct, frozen=True, kw_only=True):
    """The defaults in force. Version 0 is what holds before anybody set any."""

    version: int
    defaults: BroadcastDefaults
    changed_at: datetime | None
    changed_by: str


class TrackingPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of opens and clicks, at the most.

    Attributes:
        tracking: of those who agreed: each open and click; the last day of an open alone; nothing.
        without_consent: of those who never said anything: the last day of an open, or nothing.
            Nothing of those who refused, or where `tracking` is none.
    """

    tracking: Literal["full", "last_open_day", "none"] = "full"
    without_consent: Literal["last_open_day", "none"] = "none"

    @property
    def counts_without_consent(self) -> bool:
        """Say whether the last day of an open is kept of people who were not asked before."""
        return self.tracking != "none" and self.without_consent == "last_open_day"


_decode_tracking = msgspec.json.Decoder(TrackingPolicy).decode


class StoredTracking(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept now. Version 0 is what holds before anybody chose."""

    version: int
    policy: TrackingPolicy
    changed_at: datetime | None
    changed_by: str


_NO_TRACKING = StoredTracking(version=0, policy=TrackingPolicy(), changed_at=None, changed_by="")
_NO_POLICY = StoredPolicy(version=0, policy=FrequencyPolicy(), changed_at=None, changed_by="")
_NO_DEFAULTS = StoredDefaults(
    version=0, defaults=BroadcastDefaults(), changed_at=None, changed_by=""
)


def load_policy(connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE) -> StoredPolicy:
    """Return the policy in force."""
    found = _list(connection, _POLICIES, workspace_id)
    return _policy(found[0]) if found else _NO_POLICY


def load_defaults(
    connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE
) -> StoredDefaults:
    """Return what holds for broadcasts that do not say themselves."""
    found = _list(connection, _DEFAULTS, workspace_id)
    return _defaults(found[0]) if found else _NO_DEFAULTS


def load_tracking(
    connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE
) -> StoredTracking:
    """Return what is kept of opens and clicks."""
    found = _list(connection, _TRACKING, workspace_id)
    return _tracking(found[0]) if found else _NO_TRACKING


class FrequencyPolicies:
    """Reads and changes the policy. A change holds from its commit, for what is queued too."""

    def __init__(self, store: StateStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._store = store
        self._workspace_id = workspace_id

    def get(self) -> StoredPolicy:
        """Return the policy in force."""
        with self._store.read() as connection:
            return load_policy(connection, workspace_id=self._workspace_id)

    def set(self, policy: FrequencyPolicy, *, at: datetime, by: str) -> StoredPolicy:
        """Put a policy in force.

        Raises:
            InvalidInputError: it cannot be followed.
        """
        check_policy(policy)
        body = _encode(policy)
        version = _add(self._store, frequency_policies, self._workspace_id, body, at=at, by=by)
        return StoredPolicy(version=version, policy=policy, changed_at=at, changed_by=by)

    def list_versions(self, *, before: int | None = None, limit: int = 50) -> list[StoredPolicy]:
        """Return versions, newest first, from the one before `before` on."""
        with self._store.read() as connection:
            rows = _list(connection, _POLICIES, self._workspace_id, before=before, limit=limit)
        return [_policy(row) for row in rows]


class DefaultsOfBroadcasts:
    """Reads and changes what holds for broadcasts that do not say themselves, once saved."""

    def __init__(self, store: StateStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._store = store
        self._workspace_id = workspace_id

    def get(self) -> StoredDefaults:
        """Return the defaults in force."""
        with self._store.read() as connection:
            return load_defaults(connection, workspace_id=self._workspace_id)

    def set(self, defaults: BroadcastDefaults, *, at: datetime, by: str) -> StoredDefaults:
        """Put defaults in force, for drafts written from now on."""
        body = _encode(defaults)
        version = _add(self._store, broadcast_defaults, self._workspace_id, body, at=at, by=by)
        return StoredDefaults(version=version, defaults=defaults, changed_at=at, changed_by=by)

    def list_versions(self, *, before: int | None = None, limit: int = 50) -> list[StoredDefaults]:
        """Return versions, newest first, from the one before `before` on."""
        with self._store.read() as connection:
            rows = _list(connection, _DEFAULTS, self._workspace_id, before=before, limit=limit)
        return [_defaults(row) for row in rows]


class TrackingPolicies:
    """Reads and changes what is kept. A change holds at once, for mail already sent too."""

    def __init__(self, store: StateStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._store = store
        self._workspace_id = workspace_id

    def get(self) -> StoredTracking:
        """Return what is kept."""
        with self._store.read() as connection:
            return load_tracking(connection, workspace_id=self._workspace_id)

    def set(self, policy: TrackingPolicy, *, at: datetime, by: str) -> StoredTracking:
        """Say what is kept from now on; to say again what holds is no change."""
        stored = self.get()
        if policy == stored.policy:
            return stored
        body = _encode(policy)
        version = _add(self._store, tracking_policies, self._workspace_id, body, at=at, by=by)
        return StoredTracking(version=version, policy=policy, changed_at=at, changed_by=by)


def _list(
    connection: Connection,
    query: Select[*tuple[Any, ...]],
    workspace_id: int,
    *,
    before: int | None = None,
    limit: int = 1,
) -> Sequence[Row[*tuple[Any, ...]]]:
    values = {"b_workspace": workspace_id, "b_before": before or _NEVER, "b_limit": limit}
    return look_up(connection, query, values)


def _add(
    store: StateStore, table: Table, workspace_id: int, body: bytes, *, at: datetime, by: str
) -> int:
    """Add a version; returns its number."""

    def work(connection: Connection) -> int:
        last = _list(connection, _newest_first(table), workspace_id)
        version: int = last[0].version + 1 if last else 1
        row = {
            "workspace_id": workspace_id,
            "version": version,
            "policy": body,
            "at_us": to_micros(at),
            "changed_by": by,
        }
        connection.execute(insert(table), row)
        return version

    return store.write(work)


def _policy(row: Row[*tuple[Any, ...]]) -> StoredPolicy:
    return StoredPolicy(
        version=row.version,
        policy=_decode_policy(row.policy),
        changed_at=from_micros(row.at_us),
        changed_by=row.changed_by,
    )


def _defaults(row: Row[*tuple[Any, ...]]) -> StoredDefaults:
    return StoredDefaults(
        version=row.version,
        defaults=_decode_defaults(row.policy),
        changed_at=from_micros(row.at_us),
        changed_by=row.changed_by,
    )


def _tracking(row: Row[*tuple[Any, ...]]) -> StoredTracking:
    return StoredTracking(
        version=row.version,
        policy=_decode_tracking(row.policy),
        changed_at=from_micros(row.at_us),
        changed_by=row.changed_by,
    )
