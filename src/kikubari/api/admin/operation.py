"""Health, check of the copy, rebuild."""

import msgspec
from litestar import get, post
from litestar.di import NamedDependency

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.events import TableCheck


class CheckAnswer(msgspec.Struct, frozen=True):
    """Whether the columnar copy holds exactly what the log holds."""

    is_equal: bool
    copy_of_log: TableCheck


@get("/doctor", guards=[requires("read")], sync_to_thread=True)
def run_doctor(services: NamedDependency[Services]) -> CheckAnswer:
    """Compare counts and checksums of the log and its columnar copy."""
    return _check(services)


@post("/rebuild", guards=[requires("admin")], sync_to_thread=True)
def rebuild_copy(services: NamedDependency[Services]) -> CheckAnswer:
    """Drop the columnar copy and make it anew from the log; returns when it is complete."""
    services.rebuild_copy()
    return _check(services)


def _check(services: Services) -> CheckAnswer:
    check = services.copier.check()
    return CheckAnswer(check.is_equal, check)


operation_handlers = [run_doctor, rebuild_copy]
