"""Live segments: sizes, members, who came and went, thresholds, the RFM grid."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from pyroaring import BitMap

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.people import load_people
from kikubari.profiles import profile_id
from kikubari.segments import (
    BUILTIN_SEGMENTS,
    Distribution,
    LiveState,
    RfmGrid,
    SizePoint,
    Threshold,
    compute_rfm_grid,
)
from kikubari.spec.errors import InvalidInputError

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Offset = Annotated[int, QueryParameter(ge=0)]
_TREND = timedelta(weeks=26)
_RECENT = timedelta(days=7)
_WEEK_SECONDS = 7 * 86_400
# People named in one change; the rest is counted.
_NAMED = 10


class LiveSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment with its live size.

    Attributes:
        size: members now; None until they were counted for the first time.
        lag_seconds: everything that arrived until so long ago is counted.
        announces: entering and leaving are events of the log.
        entered: people who came in the last seven days.
        left: people who went.
        trend: the size at the end of each week of the last half year.
        thresholds: keys of the thresholds it reads.
    """

    id: str
    name_en: str
    name_ja: str
    description_en: str
    description_ja: str
    is_builtin: bool
    version: int
    size: int | None
    lag_seconds: float | None
    changed_at: datetime | None
    announces: bool
    entered: int
    left: int
    trend: list[SizePoint]
    thresholds: list[str]


class LiveSegmentsPage(msgspec.Struct, frozen=True):
    """Segments, ready-made ones first, and how many there are."""

    segments: list[LiveSegment]
    total: int


class SegmentMember(msgspec.Struct, frozen=True):
    """A member of a segment."""

    profile_id: str
    name: str
    email: str
    region: str
    country: str


class MembersPage(msgspec.Struct, frozen=True):
    """Some members, and how many there are as of the instant."""

    members: list[SegmentMember]
    total: int
    as_of: datetime


class MembershipChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a segment's members, with the first people it concerns."""

    change: int
    version: int
    cause: Literal["followed", "created", "edited"]
    as_of: datetime
    size: int
    n_entered: int
    n_left: int
    entered: list[SegmentMember]
    left: list[SegmentMember]


class MembershipChangesPage(msgspec.Struct, frozen=True):
    """Changes, newest first; `next` is the `before` of the next page."""

    changes: list[MembershipChange]
    next: int | None


class AnnouncingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether entering and leaving become events of the log, from now on."""

    announces: bool


class ThresholdAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a ready-made segment compares with.

    Attributes:
        value: what counts now: chosen, else computed, else plain.
        computed: what the shop's own distribution says; None if too few people have a value.
        chosen: what a member chose.
        plain: what counts without either.
        percent: which point of the distribution `computed` is.
        used_by: ids of the segments that read it.
    """

    key: str
    name_en: str
    name_ja: str
    unit: str
    value: float
    computed: float | None
    chosen: float | None
    plain: float
    percent: int | None
    low: float
    high: float
    version: int
    changed_at: datetime | None
    distribution: Distribution | None
    used_by: list[str]


class ThresholdRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The value to choose; null lets the shop's own count again."""

    value: float | None


@get("/segments/live", guards=[requires("read")], sync_to_thread=True)
def list_live_segments(
    services: NamedDependency[Services], limit: Limit = 200, offset: Offset = 0
) -> LiveSegmentsPage:
    """List segments with their live sizes, how they developed, and how fresh they are."""
    now = services.clock.now()
    states = services.memberships.list_states()
    sizes = services.memberships.list_sizes(since=now - _TREND)
    lines: list[tuple[dict[str, Any], bool]] = [
        (
            {
                "id": one.id,
                "name_en": one.name_en,
                "name_ja": one.name_ja,
                "description_en": one.description_en,
                "description_ja": one.description_ja,
                "thresholds": one.thresholds,
                "version": states[one.id].version if one.id in states else 1,
            },
            True,
        )
        for one in BUILTIN_SEGMENTS
    ]
    lines += [
        (
            {
                "id": one.id,
                "name_en": one.name,
                "name_ja": one.name,
                "description_en": one.description,
                "description_ja": one.description,
                "thresholds": [],
                "version": one.version,
            },
            False,
        )
        for one in services.segments.list_all()
    ]
    found = [
        _live(
            words,
            is_builtin=is_builtin,
            state=states.get(words["id"]),
            trend=sizes.get(words["id"], []),
            since=now - _RECENT,
        )
        for words, is_builtin in lines[offset : offset + limit]
    ]
    return LiveSegmentsPage(found, len(lines))


@get("/segments/thresholds", guards=[requires("read")], sync_to_thread=True)
def list_thresholds(services: NamedDependency[Services]) -> list[ThresholdAnswer]:
    """List what ready-made segments compare with, and the distributions it comes from."""
    return [_threshold(one) for one in services.thresholds.list_all()]


@put("/segments/thresholds/{key:str}", guards=[requires("write")], sync_to_thread=True)
def choose_threshold(
    services: NamedDependency[Services], key: FromPath[str], data: JSONBody[ThresholdRequest]
) -> ThresholdAnswer:
    """Choose a threshold, or let the shop's own count again."""
    services.thresholds.choose(key, data.value)
    return next(_threshold(one) for one in services.thresholds.list_all() if one.spec.key == key)


