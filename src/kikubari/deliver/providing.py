"""Codes for messages about to be made; who gets none may get no message."""

from collections.abc import Sequence

import msgspec

from kikubari.deliver.contracts import (
    Claimed,
    Coupons,
    Letter,
    MessageState,
    Recipient,
    Settled,
)
from kikubari.deliver.reasons import Reason

# What these messages were given nobody has seen.
NEVER_LEFT = frozenset({MessageState.FAILED, MessageState.SKIPPED, MessageState.CANCELLED})


def provide_coupons(
    coupons: Coupons | None, letter: Letter, people: Sequence[tuple[Claimed, Recipient]]
) -> tuple[list[tuple[Claimed, Recipient]], list[Settled]]:
    """Return the people with what their messages bring, and the messages that stop here."""
    plan = letter.coupon
    if coupons is None or plan is None or not people:
        return list(people), []
    given = coupons.provide(plan, people)
    going: list[tuple[Claimed, Recipient]] = []
    stopped: list[Settled] = []
    for message, person in people:
        coupon = given.get(message.id)
        if coupon is None and plan.is_required and message.id in given:
            skipped = MessageState.SKIPPED
            stopped.append(Settled(message=message, state=skipped, reason=Reason.NO_COUPON))
        else:
            going.append((message, msgspec.structs.replace(person, coupon=coupon)))
    return going, stopped
