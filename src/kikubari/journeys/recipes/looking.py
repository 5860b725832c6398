"""Recipes for who is looking: products looked at, favourites, a weekly letter."""

from datetime import time

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    EventTrigger,
    JourneyDefinition,
    Reentry,
    Rules,
    ScheduleTrigger,
    WaitForStep,
    WaitUntilStep,
)
from kikubari.journeys.recipes._shop import ORDERED, PRODUCT_PAGE, SHOWN_GOODS, order_within
from kikubari.journeys.recipes._writing import (
    SHOP,
    button,
    copy,
    coupon,
    did,
    either,
    event,
    heading,
    message,
    needs_catalogue,
    needs_event,
    products,
    recommended,
    text,
    who,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import AllOf, ConsentIs, Duration, Reachable
from kikubari.spec.topics import (
    ORDER_COMPLETED,
    PRODUCT_ADDED,
    PRODUCT_ADDED_TO_WISHLIST,
    PRODUCT_VIEWED,
)

_IN_STOCK_ONLY = Words(
    "いまお買い求めいただける品だけを載せます。", "Only what can be bought now is shown."
)

BROWSE_ABANDONMENT = Recipe(
    id="browse-abandonment",
    name=Words("閲覧のフォロー", "Looked and left"),
    description=Words(
        "品を見てカートに入れなかった方に、いま買える同じ品をもう一度ご紹介します。",
        "Shows who looked at a product without adding it that it is still available.",
    ),
    when_to_use=Words(
        "じっくり選ぶ品の多いお店に。回数は控えめに設定してあります。",
        "Where choosing takes time. It is set to come rarely.",
    ),
    needs=(
        needs_event(PRODUCT_VIEWED, "品の閲覧が始まりです。", "Looking at a product starts it."),
        needs_event(
            PRODUCT_ADDED,
            "カートに入れた方には送りません。",
            "Who adds one to a cart gets none.",
            is_required=False,
        ),
        needs_catalogue("在庫のある品だけを選びます。", "It knows what is in stock."),
    ),
    stands_in=(
        _IN_STOCK_ONLY,
        Words(
            "送料無料の案内は、送料無料のオファーを添えたときに表示されます。",
            "The nudge on free shipping shows when an offer of free shipping is added.",
        ),
    ),
    offer=Words("送料無料などのオファー", "Free shipping, say"),
    journey=JourneyDefinition(
        name="browse-abandonment",
        stage="consideration",
        trigger=EventTrigger(events=event(PRODUCT_VIEWED)),
        segment=who(
            AllOf(
                of=(
                    Reachable(channel="email"),
                    ConsentIs(purpose="tracking", channel="email"),
                    did(PRODUCT_VIEWED, times=2, days=7),
                )
            )
        ),
        start="day",
        steps=(
            WaitForStep(
                id="day", events=event(PRODUCT_ADDED), timeout=Duration(days=1), on_timeout="time"
            ),
            WaitUntilStep(id="time", at=time(18), next="bought"),
            either("bought", did(ORDER_COMPLETED, times=1, days=2), None, "look"),
            message(
                "look",
                ja=copy(
                    "いまもお買い求めいただけます",
                    "ゆっくりご検討ください",
                    heading("ゆっくりお選びください"),
                    text(
                        "{{ customer | honorific }}",
                        "お選びの途中でしたら、こちらからどうぞ。"
                        "どれもいまお買い求めいただける品です。",
                    ),
                    products("trigger.products", limit=3),
                    coupon("{{ coupon.benefit }}でお届けします"),
                    button("品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "Still available, should you like it",
                    "Take your time",
                    heading("Take your time"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "in case you are still choosing, here is the way back. "
                        "Everything shown is available.",
                    ),
                    products("trigger.products", limit=3),
                    coupon("With {{ coupon.benefit }}"),
                    button("See it again", PRODUCT_PAGE),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(7),
            exits=(ORDERED,),
            reentry=Reentry(allowed=True, after=Duration(days=14)),
            priority=30,
            loser="dropped",
        ),
    ),
)

SAVED_ITEMS = Recipe(
    id="saved-items",
    name=Words("お気に入りのお知らせ", "Saved items"),
    description=Words(
        "お気に入りに入れた品を、1週間後にまとめてお見せします。",
        "Shows favourites again a week after something was saved.",
    ),
    when_to_use=Words("お気に入り機能のあるお店に。", "Where people can keep favourites."),
    needs=(
        needs_event(
            PRODUCT_ADDED_TO_WISHLIST,
            "お気に入りへの追加が始まりです。",
            "Saving a product starts it.",
        ),
        SHOWN_GOODS,
    ),
    stands_in=(_IN_STOCK_ONLY,),
    offer=Words("お気に入りに使えるクーポン", "A code for favourites"),
    journey=JourneyDefinition(
        name="saved-items",
        stage="consideration",
        trigger=EventTrigger(events=event(PRODUCT_ADDED_TO_WISHLIST)),
        start="week",
        steps=(
            WaitForStep(
                id="week",
                events=event(ORDER_COMPLETED),
                timeout=Duration(days=7),
                on_timeout="evening",
            ),
            WaitUntilStep(id="evening", at=time(19), weekdays=("thu", "fri", "sat"), next="list"),
            message(
                "list",
                ja=copy(
                    "お気に入りの品をまとめました",
                    "いつでも続きからどうぞ",
                    heading("お気に入りの品"),
                    text(
                        "{{ customer | honorific }}",
                        "保存された品をまとめました。いまお買い求めいただける品です。",
                    ),
                    products("favourites.products", limit=6),
                    recommended(
                        "similar", seed="favourites.products", title="似た品も、ご参考までに。"
                    ),
                    coupon("お気に入りの品に、{{ coupon.benefit }}"),
                    button("お気に入りを開く", "{{ shop.url }}/favourites"),
                ),
                en=copy(
                    "Your saved items in one place",
                    "Whenever you feel like it",
                    heading("Saved for later"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "here is what you saved and can be had now.",
                    ),
                    products("favourites.products", limit=6),
                    recommended(
                        "similar", seed="favourites.products", title="Of the same kind, to compare:"
                    ),
                    coupon("For anything you saved: {{ coupon.benefit }}"),
                    button("Open my list", "{{ shop.url }}/favourites"),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(14),
            exits=(ORDERED,),
            reentry=Reentry(allowed=True, after=Duration(days=30)),
            priority=40,
        ),
    ),
)

WEEKLY_DISCOVERY = Recipe(
    id="weekly-discovery",
    name=Words("今週の発見", "Weekly discovery"),
    description=Words(
        "毎週金曜の夕方に、それぞれの方に合わせて選んだ品を3点だけ届けます。",
        "Every Friday evening: three things, chosen for each reader.",
    ),
    when_to_use=Words(
        "品数が多く、まだ知られていない品をお見せしたいときに。",
        "With a wide range of which people know a small part.",
    ),
    needs=(
        needs_event(
            ORDER_COMPLETED, "これまでのご購入から選びます。", "Picks come from what people buy."
        ),
        needs_catalogue("品を選びます。", "It is chosen from.", is_required=True),
    ),
    stands_in=(
        Words(
            "好みがまだ分からない方には、いま選ばれている品を載せます。",
            "Who has bought too little to tell gets what people choose at the moment.",
        ),
    ),
    journey=JourneyDefinition(
        name="weekly-discovery",
        stage="loyalty",
        trigger=ScheduleTrigger(cron="0 17 * * FRI"),
        segment=who(
            AllOf(of=(Reachable(channel="email"), did(ORDER_COMPLETED, times=1, days=365)))
        ),
        start="letter",
        steps=(
            message(
                "letter",
                ja=copy(
                    "今週の3点",
                    "週末の前に、ひと息どうぞ",
                    heading("今週の3点"),
                    text(
                        "{{ customer | honorific }}、今週もお疲れさまでした。",
                        "今週のおすすめを、3点だけ選びました。",
                    ),
                    recommended("new_for_you", fills=True, shows_reason=True),
                    button("ほかの品も見る", SHOP),
                ),
                en=copy(
                    "Three things this week",
                    "A minute before the weekend",
                    heading("Three things this week"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "three things from our shelves, chosen for this week.",
                    ),
                    recommended("new_for_you", fills=True, shows_reason=True),
                    button("See more", SHOP),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(7),
            reentry=Reentry(allowed=True),
            priority=10,
            loser="dropped",
        ),
    ),
)

RECIPES = (BROWSE_ABANDONMENT, SAVED_ITEMS, WEEKLY_DISCOVERY)
