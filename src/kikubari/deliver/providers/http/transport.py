"""Hands messages to a provider by HTTP, with the states and promises of SMTP.

The request is the final dot: the last gate is asked just before it is written. When no answer
comes after that, nobody knows whether the message was taken, and it is not sent again by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable

from kikubari.deliver.addresses import to_wire_address
from kikubari.deliver.providers.http.client import GuardedClient, HttpAnswer, HttpLost
from kikubari.deliver.providers.http.contracts import HttpProvider
from kikubari.deliver.providers.smtp import (
    Abandoned,
    Accepted,
    ConnectionLost,
    PermanentRefusal,
    Phase,
    SmtpOutcome,
    TemporaryRefusal,
)
from kikubari.spec.errors import UnavailableError

BeforeRequest = Callable[[], Awaitable[bool]]

_TAKEN = range(200, 300)
_REDIRECTS = range(300, 400)
_NOT_ALLOWED = frozenset({401, 403})
_TOO_MUCH = frozenset({408, 429, 503})
_REFUSED = range(400, 500)
_LONGEST_PAUSE = 3600.0
_PAUSE = 60.0
_LONGEST_WAIT = 30.0


class HttpTransport:
    """Sends by a provider's API.

    Args:
        provider: whose language is spoken.
        client: makes the requests.
        size: messages under way at once.
        sleep: waits; replaced in tests.
    """

    def __init__(
        self,
        provider: HttpProvider,
        client: GuardedClient,
        *,
        size: int,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._provider = provider
        self._client = client
        self._slots = asyncio.Semaphore(size)
        self._sleep = sleep
        self._not_before = 0.0
        self._is_closed = False

    async def send(
        self, mail_from: str, rcpt_to: str, data: bytes, *, before_final_dot: BeforeRequest
    ) -> SmtpOutcome:
        """Hand over one message to one recipient.

        Raises:
            InvalidInputError: not an address.
            UnavailableError: it is closed.
        """
        to = to_wire_address(rcpt_to)
        token = mail_from.partition("@")[0].partition("+")[2]
        async with self._slots:
            if not await self._is_open():
                return TemporaryRefusal("greeting", 0, f"{self._provider.name} asked to wait")
            request = self._provider.make_request(token, to, data)
            if not await before_final_dot():
                return Abandoned()
            answer = await self._client.request("POST", request.url, request.headers, request.body)
        if isinstance(answer, HttpLost):
            return _lost(answer)
        return self._read(answer)

    async def close(self) -> None:
        """Take no more messages and close the connections."""
        self._is_closed = True
        await self._client.close()

    async def _is_open(self) -> bool:
        """Wait a while for a pause to pass: who has many messages is not to run through them."""
        pause = self._not_before - asyncio.get_running_loop().time()
        if pause > 0:
            await self._sleep(min(pause, _LONGEST_WAIT))
        if self._is_closed:
            raise UnavailableError("the connections to the provider are being closed")
        return pause <= _LONGEST_WAIT

    def _read(self, answer: HttpAnswer) -> SmtpOutcome:
        status = answer.status
        said = f"{self._provider.name}: HTTP {status}"
        if status in _TAKEN:
            return Accepted(status, _first_line(answer) or said)
        if status in _NOT_ALLOWED or status in _REDIRECTS:
            # About our account or address, never about this message.
            self._pause(_PAUSE)
            return TemporaryRefusal("auth", status, said)
        if status in _TOO_MUCH:
            self._pause(_seconds(answer.headers.get("retry-after", "")))
            return TemporaryRefusal("greeting", status, said)
        if status in _REFUSED:
            refusal = self._provider.read_refusal(status, answer.body)
            phase: Phase = "rcpt" if refusal.is_about_recipient else "data"
            return PermanentRefusal(phase, status, refusal.text)
        # A fault of theirs may come before or after they took it.
        return ConnectionLost("final_dot", is_after_dot=True, reason="protocol", text=said)

    def _pause(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + min(seconds, _LONGEST_PAUSE)
        self._not_before = max(self._not_before, until)


def _lost(lost: HttpLost) -> ConnectionLost:
    if lost.is_written:
        return ConnectionLost("final_dot", is_after_dot=True, reason="closed", text=lost.text)
    return ConnectionLost("connect", is_after_dot=False, reason="closed", text=lost.text)


def _seconds(header: str) -> float:
    """Return what Retry-After asks for; a date, or nothing, counts as a minute."""
    return float(header) if header.isdecimal() else _PAUSE


def _first_line(answer: HttpAnswer) -> str:
    return answer.headers.get("x-message-id", "") or answer.body[:200].decode("utf-8", "replace")
