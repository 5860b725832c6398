"""A bounded set of SMTP sessions, kept open between messages."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from kikubari.deliver.providers.smtp.connection import BeforeFinalDot, SmtpConnection
from kikubari.deliver.providers.smtp.handshake import SessionFailedError
from kikubari.deliver.providers.smtp.outcomes import (
    ConnectionLost,
    SmtpOutcome,
    TemporaryRefusal,
)
from kikubari.deliver.providers.smtp.settings import SmtpSettings, SmtpTimeouts
from kikubari.spec.errors import UnavailableError

_CLOSING = 421


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    """How long to leave a server alone that could not be reached: doubling, in seconds."""

    first: float = 0.5
    most: float = 30

    def seconds(self, failures: int) -> float:
        """Return the pause after this many failures in a row (1 or more)."""
        return min(self.most, self.first * 2.0 ** min(failures - 1, 30))


class SmtpPool:
    """Sends messages over at most ``size`` sessions with one server.

    Each session carries one message at a time, so no more than ``size`` of them can be between
    their final dot and the answer. Sessions are opened when needed and reused while they last.

    Args:
        settings: which server.
        size: how many sessions at most.
        timeouts: how long to wait in each phase.
        backoff: how long to wait before connecting again after a failure.
        sleep: waits; replaced in tests.
    """

    def __init__(
        self,
        settings: SmtpSettings,
        *,
        size: int = 10,
        timeouts: SmtpTimeouts | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._size = size
        self._timeouts = timeouts or SmtpTimeouts()
        self._backoff = backoff or Backoff()
        self._sleep = sleep
        self._tls = settings.tls_context()
        self._slots = asyncio.Semaphore(size)
        self._idle: list[SmtpConnection] = []
        self._busy: set[SmtpConnection] = set()
        self._failures = 0
        self._not_before = 0.0
        self._is_closed = False

    async def send(
        self, mail_from: str, rcpt_to: str, data: bytes, *, before_final_dot: BeforeFinalDot
    ) -> SmtpOutcome:
        """Send one message to one recipient; see `SmtpConnection.send`.

        Waits for a free session, and for the pause to pass when the server was just unreachable:
        so a caller with many messages does not burn through all of them at once. A session that
        the server closed while it was idle is replaced without the caller's noticing.

        Raises:
            InvalidInputError: an envelope address that is none.
            UnavailableError: the pool is closed.
        """
        async with self._slots:
            self._refuse_if_closed()
            if (connection := self._take_idle()) is not None:
                outcome = await self._send_over(
                    connection, mail_from, rcpt_to, data, before_final_dot
                )
                if not _says_only_that_it_left(outcome):
                    return outcome
            try:
                connection = await self._open()
            except SessionFailedError as error:
                return error.outcome
            return await self._send_over(connection, mail_from, rcpt_to, data, before_final_dot)

    async def close(self, *, grace_seconds: float = 30) -> None:
        """Take no more messages, wait for those on their way, say goodbye on every session.

        Messages still on their way after the grace end as `ConnectionLost`.
        """
        self._is_closed = True
        await asyncio.gather(*(connection.quit() for connection in self._drain_idle()))
        try:
            async with asyncio.timeout(grace_seconds):
                await self._all_slots()
        except TimeoutError:
            for connection in list(self._busy):
                connection.abort()
            await self._all_slots()
        await asyncio.gather(*(connection.quit() for connection in self._drain_idle()))

    async def _all_slots(self) -> None:
        taken = 0
        try:
            for _ in range(self._size):
                await self._slots.acquire()
                taken += 1
        finally:
            for _ in range(taken):
                self._slots.release()

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise UnavailableError("the connections to the SMTP server are being closed")

    def _drain_idle(self) -> list[SmtpConnection]:
        idle, self._idle = self._idle, []
        return idle

    def _take_idle(self) -> SmtpConnection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable:
                return connection
            connection.abort()
        return None

    async def _open(self) -> SmtpConnection:
        loop = asyncio.get_running_loop()
        pause = self._not_before - loop.time()
        if pause > 0:
            await self._sleep(pause)
            self._refuse_if_closed()
        try:
            connection = await SmtpConnection.open(self._settings, self._timeouts, self._tls)
        except SessionFailedError:
            # Sessions that fail together count once.
            if loop.time() >= self._not_before:
                self._failures += 1
                self._not_before = loop.time() + self._backoff.seconds(self._failures)
            raise
        self._failures, self._not_before = 0, 0.0
        return connection

    async def _send_over(
        self,
        connection: SmtpConnection,
        mail_from: str,
        rcpt_to: str,
        data: bytes,
        before_final_dot: BeforeFinalDot,
    ) -> SmtpOutcome:
        self._busy.add(connection)
        try:
            return await connection.send(
                mail_from, rcpt_to, data, before_final_dot=before_final_dot
            )
        finally:
            self._busy.discard(connection)
            if connection.is_usable:
                self._idle.append(connection)


def _says_only_that_it_left(outcome: SmtpOutcome) -> bool:
    """Tell a session that ended while idle from an answer about the message."""
    if isinstance(outcome, ConnectionLost):
        return outcome.phase == "mail" and outcome.reason != "timeout"
    return (
        isinstance(outcome, TemporaryRefusal)
        and outcome.phase == "mail"
        and outcome.code == _CLOSING
    )
