"""Members: who works in the console, as what; how they get in and how they leave."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, or_, select, update

from kikubari.access._tables import member_links, members, passkeys
from kikubari.access.audit import AuditLog
from kikubari.access.contracts import Actor, LinkFacts, LinkKind, Member, OneTimeLink, Role
from kikubari.access.errors import LastAdminError, LinkSpentError
from kikubari.access.passwords import PasswordRule, Passwords
from kikubari.access.second_factors import forget_factors_in
from kikubari.access.sessions import end_sessions_in
from kikubari.kit.clock import Clock
from kikubari.kit.hashing import hash_secret
from kikubari.kit.ids import IdFactory, random_token
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.storage import StateStore

LINK_LIFE = {LinkKind.INVITATION: timedelta(days=7), LinkKind.NEW_PASSWORD: timedelta(days=1)}
_ADDRESS = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,190}")


class Members:
    """Adds, changes and removes members; makes and redeems their one-time links."""

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        ids: IdFactory,
        audit: AuditLog,
        *,
        passwords: Passwords,
        rule: PasswordRule,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._audit = audit
        self._passwords = passwords
        self._rule = rule

    def create(self, email: str, password: str, role: Role, by: Actor, *, name: str = "") -> Member:
        """Add a member who has a password already.

        Raises:
            InvalidInputError: not an address, or a weak password.
            ConflictError: the address has an account already.
        """
        account = account_of(email)
        self._rule.check(password, about=(account, name))
        hashed = self._passwords.hash(password)

        def work(connection: Connection) -> Member:
            member = self._insert(connection, account, name, role, hashed)
            self._audit.append(connection, by, "member.created", member.id, f"{account}: {role}")
            return member

        return self._store.write(work)

    def invite(self, email: str, role: Role, by: Actor, *, name: str = "") -> OneTimeLink:
        """Add a member who chooses a password by a one-time link.

        Raises:
            InvalidInputError: not an address.
            ConflictError: the address has an account already.
        """
        account = account_of(email)

        def work(connection: Connection) -> OneTimeLink:
            member = self._insert(connection, account, name, role, None)
            self._audit.append(connection, by, "member.invited", member.id, f"{account}: {role}")
            return self._new_link(connection, member, LinkKind.INVITATION)

        return self._store.write(work)

    def list_members(self) -> list[Member]:
        """Return all members by address."""
        with self._store.read() as connection:
            return [_member(row) for row in connection.execute(_SELECT.order_by(members.c.email))]

    def get(self, member_id: str) -> Member:
        """Return a member.

        Raises:
            NotFoundError: there is none.
        """
        with self._store.read() as connection:
            return get_in(connection, member_id)

    def change(self, member_id: str, role: Role, by: Actor, *, name: str) -> Member:
        """Change a member's role and name. Another role ends their sessions: they log in anew.

        Raises:
            NotFoundError: there is no such member.
            LastAdminError: nobody else is an admin.
        """

        def work(connection: Connection) -> Member:
            before = get_in(connection, member_id)
            if before.role is Role.ADMIN and role is not Role.ADMIN:
                _check_not_last_admin(connection, member_id)
            connection.execute(
                update(members).where(members.c.id == member_id).values(role=role.value, name=name)
            )
            if role is not before.role:
                end_sessions_in(connection, member_id)
            detail = f"{before.email}: {before.role} → {role}"
            self._audit.append(connection, by, "member.changed", member_id, detail)
            return get_in(connection, member_id)

        return self._store.write(work)

    def remove(self, member_id: str, by: Actor) -> None:
        """Remove a member with their sessions, links, codes and passkeys.

        Raises:
            NotFoundError: there is no such member.
            LastAdminError: nobody else is an admin.
        """

        def work(connection: Connection) -> None:
            member = get_in(connection, member_id)
            if member.role is Role.ADMIN:
                _check_not_last_admin(connection, member_id)
            end_sessions_in(connection, member_id)
            forget_factors_in(connection, member_id)
            connection.execute(delete(member_links).where(member_links.c.member_id == member_id))
            connection.execute(delete(members).where(members.c.id == member_id))
            self._audit.append(connection, by, "member.removed", member_id, member.email)

        self._store.write(work)

    def reset(self, member_id: str, by: Actor, *, forgets_second_factor: bool) -> OneTimeLink:
        """Return a link by which a member chooses a new password; earlier links end.

        Until it is redeemed the old password works. Without its second factor, which is for who
        lost the device, the member's sessions end at once.

        Raises:
            NotFoundError: there is no such member.
        """

        def work(connection: Connection) -> OneTimeLink:
            member = get_in(connection, member_id)
            kind = LinkKind.INVITATION if member.is_invited else LinkKind.NEW_PASSWORD
            if forgets_second_factor:
                forget_factors_in(connection, member_id)
                end_sessions_in(connection, member_id)
            detail = "second factor forgotten" if forgets_second_factor else ""
            self._audit.append(connection, by, f"member.{kind}_issued", member_id, detail)
            return self._new_link(connection, get_in(connection, member_id), kind)

        return self._store.write(work)

    def read_link(self, token: str) -> LinkFacts:
        """Return whom a one-time link is for, without using it.

        Raises:
            LinkSpentError: it is unknown, used or too old.
        """
        with self._store.read() as connection:
            link = self._find_link(connection, token)
            return LinkFacts(LinkKind(link.kind), get_in(connection, link.member_id).email)

    def redeem_link(self, token: str, password: str, by: Actor) -> None:
        """Set the password that a one-time link is for; every session of its member ends.

        Raises:
            LinkSpentError: it is unknown, used or too old.
            WeakPasswordError: the password is.
        """
        facts = self.read_link(token)
        self._rule.check(password, about=(facts.email,))
        hashed = self._passwords.hash(password)

        def work(connection: Connection) -> None:
            link = self._find_link(connection, token)
            used = connection.execute(
                delete(member_links).where(member_links.c.token_hash == hash_secret(token))
            )
            if not used.rowcount:
                raise LinkSpentError
            connection.execute(
                update(members).where(members.c.id == link.member_id).values(password_hash=hashed)
            )
            end_sessions_in(connection, link.member_id)
            who = Actor(facts.email, by.address)
            self._audit.append(connection, who, f"member.{link.kind}_redeemed", link.member_id)

        self._store.write(work)

    def _insert(
        self, connection: Connection, account: str, name: str, role: Role, hashed: str | None
    ) -> Member:
        taken = select(members.c.id).where(members.c.email == account)
        if connection.execute(taken).first():
            raise ConflictError(f"{account} has an account already")
        member_id = self._ids.new_id("mem")
        row = {
            "workspace_id": DEFAULT_WORKSPACE,
            "id": member_id,
            "email": account,
            "name": name.strip(),
            "role": role.value,
            "password_hash": hashed,
            "totp_confirmed": False,
            "totp_step": 0,
            "created_us": to_micros(self._clock.now()),
        }
        connection.execute(insert(members), row)
        return get_in(connection, member_id)

    def _new_link(self, connection: Connection, member: Member, kind: LinkKind) -> OneTimeLink:
        token, expires_at = random_token(), self._clock.now() + LINK_LIFE[kind]
        connection.execute(delete(member_links).where(member_links.c.member_id == member.id))
        row = {
            "workspace_id": DEFAULT_WORKSPACE,
            "token_hash": hash_secret(token),
            "member_id": member.id,
            "kind": kind.value,
            "expires_us": to_micros(expires_at),
        }
        connection.execute(insert(member_links), row)
        return OneTimeLink(kind, member, token, expires_at)

    def _find_link(self, connection: Connection, token: str) -> Row[Any]:
        row = connection.execute(
            select(member_links).where(
                member_links.c.token_hash == hash_secret(token),
                member_links.c.expires_us > to_micros(self._clock.now()),
            )
        ).one_or_none()
        if row is None:
            raise LinkSpentError
        return row


_SELECT = select(
    members,
    or_(members.c.totp_confirmed, exists().where(passkeys.c.member_id == members.c.id)).label(
        "has_second_factor"
    ),
)


def account_of(email: str) -> str:
    """Return an address as accounts are found by it.

    Raises:
        InvalidInputError: not an address.
    """
    account = email.strip().lower()
    if not _ADDRESS.fullmatch(account):
        raise InvalidInputError("a member needs an e-mail address", hint="hana@example.jp")
    return account


def get_in(connection: Connection, member_id: str) -> Member:
    """Return a member within a transaction.

    Raises:
        NotFoundError: there is none.
    """
    row = connection.execute(_SELECT.where(members.c.id == member_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"no member {member_id}")
    return _member(row)


def _check_not_last_admin(connection: Connection, member_id: str) -> None:
    """Refuse to leave an installation that nobody can administer; invited ones cannot yet.

    All admins are held until the transaction ends, in one order: of two who remove each other at
    the same moment the second finds no other.
    """
    admins = connection.execute(
        select(members.c.id)
        .where(members.c.role == Role.ADMIN.value, members.c.password_hash.is_not(None))
        .order_by(members.c.id)
        .with_for_update()
    ).scalars()
    if not set(admins) - {member_id}:
        raise LastAdminError


def _member(row: Row[Any]) -> Member:
    return Member(
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        is_invited=row.password_hash is None,
        has_second_factor=bool(row.has_second_factor),
        created_at=from_micros(row.created_us),
        last_seen_at=from_micros(row.last_seen_us) if row.last_seen_us else None,
    )
