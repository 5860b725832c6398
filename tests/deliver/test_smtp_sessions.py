"""Sessions are reused, replaced and closed; what one message meets is no other's matter."""

import asyncio
from typing import Any

import pytest
from smtp_peer import DROP, STALL, Peer, run, smtp_peer, yes
from smtp_sending import MAIL, QUICK, SERIAL, pool_for, send_one

from kikubari.deliver.providers.smtp import (
    Accepted,
    Backoff,
    ConnectionLost,
    PermanentRefusal,
    SmtpOutcome,
    SmtpPool,
    SmtpSettings,
    TemporaryRefusal,
)
from kikubari.spec.errors import UnavailableError


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
