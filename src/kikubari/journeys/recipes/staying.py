"""Recipes for who stays: who recommends, and beside it the best customers."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from datetime import time

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    EventTrigger,
    JourneyDefinition,
    Reentry,
    Rules,
    WaitStep,
    WaitUntilStep,
)
from kikubari.journeys.recipes._shop import REACHABLE, order_within
from kikubari.journeys.recipes._writing import (
    button,
    copy,
    coupon,
    heading,
    message,
    needs_event,
    text,
)
from kikubari.journeys.recipes.best import VIP_ENTRY
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import (
    Duration,
    Events,
    InRange,
    PropertyFilter,
)
from kikubari.spec.topics import FEEDBACK_GIVEN

_HIGH_SCORE = Events(
    event=FEEDBACK_GIVEN,
    where=(PropertyFilter(path=("score",), test=InRange(at_least=9)),),
)

# Arrivals by it can be told from others: the condition `acquired` reads them.
_LINK = "{{ shop.url }}/?utm_source=ambassador"

AMBASSADOR = Recipe(
    id="ambassador",
    name=Words("ご紹介のお願い", "Ambassador and referral"),
    description=Words(
        "高い評価をくださった方に、お知り合いに渡せるリンクをお届けします。"
        "オファーを選ぶと、お礼のコードも添えます。",
        "Gives who gave a high score a link to pass on; with an offer, a code of thanks for them "
        "too.",
    ),
    when_to_use=Words("ご感想のお願いと組み合わせて。", "Together with the review request."),
    needs=(
        needs_event(
            FEEDBACK_GIVEN,
            "score が9以上の回答をきっかけに始まります。",
            "An answer whose `score` is 9 or more starts it.",
        ),
    ),
    stands_in=(
        Words(
            "リンクは全員に同じもので、誰の紹介かは記録されません。このリンクからのご来店は、"
            "セグメントの条件「acquired」（utm_source が ambassador）で分かります。",
            "The link is the same for all, and who was sent by whom is not recorded. Who came by "
            "it is known by the condition `acquired`: `utm_source` is ambassador.",
        ),
        Words(
            "コードはご紹介くださる方へのお礼です。ご紹介された方への特典は、実際のものを"
            "文面に書き加えてください。",
            "The code thanks the reader. If their friends get something too, add what they really "
            "get to the words.",
        ),
    ),
    offer=Words("ご紹介くださる方へのお礼", "Thanks for the reader"),
    journey=JourneyDefinition(
        name="ambassador",
        stage="loyalty",
        trigger=EventTrigger(events=_HIGH_SCORE),
        segment=REACHABLE,
        start="days",
        steps=(
            WaitStep(id="days", duration=Duration(days=2), next="evening"),
            WaitUntilStep(id="evening", at=time(18), next="ask"),
            message(
                "ask",
                ja=copy(
                    "うれしいご回答をありがとうございました",
                    "お知り合いにお渡しいただけるリンクです",
                    heading("ありがとうございます"),
                    text(
                        "{{ customer | honorific }}",
                        "高い評価をいただき、スタッフ一同、大変うれしく思っております。",
                        "お知り合いの方にもご紹介いただける場合は、次のリンクをお渡しください。"
                        "お相手のお名前やご連絡先をお知らせいただく必要はありません。",
                    ),
                    text(_LINK, is_centred=True),
                    coupon(
                        "感謝を込めて\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。お客様専用のコードです。",
                    ),
                    button("リンクを開く", _LINK),
                ),
                en=copy(
                    "Thank you for the kind words",
                    "A link to pass on, if you like",
                    heading("You made our day"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Thank you for such a kind answer.",
                        "If you would like to tell somebody about us, this is a link to pass on. "
                        "You need not tell us anything about them.",
                    ),
                    text(_LINK, is_centred=True),
                    coupon(
                        "With our thanks: {{ coupon.benefit }}",
                        "Enter the code at the checkout. It is yours alone.",
                    ),
                    button("Open the link", _LINK),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(90, ends_journey=False),
            reentry=Reentry(allowed=True, after=Duration(days=365)),
            priority=20,
        ),
    ),
)

RECIPES = (VIP_ENTRY, AMBASSADOR)
