"""A shop with a log and everything profiles keeps in step with it, and its events."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from kikubari.events import Copier, EventLog, RangeEncoder, Sequencer
from kikubari.profiles import (
    Companies,
    CompanyProjection,
    ConsentLedger,
    ConsentProjection,
    Households,
    IdentityNumbering,
    InstanceKey,
    PersonKeys,
    Profiles,
    Rights,
    Saved,
    SavedProjection,
    SharingProjection,
    TraitProjection,
    TraitStatements,
)
from kikubari.spec.envelope import ALIASED, IDENTIFIED, Event, EventKind, Trust
from kikubari.spec.topics import CONSENT_CHANGED

START = datetime(2026, 5, 1, 9, tzinfo=UTC)


class Shop:
    """The state store of one shop, and the ways to ask it."""

    def __init__(self, state) -> None:
        self.state = state
        self.instance_key = InstanceKey(b"k" * 32)
        self.keys = PersonKeys(self.instance_key)
        self.numbering = IdentityNumbering()
        self.profiles = Profiles(self.keys)
        self.ledger = ConsentLedger(self.keys)
        self.rights = Rights(self.keys, self.instance_key)
        self.saved_things = Saved(self.keys)
        self.companies = Companies(self.keys)
        self.households = Households()
        self.statements = TraitStatements(self.keys)
        self.log = EventLog(state, self.keys)
        self.sequencer = Sequencer(
            state, [state], self.numbering, self.keys,
            [
                TraitProjection(self.keys), ConsentProjection(self.keys),
                SavedProjection(self.keys), CompanyProjection(self.keys),
                SharingProjection(self.instance_key),
            ],
        )  # fmt: skip

    def copier(self, columnar, encoding=None):
        """Return a copier of this shop's log; its tables are there."""
        encoding = encoding or RangeEncoder(self.log, currency="JPY")
        made = Copier(self.state, columnar, self.log, self.numbering, encoding)
        made.prepare()
        return made

    def take_in(self, *events: Event):
        return self.state.write(lambda connection: self.sequencer.extend(connection, events))

    def ask(self, question, *args: Any, **options):
        with self.state.read() as connection:
            return question(connection, *args, **options)

    def profile(self, reference):
        return self.ask(self.profiles.get_profile, reference)

    def find(self, reference):
        return self.ask(self.profiles.find_number, reference)

    def saved(self, reference):
        number = self.find(reference)
        return self.ask(self.saved_things.load, [number])[number]

    def sharing(self, reference):
        number = self.find(reference)
        return self.ask(self.households.load, [number])[number]

    def shares_device(self, reference):
        number = self.find(reference)
        return bool(self.ask(self.households.list_sharing_device, [number]))

    def consent(self, reference, purpose="marketing", channel="email", **options):
        number = self.find(reference)
        return self.ask(self.ledger.state, [number], purpose, channel, **options)[number]


class Make:
    """Builds events; `day` and `minute` count from the first of May."""

    start = START

    def __init__(self) -> None:
        self._ids = count()

    def event(self, kind, name, *, day=0, minute=0, received=None, **fields):
        at = START + timedelta(days=day, minutes=minute)
        fields.setdefault("source_id", 1)
        fields.setdefault("message_id", f"message-{next(self._ids)}")
        return Event(
            kind=kind, type=name, occurred_at=at, received_at=received or at, **fields
        )  # fmt: skip

    def identify(self, user_id=None, *, traits=None, **fields):
        return self.event(
            EventKind.IDENTIFY, IDENTIFIED, user_id=user_id, traits=traits or {}, **fields
        )

    def track(self, name="Product Viewed", **fields):
        return self.event(EventKind.TRACK, name, **fields)

    def alias(self, user_id, previous_id, **fields):
        return self.event(
            EventKind.ALIAS, ALIASED, user_id=user_id, previous_id=previous_id, **fields
        )

    def consent(self, user_id, status, *, channel="email", purpose="marketing", **fields):
        fields.setdefault("trust", Trust.SERVER)
        return self.track(
            CONSENT_CHANGED,
            user_id=user_id,
            properties={
                "purpose": purpose, "channel": channel, "status": status,
                "wording_version": "v1", "source": "form", "proof": "203.0.113.7",
            },
            **fields,
        )  # fmt: skip
