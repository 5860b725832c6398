"""Recipes for the weeks after an order: opinions, help, more of the same."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from datetime import time

from kikubari.decide.guard import Words
from kikubari.deliver import Purpose
from kikubari.journeys.definition import (
    EventTrigger,
    Goal,
    JourneyDefinition,
    Reentry,
    Rules,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)
from kikubari.journeys.recipes._shop import (
    ORDERS_BEGIN,
    REACHABLE,
    TROUBLE,
    order_within,
)
from kikubari.journeys.recipes._writing import (
    FEEDBACK_PAGE,
    button,
    copy,
    coupon,
    event,
    heading,
    message,
    needs_event,
    products,
    scale,
    text,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import (
    ColumnFilter,
    Duration,
    Events,
    Is,
    IsSet,
    PropertyFilter,
)
from kikubari.spec.topics import (
    FEEDBACK_GIVEN,
    ORDER_COMPLETED,
    RUNS_LOW,
    SUPPORT_TICKET_CLOSED,
    SUPPORT_TICKET_OPENED,
)

_REVIEW = (
    FEEDBACK_PAGE + "?"
    "{% if trigger.order_id %}order={{ trigger.order_id | url_encode }}&{% endif %}score="
)
_ANSWERED = Goal(events=event(FEEDBACK_GIVEN), value="")

REVIEW = Recipe(
    id="review-request",
    name=Words("ご感想のお願い", "Review request"),
    description=Words(
        "お届けから2週間後に、0〜10の一問だけ感想を伺います。"
        "返品やお問い合わせ中の方には送りません。",
        "Two weeks after an order asks one question, 0 to 10; never who returns something or has "
        "an open case.",
    ),
    when_to_use=Words(
        "お店の評価（NPS）を知りたいときに。回答は、ログインのいらないページで受け取ります。",
        "To learn how the shop is liked (NPS). Answers are taken on a page without a log-in.",
    ),
    needs=(
        ORDERS_BEGIN,
        needs_event(
            SUPPORT_TICKET_OPENED,
            "お問い合わせ中の方を外します。",
            "Who has an open case is left out.",
            is_required=False,
        ),
    ),
    journey=JourneyDefinition(
        name="review-request",
        stage="loyalty",
        trigger=EventTrigger(events=event(ORDER_COMPLETED)),
        start="weeks",
        steps=(
            WaitStep(id="weeks", duration=Duration(days=14), next="weekend"),
            WaitUntilStep(id="weekend", at=time(10), weekdays=("sat", "sun"), next="ask"),
            message(
                "ask",
                ja=copy(
                    "ご感想をひとつだけお聞かせください",
                    "10秒ほどで終わります",
                    heading("お買い物はいかがでしたか"),
                    text(
                        "{{ customer | honorific }}",
                        "先日はご注文いただき、ありがとうございました。",
                        "{{ shop.name }}をご友人にすすめたいと思われますか。"
                        "0から10の数字をひとつお選びください。",
                    ),
                    scale(_REVIEW, "0：まったく思わない", "10：とてもそう思う"),
                    text("いただいたお声は、すべて拝見しています。"),
                ),
                en=copy(
                    "One question about your order",
                    "It takes ten seconds",
                    heading("How was it?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Thank you again for your order.",
                        "How likely are you to recommend {{ shop.name }} to a friend? Choose a "
                        "number.",
                    ),
                    scale(_REVIEW, "0: not at all", "10: very likely"),
                    text("We read every answer."),
                ),
            ),
        ),
        rules=Rules(
            goal=_ANSWERED,
            exits=TROUBLE,
            reentry=Reentry(allowed=True, after=Duration(days=90)),
            priority=20,
            loser="dropped",
        ),
    ),
)

SUPPORT_FEEDBACK = Recipe(
    id="support-feedback",
    name=Words("お問い合わせ後のご感想", "Feedback after support"),
    description=Words(
        "お問い合わせの解決から1日後に、対応についてひとつだけ伺います。",
        "A day after a case was closed asks one question about how it went.",
    ),
    when_to_use=Words(
        "お問い合わせの記録があるお店に。回答は、ログインのいらないページで受け取ります。",
        "Where support cases are recorded. Answers are taken on a page without a log-in.",
    ),
    needs=(
        needs_event(
            SUPPORT_TICKET_CLOSED, "解決をきっかけに始まります。", "A case being closed starts it."
        ),
    ),
    journey=JourneyDefinition(
        name="support-feedback",
        stage="loyalty",
        trigger=EventTrigger(events=event(SUPPORT_TICKET_CLOSED)),
        start="day",
        steps=(
            WaitForStep(
                id="day",
                events=event(SUPPORT_TICKET_OPENED),
                timeout=Duration(days=1),
                on_timeout="morning",
            ),
            WaitUntilStep(id="morning", at=time(11), next="ask"),
            message(
                "ask",
                purpose=Purpose.TRANSACTIONAL,
                ja=copy(
                    "お問い合わせへの対応はいかがでしたか",
                    "ひとつだけお聞かせください",
                    heading("お問い合わせについて"),
                    text(
                        "{{ customer | honorific }}",
                        "このたびはお問い合わせいただき、ありがとうございました。",
                        "私どもの対応はいかがでしたか。0から10の数字をひとつお選びください。",
                    ),
                    scale(
                        f"{FEEDBACK_PAGE}?about=support&score=",
                        "0：まったく満足していない",
                        "10：とても満足している",
                    ),
                    text("まだ解決していないことがございましたら、このメールにご返信ください。"),
                ),
                en=copy(
                    "How did we do?",
                    "One question about our answer",
                    heading("About your question to us"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Thank you for getting in touch.",
                        "How satisfied are you with our answer? Choose a number.",
                    ),
                    scale(
                        f"{FEEDBACK_PAGE}?about=support&score=",
                        "0: not at all",
                        "10: completely",
                    ),
                    text("If something is still open, just reply to this message."),
                ),
            ),
        ),
        rules=Rules(
            goal=_ANSWERED,
            reentry=Reentry(allowed=True, after=Duration(days=30)),
            priority=50,
        ),
    ),
)

REPLENISHMENT = Recipe(
    id="replenishment",
    name=Words("補充のご案内", "Replenishment"),
    description=Words(
        "いつもの商品がなくなる頃の5日前に、その商品をご案内します。ご注文があれば止まります。",
        "Shows, five days before something a customer buys again and again runs low, that very "
        "product. An order stops it.",
    ),
    when_to_use=Words(
        "使い切る商品（お茶、化粧品、フードなど）のお店に。",
        "Where things are used up: tea, cosmetics, pet food.",
    ),
    needs=(ORDERS_BEGIN,),
    offer=Words("次のご注文に使えるクーポン", "A code for the next order"),
    stands_in=(
        Words(
            "なくなる頃は、お店のご注文から毎週予測します。8週間分のご注文がないうちや、"
            "当たりそうにない商品については送りません。",
            "When things run low is forecast each week from the shop's orders: nothing is sent "
            "before there are eight weeks of them, nor of what is too uncertain.",
        ),
    ),
    journey=JourneyDefinition(
        name="replenishment",
        stage="loyalty",
        trigger=EventTrigger(
            events=Events(
                event=RUNS_LOW,
                where=(
                    PropertyFilter(path=("days_left",), test=Is(5)),
                    ColumnFilter("product_id", IsSet()),
                ),
            )
        ),
        segment=REACHABLE,
        start="morning",
        steps=(
            # A day begins at midnight.
            WaitUntilStep(id="morning", at=time(10), next="remind"),
            message(
                "remind",
                ja=copy(
                    "そろそろ補充はいかがでしょうか",
                    "いつもの商品を、すぐにご注文いただけます",
                    heading("そろそろ補充の時期でしたら"),
                    text(
                        "{{ customer | honorific }}",
                        "いつもご利用いただき、ありがとうございます。"
                        "くり返しお選びいただいている商品をご案内します。",
                        "まだ十分にお持ちでしたら、このままで結構です。",
                    ),
                    products("trigger.products", limit=3),
                    coupon(
                        "次のご注文にお使いいただけます\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("もう一度注文する", "{{ shop.url }}/account/orders"),
                ),
                en=copy(
                    "Time to restock?",
                    "Your usual, ready to order again",
                    heading("If it is time for more"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Here is something you have ordered more than once, in case you need it "
                        "again.",
                        "If you still have plenty, there is nothing to do.",
                    ),
                    products("trigger.products", limit=3),
                    coupon(
                        "On your next order: {{ coupon.benefit }}",
                        "Enter the code at the checkout.",
                    ),
                    button("Order again", "{{ shop.url }}/account/orders"),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(21),
            reentry=Reentry(allowed=True, after=Duration(days=14)),
            priority=50,
        ),
    ),
)

RECIPES = (REVIEW, SUPPORT_FEEDBACK, REPLENISHMENT)
