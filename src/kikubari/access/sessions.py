"""Sessions of members: opened, found, renewed and ended."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, or_, select, update

from kikubari.access._tables import members, passkeys, sessions
from kikubari.access.audit import AuditLog, storable
from kikubari.access.contracts import (
    ROLE_SCOPES,
    Actor,
    MemberSession,
    NewSession,
    OpenSession,
    Policy,
    Principal,
    Role,
)
from kikubari.access.errors import ConfirmationNeededError
from kikubari.access.policy import idle_time, read_policy
from kikubari.kit.clock import Clock
from kikubari.kit.hashing import hash_secret
from kikubari.kit.ids import IdFactory, random_token
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import Priority, StateStore

# Changing how one logs in needs a proof no older than this.
CONFIRMED_FOR = timedelta(minutes=10)
_SEEN_NOTED_EVERY = timedelta(minutes=1)  # a request is no write
_BROWSER_CHARS = 200


class Sessions:
    """Opens, finds and ends sessions; tokens are stored as hashes."""

    def __init__(self, store: StateStore, clock: Clock, ids: IdFactory, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._audit = audit

    def open(
        self, member_id: str, by: Actor, action: str = "session.opened", *, detail: str = ""
    ) -> NewSession:
        """Open a session under a token of its own, whatever the browser had before."""

        def work(connection: Connection) -> NewSession:
            self._audit.append(connection, by, action, member_id, detail)
            return self.open_in(connection, member_id, by)

        return self._store.write(work)

    def open_in(self, connection: Connection, member_id: str, by: Actor) -> NewSession:
        """Open a session within a transaction; forgets those that have run out."""
        session = NewSession(random_token(32), random_token(24))
        now = self._clock.now()
        longest = timedelta(hours=read_policy(connection).longest_hours)
        connection.execute(delete(sessions).where(sessions.c.expires_us <= to_micros(now)))
        connection.execute(
            insert(sessions),
            {
                "workspace_id": DEFAULT_WORKSPACE,
                "token_hash": hash_secret(session.token),
                "id": self._ids.new_id("ses"),
                "member_id": member_id,
                "csrf_token": session.csrf_token,
                "address": storable(by.address),
                "browser": storable(by.browser, chars=_BROWSER_CHARS),
                "created_us": to_micros(now),
                "confirmed_us": to_micros(now),
                "last_seen_us": to_micros(now),
                "expires_us": to_micros(now + longest),
            },
        )
        connection.execute(
            update(members).where(members.c.id == member_id).values(last_seen_us=to_micros(now))
        )
        return session

    def find_principal(self, token: str) -> Principal | None:
        """Return whose session this is, and keep it alive: idle time counts from now."""
        now = self._clock.now()
        has_passkey = exists().where(passkeys.c.member_id == members.c.id)
        with self._store.read() as connection:
            row = connection.execute(
                select(
                    sessions,
                    members.c.email,
                    members.c.role,
                    or_(members.c.totp_confirmed, has_passkey).label("has_second_factor"),
                )
                .join(members, sessions.c.member_id == members.c.id)
                .where(
                    sessions.c.token_hash == hash_secret(token),
                    sessions.c.expires_us > to_micros(now),
                )
            ).one_or_none()
            policy = read_policy(connection)
        if row is None or _has_rested_too_long(row, policy, now):
            return None
        if row.last_seen_us < to_micros(now - _SEEN_NOTED_EVERY):
            self._note_seen(row, now)
        return _principal(row, policy)

    def list_sessions(self, session: MemberSession) -> list[OpenSession]:
        """Return all sessions of this session's member, the newest first."""
        now = self._clock.now()
        with self._store.read() as connection:
            policy = read_policy(connection)
            rows = connection.execute(
                select(sessions)
                .where(
                    sessions.c.member_id == session.member_id,
                    sessions.c.expires_us > to_micros(now),
                    sessions.c.last_seen_us > to_micros(now - idle_time(policy, session.role)),
                )
                .order_by(sessions.c.created_us.desc())
            )
            return [
                OpenSession(
                    id=row.id,
                    address=row.address,
                    browser=row.browser,
                    created_at=from_micros(row.created_us),
                    last_seen_at=from_micros(row.last_seen_us),
                    is_this=row.id == session.id,
                )
                for row in rows
            ]

    def end(self, session: MemberSession, session_id: str, by: Actor) -> None:
        """End a session of this session's member; another than this one after a proof.

        Raises:
            ConfirmationNeededError: it is another, and the last proof is some time ago.
            NotFoundError: the member has no such session.
        """
        if session_id != session.id:
            self.check_confirmed(session)

        def work(connection: Connection) -> None:
            ended = connection.execute(
                delete(sessions).where(
                    sessions.c.id == session_id, sessions.c.member_id == session.member_id
                )
            )
            if not ended.rowcount:
                raise NotFoundError(f"no session {session_id}")
            self._audit.append(connection, by, "session.ended", session_id)

        self._store.write(work)

    def end_others(self, session: MemberSession, by: Actor) -> None:
        """End every session of the member but this one.

        Raises:
            ConfirmationNeededError: the member last proved who they are some time ago.
        """
        self.check_confirmed(session)

        def work(connection: Connection) -> None:
            connection.execute(
                delete(sessions).where(
                    sessions.c.member_id == session.member_id, sessions.c.id != session.id
                )
            )
            self._audit.append(connection, by, "session.others_ended", session.member_id)

        self._store.write(work)

    def renew_in(
        self, connection: Connection, session: MemberSession, by: Actor, *, and_end_others: bool
    ) -> NewSession:
        """Put another session in the place of this one: its old token is worth nothing."""
        condition = sessions.c.id == session.id
        if and_end_others:
            condition = sessions.c.member_id == session.member_id
        connection.execute(delete(sessions).where(condition))
        return self.open_in(connection, session.member_id, by)

    def check_confirmed(self, session: MemberSession) -> None:
        """Refuse what is too grave for a browser that was left open.

        Raises:
            ConfirmationNeededError: the member last proved who they are some time ago.
        """
        if self._clock.now() - session.confirmed_at > CONFIRMED_FOR:
            raise ConfirmationNeededError

    def _note_seen(self, row: Row[Any], now: datetime) -> None:
        seen_us = to_micros(now)

        def work(connection: Connection) -> None:
            connection.execute(
                update(sessions).where(sessions.c.id == row.id).values(last_seen_us=seen_us)
            )
            connection.execute(
                update(members).where(members.c.id == row.member_id).values(last_seen_us=seen_us)
            )

        # Not waited for: if it were lost, the session would end a little earlier.
        self._store.submit(work, priority=Priority.BACKGROUND)


def end_sessions_in(connection: Connection, member_id: str) -> None:
    """End every session of a member, within a transaction."""
    connection.execute(delete(sessions).where(sessions.c.member_id == member_id))


def _has_rested_too_long(row: Row[Any], policy: Policy, now: datetime) -> bool:
    return from_micros(row.last_seen_us) + idle_time(policy, Role(row.role)) <= now


def _principal(row: Row[Any], policy: Policy) -> Principal:
    role = Role(row.role)
    must_enrol = policy.requires_second_factor and not row.has_second_factor
    session = MemberSession(
        id=row.id,
        member_id=row.member_id,
        role=role,
        csrf_token=row.csrf_token,
        expires_at=from_micros(row.expires_us),
        confirmed_at=from_micros(row.confirmed_us),
        must_enrol=must_enrol,
    )
    return Principal(row.email, frozenset() if must_enrol else ROLE_SCOPES[role], session)
