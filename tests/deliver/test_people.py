"""Delivering on real profiles, consents and keys: from events to messages."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from kikubari.decide.personalise import EmailTemplateSource, EmailVariant, compile_email
from kikubari.deliver import (
    AddressHasher,
    Delivering,
    DeliveryWorker,
    LedgerConsents,
    Letter,
    MailSettings,
    Origin,
    Outbox,
    ProfileRecipients,
    Reason,
    RecipientDefaults,
    Sender,
    SuppressionProjection,
    enqueue,
    open_dispatch,
)
from kikubari.events import Sequencer, append_in
from kikubari.kit.clock import ManualClock
from kikubari.profiles import (
    ConsentLedger,
    ConsentProjection,
    IdentityNumbering,
    InstanceKey,
    PersonKeys,
    Profiles,
    TraitProjection,
)
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind, Trust
from kikubari.spec.topics import CONSENT_CHANGED, SUPPRESSION_CHANGED
from kikubari.testing.deliver import InlineComposer, ScriptedTransport

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ORIGIN = Origin("broadcast", "brd_1")


class Shop:
    def __init__(self, store) -> None:
        self.store = store
        self.clock = ManualClock(NOW)
        self.keys = PersonKeys(InstanceKey(b"i" * 32))
        self.hasher = AddressHasher(b"k" * 32)
        self.profiles = Profiles(self.keys)
        self.consents = LedgerConsents(ConsentLedger(self.keys))
        self.recipients = ProfileRecipients(
            store, self.profiles, self.consents, RecipientDefaults()
        )
        self.transport = ScriptedTransport()
        self.outbox = Outbox(store, self.keys, self.clock)
        self._count = 0

    def tell(self, kind, topic, user_id, *, traits=None, trust=Trust.SERVER, context=None, **props):
        self._count += 1
        event = Event(
            message_id=f"e{self._count}",
            kind=kind,
            type=topic,
            occurred_at=NOW - timedelta(days=1),
            received_at=NOW,
            source_id=7,
            trust=trust,
            user_id=user_id,
            traits=traits or {},
            properties=props,
            context=context or {},
        )
        self.store.write(lambda connection: append_in(connection, [event]))

    def sequence(self):
        sequencer = Sequencer(
            self.store,
            [self.store],
            IdentityNumbering(),
            self.keys,
            [
                TraitProjection(self.keys),
                ConsentProjection(self.keys),
                SuppressionProjection(self.hasher),
            ],
        )
        while sequencer.run_once().n_new:
            pass

    def number_of(self, user_id):
        with self.store.read() as connection:
            return self.profiles.find_by_identifier(connection, "user_id", user_id)

    def send(self, numbers):
        source = EmailTemplateSource(
            variants={
                "ja": EmailVariant(subject="{{ customer.last_name }}様", html="<p>こんにちは</p>"),
                "en": EmailVariant(subject="Dear {{ customer.first_name }}", html="<p>Hi</p>"),
            },
            default_language="en",
        )
        letter = Letter(
            email=compile_email(source), sender=Sender(from_address="news@shop.example")
        )

        def work(connection):
            dispatch_id = open_dispatch(connection, ORIGIN, letter, now=NOW)
            enqueue(connection, dispatch_id, numbers, now=NOW)

        self.store.write(work)

        async def run():
            worker = DeliveryWorker(
                Delivering(
                    store=self.store,
                    recipients=self.recipients,
                    consents=self.consents,
                    sealing=self.keys,
                    composer=InlineComposer(
                        MailSettings(base_url="https://m.example", tracking_key=b"t" * 32),
                        self.clock,
                    ),
                    transport=self.transport,
                    hasher=self.hasher,
                    clock=self.clock,
                ),
                name="w",
                is_alone=True,
            )
            await worker.run(until_idle=True)

        asyncio.run(run())


@pytest.fixture
def shop(state):
    shop = Shop(state)
    people = {
        "hanako": {
            "email": "h@example.jp",
            "last_name": "山田",
            "first_name": "花子",
            "language": "ja",
        },
        "john": {"email": "j@example.com", "first_name": "John", "language": "en"},
        "silent": {"email": "s@example.com", "first_name": "S", "language": "en"},
        "gone": {"email": "g@example.com", "first_name": "G", "language": "en"},
    }
    for user_id, traits in people.items():
        shop.tell(EventKind.IDENTIFY, IDENTIFIED, user_id, traits=traits)
    for user_id in ("hanako", "john", "gone"):
        shop.tell(
            EventKind.TRACK,
            CONSENT_CHANGED,
            user_id,
            purpose="marketing",
            channel="email",
            status="granted",
        )
    shop.tell(
        EventKind.TRACK,
        SUPPRESSION_CHANGED,
        None,
        context={"traits": {"email": "G@example.com"}},
        channel="email",
        reason="complained",
        status="suppressed",
    )
    shop.sequence()
    return shop


def test_each_who_agreed_is_written_to_in_their_language(shop):
    shop.send(sorted(shop.number_of(u) for u in ("hanako", "john", "silent", "gone")))
    sent = dict(shop.transport.accepted)
    assert set(sent) == {"h@example.jp", "j@example.com"}
    assert b"Subject: Dear John" in sent["j@example.com"]
    assert shop.outbox.count(ORIGIN).reasons == {Reason.NO_CONSENT: 1, Reason.SUPPRESSED: 1}


def test_the_record_says_where_each_fact_came_from(shop):
    shop.send([shop.number_of("hanako")])
    [message] = shop.outbox.list_messages(ORIGIN)
    record = shop.outbox.find_record(message.id)
    assert record.subject == "山田様"
    [name] = [fact for fact in record.facts if fact["path"] == "customer.last_name"]
    assert name["use"] == "printed"
    assert name["lineage"]["provenance"] == "declared"


def test_names_zones_and_addresses_are_read_from_traits(shop):
    number = shop.number_of("hanako")
    person = shop.recipients.load([number, 10**6], workspace_id=1)
    assert set(person) == {number}
    assert (person[number].name, person[number].timezone) == ("山田 花子", "Asia/Tokyo")
    assert person[number].is_verified
    assert not person[number].is_tracked
