"""The two ends of an SMTP line: replies in, octets out, each wait with its own time limit."""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, cast

from kikubari.deliver.providers.smtp.outcomes import LossReason

# RFC 5321 4.5.3.1.5 allows 512 octets a line; servers write more, but none writes this much.
MAX_REPLY_LINE = 4096
MAX_REPLY_LINES = 200
# Answers nobody asked for pile up only when the other side is not an SMTP server.
_MAX_UNREAD = 50
_MAX_TEXT = 1000
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class WireError(Exception):
    """The line cannot be used any more."""

    def __init__(self, reason: LossReason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


class Reply(NamedTuple):
    """One answer: its code and the text of its lines, control characters gone."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as one, cut to a length fit for a record."""
        return " ".join(self.lines)[:_MAX_TEXT]


class ReplyReader:
    """Cuts the octets that arrive into replies, within limits.

    Attributes:
        replies: read from the line and not yet by anyone else.
    """

    def __init__(self) -> None:
        self.replies: deque[Reply] = deque()
        self._buffer = bytearray()
        self._lines: list[str] = []
        self._code = b""

    @property
    def is_empty(self) -> bool:
        """There is no reply, not even the beginning of one."""
        return not (self.replies or self._buffer or self._lines)

    def feed(self, octets: bytes) -> None:
        """Take in octets and add the replies they complete, up to the first that is none.

        Raises:
            WireError: a line that is no reply, or more of them than any server writes.
        """
        self._buffer += octets
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            self._take(bytes(line.removesuffix(b"\r")))
        if len(self._buffer) > MAX_REPLY_LINE:
            raise WireError("protocol", "a reply line without end")

    def _take(self, line: bytes) -> None:
        match = _LINE.fullmatch(line)
        if len(line) > MAX_REPLY_LINE or match is None or (self._lines and match[1] != self._code):
            raise WireError("protocol", f"not an SMTP reply: {_printable(line[:80])!r}")
        self._code = match[1]
        self._lines.append(_printable(match[3] or b""))
        if match[2] != b"-":
            self.replies.append(Reply(int(self._code), tuple(self._lines)))
            self._lines = []
        elif len(self._lines) >= MAX_REPLY_LINES:
            raise WireError("protocol", "a reply of too many lines")
        if len(self.replies) > _MAX_UNREAD:
            raise WireError("protocol", "the server talks without being asked")


def _printable(octets: bytes) -> str:
    return _CONTROLS.sub(" ", octets.decode("utf-8", "replace")).strip()


class Wire(asyncio.Protocol):
    """One connection. All waits are made by one task at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._reader = ReplyReader()
        self._replies = self._reader.replies
        self._error: WireError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._is_paused = False
        self._loop = asyncio.get_running_loop()
        self._closed: asyncio.Future[None] = self._loop.create_future()

    @property
    def transport(self) -> asyncio.Transport:
        """The line itself; there is one from the moment the connection is made."""
        assert self._transport is not None  # noqa: S101 - asyncio calls connection_made first
        return self._transport

    @property
    def is_open(self) -> bool:
        """Nothing has ended the line yet."""
        return self._error is None

    @property
    def is_quiet(self) -> bool:
        """The server has said nothing that was not read yet."""
        return self._reader.is_empty

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102 - asyncio's
        self.use(cast("asyncio.Transport", transport))  # uvloop's is one without inheriting from it

    def use(self, transport: asyncio.Transport) -> None:
        """Go on over this transport (plain, then TLS)."""
        self._transport = transport
        # Zero: `drain` then means "in the kernel's hands", which is what the dot has to wait for.
        transport.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:  # noqa: D102 - asyncio's
        if self._error:
            return
        try:
            self._reader.feed(data)
        except WireError as error:
            self.abort(error)
        self._wake()

    def eof_received(self) -> bool:  # noqa: D102 - asyncio's
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: D102 - asyncio's
        self._error = self._error or WireError("closed", str(exc or "closed by the server"))
        if not self._closed.done():
            self._closed.set_result(None)
        self._wake()

    def pause_writing(self) -> None:  # noqa: D102 - asyncio's
        self._is_paused = True

    def resume_writing(self) -> None:  # noqa: D102 - asyncio's
        self._is_paused = False
        self._wake()

    def check(self) -> None:
        """Raise the WireError that ended the line, if one did."""
        if self._error:
            raise self._error

    def abort(self, why: WireError | None = None) -> None:
        """Drop the line at once; fine before it was made, and twice."""
        self._error = self._error or why or WireError("closed", "closed by us")
        if self._transport is not None:
            self._transport.abort()

    def take_reply(self) -> Reply | None:
        """Return the next reply if it is here already."""
        return self._replies.popleft() if self._replies else None

    def write(self, octets: bytes) -> None:
        """Hand octets to the transport.

        Raises:
            WireError: the line is already dead.
        """
        self.check()
        self.transport.write(octets)

    async def read_reply(self, seconds: float) -> Reply:
        """Return the next reply.

        Raises:
            WireError: the line died, the time ran out, or what came was no reply.
        """
        if not self._replies:
            await self._wait(seconds, lambda: bool(self._replies))
        return self._replies.popleft()

    async def drain(self, seconds: float) -> None:
        """Wait until all is written, or the server speaks up before it is.

        Raises:
            WireError: the line died or the time ran out.
        """
        if self._is_paused:
            await self._wait(seconds, lambda: not self._is_paused or bool(self._replies))
        if not self._replies:
            self.check()

    async def _wait(self, seconds: float, is_over: Callable[[], bool]) -> None:
        timer = self._loop.call_later(seconds, self._time_out, seconds)
        try:
            while not is_over():
                if self._error:
                    raise self._error
                self._waiter = self._loop.create_future()
                await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _time_out(self, seconds: float) -> None:
        self._error = self._error or WireError("timeout", f"no answer within {seconds:g} s")
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait_closed(self) -> None:
        """Wait until the transport is gone."""
        await asyncio.shield(self._closed)
