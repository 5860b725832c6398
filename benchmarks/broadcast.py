"""How many personalised, signed e-mails a second go out, and where the processor's time goes.

Real people in real profiles, a template in two languages, the real delivery worker, Postfix's
smtp-sink at the other end. The baseline is the plainest thing Python can do: smtplib with ten
connections and bytes made beforehand, into the same sink.
"""

import asyncio
import os
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from generate import Home
from harness import Figure, Options, Report, main
from kikubari.app.limits import PeopleLimits
from kikubari.app.recipients import LedgerConsents, ProfileRecipients
from kikubari.catalog import Catalog, CatalogProjection
from kikubari.decide.personalise import compile_email
from kikubari.decide.recommend import PopularProducts
from kikubari.deliver import (
    AddressHasher,
    Claimed,
    Delivering,
    DeliveryWorker,
    Dispatch,
    DispatchState,
    Letter,
    MailSettings,
    MessageState,
    Origin,
    Outbox,
    SandboxComposer,
    Sender,
    Transport,
    WorkerSettings,
    enqueue,
    generate_rsa_key,
    open_dispatch,
)
from kikubari.deliver.providers.smtp import SmtpPool, SmtpSettings
from kikubari.events import Copier, EventLog, RangeEncoder, Sequencer, append_in
from kikubari.kit.clock import SystemClock
from kikubari.profiles import (
    ConsentLedger,
    ConsentProjection,
    IdentityNumbering,
    InstanceKey,
    PersonKeys,
    Profiles,
    Restrictions,
    TraitProjection,
)
from kikubari.spec.envelope import DEFAULT_WORKSPACE, IDENTIFIED, Event, EventKind
from kikubari.spec.topics import CONSENT_CHANGED, ORDER_COMPLETED, PRODUCT_UPDATED
from kikubari.storage import ColumnarStore, SqliteStateStore, migrate
from mail_template import TEMPLATE

FULL_MESSAGES = 20_000
TARGET_PER_SECOND = 700
_CONNECTIONS = 10
_CURRENCY = "JPY"
_DOMAIN = "shop.example"
_ORIGIN = Origin("broadcast", "brd_benchmark")
_LETTER = Letter(
    email=compile_email(TEMPLATE),
    sender=Sender(from_address=f"news@{_DOMAIN}", from_name="The Paper Lamp"),
)
_CATEGORIES = ("lamp", "tea", "bag", "candle")
_EVENTS_AT_ONCE = 2_000


