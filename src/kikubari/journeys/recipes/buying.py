"""Recipes around an order: its confirmation, thanks, what goes with it."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from datetime import time

from kikubari.decide.guard import Words
from kikubari.decide.personalise import Products
from kikubari.deliver import Purpose
from kikubari.journeys.definition import (
    EventTrigger,
    JourneyDefinition,
    MessageStep,
    Reentry,
    Rules,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)
from kikubari.journeys.recipes._shop import (
    BEST_SELLERS_SHOWN,
    ORDERS_BEGIN,
    SHOWN_GOODS,
    TROUBLE,
    order_within,
)
from kikubari.journeys.recipes._writing import (
    button,
    copy,
    coupon,
    did,
    either,
    event,
    heading,
    message,
    needs_event,
    products,
    recommended,
    text,
    who,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import ConsentIs, Duration
from kikubari.spec.topics import (
    ORDER_COMPLETED,
    PRODUCT_VIEWED,
)

_AGREED = ConsentIs(purpose="marketing", channel="email")


def _confirm(step_id: str, *more: Products) -> MessageStep:
    """Return the confirmation of an order, with more products in Japanese and in English."""
    ja, en = more[:1], more[1:]
    return message(
        step_id,
        purpose=Purpose.TRANSACTIONAL,
        ja=copy(
            "ご注文を承りました（{{ trigger.order_id }}）",
            "ご注文内容のご確認です",
            heading("ご注文ありがとうございます"),
            text(
                "{{ customer | honorific }}",
                "ご注文を承りました。ご注文番号は {{ trigger.order_id }} です。"
                "発送しましたら、あらためてお知らせします。",
            ),
            products("trigger.products", limit=12),
            *ja,
            text("ご不明な点は、このメールへの返信でお知らせください。"),
        ),
        en=copy(
            "Your order {{ trigger.order_id }}",
            "We have it, and thank you",
            heading("Thank you for your order"),
            text(
                "Hello {{ customer | honorific }},",
                "we have your order {{ trigger.order_id }} and will write again "
                "when it is on its way.",
            ),
            products("trigger.products", limit=12),
            *en,
            text("Anything unclear? Just reply to this e-mail."),
        ),
    )


ORDER_CONFIRMATION = Recipe(
    id="order-confirmation",
    name=Words("ご注文の確認", "Order confirmation"),
    description=Words(
        "ご注文をすぐに確認します。お知らせに同意した方には、ご覧になった別の品も最後に添えます。",
        "Confirms an order at once. Who agreed to news also finds things they looked at and "
        "did not buy, at the end.",
    ),
    when_to_use=Words(
        "カートシステムが確認メールを送らない場合に。二重にならないようご確認ください。",
        "If your shop system sends none: two confirmations help nobody.",
    ),
    needs=(
        ORDERS_BEGIN,
        needs_event(
            PRODUCT_VIEWED,
            "ご覧になった品を添えます。",
            "Things looked at are added.",
            is_required=False,
        ),
        SHOWN_GOODS,
    ),
    stands_in=(
        Words(
            "同意のない方への確認には、ほかの品を一切載せません。",
            "Who did not agree to news gets the confirmation alone.",
        ),
    ),
    journey=JourneyDefinition(
        name="order-confirmation",
        stage="purchase",
        trigger=EventTrigger(events=event(ORDER_COMPLETED)),
        start="agreed",
        steps=(
            either("agreed", _AGREED, "with-more", "plain"),
            _confirm(
                "with-more",
                recommended("viewed_not_bought", title="こちらの品も、いまお求めいただけます。"),
                recommended("viewed_not_bought", title="Also available now:"),
            ),
            _confirm("plain"),
        ),
        rules=Rules(
            goal=order_within(60, ends_journey=False),
            reentry=Reentry(allowed=True),
            priority=100,
        ),
    ),
)

FIRST_PURCHASE = Recipe(
    id="first-purchase-thanks",
    name=Words("はじめてのご購入のお礼", "First purchase thanks"),
    description=Words(
        "はじめてご購入の方にお礼を伝え、3週間後に2回目のきっかけを届けます（F2転換）。",
        "Thanks who bought for the first time, and three weeks later gives a reason for a second.",
    ),
    when_to_use=Words(
        "2回目のご購入を増やしたいときに。多くのお店で最も効くシナリオです。",
        "To turn first orders into second ones.",
    ),
    needs=(ORDERS_BEGIN, BEST_SELLERS_SHOWN),
    offer=Words("2回目に使えるクーポン", "A code for the second order"),
    journey=JourneyDefinition(
        name="first-purchase-thanks",
        stage="onboarding",
        trigger=EventTrigger(events=event(ORDER_COMPLETED)),
        segment=who(did(ORDER_COMPLETED, times=1, most=1)),
        start="days",
        steps=(
            WaitStep(id="days", duration=Duration(days=3), next="morning"),
            WaitUntilStep(id="morning", at=time(10), next="thanks"),
            message(
                "thanks",
                gives=True,
                ja=copy(
                    "はじめてのお買い物、ありがとうございました",
                    "スタッフ一同よりお礼申し上げます",
                    heading("ありがとうございました"),
                    text(
                        "{{ customer | honorific }}",
                        "このたびは{{ shop.name }}をお選びいただき、誠にありがとうございました。"
                        "お届けした品はお気に召しましたでしょうか。",
                        "使い方やお手入れで分からないことがあれば、"
                        "このメールへの返信でお気軽にお尋ねください。",
                    ),
                ),
                en=copy(
                    "Thank you for your first order",
                    "From all of us",
                    heading("Thank you"),
                    text(
                        "Dear {{ customer | honorific }},",
                        "thank you for choosing {{ shop.name }}. "
                        "We hope what you ordered is just what you had in mind.",
                        "If anything is unclear about using it or caring for it, just reply.",
                    ),
                ),
                then="weeks",
            ),
            WaitForStep(
                id="weeks",
                events=event(ORDER_COMPLETED),
                timeout=Duration(days=18),
                on_timeout="second",
            ),
            message(
                "second",
                ja=copy(
                    "次のお買い物のご参考に",
                    "よく選ばれている品をまとめました",
                    heading("次の一品に"),
                    text(
                        "{{ customer | honorific }}、その後いかがでしょうか。",
                        "前回ご購入いただいた品の次に、よく選ばれている品をご紹介します。",
                    ),
                    recommended("next_after", seed="trigger.products", fills=True),
                    coupon("2回目のお買い物に、{{ coupon.benefit }}"),
                    button("お店を見る"),
                ),
                en=copy(
                    "For next time",
                    "A few things others choose",
                    heading("For next time"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "we hope your last order serves you well. "
                        "These are things customers often choose next.",
                    ),
                    recommended("next_after", seed="trigger.products", fills=True),
                    coupon("For a second order: {{ coupon.benefit }}"),
                    button("See the shop"),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(60),
            exits=TROUBLE,
            priority=70,
        ),
    ),
)

CROSS_SELL = Recipe(
    id="post-purchase-cross-sell",
    name=Words("あわせて使う品", "What goes with it"),
    description=Words(
        "2回以上ご購入の方に、10日後、あわせて選ばれる品を紹介します。",
        "Ten days after an order shows who has bought before what goes with it.",
    ),
    when_to_use=Words("組み合わせて使う品の多いお店に。", "Where things are used together."),
    needs=(ORDERS_BEGIN, SHOWN_GOODS),
    stands_in=(
        Words(
            "あわせて買われる品がまだ分からない注文には、お客様に合いそうな品を載せます。",
            "For an order of which it is not known yet what goes with it, things that may suit "
            "the customer are shown.",
        ),
    ),
    journey=JourneyDefinition(
        name="post-purchase-cross-sell",
        stage="loyalty",
        trigger=EventTrigger(events=event(ORDER_COMPLETED)),
        segment=who(did(ORDER_COMPLETED, times=2)),
        start="days",
        steps=(
            WaitStep(id="days", duration=Duration(days=10), next="evening"),
            WaitUntilStep(id="evening", at=time(18), next="ideas"),
            message(
                "ideas",
                ja=copy(
                    "前回の品とあわせて",
                    "組み合わせのご提案です",
                    heading("あわせてお使いいただけます"),
                    text(
                        "{{ customer | honorific }}、先のご注文ありがとうございました。",
                        "お届けした品とあわせて選ばれている品を、3点ご紹介します。",
                    ),
                    recommended(
                        "goes_with", seed="trigger.products", fills=True, shows_reason=True
                    ),
                    button("ほかの品も見る"),
                ),
                en=copy(
                    "To go with your last order",
                    "Three ideas",
                    heading("Three that go well with it"),
                    text(
                        "Hello {{ customer | honorific }}, and thank you again.",
                        "To go with your last order, here are three that customers choose often.",
                    ),
                    recommended(
                        "goes_with", seed="trigger.products", fills=True, shows_reason=True
                    ),
                    button("See more"),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(30),
            exits=TROUBLE,
            reentry=Reentry(allowed=True, after=Duration(days=60)),
            priority=30,
            loser="dropped",
        ),
    ),
)

RECIPES = (ORDER_CONFIRMATION, FIRST_PURCHASE, CROSS_SELL)
