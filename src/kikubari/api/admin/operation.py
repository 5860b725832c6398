"""Check of the log's copy and indexes, rebuild."""

import msgspec
from litestar import get, post
from litestar.di import NamedDependency

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.events import IndexCheck, TableCheck
from kikubari.storage import list_needless_rights


class CheckAnswer(msgspec.Struct, frozen=True):
    """Whether the columnar copy and the log's indexes hold exactly what the log holds.

    Attributes:
        needless_rights: what a database server lets its account do that nothing here needs.
    """

    is_equal: bool
    copy_of_log: TableCheck
    indexes_of_log: IndexCheck
    needless_rights: list[str]


@get("/doctor", guards=[requires("read")], sync_to_thread=True)
def run_doctor(services: NamedDependency[Services]) -> CheckAnswer:
    """Compare the log with its columnar copy, by counts and checksums, and with its indexes."""
    return _check(services)


@post("/rebuild", guards=[requires("admin")], sync_to_thread=True)
def rebuild_copy(services: NamedDependency[Services]) -> CheckAnswer:
    """Drop the columnar copy and make it anew from the log; returns when it is complete."""
    services.rebuild_copy()
    return _check(services)


def _check(services: Services) -> CheckAnswer:
    copy, indexes = services.copier.check(), services.log.check_indexes()
    rights = list_needless_rights(services.store)
    return CheckAnswer(copy.is_equal and indexes.is_equal, copy, indexes, rights)


operation_handlers = [run_doctor, rebuild_copy]
