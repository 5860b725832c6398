"""What is fixed in a draft and will be over, ended, gone or sold out when it goes is told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from kikubari.catalog import Product
from kikubari.decide.offers import Offer, OfferDefinition, PercentOff
from kikubari.decide.offers.contracts import OfferFigures, Validity
from kikubari.decide.personalise import (
    AnyBlock,
    Countdown,
    Document,
    EmailTemplateSource,
    EmailVariant,
    Footer,
    Products,
    SavedBlock,
)
from kikubari.deliver import Sender
from kikubari.journeys import BroadcastDefinition, CouponChoice, CouponRule, Freshness, Timing
from kikubari.kit.clock import ManualClock

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
GOODS = {
    "P1": Product(product_id="P1", updated_at=NOW, stock=3),
    "P2": Product(product_id="P2", updated_at=NOW, stock=0),
    "P3": Product(product_id="P3", updated_at=NOW, stock=3, is_gone=True),
}


def offer(ends_on, *, is_ended=False):
    figures = OfferFigures(
        n_issued=0,
        n_free=0,
        n_left=None,
        n_applied=0,
        n_redeemed=0,
        revenue_minor=0,
        discount_minor=0,
    )
    definition = OfferDefinition(
        name="Ten", benefit=PercentOff(percent=10), validity=Validity(ends_on=ends_on)
    )
    return Offer(
        id="ofr_1",
        definition=definition,
        is_ended=is_ended,
        created_at=NOW,
        figures=figures,
        benefit_ja="10%",
        benefit_en="10%",
    )


def checked(*blocks: AnyBlock, start_at=None, coupon=None, offers=(), saved=None):
    document = Document(blocks=(*blocks, Footer(id="foot")))
    template = EmailTemplateSource(
        variants={"en": EmailVariant(subject="Hi", blocks=document)},
        default_language="en",
        saved=saved or {},
    )
    definition = BroadcastDefinition(
        name="Draft",
        segment="all",
        template=template,
        sender=Sender(from_address="news@shop.example"),
        coupon=coupon,
        timing=Timing(start_at=start_at),
    )
    known = {one.id: one for one in offers}
    freshness = Freshness(
        lambda ids: {one: known[one] for one in ids if one in known},
        lambda ids: {one: GOODS[one] for one in ids if one in GOODS},
        ManualClock(NOW),
        TOKYO,
    )
    return freshness.check(definition, template)


def codes(*blocks: AnyBlock, **more: Any):
    return [(one.code, one.block) for one in checked(*blocks, **more)]


def countdown(until, id_="count"):
    return Countdown(id=id_, until=until, text="{{ left }}")


def test_a_countdown_that_is_over_when_the_draft_goes():
    assert codes(countdown("2026-11-20T09:00:00Z")) == [("countdown_over", "count")]
    assert codes(countdown("2026-11-20T18:00:01+09:00")) == []
    later = NOW + timedelta(days=2)
    assert codes(countdown("2026-11-22T08:59:59Z"), start_at=later) == [("countdown_over", "count")]
    assert codes(countdown("2026-11-22T09:00:01Z"), start_at=later) == []
    # A beginning that has passed is now.
    assert codes(countdown("2026-11-20T08:00:00Z"), start_at=NOW - timedelta(days=2))


@pytest.mark.parametrize("until", ["{{ offer.ends_at }}", "", "soon", "2026-13-45"])
def test_a_countdown_that_only_a_reader_has_is_left_alone(until):
    assert codes(countdown(until)) == []


def test_products_that_a_block_names():
    def block(seed):
        return Products(id="goods", strategy="similar", seed=seed)

    assert codes(block("'P1'")) == []
    assert codes(block("'P2'")) == [("product_sold_out", "goods")]
    assert codes(block(" 'P3' ")) == codes(block("'P9'")) == [("product_gone", "goods")]
    assert codes(block("trigger.products")) == codes(block("")) == []


def test_what_was_saved_and_put_in_is_looked_at_too():
    saved = {"sav_1": (countdown("2020-01-01T00:00:00Z"),)}
    assert codes(SavedBlock(id="mine", saved_id="sav_1"), saved=saved) == [
        ("countdown_over", "mine-count")
    ]


def test_an_offer_whose_last_day_is_over_when_the_draft_goes():
    coupon = CouponChoice(rules=(CouponRule(offer="ofr_1"),))
    today = NOW.astimezone(TOKYO).date()
    one = offer(today)
    assert codes(coupon=coupon, offers=[one]) == []
    # Until the day is over in the shop's zone.
    midnight = datetime(2026, 11, 21, tzinfo=TOKYO)
    assert codes(coupon=coupon, offers=[one], start_at=midnight - timedelta(seconds=1)) == []
    [problem] = checked(coupon=coupon, offers=[one], start_at=midnight)
    assert (problem.code, problem.message) == (
        "offer_over",
        "'Ten' is over on 2026-11-20, before this goes",
    )
    # What has ended already is told by the check of codes.
    assert codes(coupon=coupon, offers=[replace(one, is_ended=True)], start_at=midnight) == []
    assert codes(coupon=coupon, offers=[offer(None)], start_at=midnight) == []
