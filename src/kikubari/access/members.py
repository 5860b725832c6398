"""Members of the console and their sessions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, delete, func, insert, select, update

from kikubari.access._tables import members, sessions
from kikubari.access.attempts import Attempts
from kikubari.access.contracts import Member, Principal
from kikubari.access.keys import hash_secret
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory, random_token
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, InvalidInputError
from kikubari.storage import StateStore

SESSION_IDLE = timedelta(hours=8)
_RENEWAL = timedelta(minutes=5)  # a session's end moves this seldom: a page is no write
_SHORTEST_PASSWORD = 10


class Session(msgspec.Struct, frozen=True):
    """A fresh session: the token goes into a cookie and is stored nowhere."""

    token: str
    csrf_token: str


class Members:
    """Log-in by e-mail address and password."""

    def __init__(self, store: StateStore, clock: Clock, ids: IdFactory) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._hasher = PasswordHasher()
        self._attempts = Attempts(clock)
        # Compared against when the address is unknown, so that both answers take as long.
        self._decoy = self._hasher.hash(random_token())

    def create(self, email: str, password: str, scopes: Sequence[str]) -> Member:
        """Add a member.

        Raises:
            InvalidInputError: the password is too short.
            ConflictError: the address has an account already.
        """
        if len(password) < _SHORTEST_PASSWORD:
            raise InvalidInputError(
                f"the password needs at least {_SHORTEST_PASSWORD} characters",
                hint="Length matters more than special characters.",
            )
        row = {
            "workspace_id": DEFAULT_WORKSPACE,
            "id": self._ids.new_id("mem"),
            "email": email.strip().lower(),
            "password_hash": self._hasher.hash(password),
            "scopes": " ".join(scopes),
            "created_us": to_micros(self._clock.now()),
        }

        def work(connection: Connection) -> Member:
            taken = select(members.c.id).where(members.c.email == row["email"])
            if connection.execute(taken).first():
                raise ConflictError(f"{row['email']} has an account already")
            connection.execute(insert(members), row)
            return Member(str(row["id"]), str(row["email"]), tuple(scopes))

        return self._store.write(work)

    def count(self) -> int:
        """Return how many members there are."""
        with self._store.read() as connection:
            return int(connection.execute(select(func.count()).select_from(members)).scalar_one())

    def log_in(self, email: str, password: str) -> Session | None:
        """Open a session; None if address and password do not belong together.

        Takes some 0.1 s on purpose: call it off the event loop.

        Raises:
            RateLimitedError: too many wrong passwords for this account lately.
        """
        account = email.strip().lower()
        self._attempts.check(account)
        with self._store.read() as connection:
            row = connection.execute(
                select(members.c.id, members.c.password_hash).where(members.c.email == account)
            ).one_or_none()
        try:
            self._hasher.verify(row.password_hash if row else self._decoy, password)
        except VerificationError:
            self._attempts.note_failure(account)
            return None
        self._attempts.forget(account)
        return self._open_session(row.id) if row else None

    def find_principal(self, token: str) -> Principal | None:
        """Return whose session this is, and keep it alive: idle time counts from now."""
        now = self._clock.now()
        with self._store.read() as connection:
            row = connection.execute(
                select(
                    members.c.email,
                    members.c.scopes,
                    sessions.c.csrf_token,
                    sessions.c.expires_us,
                )
                .join(sessions, sessions.c.member_id == members.c.id)
                .where(
                    sessions.c.token_hash == hash_secret(token),
                    sessions.c.expires_us > to_micros(now),
                )
            ).one_or_none()
        if row is None:
            return None
        if row.expires_us < to_micros(now + SESSION_IDLE - _RENEWAL):
            self._keep_alive(token, now)
        return Principal(row.email, frozenset(row.scopes.split()), row.csrf_token)

    def _keep_alive(self, token: str, now: datetime) -> None:
        expires_us = to_micros(now + SESSION_IDLE)
        self._store.write(
            lambda c: c.execute(
                update(sessions)
                .where(sessions.c.token_hash == hash_secret(token))
                .values(expires_us=expires_us)
            )
        )

    def log_out(self, token: str) -> None:
        """End a session."""
        self._store.write(
            lambda c: c.execute(delete(sessions).where(sessions.c.token_hash == hash_secret(token)))
        )

    def _open_session(self, member_id: str) -> Session:
        session = Session(random_token(32), random_token(24))
        now = self._clock.now()
        row = {
            "workspace_id": DEFAULT_WORKSPACE,
            "token_hash": hash_secret(session.token),
            "member_id": member_id,
            "csrf_token": session.csrf_token,
            "expires_us": to_micros(now + SESSION_IDLE),
        }

        def work(connection: Connection) -> None:
            connection.execute(delete(sessions).where(sessions.c.expires_us < to_micros(now)))
            connection.execute(insert(sessions), row)

        self._store.write(work)
        return session
