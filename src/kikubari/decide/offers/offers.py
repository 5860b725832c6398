"""Offers: written, ended, counted; their codes imported and told to the shop."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

import msgspec
from sqlalchemy import Connection

from kikubari.decide.offers import _repository as rows
from kikubari.decide.offers.benefits import check_offer, describe_benefit
from kikubari.decide.offers.codes import code_key, read_codes
from kikubari.decide.offers.contracts import (
    CodeNews,
    CodeSource,
    CodeState,
    Coupon,
    ImportedCodes,
    IssuedCode,
    Offer,
    OfferDefinition,
    OfferFigures,
    Redemption,
)
from kikubari.decide.offers.issuing import coupon_of, decode_definition
from kikubari.decide.offers.redemptions import REDEEMED
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.storage import StateStore

_HELD = frozenset({CodeState.ISSUED, CodeState.REDEEMED})
# Codes of one transaction: some 50 ms of the writer's time.
_CHUNK = 5_000
_encode = msgspec.json.Encoder().encode


class Offers:
    """The shop's offers.

    Args:
        store: where they are.
        clock: gives the instants.
        ids: makes offer ids.
        currency: the shop's.
        workspace_id: whose offers.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        ids: IdFactory,
        *,
        currency: str,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._currency = currency
        self._workspace_id = workspace_id

    def create(self, definition: OfferDefinition) -> Offer:
        """Write an offer.

        Raises:
            InvalidInputError: it contradicts itself.
        """
        check_offer(definition)
        offer_id, now_us = self._ids.new_id("off"), to_micros(self._clock.now())
        self._store.write(
            lambda connection: rows.insert_offer(
                connection, self._workspace_id, offer_id, _encode(definition), now_us=now_us
            )
        )
        return self.get(offer_id)

    def change(
        self, offer_id: str, definition: OfferDefinition, *, is_ended: bool = False
    ) -> Offer:
        """Write an offer anew, end it, or begin it again; codes handed out stay as they are.

        Raises:
            NotFoundError: no such offer.
            InvalidInputError: it contradicts itself.
            ConflictError: codes were made or uploaded, so where they come from is settled.
        """
        check_offer(definition)

        def work(connection: Connection) -> None:
            locked = rows.lock_offers(connection, self._workspace_id, [offer_id])
            if offer_id not in locked:
                raise _not_found(offer_id)
            row = locked[offer_id]
            was = decode_definition(row.definition)
            if was.codes is not definition.codes and (row.n_issued or row.n_free):
                raise ConflictError(
                    f"offer {offer_id} has {was.codes.value} codes", hint="Make another offer."
                )
            rows.set_definition(
                connection,
                self._workspace_id,
                offer_id,
                definition=_encode(definition),
                is_ended=is_ended,
            )

        self._store.write(work)
        return self.get(offer_id)

    def get(self, offer_id: str) -> Offer:
        """Return an offer.

        Raises:
            NotFoundError: no such offer.
        """
        found = self.find([offer_id])
        if not found:
            raise _not_found(offer_id)
        return found[offer_id]

    def find(self, offer_ids: Collection[str]) -> dict[str, Offer]:
        """Return those offers that exist, by their ids."""
        with self._store.read() as connection:
            found = rows.find_offers(connection, self._workspace_id, offer_ids)
        return {offer_id: self._view(row) for offer_id, row in found.items()}

    def list_offers(self, *, limit: int = 100) -> list[Offer]:
        """Return the newest offers."""
        with self._store.read() as connection:
            found = rows.list_offers(connection, self._workspace_id, limit=limit)
        return [self._view(row) for row in found]

    def import_codes(self, offer_id: str, text: str) -> ImportedCodes:
        """Take in the shop's codes: one a line, or the first column of a CSV.

        A code that is known already is left alone, so the same file can be sent again.

        Raises:
            NotFoundError: no such offer.
            InvalidInputError: its codes are made here, or the text is not CSV.
        """
        if self.get(offer_id).definition.codes is not CodeSource.UPLOADED:
            raise InvalidInputError(
                "codes of this offer are made here", hint="Make an offer whose codes are uploaded."
            )
        codes, problems = read_codes(text)
        by_key = {code_key(code): code for code in reversed(codes)}
        keys, n_added = list(by_key), 0
        for start in range(0, len(keys), _CHUNK):
            chunk = {key: by_key[key] for key in keys[start : start + _CHUNK]}
            n_added += self._store.write(partial(self._add_codes, offer_id=offer_id, codes=chunk))
        return ImportedCodes(n_added=n_added, n_known=len(codes) - n_added, problems=problems)

    def _add_codes(self, connection: Connection, *, offer_id: str, codes: dict[str, str]) -> int:
        rows.lock_offers(connection, self._workspace_id, [offer_id])
        known = rows.find_codes(connection, self._workspace_id, codes)
        new = [
            (key, offer_id, code, CodeState.FREE.value, None, 0, 0, None, CodeNews.NONE.value)
            for key, code in codes.items()
            if key not in known
        ]
        rows.insert_codes(connection, self._workspace_id, new)
        rows.add_counts(connection, self._workspace_id, offer_id, {"n_free": len(new)})
        return len(new)

    def list_codes(
        self, offer_id: str, *, since: datetime | None = None, after: str = "", limit: int = 1_000
    ) -> list[IssuedCode]:
        """Return codes for the shop, in the order they were handed out.

        Args:
            offer_id: of the offer.
            since: handed out at that instant or later.
            after: go on after this code.
            limit: how many at most.

        Raises:
            NotFoundError: no such offer, or no code `after`.
        """
        self.get(offer_id)
        with self._store.read() as connection:
            found = rows.list_issued(
                connection,
                self._workspace_id,
                offer_id,
                since_us=to_micros(since) if since else 0,
                after=self._place_of(connection, after) if after else None,
                limit=limit,
            )
        return [_issued(row) for row in found]

    def _place_of(self, connection: Connection, code: str) -> tuple[int, str]:
        key = code_key(code)
        found = rows.find_codes(connection, self._workspace_id, [key])
        if key not in found:
            raise NotFoundError(f"no code {code}")
        return found[key].issued_us, key

    def list_redemptions(
        self, offer_id: str, *, before: datetime | None = None, limit: int = 100
    ) -> list[Redemption]:
        """Return orders with codes of an offer, newest first; those of one instant together.

        Raises:
            NotFoundError: no such offer.
        """
        self.get(offer_id)
        with self._store.read() as connection:
            found = rows.list_uses(
                connection,
                self._workspace_id,
                offer_id,
                kind=REDEEMED,
                before_us=to_micros(before) if before else None,
                limit=limit,
            )
        return [_redemption(row) for row in found]

    def list_held(self, connection: Connection, numbers: Collection[int]) -> Sequence[Coupon]:
        """Return the codes a person has."""
        found = rows.list_of_people(connection, self._workspace_id, numbers)
        return [coupon_of(row) for row in found if row.state in _HELD]

    def forget_in(self, connection: Connection, numbers: Collection[int]) -> None:
        """Forget who had codes and who used them; the counts stay."""
        rows.forget_numbers(connection, self._workspace_id, numbers)

    def _view(self, row: rows.Found) -> Offer:
        definition = decode_definition(row.definition)
        return Offer(
            id=row.id,
            definition=definition,
            is_ended=bool(row.is_ended),
            created_at=from_micros(row.created_us),
            figures=_figures(row, definition),
            benefit_ja=describe_benefit(definition.benefit, "ja", self._currency),
            benefit_en=describe_benefit(definition.benefit, "en", self._currency),
        )


