"""Keeps a shop's policy; every version stays, with who made it and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert, select

from kikubari.decide.guard._tables import guard_policies
from kikubari.decide.guard.policy import LAW, GuardPolicy, check_policy
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(GuardPolicy).decode
_NEVER = 2**31 - 1
_NEWEST_FIRST = (
    select(guard_policies)
    .where(
        guard_policies.c.workspace_id == bindparam("b_workspace"),
        guard_policies.c.version < bindparam("b_before"),
    )
    .order_by(guard_policies.c.version.desc())
    .limit(bindparam("b_limit"))
)


class StoredGuardPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it was put in force. Version 0 is the law alone."""

    version: int
    policy: GuardPolicy
    changed_at: datetime | None
    changed_by: str


_BY_LAW = StoredGuardPolicy(version=0, policy=LAW, changed_at=None, changed_by="")


class GuardPolicies:
    """Reads and changes how strict the guard is, for everything judged from then on."""

    def __init__(self, store: StateStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._store = store
        self._workspace_id = workspace_id

    def get(self) -> StoredGuardPolicy:
        """Return the policy in force."""
        with self._store.read() as connection:
            return self._load(connection)

    def set(self, policy: GuardPolicy, *, at: datetime, by: str) -> StoredGuardPolicy:
        """Put a policy in force.

        Raises:
            LooserThanLawError: it is looser than a rule, which the error names.
            InvalidInputError: it cannot be followed.
        """
        check_policy(policy)

        def work(connection: Connection) -> StoredGuardPolicy:
            version = self._load(connection).version + 1
            row = {
                "workspace_id": self._workspace_id,
                "version": version,
                "policy": _encode(policy),
                "at_us": to_micros(at),
                "changed_by": by,
            }
            connection.execute(insert(guard_policies), row)
            return StoredGuardPolicy(version=version, policy=policy, changed_at=at, changed_by=by)

        return self._store.write(work)

    def list_versions(
        self, *, before: int | None = None, limit: int = 50
    ) -> list[StoredGuardPolicy]:
        """Return the policies there were, newest first, from below the version `before`."""
        with self._store.read() as connection:
            return [_stored(row) for row in self._rows(connection, before or _NEVER, limit)]

    def _load(self, connection: Connection) -> StoredGuardPolicy:
        rows = self._rows(connection, _NEVER, 1)
        return _stored(rows[0]) if rows else _BY_LAW

    def _rows(self, connection: Connection, before: int, limit: int) -> Sequence[Row[Any]]:
        known = {"b_workspace": self._workspace_id, "b_before": before, "b_limit": limit}
        return connection.execute(_NEWEST_FIRST, known).all()


def _stored(row: Row[Any]) -> StoredGuardPolicy:
    return StoredGuardPolicy(
        version=row.version,
        policy=_decode(row.policy),
        changed_at=from_micros(row.at_us),
        changed_by=row.changed_by,
    )
