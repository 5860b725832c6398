"""Broadcasts: what went out, to whom, and what became of it."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.pages.funnel import draw_funnel
from kikubari.api.pages.protection import go
from kikubari.api.pages.reader import Reader
from kikubari.api.pages.rendering import PageRequest, reader_of, render
from kikubari.api.pages.segment_words import segment_title
from kikubari.api.people import load_people
from kikubari.deliver import MessageState, Reason, explain
from kikubari.journeys import Broadcast, BroadcastState

_PAGE = 25
_MOST = 200
_MOVING = (MessageState.QUEUED, MessageState.SENDING, MessageState.COMMITTING)
_CAN = {
    BroadcastState.DRAFT: ("send",),
    BroadcastState.ENQUEUING: ("pause", "cancel"),
    BroadcastState.SENDING: ("pause", "cancel"),
    BroadcastState.PAUSED: ("resume", "cancel"),
}


@get("/broadcasts", guards=[requires("read")], sync_to_thread=True)
def list_broadcasts(request: PageRequest, services: NamedDependency[Services]) -> Response[Any]:
    """Show all broadcasts, newest first."""
    reader = reader_of(request)
    broadcasts = [
        (one, services.broadcasts.progress(one.id), _segment_name(one, services, reader))
        for one in services.broadcasts.list_broadcasts(limit=_MOST)
    ]
    return render(request, "broadcasts.html", {"broadcasts": broadcasts})


@get("/broadcasts/{broadcast_id:str}", guards=[requires("read")], sync_to_thread=True)
def show_broadcast(
    request: PageRequest,
    services: NamedDependency[Services],
    broadcast_id: FromPath[str],
    after: Annotated[str, QueryParameter(max_length=40)] = "",
) -> Response[Any]:
    """Show one broadcast with its figures."""
    reader = reader_of(request)
    broadcast = services.broadcasts.get(broadcast_id)
    progress = services.broadcasts.progress(broadcast_id)
    report = services.reports.broadcast(broadcast_id)
    recipients = services.reports.recipients(broadcast_id, after=after, limit=_PAGE + 1)
    shown = recipients[:_PAGE]
    may_send = request.user is not None and "send" in request.user.scopes
    values = {
        "broadcast": broadcast,
        "progress": progress,
        "n_moving": sum(progress.counts.states.get(state, 0) for state in _MOVING),
        "reasons": [
            (reason, n, explain(reason, reader.language))
            for reason, n in sorted(progress.counts.reasons.items(), key=lambda item: -item[1])
        ],
        "report": report,
        "funnel": draw_funnel(report),
        "segment": _segment_name(broadcast, services, reader),
        "segment_id": _segment_id(broadcast),
        "can": _CAN.get(progress.state, ()) if may_send else (),
        "recipients": shown,
        "people": load_people(services, {one.number for one in shown}),
        "explain": lambda code: _sentence(code, reader),
        "next_after": shown[-1].message_id if len(recipients) > _PAGE else None,
        "is_first": not after,
    }
    return render(request, "broadcast.html", values)


def _command(name: str, act: Callable[[Services, str], Broadcast]) -> Any:
    """Return the handler of one button."""

    @post(
        f"/broadcasts/{{broadcast_id:str}}/{name}",
        guards=[requires("send")],
        sync_to_thread=True,
        name=f"page_{name}_broadcast",
    )
    def handler(services: NamedDependency[Services], broadcast_id: FromPath[str]) -> Response[Any]:
        return go(f"/broadcasts/{act(services, broadcast_id).id}")

    return handler


broadcast_commands = [
    _command("send", lambda services, which: services.send_broadcast(which)),
    _command("pause", lambda services, which: services.broadcasts.pause(which)),
    _command("resume", lambda services, which: services.broadcasts.resume(which)),
    _command("cancel", lambda services, which: services.broadcasts.cancel(which)),
]


def _segment_id(broadcast: Broadcast) -> str | None:
    segment = broadcast.definition.segment
    return segment if isinstance(segment, str) else None


def _segment_name(broadcast: Broadcast, services: NamedDependency[Services], reader: Reader) -> str:
    segment_id = _segment_id(broadcast)
    if segment_id is None:
        return reader.say("broadcasts.own_conditions")
    return segment_title(services, segment_id, reader)


def _sentence(code: str, reader: Reader) -> str:
    """Return why a message stopped; a code that is not known stands for itself."""
    return explain(Reason(code), reader.language) if code in set(Reason) else code
