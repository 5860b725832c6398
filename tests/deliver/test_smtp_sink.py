"""The SMTP client against Postfix's own test server."""

import asyncio
import os
import shutil
import socket
from typing import Any

import pytest
import uvloop
from smtp_peer import Peer, run, smtp_peer, yes
from smtp_sending import MAIL, QUICK, pool_for

from kikubari.deliver.providers.smtp import (
    Accepted,
    ConnectionLost,
    PermanentRefusal,
    SmtpOutcome,
    SmtpPool,
    SmtpSettings,
    TemporaryRefusal,
)

SMTP_SINK = "/usr/sbin/smtp-sink"


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
