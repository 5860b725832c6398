"""A shop's rules on how often and when it writes; every version stays."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, insert, select

from kikubari.deliver._tables import frequency_policies
from kikubari.deliver.frequency import FrequencyPolicy, check_policy
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(FrequencyPolicy)
_NEWEST = (
    select(frequency_policies)
    .where(frequency_policies.c.workspace_id == bindparam("b_workspace"))
    .order_by(frequency_policies.c.version.desc())
    .limit(1)
)


class StoredPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The policy in force. Version 0 is what holds before anybody set one: no limits."""

    version: int
    policy: FrequencyPolicy
    changed_at: datetime | None
    changed_by: str


_DEFAULT = StoredPolicy(version=0, policy=FrequencyPolicy(), changed_at=None, changed_by="")


def load_policy(connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE) -> StoredPolicy:
    """Return the policy in force."""
    row = connection.execute(_NEWEST, {"b_workspace": workspace_id}).one_or_none()
    if row is None:
        return _DEFAULT
    return StoredPolicy(
        version=row.version,
        policy=_decoder.decode(row.policy),
        changed_at=from_micros(row.at_us),
        changed_by=row.changed_by,
    )


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

        def work(connection: Connection) -> StoredPolicy:
            version = load_policy(connection, workspace_id=self._workspace_id).version + 1
            row = {
                "workspace_id": self._workspace_id,
                "version": version,
                "policy": _encode(policy),
                "at_us": to_micros(at),
                "changed_by": by,
            }
            connection.execute(insert(frequency_policies), row)
            return StoredPolicy(version=version, policy=policy, changed_at=at, changed_by=by)

        return self._store.write(work)
