"""Refused calls in the audit log, few enough that nobody can fill it with them."""

from concurrent.futures import Future

from kikubari.access.audit import AuditLog
from kikubari.access.contracts import Actor
from kikubari.kit.clock import Clock
from kikubari.kit.rates import Buckets
from kikubari.storage import StateStore

# Of one operation, and of all: who tries everything leaves a trail and no flood.
PER_OPERATION_AND_MINUTE = 1
PER_CALLER_AND_MINUTE = 20
_ACTION = "access.refused"


class Refusals:
    """Writes down that somebody known was refused something.

    Strangers leave none: they have no name, and anybody could fill the log.
    """

    def __init__(self, store: StateStore, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._audit = audit
        self._by_operation = Buckets(clock)
        self._by_caller = Buckets(clock)

    def note(
        self, by: Actor, caller: str, operation: str, *, target: str, code: str
    ) -> Future[None] | None:
        """Add an entry, unless there were enough lately; counted in each process for itself.

        Args:
            by: who was refused, and from where.
            caller: the id of the member or key: names can be alike.
            operation: what was asked for, by the name it has in the description.
            target: of what: the ids in the address.
            code: of the error that was answered.

        Returns:
            what ends when the entry is on disk, None when there is none.
        """
        asked = f"{caller} {operation}"
        if self._by_operation.take(asked, per_minute=PER_OPERATION_AND_MINUTE):
            return None
        if self._by_caller.take(caller, per_minute=PER_CALLER_AND_MINUTE):
            return None
        detail = f"{f'{operation} {target}'.strip()}: {code}"
        return self._store.submit(
            lambda connection: self._audit.append(connection, by, _ACTION, operation, detail)
        )
