"""Recipes on news about products somebody has an eye on: stock and price."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    BranchStep,
    JourneyDefinition,
    ProductTrigger,
    Reentry,
    Rules,
    Way,
)
from kikubari.journeys.recipes._shop import (
    FRESH_CATALOGUE,
    ORDERED,
    PRODUCT_PAGE,
    REACHABLE,
    order_within,
)
from kikubari.journeys.recipes._writing import (
    button,
    copy,
    coupon,
    heading,
    message,
    needs_event,
    products,
    recommended,
    text,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import Duration
from kikubari.spec.topics import (
    PRODUCT_ADDED_TO_WISHLIST,
)

_FAVOURITES = needs_event(
    PRODUCT_ADDED_TO_WISHLIST,
    "お気に入りに入れた方に届きます。",
    "It goes to who saved the product.",
)


_TIES = Words(
    "カートや閲覧からも始められます（きっかけの「via」を変えてください）。",
    "It can also start from carts or views: change `via` of the trigger.",
)

LOW_STOCK = Recipe(
    id="low-stock",
    name=Words("お気に入りの在庫", "Low stock on a favourite"),
    description=Words(
        "お気に入りの品の在庫が減ったら知らせます。クーポンをよく使う方にはコードを、"
        "比べて選ぶ方には代わりの品を添えます。",
        "Tells when a favourite's stock runs down: with a code for who uses coupons, with "
        "alternatives for who compares.",
    ),
    when_to_use=Words(
        "再入荷しない品や、入荷に時間のかかる品のあるお店に。",
        "Where some things are not made again, or not soon.",
    ),
    needs=(_FAVOURITES, FRESH_CATALOGUE),
    stands_in=(
        Words(
            "代わりの品は、同じ種類で価格が同じくらいか少し上の品です。なければ載せません。",
            "Alternatives are of the same kind, at the price or somewhat above; without any, "
            "none are shown.",
        ),
        Words(
            "「次回10%引き」は、next_purchase のオファーを比べて選ぶ方の手紙に加えると届きます。",
            "Ten per cent off the next order comes with an offer of the kind `next_purchase`, "
            "added to the message for who compares.",
        ),
    ),
    offer=Words("クーポンをよく使う方へのコード", "A code for who uses coupons"),
    journey=JourneyDefinition(
        name="low-stock",
        stage="consideration",
        trigger=ProductTrigger(change="low_stock", via=("favourite",)),
        segment=REACHABLE,
        start="who",
        steps=(
            BranchStep(
                id="who",
                ways=(
                    Way(id="discount", when="builtin:discount_shopper", next="with-code"),
                    Way(id="comparer", when="builtin:comparer", next="with-others"),
                ),
                otherwise="plain",
            ),
            message(
                "with-code",
                ja=copy(
                    "お気に入りの品の在庫についてのお知らせ",
                    "在庫が少なくなりました",
                    heading("お気に入りの品の在庫が少なくなりました"),
                    text(
                        "{{ customer | honorific }}",
                        "お気に入りに入れてくださった品の在庫が減っています。"
                        "お考えでしたら、お早めにご覧ください。",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    coupon(
                        "{{ coupon.benefit }}",
                        "クーポンをご利用いただいている方にお送りしています。",
                    ),
                    button("品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "About the stock of something you saved",
                    "There are not many of it now",
                    heading("The stock of a saved item is low"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "there are not many of this left in our store room. "
                        "If you are thinking of it, now is a good time.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    coupon("{{ coupon.benefit }}", "Sent to you because you use our coupons."),
                    button("See it", PRODUCT_PAGE),
                ),
            ),
            message(
                "with-others",
                ja=copy(
                    "お気に入りの品の在庫についてのお知らせ",
                    "代わりになりそうな品もあわせて",
                    heading("お気に入りの品の在庫が少なくなりました"),
                    text(
                        "{{ customer | honorific }}",
                        "お気に入りの品の在庫が減っています。"
                        "見比べてお選びいただけるよう、ほかの品もご用意しました。",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    recommended(
                        "similar", seed="trigger.products", title="似た品には、こちらがあります。"
                    ),
                    button("品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "About the stock of something you saved",
                    "And what could stand in for it",
                    heading("The stock of a saved item is low"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "there are not many of this left in our store room. "
                        "Here it is, with others to compare it with.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    recommended("similar", seed="trigger.products", title="Of the same kind:"),
                    button("See it", PRODUCT_PAGE),
                ),
            ),
            message(
                "plain",
                ja=copy(
                    "お気に入りの品の在庫についてのお知らせ",
                    "在庫が少なくなりました",
                    heading("お気に入りの品の在庫が少なくなりました"),
                    text(
                        "{{ customer | honorific }}",
                        "お気に入りの品の在庫が減っていますので、念のためお知らせします。",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    button("品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "About the stock of something you saved",
                    "There are not many of it now",
                    heading("The stock of a saved item is low"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "there are not many of this left in our store room, "
                        "and we thought you would like to know.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    button("See it", PRODUCT_PAGE),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(7),
            exits=(ORDERED,),
            reentry=Reentry(allowed=True, after=Duration(days=7)),
            priority=70,
        ),
    ),
)

PRICE_DROP = Recipe(
    id="price-drop",
    name=Words("値下げのお知らせ", "Price drop"),
    description=Words(
        "お気に入りやカートの品が5%以上安くなったら知らせます。",
        "Tells who saved a product, or has it in the cart, that its price fell by 5 % or more.",
    ),
    when_to_use=Words("価格を時々見直すお店に。", "Where prices are reviewed now and then."),
    needs=(_FAVOURITES, FRESH_CATALOGUE),
    stands_in=(_TIES,),
    journey=JourneyDefinition(
        name="price-drop",
        stage="consideration",
        trigger=ProductTrigger(
            change="price_dropped", via=("favourite", "cart"), min_drop_percent=5
        ),
        segment=REACHABLE,
        start="news",
        steps=(
            message(
                "news",
                ja=copy(
                    "お気に入りの品の価格を見直しました",
                    "新しい価格をお知らせします",
                    heading("価格を見直しました"),
                    text(
                        "{{ customer | honorific }}",
                        "お選びいただいていた品の価格を下げました。新しい価格はこちらです。",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    button("品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "Something you saved costs less now",
                    "Here is the new price",
                    heading("A lower price"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "we have lowered the price of something you put aside. "
                        "This is what it costs now.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    button("See it", PRODUCT_PAGE),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(7),
            reentry=Reentry(allowed=True, after=Duration(days=3)),
            priority=70,
        ),
    ),
)

BACK_IN_STOCK = Recipe(
    id="back-in-stock",
    name=Words("再入荷のお知らせ", "Back in stock"),
    description=Words(
        "在庫切れだったお気に入りの品が戻ったら知らせます。",
        "Tells who saved a product that it can be bought again.",
    ),
    when_to_use=Words("売り切れの起きるお店に。", "Wherever things sell out."),
    needs=(_FAVOURITES, FRESH_CATALOGUE),
    stands_in=(_TIES,),
    journey=JourneyDefinition(
        name="back-in-stock",
        stage="consideration",
        trigger=ProductTrigger(change="back_in_stock", via=("favourite", "cart")),
        segment=REACHABLE,
        start="news",
        steps=(
            message(
                "news",
                ja=copy(
                    "お気に入りの品が再入荷しました",
                    "お待たせいたしました",
                    heading("再入荷しました"),
                    text(
                        "{{ customer | honorific }}",
                        "お待たせいたしました。お気に入りの品がまた店頭に並びました。",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    button("品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "Something you saved is back",
                    "Thank you for waiting",
                    heading("Back on the shelf"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "thank you for your patience. What you saved can be had again.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    button("See it", PRODUCT_PAGE),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(7),
            reentry=Reentry(allowed=True, after=Duration(days=3)),
            priority=75,
        ),
    ),
)

RECIPES = (LOW_STOCK, PRICE_DROP, BACK_IN_STOCK)
