"""Passkeys: W3C Web Authentication, with challenges kept here and answered once."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import msgspec
import webauthn
from sqlalchemy import Connection, Row, delete, insert, select, update
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kikubari.access._tables import members, passkeys
from kikubari.access.audit import AuditLog
from kikubari.access.contracts import (
    Actor,
    Ceremony,
    MemberSession,
    NewSession,
    Passkey,
    RelyingParty,
)
from kikubari.access.errors import PasskeyRefusedError, WrongCredentialsError
from kikubari.access.second_factors import ensure_codes_in, forget_codes_if_alone
from kikubari.access.sessions import Sessions
from kikubari.access.tickets import TicketKind, Tickets
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, NotFoundError
from kikubari.storage import StateStore

Credential = Mapping[str, Any]  # as a browser's PublicKeyCredential.toJSON() gives it


class Passkeys:
    """Registers, checks, names and removes passkeys.

    Args:
        store: state store.
        clock: tells when one was used.
        ids: names them.
        audit: told of every change.
        sessions: renewed when what a member proves changes.
        tickets: keep challenges until they are answered.
        shop_name: what the browser shows.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        ids: IdFactory,
        *,
        audit: AuditLog,
        sessions: Sessions,
        tickets: Tickets,
        shop_name: str,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._audit = audit
        self._sessions = sessions
        self._tickets = tickets
        self._shop_name = shop_name

    # Registering

    def begin(self, session: MemberSession, email: str, party: RelyingParty) -> Ceremony:
        """Return what the browser needs to make a passkey.

        Raises:
            ConfirmationNeededError: the member must prove themselves anew.
        """
        self._sessions.check_confirmed(session)
        with self._store.read() as connection:
            known = _credentials(connection, session.member_id, party.host)
        options = webauthn.generate_registration_options(
            rp_id=party.host,
            rp_name=self._shop_name,
            user_id=session.member_id.encode(),
            user_name=email,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=known,
        )
        ticket = self._tickets.issue(
            TicketKind.REGISTRATION, member_id=session.member_id, challenge=options.challenge
        )
        return Ceremony(ticket, _raw(options))

    def register(
        self,
        session: MemberSession,
        ticket: str,
        credential: Credential,
        *,
        party: RelyingParty,
        name: str,
        by: Actor,
    ) -> tuple[NewSession, Passkey, list[str]]:
        """Keep a passkey the browser made.

        Returns:
            A renewed session, the passkey, and recovery codes if the member had none.

        Raises:
            LogInExpiredError: the challenge was answered already, or is too old.
            PasskeyRefusedError: the answer does not fit the challenge.
        """
        self._sessions.check_confirmed(session)
        begun = self._tickets.try_once(ticket, [TicketKind.REGISTRATION])
        self._tickets.end(ticket)
        if begun.member_id != session.member_id or begun.challenge is None:
            _refuse()
        try:
            made = webauthn.verify_registration_response(
                credential=dict(credential),
                expected_challenge=begun.challenge,
                expected_rp_id=party.host,
                expected_origin=party.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError) as error:
            _refuse(error)
        row = {
            "workspace_id": DEFAULT_WORKSPACE,
            "id": self._ids.new_id("psk"),
            "credential_id": made.credential_id,
            "member_id": session.member_id,
            "name": name.strip(),
            "host": party.host,
            "public_key": made.credential_public_key,
            "sign_count": made.sign_count,
            "created_us": to_micros(self._clock.now()),
            "last_used_us": None,
        }

        def work(connection: Connection) -> tuple[NewSession, Passkey, list[str]]:
            taken = select(passkeys.c.id).where(passkeys.c.credential_id == made.credential_id)
            if connection.execute(taken).first():
                raise ConflictError("this passkey is registered already")
            connection.execute(insert(passkeys), row)
            codes = ensure_codes_in(connection, session.member_id)
            self._audit.append(connection, by, "passkey.added", str(row["id"]), name)
            renewed = self._sessions.renew_in(connection, session, by, and_end_others=True)
            return renewed, _get(connection, session.member_id, str(row["id"])), codes

        return self._store.write(work)

    # Logging in

    def challenge(self, party: RelyingParty, ticket: str | None = None) -> Ceremony:
        """Return what the browser needs to prove a passkey.

        With the ticket of a right password only that member's passkeys are asked for; without,
        the browser offers what it has for this host, so nobody learns who has an account.

        Raises:
            LogInExpiredError: there is no such ticket.
        """
        required = UserVerificationRequirement.REQUIRED
        options = webauthn.generate_authentication_options(
            rp_id=party.host, user_verification=required
        )
        if ticket is None:
            issued = self._tickets.issue(TicketKind.PASSKEY, challenge=options.challenge)
            return Ceremony(issued, _raw(options))
        member_id = self._tickets.challenge(ticket, options.challenge).member_id or ""
        with self._store.read() as connection:
            known = _credentials(connection, member_id, party.host)
        options.allow_credentials = known
        return Ceremony(ticket, _raw(options))

    def prove(self, ticket: str, credential: Credential, party: RelyingParty) -> str:
        """Return the member whose passkey answered a challenge; the ticket is used up.

        Raises:
            LogInExpiredError: the challenge was answered already, or is too old.
            WrongCredentialsError: the answer is not one of this member's passkeys.
        """
        kinds = (TicketKind.PASSKEY, TicketKind.SECOND_FACTOR)
        begun = self._tickets.try_once(ticket, kinds)
        row = self._find(credential)
        is_theirs = row is not None and begun.member_id in {None, row.member_id}
        if row is None or not is_theirs or begun.challenge is None:
            raise WrongCredentialsError("this passkey is not known here")
        try:
            proof = webauthn.verify_authentication_response(
                credential=dict(credential),
                expected_challenge=begun.challenge,
                expected_rp_id=party.host,
                expected_origin=party.origin,
                credential_public_key=row.public_key,
                credential_current_sign_count=row.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError) as error:
            raise WrongCredentialsError("this passkey is not known here") from error
        self._tickets.end(ticket)
        self._note_use(row.id, proof.new_sign_count)
        return str(row.member_id)

    # Looking after them

    def list_passkeys(self, connection: Connection, member_id: str) -> list[Passkey]:
        """Return a member's passkeys, oldest first."""
        rows = connection.execute(
            select(passkeys)
            .where(passkeys.c.member_id == member_id)
            .order_by(passkeys.c.created_us)
        )
        return [_passkey(row) for row in rows]

    def rename(self, session: MemberSession, passkey_id: str, name: str) -> Passkey:
        """Give a passkey another name.

        Raises:
            NotFoundError: the member has no such passkey.
        """

        def work(connection: Connection) -> Passkey:
            connection.execute(
                update(passkeys)
                .where(passkeys.c.id == passkey_id, passkeys.c.member_id == session.member_id)
                .values(name=name.strip())
            )
            return _get(connection, session.member_id, passkey_id)

        return self._store.write(work)

    def remove(self, session: MemberSession, passkey_id: str, by: Actor) -> NewSession:
        """Forget a passkey; returns a renewed session.

        Raises:
            ConfirmationNeededError: the member must prove themselves anew.
            NotFoundError: the member has no such passkey.
        """
        self._sessions.check_confirmed(session)

        def work(connection: Connection) -> NewSession:
            gone = _get(connection, session.member_id, passkey_id)
            connection.execute(delete(passkeys).where(passkeys.c.id == passkey_id))
            forget_codes_if_alone(connection, session.member_id)
            self._audit.append(connection, by, "passkey.removed", passkey_id, gone.name)
            return self._sessions.renew_in(connection, session, by, and_end_others=True)

        return self._store.write(work)

    def _find(self, credential: Credential) -> Row[Any] | None:
        try:
            credential_id = base64url_to_bytes(credential["rawId"])
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        with self._store.read() as connection:
            return connection.execute(
                select(passkeys)
                .join(members, members.c.id == passkeys.c.member_id)
                .where(passkeys.c.credential_id == credential_id)
            ).one_or_none()

    def _note_use(self, passkey_id: str, sign_count: int) -> None:
        used_us = to_micros(self._clock.now())
        change = update(passkeys).where(passkeys.c.id == passkey_id)
        self._store.write(
            lambda c: c.execute(change.values(sign_count=sign_count, last_used_us=used_us))
        )


def _credentials(
    connection: Connection, member_id: str, host: str
) -> list[PublicKeyCredentialDescriptor]:
    rows: Sequence[Row[Any]] = connection.execute(
        select(passkeys.c.credential_id).where(
            passkeys.c.member_id == member_id, passkeys.c.host == host
        )
    ).all()
    return [PublicKeyCredentialDescriptor(id=row.credential_id) for row in rows]


def _get(connection: Connection, member_id: str, passkey_id: str) -> Passkey:
    row = connection.execute(
        select(passkeys).where(passkeys.c.id == passkey_id, passkeys.c.member_id == member_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"no passkey {passkey_id}")
    return _passkey(row)


def _passkey(row: Row[Any]) -> Passkey:
    return Passkey(
        id=row.id,
        name=row.name,
        host=row.host,
        created_at=from_micros(row.created_us),
        last_used_at=from_micros(row.last_used_us) if row.last_used_us else None,
    )


def _raw(options: Any) -> msgspec.Raw:
    return msgspec.Raw(webauthn.options_to_json(options).encode())


def _refuse(error: Exception | None = None) -> NoReturn:
    raise PasskeyRefusedError("the passkey does not answer the question asked") from error
