"""Refused requests in the server's log: who tries to get past something leaves a trace."""

import structlog

from kikubari.api.shielding import Application, Message, Receive, Scope, Send
from kikubari.collect import TRACKING_PREFIX
from kikubari.kit.clock import Clock
from kikubari.kit.rates import Buckets

# Of one caller, operation and reason, and of all: nobody can fill the disk with refusals.
PER_REASON_AND_MINUTE = 1
PER_MINUTE = 120
_REFUSED = range(400, 500)

logger = structlog.get_logger(__name__)


def recorded(application: Application, clock: Clock) -> Application:
    """Return an application that writes down which requests it refused, and why.

    Input, rates, keys, forms and links that were turned away are a line each, with the id of the
    member or key where there is one. No address, no path and nothing that was sent: the first is
    a person's, and the others can have secrets or persons in them.

    Args:
        application: ASGI; what it refuses for is `refusal` in the scope.
        clock: counts the lines of a minute.
    """
    lines = Buckets(clock)

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_recorded(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _REFUSED:
                _record(lines, scope, message["status"])
            await send(message)

        await application(scope, receive, send_recorded)

    return wrapped


def _record(lines: Buckets, scope: Scope, status: int) -> None:
    operation = _operation(scope)
    if not operation:
        return  # no address of ours: there is nothing to get past
    code = str(scope.get("refusal", ""))
    user = scope.get("user")
    caller = user.identity if user is not None else ""
    reason = f"{caller} {operation} {code} {status}"
    if lines.take(reason, per_minute=PER_REASON_AND_MINUTE) or lines.take(
        "", per_minute=PER_MINUTE
    ):
        return
    logger.warning("request.refused", operation=operation, status=status, code=code, caller=caller)


def _operation(scope: Scope) -> str:
    if scope["path"].startswith(TRACKING_PREFIX):
        return "tracking"  # the address of its settings has a write key in it
    return str(getattr(scope.get("route_handler"), "handler_name", ""))
