"""The sandbox inbox as a stranger's SMTP client and as our own see it."""

import asyncio
import smtplib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smtp_peer import run, yes

from kikubari.deliver.providers.inbox import InboxServer, ReceivedMail
from kikubari.deliver.providers.smtp import (
    Accepted,
    ConnectionLost,
    PermanentRefusal,
    SmtpPool,
    SmtpSettings,
    TemporaryRefusal,
)
from kikubari.kit.clock import ManualClock

AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


class Sink:
    """Keeps mail in a list; asynchronous, and failing when told to."""

    def __init__(self) -> None:
        self.mails: list[ReceivedMail] = []
        self.is_reached = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_broken = False

    async def store(self, mail: ReceivedMail) -> None:
        self.is_reached.set()
        await self.gate.wait()
        if self.is_broken:
            raise OSError("disk full")
        self.mails.append(mail)


def with_server(
    body: Callable[[InboxServer, Any], Awaitable[Any]], sink: Any = None, **options: Any
) -> Any:
    async def go() -> Any:
        kept = sink or Sink()
        server = InboxServer(kept, ManualClock(AT), **options)
        await server.start()
        try:
            return await body(server, kept)
        finally:
            await server.stop()

    return run(go)


def pool_to(server: InboxServer) -> SmtpPool:
    return SmtpPool(SmtpSettings(host="127.0.0.1", port=server.port), size=2)


