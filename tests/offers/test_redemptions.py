"""Orders with codes are counted from the shop's events, whatever their order."""

from datetime import timedelta
from itertools import permutations

import pytest
from offer_world import NOW, ten_percent

from kikubari.decide.offers import (
    AmountOff,
    CodeSource,
    CodeState,
    Limits,
    RedemptionProjection,
    Refusal,
)
from kikubari.decide.offers import contracts as c
from kikubari.decide.offers.benefits import describe_benefit, estimate_discount
from kikubari.events import SequencedEvent
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.errors import InvalidInputError

PROJECTION = RedemptionProjection("JPY")


def said(message_id, code, *, after=0, type_="Order Completed", trust=Trust.SERVER, **properties):
    at = NOW + timedelta(minutes=after)
    event = Event(
        message_id=message_id,
        kind=EventKind.TRACK,
        type=type_,
        occurred_at=at,
        received_at=at,
        source_id=1,
        trust=trust,
        properties={"order_id": "o1", "coupon": code, **properties},
    )
    return SequencedEvent(1, 7, event)


def tell(shop, *events: SequencedEvent):
    shop.store.write(lambda connection: PROJECTION.apply(connection, events))


@pytest.fixture
def offer(shop):
    return shop.offer()


@pytest.fixture
def code(shop, offer):
    return shop.issue(offer, ("m1", 7))["m1"].code


def test_order_with_a_code_is_counted_with_its_revenue_and_discount(shop, offer, code):
    tell(shop, said("e1", code.lower(), revenue=5400, discount="600"), said("e2", "UNKNOWN"))
    figures = shop.figures(offer)
    assert (figures.n_redeemed, figures.revenue_minor, figures.discount_minor) == (1, 5400, 600)
    [order] = shop.offers.list_redemptions(offer)
    assert (order.code, order.order_id, order.number) == (code, "o1", 7)
    assert shop.offers.list_codes(offer)[0].state is CodeState.REDEEMED


def test_words_on_one_order_end_in_the_latest_whatever_their_order(state, shop):
    words = [
        {"message_id": "e1", "after": 1, "discount": 500, "revenue": 4500},
        {"message_id": "e2", "after": 2, "discount": 300, "revenue": 4700},
        {"message_id": "e3", "after": 3, "type_": "Coupon Applied", "discount": 1},
        {"message_id": "e4", "after": 0, "discount": 900, "revenue": 1},
    ]
    for nth, order in enumerate(permutations(words)):
        offer = shop.offer()
        code = shop.issue(offer, (f"m{nth}", 7))[f"m{nth}"].code
        events = [said(code=code, **one) for one in order]
        cut = nth % 4
        tell(shop, *events[:cut])
        tell(shop, *events[cut:])
        figures = shop.figures(offer)
        assert (figures.n_redeemed, figures.n_applied) == (1, 1)
        assert (figures.revenue_minor, figures.discount_minor) == (4700, 300)


def test_budget_that_orders_used_up_stops_the_codes(shop):
    offer = shop.limited(budget_minor=1000, per_person=5)
    code = shop.issue(offer, ("m1", 1))["m1"].code
    tell(shop, said("e1", code, discount=1200))
    assert shop.issue(offer, ("m2", 2)) == {"m2": Refusal.BUDGET_USED}
    assert shop.figures(offer).n_left == 0
    # What a message was promised stays its own.
    assert shop.issue(offer, ("m1", 1))["m1"].code == code


def test_browser_redeems_nothing(shop, offer, code):
    tell(shop, said("e1", code, discount=10**9, trust=Trust.PUBLIC))
    assert shop.figures(offer).n_redeemed == 0


def test_other_currency_counts_the_order_alone(shop, offer, code):
    tell(shop, said("e1", code, revenue=50, discount=5, currency="EUR"))
    figures = shop.figures(offer)
    assert (figures.n_redeemed, figures.revenue_minor, figures.discount_minor) == (1, 0, 0)


