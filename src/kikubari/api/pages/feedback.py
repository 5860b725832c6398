"""One question, answered by a number from 0 to 10: the answer becomes an event of the log."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from kikubari.api.contracts import Services
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.api.pages.standing import Standing, answer_unknown, find_customer
from kikubari.events import append_in
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import FEEDBACK_GIVEN, INTERNAL_SOURCE_ID

Form = URLEncodedBody[dict[str, str]]
SCORES = tuple(range(11))
# What is asked about: how likely somebody recommends the shop, or how an answer to them was.
MATTERS = ("shop", "support")
_MAX_ORDER_ID = 100


@get("/p/{token:str}/feedback", sync_to_thread=True)
def show_feedback(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Ask, with the number of the link already chosen; looking is no answer."""
    if find_customer(services, token) is None:
        return answer_unknown(request)
    return _page(request, token, request.query_params)


@post("/p/{token:str}/feedback", status_code=200, sync_to_thread=True)
def give_feedback(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Take the answer; pressing twice is one answer."""
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    score = _score(data)
    if score is None:
        return _page(request, token, data)
    event = _answer(standing, score, data, services)
    services.store.write(lambda connection: append_in(connection, [event]))
    return _page(request, token, data, is_given=True)


def _answer(standing: Standing, score: int, said: Mapping[str, str], services: Services) -> Event:
    now, mailed = services.clock.now(), standing.mailed
    order_id = said.get("order", "")
    known_order = {"order_id": order_id} if order_id.isprintable() and order_id else {}
    return Event(
        message_id=f"feedback:{mailed.message_id}:{score}",
        kind=EventKind.TRACK,
        type=FEEDBACK_GIVEN,
        occurred_at=now,
        received_at=now,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=mailed.number,
        properties={
            "score": score,
            "about": _matter(said),
            "message_id": mailed.message_id,
            f"{mailed.origin.kind}_id": mailed.origin.id,
            **{name: value[:_MAX_ORDER_ID] for name, value in known_order.items()},
        },
    )


def _score(said: Mapping[str, str]) -> int | None:
    text = said.get("score", "")
    is_one = text.isascii() and text.isdigit() and len(text) <= len(str(SCORES[-1]))
    return int(text) if is_one and int(text) in SCORES else None


def _matter(said: Mapping[str, str]) -> str:
    about = said.get("about", "")
    return about if about in MATTERS else MATTERS[0]


def _page(
    request: PageRequest, token: str, said: Mapping[str, Any], *, is_given: bool = False
) -> Response[Any]:
    values = {
        "token": token,
        "score": _score(said),
        "scores": SCORES,
        "matter": _matter(said),
        "order": str(said.get("order", ""))[:_MAX_ORDER_ID],
        "is_given": is_given,
    }
    return render(request, "feedback.html", values)