@get("/segments/rfm", guards=[requires("read")], sync_to_thread=True)
def get_rfm_grid(
    services: NamedDependency[Services],
    by: FromQuery[Literal["monetary", "frequency"]] = "monetary",
) -> RfmGrid:
    """Count buyers in fifths by last order, and by revenue or number of orders."""
    return compute_rfm_grid(services.segment_engine, services.thresholds.values(), by)


@get("/segments/{segment_id:str}/members", guards=[requires("read")], sync_to_thread=True)
def list_segment_members(  # noqa: PLR0917 - parameters of the query
    services: NamedDependency[Services],
    segment_id: FromPath[str],
    as_of: FromQuery[datetime | None] = None,
    known_at: FromQuery[datetime | None] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> MembersPage:
    """List members: live ones, or those of a past instant.

    Everything known today counts, unless `known_at` says until when: with the same instant as
    `as_of`, members are exactly those that were known then.
    """
    for instant in (as_of, known_at):
        if instant is not None and instant.tzinfo is None:
            raise InvalidInputError("an instant needs a time zone", hint="For example …T00:00Z.")
    is_live = services.memberships.find_state(segment_id) is not None
    if as_of is None and known_at is None and is_live:
        members, at = services.memberships.members(segment_id), services.clock.now()
    else:
        found = services.segments.evaluate(segment_id, as_of, known_at)
        members, at = found.members, found.as_of
    chosen = members[offset : offset + limit]
    return MembersPage(_members(services, chosen), len(members), at)


@get("/segments/{segment_id:str}/sizes", guards=[requires("read")], sync_to_thread=True)
def list_segment_sizes(
    services: NamedDependency[Services],
    segment_id: FromPath[str],
    days: Annotated[int, QueryParameter(ge=1, le=800)] = 365,
) -> list[SizePoint]:
    """List the size at every hour in which it changed, oldest first."""
    since = services.clock.now() - timedelta(days=days)
    return services.memberships.sizes(segment_id, since=since)


@get("/segments/{segment_id:str}/changes", guards=[requires("read")], sync_to_thread=True)
def list_segment_changes(
    services: NamedDependency[Services],
    segment_id: FromPath[str],
    before: Annotated[int | None, QueryParameter(ge=0, le=2**53)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 20,
) -> MembershipChangesPage:
    """List who entered and left in the last seven days, newest first."""
    found = services.memberships.list_changes(segment_id, before=before, limit=limit)
    changes = [
        MembershipChange(
            change=one.change,
            version=one.version,
            cause=one.cause,
            as_of=one.as_of,
            size=one.size,
            n_entered=len(one.entered),
            n_left=len(one.left),
            entered=_members(services, one.entered[:_NAMED]),
            left=_members(services, one.left[:_NAMED]),
        )
        for one in found
    ]
    return MembershipChangesPage(changes, found[-1].change if len(found) == limit else None)


@put("/segments/{segment_id:str}/announcing", guards=[requires("write")], sync_to_thread=True)
def change_announcing(
    services: NamedDependency[Services],
    segment_id: FromPath[str],
    data: JSONBody[AnnouncingRequest],
) -> LiveState:
    """Choose whether entering and leaving a segment become events of the log."""
    return services.memberships.set_announces(segment_id, announces=data.announces)


def _live(
    words: dict[str, Any],
    *,
    is_builtin: bool,
    state: LiveState | None,
    trend: list[SizePoint],
    since: datetime,
) -> LiveSegment:
    return LiveSegment(
        **words,
        is_builtin=is_builtin,
        size=None if state is None else state.size,
        lag_seconds=None if state is None else state.lag_seconds,
        changed_at=None if state is None else state.changed_at,
        announces=state is not None and state.announces,
        entered=sum(point.entered for point in trend if point.at >= since),
        left=sum(point.left for point in trend if point.at >= since),
        trend=_by_week(trend),
    )


def _by_week(points: list[SizePoint]) -> list[SizePoint]:
    """Return the last size of each week, and all who came and went in it."""
    weeks: dict[int, SizePoint] = {}
    for point in points:
        week = int(point.at.timestamp()) // _WEEK_SECONDS
        before = weeks.get(week)
        entered, left = (before.entered, before.left) if before else (0, 0)
        weeks[week] = SizePoint(point.at, point.size, entered + point.entered, left + point.left)
    return list(weeks.values())


def _members(services: Services, numbers: BitMap) -> list[SegmentMember]:
    people = load_people(services, list(numbers))
    found = []
    for number in numbers:
        line = people.get(number)
        if line is None:
            found.append(SegmentMember(profile_id(number), "", "", "", ""))
        else:
            found.append(SegmentMember(line.id, line.name, line.email, line.region, line.country))
    return found


def _threshold(one: Threshold) -> ThresholdAnswer:
    spec = one.spec
    return ThresholdAnswer(
        key=spec.key,
        name_en=spec.name_en,
        name_ja=spec.name_ja,
        unit=spec.value_unit,
        value=one.value,
        computed=one.computed,
        chosen=one.chosen,
        plain=spec.plain,
        percent=spec.percent,
        low=spec.low,
        high=spec.high,
        version=one.version,
        changed_at=one.changed_at,
        distribution=one.distribution,
        used_by=[segment.id for segment in BUILTIN_SEGMENTS if spec.key in segment.thresholds],
    )


membership_handlers = [
    list_live_segments,
    list_thresholds,
    choose_threshold,
    get_rfm_grid,
    list_segment_members,
    list_segment_sizes,
    list_segment_changes,
    change_announcing,
]
