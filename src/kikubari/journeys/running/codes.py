"""Codes that steps of journeys draw, for the messages after them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from kikubari.decide.offers import Coupon, Issuing, Wanted
from kikubari.deliver import CouponPlan, PlannedOffer
from kikubari.journeys.definition import OfferStep
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.travellers import Traveller
from kikubari.kit.clock import Clock


class StepCodes:
    """Hands out codes in the transaction that takes people past the step.

    Each entry of a person draws one code at a step, however often the step is taken.

    Args:
        issuing: of the offers.
        clock: gives the instants.
    """

    def __init__(self, issuing: Issuing, clock: Clock) -> None:
        self._issuing = issuing
        self._clock = clock

    def __call__(
        self, connection: Connection, program: Program, step: OfferStep, here: Sequence[Traveller]
    ) -> Mapping[int, str]:
        """Return why those who got no code got none, by the enrolment's id."""
        claims = {
            one.id: f"{_place(program.journey_id, step.id, one.ordinal)}/{one.number}"
            for one in here
        }
        wanted = [Wanted(claims[one.id], one.number, step.offer) for one in here]
        given = self._issuing.issue(connection, wanted, now=self._clock.now())
        return {
            enrolment: got.value
            for enrolment, claim in claims.items()
            if not isinstance(got := given[claim], Coupon)
        }


def plan_drawn(program: Program, number: int, ordinal: int) -> CouponPlan | None:
    """Return whose codes a message step may show: of the offer steps before it, nearest first."""
    before = [
        step
        for at, step in sorted(program.steps.items(), key=lambda one: -program.rank[one[0]])
        if isinstance(step, OfferStep) and program.leads(at, number)
    ]
    if not before:
        return None
    return CouponPlan(
        offers=tuple(
            PlannedOffer(offer_id=offer) for offer in dict.fromkeys(s.offer for s in before)
        ),
        drawn_at=tuple(_place(program.journey_id, step.id, ordinal) for step in before),
    )


def _place(journey_id: str, step_id: str, ordinal: int) -> str:
    return f"{journey_id}/{step_id}/{ordinal}"
