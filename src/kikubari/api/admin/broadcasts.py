"""Broadcasts: drafts, sending, figures."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from kikubari.api.authentication import actor_of, requires
from kikubari.api.contracts import Services
from kikubari.api.guarding import AUDITED
from kikubari.api.people import PersonLine, load_people
from kikubari.api.sending import send
from kikubari.deliver import MessageRecord, MessageView, Reason, explain
from kikubari.journeys import Broadcast, BroadcastDefinition, Progress
from kikubari.measure import BroadcastReport, LetterReport, RecipientReport

Limit = Annotated[int, QueryParameter(ge=1, le=1000)]


class ReasonAnswer(msgspec.Struct, frozen=True):
    """Why a message did not go out as planned, in both languages."""

    code: Reason
    en: str
    ja: str


class RecipientAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one message. Nobody is named when the person was erased."""

    message_id: str
    person: PersonLine | None
    outcome: str
    reason: str
    sent_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    unsubscribed_at: datetime | None


class UncheckedSend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a broadcast is sent though its sender's check fails."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class MessageDetail(msgspec.Struct, frozen=True):
    """A message and what was rendered from which facts; no record if it was never rendered."""

    message: MessageView
    record: MessageRecord | None


@get("/broadcasts", guards=[requires("read")], sync_to_thread=True)
def list_broadcasts(services: NamedDependency[Services], limit: Limit = 50) -> list[Broadcast]:
    """List the newest broadcasts."""
    return services.broadcasts.list_broadcasts(limit=limit)


@post("/broadcasts", guards=[requires("write")], sync_to_thread=True)
def create_broadcast(
    services: NamedDependency[Services], data: JSONBody[BroadcastDefinition]
) -> Broadcast:
    """Write a draft."""
    services.topics.check(data.topic)
    return services.broadcasts.create(data)


