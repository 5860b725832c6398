"""Subscribing by a form, in two steps: asked for by anybody, confirmed from the mailbox itself.

What a form says is a claim: it makes a profile of its own with an unverified address, which gets
one message that asks for confirmation, and nothing else. Only the confirmation says whose address
it is, and only then is anything recorded as agreed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from kikubari.deliver._tables import subscriptions
from kikubari.deliver.addresses import to_wire_address
from kikubari.deliver.contracts import Letter, Origin
from kikubari.deliver.outbox import enqueue, open_dispatch
from kikubari.deliver.suppression import AddressHasher
from kikubari.events import append_in
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, IDENTIFIED, Event, EventKind, Trust
from kikubari.spec.topics import FORM_ANSWERED, INTERNAL_SOURCE_ID
from kikubari.storage import StateStore

SUBSCRIPTION = "subscription"
# An address is sent one request for confirmation in this time, however often somebody asks.
PATIENCE = timedelta(minutes=15)
# The confirmation link works that long; what was never confirmed is then forgotten.
LIFETIME = timedelta(days=7)
_ASKED, _MAILED, _CONFIRMED = "asked", "mailed", "confirmed"
_BATCH = 200


class SubscriptionWish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asked for on a form.

    Attributes:
        address: e-mail address as typed.
        language: ``ja`` or ``en``.
        offered: ids of the topics the form showed.
        chosen: those that were ticked.
        source: where the form stands, for the ledger.
        wording_version: of the words shown.
        is_tracking_granted: the box for tracking was ticked.
        evidence: minimised: when, from which network, by which browser.
    """

    address: str
    language: str
    offered: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    source: str = ""
    wording_version: str = ""
    is_tracking_granted: bool = False
    evidence: str = ""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A wish without its address, and how far it has come."""

    id: str
    number: int | None
    wish: SubscriptionWish
    asked_at: datetime
    is_confirmed: bool


class NumberFinder(Protocol):
    """Finds who appears under an anonymous id; `app` implements it on profiles."""

    def find_anonymous(self, connection: Connection, anonymous_id: str) -> int | None:
        """Return the number, None while the log has not got there yet."""
        ...


class Subscriptions:
    """Takes wishes, asks for confirmation, remembers who gave it.

    Args:
        store: of the wishes and of the outbox.
        hasher: knows mailboxes without keeping addresses.
        numbers: finds the profile that a wish made.
        clock: gives now.
        ids: makes ids.
        letter: asks for confirmation; links to ``preferences_url``.
        workspace_id: whose.
    """

    def __init__(
        self,
        store: StateStore,
        hasher: AddressHasher,
        numbers: NumberFinder,
        *,
        clock: Clock,
        ids: IdFactory,
        letter: Letter,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._numbers = numbers
        self._clock = clock
        self._ids = ids
        self._letter = letter
        self._workspace_id = workspace_id

    def ask(self, wish: SubscriptionWish) -> None:
        """Take a wish. Nothing tells whether the address is known, or was asked for before.

        Raises:
            InvalidInputError: not an e-mail address.
        """
        address = to_wire_address(wish.address.strip())
        key = self._hasher.hash(address)
        now = self._clock.now()
        subscription_id = self._ids.new_id("sub")
        event = Event(
            message_id=f"asked:{subscription_id}",
            kind=EventKind.IDENTIFY,
            type=IDENTIFIED,
            occurred_at=now,
            received_at=now,
            source_id=INTERNAL_SOURCE_ID,
            trust=Trust.PUBLIC,
            anonymous_id=subscription_id,
            traits={"email": wish.address.strip(), "language": wish.language},
        )
        row = {
            "workspace_id": self._workspace_id,
            "id": subscription_id,
            "address_key": key,
            "state": _ASKED,
            "wish": msgspec.json.encode(msgspec.structs.replace(wish, address="")),
            "asked_us": to_micros(now),
        }

        def work(connection: Connection) -> None:
            if not self._was_asked(connection, key, since=now - PATIENCE):
                connection.execute(insert(subscriptions), row)
                append_in(connection, [event], workspace_id=self._workspace_id)

        self._store.write(work)

    def send_requests(self) -> bool:
        """Queue the message that asks for confirmation, for wishes the log has taken in.

        Returns:
            Whether any was queued.
        """
        with self._store.read() as connection:
            waiting = [
                (row.id, number)
                for row in connection.execute(self._by_state(_ASKED).limit(_BATCH))
                if (number := self._numbers.find_anonymous(connection, row.id)) is not None
            ]
        if waiting:
            self._store.write(lambda connection: self._enqueue(connection, waiting))
        return bool(waiting)

    def find(self, number: int) -> Subscription | None:
        """Return the wish whose request for confirmation went to a number."""
        with self._store.read() as connection:
            row = connection.execute(
                select(subscriptions).where(
                    subscriptions.c.workspace_id == self._workspace_id,
                    subscriptions.c.number == number,
                )
            ).one_or_none()
        return None if row is None else _subscription(row)

    def is_open(self, subscription: Subscription) -> bool:
        """Say whether a wish can still be confirmed."""
        return (
            not subscription.is_confirmed and self._clock.now() < subscription.asked_at + LIFETIME
        )

    def confirm(self, subscription: Subscription, address: str) -> None:
        """Note that whoever reads the mailbox confirmed: the address is theirs.

        From here on they are the person who is known by it, and who answered the form. Doing it
        again changes nothing.
        """
        now = self._clock.now()
        event = Event(
            message_id=f"confirmed:{subscription.id}",
            kind=EventKind.IDENTIFY,
            type=IDENTIFIED,
            occurred_at=now,
            received_at=now,
            source_id=INTERNAL_SOURCE_ID,
            trust=Trust.INTERNAL,
            anonymous_id=subscription.id,
            traits={"email": address, "language": subscription.wish.language},
        )
        wish = subscription.wish
        answered = msgspec.structs.replace(
            event,
            message_id=f"answered:{subscription.id}",
            kind=EventKind.TRACK,
            type=FORM_ANSWERED,
            traits={},
            properties={
                "form_id": SUBSCRIPTION,
                "source": wish.source,
                "topics": list(wish.chosen),
                "language": wish.language,
            },
        )

        def work(connection: Connection) -> None:
            self._move(connection, subscription.id, {"state": _CONFIRMED})
            append_in(connection, [event, answered], workspace_id=self._workspace_id)

        self._store.write(work)

    def list_stale(self) -> list[Subscription]:
        """Return wishes that were never confirmed and no longer can be."""
        before = to_micros(self._clock.now() - LIFETIME)
        with self._store.read() as connection:
            rows = connection.execute(
                self._by_state(_MAILED).where(subscriptions.c.asked_us < before).limit(_BATCH)
            )
            return [_subscription(row) for row in rows]

    def forget(self, subscription: Subscription) -> None:
        """Delete a wish."""
        self._store.write(
            lambda connection: connection.execute(
                delete(subscriptions).where(
                    subscriptions.c.workspace_id == self._workspace_id,
                    subscriptions.c.id == subscription.id,
                )
            )
        )

    def _enqueue(self, connection: Connection, waiting: Sequence[tuple[str, int]]) -> None:
        now = self._clock.now()
        # A letter never changes: other words make another dispatch.
        origin = Origin(SUBSCRIPTION, f"request-{self._letter.email.version}")
        dispatch_id = open_dispatch(
            connection, origin, self._letter, now=now, workspace_id=self._workspace_id
        )
        numbers = [number for _, number in waiting]
        enqueue(connection, dispatch_id, numbers, now=now, workspace_id=self._workspace_id)
        for subscription_id, number in waiting:
            self._move(connection, subscription_id, {"state": _MAILED, "number": number})

    def _was_asked(self, connection: Connection, key: bytes, *, since: datetime) -> bool:
        found = connection.execute(
            select(subscriptions.c.id)
            .where(
                subscriptions.c.workspace_id == self._workspace_id,
                subscriptions.c.address_key == key,
                subscriptions.c.state != _CONFIRMED,
                subscriptions.c.asked_us > to_micros(since),
            )
            .limit(1)
        )
        return found.one_or_none() is not None

    def _by_state(self, state: str) -> Select[*tuple[Any, ...]]:
        return (
            select(subscriptions)
            .where(
                subscriptions.c.workspace_id == self._workspace_id,
                subscriptions.c.state == state,
            )
            .order_by(subscriptions.c.asked_us)
        )

    def _move(
        self, connection: Connection, subscription_id: str, values: dict[str, object]
    ) -> None:
        connection.execute(
            update(subscriptions)
            .where(
                subscriptions.c.workspace_id == self._workspace_id,
                subscriptions.c.id == subscription_id,
            )
            .values(values)
        )


def take_as_mailed(connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
    """Note of all requests for confirmation that were asked for that they may have been sent."""
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.workspace_id == workspace_id, subscriptions.c.state == _ASKED)
        .values(state=_MAILED)
    )


def _subscription(row: Row[*tuple[Any, ...]]) -> Subscription:
    return Subscription(
        id=row.id,
        number=row.number,
        wish=msgspec.json.decode(row.wish, type=SubscriptionWish),
        asked_at=from_micros(row.asked_us),
        is_confirmed=row.state == _CONFIRMED,
    )
