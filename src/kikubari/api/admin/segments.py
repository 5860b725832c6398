"""Segments: list, store, evaluate, explain one person."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.events import RowBuilder
from kikubari.profiles import profile_id as public_profile_id
from kikubari.segments import (
    BUILTIN_SEGMENTS,
    Builtin,
    Evaluation,
    LeafResult,
    Person,
    Seen,
    Segment,
    find_builtin,
)
from kikubari.spec.conditions import convert_condition, encode_condition
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_MAX_HISTORY = 20_000


class SegmentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A segment to store. `condition` is a condition tree, see docs/segments.md."""

    name: str
    condition: dict[str, Any]
    description: str = ""
    version: int | None = None  # that was edited; a newer one is not overwritten


class NewSegment(SegmentRequest, frozen=True, kw_only=True):
    """A segment to store under an id of its own choice, if a file brings one."""

    id: str = ""


class SegmentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A segment, stored or ready-made. `count` is there when it was asked for."""

    id: str
    name_en: str
    name_ja: str
    description_en: str
    description_ja: str
    is_builtin: bool
    version: int
    condition: dict[str, Any]
    count: int | None = None


class EvaluationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to evaluate: a tree or the id of a segment; for when, and known by when."""

    condition: dict[str, Any] | str
    as_of: Instant | None = None
    known_at: Instant | None = None
    members: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class EvaluationAnswer(msgspec.Struct, frozen=True):
    """Who belongs: how many, each leaf's own count, and some of the members."""

    count: int
    as_of: datetime
    log_position: int
    leaves: list[LeafResult]
    members: list[str]


class ExplainedCondition(msgspec.Struct, frozen=True):
    """Whether one condition of a tree holds for a person, and what it judged by.

    `seen` is there where one number, text or instant tells.
    """

    path: str
    type: str
    condition: dict[str, Any]
    is_true: bool
    seen: Seen | None


@get("/segments", guards=[requires("read")], sync_to_thread=True)
def list_segments(
    services: NamedDependency[Services],
    counts: FromQuery[bool] = False,  # noqa: FBT002 - a query parameter
) -> list[SegmentAnswer]:
    """List all segments, ready-made ones first."""
    found = [_builtin_answer(services, one) for one in BUILTIN_SEGMENTS]
    found += [_answer(segment) for segment in services.segments.list_all()]
    if not counts:
        return found
    live = services.memberships.list_states()
    return [
        msgspec.structs.replace(
            one,
            count=live[one.id].size
            if one.id in live
            else len(services.segments.evaluate(one.id).members),
        )
        for one in found
    ]


@post("/segments", guards=[requires("write")], sync_to_thread=True)
def create_segment(
    services: NamedDependency[Services], data: JSONBody[NewSegment]
) -> SegmentAnswer:
    """Store a segment."""
    created = services.segments.create(
        data.name,
        convert_condition(data.condition),
        description=data.description,
        id_=data.id or None,
    )
    return _answer(created)


@get("/segments/{segment_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_segment(services: NamedDependency[Services], segment_id: FromPath[str]) -> SegmentAnswer:
    """Return a segment with its count."""
    builtin = find_builtin(segment_id)
    found = (
        _builtin_answer(services, builtin)
        if builtin
        else _answer(services.segments.get(segment_id))
    )
    count = len(services.segments.evaluate(segment_id).members)
    return msgspec.structs.replace(found, count=count)


@put("/segments/{segment_id:str}", guards=[requires("write")], sync_to_thread=True)
def change_segment(
    services: NamedDependency[Services], segment_id: FromPath[str], data: JSONBody[SegmentRequest]
) -> SegmentAnswer:
    """Store the next version of a segment."""
    return _answer(
        services.segments.update(
            segment_id,
            name=data.name,
            description=data.description,
            definition=convert_condition(data.condition),
            version=data.version,
        )
    )


@post("/segments/evaluate", guards=[requires("read")], sync_to_thread=True, status_code=200)
def evaluate_segment(
    services: NamedDependency[Services], data: JSONBody[EvaluationRequest]
) -> EvaluationAnswer:
    """Evaluate a condition tree, or a segment by its id."""
    if isinstance(data.condition, str):
        found = services.segments.evaluate(data.condition, data.as_of, data.known_at)
    else:
        condition = convert_condition(data.condition)
        found = services.segment_engine.evaluate(condition, data.as_of, data.known_at)
    return _evaluation(found, data.members)


@get("/segments/{segment_id:str}/explain", guards=[requires("read")], sync_to_thread=True)
def explain_segment(
    services: NamedDependency[Services],
    segment_id: FromPath[str],
    profile_id: Annotated[str, QueryParameter(min_length=1)],
    as_of: FromQuery[datetime | None] = None,
) -> list[ExplainedCondition]:
    """Say of each condition whether it holds for one person."""
    if as_of is not None and as_of.tzinfo is None:
        raise InvalidInputError("as_of needs a time zone", hint="For example …T00:00:00Z.")
    with services.store.read() as connection:
        profile = services.profiles.get_profile(connection, profile_id)
    history = services.log.timeline(profile.numbers, limit=_MAX_HISTORY)
    builder = RowBuilder(workspace_id=DEFAULT_WORKSPACE, currency=services.settings.currency)
    person = Person.from_events(profile.number, history, builder)
    definition = services.segment_engine.definition(segment_id)
    explained = services.segments.explain(definition, person, as_of)
    return [
        ExplainedCondition(
            one.path,
            type(one.condition).__name__,
            msgspec.to_builtins(one.condition),
            one.is_true,
            one.seen,
        )
        for one in explained
    ]


def _evaluation(found: Evaluation, n_members: int) -> EvaluationAnswer:
    return EvaluationAnswer(
        len(found.members),
        found.as_of,
        found.position,
        list(found.leaves),
        [public_profile_id(number) for number in found.members[:n_members]],
    )


def _builtin_answer(services: Services, builtin: Builtin) -> SegmentAnswer:
    return SegmentAnswer(
        id=builtin.id,
        name_en=builtin.name_en,
        name_ja=builtin.name_ja,
        description_en=builtin.description_en,
        description_ja=builtin.description_ja,
        is_builtin=True,
        version=1,
        condition=msgspec.json.decode(
            encode_condition(services.segment_engine.definition(builtin.id))
        ),
    )


def _answer(segment: Segment) -> SegmentAnswer:
    return SegmentAnswer(
        id=segment.id,
        name_en=segment.name,
        name_ja=segment.name,
        description_en=segment.description,
        description_ja=segment.description,
        is_builtin=False,
        version=segment.version,
        condition=msgspec.json.decode(encode_condition(segment.definition)),
    )


segment_handlers = [
    list_segments,
    create_segment,
    get_segment,
    change_segment,
    evaluate_segment,
    explain_segment,
]
