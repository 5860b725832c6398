"""Logging in: password, then a second factor where there is one; or a passkey alone."""

from typing import NoReturn

from sqlalchemy import Connection, select, update

from kikubari.access._tables import members
from kikubari.access.attempts import Attempts
from kikubari.access.audit import AuditLog, storable
from kikubari.access.contracts import (
    Actor,
    LogInStep,
    MemberSession,
    Method,
    NewSession,
    RelyingParty,
)
from kikubari.access.errors import WrongCredentialsError
from kikubari.access.passkeys import Credential, Passkeys
from kikubari.access.passwords import PasswordRule, Passwords
from kikubari.access.second_factors import SecondFactors
from kikubari.access.sessions import Sessions
from kikubari.access.tickets import TicketKind, Tickets
from kikubari.kit.clock import Clock
from kikubari.storage import StateStore

_LONGEST_ADDRESS = 254


class LogIn:
    """Opens sessions for those who prove who they are."""

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        *,
        audit: AuditLog,
        passwords: Passwords,
        rule: PasswordRule,
        sessions: Sessions,
        factors: SecondFactors,
        passkeys: Passkeys,
        tickets: Tickets,
    ) -> None:
        self._store = store
        self._audit = audit
        self._passwords = passwords
        self._rule = rule
        self._sessions = sessions
        self._factors = factors
        self._passkeys = passkeys
        self._tickets = tickets
        self._attempts = Attempts(clock)

    def by_password(self, email: str, password: str, by: Actor) -> LogInStep:
        """Take the first step. Takes some 0.1 s on purpose: call it off the event loop.

        Raises:
            WrongCredentialsError: address and password do not belong together; the same answer,
                as late, for an address without an account.
            RateLimitedError: too many wrong ones for this account lately.
        """
        account = storable(email.strip().lower(), chars=_LONGEST_ADDRESS)
        self._attempts.check(account)
        with self._store.read() as connection:
            row = connection.execute(
                select(members.c.id, members.c.password_hash).where(members.c.email == account)
            ).one_or_none()
        if not self._passwords.matches(row.password_hash if row else None, password):
            self._refuse(account, by, "password")
        assert row is not None  # noqa: S101 - without an account nothing matches
        with self._store.read() as connection:
            methods = self._factors.list_methods(connection, row.id)
        if methods:
            ticket = self._tickets.issue(TicketKind.SECOND_FACTOR, member_id=row.id)
            return LogInStep(ticket=ticket, methods=methods)
        self._attempts.forget(account)
        return LogInStep(self._open(row.id, by, "password"))

    def by_code(self, ticket: str, code: str, by: Actor) -> NewSession:
        """Take the second step with a code of the app or a recovery code.

        Raises:
            LogInExpiredError: the first step is too old, or this was tried too often.
            WrongCredentialsError: the code is wrong or was used.
            RateLimitedError: too many wrong ones for this account lately.
        """
        begun = self._tickets.try_once(ticket, [TicketKind.SECOND_FACTOR])
        member_id = begun.member_id or ""
        account = self._address_of(member_id)
        self._attempts.check(account)
        method = self._factors.take_code(member_id, code)
        if method is None:
            self._refuse(account, by, "code")
        self._tickets.end(ticket)
        self._attempts.forget(account)
        return self._open(member_id, by, method.value)

    def by_passkey(
        self, ticket: str, credential: Credential, party: RelyingParty, by: Actor
    ) -> NewSession:
        """Take the only, or the second, step with a passkey.

        Raises:
            LogInExpiredError: the challenge is too old or was answered.
            WrongCredentialsError: the passkey is not known.
        """
        member_id = self._passkeys.prove(ticket, credential, party)
        return self._open(member_id, by, Method.PASSKEY.value)

    def confirm(self, session: MemberSession, email: str, password: str, by: Actor) -> NewSession:
        """Prove oneself anew within a session, which goes on under another token.

        Raises:
            WrongCredentialsError: the password is wrong.
            RateLimitedError: too many wrong ones for this account lately.
        """
        self._check_password(session, email, password, by)

        def work(connection: Connection) -> NewSession:
            self._audit.append(connection, by, "session.confirmed", session.id)
            return self._sessions.renew_in(connection, session, by, and_end_others=False)

        return self._store.write(work)

    def change_password(
        self, session: MemberSession, email: str, current: str, new: str, by: Actor
    ) -> NewSession:
        """Change the password; every session ends, this browser gets a new one.

        Raises:
            WrongCredentialsError: the current password is wrong.
            WeakPasswordError: the new one is weak.
            RateLimitedError: too many wrong ones for this account lately.
        """
        self._check_password(session, email, current, by)
        self._rule.check(new, about=(email,))
        hashed = self._passwords.hash(new)

        def work(connection: Connection) -> NewSession:
            connection.execute(
                update(members)
                .where(members.c.id == session.member_id)
                .values(password_hash=hashed)
            )
            self._audit.append(connection, by, "password.changed", session.member_id)
            return self._sessions.renew_in(connection, session, by, and_end_others=True)

        return self._store.write(work)

    def log_out(self, session: MemberSession, by: Actor) -> None:
        """End this session."""
        self._sessions.end(session, session.id, by)

    def _check_password(self, session: MemberSession, email: str, password: str, by: Actor) -> None:
        self._attempts.check(email)
        with self._store.read() as connection:
            hashed = connection.execute(
                select(members.c.password_hash).where(members.c.id == session.member_id)
            ).scalar_one()
        if not self._passwords.matches(hashed, password):
            self._refuse(email, by, "password")
        self._attempts.forget(email)

    def _open(self, member_id: str, by: Actor, method: str) -> NewSession:
        who = Actor(self._address_of(member_id), by.address, by.browser)
        return self._sessions.open(member_id, who, detail=method)

    def _refuse(self, account: str, by: Actor, what: str) -> NoReturn:
        self._attempts.note_failure(account)
        who = Actor(account, by.address)
        self._store.write(
            lambda connection: self._audit.append(connection, who, "session.refused", detail=what)
        )
        raise WrongCredentialsError(
            "this code is wrong or was used"
            if what == "code"
            else "address and password do not belong together",
        )

    def _address_of(self, member_id: str) -> str:
        with self._store.read() as connection:
            address = connection.execute(
                select(members.c.email).where(members.c.id == member_id)
            ).scalar_one_or_none()
        if address is None:
            raise WrongCredentialsError("this account is gone")
        return str(address)
