"""The catalogue of attributes: what there is, where from, and what people said of it."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from kikubari.api.admin.plans import list_violation_groups
from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.collect import (
    Attribute,
    AttributeEdit,
    AttributeKind,
    CatalogueState,
    Classification,
    EventFigures,
    Mode,
    PiiClass,
    RecordedEdit,
    Sensitivity,
    SourceKind,
    ValueCount,
)

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Offset = Annotated[int, QueryParameter(ge=0, le=1_000_000)]
Days = Annotated[int, QueryParameter(ge=1, le=400)]
RowId = Annotated[int | None, QueryParameter(ge=0, le=2**53)]
SourceNumber = Annotated[int | None, QueryParameter(ge=0, le=2**31 - 1)]
VersionNumber = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]
Name = Annotated[str, QueryParameter(max_length=500)]
_SHOWN_VALUES = 3


class AttributeSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute in a list; its few most frequent values."""

    kind: AttributeKind
    event: str
    name: str
    classification: Classification
    description: str
    owner: str
    types: dict[str, float]
    has_type_drift: bool
    n: int
    of: int
    fill_rate: float
    error: float
    n_distinct: int
    is_sampled: bool
    values: list[ValueCount]
    last_seen_at: datetime


class AttributePage(msgspec.Struct, frozen=True):
    """Attributes that fit, how many there are, and what was counted when."""

    state: CatalogueState | None
    total: int
    attributes: list[AttributeSummary]


class AttributeDetail(msgspec.Struct, frozen=True):
    """One attribute with who decided what about it."""

    attribute: Attribute
    edits: list[RecordedEdit]


class AttributeDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody decides about an attribute; what is left out stays as it is."""

    kind: AttributeKind
    name: str
    event: str = ""
    pii: PiiClass | None = None
    sensitivity: Sensitivity | None = None
    is_proxy: bool | None = None
    description: str | None = None
    owner: str | None = None


class SeenEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event name with its volume and how it stands to the plan."""

    figures: EventFigures
    n_properties: int
    is_planned: bool
    mode: Mode | None
    n_violations: int  # of the last 30 days


class SourceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A source without its keys, and what came from it."""

    id: int
    name: str
    kind: SourceKind
    allowed_origins: tuple[str, ...]
    created_at: datetime
    n_events: int  # in the catalogue, reserved events left out
    n_rejected: int  # of the refused messages that are kept
    n_violations: int  # of the last 30 days


@get("/data/attributes", guards=[requires("read")], sync_to_thread=True)
def list_attributes(
    services: NamedDependency[Services],
    *,
    kind: FromQuery[AttributeKind | None] = None,
    event: FromQuery[str | None] = None,
    search: FromQuery[str | None] = None,
    pii: FromQuery[PiiClass | None] = None,
    sensitivity: FromQuery[Sensitivity | None] = None,
    is_drifting: FromQuery[bool | None] = None,
    is_classed: FromQuery[bool | None] = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> AttributePage:
    """List attributes: traits first, then properties by event, the fullest first.

    `is_classed`: whether the attribute is personal or sensitive in any way.
    """
    wanted = (search or "").casefold()
    found = [
        one
        for one in services.attributes.list_attributes()
        if kind in {None, one.kind}
        and event in {None, one.event}
        and pii in {None, one.classification.pii}
        and sensitivity in {None, one.classification.sensitivity}
        and is_drifting in {None, one.has_type_drift}
        and is_classed in {None, _is_classed(one.classification)}
        and (wanted in one.name.casefold() or wanted in one.description.casefold())
    ]
    page = [_summary(one) for one in found[offset : offset + limit]]
    return AttributePage(services.attributes.state(), len(found), page)


@get("/data/attributes/one", guards=[requires("read")], sync_to_thread=True)
def get_attribute(
    services: NamedDependency[Services],
    kind: FromQuery[AttributeKind],
    name: Name,
    event: Name = "",
) -> AttributeDetail:
    """Return one attribute with all its figures and its history."""
    return AttributeDetail(
        services.attributes.get(kind, event, name),
        services.attributes.list_edits(kind, event, name),
    )


@post("/data/attributes/decide", guards=[requires("write")], sync_to_thread=True, status_code=200)
def decide_attribute(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[AttributeDecision],
) -> Classification:
    """Decide an attribute's classes, description or owner; the history keeps who did."""
    edit = AttributeEdit(
        pii=data.pii,
        sensitivity=data.sensitivity,
        is_proxy=data.is_proxy,
        description=data.description,
        owner=data.owner,
    )
    return services.attributes.edit(data.kind, data.event, data.name, edit, by=request.user.name)


