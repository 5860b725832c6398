"""The SMTP client against a peer that fails at every phase, and against Postfix's smtp-sink."""

import asyncio
import base64
import contextlib
import datetime as dt
import os
import shutil
import socket
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from smtp_peer import DROP, STALL, Peer, run, smtp_peer, yes

from kikubari.deliver.providers.smtp import (
    Abandoned,
    Accepted,
    Backoff,
    ConnectionLost,
    PermanentRefusal,
    SmtpOutcome,
    SmtpPool,
    SmtpSettings,
    SmtpTimeouts,
    TemporaryRefusal,
    parse_smtp_url,
)
from kikubari.deliver.providers.smtp.wire import ReplyReader, WireError
from kikubari.spec.errors import InvalidInputError, UnavailableError

SMTP_SINK = "/usr/sbin/smtp-sink"
MAIL = b"Subject: hi\r\n\r\nhello\r\n"
QUICK = SmtpTimeouts(
    connect=5, greeting=0.2, command=0.2, data=0.2, block=0.2, final_dot=0.2, quit=0.2
)
SERIAL = "250-peer\r\n250 SIZE 1000000"


def pool_for(peer: Peer, *, size: int = 1, **changes: Any) -> SmtpPool:
    url_settings = {"host": "127.0.0.1", "port": peer.port, "starttls": "none"} | changes
    return SmtpPool(SmtpSettings(**url_settings), size=size, timeouts=QUICK)


def send_one(
    script: dict[str, Any] | None = None, data: bytes = MAIL, **changes: Any
) -> tuple[SmtpOutcome, Peer, list[str]]:
    """Send one message to a scripted peer; also return when the last check was made."""
    checks: list[str] = []

    async def check() -> bool:
        checks.append("asked")
        return True

    async def go() -> tuple[SmtpOutcome, Peer, list[str]]:
        async with smtp_peer(script) as peer:
            pool = pool_for(peer, **changes)
            outcome = await pool.send(
                "b+1@shop.example", "hanako@example.jp", data, before_final_dot=check
            )
            await pool.close()
        return outcome, peer, checks

    result: tuple[SmtpOutcome, Peer, list[str]] = run(go)
    return result


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


@pytest.mark.parametrize("ehlo", [None, SERIAL])
def test_one_refused_recipient_leaves_the_session_good_for_the_next(ehlo: str | None) -> None:
    """As real servers do, the peer keeps the transaction open after a refused recipient."""
    script: dict[str, Any] = {"rcpt": ["550 5.1.1 no such user"], "data": ["503 no recipient"]}
    if ehlo:
        script = {"ehlo": ehlo, "rcpt": ["550 5.1.1 no such user"]}

    async def go() -> tuple[list[SmtpOutcome], Peer]:
        async with smtp_peer(script) as peer:
            pool = pool_for(peer)
            outcomes = [
                await pool.send("a@b.jp", f"{name}@d.jp", MAIL, before_final_dot=yes)
                for name in ("x", "y", "z")
            ]
            await pool.close()
        return outcomes, peer

    outcomes, peer = run(go)
    assert [type(one) for one in outcomes] == [PermanentRefusal, Accepted, Accepted]
    assert peer.connections == 1
    assert peer.commands.count("RSET") == 1
    assert [one.rcpt for one in peer.stored] == ["RCPT TO:<y@d.jp>", "RCPT TO:<z@d.jp>"]


def test_a_server_that_wants_data_for_nobody_gets_none() -> None:
    outcome, peer, checks = send_one({"rcpt": ["450 4.2.1 later"]})
    assert outcome == TemporaryRefusal("rcpt", 450, "4.2.1 later")
    assert not peer.stored
    assert checks == []


def test_a_refusal_stands_when_the_server_hangs_up_right_after() -> None:
    outcome, _, _ = send_one({"rcpt": ["550 5.1.1 gone" + DROP]})
    assert outcome == PermanentRefusal("rcpt", 550, "5.1.1 gone")


@pytest.mark.parametrize("farewell", ["421 4.4.2 idle too long" + DROP, DROP, "500 timeout"])
def test_a_session_that_ended_while_idle_is_replaced_unnoticed(farewell: str) -> None:
    async def go() -> tuple[list[SmtpOutcome], Peer]:
        async with smtp_peer({"mail": ["250 ok", farewell]}) as peer:
            pool = pool_for(peer)
            outcomes = []
            for number in range(3):
                data = f"{number}\r\n".encode()
                outcomes.append(await pool.send("a@b.jp", "c@d.jp", data, before_final_dot=yes))
            await pool.close()
        return outcomes, peer

    outcomes, peer = run(go)
    if farewell.startswith("500"):
        assert isinstance(outcomes[1], PermanentRefusal)  # an answer is an answer
        return
    assert [type(one) for one in outcomes] == [Accepted] * 3
    assert [one.data for one in peer.stored] == [b"0\r\n", b"1\r\n", b"2\r\n"]
    assert peer.connections == 2


