"""A shop with people who agreed to be written to, and the product's own way of writing to them."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from generate import Home
from kikubari.app.contact import ProfilePeople
from kikubari.app.limits import PeopleLimits
from kikubari.app.measuring import CountablePeople
from kikubari.app.recipients import LedgerConsents, ProfileRecipients
from kikubari.catalog import Catalog, CatalogProjection
from kikubari.decide.personalise import RenderSettings, compile_email, render_email_in_pieces
from kikubari.decide.recommend import PopularProducts
from kikubari.deliver import (
    AddressHasher,
    Candidate,
    Cap,
    Claimed,
    Delivering,
    DeliveryWorker,
    Dispatch,
    DispatchState,
    FrequencyCheck,
    FrequencyPolicies,
    FrequencyPolicy,
    Letter,
    LimitCheck,
    MailSettings,
    Origin,
    Outbox,
    ReturnPath,
    SandboxComposer,
    Sender,
    TrackingTokens,
    Transport,
    Verdict,
    WorkerSettings,
    enqueue,
    generate_rsa_key,
    open_dispatch,
)
from kikubari.deliver.gate import Gate, last_gate
from kikubari.deliver.providers.smtp import SmtpPool, SmtpSettings
from kikubari.events import Copier, EventLog, RangeEncoder, Sequencer, append_in
from kikubari.kit.clock import SystemClock
from kikubari.profiles import (
    ConsentLedger,
    ConsentProjection,
    Households,
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

DOMAIN = "shop.example"
ORIGIN = Origin("broadcast", "brd_benchmark")
# What all of them wait to have written is written together.
CONNECTIONS = 30
_CURRENCY = "JPY"
_TRACKING_KEY = b"t" * 32
_LETTER = Letter(
    email=compile_email(TEMPLATE),
    sender=Sender(from_address=f"news@{DOMAIN}", from_name="The Paper Lamp"),
)
_CATEGORIES = ("lamp", "tea", "bag", "candle")
_EVENTS_AT_ONCE = 2_000
# Looked up for everybody, and full for nobody.
_POLICY = FrequencyPolicy(
    caps=[
        Cap(most=3, period=7, unit="calendar_days"),
        Cap(most=10, period=24, unit="hours", channel="email"),
    ]
)


class TimedGate(Gate):
    """A gate that adds up the processor time of its checks."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(gate.checks)
        self.cpu_seconds = 0.0

    def judge(self, connection: Connection, candidates: Sequence[Candidate]) -> dict[int, Verdict]:
        """Judge, and book the time."""
        started = time.thread_time()
        try:
            return super().judge(connection, candidates)
        finally:
            self.cpu_seconds += time.thread_time() - started


class MailShop:
    """A shop with people who agreed to be written to, and what it takes to do so."""

    def __init__(self, home: Home) -> None:
        self._clock = SystemClock()
        self._store = SqliteStateStore(home.state)
        migrate(self._store)
        self._columnar = ColumnarStore(home.copy_dsn)
        self._keys = PersonKeys(InstanceKey.load_or_create(home.instance_key))
        self._ledger = ConsentLedger(self._keys)
        self._profiles = Profiles(self._keys)
        self._limits = PeopleLimits(self._store, Restrictions())
        self.outbox = Outbox(self._store, self._keys, self._clock)
        self._composer = SandboxComposer(
            MailSettings(
                base_url=f"https://mail.{DOMAIN}",
                tracking_key=_TRACKING_KEY,
                dkim_keys={DOMAIN: (generate_rsa_key("bench"),)},
                content={"shop": {"name": "The Paper Lamp", "url": f"https://{DOMAIN}"}},
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
        FrequencyPolicies(self._store).set(_POLICY, at=self._clock.now(), by="benchmark")

    def sample(self) -> bytes:
        """Return one message as it will leave; two are made, which starts both processes."""
        numbers = self._numbers[:2]
        now = self._clock.now()
        dispatch = Dispatch(
            id=1, origin=ORIGIN, state=DispatchState.RUNNING, letter=_LETTER, letter_key=b""
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
            lambda c: enqueue(c, open_dispatch(c, ORIGIN, _LETTER, now=now), self._numbers, now=now)
        )
        pool = SmtpPool(
            SmtpSettings(host="127.0.0.1", port=port, starttls="none"), size=CONNECTIONS
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
            base_url=f"https://{DOMAIN}",
            limits=self._limits,
            households=Households(),
            countable=CountablePeople(self._profiles, self._ledger, Restrictions()),
        )

    def _worker(self, transport: Transport) -> DeliveryWorker:
        people = ProfilePeople(self._profiles)
        limits = LimitCheck(self._limits)
        consents = LedgerConsents(self._ledger)
        early = FrequencyCheck(people, self._clock, is_last=False)
        last = FrequencyCheck(people, self._clock, is_last=True)
        self.gate = TimedGate(last_gate(consents, content=[limits], timing=[last]))
        return DeliveryWorker(
            Delivering(
                store=self._store,
                recipients=self._recipients(),
                consents=consents,
                sealing=self._keys,
                composer=self._composer,
                transport=transport,
                hasher=AddressHasher(b"h" * 32),
                clock=self._clock,
                early_checks=(limits, early),
                return_path=ReturnPath(f"bounces@{DOMAIN}", TrackingTokens(_TRACKING_KEY)),
            ),
            name="benchmark",
            is_alone=True,
            settings=WorkerSettings(connections=CONNECTIONS),
            gate=self.gate,
        )

    def render(self, n_messages: int) -> float:
        """Render for so many people, record of facts included; return the processor seconds."""
        numbers = self._numbers[:n_messages]
        people = self._recipients().load(numbers, workspace_id=DEFAULT_WORKSPACE)
        settings = RenderSettings(timezone="Asia/Tokyo", now=self._clock.now())
        content = {"unsubscribe_url": f"https://mail.{DOMAIN}/u/token"}

        def render(number: int) -> None:
            facts = people[number].facts
            render_email_in_pieces(_LETTER.email, facts, content=content, settings=settings)

        for number in numbers[:2]:  # each language is made ready on its first use
            render(number)
        started = time.process_time()
        for number in numbers:
            render(number)
        return time.process_time() - started

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
