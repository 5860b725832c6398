"""The sandbox inbox: a real SMTP server on the loopback that keeps what it is sent.

Mail goes through the same client and the same protocol as to any relay, and ends here. It answers
250 only when the sink has stored the message. An own server rather than aiosmtpd's, which reads
mail line by line: the inbox shares its process and its two cores with everything else.
"""

import asyncio
import inspect
import re
from collections.abc import Awaitable
from datetime import datetime
from typing import Protocol, cast

import msgspec
import structlog

from kikubari.kit.clock import Clock

MAX_MESSAGE = 30 * 1024 * 1024
_MAX_COMMAND = 2048
_MAX_RECIPIENTS = 100
_MAX_BAD_COMMANDS = 20
_IDLE_SECONDS = 300.0
# Room for some pipelined commands or a piece of mail; beyond it the sender waits.
_READ_AHEAD = 256 * 1024
_END = b"\r\n.\r\n"
_PATH = r"<([^<>\s]*|\"[^\r\n]*\"@[^<>\s]+)>"
_MAIL = re.compile(rf"FROM: ?{_PATH}((?: [A-Z0-9-]+(?:=[!-~]+)?)*)", re.IGNORECASE)
_RCPT = re.compile(rf"TO: ?{_PATH}", re.IGNORECASE)
_SIZE = re.compile(r" SIZE=(\d{1,20})(?= |$)", re.IGNORECASE)

_log = structlog.get_logger(__name__)


class ReceivedMail(msgspec.Struct, frozen=True):
    """One message as it came in.

    Attributes:
        envelope_from: the return path, empty for ``<>``.
        envelope_to: the recipients, at least one.
        raw: the octets between DATA and the final dot, dots unstuffed, CRLF line ends.
        received_at: when the final dot arrived; UTC.
    """

    envelope_from: str
    envelope_to: tuple[str, ...]
    raw: bytes
    received_at: datetime


class InboxSink(Protocol):
    """Keeps received mail."""

    def store(self, mail: ReceivedMail) -> Awaitable[None] | None:
        """Store one message durably before returning (or before the awaitable is done).

        Whatever this raises is answered with 451: the sender tries again later.
        """
        ...


