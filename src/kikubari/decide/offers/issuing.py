"""Handing out codes, each to one person, never more than an offer allows.

Whoever hands out codes of an offer holds its row's lock until the commit, so that its counts are
true under any number of workers; a batch costs a few statements, however many people it has.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from kikubari.decide.offers import _repository as rows
from kikubari.decide.offers.codes import RandomBelow, code_key, make_code
from kikubari.decide.offers.contracts import (
    CodeNews,
    CodeSource,
    CodeState,
    Coupon,
    OfferDefinition,
    People,
    Refusal,
    Wanted,
)
from kikubari.decide.offers.validity import find_expiry, refuse_by_date
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE

decode_definition = msgspec.json.Decoder(OfferDefinition).decode


class Issuing:
    """Hands out codes and takes them back.

    Args:
        people: says which numbers are one person.
        zone: the shop's; days begin and end there.
        below: randomness of the codes that are made here.
        is_heard: says whether another system is to be told of codes.
        workspace_id: whose offers.
    """

    def __init__(
        self,
        people: People,
        zone: ZoneInfo,
        *,
        below: RandomBelow = secrets.randbelow,
        is_heard: Callable[[Connection], bool] = lambda _: False,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._people = people
        self._zone = zone
        self._below = below
        self._is_heard = is_heard
        self._workspace_id = workspace_id

    def issue(
        self, connection: Connection, wanted: Sequence[Wanted], *, now: datetime
    ) -> dict[str, Coupon | Refusal]:
        """Return what each gets, by claim; the caller's commit makes it theirs."""
        if not wanted:
            return {}
        locked = rows.lock_offers(connection, self._workspace_id, {one.offer_id for one in wanted})
        # After the lock: what another worker gave for the same claim is to be seen.
        had = rows.find_claimed(connection, self._workspace_id, {one.claim for one in wanted})
        given: dict[str, Coupon | Refusal] = {claim: coupon_of(row) for claim, row in had.items()}
        for offer_id in sorted({one.offer_id for one in wanted}):
            asking = [one for one in wanted if one.offer_id == offer_id and one.claim not in given]
            if offer_id in locked:
                given |= self._issue_of(connection, locked[offer_id], asking, now)
            else:
                given |= {one.claim: Refusal.OFFER_ENDED for one in asking}
        return given

    def find(self, connection: Connection, claims: Collection[str]) -> dict[str, Coupon]:
        """Return what was handed out before, by claim."""
        found = rows.find_claimed(connection, self._workspace_id, claims)
        return {claim: coupon_of(row) for claim, row in found.items()}

    def _issue_of(
        self, connection: Connection, offer: rows.Found, asking: Sequence[Wanted], now: datetime
    ) -> dict[str, Coupon | Refusal]:
        definition = decode_definition(offer.definition)
        refusal = self._refuse_all(offer, definition, now)
        if refusal is not None:
            return {one.claim: refusal for one in asking}
        given: dict[str, Coupon | Refusal] = {}
        allowed = self._within_person_limit(connection, offer.id, definition, asking)
        given |= {
            one.claim: Refusal.PERSON_LIMIT_REACHED for one in asking if one.claim not in allowed
        }
        asking = [one for one in asking if one.claim in allowed]
        most = definition.limits.most
        room = len(asking) if most is None else max(0, most - offer.n_issued)
        given |= {one.claim: Refusal.LIMIT_REACHED for one in asking[room:]}
        return given | self._give(connection, offer.id, definition, asking[:room], now)

    def _refuse_all(
        self, offer: rows.Found, definition: OfferDefinition, now: datetime
    ) -> Refusal | None:
        if offer.is_ended:
            return Refusal.OFFER_ENDED
        budget = definition.limits.budget_minor
        if budget is not None and offer.discount_minor >= budget:
            return Refusal.BUDGET_USED
        return refuse_by_date(definition.validity, now, self._zone)

    def _within_person_limit(
        self,
        connection: Connection,
        offer_id: str,
        definition: OfferDefinition,
        asking: Sequence[Wanted],
    ) -> set[str]:
        """Return the claims that stay within what one person may have."""
        people = self._people.list_numbers(
            connection, {one.number for one in asking}, workspace_id=self._workspace_id
        )
        numbers = {number for _, own in people.values() for number in own}
        numbers |= {one.number for one in asking}
        held = rows.count_held(connection, self._workspace_id, offer_id, numbers)
        has = {
            person: sum(held.get(number, 0) for number in {*own, person})
            for person, own in people.values()
        }
        allowed = set()
        for one in asking:
            person = people[one.number][0] if one.number in people else one.number
            has.setdefault(person, held.get(one.number, 0))
            if has[person] < definition.limits.per_person:
                has[person] += 1
                allowed.add(one.claim)
        return allowed

    def _give(
        self,
        connection: Connection,
        offer_id: str,
        definition: OfferDefinition,
        asking: Sequence[Wanted],
        now: datetime,
    ) -> dict[str, Coupon | Refusal]:
        expires_at = self.find_expiry(definition, now)
        expires_us = None if expires_at is None else to_micros(expires_at)
        now_us, issued = to_micros(now), CodeState.ISSUED.value
        news = (CodeNews.ISSUED if self._is_heard(connection) else CodeNews.NONE).value
        if definition.codes is CodeSource.UPLOADED:
            free = rows.list_free(connection, self._workspace_id, offer_id, limit=len(asking))
            codes = [row.code for row in free]
            taken = {
                row.code_key: {
                    "state": issued,
                    "claim": one.claim,
                    "number": one.number,
                    "issued_us": now_us,
                    "expires_us": expires_us,
                    "news": news,
                }
                for row, one in zip(free, asking, strict=False)
            }
            rows.set_codes(connection, self._workspace_id, taken)
        else:
            codes = self._make_codes(connection, definition.prefix, len(asking))
            until = (now_us, expires_us, news)
            made = [
                (code_key(code), offer_id, code, issued, one.claim, one.number, *until)
                for code, one in zip(codes, asking, strict=True)
            ]
            rows.insert_codes(connection, self._workspace_id, made)
        n_free = -len(codes) if definition.codes is CodeSource.UPLOADED else 0
        changes = {"n_issued": len(codes), "n_free": n_free}
        rows.add_counts(connection, self._workspace_id, offer_id, changes)
        given: dict[str, Coupon | Refusal] = {
            one.claim: Coupon(offer_id=offer_id, code=code, issued_at=now, expires_at=expires_at)
            for code, one in zip(codes, asking, strict=False)
        }
        return given | {one.claim: Refusal.NO_CODES_LEFT for one in asking[len(codes) :]}

    def _make_codes(self, connection: Connection, prefix: str, n: int) -> list[str]:
        """Return codes that nobody has had."""
        codes: dict[str, str] = {}
        while len(codes) < n:
            drawn = {code_key(code): code for code in self._draw(prefix, n - len(codes))}
            known = rows.find_codes(connection, self._workspace_id, drawn)
            codes |= {key: code for key, code in drawn.items() if key not in known}
        return list(codes.values())

    def _draw(self, prefix: str, n: int) -> Iterable[str]:
        return (make_code(prefix, self._below) for _ in range(n))

    def find_expiry(self, definition: OfferDefinition, at: datetime) -> datetime | None:
        """Return until when a code handed out at an instant is good."""
        return find_expiry(definition.validity, at, self._zone)

    def release(self, connection: Connection, claims: Collection[str]) -> None:
        """Take back what was handed out for messages that never left.

        An uploaded code is free again; one made here is void, and its place can be another's. A
        code that an order was made with stays: its message did arrive.
        """
        found = rows.find_claimed(connection, self._workspace_id, claims)
        offer_ids = {row.offer_id for row in found.values()}
        if not offer_ids:
            return
        locked = rows.lock_offers(connection, self._workspace_id, offer_ids)
        found = rows.find_claimed(connection, self._workspace_id, claims)
        for offer_id in sorted(locked):
            definition = decode_definition(locked[offer_id].definition)
            is_free = definition.codes is CodeSource.UPLOADED
            back = [
                row
                for row in found.values()
                if row.offer_id == offer_id and row.state == CodeState.ISSUED
            ]
            values: dict[str, object] = {"state": CodeState.VOID.value, "claim": None}
            if is_free:
                values = {"state": CodeState.FREE.value, "claim": None, "number": 0, "issued_us": 0}
            rows.set_codes(
                connection,
                self._workspace_id,
                {row.code_key: {**values, "news": _news_of_return(row)} for row in back},
            )
            changes = {"n_issued": -len(back), "n_free": len(back) if is_free else 0}
            rows.add_counts(connection, self._workspace_id, offer_id, changes)


def _news_of_return(row: rows.Found) -> int:
    """Return what is to be told of a code that comes back: nothing, unless it was told."""
    was_told = row.told_in is not None and row.news == CodeNews.NONE
    return (CodeNews.WITHDRAWN if was_told else CodeNews.NONE).value


def coupon_of(row: rows.Found) -> Coupon:
    """Return the coupon of a row that somebody has."""
    return Coupon(
        offer_id=row.offer_id,
        code=row.code,
        issued_at=from_micros(row.issued_us),
        expires_at=None if row.expires_us is None else from_micros(row.expires_us),
    )
