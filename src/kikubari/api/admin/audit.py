"""The audit log, to look at and to check."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from kikubari.access import AuditCheck, AuditEntry
from kikubari.api.authentication import requires
from kikubari.api.contracts import Services

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Number = Annotated[int | None, QueryParameter(ge=1, le=2**53)]
Action = Annotated[str | None, QueryParameter(max_length=60)]


class AuditPage(msgspec.Struct, frozen=True):
    """Entries, newest first, and the number to go on from; none after the oldest."""

    entries: list[AuditEntry]
    before: int | None


@get("/audit-log", guards=[requires("admin")], sync_to_thread=True)
def list_audit_entries(
    services: NamedDependency[Services],
    before: Number = None,
    action: Action = None,
    limit: Limit = 100,
) -> AuditPage:
    """List what was done, newest first; `action` is how the action begins, such as `member`."""
    entries = services.access.audit.list_entries(
        before=before, action=(action or "").replace("\0", "") or None, limit=limit
    )
    return AuditPage(entries, entries[-1].number if len(entries) == limit else None)


@get("/audit-log/check", guards=[requires("admin")], sync_to_thread=True)
def check_audit_log(services: NamedDependency[Services]) -> AuditCheck:
    """Say whether the audit log is as it was written, from its first entry on."""
    return services.access.audit.check()


audit_handlers = [list_audit_entries, check_audit_log]
