"""One message over the SMTP client to a scripted peer."""

from typing import Any

from smtp_peer import Peer, run, smtp_peer

from kikubari.deliver.providers.smtp import (
    SmtpOutcome,
    SmtpPool,
    SmtpSettings,
    SmtpTimeouts,
)

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