@get("/broadcasts/{broadcast_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_broadcast(services: NamedDependency[Services], broadcast_id: FromPath[str]) -> Broadcast:
    """Return a broadcast."""
    return services.broadcasts.get(broadcast_id)


@put("/broadcasts/{broadcast_id:str}", guards=[requires("write")], sync_to_thread=True)
def change_broadcast(
    services: NamedDependency[Services],
    broadcast_id: FromPath[str],
    data: JSONBody[BroadcastDefinition],
    based_on: Annotated[int | None, QueryParameter(ge=1)] = None,
) -> Broadcast:
    """Write a new version of a draft; refused where another came after the one it is `based_on`."""
    services.topics.check(data.topic)
    return services.broadcasts.change(broadcast_id, data, based_on=based_on)


@post("/broadcasts/{broadcast_id:str}/send", guards=[requires("send")])
async def send_broadcast(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    broadcast_id: FromPath[str],
) -> Broadcast:
    """Fix the audience as of now and start sending; `progress` tells how far it has come.

    One whose `timing` says later is scheduled; it starts by itself, with who is there then. One
    that says `repeat` goes again and again, each time as a broadcast of its own.

    Where another member has to agree, the answer is 409 `approval_needed` with what waits for them.
    """
    return await send(services, broadcast_id, request.user, actor_of(request))


@post(
    "/broadcasts/{broadcast_id:str}/send-unchecked",
    guards=[requires("admin")],
    opt={AUDITED: True},
)
async def send_broadcast_unchecked(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    broadcast_id: FromPath[str],
    data: JSONBody[UncheckedSend],
) -> Broadcast:
    """Send though the sender breaks rules of large mail providers; recorded, with the reason.

    Where another admin has to agree, the answer is 409 `approval_needed`.
    """
    return await send(
        services, broadcast_id, request.user, actor_of(request), unchecked_because=data.reason
    )


@post("/broadcasts/{broadcast_id:str}/unschedule", guards=[requires("send")], sync_to_thread=True)
def unschedule_broadcast(
    services: NamedDependency[Services], broadcast_id: FromPath[str]
) -> Broadcast:
    """Make a scheduled or recurring broadcast a draft again."""
    return services.broadcasts.unschedule(broadcast_id)


@post("/broadcasts/{broadcast_id:str}/pause", guards=[requires("send")], sync_to_thread=True)
def pause_broadcast(services: NamedDependency[Services], broadcast_id: FromPath[str]) -> Broadcast:
    """Hold every message that has not left; a recurring broadcast does not go meanwhile."""
    return services.broadcasts.pause(broadcast_id)


@post("/broadcasts/{broadcast_id:str}/resume", guards=[requires("send")], sync_to_thread=True)
def resume_broadcast(services: NamedDependency[Services], broadcast_id: FromPath[str]) -> Broadcast:
    """Go on with a paused broadcast."""
    return services.broadcasts.resume(broadcast_id)


@post("/broadcasts/{broadcast_id:str}/cancel", guards=[requires("send")], sync_to_thread=True)
def cancel_broadcast(services: NamedDependency[Services], broadcast_id: FromPath[str]) -> Broadcast:
    """Stop every message that has not left, for good; a recurring broadcast goes no more."""
    return services.broadcasts.cancel(broadcast_id)


@get("/broadcasts/{broadcast_id:str}/progress", guards=[requires("read")], sync_to_thread=True)
def get_progress(services: NamedDependency[Services], broadcast_id: FromPath[str]) -> Progress:
    """Return how many messages are in which state."""
    return services.broadcasts.progress(broadcast_id)


@get("/broadcasts/{broadcast_id:str}/report", guards=[requires("read")], sync_to_thread=True)
def get_report(services: NamedDependency[Services], broadcast_id: FromPath[str]) -> BroadcastReport:
    """Return what became of a broadcast; of a recurring one, of all its occurrences together."""
    if not services.broadcasts.get(broadcast_id).recurs:
        return services.reports.broadcast(broadcast_id)
    passed = services.broadcasts.list_passed(broadcast_id)
    return services.reports.recurring(
        broadcast_id, [one.broadcast_id for one in passed if one.broadcast_id]
    )


@get("/broadcasts/{broadcast_id:str}/letters", guards=[requires("read")], sync_to_thread=True)
def get_letter_report(
    services: NamedDependency[Services], broadcast_id: FromPath[str]
) -> LetterReport | None:
    """Return how the letters of a broadcast do; null before it begins, or where it has one."""
    return services.letter_reports.report(services.broadcasts.get(broadcast_id))


@get("/broadcasts/{broadcast_id:str}/recipients", guards=[requires("read")], sync_to_thread=True)
def list_recipients(
    services: NamedDependency[Services],
    broadcast_id: FromPath[str],
    after: FromQuery[str] = "",
    limit: Limit = 100,
) -> list[RecipientAnswer]:
    """List what became of single messages; go on `after` the last one's id."""
    services.broadcasts.get(broadcast_id)
    found = services.reports.recipients(broadcast_id, after=after, limit=limit)
    people = load_people(services, {one.number for one in found})
    return [_recipient(one, people.get(one.number)) for one in found]


@get("/reasons", guards=[requires("read")], sync_to_thread=False)
def list_reasons() -> list[ReasonAnswer]:
    """List every reason for which a message can stop, and what it says to a person."""
    return [ReasonAnswer(one, explain(one, "en"), explain(one, "ja")) for one in Reason]


@get("/messages/{message_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_message(services: NamedDependency[Services], message_id: FromPath[str]) -> MessageDetail:
    """Return a message, its subject and every fact about the person it read."""
    return MessageDetail(
        services.outbox.get_message(message_id), services.outbox.find_record(message_id)
    )


def _recipient(report: RecipientReport, person: PersonLine | None) -> RecipientAnswer:
    return RecipientAnswer(
        message_id=report.message_id,
        person=person,
        outcome=report.outcome,
        reason=report.reason,
        sent_at=report.sent_at,
        opened_at=report.opened_at,
        clicked_at=report.clicked_at,
        unsubscribed_at=report.unsubscribed_at,
    )


broadcast_handlers = [
    list_broadcasts,
    create_broadcast,
    get_broadcast,
    change_broadcast,
    send_broadcast,
    send_broadcast_unchecked,
    unschedule_broadcast,
    pause_broadcast,
    resume_broadcast,
    cancel_broadcast,
    get_progress,
    get_report,
    get_letter_report,
    list_recipients,
    list_reasons,
    get_message,
]
