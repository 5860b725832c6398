"""Who gets a code of which offer, and what is said before they do."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from pyroaring import BitMap

from kikubari.decide.guard import FactOfUse
from kikubari.decide.offers import (
    CodeSource,
    Issuing,
    Limits,
    OfferDefinition,
    Offers,
    PercentOff,
    Validity,
)
from kikubari.decide.personalise import EmailTemplateSource, EmailVariant
from kikubari.deliver import Claimed, MailSettings, Outbox, Sender, queue
from kikubari.journeys import (
    BroadcastDefinition,
    Broadcasts,
    CouponChoice,
    CouponDesk,
    CouponRule,
    Previews,
)
from kikubari.journeys.coupons import SAMPLE_CODE
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.testing.deliver import InlineComposer, ListedRecipients, Selves, person
from kikubari.testing.events import PlainSealing

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BARGAIN = FactOfUse(attribute="discount_share")
HTML = '<p>{{ coupon.code }}</p><a href="{{ unsubscribe_url }}">stop</a>'


class Segments:
    def __init__(self, **segments) -> None:
        self.segments = {name: BitMap(numbers) for name, numbers in segments.items()}
        self.asked = []

    def evaluate(self, segment, *, as_of, workspace_id):
        self.asked.append(segment)
        if segment not in self.segments:
            raise NotFoundError(f"no segment {segment}")
        return self.segments[segment]


class Desk:
    """A desk, its offers, and everybody from 1 to 10."""

    def __init__(self, store, **segments) -> None:
        self.store = store
        self.clock = ManualClock(NOW)
        self.segments = Segments(all=range(1, 11), **segments)
        self.offers = Offers(store, self.clock, TimeOrderedIds(), currency="JPY")
        people = Selves({9: 1})
        self.desk = CouponDesk(
            store,
            self.offers,
            Issuing(people, ZoneInfo("Asia/Tokyo")),
            audience=self.segments,
            people=people,
            clock=self.clock,
            selecting=self.selecting,
        )

    def selecting(self, segment):
        if segment not in self.segments.segments:
            raise NotFoundError(f"no segment {segment}")
        return (BARGAIN,)

    def offer(self, **changes):
        definition = OfferDefinition(
            **{"name": "Tea", "benefit": PercentOff(percent=10), **changes}
        )
        return self.offers.create(definition).id

    def provide(self, choice, *numbers: int):
        people = [(Claimed(n, 0, n, 1, 0, NOW), person(n)) for n in numbers]
        return self.desk.provide(self.desk.plan(choice), people)


@pytest.fixture
def desk(state):
    return Desk(state, bargain=[1, 2], vip=[2, 3], later=[5])


def rules(*pairs: tuple[str, str], **changes: bool):
    return CouponChoice(rules=tuple(CouponRule(offer=o, segment=s) for o, s in pairs), **changes)


def definition(choice=None, html=HTML):
    variant = EmailVariant(subject="Tea", html=html)
    return BroadcastDefinition(
        name="Autumn",
        segment="all",
        template=EmailTemplateSource(variants={"en": variant}, default_language="en"),
        sender=Sender(from_address="news@shop.example"),
        coupon=choice,
    )


def test_first_rule_that_fits_a_person_counts_else_none(desk):
    low, high = desk.offer(), desk.offer()
    given = desk.provide(rules((low, "bargain"), (high, "vip")), 1, 2, 3, 4, 9)
    assert {n: one and one.offer_id for n, one in given.items()} == {
        1: low,
        2: low,
        3: high,
        9: None,  # who is 1 by another name has one
    }
    assert (given[1].segment, given[1].chosen_by) == ("bargain", (BARGAIN,))
    everybody = desk.provide(rules((high, "")), 4)
    assert everybody[4].segment == ""


def test_asking_again_gives_the_same_even_if_another_offer_would_fit_now(desk):
    low, high = desk.offer(), desk.offer()
    choice = rules((low, "bargain"), (high, "vip"))
    first = desk.provide(choice, 2)
    desk.segments.segments["bargain"] = BitMap()
    desk.clock.advance(timedelta(hours=1))
    assert desk.provide(choice, 2) == first


def test_segment_is_looked_up_once_for_many_batches(desk):
    choice = rules((desk.offer(), "vip"))
    for number in (2, 3, 4):
        desk.provide(choice, number)
    assert desk.segments.asked == ["vip"]
    del desk.segments.segments["vip"]
    desk.clock.advance(timedelta(minutes=2))
    assert desk.desk.sample(desk.desk.plan(rules((desk.offer(), ""))), []) == {}


def test_what_does_not_exist_cannot_be_planned(desk):
    with pytest.raises(InvalidInputError, match="no offer off_x"):
        desk.desk.plan(rules(("off_x", "")))
    with pytest.raises(InvalidInputError, match="no segment nobody"):
        desk.desk.plan(rules((desk.offer(), "nobody")))


def test_check_says_which_offer_has_too_few_codes(desk):
    short = desk.offer(name="Short", codes=CodeSource.UPLOADED)
    desk.offers.import_codes(short, "AAA-1")
    enough = desk.offer(limits=Limits(most=8))
    found = desk.desk.check(definition(rules((short, "bargain"), (enough, ""))))
    assert [(one.code, one.message) for one in found] == [
        ("coupons_short", "Short has 1 codes for 2 people")
    ]
    unknown = desk.desk.check(definition(rules(("off_x", ""))))
    assert [one.code for one in unknown] == ["offer_unknown"]
    desk.offers.change(enough, desk.offers.get(enough).definition, is_ended=True)
    assert [one.code for one in desk.desk.check(definition(rules((enough, ""))))] == ["offer_ended"]


def test_preview_shows_a_sample_and_hands_out_nothing(desk):
    offer = desk.offer(validity=Validity(ends_on=date(2026, 11, 30)))
    settings = MailSettings(base_url="https://m.example", tracking_key=b"t" * 32)
    composer = InlineComposer(settings, desk.clock)
    people = ListedRecipients([person(1), person(4)])
    previews = Previews(people, composer, desk.clock, coupons=desk.desk)
    draft = definition(rules((offer, "bargain")))

    def shown(number):
        preview = asyncio.run(previews.preview(draft, number))
        message = message_from_bytes(preview.source, policy=policy.default)
        return message.get_body(("html",)).get_content()

    assert SAMPLE_CODE in shown(1)
    assert "SAMPLE" not in shown(4)  # no offer is for them
    assert desk.offers.get(offer).figures.n_issued == 0
    report = asyncio.run(previews.check(draft, [1, 4]))
    assert (report.problems, report.failed) == ([], 0)


def test_started_broadcast_keeps_its_choice_and_why(desk, state):
    outbox = Outbox(state, PlainSealing(), desk.clock)
    broadcasts = Broadcasts(
        state, outbox, desk.segments, desk.clock, TimeOrderedIds(), coupons=desk.desk
    )
    offer = desk.offer()
    draft = broadcasts.create(definition(rules((offer, "vip"), is_required=True)))
    broadcasts.send(draft.id)
    with state.read() as connection:
        [dispatch] = queue.load_dispatches(connection, [1]).values()
    assert dispatch.letter.coupon.is_required
    [planned] = dispatch.letter.coupon.offers
    assert (planned.offer_id, planned.segment, planned.chosen_by) == (offer, "vip", (BARGAIN,))
