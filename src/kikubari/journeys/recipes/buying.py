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

# Everything that was ordered, whether it can still be bought or not; long orders are cut.
_HAS_LINES = "trigger.lines.size > 0"
_LINES = (
    "{{% for line in trigger.lines limit: 20 %}}{point}{{{{ line.{title} }}}}"
    "{{% if line.quantity > 1 %}} × {{{{ line.quantity }}}}{{% endif %}}"
    "{{% if line.amount %}}　{{{{ line.amount }}}}{{% endif %}}\n{{% endfor %}}"
    "{{% if trigger.lines.size > 20 %}}"
    "{{% assign more = trigger.lines.size | minus: 20 %}}{more}{{% endif %}}"
)


def _confirm(step_id: str, *more: Products) -> MessageStep:
    """Return the confirmation of an order, with more products in Japanese and in English."""
    ja, en = more[:1], more[1:]
    return message(
        step_id,
        purpose=Purpose.TRANSACTIONAL,
        ja=copy(
            "ご注文を承りました{% if trigger.order_id %}（{{ trigger.order_id }}）{% endif %}",
            "ご注文内容をご確認ください",
            heading("ご注文ありがとうございます"),
            text(
                "{{ customer | honorific }}",
                "ご注文を承りました。発送の際に、あらためてご連絡いたします。",
            ),
            text("ご注文番号：{{ trigger.order_id }}", when="trigger.order_id"),
            text(
                _LINES.format(title="title_ja", point="・", more="ほか{{ more }}点\n"),
                when=_HAS_LINES,
            ),
            text(
                "{% if trigger.amounts.shipping %}送料：{{ trigger.amounts.shipping }}\n{% endif %}"
                "{% if trigger.amounts.discount %}割引：{{ trigger.amounts.discount }}\n{% endif %}"
                "合計：{{ trigger.amounts.total }}",
                when="trigger.amounts.total",
            ),
            products("trigger.products", limit=3, shows_price=False),
            *ja,
            text("ご不明な点がございましたら、このメールにご返信ください。"),
        ),
        en=copy(
            "Your order{% if trigger.order_id %} {{ trigger.order_id }}{% endif %} is confirmed",
            "Here is what you ordered",
            heading("Thank you for your order"),
            text(
                "Hello {{ customer | honorific }},",
                "We are getting your order ready, and will write again when it is on its way.",
            ),
            text("Order number: {{ trigger.order_id }}", when="trigger.order_id"),
            text(
                _LINES.format(title="title", point="• ", more="and {{ more }} more\n"),
                when=_HAS_LINES,
            ),
            text(
                "{% if trigger.amounts.shipping %}Delivery: {{ trigger.amounts.shipping }}\n"
                "{% endif %}"
                "{% if trigger.amounts.discount %}Discount: {{ trigger.amounts.discount }}\n"
                "{% endif %}"
                "Total: {{ trigger.amounts.total }}",
                when="trigger.amounts.total",
            ),
            products("trigger.products", limit=3, shows_price=False),
            *en,
            text("Is something not right? Just reply to this message."),
        ),
    )


ORDER_CONFIRMATION = Recipe(
    id="order-confirmation",
    name=Words("ご注文の確認", "Order confirmation"),
    description=Words(
        "ご注文をすぐに確認します。お知らせに同意した方には、"
        "ご覧になった別の商品も最後に添えます。",
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
            "ご覧になった商品を添えます。",
            "Things looked at are added.",
            is_required=False,
        ),
        SHOWN_GOODS,
    ),
    stands_in=(
        Words(
            "同意のない方への確認には、ほかの商品を一切載せません。",
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
                recommended("viewed_not_bought", title="こちらの商品も、いまお求めいただけます。"),
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
    stands_in=(
        Words(
            "次に選ばれる商品がまだ分からないときは、"
            "お客様に合いそうな商品や人気の商品を載せます。",
            "Where it is not known yet what people buy next, things that may suit the customer, or "
            "sell well, are shown.",
        ),
    ),
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
                    "使い方やお手入れも、お気軽にお尋ねください",
                    heading("ありがとうございました"),
                    text(
                        "{{ customer | honorific }}",
                        "このたびは{{ shop.name }}をお選びいただき、誠にありがとうございました。"
                        "ご注文の商品を気に入っていただけましたら幸いです。",
                        "使い方やお手入れなど、ご不明な点がございましたら、"
                        "このメールにご返信ください。",
                        "{{ shop.name }} スタッフ一同",
                    ),
                ),
                en=copy(
                    "Thank you for your first order",
                    "And if you have a question, just reply",
                    heading("Thank you"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Thank you for choosing {{ shop.name }}. We hope you will enjoy what you "
                        "ordered.",
                        "If you have a question about using it or caring for it, just reply to "
                        "this e-mail.",
                        "All of us at {{ shop.name }}",
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
                    "よく選ばれている商品をご紹介します",
                    heading("次のひと品に"),
                    text(
                        "{{ customer | honorific }}",
                        "先日はお買い物いただき、ありがとうございました。その後、"
                        "いかがでしょうか。",
                    ),
                    recommended(
                        "next_after",
                        seed="trigger.products",
                        title="次によく選ばれている商品です。",
                        fills=True,
                    ),
                    coupon(
                        "2回目のお買い物にお使いいただけます\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("ショップを見る"),
                ),
                en=copy(
                    "A few ideas for next time",
                    "What our customers like to choose",
                    heading("For next time"),
                    text(
                        "Hello {{ customer | honorific }},", "We hope you are enjoying your order."
                    ),
                    recommended(
                        "next_after",
                        seed="trigger.products",
                        title="Often chosen next:",
                        fills=True,
                    ),
                    coupon(
                        "For your second order: {{ coupon.benefit }}",
                        "Enter the code at the checkout.",
                    ),
                    button("Visit the shop"),
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
    name=Words("あわせて使う商品", "What goes with it"),
    description=Words(
        "2回以上ご購入の方に、10日後、あわせて選ばれる商品を紹介します。",
        "Ten days after an order shows who has bought before what goes with it.",
    ),
    when_to_use=Words("組み合わせて使う商品の多いお店に。", "Where things are used together."),
    needs=(ORDERS_BEGIN, SHOWN_GOODS),
    stands_in=(
        Words(
            "あわせて買われる商品がまだ分からない注文には、お客様に合いそうな商品を載せます。",
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
                    "ご注文の商品とあわせて",
                    "組み合わせのご提案です",
                    heading("あわせて楽しむ"),
                    text(
                        "{{ customer | honorific }}",
                        "先日はご注文いただき、ありがとうございました。",
                    ),
                    recommended(
                        "goes_with",
                        seed="trigger.products",
                        title="組み合わせのご参考に、ご紹介します。",
                        fills=True,
                        shows_reason=True,
                    ),
                    button("ほかの商品も見る"),
                ),
                en=copy(
                    "To go with your last order",
                    "A few ideas from the shop",
                    heading("Better together"),
                    text("Hello {{ customer | honorific }},", "Thank you again for your order."),
                    recommended(
                        "goes_with",
                        seed="trigger.products",
                        title="A few ideas to go with it:",
                        fills=True,
                        shows_reason=True,
                    ),
                    button("See more ideas"),
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
