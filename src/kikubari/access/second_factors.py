"""What a member proves beside the password: an authenticator app, recovery codes."""

import secrets

from sqlalchemy import Connection, delete, func, insert, select, update

from kikubari.access import totp
from kikubari.access._tables import members, passkeys, recovery_codes
from kikubari.access.audit import AuditLog
from kikubari.access.contracts import Actor, MemberSession, Method, NewSession, TotpSetup
from kikubari.access.errors import WrongCredentialsError
from kikubari.access.sessions import Sessions
from kikubari.kit.clock import Clock
from kikubari.kit.hashing import hash_secret
from kikubari.kit.sealing import Seal
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError
from kikubari.storage import StateStore

N_RECOVERY_CODES = 10
# Read aloud and typed without doubt: no 0/o, 1/l/i, u/v.
_SIGNS = "23456789abcdefghjkmnpqrstwxyz"
# 116 bits: as much as a key, so its hash needs not be slow (NIST SP 800-63B, 3.1.2.2).
_CODE_SIGNS = 24
_GROUP = 4


class SecondFactors:
    """Sets up and checks authenticator apps and recovery codes.

    Args:
        store: state store.
        clock: tells which code is current.
        audit: told of every change.
        sessions: renewed when what a member proves changes.
        key: 32 bytes that seal the secrets of authenticator apps.
        issuer: the shop's name, as the app shows it.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        audit: AuditLog,
        sessions: Sessions,
        *,
        key: bytes,
        issuer: str,
    ) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit
        self._sessions = sessions
        self._seal = Seal(key)
        self._issuer = issuer

    def list_methods(self, connection: Connection, member_id: str) -> tuple[Method, ...]:
        """Return by what a member can prove themselves; nothing means the password suffices."""
        has_totp = connection.execute(
            select(members.c.totp_confirmed).where(members.c.id == member_id)
        ).scalar_one()
        has_passkey = connection.execute(
            select(passkeys.c.id).where(passkeys.c.member_id == member_id).limit(1)
        ).first()
        found = [
            method
            for method, is_there in ((Method.PASSKEY, has_passkey), (Method.TOTP, has_totp))
            if is_there
        ]
        if found and count_recovery_codes(connection, member_id):
            found.append(Method.RECOVERY_CODE)
        return tuple(found)

    def begin_totp(self, session: MemberSession, email: str) -> TotpSetup:
        """Make a secret, which counts once a first code confirms it.

        Raises:
            ConfirmationNeededError: the member must prove themselves anew.
            ConflictError: there is an authenticator app already.
        """
        self._sessions.check_confirmed(session)
        secret = totp.new_secret()
        sealed = self._seal.close(secret, of=session.member_id)

        def work(connection: Connection) -> None:
            begun = connection.execute(
                update(members)
                .where(members.c.id == session.member_id, members.c.totp_confirmed.is_(False))
                .values(totp_secret=sealed, totp_step=0)
            )
            if not begun.rowcount:
                raise ConflictError(
                    "an authenticator app is set up already", hint="Remove it before another one."
                )

        self._store.write(work)
        uri = totp.provisioning_uri(secret, account=email, issuer=self._issuer)
        return TotpSetup(secret, uri)

    def confirm_totp(
        self, session: MemberSession, code: str, by: Actor
    ) -> tuple[NewSession, list[str]]:
        """Put an authenticator app in force; returns a renewed session and recovery codes.

        Raises:
            ConfirmationNeededError: the member must prove themselves anew.
            WrongCredentialsError: the code is not the app's.
        """
        self._sessions.check_confirmed(session)

        def work(connection: Connection) -> tuple[NewSession, list[str]]:
            if not self._take_totp(connection, session.member_id, code, confirmed=False):
                raise WrongCredentialsError(
                    "this is not the app's current code", hint="Look at the clock of the phone."
                )
            connection.execute(
                update(members).where(members.c.id == session.member_id).values(totp_confirmed=True)
            )
            self._audit.append(connection, by, "totp.added", session.member_id)
            codes = _new_codes(connection, session.member_id)
            renewed = self._sessions.renew_in(connection, session, by, and_end_others=True)
            return renewed, codes

        return self._store.write(work)

    def remove_totp(self, session: MemberSession, by: Actor) -> NewSession:
        """Forget the authenticator app; recovery codes too, if nothing else is left.

        Raises:
            ConfirmationNeededError: the member must prove themselves anew.
        """
        self._sessions.check_confirmed(session)

        def work(connection: Connection) -> NewSession:
            connection.execute(
                update(members)
                .where(members.c.id == session.member_id)
                .values(totp_secret=None, totp_confirmed=False)
            )
            forget_codes_if_alone(connection, session.member_id)
            self._audit.append(connection, by, "totp.removed", session.member_id)
            return self._sessions.renew_in(connection, session, by, and_end_others=True)

        return self._store.write(work)

    def renew_recovery_codes(self, session: MemberSession, by: Actor) -> list[str]:
        """Return ten new recovery codes; the old ones are worth nothing.

        Raises:
            ConfirmationNeededError: the member must prove themselves anew.
            ConflictError: there is nothing to recover from.
        """
        self._sessions.check_confirmed(session)

        def work(connection: Connection) -> list[str]:
            if not self.list_methods(connection, session.member_id):
                raise ConflictError("there is no second factor to recover from")
            self._audit.append(connection, by, "recovery_codes.renewed", session.member_id)
            return _new_codes(connection, session.member_id)

        return self._store.write(work)

    def take_code(self, member_id: str, code: str) -> Method | None:
        """Use up a code of the app or a recovery code; None if it is neither."""
        text = "".join(code.split()).replace("-", "").lower()

        def work(connection: Connection) -> Method | None:
            if text.isdecimal() and text.isascii():
                is_right = self._take_totp(connection, member_id, text, confirmed=True)
                return Method.TOTP if is_right else None
            taken = connection.execute(
                delete(recovery_codes).where(
                    recovery_codes.c.member_id == member_id,
                    recovery_codes.c.code_hash == hash_secret(text),
                )
            )
            return Method.RECOVERY_CODE if taken.rowcount else None

        return self._store.write(work)

    def _take_totp(
        self, connection: Connection, member_id: str, code: str, *, confirmed: bool
    ) -> bool:
        """Say whether a code is right, and never again for the same one: RFC 6238, 5.2."""
        sealed = connection.execute(
            select(members.c.totp_secret).where(
                members.c.id == member_id, members.c.totp_confirmed.is_(confirmed)
            )
        ).scalar_one_or_none()
        if sealed is None:
            return False
        step = totp.find_step(self._open(member_id, sealed), code.strip(), self._clock.now())
        if step is None:
            return False
        taken = connection.execute(
            update(members)
            .where(members.c.id == member_id, members.c.totp_step < step)
            .values(totp_step=step)
        )
        return bool(taken.rowcount)

    def _open(self, member_id: str, sealed: bytes) -> str:
        secret = self._seal.open(sealed, of=member_id)
        if secret is None:
            raise WrongCredentialsError(
                "the authenticator app's secret does not open",
                hint="Put back the keys folder that belongs to this data, or reset the member.",
            )
        return secret


def ensure_codes_in(connection: Connection, member_id: str) -> list[str]:
    """Return new recovery codes for a member who has none, else nothing."""
    if count_recovery_codes(connection, member_id):
        return []
    return _new_codes(connection, member_id)


def count_recovery_codes(connection: Connection, member_id: str) -> int:
    """Return how many recovery codes a member has left."""
    query = select(func.count()).select_from(recovery_codes)
    return int(
        connection.execute(query.where(recovery_codes.c.member_id == member_id)).scalar_one()
    )


def forget_codes_if_alone(connection: Connection, member_id: str) -> None:
    """Forget recovery codes of a member who has nothing left to recover from."""
    has_totp = connection.execute(
        select(members.c.totp_confirmed).where(members.c.id == member_id)
    ).scalar_one()
    has_passkey = connection.execute(
        select(passkeys.c.id).where(passkeys.c.member_id == member_id).limit(1)
    ).first()
    if not has_totp and not has_passkey:
        connection.execute(delete(recovery_codes).where(recovery_codes.c.member_id == member_id))


def forget_factors_in(connection: Connection, member_id: str) -> None:
    """Forget everything a member proves beside the password."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.member_id == member_id))
    connection.execute(delete(passkeys).where(passkeys.c.member_id == member_id))
    connection.execute(
        update(members)
        .where(members.c.id == member_id)
        .values(totp_secret=None, totp_confirmed=False)
    )


