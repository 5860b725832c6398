"""The tracking plan, and what breaks it."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.collect import (
    Mode,
    PlanVersion,
    TrackingPlan,
    Trial,
    ViolationGroup,
    ViolationSample,
    group_violations,
    infer_plan,
)

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Offset = Annotated[int, QueryParameter(ge=0, le=1_000_000)]
Days = Annotated[int, QueryParameter(ge=1, le=400)]
RowId = Annotated[int | None, QueryParameter(ge=0, le=2**53)]
SourceNumber = Annotated[int | None, QueryParameter(ge=0, le=2**31 - 1)]
VersionNumber = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]


class PlanRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan to put in force, and the version it was made from."""

    plan: TrackingPlan
    note: str = ""
    expected_version: int | None = None


class TrialRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan to try on the newest events."""

    plan: TrackingPlan


class PlanVersionSummary(msgspec.Struct, frozen=True):
    """A version of the plan in a list."""

    version: int
    at: datetime
    by: str
    note: str
    n_events: int


@get("/plan", guards=[requires("read")], sync_to_thread=True)
def get_plan(services: NamedDependency[Services], version: VersionNumber = None) -> PlanVersion:
    """Return the tracking plan in force, or an earlier version."""
    return services.plans.current() if version is None else services.plans.get(version)


@post("/plan", guards=[requires("write")], sync_to_thread=True, status_code=200)
def apply_plan(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[PlanRequest],
) -> PlanVersion:
    """Put a plan in force: here at once, in other processes within seconds."""
    return services.plans.apply(
        data.plan,
        by=request.user.name,
        note=data.note,
        expected_version=data.expected_version,
    )


@post("/plan/try", guards=[requires("read")], sync_to_thread=True, status_code=200)
def try_plan(services: NamedDependency[Services], data: JSONBody[TrialRequest]) -> Trial:
    """Say what a plan would have made of the newest 2,000 events; nothing changes."""
    return services.plans.attempt(data.plan)


@get("/plan/inferred", guards=[requires("read")], sync_to_thread=True)
def infer_plan_from_data(
    services: NamedDependency[Services],
    mode: FromQuery[Mode] = Mode.FLAG,
    unknown: FromQuery[Mode] = Mode.FLAG,
) -> TrackingPlan:
    """Make a plan from what was seen; it is not put in force."""
    events = [one.name for one in services.attributes.list_events()]
    return infer_plan(services.attributes.list_attributes(), events, mode=mode, unknown=unknown)


@get("/plan/versions", guards=[requires("read")], sync_to_thread=True)
def list_plan_versions(
    services: NamedDependency[Services], before: VersionNumber = None, limit: Limit = 50
) -> list[PlanVersionSummary]:
    """List versions of the plan, newest first."""
    return [
        PlanVersionSummary(one.version, one.at, one.by, one.note, len(one.plan.events))
        for one in services.plans.list_versions(before=before, limit=limit)
    ]


@get("/plan/violations", guards=[requires("read")], sync_to_thread=True)
def list_violations(
    services: NamedDependency[Services],
    *,
    days: Days = 30,
    subject: FromQuery[str | None] = None,
    source_id: SourceNumber = None,
    offset: Offset = 0,
    limit: Limit = 200,
) -> list[ViolationGroup]:
    """List ways in which the plan was broken in the last days, the most frequent first.

    `subject`: an event's name; empty: traits.
    """
    groups = list_violation_groups(services, days, subject=subject, source_id=source_id)
    return groups[offset : offset + limit]


@get("/plan/violations/samples", guards=[requires("read")], sync_to_thread=True)
def list_violation_samples(
    services: NamedDependency[Services],
    *,
    subject: FromQuery[str | None] = None,
    path: FromQuery[str | None] = None,
    code: FromQuery[str | None] = None,
    source_id: SourceNumber = None,
    before_id: RowId = None,
    limit: Limit = 50,
) -> list[ViolationSample]:
    """List messages that broke the plan, newest first; personal values are not shown."""
    return services.violations.list_samples(
        subject=_clean(subject),
        path=_clean(path),
        code=_clean(code),
        source_id=source_id,
        before_id=before_id,
        limit=limit,
    )


def list_violation_groups(
    services: Services, days: int, *, subject: str | None = None, source_id: int | None = None
) -> list[ViolationGroup]:
    """Return what broke the plan in the last days, of one subject or source if one is given."""
    since = services.clock.now().date() - timedelta(days=days - 1)
    counts = services.violations.list_counts(
        since=since, subject=_clean(subject), source_id=source_id
    )
    return group_violations(counts)


def _clean(text: str | None) -> str | None:
    """Return a text without NUL, which PostgreSQL refuses."""
    return None if text is None else text.replace("\0", "")


plan_handlers = [
    get_plan,
    apply_plan,
    try_plan,
    infer_plan_from_data,
    list_plan_versions,
    list_violations,
    list_violation_samples,
]