@post("/data/attributes/refresh", guards=[requires("write")], sync_to_thread=True, status_code=200)
def refresh_attributes(services: NamedDependency[Services]) -> CatalogueState:
    """Count attributes anew, now; otherwise it happens by itself."""
    return services.attributes.refresh()


@get("/data/events", guards=[requires("read")], sync_to_thread=True)
def list_seen_events(services: NamedDependency[Services]) -> list[SeenEvent]:
    """List event names with their volume, the most frequent first; at most 1,000."""
    plan = services.plans.current().plan
    n_properties = Counter(
        one.event
        for one in services.attributes.list_attributes()
        if one.kind is AttributeKind.PROPERTY
    )
    n_violations: Counter[str] = Counter()
    for group in list_violation_groups(services, 30):
        n_violations[group.subject] += group.n
    return [
        SeenEvent(
            figures=one,
            n_properties=n_properties[one.name],
            is_planned=one.name in plan.events,
            mode=plan.events[one.name].mode if one.name in plan.events else None,
            n_violations=n_violations[one.name],
        )
        for one in services.attributes.list_events()
    ]


@get("/data/sources", guards=[requires("read")], sync_to_thread=True)
def list_source_summaries(services: NamedDependency[Services]) -> list[SourceSummary]:
    """List sources without their keys, and how much came from each."""
    n_events: Counter[int] = Counter()
    for figures in services.attributes.list_events():
        n_events.update({int(source): n for source, n in figures.n_by_source.items()})
    n_rejected: Counter[int] = Counter()
    for count in services.rejected.count_by_code():
        n_rejected[count.source_id] += count.n_events
    n_violations: Counter[int] = Counter()
    for group in list_violation_groups(services, 30):
        n_violations.update({int(source): n for source, n in group.n_by_source.items()})
    return [
        SourceSummary(
            id=one.id,
            name=one.name,
            kind=one.kind,
            allowed_origins=one.allowed_origins,
            created_at=one.created_at,
            n_events=n_events[one.id],
            n_rejected=n_rejected[one.id],
            n_violations=n_violations[one.id],
        )
        for one in services.sources.list_all()
    ]


def _is_classed(classification: Classification) -> bool:
    return (
        classification.pii is not PiiClass.NONE
        or classification.sensitivity is not Sensitivity.NONE
    )


def _summary(one: Attribute) -> AttributeSummary:
    figures = one.figures
    return AttributeSummary(
        kind=one.kind,
        event=one.event,
        name=one.name,
        classification=one.classification,
        description=one.description,
        owner=one.owner,
        types={share.type: share.share for share in figures.types},
        has_type_drift=one.has_type_drift,
        n=figures.n,
        of=figures.of,
        fill_rate=figures.fill_rate,
        error=figures.error,
        n_distinct=figures.n_distinct,
        is_sampled=figures.is_sampled,
        values=list(figures.values[:_SHOWN_VALUES]),
        last_seen_at=figures.last_seen_at,
    )


governance_handlers = [
    list_attributes,
    get_attribute,
    decide_attribute,
    refresh_attributes,
    list_seen_events,
    list_source_summaries,
]
