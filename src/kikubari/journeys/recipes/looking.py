"""Recipes for who is looking: products looked at, favourites, a weekly letter."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

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
    "いまお買い求めいただける商品だけを載せます。ひとつも残っていない方には送らず、"
    "理由（nothing_left）を残します。",
    "Only what can be bought now is shown; to whom none of it is left, nothing is sent, with the "
    "reason `nothing_left`.",
)

BROWSE_ABANDONMENT = Recipe(
    id="browse-abandonment",
    name=Words("閲覧のフォロー", "Looked and left"),
    description=Words(
        "商品を見てカートに入れなかった方に、いま買える同じ商品をもう一度ご紹介します。",
        "Shows who looked at a product without adding it that it is still available.",
    ),
    when_to_use=Words(
        "じっくり選ぶ商品の多いお店に。回数は控えめに設定してあります。",
        "Where choosing takes time. It is set to come rarely.",
    ),
    needs=(
        needs_event(
            PRODUCT_VIEWED, "商品の閲覧をきっかけに始まります。", "Looking at a product starts it."
        ),
        needs_event(
            PRODUCT_ADDED,
            "カートに入れた方には送りません。",
            "Who adds one to a cart gets none.",
            is_required=False,
        ),
        needs_catalogue("在庫のある商品だけを選びます。", "It knows what is in stock."),
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
                only_with="trigger.products",
                ja=copy(
                    "お選びの途中でしたら",
                    "どうぞごゆっくりご検討ください",
                    heading("ごゆっくりお選びください"),
                    text(
                        "{{ customer | honorific }}",
                        "ご検討中の商品は、{% if trigger.products.size > 0 %}"
                        "いまもお買い求めいただけます。{% endif %}"
                        "こちらから続きをご覧ください。",
                    ),
                    products("trigger.products", limit=3),
                    coupon(
                        "よろしければお使いください\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("商品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "Still deciding?",
                    "Take all the time you need",
                    heading("Take your time"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "In case you are still choosing, here is the way back."
                        "{% if trigger.products.size > 0 %} It is still available.{% endif %}",
                    ),
                    products("trigger.products", limit=3),
                    coupon("If it helps: {{ coupon.benefit }}", "Enter the code at the checkout."),
                    button("Take another look", PRODUCT_PAGE),
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
        "お気に入りに入れた商品を、1週間後にまとめてお見せします。",
        "Shows favourites again a week after something was saved.",
    ),
    when_to_use=Words("お気に入り機能のあるお店に。", "Where people can keep favourites."),
    needs=(
        needs_event(
            PRODUCT_ADDED_TO_WISHLIST,
            "お気に入りへの追加をきっかけに始まります。",
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
                only_with="favourites.products",
                ja=copy(
                    "お気に入りの商品をまとめました",
                    "いつでもこちらからご覧いただけます",
                    heading("お気に入りリスト"),
                    text(
                        "{{ customer | honorific }}",
                        "{% if favourites.products.size > 0 %}お気に入りの商品のうち、"
                        "いまお買い求めいただけるものをまとめました。"
                        "{% else %}お気に入りの商品は、いつでもリストからご覧いただけます。"
                        "{% endif %}",
                    ),
                    products("favourites.products", limit=6),
                    recommended(
                        "similar", seed="favourites.products", title="似た商品も、ご参考までに。"
                    ),
                    coupon(
                        "お気に入りの商品にお使いいただけます\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("お気に入りを見る", "{{ shop.url }}/favourites"),
                ),
                en=copy(
                    "Your saved items, all in one place",
                    "Ready whenever you are",
                    heading("Saved for later"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "{% if favourites.products.size > 0 %}Here is what you saved and can buy "
                        "now."
                        "{% else %}Your list is there whenever you like.{% endif %}",
                    ),
                    products("favourites.products", limit=6),
                    recommended(
                        "similar", seed="favourites.products", title="Similar, to compare:"
                    ),
                    coupon(
                        "For anything on your list: {{ coupon.benefit }}",
                        "Enter the code at the checkout.",
                    ),
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
        "毎週金曜の夕方に、それぞれの方に合わせて選んだ商品を3点だけ届けます。"
        "お店の読みものがあれば、1つ添えます。",
        "Every Friday evening: three things, chosen for each reader, and one to read if the shop "
        "writes.",
    ),
    when_to_use=Words(
        "品数が多く、まだ知られていない商品をお見せしたいときに。",
        "With a wide range of which people know a small part.",
    ),
    needs=(
        needs_event(
            ORDER_COMPLETED, "これまでのご購入から選びます。", "Picks come from what people buy."
        ),
        needs_catalogue("商品を選びます。", "It is chosen from.", is_required=True),
    ),
    stands_in=(
        Words(
            "好みがまだ分からない方には、いま選ばれている商品を載せます。",
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
                    "今週のおすすめ（{{ now | date: '%-m月%-d日' }}）",
                    "週末の前に、ひと息どうぞ",
                    heading("今週のおすすめ"),
                    text(
                        "{{ customer | honorific }}、今週もお疲れさまでした。"
                        "週末の前のひとときに、どうぞご覧ください。"
                    ),
                    recommended(
                        "new_for_you",
                        title="今週は、こちらを選びました。",
                        fills=True,
                        shows_reason=True,
                    ),
                    recommended(
                        "content", title="読みものも、おひとつどうぞ。", limit=1, shows_reason=True
                    ),
                    button("ほかの商品も見る", SHOP),
                ),
                en=copy(
                    "This week's picks ({{ now | date: '%-d %B' }})",
                    "A quiet minute before the weekend",
                    heading("This week's picks"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "The weekend is nearly here. Here is something to browse over a cup of "
                        "tea.",
                    ),
                    recommended(
                        "new_for_you", title="Chosen this week:", fills=True, shows_reason=True
                    ),
                    recommended("content", title="And one to read:", limit=1, shows_reason=True),
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
