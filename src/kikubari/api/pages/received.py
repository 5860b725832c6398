"""The last messages a customer got, and why each."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from kikubari.api.contracts import Services
from kikubari.api.pages.facts import UsedFact, list_used_facts
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.api.pages.standing import Standing, answer_unknown, find_customer
from kikubari.deliver import EMAIL, MessageState, MessageView, Purpose

_SHOWN = 10
_LOOKED_AT = 50
_LEFT = frozenset({MessageState.SENT, MessageState.UNKNOWN})


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A message and why it was sent.

    Attributes:
        subject: empty when it is no longer on record.
        sent_at: None if it is not known to have arrived.
        is_marketing: needed the customer's consent.
        agreed_at: when that consent was given.
        source: where it was given.
        reason: what the message itself said about why it came; empty if it said nothing.
        language: of that.
        facts: what the message used.
    """

    subject: str
    sent_at: datetime | None
    is_marketing: bool
    agreed_at: datetime | None
    source: str
    reason: str
    language: str
    facts: list[UsedFact]


@get("/p/{token:str}/messages", sync_to_thread=True)
def show_received(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Show the last messages."""
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    found = services.outbox.list_for_person(standing.numbers, limit=_LOOKED_AT)
    left = [one for one in found if one.state in _LEFT][:_SHOWN]
    received = [_explain(services, standing, one) for one in left]
    values = {"token": token, "page": "messages", "received": received}
    return render(request, "received.html", values)


def _explain(services: Services, standing: Standing, message: MessageView) -> Received:
    record = services.outbox.find_record(message.id)
    is_marketing = message.purpose is Purpose.MARKETING
    with services.store.read() as connection:
        consent = services.consents.state(
            connection,
            [standing.number],
            Purpose.MARKETING.value,
            EMAIL,
            as_of=message.sent_at or message.queued_at,
        )[standing.number]
    return Received(
        subject=record.subject if record else "",
        sent_at=message.sent_at,
        is_marketing=is_marketing,
        agreed_at=consent.at if is_marketing and consent.is_granted else None,
        source=consent.source if is_marketing and consent.is_granted else "",
        reason=record.reason if record else "",
        language=record.language if record else "",
        facts=list_used_facts(record),
    )