def _figures(row: rows.Found, definition: OfferDefinition) -> OfferFigures:
    limits = definition.limits
    left = []
    if limits.most is not None:
        left.append(max(0, limits.most - row.n_issued))
    if definition.codes is CodeSource.UPLOADED:
        left.append(row.n_free)
    is_spent = limits.budget_minor is not None and row.discount_minor >= limits.budget_minor
    if row.is_ended or is_spent:
        left.append(0)
    return OfferFigures(
        n_issued=row.n_issued,
        n_free=row.n_free,
        n_left=min(left) if left else None,
        n_applied=row.n_applied,
        n_redeemed=row.n_redeemed,
        revenue_minor=row.revenue_minor,
        discount_minor=row.discount_minor,
    )


def _issued(row: rows.Found) -> IssuedCode:
    return IssuedCode(
        code=row.code,
        state=CodeState(row.state),
        issued_at=from_micros(row.issued_us),
        expires_at=None if row.expires_us is None else from_micros(row.expires_us),
    )


def _redemption(row: rows.Found) -> Redemption:
    return Redemption(
        code=row.code,
        order_id=row.use_key,
        at=from_micros(row.at_us),
        number=row.number,
        revenue_minor=row.revenue_minor,
        discount_minor=row.discount_minor,
    )


def _not_found(offer_id: str) -> NotFoundError:
    return NotFoundError(f"no offer {offer_id}", hint="GET /api/offers lists them.")