def test_what_is_said_between_messages_is_about_none_of_them() -> None:
    async def go() -> tuple[SmtpOutcome, Peer]:
        script = {"final_dot": ["250 ok\r\n554 5.0.0 by the way"]}
        async with smtp_peer(script) as peer:
            pool = pool_for(peer)
            await pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=yes)
            outcome = await pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=yes)
            await pool.close()
        return outcome, peer

    outcome, peer = run(go)
    assert isinstance(outcome, Accepted)
    assert peer.connections == 2


def test_an_answer_counts_whatever_follows_it_in_the_same_packet() -> None:
    outcome, peer, _ = send_one({"final_dot": "250 taken\r\nrubbish"})
    assert outcome == Accepted(250, "taken")
    assert len(peer.stored) == 1


def test_what_the_server_cannot_take_is_refused_before_it_is_sent() -> None:
    outcome, peer, _ = send_one({"ehlo": "250-x\r\n250 SIZE 10"})
    assert isinstance(outcome, PermanentRefusal)
    assert outcome.code == 552
    outcome, peer, _ = send_one({"ehlo": "250-x\r\n250 SIZE 0"}, data="é\r\n".encode())
    assert isinstance(outcome, PermanentRefusal)
    assert outcome.code == 554
    assert not any(line.startswith("MAIL") for line in peer.commands)
    outcome, peer, _ = send_one(data="é\r\n".encode())
    assert peer.stored[0].mail.endswith("BODY=8BITMIME")


def test_the_pool_keeps_to_its_size_and_reuses_sessions() -> None:
    async def go() -> Peer:
        between = most = 0

        async def check() -> bool:
            nonlocal between, most
            between += 1
            most = max(most, between)
            await asyncio.sleep(0.001)
            between -= 1
            return True

        async with smtp_peer() as peer:
            pool = pool_for(peer, size=4)
            sends = [
                pool.send("a@b.jp", f"u{n}@d.jp", MAIL, before_final_dot=check) for n in range(60)
            ]
            outcomes = await asyncio.gather(*sends)
            assert all(isinstance(one, Accepted) for one in outcomes)
            assert most <= 4
            await pool.close()
            with pytest.raises(UnavailableError):
                await pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=yes)
        return peer

    peer = run(go)
    assert peer.connections == 4
    assert sorted(one.rcpt for one in peer.stored) == sorted(
        f"RCPT TO:<u{n}@d.jp>" for n in range(60)
    )
    assert peer.commands.count("QUIT") == 4


def test_an_unreachable_server_is_left_alone_for_longer_and_longer() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        pool._not_before = 0.0

    async def go() -> None:
        nonlocal pool
        async with smtp_peer({"greeting": ["554 no"] * 4}) as peer:
            pool = SmtpPool(
                SmtpSettings(host="127.0.0.1", port=peer.port, starttls="none"),
                size=1,
                timeouts=QUICK,
                backoff=Backoff(first=10, most=35),
                sleep=sleep,
            )
            outcomes = [
                await pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=yes) for _ in range(6)
            ]
            assert [type(one) for one in outcomes] == [TemporaryRefusal] * 4 + [Accepted] * 2
            await pool.close()

    pool = SmtpPool(SmtpSettings(host="127.0.0.1", port=1, starttls="none"))
    run(go)
    assert [round(pause) for pause in pauses] == [10, 20, 35, 35]


def test_closing_waits_for_what_is_on_its_way_but_not_for_ever() -> None:
    async def go() -> tuple[SmtpOutcome, SmtpOutcome]:
        started = asyncio.Event()

        async def slow() -> bool:
            started.set()
            await asyncio.sleep(0.1)
            return True

        async with smtp_peer() as peer:
            pool = pool_for(peer)
            sending = asyncio.create_task(
                pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=slow)
            )
            await started.wait()
            await pool.close()
            finished = await sending
        async with smtp_peer({"final_dot": STALL}) as peer:
            pool = SmtpPool(SmtpSettings(host="127.0.0.1", port=peer.port, starttls="none"), size=2)
            started.clear()
            sending = asyncio.create_task(
                pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=slow)
            )
            await started.wait()
            await asyncio.sleep(0.2)
            await pool.close(grace_seconds=0.1)
            return finished, await sending

    finished, cut = run(go)
    assert isinstance(finished, Accepted)
    assert isinstance(cut, ConnectionLost)
    assert cut.is_after_dot


