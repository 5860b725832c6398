"""A draft before it goes: who it would reach, and what one of them would get."""

import asyncio
from itertools import islice
from typing import Annotated

import msgspec
from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.people import PersonLine, load_people
from kikubari.api.received import answer_frame, answer_markup
from kikubari.api.sending import sample_audience
from kikubari.decide.guard import GuardNote
from kikubari.deliver import Reason, read_mail
from kikubari.journeys import BroadcastDefinition, DraftReport, Preview, find_letter

Reference = Annotated[str, QueryParameter(min_length=1, max_length=300)]
# Which of several letters; the broadcast's own where it is left out.
Letter = Annotated[str, QueryParameter(max_length=1)]
People = Annotated[int, QueryParameter(ge=0, le=100)]
Sample = Annotated[int, QueryParameter(ge=1, le=500)]
After = Annotated[int, QueryParameter(ge=0, le=2**32 - 1)]


class AudienceAnswer(msgspec.Struct, frozen=True):
    """How many people a broadcast would be for as of now, and some of them."""

    count: int
    people: list[PersonLine]


class PreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one person would get; nothing is rendered where `stopped_by` says why."""

    subject: str
    text: str
    stopped_by: Reason | None
    problem: str


@get("/broadcasts/{broadcast_id:str}/audience", guards=[requires("read")], sync_to_thread=True)
def get_audience(
    services: NamedDependency[Services], broadcast_id: FromPath[str], people: People = 12
) -> AudienceAnswer:
    """Say who a broadcast would be for if it went now; consent is looked at when it goes."""
    segment = services.broadcasts.get(broadcast_id).definition.segment
    members = services.broadcasts.list_audience(segment)
    lines = load_people(services, list(islice(members, people)))
    return AudienceAnswer(len(members), list(lines.values()))


@get("/broadcasts/{broadcast_id:str}/preview", guards=[requires("read")])
async def preview_broadcast(
    services: NamedDependency[Services],
    broadcast_id: FromPath[str],
    profile_id: Reference,
    letter: Letter = "",
) -> PreviewAnswer:
    """Render a broadcast for one person, as it would be sent, and send nothing."""
    preview = await _preview(services, broadcast_id, profile_id, letter)
    return PreviewAnswer(
        subject=preview.record.subject if preview.record else "",
        text=read_mail(preview.source).text if preview.source else "",
        stopped_by=preview.stopped_by,
        problem=preview.problem,
    )


@get(
    "/broadcasts/{broadcast_id:str}/preview/html",
    guards=[requires("read")],
    media_type=MediaType.HTML,
)
async def preview_broadcast_markup(
    services: NamedDependency[Services],
    broadcast_id: FromPath[str],
    profile_id: Reference,
    letter: Letter = "",
) -> Response[str]:
    """Return the HTML one person would get, for a frame."""
    preview = await _preview(services, broadcast_id, profile_id, letter)
    markup = read_mail(preview.source).html if preview.source else ""
    return answer_markup(markup, services.settings.base_url)


class DraftPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What one person would get of a draft that is not saved yet, in which of its languages."""

    language: str
    subject: str
    text: str
    html: str
    size_bytes: int
    facts: list[dict[str, object]]
    guard: GuardNote
    stopped_by: Reason | None
    problem: str


@post("/drafts/preview", guards=[requires("write")], status_code=200)
async def preview_draft(
    services: NamedDependency[Services],
    data: JSONBody[BroadcastDefinition],
    profile_id: Reference,
) -> DraftPreview:
    """Render a draft for one person, octet for octet as it would be sent, and keep nothing."""
    number = await asyncio.to_thread(_find_number, services, profile_id)
    preview = await services.previews.preview(data, number)
    mail = read_mail(preview.source) if preview.source else None
    return DraftPreview(
        language=preview.record.language if preview.record else "",
        subject=preview.record.subject if preview.record else "",
        text=mail.text if mail else "",
        html=mail.html if mail else "",
        size_bytes=len(mail.html.encode()) if mail else 0,
        facts=preview.record.facts if preview.record else [],
        guard=preview.record.guard if preview.record else GuardNote(),
        stopped_by=preview.stopped_by,
        problem=preview.problem,
    )


@get("/drafts/frame", guards=[requires("read")], media_type=MediaType.HTML, sync_to_thread=False)
def get_preview_frame() -> Response[str]:
    """Return an empty page for the preview of a draft; what is put into it runs nothing."""
    return answer_frame()


@post("/drafts/check", guards=[requires("write")], status_code=200)
async def check_draft(
    services: NamedDependency[Services],
    data: JSONBody[BroadcastDefinition],
    people: Sample = 100,
) -> DraftReport:
    """Say what is wrong with a draft, and what is missing for how many of its audience."""
    numbers = await asyncio.to_thread(sample_audience, services, data, people)
    return await services.previews.check(data, numbers)


class EverybodyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the audience, each of whom the draft was made for.

    Attributes:
        report: what came of it; its figures are of this part alone.
        audience: people in all, as of now.
        done: how many of them are behind this part, and in it.
        next: after whom the next part begins; none after the last.
    """

    report: DraftReport
    audience: int
    done: int
    next: int | None


@post("/drafts/check/everybody", guards=[requires("write")], status_code=200)
async def check_for_everybody(
    services: NamedDependency[Services],
    data: JSONBody[BroadcastDefinition],
    after: After = 0,
    people: Sample = 500,
) -> EverybodyAnswer:
    """Make a draft for part after part of its audience, as it would be sent; keep nothing.

    Begin without `after` and go on at `next`: so nobody who stays in the audience is left out,
    whoever else leaves it meanwhile, and whoever asks can say how far it is, or stop.
    """
    members = await asyncio.to_thread(services.broadcasts.list_audience, data.segment)
    begin = members.rank(after)
    part = list(members[begin : begin + people])
    done = begin + len(part)
    return EverybodyAnswer(
        report=await services.previews.check(data, part),
        audience=len(members),
        done=done,
        next=part[-1] if done < len(members) else None,
    )


async def _preview(services: Services, broadcast_id: str, profile_id: str, letter: str) -> Preview:
    number = await asyncio.to_thread(_find_number, services, profile_id)
    broadcast = await asyncio.to_thread(services.broadcasts.get, broadcast_id)
    return await services.previews.preview(find_letter(broadcast.definition, letter), number)


def _find_number(services: Services, profile_id: str) -> int:
    with services.store.read() as connection:
        return services.profiles.get_profile(connection, profile_id).number


preview_handlers = [
    get_audience,
    preview_broadcast,
    preview_broadcast_markup,
    preview_draft,
    get_preview_frame,
    check_draft,
    check_for_everybody,
]
