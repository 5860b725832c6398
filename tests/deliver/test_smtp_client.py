"""The SMTP client against a peer that fails at every phase: what becomes of one message."""

import asyncio
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smtp_peer import DROP, STALL, Peer, run, smtp_peer, yes
from smtp_sending import MAIL, SERIAL, pool_for, send_one

from kikubari.deliver.providers.smtp import (
    Abandoned,
    Accepted,
    ConnectionLost,
    PermanentRefusal,
    SmtpOutcome,
    TemporaryRefusal,
)
from kikubari.spec.errors import InvalidInputError


@pytest.mark.parametrize("ehlo", [None, SERIAL, "502 what?"])
def test_a_message_arrives_as_it_was_given(ehlo: str | None) -> None:
    outcome, peer, checks = send_one({"ehlo": ehlo} if ehlo else None)
    assert outcome == Accepted(250, "2.0.0 Ok: queued as Q1")
    assert outcome.queue_id == "Q1"
    assert [stored.data for stored in peer.stored] == [MAIL]
    assert "<b+1@shop.example>" in peer.stored[0].mail
    assert peer.stored[0].rcpt == "RCPT TO:<hanako@example.jp>"
    assert ("SIZE=" in peer.stored[0].mail) == (ehlo != "502 what?")
    assert checks == ["asked"]
    assert peer.commands[-1] == "QUIT"


def test_envelope_and_data_go_in_one_round_trip_when_offered() -> None:
    """A peer that answers only after all three commands came would stall a serial client."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        await reader.readline()
        writer.write(b"250-x\r\n250 PIPELINING\r\n")
        group = [await reader.readline() for _ in range(3)]
        writer.write(b"250 a\r\n250 b\r\n354 c\r\n" if group[2] == b"DATA\r\n" else b"500 no\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 taken\r\n")
        await reader.readline()
        writer.close()

    async def go() -> SmtpOutcome:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            peer = Peer()
            peer.port = server.sockets[0].getsockname()[1]
            pool = pool_for(peer)
            outcome = await pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=yes)
            await pool.close()
        return outcome

    assert run(go) == Accepted(250, "taken")


@pytest.mark.parametrize("ehlo", [None, SERIAL])
@pytest.mark.parametrize("phase", ["greeting", "ehlo", "mail", "rcpt", "data", "final_dot"])
@pytest.mark.parametrize("code", [421, 450, 550])
def test_a_refusal_at_each_phase(phase: str, code: int, ehlo: str | None) -> None:
    script = {"ehlo": ehlo} if ehlo else {}
    script |= {phase: f"{code} {code // 100}.7.1 not today"}
    if phase == "ehlo":
        script["helo"] = script["ehlo"]
    outcome, peer, checks = send_one(script)
    is_session = phase in {"greeting", "ehlo"}
    kind = PermanentRefusal if code == 550 and not is_session else TemporaryRefusal
    assert isinstance(outcome, kind)
    assert (outcome.phase, outcome.code) == (phase, code)
    assert outcome.enhanced_status == f"{code // 100}.7.1"
    assert not peer.stored
    assert checks == (["asked"] if phase == "final_dot" else [])


@pytest.mark.parametrize("ehlo", [None, SERIAL])
@pytest.mark.parametrize("phase", ["greeting", "ehlo", "mail", "rcpt", "data", "final_dot"])
@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (STALL, "timeout"),
        (DROP, "closed"),
        ("hello there", "protocol"),
        ("999 no such code", "protocol"),
        ("250-one\r\n550 other", "protocol"),
        ("300 neither yes nor no", "protocol"),
        ("250 " + "x" * 10_000, "protocol"),
        ("250-more\r\n" * 300 + "250 end", "protocol"),
        ("\0\xff\xfe", "protocol"),
    ],
)
def test_a_broken_line_at_each_phase(
    phase: str, action: str, reason: str, ehlo: str | None
) -> None:
    outcome, _, checks = send_one(({"ehlo": ehlo} if ehlo else {}) | {phase: action})
    assert isinstance(outcome, ConnectionLost)
    assert (outcome.phase, outcome.reason) == (phase, reason)
    assert outcome.is_after_dot == (phase == "final_dot")
    assert checks == (["asked"] if phase == "final_dot" else [])


def test_nobody_listening() -> None:
    peer = Peer()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        peer.port = unused.getsockname()[1]

        async def go() -> SmtpOutcome:
            return await pool_for(peer).send("a@b.jp", "c@d.jp", MAIL, before_final_dot=yes)

        outcome = run(go)
    assert isinstance(outcome, ConnectionLost)
    assert (outcome.phase, outcome.is_after_dot) == ("connect", False)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("421 4.3.2 going down", TemporaryRefusal("body", 421, "4.3.2 going down")),
        ("552 5.3.4 too much", PermanentRefusal("body", 552, "5.3.4 too much")),
        ("250 thanks", None),
        ("garbage", None),
        (DROP, None),
        (STALL, None),
    ],
)
def test_trouble_while_the_body_is_on_its_way(action: str, expected: SmtpOutcome | None) -> None:
    """Far more than the socket buffers hold, so that the peer's behaviour is felt."""
    ehlo = "250-peer\r\n250 PIPELINING"
    body = b"Subject: x\r\n\r\n" + (b"y" * 76 + b"\r\n") * 300_000
    outcome, peer, checks = send_one({"in_body": [action, STALL], "ehlo": ehlo}, data=body)
    assert checks == []
    assert not peer.stored
    if expected:
        assert outcome == expected
    else:
        assert isinstance(outcome, ConnectionLost)
        assert (outcome.phase, outcome.is_after_dot) == ("body", False)