# -- TLS and passwords ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "peer")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "peer.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + built.public_bytes(Encoding.PEM))
    return path


OFFERS = ["250-peer\r\n250-STARTTLS\r\n250 PIPELINING", "250-peer\r\n250 AUTH PLAIN LOGIN"]


def send_tls(
    certificate: Path, script: dict[str, Any], *, is_implicit: bool = False, **changes: Any
) -> tuple[SmtpOutcome, Peer]:
    async def go() -> tuple[SmtpOutcome, Peer]:
        server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        server_side.load_cert_chain(certificate)
        async with smtp_peer(script, tls=server_side, is_implicit_tls=is_implicit) as peer:
            pool = pool_for(peer, is_implicit_tls=is_implicit, **changes)
            outcome = await pool.send("a@b.jp", "c@d.jp", MAIL, before_final_dot=yes)
            await pool.close()
        return outcome, peer

    result: tuple[SmtpOutcome, Peer] = run(go)
    return result


@pytest.mark.parametrize("starttls", ["required", "opportunistic"])
def test_starttls_and_a_password(certificate: Path, starttls: str) -> None:
    outcome, peer = send_tls(
        certificate,
        {"ehlo": list(OFFERS)},
        starttls=starttls,
        ca_file=str(certificate) if starttls == "required" else "",
        username="ü",
        password="p w",
    )
    assert isinstance(outcome, Accepted)
    token = base64.b64encode("\0ü\0p w".encode()).decode()
    assert [line.split()[0] for line in peer.commands][:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert peer.commands[3] == f"AUTH PLAIN {token}"


def test_tls_from_the_first_byte(certificate: Path) -> None:
    outcome, _ = send_tls(certificate, {}, is_implicit=True, ca_file=str(certificate))
    assert isinstance(outcome, Accepted)
    outcome, _ = send_tls(certificate, {}, is_implicit=True)
    assert isinstance(outcome, ConnectionLost)
    assert (outcome.phase, outcome.reason) == ("connect", "tls")


@pytest.mark.parametrize(
    ("script", "changes", "phase", "reason"),
    [
        ({}, {"starttls": "required"}, "starttls", "policy"),
        ({"ehlo": list(OFFERS)}, {"starttls": "required"}, "starttls", "tls"),
        (
            {"ehlo": list(OFFERS), "starttls": "220 go\r\n250 injected"},
            {"starttls": "opportunistic"}, "starttls", "protocol",
        ),
        (
            {"ehlo": list(OFFERS), "starttls": STALL},
            {"starttls": "required"}, "starttls", "timeout",
        ),
        ({"ehlo": list(OFFERS), "starttls": DROP}, {"starttls": "required"}, "starttls", "closed"),
        ({}, {"username": "u", "password": "p"}, "auth", "policy"),
        ({"ehlo": OFFERS[1], "auth": STALL}, {"username": "u", "password": "p"}, "auth", "timeout"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_to_be_trusted(
    certificate: Path, script: dict[str, Any], changes: dict[str, Any], phase: str, reason: str
) -> None:
    outcome, peer = send_tls(certificate, script, **changes)
    assert isinstance(outcome, ConnectionLost)
    assert (outcome.phase, outcome.reason, outcome.is_after_dot) == (phase, reason, False)
    assert not any(line.startswith("MAIL") for line in peer.commands)


def test_a_wrong_password_is_no_fault_of_the_recipient() -> None:
    script = {"ehlo": "250-x\r\n250 AUTH=LOGIN", "auth": ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"]}
    script["auth"].append("535 5.7.8 wrong")  # type: ignore[attr-defined] # a list, see above
    outcome, peer, _ = send_one(script, username="user", password="pass")
    assert outcome == TemporaryRefusal("auth", 535, "5.7.8 wrong")
    assert [base64.b64decode(line) for line in peer.commands[2:4]] == [b"user", b"pass"]


# -- Settings and replies ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://127.0.0.1", SmtpSettings(host="127.0.0.1", port=25)),
        ("smtp://[::1]:2525", SmtpSettings(host="::1", port=2525)),
        (
            "smtp://u%40x:p%2F%3A@mail.example",
            SmtpSettings(
                host="mail.example", port=587, username="u@x", password="p/:", starttls="required"
            ),
        ),
        (
            "smtp://u:p@localhost:1025",
            SmtpSettings(host="localhost", port=1025, username="u", password="p"),
        ),
        (
            "smtps://u:p@mail.example?ehlo=shop.example&ca_file=/x.pem",
            SmtpSettings(
                host="mail.example", port=465, username="u", password="p", starttls="required",
                is_implicit_tls=True, ehlo_name="shop.example", ca_file="/x.pem",
            ),
        ),
        (
            "smtp://mail.example?starttls=none",
            SmtpSettings(host="mail.example", port=25, starttls="none"),
        ),
    ],
)  # fmt: skip
def test_smtp_urls(url: str, expected: SmtpSettings) -> None:
    assert parse_smtp_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "", "mail.example", "http://mail.example", "smtp://", "smtp://u:secret@", "smtp://h:x",
        "smtp://h:99999", "smtp://h/path", "smtp://h?starttls=maybe", "smtp://h?verify=no",
        "smtp://u:secret@h?ehlo=a%0d%0ab", "smtp://h?starttls", "smtp://[::1", "smtp://u:secret@h%0a",
    ],
)  # fmt: skip
def test_bad_smtp_urls_are_refused_without_repeating_the_secret(url: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_smtp_url(url)
    assert "secret" not in str(caught.value)


def test_a_secret_is_not_printed() -> None:
    assert "hush" not in repr(parse_smtp_url("smtp://u:hush@mail.example"))


@given(st.lists(st.integers(1, 60), max_size=6))
def test_replies_are_read_whatever_the_packets(cuts: list[int]) -> None:
    octets = b"250-a\r\n250-\r\n250 b \x1b[31m\xe3\x81\x82\r\n354\r\n421 x\n"
    reader, at = ReplyReader(), 0
    for cut in [*cuts, len(octets)]:
        reader.feed(octets[at : at + cut])
        at += cut
    assert [(reply.code, reply.lines) for reply in reader.replies] == [
        (250, ("a", "", "b  [31mあ")),
        (354, ("",)),
        (421, ("x",)),
    ]
    reader.replies.clear()
    assert reader.is_empty


@given(st.binary(max_size=60))
def test_any_octets_are_replies_or_a_typed_error(octets: bytes) -> None:
    reader = ReplyReader()
    with contextlib.suppress(WireError):
        reader.feed(octets)
    assert all(200 <= reply.code <= 599 for reply in reader.replies)


# -- Postfix's own test server --------------------------------------------------------------------


async def sink_send(count: int, *options: str, size: int = 5) -> tuple[list[SmtpOutcome], bytes]:
    assert shutil.which(SMTP_SINK), "the test needs Postfix's smtp-sink"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = ("-u", "nobody") if os.geteuid() == 0 else ()
    sink = await asyncio.create_subprocess_exec(
        SMTP_SINK, "-c", *user, *options, f"127.0.0.1:{port}", "100",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                await writer.wait_closed()
                break
        pool = SmtpPool(SmtpSettings(host="127.0.0.1", port=port), size=size, timeouts=QUICK)
        sends = [
            pool.send("a@b.jp", f"u{n}@d.jp", MAIL + b"." * 40_000, before_final_dot=yes)
            for n in range(count)
        ]
        outcomes = await asyncio.gather(*sends)
        await pool.close()
    finally:
        sink.terminate()
        printed, _ = await sink.communicate()
    return outcomes, printed


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_smtp_sink_takes_every_message(new_loop: Any) -> None:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        outcomes, _ = runner.run(sink_send(200))
    assert all(isinstance(one, Accepted) for one in outcomes)
    assert len(outcomes) == 200


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (("-r", "RCPT"), TemporaryRefusal),
        (("-f", "RCPT"), PermanentRefusal),
        (("-r", "MAIL"), TemporaryRefusal),
        (("-f", "."), PermanentRefusal),
        (("-q", "RCPT"), ConnectionLost),
        (("-q", "."), ConnectionLost),
        (("-p",), Accepted),
        (("-e",), Accepted),
    ],
)
def test_smtp_sink_misbehaves(options: tuple[str, ...], kind: type) -> None:
    async def go() -> list[SmtpOutcome]:
        outcomes, _ = await sink_send(10, *options)
        return outcomes

    outcomes = run(go)
    assert {type(one) for one in outcomes} == {kind}
    if options == ("-q", "."):
        assert all(one.is_after_dot for one in outcomes if isinstance(one, ConnectionLost))


def test_uvloop_holds_the_dot_back_too() -> None:
    async def go() -> Peer:
        async def no() -> bool:
            await asyncio.sleep(0.05)
            return False

        async with smtp_peer() as peer:
            pool = pool_for(peer)
            await pool.send("a@b.jp", "c@d.jp", b"x" * 3_000_000, before_final_dot=no)
            await pool.close()
        return peer

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        peer = runner.run(go())
    assert not peer.stored
