"""Which offer fits whom, and the codes that messages bring of them."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.decide.guard import FactOfUse
from kikubari.decide.offers import Coupon, Issuing, Offer, Offers, People, Wanted
from kikubari.decide.personalise import Problem, Severity
from kikubari.deliver import (
    Claimed,
    CouponPlan,
    MessageCoupon,
    PlannedOffer,
    Recipient,
    public_id,
)
from kikubari.journeys.contracts import Audience, BroadcastDefinition, CouponChoice
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import StateStore

SAMPLE_CODE = "SAMPLE-0000-0000"
# Who is in a segment is looked up once for the many small batches of this long.
_MEMBERS_KEPT = timedelta(seconds=60)


class CouponDesk:
    """Chooses offers and hands out their codes; implements `deliver.Coupons`.

    Args:
        store: of the codes.
        offers: the shop's.
        issuing: hands out codes.
        audience: evaluates segments.
        people: says who a number is now.
        clock: gives the instants.
        selecting: lists the facts that choose a segment's people, for the guard.
        workspace_id: whose offers.
    """

    def __init__(
        self,
        store: StateStore,
        offers: Offers,
        issuing: Issuing,
        *,
        audience: Audience,
        people: People,
        clock: Clock,
        selecting: Callable[[str | dict[str, Any]], tuple[FactOfUse, ...]],
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._offers = offers
        self._issuing = issuing
        self._audience = audience
        self._people = people
        self._clock = clock
        self._selecting = selecting
        self._workspace_id = workspace_id
        self._members: dict[str, tuple[datetime, BitMap]] = {}
        self._looking_up = threading.Lock()

    def plan(self, choice: CouponChoice | None) -> CouponPlan | None:
        """Return a choice as a letter keeps it, with the facts that each segment looks at.

        Raises:
            InvalidInputError: no such offer, or no such segment.
        """
        if choice is None:
            return None
        known = self._offers.find({rule.offer for rule in choice.rules})
        for rule in choice.rules:
            if rule.offer not in known:
                raise InvalidInputError(
                    f"no offer {rule.offer}", hint="GET /api/offers lists them; or remove the rule."
                )
        return CouponPlan(
            offers=tuple(
                PlannedOffer(
                    offer_id=rule.offer, segment=rule.segment, chosen_by=self._facts(rule.segment)
                )
                for rule in choice.rules
            ),
            is_required=choice.is_required,
        )

    def _facts(self, segment: str) -> tuple[FactOfUse, ...]:
        if not segment:
            return ()
        try:
            return self._selecting(segment)
        except NotFoundError as error:
            raise InvalidInputError(error.message, hint="Choose another segment.") from error

    def provide(
        self, plan: CouponPlan, people: Sequence[tuple[Claimed, Recipient]]
    ) -> Mapping[int, MessageCoupon | None]:
        """Return what messages bring, by id: None where the offer had no code to give."""
        if plan.drawn_at:
            return self._find_drawn(plan, people)
        chosen = self._choose(plan, people)
        wanted = [
            Wanted(public_id(message.id), message.number, chosen[message.id].offer_id)
            for message, _ in people
            if message.id in chosen
        ]
        if not wanted:
            return {}
        now = self._clock.now()
        given = self._store.write(
            lambda connection: self._issuing.issue(connection, wanted, now=now)
        )
        coupons = {
            message_id: given[public_id(message_id)]
            for message_id in chosen
            if public_id(message_id) in given
        }
        offers = self._offers.find(
            {one.offer_id for one in coupons.values() if isinstance(one, Coupon)}
        )
        return {
            message_id: _coupon_of(one, offers[one.offer_id], plan, chosen[message_id])
            if isinstance(one, Coupon)
            else None
            for message_id, one in coupons.items()
        }

    def _find_drawn(
        self, plan: CouponPlan, people: Sequence[tuple[Claimed, Recipient]]
    ) -> dict[int, MessageCoupon]:
        """Return the codes that people drew on their way; who drew none is missing."""
        claims = {
            message.id: [f"{place}/{message.number}" for place in plan.drawn_at]
            for message, _ in people
        }
        with self._store.read() as connection:
            drawn = self._issuing.find(
                connection, {claim for own in claims.values() for claim in own}
            )
        offers = self._offers.find({coupon.offer_id for coupon in drawn.values()})
        found = {
            message_id: next((drawn[claim] for claim in own if claim in drawn), None)
            for message_id, own in claims.items()
        }
        return {
            message_id: _coupon_of(
                coupon, offers[coupon.offer_id], plan, PlannedOffer(offer_id=coupon.offer_id)
            )
            for message_id, coupon in found.items()
            if coupon is not None
        }

    def sample(
        self, plan: CouponPlan, people: Sequence[tuple[Claimed, Recipient]]
    ) -> Mapping[int, MessageCoupon]:
        """Return what messages would bring, with a code that says it is none; hands none out."""
        chosen = self._choose(plan, people)
        offers = self._offers.find({one.offer_id for one in chosen.values()})
        samples = {
            offer_id: Coupon(
                offer_id=offer_id,
                code=SAMPLE_CODE,
                issued_at=self._clock.now(),
                expires_at=self._issuing.find_expiry(offer.definition, self._clock.now()),
            )
            for offer_id, offer in offers.items()
        }
        return {
            message_id: _coupon_of(samples[one.offer_id], offers[one.offer_id], plan, one)
            for message_id, one in chosen.items()
            if one.offer_id in samples
        }

    def release_in(self, connection: Connection, message_ids: Collection[int]) -> None:
        """Take back the codes of messages that never left."""
        self._issuing.release(connection, [public_id(one) for one in message_ids])

    def check(self, definition: BroadcastDefinition) -> list[Problem]:
        """Say which offers do not have enough codes for the people they would be for.

        Raises:
            NotFoundError: no such segment.
            InvalidInputError: not a condition tree.
        """
        choice = definition.coupon
        if choice is None:
            return []
        offers = self._offers.find({rule.offer for rule in choice.rules})
        left = self._evaluate(definition.segment)
        needed: dict[str, int] = {}
        for rule in choice.rules:
            chosen = left & self._evaluate(rule.segment) if rule.segment else left
            left = left - chosen
            needed[rule.offer] = needed.get(rule.offer, 0) + len(chosen)
        return [
            problem
            for offer_id, n_people in needed.items()
            if (problem := _find_problem(offers.get(offer_id), offer_id, n_people)) is not None
        ]

    def _choose(
        self, plan: CouponPlan, people: Sequence[tuple[Claimed, Recipient]]
    ) -> dict[int, PlannedOffer]:
        """Return the first offer that is for each person, by message."""
        numbers = {message.number for message, _ in people}
        with self._store.read() as connection:
            found = self._people.list_numbers(connection, numbers, workspace_id=self._workspace_id)
        who = {
            message.id: found.get(message.number, (message.number, ()))[0] for message, _ in people
        }
        chosen: dict[int, PlannedOffer] = {}
        for planned in plan.offers:
            members = self._list_members(planned.segment) if planned.segment else None
            for message_id, number in who.items():
                if message_id not in chosen and (members is None or number in members):
                    chosen[message_id] = planned
        return chosen

    def _list_members(self, segment: str) -> BitMap:
        """Return the members of a segment, as of a minute ago at most."""
        now = self._clock.now()
        with self._looking_up:
            at, members = self._members.get(segment, (None, BitMap()))
            if at is None or not timedelta(0) <= now - at < _MEMBERS_KEPT:
                try:
                    members = self._evaluate(segment)
                except NotFoundError:
                    members = BitMap()  # removed since: the offer is for nobody
                self._members[segment] = (now, members)
        return members

    def _evaluate(self, segment: str | dict[str, Any]) -> BitMap:
        return self._audience.evaluate(
            segment, as_of=self._clock.now(), workspace_id=self._workspace_id
        )


def _coupon_of(
    coupon: Coupon, offer: Offer, plan: CouponPlan, chosen: PlannedOffer
) -> MessageCoupon:
    """Return a coupon with why it is of that offer.

    One that was handed out earlier may be of another than would be chosen now.
    """
    rule = chosen
    if coupon.offer_id != chosen.offer_id:
        rule = next((one for one in plan.offers if one.offer_id == coupon.offer_id), chosen)
    return MessageCoupon(
        offer_id=offer.id,
        code=coupon.code,
        benefit_ja=offer.benefit_ja,
        benefit_en=offer.benefit_en,
        expires_at=coupon.expires_at,
        segment=rule.segment,
        chosen_by=rule.chosen_by,
    )


def _find_problem(offer: Offer | None, offer_id: str, n_people: int) -> Problem | None:
    if offer is None:
        return Problem(
            severity=Severity.ERROR, code="offer_unknown", message=f"there is no offer {offer_id}"
        )
    name, n_left = offer.definition.name, offer.figures.n_left
    if offer.is_ended:
        return Problem(severity=Severity.WARNING, code="offer_ended", message=f"{name} has ended")
    if n_left is None or n_left >= n_people:
        return None
    message = f"{name} has {n_left:,} codes for {n_people:,} people"
    return Problem(severity=Severity.WARNING, code="coupons_short", message=message)


def with_samples(
    desk: CouponDesk | None,
    plan: CouponPlan | None,
    people: Sequence[tuple[Claimed, Recipient]],
) -> list[tuple[Claimed, Recipient]]:
    """Return people with a sample of what their message would bring."""
    if desk is None or plan is None or not people:
        return list(people)
    samples = desk.sample(plan, people)
    return [
        (message, msgspec.structs.replace(person, coupon=samples.get(message.id)))
        for message, person in people
    ]