def run(options: Options) -> Report:
    """Measure a broadcast from the outbox to the last dot."""
    sink = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
    if sink is None:
        raise SystemExit("smtp-sink is not installed: apt-get install postfix")
    n_messages = options.sized(FULL_MESSAGES, at_least=20)
    with closing(_Shop(Home(options.folder))) as shop, _running(sink) as (port, sink_id):
        shop.open(n_messages)
        sample = shop.sample()
        others = _cpu_of_children()
        started, cpu = time.monotonic(), time.process_time()
        # On the kind of loop that the product's delivery thread runs.
        stages = uvloop.run(shop.deliver(port))
        seconds, cpu = time.monotonic() - started, time.process_time() - cpu
        others = {child: now - others[child] for child, now in _cpu_of_children().items()}
        sink_cpu = others.pop(sink_id)
        counts = shop.outbox.count(_ORIGIN)
        if counts.states != {MessageState.SENT: n_messages}:
            raise SystemExit(f"not everything was sent: {counts}")
        n_plain = max(20, n_messages // 4)
        plain_seconds = _send_plainly(port, sample, n_plain)
    shares = sorted(stages.items(), key=lambda item: -item[1])
    return Report(
        benchmark="broadcast",
        figures=[
            Figure(
                name=f"{n_messages:,} messages of {len(sample) / 1000:.0f} kB",
                value=n_messages / seconds,
                unit="messages/s",
                baseline=n_plain / plain_seconds,
                baseline_name="smtplib with ready-made bytes",
                target=TARGET_PER_SECOND,
            ),
            *(
                Figure(name=f"CPU of {what}", value=spent / n_messages * 1000, unit="ms a message")
                for what, spent in [
                    *shares,
                    ("the sending process", cpu),
                    ("the composing processes", sum(others.values())),
                    ("sending and composing", cpu + sum(others.values())),
                    ("the sink", sink_cpu),
                ]
            ),
        ],
    )


class _Shop:
    """A shop with people who agreed to be written to, and what it takes to do so."""

    def __init__(self, home: Home) -> None:
        self._clock = SystemClock()
        self._store = SqliteStateStore(home.state)
        migrate(self._store)
        self._columnar = ColumnarStore(home.copy_dsn)
        self._keys = PersonKeys(InstanceKey.load_or_create(home.instance_key))
        self._ledger = ConsentLedger(self._keys)
        self._profiles = Profiles(self._keys)
        self.outbox = Outbox(self._store, self._keys, self._clock)
        self._composer = SandboxComposer(
            MailSettings(
                base_url=f"https://mail.{_DOMAIN}",
                tracking_key=b"t" * 32,
                dkim_keys={_DOMAIN: (generate_rsa_key("bench"),)},
                content={"shop": {"name": "The Paper Lamp", "url": f"https://{_DOMAIN}"}},
                currency=_CURRENCY,
            ),
            self._clock,
            workers=2,
        )

    def open(self, n_people: int) -> None:
        """Take in people, agreements, products and orders as any source sends them."""
        numbering = IdentityNumbering()
        sequencer = Sequencer(
            self._store,
            [self._store],
            numbering,
            self._keys,
            projections=[
                TraitProjection(self._keys),
                ConsentProjection(self._keys),
                CatalogProjection(),
            ],
        )
        events = _products() + [event for i in range(n_people) for event in _person(i)]
        for first in range(0, len(events), _EVENTS_AT_ONCE):
            chunk = events[first : first + _EVENTS_AT_ONCE]
            self._store.write(partial(append_in, events=chunk))
            sequencer.run_once()
        log = EventLog(self._store, self._keys)
        copier = Copier(
            self._store,
            self._columnar,
            log,
            numbering,
            RangeEncoder(log, currency=_CURRENCY),
        )
        copier.prepare()
        while copier.run_once():
            pass
        with self._store.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT DISTINCT profile FROM identifiers ORDER BY profile"
            )
            self._numbers = [row.profile for row in rows]

    def sample(self) -> bytes:
        """Return one message as it will leave; two are made, which starts both processes."""
        numbers = self._numbers[:2]
        now = self._clock.now()
        dispatch = Dispatch(
            id=1, origin=_ORIGIN, state=DispatchState.RUNNING, letter=_LETTER, letter_key=b""
        )
        people = self._recipients().load(numbers, workspace_id=DEFAULT_WORKSPACE)
        claims = [Claimed(1 << 32 | n, 1, n, fence=1, attempts=1, queued_at=now) for n in numbers]
        composed, *_ = asyncio.run(
            self._composer.compose(dispatch, [(one, people[one.number]) for one in claims])
        )
        if composed.stopped_by is not None:
            raise SystemExit(f"the message could not be made: {composed.stopped_by}")
        return composed.data

    async def deliver(self, port: int) -> dict[str, float]:
        """Send everybody a message; return CPU seconds by stage."""
        now = self._clock.now()
        self._store.write(
            lambda c: enqueue(
                c, open_dispatch(c, _ORIGIN, _LETTER, now=now), self._numbers, now=now
            )
        )
        pool = SmtpPool(
            SmtpSettings(host="127.0.0.1", port=port, starttls="none"), size=_CONNECTIONS
        )
        worker = self._worker(pool)
        await worker.run(until_idle=True)
        await pool.close()
        return worker.stages.cpu_seconds

    def _recipients(self) -> ProfileRecipients:
        return ProfileRecipients(
            self._store,
            self._profiles,
            self._ledger,
            self._columnar,
            clock=self._clock,
            popular=PopularProducts(self._columnar, Catalog(self._store), self._clock),
            currency=_CURRENCY,
            timezone="Asia/Tokyo",
            base_url=f"https://{_DOMAIN}",
            limits=PeopleLimits(self._store, Restrictions()),
        )

    def _worker(self, transport: Transport) -> DeliveryWorker:
        return DeliveryWorker(
            Delivering(
                store=self._store,
                recipients=self._recipients(),
                consents=LedgerConsents(self._ledger),
                sealing=self._keys,
                composer=self._composer,
                transport=transport,
                hasher=AddressHasher(b"h" * 32),
                clock=self._clock,
            ),
            name="benchmark",
            is_alone=True,
            settings=WorkerSettings(connections=_CONNECTIONS),
        )

    def close(self) -> None:
        """Close everything."""
        self._composer.close()
        self._columnar.close()
        self._store.close()