def test_a_no_before_the_dot_delivers_nothing_and_the_next_message_goes_out() -> None:
    async def go() -> tuple[SmtpOutcome, SmtpOutcome, Peer]:
        async def no() -> bool:
            await asyncio.sleep(0.05)  # long enough for all that was written to arrive
            return False

        async with smtp_peer() as peer:
            pool = pool_for(peer)
            first = await pool.send("a@b.jp", "c@d.jp", b"first\r\n", before_final_dot=no)
            second = await pool.send("a@b.jp", "c@d.jp", b"second\r\n", before_final_dot=yes)
            await pool.close()
        return first, second, peer

    first, second, peer = run(go)
    assert first == Abandoned()
    assert isinstance(second, Accepted)
    assert [stored.data for stored in peer.stored] == [b"second\r\n"]
    assert peer.unfinished == [b"first\r\n"]


@pytest.mark.parametrize(
    "data", [b"first\r\n", b"first", b"a\r\n.\r\nb", b"x\n.\nMAIL FROM:<e@e.e>\n"]
)
def test_the_check_comes_after_the_whole_body_and_before_the_dot(data: bytes) -> None:
    async def go() -> tuple[bytes, Peer]:
        asked, agreed = asyncio.Event(), asyncio.Event()

        async def check() -> bool:
            asked.set()
            await agreed.wait()
            raise RuntimeError("the store is gone")

        async with smtp_peer() as peer:
            pool = pool_for(peer)
            sending = asyncio.create_task(
                pool.send("a@b.jp", "c@d.jp", data, before_final_dot=check)
            )
            await asked.wait()
            await asyncio.sleep(0.05)
            assert not peer.stored
            agreed.set()
            with pytest.raises(RuntimeError):
                await sending
            await peer.has_unfinished.wait()
            await pool.close()
        return peer.unfinished[0], peer

    seen, peer = run(go)
    assert seen.endswith(b"\r\n")
    assert b"\r\n.\r\n" not in seen
    assert not peer.stored


def test_a_server_that_leaves_while_the_caller_checks_has_not_got_the_message() -> None:
    async def go() -> tuple[SmtpOutcome, Peer]:
        async def check() -> bool:
            await asyncio.sleep(0.1)
            return True

        async with smtp_peer({"in_body": ["421 4.3.2 bye" + DROP]}) as peer:
            pool = pool_for(peer)
            outcome = await pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=check)
            await pool.close()
        return outcome, peer

    outcome, peer = run(go)
    assert outcome == TemporaryRefusal("body", 421, "4.3.2 bye")
    assert not peer.stored


def test_a_cancelled_send_delivers_nothing() -> None:
    async def go() -> Peer:
        asked = asyncio.Event()

        async def check() -> bool:
            asked.set()
            await asyncio.Event().wait()
            return True

        async with smtp_peer() as peer:
            pool = pool_for(peer)
            sending = asyncio.create_task(
                pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=check)
            )
            await asked.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            again = await pool.send("a@b.jp", "c@d.jp", b"again\r\n", before_final_dot=yes)
            assert isinstance(again, Accepted)
            await pool.close()
        return peer

    assert [stored.data for stored in run(go).stored] == [b"again\r\n"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"\r\n", b"\n", b"\r", b".", b"a", b"..", b"\0", b"MAIL"]), max_size=20
    )
)
def test_no_body_can_end_its_message_or_start_another(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    outcome, peer, _ = send_one(data=data)
    assert isinstance(outcome, Accepted)
    (stored,) = peer.stored
    text = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert stored.data == (text if text.endswith(b"\r\n") else text + b"\r\n")
    verbs = [line.split()[0] for line in peer.commands]
    assert verbs == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


@pytest.mark.parametrize(
    "bad", ["a@b.jp>\r\nRCPT TO:<x@y.jp", "a@b.jp\n", "a b@c.jp", "a@b.jp> X", "日@b.jp"]
)
def test_an_envelope_address_cannot_smuggle_commands(bad: str) -> None:
    async def go() -> Peer:
        async with smtp_peer() as peer:
            pool = pool_for(peer)
            with pytest.raises(InvalidInputError):
                await pool.send("a@b.jp", bad, MAIL, before_final_dot=yes)
            with pytest.raises(InvalidInputError):
                await pool.send(bad, "a@b.jp", MAIL, before_final_dot=yes)
            outcome = await pool.send("", "c@日本.jp", MAIL, before_final_dot=yes)
            assert isinstance(outcome, Accepted)
            await pool.close()
        return peer

    stored = run(go).stored
    assert [one.rcpt for one in stored] == ["RCPT TO:<c@xn--wgv71a.jp>"]
    assert stored[0].mail.startswith("MAIL FROM:<>")
