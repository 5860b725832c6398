"""Messages over one SMTP session, one after the other.

What sets it apart from library clients: the caller is asked once more at the last moment, after
the whole message is on its way and before the final dot that makes the server take it; and every
way a dialogue can end says whether the dot was sent.
"""

import re
import ssl
from collections.abc import Awaitable, Callable

from kikubari.deliver.addresses import to_wire_address
from kikubari.deliver.line_ends import to_crlf
from kikubari.deliver.providers.smtp.handshake import Handshake
from kikubari.deliver.providers.smtp.outcomes import (
    Abandoned,
    Accepted,
    ConnectionLost,
    PermanentRefusal,
    Phase,
    SmtpOutcome,
    TemporaryRefusal,
)
from kikubari.deliver.providers.smtp.settings import SmtpSettings, SmtpTimeouts
from kikubari.deliver.providers.smtp.wire import Reply, Wire, WireError

BeforeFinalDot = Callable[[], Awaitable[bool]]
Refusal = TemporaryRefusal | PermanentRefusal

_CLOSING, _SEND_DATA = 421, 354
_SUCCESS, _TEMPORARY, _PERMANENT = 2, 4, 5
_DOT_LINE = re.compile(rb"\r\n\.")
# Large mails are written in pieces so that the time limit is for progress, not for the whole.
_BLOCK = 256 * 1024


