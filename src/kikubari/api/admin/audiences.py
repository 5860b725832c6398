"""Editing segments: counts while editing, words, advice, and what there is to choose from."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.people import load_people
from kikubari.segments import (
    LANGUAGES,
    Advised,
    Counts,
    Edit,
    Explanation,
    Funnel,
    Overlaps,
    Portrait,
    Power,
    Reach,
    Suggestion,
    as_term,
    matching,
    read_draft,
)
from kikubari.spec.conditions import convert_condition, encode_condition
from kikubari.spec.errors import InvalidInputError

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
VocabularyKind = Literal[
    "attributes",
    "attribute_values",
    "events",
    "properties",
    "property_values",
    "column_values",
    "item_values",
]


class EditRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tree as it is being edited; parts of it may be incomplete.

    `as_of` is what the last answer said, so that only what changed is asked anew. Of the edits of
    one `session`, only the one with the highest `sequence` is answered.
    """

    condition: Any
    as_of: Instant | None = None
    session: Words | None = None
    sequence: Annotated[int, msgspec.Meta(ge=0)] = 0
    segment_id: Words | None = None  # of the stored segment that is edited


class SamplePerson(msgspec.Struct, frozen=True):
    """One person of an audience."""

    profile_id: str
    name: str
    region: str
    country: str


class DescribeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A complete tree to say in words."""

    condition: dict[str, Any]


class Description(msgspec.Struct, frozen=True):
    """A tree in words, in both languages."""

    ja: Explanation
    en: Explanation


class LineWords(msgspec.Struct, frozen=True):
    """One complete condition of an edited tree in words."""

    path: str
    ja: str
    en: str


class AudienceWords(msgspec.Struct, frozen=True):
    """What of an edited tree is complete, in words: the whole, and each condition."""

    ja: str
    en: str
    lines: list[LineWords]


class AdviceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of advice; `fix` is the tree changed accordingly, ready to use."""

    code: str
    severity: Literal["problem", "caution", "note"]
    path: str
    other_path: str | None
    text_ja: str
    text_en: str
    todo_ja: str
    todo_en: str
    fix: dict[str, Any] | None


class AdvisedAnswer(msgspec.Struct, frozen=True):
    """All advice on a segment, what matters most first, and what could be measured with it."""

    advice: list[AdviceAnswer]
    power: Power | None


@post("/audiences/counts", guards=[requires("read")], sync_to_thread=True, status_code=200)
def count_audience(services: NamedDependency[Services], data: JSONBody[EditRequest]) -> Counts:
    """Count the people of an edited tree, in all and by condition."""
    return services.segment_editor.audiences.count(_edit(services, data))


@post("/audiences/reach", guards=[requires("read")], sync_to_thread=True, status_code=200)
def reach_audience(services: NamedDependency[Services], data: JSONBody[EditRequest]) -> Reach:
    """Say how many of them messages would reach, channel by channel."""
    return services.segment_editor.audiences.reach(_edit(services, data))


@post("/audiences/overlaps", guards=[requires("read")], sync_to_thread=True, status_code=200)
def compare_audience(services: NamedDependency[Services], data: JSONBody[EditRequest]) -> Overlaps:
    """Say what they share with other segments."""
    return services.segment_editor.audiences.overlaps(_edit(services, data), but=data.segment_id)


@post("/audiences/funnel", guards=[requires("read")], sync_to_thread=True, status_code=200)
def cut_audience(services: NamedDependency[Services], data: JSONBody[EditRequest]) -> Funnel:
    """Say which condition cuts how many."""
    return services.segment_editor.audiences.funnel(_edit(services, data))


@post("/audiences/portrait", guards=[requires("read")], sync_to_thread=True, status_code=200)
def portray_audience(services: NamedDependency[Services], data: JSONBody[EditRequest]) -> Portrait:
    """Say what sets them apart from everyone."""
    return services.segment_editor.audiences.portrait(_edit(services, data))


@post("/audiences/sample", guards=[requires("read")], sync_to_thread=True, status_code=200)
def sample_audience(
    services: NamedDependency[Services],
    data: JSONBody[EditRequest],
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 8,
) -> list[SamplePerson]:
    """Show some of them, chosen by chance."""
    numbers = services.segment_editor.audiences.sample(_edit(services, data), limit)
    people = load_people(services, numbers)
    return [
        SamplePerson(one.id, one.name, one.region, one.country)
        for number in numbers
        if (one := people.get(number)) is not None
    ]


