"""Senders: how much of their mail is called spam, and letting held mail go on."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import SenderReport, SpamAlarm


@get("/spam-alarms", guards=[requires("read")], sync_to_thread=True)
def list_spam_alarms(services: NamedDependency[Services]) -> list[SpamAlarm]:
    """List broadcasts and senders that too many recipients complained about, newest first."""
    return services.spam_watch.list_alarms()


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


sender_handlers = [check_sender, list_spam_alarms, resume_sender]