class SmtpConnection:
    """A session with one server. Not for use by two tasks at once.

    Args:
        wire: a line on which the handshake is over.
        features: what the server offered there.
        timeouts: how long to wait for it.
    """

    def __init__(self, wire: Wire, features: dict[str, str], timeouts: SmtpTimeouts) -> None:
        self._wire = wire
        self._features = features
        self._timeouts = timeouts
        self._phase: Phase = "mail"
        self._needs_reset = False

    @classmethod
    async def open(
        cls, settings: SmtpSettings, timeouts: SmtpTimeouts, tls: ssl.SSLContext | None
    ) -> "SmtpConnection":
        """Connect and get ready to send; see `Handshake`.

        Raises:
            SessionFailedError: the server is away, refuses us, or is not to be trusted.
        """
        wire, features = await Handshake(settings, timeouts, tls).open()
        return cls(wire, features, timeouts)

    @property
    def is_usable(self) -> bool:
        """The line stands and the server has said nothing since its last answer."""
        return self._wire.is_open and self._wire.is_quiet

    async def send(
        self, mail_from: str, rcpt_to: str, data: bytes, *, before_final_dot: BeforeFinalDot
    ) -> SmtpOutcome:
        """Send one message to one recipient.

        Args:
            mail_from: return path; empty for ``<>``.
            rcpt_to: the recipient's address.
            data: the message. Line ends that are not CRLF become CRLF; dots are stuffed here.
            before_final_dot: awaited when all but the final dot is written. False abandons the
                message and the connection with it, as DATA cannot be taken back.

        Raises:
            InvalidInputError: an envelope address that is none; nothing was sent.
        """
        sender = to_wire_address(mail_from) if mail_from else ""
        recipient = to_wire_address(rcpt_to)
        self._phase = "mail"
        try:
            return await self._transact(sender, recipient, to_crlf(data), before_final_dot)
        except WireError as error:
            self.abort()
            return self._lost(error)
        except BaseException:
            # Cancelled, or the caller's check failed: in mid-transaction nobody can use it again.
            self.abort()
            raise

    async def quit(self) -> None:
        """Say goodbye and close; never raises for what the server does."""
        try:
            if self.is_usable:
                self._wire.write(b"QUIT\r\n")
                await self._wire.read_reply(self._timeouts.quit)
        except WireError:
            pass  # it is gone, as wanted
        finally:
            self.abort()
        await self._wire.wait_closed()

    def abort(self) -> None:
        """Drop the line at once."""
        self._wire.abort()

    async def _transact(
        self, sender: str, recipient: str, data: bytes, before_final_dot: BeforeFinalDot
    ) -> SmtpOutcome:
        self._expect_silence()
        refusal = self._too_much(data) or await self._envelope(
            self._mail_command(sender, data), f"RCPT TO:<{recipient}>".encode("ascii")
        )
        if refusal:
            return refusal
        self._phase = "body"
        await self._write_body(data)
        if refusal := self._early_refusal():
            return refusal
        if not await before_final_dot():
            self.abort()
            return Abandoned()
        if refusal := self._early_refusal():
            return refusal
        self._wire.check()
        self._phase = "final_dot"
        self._wire.write(b".\r\n")
        reply = await self._wire.read_reply(self._timeouts.final_dot)
        return self._judge(reply) or Accepted(code=reply.code, text=reply.text)

    def _too_much(self, data: bytes) -> PermanentRefusal | None:
        limit = self._features.get("SIZE", "")
        if limit.isdigit() and 0 < int(limit) < len(data):
            return PermanentRefusal("mail", 552, f"5.3.4 {len(data)} octets, server takes {limit}")
        if not data.isascii() and "8BITMIME" not in self._features:
            return PermanentRefusal("mail", 554, "5.6.3 8-bit message, server takes 7-bit only")
        return None

    def _mail_command(self, sender: str, data: bytes) -> bytes:
        size = f" SIZE={len(data)}" if "SIZE" in self._features else ""
        body = "" if data.isascii() else " BODY=8BITMIME"
        return f"MAIL FROM:<{sender}>{size}{body}".encode("ascii")

    async def _envelope(self, mail: bytes, rcpt: bytes) -> Refusal | None:
        """Send MAIL, RCPT and DATA, in one go where the server can; None when it wants the data."""
        commands: list[tuple[Phase, bytes]] = [("mail", mail), ("rcpt", rcpt), ("data", b"DATA")]
        is_pipelined = "PIPELINING" in self._features
        reset = b"RSET\r\n" if self._needs_reset else b""
        if is_pipelined:
            self._wire.write(reset + b"".join([command + b"\r\n" for _, command in commands]))
        elif reset:
            self._wire.write(reset)
        if reset:
            await self._read_reset()
        for number, (phase, command) in enumerate(commands, start=1):
            self._phase = phase
            if not is_pipelined:
                self._wire.write(command + b"\r\n")
            is_data = phase == "data"
            seconds = self._timeouts.data if is_data else self._timeouts.command
            reply = await self._wire.read_reply(seconds)
            if refusal := self._judge(reply, _SEND_DATA if is_data else None):
                self._needs_reset = True
                await self._skip_replies(len(commands) - number if is_pipelined else 0)
                return refusal
        return None

    async def _read_reset(self) -> None:
        reply = await self._wire.read_reply(self._timeouts.command)
        if reply.code // 100 != _SUCCESS:
            # Says nothing about the message that comes after it.
            raise WireError("closed", f"no new transaction: {reply.code} {reply.text}")
        self._needs_reset = False

    async def _skip_replies(self, count: int) -> None:
        """Read what was pipelined behind a refused command; the refusal stands whatever comes."""
        try:
            for _ in range(count):
                reply = await self._wire.read_reply(self._timeouts.command)
                if reply.code == _SEND_DATA:
                    # It waits for a message to nobody. No dot goes out that was not agreed to.
                    self.abort()
        except WireError:
            self.abort()

    async def _write_body(self, data: bytes) -> None:
        stuffed = data.replace(b"\r\n.", b"\r\n..") if _DOT_LINE.search(data) else data
        if stuffed.startswith(b"."):
            stuffed = b"." + stuffed
        if len(stuffed) <= _BLOCK:
            self._wire.write(stuffed)
            await self._wire.drain(self._timeouts.block)
            return
        for at in range(0, len(stuffed), _BLOCK):
            self._wire.write(stuffed[at : at + _BLOCK])
            await self._wire.drain(self._timeouts.block)
            if not self._wire.is_quiet:
                return

    def _expect_silence(self) -> None:
        """Between messages a server may only say that it leaves, which is about none of them."""
        self._wire.check()
        if not self._wire.is_quiet:
            reply = self._wire.take_reply()
            text = f"{reply.code} {reply.text}" if reply else "half a reply"
            raise WireError("closed", f"said between messages: {text}")

    def _early_refusal(self) -> Refusal | None:
        """Return what a server said before the message was over, such as 421; then hang up."""
        if self._wire.is_quiet:
            return None
        reply = self._wire.take_reply()
        refusal = self._judge(reply) if reply else None
        if refusal is None:
            raise WireError("protocol", "the server answered before it was asked")
        self.abort()
        return refusal

    def _judge(self, reply: Reply, wanted: int | None = None) -> Refusal | None:
        """Return None for success, the refusal for 4xx and 5xx; anything else is a broken server.

        ``wanted`` is the one code that is success; by default any 2xx is.
        """
        kind = reply.code // 100
        if reply.code == wanted or (wanted is None and kind == _SUCCESS):
            return None
        if reply.code == _CLOSING:
            self.abort()
        if kind == _TEMPORARY:
            return TemporaryRefusal(self._phase, reply.code, reply.text)
        if kind == _PERMANENT:
            return PermanentRefusal(self._phase, reply.code, reply.text)
        raise WireError("protocol", f"unexpected reply {reply.code} {reply.text}")

    def _lost(self, error: WireError) -> ConnectionLost:
        return ConnectionLost(
            phase=self._phase,
            is_after_dot=self._phase == "final_dot",
            reason=error.reason,
            text=error.text,
        )