@post("/audiences/advice", guards=[requires("read")], sync_to_thread=True, status_code=200)
def advise_audience(
    services: NamedDependency[Services], data: JSONBody[EditRequest]
) -> AdvisedAnswer:
    """Advise on an edited tree."""
    advised = services.segment_editor.advise(_edit(services, data), but=data.segment_id)
    return _advised(advised)


@post("/segments/describe", guards=[requires("read")], sync_to_thread=True, status_code=200)
def describe_segment(
    services: NamedDependency[Services], data: JSONBody[DescribeRequest]
) -> Description:
    """Say a tree in plain Japanese and English."""
    condition = convert_condition(data.condition)
    ja, en = (
        services.segment_editor.explainer.explain(condition, language) for language in LANGUAGES
    )
    return Description(ja, en)


@post("/audiences/words", guards=[requires("read")], sync_to_thread=True, status_code=200)
def describe_audience(
    services: NamedDependency[Services], data: JSONBody[EditRequest]
) -> AudienceWords:
    """Say the complete part of an edited tree in words."""
    explainer = services.segment_editor.explainer
    root = read_draft(data.condition).root
    tree = root.condition()
    if tree is None:
        return AudienceWords("", "", [])
    ja, en = (explainer.explain(tree, language).text for language in LANGUAGES)
    # A negated condition has words of its own, under the path of the negation.
    said = [
        (node.path, condition)
        for node in root.walk()
        if (condition := node.condition()) is not None and as_term(condition) is not None
    ]
    lines = [
        LineWords(path, explainer.leaf(condition, "ja"), explainer.leaf(condition, "en"))
        for path, condition in said
    ]
    return AudienceWords(ja, en, lines)


@get("/vocabulary/{kind:str}", guards=[requires("read")], sync_to_thread=True)
def list_vocabulary(  # noqa: PLR0917 - each is a parameter of the address
    services: NamedDependency[Services],
    kind: FromPath[VocabularyKind],
    q: FromQuery[str] = "",
    name: FromQuery[str] = "",
    event: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
) -> list[Suggestion]:
    """List what real data holds, the most frequent first.

    `name` is the attribute, the column, the field of an item, or the property (its keys joined
    by `.`) whose values are wanted; `event` the type of event; `q` what they contain.
    """
    vocabulary = services.segment_editor.vocabulary
    if kind not in {"attributes", "events", "properties"} and not name:
        raise InvalidInputError(f"{kind} needs the `name` whose values are wanted")
    if kind in {"properties", "property_values"} and not event:
        raise InvalidInputError(f"{kind} needs the type of `event`")
    match kind:
        case "attributes":
            found = vocabulary.attributes()
        case "attribute_values":
            found = vocabulary.attribute_values(name)
        case "events":
            found = vocabulary.events()
        case "properties":
            found = vocabulary.properties(event)
        case "property_values":
            found = vocabulary.property_values(event, name.split("."))
        case "column_values":
            found = vocabulary.column_values(name, event)
        case "item_values":
            found = vocabulary.item_values(name)
    return matching(found, q, limit)


def _edit(services: Services, data: EditRequest) -> Edit:
    return services.segment_editor.audiences.begin(
        data.condition, as_of=data.as_of, session=data.session, sequence=data.sequence
    )


def _advised(advised: Advised) -> AdvisedAnswer:
    found = [
        AdviceAnswer(
            code=one.code,
            severity=one.severity,
            path=one.path,
            other_path=one.other_path,
            text_ja=one.text_ja,
            text_en=one.text_en,
            todo_ja=one.todo_ja,
            todo_en=one.todo_en,
            fix=None if one.fix is None else msgspec.json.decode(encode_condition(one.fix)),
        )
        for one in advised.advice
    ]
    return AdvisedAnswer(found, advised.power)


audience_handlers = [
    count_audience,
    reach_audience,
    compare_audience,
    cut_audience,
    portray_audience,
    sample_audience,
    advise_audience,
    describe_segment,
    describe_audience,
    list_vocabulary,
]