class InboxServer:
    """Listens for SMTP.

    Args:
        sink: where mail goes.
        clock: tells when it came.
        host: address to listen on; the loopback, as it takes mail from anybody who can connect.
        port: to listen on; 0 for any free one, known after `start`.
        max_message: in octets, announced by SIZE and enforced.
    """

    def __init__(
        self,
        sink: InboxSink,
        clock: Clock,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        max_message: int = MAX_MESSAGE,
    ) -> None:
        self.sink = sink
        self.clock = clock
        self.max_message = max_message
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self.sessions: set[_Session] = set()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: the port is taken.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Session(self), self._host, self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening, let messages being stored get their answer, hang up."""
        if self._server is None:
            return
        self._server.close()
        await asyncio.gather(*(session.finish() for session in list(self.sessions)))
        await self._server.wait_closed()
        self._server = None


class _Session(asyncio.Protocol):
    """One client's dialogue. Input waits in ``_buffer`` while a message is being stored."""

    def __init__(self, server: InboxServer) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._searched = 0
        self._has_hello = False
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._is_in_data = False
        self._is_too_big = False
        self._bad_commands = 0
        self._storing: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport
        self._idle: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._server.sessions.add(self)
        self._watch()
        self._say("220 kikubari sandbox inbox ESMTP")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._server.sessions.discard(self)
        self._buffer.clear()
        if self._idle:
            self._idle.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._storing is None:
            self._proceed()
        elif len(self._buffer) > _READ_AHEAD:
            self._transport.pause_reading()

    async def finish(self) -> None:
        """Wait for the message being stored, if any, then close."""
        if self._storing is not None:
            await asyncio.wait([self._storing])
        self._close("421 4.3.2 shutting down")

    def _proceed(self) -> None:
        """Take what is in the buffer as far as it goes."""
        self._watch()
        while self._storing is None and not self._transport.is_closing():
            if not (self._take_data() if self._is_in_data else self._take_command()):
                return

    def _take_command(self) -> bool:
        end = self._buffer.find(b"\n")
        if end < 0 or end > _MAX_COMMAND:
            if len(self._buffer) > _MAX_COMMAND:
                self._close("500 5.5.6 line too long")
            return False
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        if not line.endswith(b"\r\n") or not line.isascii():
            self._complain("500 5.5.2 a command is ASCII and ends in CRLF")
            return True
        verb, _, rest = line[:-2].decode("ascii").partition(" ")
        self._obey(verb.upper(), rest)
        return True

    def _obey(self, verb: str, rest: str) -> None:
        match verb:
            case "EHLO" | "HELO":
                self._hello(verb, rest)
            case "MAIL":
                self._mail(rest)
            case "RCPT":
                self._rcpt(rest)
            case "DATA":
                self._data()
            case "RSET":
                self._reset()
                self._say("250 2.0.0 OK")
            case "NOOP":
                self._say("250 2.0.0 OK")
            case "VRFY":
                self._say("252 2.5.0 send some mail and see")
            case "QUIT":
                self._close("221 2.0.0 bye")
            case _:
                self._complain("500 5.5.2 command not known")

    def _hello(self, verb: str, name: str) -> None:
        if not name.strip():
            self._complain(f"501 5.5.4 {verb} needs a host name")
            return
        self._reset()
        self._has_hello = True
        if verb == "HELO":
            self._say("250 kikubari")
            return
        size = f"250-SIZE {self._server.max_message}"
        offers = ("250-PIPELINING", size, "250-8BITMIME", "250 ENHANCEDSTATUSCODES")
        self._say("250-kikubari", *offers)

    def _mail(self, rest: str) -> None:
        match = _MAIL.fullmatch(rest)
        if not self._has_hello or self._sender is not None:
            self._complain("503 5.5.1 MAIL once, after EHLO")
        elif match is None:
            self._complain("501 5.5.4 MAIL FROM:<address>")
        elif (size := _SIZE.search(match[2])) and int(size[1]) > self._server.max_message:
            self._say("552 5.3.4 message too big")
        else:
            self._sender = match[1]
            self._say("250 2.1.0 OK")

    def _rcpt(self, rest: str) -> None:
        match = _RCPT.fullmatch(rest)
        if self._sender is None:
            self._complain("503 5.5.1 RCPT after MAIL")
        elif match is None or not match[1]:
            self._complain("501 5.1.3 RCPT TO:<address>")
        elif len(self._recipients) >= _MAX_RECIPIENTS:
            self._say("452 4.5.3 too many recipients")
        else:
            self._recipients.append(match[1])
            self._say("250 2.1.5 OK")

    def _data(self) -> None:
        if not self._recipients:
            self._complain("503 5.5.1 DATA after RCPT")
            return
        self._is_in_data = True
        # As if a line had just ended: a message may be a lone dot.
        self._buffer[:0] = b"\r\n"
        self._searched = 0
        self._say("354 end with a dot on a line of its own")

    def _take_data(self) -> bool:
        end = self._buffer.find(_END, self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - len(_END) + 1)
            # A third more at most is stuffing.
            if len(self._buffer) > self._server.max_message * 4 // 3 + len(_END):
                # Read on for the final dot, keep only what may be its beginning.
                self._is_too_big = True
                del self._buffer[: self._searched]
                self._searched = 0
            return False
        raw = bytes(self._buffer[: end + 2]).replace(b"\r\n.", b"\r\n")[2:]
        del self._buffer[: end + len(_END)]
        self._is_in_data = False
        if self._is_too_big or len(raw) > self._server.max_message:
            self._say("552 5.3.4 message too big")
        elif _has_bare_line_end(raw):
            self._say("550 5.6.11 a line ends in CRLF, not in CR or LF alone")
        else:
            self._keep(raw)
            return True
        self._reset()
        return True

    def _keep(self, raw: bytes) -> None:
        assert self._sender is not None  # noqa: S101 - DATA comes after MAIL
        mail = ReceivedMail(
            envelope_from=self._sender,
            envelope_to=tuple(self._recipients),
            raw=raw,
            received_at=self._server.clock.now(),
        )
        self._reset()
        self._storing = self._loop.create_task(self._store(mail))

    async def _store(self, mail: ReceivedMail) -> None:
        try:
            result = self._server.sink.store(mail)
            if inspect.isawaitable(result):
                await result
        except Exception:  # noqa: BLE001 - whatever a sink raises, the sender must hear of it
            _log.exception("inbox_store_failed")
            self._say("451 4.3.0 could not be stored, try again later")
        else:
            self._say("250 2.0.0 stored")
        finally:
            self._storing = None
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._proceed()

    def _reset(self) -> None:
        self._sender = None
        self._recipients = []
        self._is_too_big = False

    def _say(self, *lines: str) -> None:
        if not self._transport.is_closing():
            self._transport.write(("\r\n".join(lines) + "\r\n").encode("ascii"))

    def _complain(self, line: str) -> None:
        self._bad_commands += 1
        if self._bad_commands >= _MAX_BAD_COMMANDS:
            self._close("421 4.7.0 too many errors")
        else:
            self._say(line)

    def _close(self, line: str) -> None:
        self._say(line)
        self._transport.close()

    def _watch(self) -> None:
        if self._idle:
            self._idle.cancel()
        self._idle = self._loop.call_later(_IDLE_SECONDS, self._close, "421 4.4.2 idle too long")


def _has_bare_line_end(raw: bytes) -> bool:
    """Say whether a CR or LF stands alone: what some servers would take for a line end."""
    count = raw.count(b"\r\n")
    return not count == raw.count(b"\n") == raw.count(b"\r")
