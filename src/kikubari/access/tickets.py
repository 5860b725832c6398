"""What is begun in one request and ended in another: used once, and not for long."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from kikubari.access._tables import tickets
from kikubari.access.errors import LogInExpiredError
from kikubari.kit.clock import Clock
from kikubari.kit.hashing import hash_secret
from kikubari.kit.ids import random_token
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import RateLimitedError
from kikubari.storage import StateStore

LIFE = timedelta(minutes=5)
MAX_TRIES = 5
# Anybody may ask for a passkey challenge: the table stays small whatever is asked.
_KEPT = 10_000


class TicketKind(StrEnum):
    """What was begun."""

    SECOND_FACTOR = "second_factor"  # the password was right
    PASSKEY = "passkey"  # a log-in by passkey alone
    REGISTRATION = "registration"  # of a passkey, by a member who is logged in


class Ticket(msgspec.Struct, frozen=True):
    """What a ticket stands for."""

    kind: TicketKind
    member_id: str | None
    challenge: bytes | None


class Tickets:
    """Issues tickets, and takes them back."""

    def __init__(self, store: StateStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def issue(
        self, kind: TicketKind, *, member_id: str | None = None, challenge: bytes | None = None
    ) -> str:
        """Return a new ticket.

        Raises:
            RateLimitedError: very many are open.
        """
        token = random_token()
        now = self._clock.now()
        row = {
            "workspace_id": DEFAULT_WORKSPACE,
            "token_hash": hash_secret(token),
            "kind": kind.value,
            "member_id": member_id,
            "challenge": challenge,
            "tries": 0,
            "expires_us": to_micros(now + LIFE),
        }

        def work(connection: Connection) -> None:
            connection.execute(delete(tickets).where(tickets.c.expires_us <= to_micros(now)))
            if connection.execute(select(func.count()).select_from(tickets)).scalar_one() >= _KEPT:
                raise RateLimitedError("too many log-ins are under way", retry_after_seconds=60)
            connection.execute(insert(tickets), row)

        self._store.write(work)
        return token

    def challenge(self, token: str, challenge: bytes) -> Ticket:
        """Give an open ticket of a second factor the challenge its passkey must answer.

        Raises:
            LogInExpiredError: there is no such ticket.
        """

        def work(connection: Connection) -> Ticket:
            found = self._read(connection, token, (TicketKind.SECOND_FACTOR,))
            connection.execute(
                update(tickets)
                .where(tickets.c.token_hash == hash_secret(token))
                .values(challenge=challenge)
            )
            return found

        return self._store.write(work)

    def try_once(self, token: str, kinds: Sequence[TicketKind]) -> Ticket:
        """Return what a ticket stands for, counting one try; its challenge is answered by it.

        Raises:
            LogInExpiredError: there is none of these kinds, or it was tried too often.
        """

        def work(connection: Connection) -> Ticket:
            found = self._read(connection, token, kinds)
            taken = connection.execute(
                update(tickets)
                .where(
                    tickets.c.token_hash == hash_secret(token),
                    tickets.c.tries < MAX_TRIES,
                    # Two answers to one challenge at once: the second finds it gone.
                    tickets.c.challenge.is_(None)
                    if found.challenge is None
                    else tickets.c.challenge == found.challenge,
                )
                .values(tries=tickets.c.tries + 1, challenge=None)
            )
            if not taken.rowcount:
                raise LogInExpiredError
            return found

        return self._store.write(work)

    def end(self, token: str) -> None:
        """Take a ticket back.

        Raises:
            LogInExpiredError: somebody else used it meanwhile.
        """
        hashed = hash_secret(token)
        ended = self._store.write(
            lambda c: c.execute(delete(tickets).where(tickets.c.token_hash == hashed)).rowcount
        )
        if not ended:
            raise LogInExpiredError

    def _read(self, connection: Connection, token: str, kinds: Sequence[TicketKind]) -> Ticket:
        row = connection.execute(
            select(tickets.c.kind, tickets.c.member_id, tickets.c.challenge).where(
                tickets.c.token_hash == hash_secret(token),
                tickets.c.kind.in_([kind.value for kind in kinds]),
                tickets.c.expires_us > to_micros(self._clock.now()),
            )
        ).one_or_none()
        if row is None:
            raise LogInExpiredError
        return Ticket(TicketKind(row.kind), row.member_id, row.challenge)