def _new_codes(connection: Connection, member_id: str) -> list[str]:
    codes = [
        "".join(secrets.choice(_SIGNS) for _ in range(_CODE_SIGNS)) for _ in range(N_RECOVERY_CODES)
    ]
    connection.execute(delete(recovery_codes).where(recovery_codes.c.member_id == member_id))
    connection.execute(
        insert(recovery_codes),
        [
            {
                "workspace_id": DEFAULT_WORKSPACE,
                "member_id": member_id,
                "code_hash": hash_secret(code),
            }
            for code in codes
        ],
    )
    starts = range(0, _CODE_SIGNS, _GROUP)
    return ["-".join(code[start : start + _GROUP] for start in starts) for code in codes]


def reseal_app_secrets(store: StateStore, old: Seal, new: Seal) -> int:
    """Close the secrets of authenticator apps with another seal; returns how many there were.

    What `new` opens already, or `old` does not open, is left alone.
    """

    def work(connection: Connection) -> int:
        found = connection.execute(
            select(members.c.id, members.c.totp_secret).where(members.c.totp_secret.is_not(None))
        ).all()
        secrets_by_id = {row.id: old.open(row.totp_secret, of=row.id) for row in found}
        opened = {id_: secret for id_, secret in secrets_by_id.items() if secret is not None}
        for member_id, secret in opened.items():
            connection.execute(
                update(members)
                .where(members.c.id == member_id)
                .values(totp_secret=new.close(secret, of=member_id))
            )
        return len(opened)

    return store.write(work)
