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
from kikubari.journeys.recipes.contracts import Recipe, SecondOffer
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
    "閲覧からも始められます（きっかけの「via」に view を加えてください）。",
    "It can also start from views: add `view` to `via` of the trigger.",
)

# Both are in the event, unless a shop's own integration sends it without.
_PRICES = "trigger.amounts.old_price and trigger.amounts.new_price"

LOW_STOCK = Recipe(
    id="low-stock",
    name=Words("お気に入りの在庫", "Low stock on a favourite"),
    description=Words(
        "お気に入りの商品の在庫が減ったら知らせます。クーポンをよく使う方にはコードを、"
        "比べて選ぶ方には代わりの商品を添えます。",
        "Tells when a favourite's stock runs down: with a code for who uses coupons, with "
        "alternatives for who compares.",
    ),
    when_to_use=Words(
        "再入荷しない商品や、入荷に時間のかかる商品のあるお店に。",
        "Where some things are not made again, or not soon.",
    ),
    needs=(_FAVOURITES, FRESH_CATALOGUE),
    stands_in=(
        Words(
            "代わりの商品は、同じ種類で価格が同じくらいか少し上の商品です。なければ載せません。",
            "Alternatives are of the same kind, at the price or somewhat above; without any, "
            "none are shown.",
        ),
        Words(
            "「次回10%引き」は、ふたつ目のオファー（種類は next_purchase）を選ぶと、"
            "比べて選ぶ方に届きます。",
            "Ten per cent off the next order comes to who compares with a second offer, of the "
            "kind `next_purchase`.",
        ),
    ),
    offer=Words("クーポンをよく使う方へのコード", "A code for who uses coupons"),
    second_offer=SecondOffer(
        step="with-others",
        use=Words(
            "比べて選ぶ方への、次回10%引き", "Ten per cent off the next order, for who compares"
        ),
    ),
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
                    "お気に入りの商品の在庫が少なくなりました",
                    "ご検討中でしたら、お早めにご覧ください",
                    heading("在庫が少なくなりました"),
                    text(
                        "{{ customer | honorific }}",
                        "お気に入りに入れてくださった商品の在庫が、少なくなりました。",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    coupon(
                        "よろしければお使いください\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("商品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "Something you saved is running low",
                    "In case you were still thinking about it",
                    heading("Not many left"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "There are not many left of something you saved. If you would like it, do "
                        "not leave it too long.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    coupon("If it helps: {{ coupon.benefit }}", "Enter the code at the checkout."),
                    button("View the item", PRODUCT_PAGE),
                ),
            ),
            message(
                "with-others",
                ja=copy(
                    "お気に入りの商品の在庫が少なくなりました",
                    "見比べてお選びいただけるよう、ご案内します",
                    heading("在庫が少なくなりました"),
                    text(
                        "{{ customer | honorific }}",
                        "お気に入りに入れてくださった商品の在庫が、少なくなりました。",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    recommended(
                        "similar", seed="trigger.products", title="似た商品も、ご参考までに。"
                    ),
                    coupon(
                        "次回のお買い物にお使いいただけます\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("商品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "Something you saved is running low",
                    "In case you would like to compare",
                    heading("Not many left"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "There are not many left of something you saved.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    recommended("similar", seed="trigger.products", title="Similar, to compare:"),
                    coupon(
                        "For your next order: {{ coupon.benefit }}",
                        "Enter the code at the checkout.",
                    ),
                    button("View the item", PRODUCT_PAGE),
                ),
            ),
            message(
                "plain",
                ja=copy(
                    "お気に入りの商品の在庫が少なくなりました",
                    "念のため、お知らせいたします",
                    heading("在庫が少なくなりました"),
                    text(
                        "{{ customer | honorific }}",
                        "お気に入りに入れてくださった商品の在庫が、少なくなりました。"
                        "ご検討中でしたら、お早めにご覧ください。",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    button("商品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "Something you saved is running low",
                    "We thought you would like to know",
                    heading("Not many left"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "There are not many left of something you saved. If you would like it, do "
                        "not leave it too long.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    button("View the item", PRODUCT_PAGE),
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
        "お気に入りやカートの商品が5%以上安くなったら知らせます。",
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
                    "ご検討中の商品がお求めやすくなりました",
                    "新しい価格をご案内します",
                    heading("お求めやすくなりました"),
                    text(
                        "{{ customer | honorific }}",
                        "お気に入りやカートに入れてくださった商品を、値下げいたしました。",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    text(
                        "{{ trigger.amounts.old_price }} → {{ trigger.amounts.new_price }}",
                        when=_PRICES,
                        is_centred=True,
                    ),
                    button("商品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "Something you saved costs less now",
                    "Here is the new price",
                    heading("Now at a lower price"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "We have lowered the price of something you saved or put in your basket.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    text(
                        "Was {{ trigger.amounts.old_price }}, now {{ trigger.amounts.new_price }}",
                        when=_PRICES,
                        is_centred=True,
                    ),
                    button("View the item", PRODUCT_PAGE),
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
        "在庫切れだったお気に入りの商品が戻ったら知らせます。",
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
                    "お待ちいただいた商品が再入荷しました",
                    "ふたたびお買い求めいただけます",
                    heading("再入荷のお知らせ"),
                    text(
                        "{{ customer | honorific }}",
                        "お待たせいたしました。お気に入りやカートに入れてくださった商品が、"
                        "再入荷しました。",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    button("商品を見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "Something you saved is back in stock",
                    "You can order it again",
                    heading("Back in stock"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Thank you for your patience: something you saved is available again.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    button("View the item", PRODUCT_PAGE),
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
