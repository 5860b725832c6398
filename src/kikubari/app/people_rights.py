"""What a customer may ask for about themselves, over all rooms: export and erasure."""

from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.api import PersonExport
from kikubari.decide.offers import Announcing, Offers
from kikubari.deliver import (
    InboxStore,
    NoticeType,
    OpenDays,
    Outbox,
    RightsNotice,
    RightsNotices,
    forget_calls,
    forget_contact,
    forget_requests,
    withhold_calls,
)
from kikubari.events import EventLog, Forgetting, SequencedEvent, forget_in
from kikubari.journeys import forget_ways, list_ways
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.profiles import (
    Companies,
    ConsentLedger,
    ErasureReceipt,
    ExportReceipt,
    Households,
    Limit,
    LimitReceipt,
    Profiles,
    ProfileView,
    Restrictions,
    Rights,
    Saved,
    TraitStatements,
    query_computed,
)
from kikubari.spec.errors import NotFoundError
from kikubari.storage import ColumnarStore, StateStore

FORMAT = "kikubari-person/1"
_PAGE = 1_000
_MAX_MESSAGES = 100_000


class PeopleRights:
    """Implements `api.PersonRights`.

    Erasing goes outwards in: first the stores that are found by address, then, in one transaction,
    everything in the state store; the columnar copy follows by `Forgetting`. So an erasure cut
    short can be repeated, and one that is receipted is complete or will be.
    """

    def __init__(
        self,
        store: StateStore,
        columnar: ColumnarStore,
        *,
        clock: Clock,
        ids: IdFactory,
        log: EventLog,
        profiles: Profiles,
        consents: ConsentLedger,
        statements: TraitStatements,
        saved: Saved,
        companies: Companies,
        households: Households,
        offers: Offers,
        announcing: Announcing,
        outbox: Outbox,
        open_days: OpenDays,
        inbox: InboxStore,
        rights: Rights,
        restrictions: Restrictions,
        forgetting: Forgetting,
        notices: RightsNotices,
    ) -> None:
        self._store = store
        self._columnar = columnar
        self._clock = clock
        self._ids = ids
        self._log = log
        self._profiles = profiles
        self._consents = consents
        self._statements = statements
        self._saved = saved
        self._companies = companies
        self._households = households
        self._offers = offers
        self._announcing = announcing
        self._outbox = outbox
        self._open_days = open_days
        self._inbox = inbox
        self._rights = rights
        self._restrictions = restrictions
        self._forgetting = forgetting
        self._notices = notices

    def export(self, reference: str, *, by: str) -> PersonExport:
        """Return everything about one person as JSON, and keep a receipt.

        Raises:
            NotFoundError: nobody by that.
        """
        now = self._clock.now()
        content, number = self._gather(reference, now)
        body = msgspec.json.format(msgspec.json.encode(content), indent=1)
        receipt = ExportReceipt(
            receipt_id=self._ids.new_id("exp"),
            profile=number,
            exported_at=now,
            exported_by=by,
            counts={
                name: len(part)
                for name, part in content.items()
                if isinstance(part, list | dict) and part
            },
            digest=sha256(body).hexdigest(),
        )
        self._store.write(lambda connection: self._rights.record_export(connection, receipt))
        return PersonExport(receipt, body)

    def erase(self, reference: str, *, by: str, reason: str) -> ErasureReceipt:
        """Erase one person everywhere.

        Raises:
            NotFoundError: nobody by that.
        """
        with self._store.read() as connection:
            profile = self._profiles.get_profile(connection, reference)
        for address in _addresses(profile):
            self._inbox.delete_for(address)

        def work(connection: Connection) -> ErasureReceipt:
            receipt = self._rights.erase(
                connection,
                profile.number,
                receipt_id=self._ids.new_id("ers"),
                erased_at=self._clock.now(),
                erased_by=by,
                reason=reason,
            )
            self._notices.tell_in(
                connection,
                NoticeType.ERASED,
                receipt.numbers,
                receipt_id=receipt.receipt_id,
                at=receipt.erased_at,
            )
            forget_in(connection, receipt.numbers)
            forget_contact(connection, receipt.numbers)
            forget_requests(connection, receipt.numbers)
            forget_calls(connection, receipt.numbers)
            self._announcing.forget_in(connection, receipt.numbers)
            self._offers.forget_in(connection, receipt.numbers)
            forget_ways(connection, receipt.numbers)
            return receipt

        return self._store.write(work)

    def limit(self, reference: str, limit: Limit, *, by: str, reason: str) -> LimitReceipt:
        """Keep one person's data and do not use it, or not for marketing.

        Raises:
            NotFoundError: nobody by that.
            ConflictError: they have this limit.
        """

        def work(connection: Connection) -> LimitReceipt:
            receipt = LimitReceipt(
                receipt_id=self._ids.new_id("lim"),
                profile=self._find(connection, reference),
                kind=limit,
                placed_at=self._clock.now(),
                placed_by=by,
                reason=reason,
            )
            self._restrictions.place(connection, receipt)
            numbers = self._profiles.list_numbers(connection, receipt.profile)
            withhold_calls(connection, numbers, limit)
            if limit is not Limit.PROFILING:
                self._announcing.forget_in(connection, numbers)
            self._tell_of_limit(connection, NoticeType.LIMITED, receipt, receipt.placed_at)
            return receipt

        return self._store.write(work)

    def lift(self, reference: str, limit: Limit, *, by: str) -> list[LimitReceipt]:
        """Use a person's data again.

        Raises:
            NotFoundError: nobody by that, or no such limit.
        """

        def work(connection: Connection) -> list[LimitReceipt]:
            number = self._find(connection, reference)
            now = self._clock.now()
            lifted = self._restrictions.lift(connection, number, limit, at=now, by=by)
            for one in lifted:
                self._tell_of_limit(connection, NoticeType.LIFTED, one, now, person=number)
            return lifted

        return self._store.write(work)

    def _tell_of_limit(
        self,
        connection: Connection,
        notice: NoticeType,
        receipt: LimitReceipt,
        at: datetime,
        *,
        person: int | None = None,
    ) -> None:
        """Tell the endpoints that know the person, who may be another by now than at first."""
        self._notices.tell_in(
            connection,
            notice,
            self._profiles.list_numbers(connection, person or receipt.profile),
            receipt_id=receipt.receipt_id,
            at=at,
            limit=receipt.kind,
        )

    def find_limits(self, reference: str) -> frozenset[Limit]:
        """Return the limits one person has.

        Raises:
            NotFoundError: nobody by that.
        """
        with self._store.read() as connection:
            number = self._find(connection, reference)
            return self._restrictions.find(connection, [number]).get(number, frozenset())

    def list_limits(self) -> list[LimitReceipt]:
        """Return the receipts of limits, newest first."""
        with self._store.read() as connection:
            return self._restrictions.list_receipts(connection)[::-1]

    def _find(self, connection: Connection, reference: str) -> int:
        number = self._profiles.find_number(connection, reference)
        if number is None:
            raise NotFoundError("nobody by that")
        return number

    def list_erasures(self) -> list[ErasureReceipt]:
        """Return the receipts of erasures, newest first."""
        with self._store.read() as connection:
            return self._rights.list_receipts(connection)[::-1]

    def list_exports(self) -> list[ExportReceipt]:
        """Return the receipts of exports, newest first."""
        with self._store.read() as connection:
            return self._rights.list_exports(connection)[::-1]

    def list_notices(self) -> dict[str, list[RightsNotice]]:
        """Return which endpoints were told, and when they took it, by receipt."""
        with self._store.read() as connection:
            return self._notices.list_by_receipt(connection)

    def list_unfinished(self, receipts: list[ErasureReceipt]) -> set[str]:
        """Return those of the receipts whose rows the columnar copy has still to forget."""
        numbers = {number for receipt in receipts for number in receipt.numbers}
        with self._store.read() as connection:
            waiting = self._forgetting.list_waiting(connection, numbers)
        return {one.receipt_id for one in receipts if not waiting.isdisjoint(one.numbers)}

    def _gather(self, reference: str, now: datetime) -> tuple[dict[str, Any], int]:
        with self._store.read() as connection:
            profile = self._profiles.get_profile(connection, reference)
            number = profile.number
            own = {known.identifier for known in profile.identifiers}
            sharing = self._households.load(connection, [number])[number]
            content: dict[str, Any] = {
                "format": FORMAT,
                "profile": profile.id,
                "exported_at": now,
                "identifiers": profile.identifiers,
                # What links the person with others names those others: it is not theirs to get.
                "links": [one for one in profile.evidence if one.left in own and one.right in own],
                "history": self._profiles.identity_history(connection, number),
                "traits": [
                    {"fact": one.fact, "received_at": one.received_at}
                    for one in self._statements.list_all(connection, number)
                ],
                "standing_traits": {name: one.value for name, one in profile.traits.items()},
                "consents": self._consents.history(connection, number),
                "saved": self._saved.load(connection, [number])[number],
                "companies": self._companies.load(connection, [number])[number],
                "coupons": self._offers.list_held(connection, profile.numbers),
                "last_open_day": self._open_days.last_day(connection, profile.numbers),
                "journeys": list_ways(connection, profile.numbers),
                "household": {
                    "n_members": len(sharing.household),
                    "shared_devices": [one.device for one in sharing.devices],
                    "held_back_because_of": sharing.hold_back,
                },
            }
        content["computed"] = query_computed(self._columnar, [number], as_of=now)[number]
        content["messages"] = self._messages(profile)
        content["events"] = self._events(profile)
        built: dict[str, Any] = msgspec.to_builtins(content)
        return built, number

    def _messages(self, profile: ProfileView) -> list[dict[str, Any]]:
        return [
            {"message": message, "content": self._outbox.find_record(message.id)}
            for message in self._outbox.list_for_person(profile.numbers, limit=_MAX_MESSAGES)
        ]

    def _events(self, profile: ProfileView) -> list[dict[str, Any]]:
        found: list[SequencedEvent] = []
        place = None
        while True:
            page = self._log.page_of_timeline(profile.numbers, before=place, limit=_PAGE)
            found += page.events
            place = page.next
            if place is None:
                return [{"position": one.position, "event": one.event} for one in found]


def _addresses(profile: ProfileView) -> set[str]:
    stated = [profile.traits["email"]] if "email" in profile.traits else []
    said = {trait.value for trait in stated if isinstance(trait.value, str)}
    known = {one.identifier.value for one in profile.identifiers if one.identifier.kind == "email"}
    return {address for address in said | known | {profile.email or ""} if address}
