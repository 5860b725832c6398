"""How strict an installation is; admins choose."""

from datetime import timedelta

import msgspec
from sqlalchemy import Connection, select

from kikubari.access._tables import policies
from kikubari.access.audit import AuditLog
from kikubari.access.contracts import Actor, Policy, Role
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError
from kikubari.storage import StateStore, upsert

_BOUNDS = {"idle_minutes": (5, 1440), "admin_idle_minutes": (5, 1440), "longest_hours": (1, 720)}


def read_policy(connection: Connection) -> Policy:
    """Return the policy in force; the defaults where none was chosen."""
    row = connection.execute(
        select(policies).where(policies.c.workspace_id == DEFAULT_WORKSPACE)
    ).one_or_none()
    if row is None:
        return Policy()
    return Policy(
        row.requires_second_factor, row.idle_minutes, row.admin_idle_minutes, row.longest_hours
    )


def idle_time(policy: Policy, role: Role) -> timedelta:
    """Return how long a session may rest: an admin's shorter, as it opens more."""
    minutes = policy.admin_idle_minutes if role is Role.ADMIN else policy.idle_minutes
    return timedelta(minutes=minutes)


class Policies:
    """Reads and changes the policy."""

    def __init__(self, store: StateStore, audit: AuditLog) -> None:
        self._store = store
        self._audit = audit

    def get(self) -> Policy:
        """Return the policy in force."""
        with self._store.read() as connection:
            return read_policy(connection)

    def change(self, policy: Policy, by: Actor) -> Policy:
        """Put another policy in force; running sessions follow it at their next request.

        Raises:
            InvalidInputError: a time is out of its bounds.
        """
        values = msgspec.structs.asdict(policy)
        for name, (least, most) in _BOUNDS.items():
            if not least <= values[name] <= most:
                raise InvalidInputError(f"{name} is {least} to {most}")

        def work(connection: Connection) -> None:
            connection.execute(
                upsert(connection, policies, key=["workspace_id"], update=list(values)),
                {"workspace_id": DEFAULT_WORKSPACE, **values},
            )
            detail = ", ".join(f"{name}={value}" for name, value in values.items())
            self._audit.append(connection, by, "policy.changed", detail=detail)

        self._store.write(work)
        return policy
