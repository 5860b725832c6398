"""Transactional mail that a server sends while it takes events in: how long each is on its way."""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import msgspec
from mail_sink import message_id_of
from shop_process import Shop

from kikubari.app.delivering import LEASE, DeliveryThread
from kikubari.deliver import (
    AddressHasher,
    Delivering,
    InboxStore,
    Origin,
    Purpose,
    WorkerSettings,
    enqueue,
    open_dispatch,
)
from kikubari.deliver.providers.smtp import SmtpPool
from kikubari.spec.errors import UnavailableError
from kikubari.testing.deliver import (
    GrantedConsents,
    ListedRecipients,
    PlainComposer,
    letter,
    person,
)
from kikubari.testing.events import PlainSealing

_EVERY_SECONDS = 0.1
_MOST = 20_000
_PERSON = (1 << 32) - 1  # in a message's id


class Mailer:
    """Somebody asks for a letter ten times a second; when is written down before it is queued."""

    def __init__(self, asked: Path, smtp_port: int) -> None:
        self._asked = asked
        self._smtp_port = smtp_port

    def start(self, shop: Shop) -> None:
        """Begin in the process that takes events in, on its stores."""
        self._deliver(shop).start()
        threading.Thread(target=self._ask, args=(shop,), daemon=True).start()

    def _ask(self, shop: Shop) -> None:
        file = os.open(self._asked, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        one = letter(purpose=Purpose.TRANSACTIONAL)
        for number in range(1, _MOST):
            os.write(file, f"{number} {time.time()}\n".encode())

            def queue(connection, number=number) -> None:
                now = shop.clock.now()
                dispatch_id = open_dispatch(connection, Origin("orders", "paid"), one, now=now)
                enqueue(connection, dispatch_id, [number], now=now)

            with suppress(UnavailableError):  # the server ends
                shop.state.write(queue)
            time.sleep(_EVERY_SECONDS)

    def _deliver(self, shop: Shop) -> DeliveryThread:
        def build(transport: SmtpPool) -> Delivering:
            return Delivering(
                store=shop.state,
                recipients=ListedRecipients(person(number) for number in range(1, _MOST)),
                consents=GrantedConsents(),
                sealing=PlainSealing(),
                composer=PlainComposer(),
                transport=transport,
                hasher=AddressHasher(b"k" * 32),
                clock=shop.clock,
            )

        return DeliveryThread(
            build,
            InboxStore(shop.state),
            shop.clock,
            smtp_url=f"smtp://127.0.0.1:{self._smtp_port}?starttls=none",
            mail_url="",
            inbox_port=0,
            settings=WorkerSettings(lease=LEASE),
            name="mail",
            is_alone=True,
        )


class Mailed(msgspec.Struct, kw_only=True):
    """What came of letters; the waits are from the wish to the receiving server's disk."""

    waits: dict[int, tuple[float, float]]  # by number: when it was asked for, seconds it took
    lost: list[int]
    doubled: list[int]

    def percentile(self, start: float, end: float) -> float:
        """Return the 95th percentile of the waits of those asked for in a time, in seconds."""
        waits = sorted(wait for at, wait in self.waits.values() if start <= at < end)
        return waits[int(0.95 * (len(waits) - 1))] if waits else float("inf")


def read_mailed(asked: Path, sunk: Path, *, until: float, patience: float) -> Mailed:
    """Wait for all letters that were asked for by then, and read what became of them."""
    lines = [line.split() for line in asked.read_text().splitlines()]
    wished = {int(number): float(at) for number, at in lines if float(at) < until}
    deadline = time.monotonic() + patience
    arrived: dict[Path, tuple[int, float]] = {}
    while time.monotonic() < deadline:
        for path in set(sunk.glob("*.eml")) - arrived.keys():
            arrived[path] = (message_id_of(path) & _PERSON, path.stat().st_mtime)
        if wished.keys() <= {number for number, _ in arrived.values()}:
            break
        time.sleep(0.2)
    first: dict[int, float] = {}
    doubled = []
    for number, at in sorted(arrived.values(), key=lambda one: one[1]):
        if number in first:
            doubled.append(number)
        first.setdefault(number, at)
    return Mailed(
        waits={n: (at, first[n] - at) for n, at in wished.items() if n in first},
        lost=sorted(wished.keys() - first.keys()),
        doubled=doubled,
    )
