"""The services of this room, wired to one another once."""

from kikubari.access.approvals import Approvals
from kikubari.access.audit import AuditLog
from kikubari.access.contracts import EnrolledFactors, MemberSession
from kikubari.access.keys import ApiKeys
from kikubari.access.log_in import LogIn
from kikubari.access.members import Members
from kikubari.access.passkeys import Passkeys
from kikubari.access.passwords import PasswordRule, Passwords
from kikubari.access.policy import Policies
from kikubari.access.refusals import Refusals
from kikubari.access.repeats import Repeats
from kikubari.access.second_factors import SecondFactors, count_recovery_codes
from kikubari.access.sessions import Sessions
from kikubari.access.tickets import Tickets
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.storage import StateStore


class Access:
    """Who may do what: keys, members, sessions, second factors, the audit log.

    Args:
        store: state store.
        clock: tells the time.
        ids: names what is made.
        sealing_key: 32 bytes that seal the secrets of authenticator apps.
        audit_key: 32 bytes that mark entries of the audit log.
        shop_name: shown by authenticator apps and by browsers for passkeys; in no new password.
        shop_hosts: names of the shop's hosts, in no new password either.
        passwords: how they are hashed; tests hash faster.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        ids: IdFactory,
        *,
        sealing_key: bytes,
        audit_key: bytes,
        shop_name: str,
        shop_hosts: tuple[str, ...] = (),
        passwords: Passwords | None = None,
    ) -> None:
        self._store = store
        passwords, tickets = passwords or Passwords(), Tickets(store, clock)
        rule = PasswordRule((shop_name, *shop_hosts))
        self.audit = AuditLog(store, clock, audit_key)
        self.refusals = Refusals(store, clock, self.audit)
        self.policies = Policies(store, self.audit)
        self.repeats = Repeats(store, clock, sealing_key)
        self.approvals = Approvals(store, clock, ids, self.audit)
        self.keys = ApiKeys(store, clock, ids, self.audit)
        self.sessions = Sessions(store, clock, ids, self.audit)
        self.members = Members(store, clock, ids, self.audit, passwords=passwords, rule=rule)
        self.second_factors = SecondFactors(
            store, clock, self.audit, self.sessions, key=sealing_key, issuer=shop_name
        )
        self.passkeys = Passkeys(
            store,
            clock,
            ids,
            audit=self.audit,
            sessions=self.sessions,
            tickets=tickets,
            shop_name=shop_name,
        )
        self.log_in = LogIn(
            store,
            clock,
            audit=self.audit,
            passwords=passwords,
            rule=rule,
            sessions=self.sessions,
            factors=self.second_factors,
            passkeys=self.passkeys,
            tickets=tickets,
        )

    def enrolled(self, session: MemberSession) -> EnrolledFactors:
        """Return what the member of a session has set up beside the password."""
        with self._store.read() as connection:
            methods = self.second_factors.list_methods(connection, session.member_id)
            return EnrolledFactors(
                has_totp="totp" in methods,
                recovery_codes_left=count_recovery_codes(connection, session.member_id),
                passkeys=self.passkeys.list_passkeys(connection, session.member_id),
            )
