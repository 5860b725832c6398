"""Senders: what of their mail came back, how fast it goes, and letting held mail go on."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import MailSetup, Services
from kikubari.deliver import AlarmScope, ProviderPace, SenderReport, SpamAlarm, WarmUp
from kikubari.measure import MailCount

Days = Annotated[int, QueryParameter(ge=1, le=90)]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Offset = Annotated[int, QueryParameter(ge=0, le=1_000_000)]


class SenderSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A domain that mail is from, and what came back of its broadcasts in the last days.

    `alarm` is the last one there was, if any; `is_held`: its marketing mail waits because of it.
    """

    domain: str
    is_signed: bool
    n_broadcasts: int
    counts: MailCount
    alarm: SpamAlarm | None
    is_held: bool


class SendingState(msgspec.Struct, frozen=True, kw_only=True):
    """How mail leaves, and how fast.

    Attributes:
        mail: by what.
        warm_up: where a new sender stands, None for one that is known.
        n_sent_today: marketing messages since midnight UTC.
        paces: by provider; of this process alone.
    """

    mail: MailSetup
    warm_up: WarmUp | None
    n_sent_today: int
    paces: list[ProviderPace]


@get("/sending", guards=[requires("read")], sync_to_thread=True)
def get_sending(services: NamedDependency[Services]) -> SendingState:
    """Say how mail leaves, how fast, and how much of today's allowance is used."""
    now = services.clock.now()
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return SendingState(
        mail=services.mail,
        warm_up=services.pace.find_warm_up(now),
        n_sent_today=services.mailings.count_marketing(midnight),
        paces=services.pace.list_paces(now),
    )


@get("/senders", guards=[requires("read")], sync_to_thread=True)
def list_senders(
    services: NamedDependency[Services], days: Days = 30, offset: Offset = 0, limit: Limit = 100
) -> list[SenderSummary]:
    """List domains that mail is from, the busiest first, with what came back in the last days."""
    since = services.clock.now() - timedelta(days=days)
    counts = services.mailings.count_by_broadcast(since)
    broadcasts = services.spam_watch.list_senders(since)
    alarms = {
        one.id: one for one in services.spam_watch.list_alarms() if one.scope is AlarmScope.SENDER
    }
    domains = {services.mail.signs_for, *broadcasts, *alarms}
    found = [
        _summary(services, domain, broadcasts.get(domain, []), counts, alarms.get(domain))
        for domain in domains
    ]
    found.sort(key=lambda one: (not one.is_held, -one.counts.n_tried, one.domain))
    return found[offset : offset + limit]


@get("/spam-alarms", guards=[requires("read")], sync_to_thread=True)
def list_spam_alarms(
    services: NamedDependency[Services], offset: Offset = 0, limit: Limit = 100
) -> list[SpamAlarm]:
    """List broadcasts and senders that too many recipients complained about, newest first."""
    return services.spam_watch.list_alarms()[offset : offset + limit]


@post(
    "/senders/{domain:str}/resume",
    guards=[requires("send")],
    sync_to_thread=True,
    status_code=200,
)
def resume_sender(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    domain: FromPath[str],
) -> list[SpamAlarm]:
    """Let the mail of a sender go on that was held for complaints."""
    services.spam_watch.resume_sender(domain.lower(), by=request.user.name)
    return services.spam_watch.list_alarms()


@get("/senders/{domain:str}/check", guards=[requires("read")], sync_to_thread=True)
def check_sender(services: NamedDependency[Services], domain: FromPath[str]) -> SenderReport:
    """Check what bulk-sender rules ask of a domain: what is wrong, where, and what to publish."""
    return services.check_sender(domain)


def _summary(
    services: Services,
    domain: str,
    broadcast_ids: list[str],
    counts: dict[str, MailCount],
    alarm: SpamAlarm | None,
) -> SenderSummary:
    own = [counts[one] for one in broadcast_ids if one in counts]
    sent_at: list[datetime] = [one.last_sent_at for one in own if one.last_sent_at]
    return SenderSummary(
        domain=domain,
        is_signed=domain == services.mail.signs_for,
        n_broadcasts=len(broadcast_ids),
        counts=MailCount(
            n_tried=sum(one.n_tried for one in own),
            n_bounced=sum(one.n_bounced for one in own),
            n_complained=sum(one.n_complained for one in own),
            last_sent_at=max(sent_at, default=None),
        ),
        alarm=alarm,
        is_held=alarm is not None and alarm.is_holding,
    )


sender_handlers = [get_sending, list_senders, check_sender, list_spam_alarms, resume_sender]
