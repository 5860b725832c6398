"""Messages bring codes, and codes of messages that never left are taken back."""

from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest
from delivery_world import ORIGIN, World

from kikubari.decide.guard import FactOfUse
from kikubari.decide.personalise import Facts, Provenance
from kikubari.deliver import (
    CouponPlan,
    MailSettings,
    MessageCoupon,
    MessageState,
    PlannedOffer,
    Reason,
)
from kikubari.deliver.providers.smtp import PermanentRefusal
from kikubari.spec.errors import ConflictError
from kikubari.testing.deliver import InlineComposer, letter, person

PLAN = CouponPlan(offers=(PlannedOffer(offer_id="off_1"),))
NEEDED = msgspec.structs.replace(PLAN, is_required=True)


def coupon(number, **changes):
    return MessageCoupon(
        **{
            "offer_id": "off_1",
            "code": f"CODE-{number}",
            "benefit_ja": "10%引き",
            "benefit_en": "10% off",
            "expires_at": datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC),
            **changes,
        }
    )


class Codes:
    """A code each, but for whom there is none, or no offer at all."""

    def __init__(self, *, without=(), unmeant=()) -> None:
        self.without, self.unmeant = set(without), set(unmeant)
        self.released = []

    def provide(self, plan, people):
        return {
            message.id: None if message.number in self.without else coupon(message.number)
            for message, _ in people
            if message.number not in self.unmeant
        }

    def release_in(self, connection, message_ids):
        self.released += [message_id & 0xFFFFFFFF for message_id in message_ids]


def world(state, numbers, codes, **changes):
    made = World(state, numbers, **changes)
    made.coupons = codes
    made.composer = InlineComposer(
        MailSettings(base_url="https://m.example", tracking_key=b"t" * 32), made.clock
    )
    return made


def with_coupon(plan=PLAN, html="<p>{{ coupon.benefit }}: {{ coupon.code }}.</p>"):
    return msgspec.structs.replace(
        letter(html=html, subject="{{ coupon.expires_at | date: '%Y-%m-%d' }}"), coupon=plan
    )


def text_of(world_, number):
    return dict(world_.transport.accepted)[f"p{number}@example.com"]


def test_each_message_brings_its_own_code_and_its_record_keeps_it(state):
    w = world(state, [1, 2, 3], Codes(without=[3]))
    dispatch = w.enqueue(of=with_coupon())
    w.deliver()
    assert b"10% off: CODE-1." in text_of(w, 1)
    assert b"Subject: 2026-11-30" in text_of(w, 1)
    assert b"CODE" not in text_of(w, 3)  # it comes without
    record = w.outbox.find_record(f"msg_{dispatch << 32 | 2:016x}")
    assert (record.coupon.offer_id, record.coupon.code) == ("off_1", "CODE-2")


def test_who_gets_no_code_gets_no_message_where_it_is_about_the_code(state):
    codes = Codes(without=[2], unmeant=[3])
    w = world(state, [1, 2, 3], codes)
    w.enqueue(of=with_coupon(NEEDED))
    w.deliver()
    assert w.states() == {MessageState.SENT: 2, MessageState.SKIPPED: 1}
    assert w.outbox.count(ORIGIN).reasons == {Reason.NO_COUPON: 1}
    assert w.reached == ["p1@example.com", "p3@example.com"]


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_code_of_a_message_that_never_left_is_taken_back(state, is_cancelled):
    codes = Codes()
    answers = {"p1@example.com": [PermanentRefusal("rcpt", 550, "5.1.1 nobody")]}
    w = world(state, [1, 2], codes, answers={} if is_cancelled else answers)
    if is_cancelled:

        async def cancel(address):
            with suppress(ConflictError):  # by the first of them
                w.outbox.cancel(ORIGIN)

        w.transport.before_mark = cancel
    w.enqueue(of=with_coupon())
    w.deliver()
    assert set(codes.released) == ({1, 2} if is_cancelled else {1})


def test_facts_that_chose_the_offer_are_judged_and_disclosed(state):
    why = FactOfUse(attribute="bought:nappies", provenance=Provenance.OBSERVED, confidence=1.0)
    codes = Codes()
    codes.provide = lambda plan, people: {
        message.id: coupon(message.number, segment="seg_1", chosen_by=(why,))
        for message, _ in people
    }
    w = world(state, [1], codes)
    w.recipients.people[1] = person(1, facts=Facts({"customer": {}}))
    w.enqueue(of=with_coupon())
    w.deliver()
    # It says so, with a way to stop it, though nothing of it is printed.
    assert b"Stop these messages" in text_of(w, 1)