@pytest.mark.parametrize("amount", [None, True, "much", 10**30, {"a": 1}])
def test_order_that_says_no_discount_took_off_what_the_offer_says(shop, amount):
    offer = shop.offer(benefit=AmountOff(amount_minor=300))
    code = shop.issue(offer, ("m1", 1))["m1"].code
    tell(shop, said("e1", code, total=2700, discount=amount))
    assert shop.figures(offer).discount_minor == 300


def test_uploaded_code_used_by_somebody_is_never_handed_out(shop):
    offer = shop.offer(source=CodeSource.UPLOADED, codes_text="AAA-1\nAAA-2")
    tell(shop, said("e1", "AAA-1"))
    got = shop.issue(offer, ("m1", 1), ("m2", 2))
    assert got["m1"].code == "AAA-2"
    assert got["m2"] == Refusal.NO_CODES_LEFT


def test_code_an_order_was_made_with_is_not_taken_back(shop, offer, code):
    tell(shop, said("e1", code))
    shop.release("m1")
    assert shop.issue(offer, ("m1", 7))["m1"].code == code
    assert shop.figures(offer).n_issued == 1


OFF = c.Reduction(percent=10)
TIN = c.Gift(product_id="p", name_ja="茶筒", name_en="A tin")
BENEFITS = [
    (c.PercentOff(percent=10, most_minor=500), "10%引き(最大¥500)", "10% off, up to ¥500", 500),
    (c.AmountOff(amount_minor=1000), "¥1,000引き", "¥1,000 off", 1000),
    (c.FreeShipping(), "送料無料", "free shipping", 0),
    (
        c.Gift(product_id="p", name_ja="茶筒", name_en="A tin"),
        "茶筒プレゼント",
        "A tin as a gift",
        0,
    ),
    (c.NextPurchase(reduction=OFF), "次回のお買い物が10%引き", "10% off your next order", 1000),
    (c.SecondItem(percent=50), "2点目50%引き", "50% off the second item", 0),
    (c.BuyGet(buy=2, get=1), "2点ご購入で1点無料", "buy 2, get 1 free", 0),
    (
        c.SpendThreshold(minimum_minor=10000, reduction=OFF),
        "¥10,000以上で10%引き",
        "10% off orders of ¥10,000 or more",
        1000,
    ),
    (
        c.Tier(
            steps=(
                c.TierStep(minimum_minor=5000, reduction=c.Reduction(amount_minor=300)),
                c.TierStep(minimum_minor=20000, reduction=OFF),
            )
        ),
        "¥5,000以上で¥300引き、¥20,000以上で10%引き",
        "¥300 off orders of ¥5,000 or more; 10% off orders of ¥20,000 or more",
        300,
    ),
]


@pytest.mark.parametrize(("benefit", "ja", "en", "off"), BENEFITS)
def test_each_kind_has_words_and_an_estimate(benefit, ja, en, off):
    assert describe_benefit(benefit, "ja-JP", "JPY").replace("￥", "¥") == ja
    assert describe_benefit(benefit, "en", "JPY") == en
    assert estimate_discount(benefit, 9_000) == off


@pytest.mark.parametrize(
    "changes",
    [
        {"benefit": c.NextPurchase(reduction=c.Reduction())},
        {"benefit": c.NextPurchase(reduction=c.Reduction(percent=1, amount_minor=1))},
        {
            "benefit": c.Tier(
                steps=(
                    c.TierStep(minimum_minor=9, reduction=OFF),
                    c.TierStep(minimum_minor=9, reduction=OFF),
                )
            )
        },
        {"prefix": "TEA", "codes": CodeSource.UPLOADED},
    ],
)
def test_offer_that_contradicts_itself_is_refused(shop, changes):
    with pytest.raises(InvalidInputError):
        shop.offers.create(ten_percent(**changes))


def test_change_keeps_what_came_of_the_offer(shop, offer, code):
    changed = shop.offers.change(offer, ten_percent(name="Autumn", limits=Limits(most=3)))
    assert (changed.definition.name, changed.figures.n_issued, changed.figures.n_left) == (
        "Autumn",
        1,
        2,
    )
    assert [one.id for one in shop.offers.list_offers()] == [offer]