async def converse(server: InboxServer, octets: bytes, *, piece: int = 0) -> list[str]:
    """Send octets in one go or in pieces, then QUIT; return the codes of the answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    octets += b"QUIT\r\n"
    for at in range(0, len(octets), piece or len(octets)):
        writer.write(octets[at : at + (piece or len(octets))])
        await writer.drain()
        await asyncio.sleep(0)
    answers = await reader.read()
    writer.close()
    await writer.wait_closed()
    return [line[:3] for line in answers.decode().split("\r\n") if line[3:4] == " "]


HELLO = b"EHLO x\r\n"
ENVELOPE = b"MAIL FROM:<a@b.jp>\r\nRCPT TO:<c@d.jp>\r\n"


def test_our_client_delivers_and_reuses_its_session() -> None:
    async def body(server: InboxServer, sink: Sink) -> None:
        pool = pool_to(server)
        for data in (b"Subject: 1\r\n\r\n.\r\n..x\r\n", b".\r\n", b"\r\n"):
            outcome = await pool.send("a@b.jp", "c@d.jp", data, before_final_dot=yes)
            assert isinstance(outcome, Accepted)
            assert sink.mails[-1] == ReceivedMail("a@b.jp", ("c@d.jp",), data, AT)
        assert len(server.sessions) == 1
        await pool.close()

    with_server(body)


def test_the_standard_library_delivers_to_several() -> None:
    def send(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail("a@b.jp", ["c@d.jp", "e@f.jp"], "Subject: x\n\nhello\n.\n")

    async def body(server: InboxServer, sink: Sink) -> None:
        await asyncio.to_thread(send, server.port)
        (mail,) = sink.mails
        assert mail.envelope_to == ("c@d.jp", "e@f.jp")
        assert mail.raw == b"Subject: x\r\n\r\nhello\r\n.\r\n"

    with_server(body)


def test_a_sink_may_be_synchronous() -> None:
    class Plain:
        def __init__(self) -> None:
            self.mails: list[ReceivedMail] = []

        def store(self, mail: ReceivedMail) -> None:
            self.mails.append(mail)

    async def body(server: InboxServer, sink: Plain) -> None:
        await converse(server, HELLO + ENVELOPE + b"DATA\r\nhi\r\n.\r\n")
        assert len(sink.mails) == 1

    with_server(body, Plain())


def test_nothing_is_acknowledged_before_it_is_stored() -> None:
    async def body(server: InboxServer, sink: Sink) -> None:
        sink.gate.clear()
        pool = pool_to(server)
        sending = asyncio.create_task(pool.send("a@b.jp", "c@d.jp", b"x\r\n", before_final_dot=yes))
        done, _ = await asyncio.wait([sending], timeout=0.1)
        assert not done
        sink.gate.set()
        assert isinstance(await sending, Accepted)
        sink.is_broken = True
        outcome = await pool.send("a@b.jp", "c@d.jp", b"y\r\n", before_final_dot=yes)
        assert isinstance(outcome, TemporaryRefusal)
        assert (outcome.phase, outcome.code) == ("final_dot", 451)
        sink.is_broken = False
        outcome = await pool.send("a@b.jp", "c@d.jp", b"y\r\n", before_final_dot=yes)
        assert isinstance(outcome, Accepted)
        assert [mail.raw for mail in sink.mails] == [b"x\r\n", b"y\r\n"]
        await pool.close()

    with_server(body)


def test_stopping_lets_the_message_being_stored_have_its_answer() -> None:
    async def body(server: InboxServer, sink: Sink) -> None:
        sink.gate.clear()
        pool = pool_to(server)
        sending = asyncio.create_task(pool.send("a@b.jp", "c@d.jp", b"x\r\n", before_final_dot=yes))
        await sink.is_reached.wait()
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0)
        sink.gate.set()
        assert isinstance(await sending, Accepted)
        await stopping
        outcome = await pool.send("a@b.jp", "c@d.jp", b"x\r\n", before_final_dot=yes)
        assert isinstance(outcome, ConnectionLost)
        assert outcome.phase == "connect"

    with_server(body)


def test_a_message_over_the_limit_is_refused_and_forgotten() -> None:
    async def body(server: InboxServer, sink: Sink) -> None:
        pool = pool_to(server)
        outcome = await pool.send("a@b.jp", "c@d.jp", b"x" * 2_000, before_final_dot=yes)
        assert isinstance(outcome, PermanentRefusal)
        assert outcome.code == 552
        await pool.close()
        lying = HELLO + b"MAIL FROM:<a@b.jp> SIZE=5000\r\n"
        assert await converse(server, lying) == ["220", "250", "552", "221"]
        for size in (1_001, 1_400, 50_000):
            data = b"DATA\r\n" + b"x" * size + b"\r\n.\r\n"
            again = ENVELOPE + b"DATA\r\nhi\r\n.\r\n"
            codes = await converse(server, HELLO + ENVELOPE + data + again)
            assert codes[4:] == ["354", "552", "250", "250", "354", "250", "221"]
        assert [mail.raw for mail in sink.mails] == [b"hi\r\n"] * 3

    with_server(body, max_message=1_000)


@pytest.mark.parametrize(
    "end", [b"\n.\r\n", b"\r.\r\n", b"\n.\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r"]
)
def test_only_crlf_dot_crlf_ends_a_message(end: bytes) -> None:
    smuggled = b"MAIL FROM:<evil@x.jp>\r\nRCPT TO:<c@d.jp>\r\nDATA\r\nevil\r\n.\r\n"

    async def body(server: InboxServer, sink: Sink) -> None:
        codes = await converse(server, HELLO + ENVELOPE + b"DATA\r\nhi" + end + smuggled)
        assert codes == ["220", "250", "250", "250", "354", "550", "221"]
        assert not sink.mails

    with_server(body)


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
def test_pipelined_messages_in_any_pieces(piece: int) -> None:
    async def body(server: InboxServer, sink: Sink) -> None:
        one = ENVELOPE + b"DATA\r\nhi\r\n..\r\n.\r\n"
        codes = await converse(server, HELLO + one * 3, piece=piece)
        assert codes == ["220", "250", *["250", "250", "354", "250"] * 3, "221"]
        assert [mail.raw for mail in sink.mails] == [b"hi\r\n.\r\n"] * 3

    with_server(body)


def test_a_flood_behind_a_slow_sink_is_all_stored_in_the_end() -> None:
    async def body(server: InboxServer, sink: Sink) -> None:
        sink.gate.clear()
        one = ENVELOPE + b"DATA\r\n" + b"z" * 200_000 + b"\r\n.\r\n"
        talking = asyncio.create_task(converse(server, HELLO + one * 20))
        await asyncio.wait([talking], timeout=0.1)
        assert not sink.mails
        sink.gate.set()
        await talking
        assert len(sink.mails) == 20

    with_server(body)


@pytest.mark.parametrize(
    ("octets", "codes"),
    [
        (b"MAIL FROM:<a@b.jp>\r\n", ["503"]),
        (b"EHLO\r\n", ["501"]),
        (b"HELO x\r\nRCPT TO:<a@b.jp>\r\nDATA\r\n", ["250", "503", "503"]),
        (HELLO + b"MAIL FROM:a@b.jp\r\n", ["250", "501"]),
        (HELLO + b"MAIL FROM:<> BODY=8BITMIME SIZE=10\r\n", ["250", "250"]),
        (HELLO + b"MAIL FROM:<a@b.jp>\r\nMAIL FROM:<a@b.jp>\r\n", ["250", "250", "503"]),
        (HELLO + b"MAIL FROM:<a@b.jp>\r\nRCPT TO:<>\r\n", ["250", "250", "501"]),
        (HELLO + b"MAIL FROM:<a@b.jp>\r\nRSET\r\nDATA\r\n", ["250", "250", "250", "503"]),
        (HELLO + b'MAIL FROM:<"a b"@c.jp>\r\n', ["250", "250"]),
        (HELLO + ENVELOPE + b"RCPT TO:<c@d.jp>\r\n" * 100, ["250"] * 102 + ["452"]),
        (b"NOOP\r\nVRFY x\r\nEXPN y\r\n\r\n", ["250", "252", "500", "500"]),
        (b"NOOP\n", ["500"]),
        ("NOOP あ\r\n".encode(), ["500"]),
        (b"BAD\r\n" * 30, ["500"] * 19 + ["421"]),
        (b"x" * 5000, ["500"]),
    ],
)
def test_the_dialogue(octets: bytes, codes: list[str]) -> None:
    async def body(server: InboxServer, sink: Sink) -> None:
        got = await converse(server, octets)
        assert [code for code in got[1:] if code != "221"] == codes
        assert not sink.mails

    with_server(body)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_no_octets_upset_it(octets: bytes, is_in_data: bool) -> None:
    async def body(server: InboxServer, sink: Sink) -> None:
        start = HELLO + ENVELOPE + b"DATA\r\n" if is_in_data else b""
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(start + octets)
        writer.close()
        await writer.wait_closed()
        codes = await converse(server, HELLO + ENVELOPE + b"DATA\r\nhi\r\n.\r\n")
        assert codes == ["220", "250", "250", "250", "354", "250", "221"]
        assert sink.mails[-1].raw == b"hi\r\n"

    with_server(body)


def test_a_sender_that_hangs_up_in_mid_message_leaves_nothing() -> None:
    async def body(server: InboxServer, sink: Sink) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HELLO + ENVELOPE + b"DATA\r\nhalf\r\n.\r")
        while b"354" not in await reader.readline():
            pass
        writer.close()
        await writer.wait_closed()
        await converse(server, b"")
        assert not sink.mails
        assert not server.sessions

    with_server(body)
