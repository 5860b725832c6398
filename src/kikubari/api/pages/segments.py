"""Segments: who is who, counted now."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.pages.reader import Reader
from kikubari.api.pages.rendering import PageRequest, reader_of, render
from kikubari.api.pages.segment_words import Describer
from kikubari.api.people import load_people
from kikubari.segments import BUILTIN_SEGMENTS, Evaluation, Segment, find_builtin
from kikubari.spec.conditions import Condition, encode_condition

_PAGE = 20
EVERYONE = "builtin:everyone"


class SegmentLine(msgspec.Struct, frozen=True, kw_only=True):
    """A segment as pages show it, stored or ready-made."""

    id: str
    name: str
    description: str
    definition: Condition
    is_builtin: bool


@get("/segments", guards=[requires("read")], sync_to_thread=True)
def list_segments(request: PageRequest, services: NamedDependency[Services]) -> Response[Any]:
    """Show all segments with how many belong to each, counted for this page."""
    reader = reader_of(request)
    lines = [_of_stored(one) for one in services.segments.list_all()]
    lines += [_of_builtin(one.id, reader) for one in BUILTIN_SEGMENTS]
    counts = {one.id: len(services.segments.evaluate(one.id).members) for one in lines}
    values = {
        "own": [one for one in lines if not one.is_builtin],
        "builtin": [one for one in lines if one.is_builtin],
        "counts": counts,
        "n_everyone": counts[EVERYONE],
    }
    return render(request, "segments.html", values)


@get("/segments/{segment_id:str}", guards=[requires("read")], sync_to_thread=True)
def show_segment(
    request: PageRequest,
    services: NamedDependency[Services],
    segment_id: FromPath[str],
    after: Annotated[int, QueryParameter(ge=0, le=2**32)] = 0,
) -> Response[Any]:
    """Show one segment: what it asks, how many and who."""
    reader = reader_of(request)
    if find_builtin(segment_id):
        segment = _of_builtin(segment_id, reader)
    else:
        segment = _of_stored(services.segments.get(segment_id))
    evaluation = services.segment_engine.evaluate(segment.definition)
    counts = {leaf.path: leaf.count for leaf in evaluation.leaves}
    members = _page_of_members(evaluation, after)
    people = load_people(services, members[:_PAGE])
    values = {
        "segment": segment,
        "words": Describer(services, reader, counts).describe(segment.definition),
        "json": msgspec.json.format(encode_condition(segment.definition), indent=2).decode(),
        "evaluation": evaluation,
        "count": len(evaluation.members),
        "n_everyone": len(services.segments.evaluate(EVERYONE).members),
        "people": [people[number] for number in members[:_PAGE] if number in people],
        "is_first": not after,
        "next_after": members[_PAGE - 1] if len(members) > _PAGE else None,
    }
    return render(request, "segment.html", values)


def _of_stored(segment: Segment) -> SegmentLine:
    return SegmentLine(
        id=segment.id,
        name=segment.name,
        description=segment.description,
        definition=segment.definition,
        is_builtin=False,
    )


def _of_builtin(segment_id: str, reader: Reader) -> SegmentLine:
    builtin = find_builtin(segment_id)
    assert builtin is not None  # noqa: S101 - the callers looked
    is_japanese = reader.language == "ja"
    return SegmentLine(
        id=builtin.id,
        name=builtin.name_ja if is_japanese else builtin.name_en,
        description=builtin.description_ja if is_japanese else builtin.description_en,
        definition=builtin.definition,
        is_builtin=True,
    )


def _page_of_members(evaluation: Evaluation, after: int) -> list[int]:
    """Return the members' numbers above `after`, one more than a page holds if there is more."""
    members = evaluation.members
    start = members.rank(after) if after else 0
    return list(members[start : start + _PAGE + 1]) if start < len(members) else []