def _products() -> list[Event]:
    return [
        _event(
            f"product-{i}",
            PRODUCT_UPDATED,
            properties={
                "product_id": f"p{i}",
                "title": f"Paper lamp no. {i}",
                "title_ja": f"紙のランプ {i}番",
                "category": _CATEGORIES[i % len(_CATEGORIES)],
                "price": 1200 + 10 * i,
                "currency": _CURRENCY,
                "url": f"/products/p{i}",
                "image_url": f"/images/p{i}.png",
                "stock": 10,
            },
        )
        for i in range(100)
    ]


def _person(i: int) -> Iterator[Event]:
    is_japanese = i % 3 != 0
    traits = {
        "email": f"person{i}@example.com",
        "first_name": "花子" if is_japanese else "Hannah",
        "last_name": "佐藤" if is_japanese else "Smith",
        "language": "ja" if is_japanese else "en",
        "prefecture": "Tokyo",
        "timezone": "Asia/Tokyo" if is_japanese else "Europe/London",
    }
    user_id = f"u{i}"
    yield _event(
        f"identify-{i}", IDENTIFIED, kind=EventKind.IDENTIFY, user_id=user_id, traits=traits
    )
    for purpose in ("marketing", "tracking")[: 1 + i % 2]:
        yield _event(
            f"{purpose}-{i}",
            CONSENT_CHANGED,
            user_id=user_id,
            properties={"purpose": purpose, "channel": "email", "status": "granted"},
        )
    product = i % 100
    item = {
        "product_id": f"p{product}",
        "category": _CATEGORIES[product % len(_CATEGORIES)],
        "price": 1200 + 10 * product,
        "quantity": 1,
    }
    order = {"order_id": f"o{i}", "revenue": item["price"], "products": [item]}
    yield _event(f"order-{i}", ORDER_COMPLETED, user_id=user_id, properties=order)


def _event(message_id: str, type_: str, **rest: Any) -> Event:
    yesterday = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    values = {"kind": EventKind.TRACK, "source_id": 1, **rest}
    return Event(
        message_id=message_id,
        type=type_,
        occurred_at=yesterday,
        received_at=yesterday,
        **values,
    )


@contextmanager
def _running(sink: str) -> Iterator[tuple[int, int]]:
    """Run a sink on a free port; yield that and the id of its process."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
    as_user = ["-u", "nobody"] if os.getuid() == 0 else []
    process = subprocess.Popen([sink, *as_user, f"127.0.0.1:{port}", "128"])
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _cpu_of_children() -> dict[int, float]:
    """Return seconds of processor time by the id of each process that this one has started."""
    children: set[int] = set()
    for thread in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a thread that has ended meanwhile
            children.update(map(int, (thread / "children").read_text().split()))
    ticks = os.sysconf("SC_CLK_TCK")
    used = {}
    for child in children:
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        used[child] = (int(fields[11]) + int(fields[12])) / ticks
    return used


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("smtp-sink did not start")


def _send_plainly(port: int, message: bytes, n_messages: int) -> float:
    """Send ready-made bytes with smtplib over ten connections; return the seconds it took."""

    def send(share: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            for _ in range(share):
                client.sendmail(f"news@{_DOMAIN}", ["person@example.com"], message)

    shares = [n_messages // _CONNECTIONS] * _CONNECTIONS
    shares[0] += n_messages % _CONNECTIONS
    started = time.monotonic()
    with ThreadPoolExecutor(_CONNECTIONS) as threads:
        list(threads.map(send, shares))
    return time.monotonic() - started


if __name__ == "__main__":
    main(run)
