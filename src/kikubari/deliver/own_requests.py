"""What customers ask for about themselves, confirmed from their own mailbox.

A link in a message opens its reader's pages, and a message can be forwarded. So nothing that hands
out or destroys everything rests on such a link alone: a fresh message goes to the customer's
address, and its link works for that one thing, once, for an hour.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from kikubari.deliver._tables import own_requests
from kikubari.deliver.contracts import Letter, Origin
from kikubari.deliver.outbox import enqueue, open_dispatch
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

OWN_REQUEST = "own_request"
# How long the link works.
LIFETIME = timedelta(hours=1)
# Somebody is sent one message for the same thing in this time, however often it is asked for.
PATIENCE = timedelta(minutes=10)
_OPEN, _USED = "open", "used"

Act = Literal["copy", "erasure"]


class OwnRequest(msgspec.Struct, frozen=True):
    """What somebody asked for; `is_open` while it may still be done."""

    id: str
    act: Act
    asked_at: datetime
    is_open: bool


class OwnRequests:
    """Asks for confirmation by a fresh message, and lets each be used once.

    Args:
        store: of the requests and of the outbox.
        clock: gives now.
        ids: makes ids.
        letters: what asks for each act; links to ``preferences_url``.
        workspace_id: whose.
    """

    def __init__(
        self,
        store: StateStore,
        *,
        clock: Clock,
        ids: IdFactory,
        letters: Mapping[Act, Letter],
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._letters = letters
        self._workspace_id = workspace_id

    def ask(self, number: int, act: Act) -> None:
        """Queue the message that asks one person, unless one is on its way already."""
        now = self._clock.now()
        row = {
            "workspace_id": self._workspace_id,
            "id": self._ids.new_id("own"),
            "number": number,
            "act": act,
            "state": _OPEN,
            "asked_us": to_micros(now),
        }

        def work(connection: Connection) -> None:
            if self._was_asked(connection, number, act, since=now - PATIENCE):
                return
            connection.execute(insert(own_requests), row)
            dispatch_id = open_dispatch(
                connection,
                Origin(OWN_REQUEST, str(row["id"])),
                self._letters[act],
                now=now,
                workspace_id=self._workspace_id,
            )
            enqueue(connection, dispatch_id, [number], now=now, workspace_id=self._workspace_id)

        self._store.write(work)

    def find(self, origin: Origin) -> OwnRequest | None:
        """Return the request that a message was sent for; None if it was sent for something else.

        Args:
            origin: of the message whose link somebody follows.
        """
        if origin.kind != OWN_REQUEST:
            return None
        c = own_requests.c
        with self._store.read() as connection:
            row = connection.execute(
                select(own_requests).where(c.workspace_id == self._workspace_id, c.id == origin.id)
            ).one_or_none()
        if row is None:
            return None
        asked_at = from_micros(row.asked_us)
        is_open = row.state == _OPEN and self._clock.now() < asked_at + LIFETIME
        return OwnRequest(row.id, row.act, asked_at, is_open)

    def use(self, request: OwnRequest) -> bool:
        """Take the one time that a request may be acted on; False when it is gone."""
        c = own_requests.c
        since = to_micros(self._clock.now() - LIFETIME)
        taken = self._store.write(
            lambda connection: (
                connection.execute(
                    update(own_requests)
                    .where(
                        c.workspace_id == self._workspace_id,
                        c.id == request.id,
                        c.state == _OPEN,
                        c.asked_us > since,
                    )
                    .values(state=_USED)
                ).rowcount
            )
        )
        return bool(taken)

    def _was_asked(self, connection: Connection, number: int, act: Act, *, since: datetime) -> bool:
        c = own_requests.c
        found = connection.execute(
            select(c.id)
            .where(
                c.workspace_id == self._workspace_id,
                c.number == number,
                c.act == act,
                c.state == _OPEN,
                c.asked_us > to_micros(since),
            )
            .limit(1)
        )
        return found.first() is not None


def forget_requests(
    connection: Connection, numbers: Collection[int], *, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """Delete what erased people asked for."""
    c = own_requests.c
    connection.execute(
        delete(own_requests).where(c.workspace_id == workspace_id, c.number.in_(list(numbers)))
    )
