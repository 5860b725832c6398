"""Codes as messages bring them: of which offers, to whom, and why of that one."""

from datetime import datetime

import msgspec

from kikubari.decide.guard import FactOfUse


class PlannedOffer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An offer for the members of a segment, by its id; empty: for everybody.

    `chosen_by` are the facts that the segment looks at.
    """

    offer_id: str
    segment: str = ""
    chosen_by: tuple[FactOfUse, ...] = ()


class CouponPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Which offer each person gets a code of: the first that is for them, or none.

    Attributes:
        offers: in order; the first that is for a person counts.
        is_required: who an offer is for and gets no code gets no message either.
        drawn_at: codes were drawn before, at these places of the person's way, and none is now:
            the first place at which they got one counts.
    """

    offers: tuple[PlannedOffer, ...]
    is_required: bool = False
    drawn_at: tuple[str, ...] = ()


class MessageCoupon(msgspec.Struct, frozen=True, kw_only=True):
    """The code one message brings.

    Attributes:
        benefit_ja: what it is good for, in words.
        segment: whose membership chose the offer; empty: it was for everybody.
        chosen_by: the facts that the segment looks at.
    """

    offer_id: str
    code: str
    benefit_ja: str
    benefit_en: str
    expires_at: datetime | None = None
    segment: str = ""
    chosen_by: tuple[FactOfUse, ...] = ()
