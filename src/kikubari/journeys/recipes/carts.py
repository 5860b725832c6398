"""The recipe for who left a cart behind."""

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    EventTrigger,
    JourneyDefinition,
    Reentry,
    Rules,
    WaitForStep,
    WaitStep,
)
from kikubari.journeys.recipes._shop import ORDERED, SHOWN_GOODS, order_within
from kikubari.journeys.recipes._writing import (
    CART,
    button,
    copy,
    coupon,
    either,
    event,
    heading,
    message,
    needs_event,
    products,
    text,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import Cart, Duration
from kikubari.spec.topics import (
    CHECKOUT_STARTED,
    ORDER_COMPLETED,
    PRODUCT_ADDED,
)

CART_ABANDONMENT = Recipe(
    id="cart-abandonment",
    name=Words("カートのお知らせ", "Cart left behind"),
    description=Words(
        "カートに品が残っている方に、写真と、カートへ戻るリンクを届けます。ご注文があれば止まります。",
        "Sends who left a cart its pictures and a link back to it. An order cancels it.",
    ),
    when_to_use=Words(
        "ネットショップなら、ようこそメールの次に。", "In any web shop, right after the welcome."
    ),
    needs=(
        needs_event(PRODUCT_ADDED, "カートへの追加が始まりです。", "Adding to a cart starts it."),
        needs_event(ORDER_COMPLETED, "ご注文で止まります。", "An order stops it."),
        needs_event(
            CHECKOUT_STARTED,
            "カートの中身を確かめます。",
            "It makes sure of what is in the cart.",
            is_required=False,
        ),
        SHOWN_GOODS,
    ),
    stands_in=(
        Words(
            "リンクはイベントの cart_url、なければ /cart?restore=カート番号 です。",
            "The link is the event's `cart_url`, or else /cart?restore= and the cart's id.",
        ),
    ),
    offer=Words("2通目に添えるクーポン", "A code in the second message"),
    journey=JourneyDefinition(
        name="cart-abandonment",
        stage="purchase",
        trigger=EventTrigger(events=event(PRODUCT_ADDED)),
        start="hours",
        steps=(
            WaitForStep(
                id="hours",
                events=event(ORDER_COMPLETED),
                timeout=Duration(hours=3),
                on_timeout="open",
            ),
            either("open", Cart(idle=Duration(hours=1)), "reminder", "longer"),
            WaitStep(id="longer", duration=Duration(hours=3), next="still-open"),
            either("still-open", Cart(), "reminder", None),
            message(
                "reminder",
                ja=copy(
                    "カートの中身をお預かりしています",
                    "続きからお買い物いただけます",
                    heading("お預かりしています"),
                    text(
                        "{{ customer | honorific }}",
                        "カートに品が残っています。よろしければ、続きからどうぞ。",
                    ),
                    products("cart.products", limit=6),
                    button("カートに戻る", CART),
                    text(
                        "サイズや素材、お届けのことなど、"
                        "気になる点はこのメールへの返信でお尋ねください。",
                    ),
                ),
                en=copy(
                    "Your basket is kept for you",
                    "Pick up where you left off",
                    heading("Still here for you"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "there are things in your basket. If you like, go on from here.",
                    ),
                    products("cart.products", limit=6),
                    button("Back to my basket", CART),
                    text("A question about size, material or delivery? Just reply."),
                ),
                then="days",
            ),
            WaitForStep(
                id="days",
                events=event(ORDER_COMPLETED),
                timeout=Duration(days=2),
                on_timeout="kept",
            ),
            either("kept", Cart(idle=Duration(days=1)), "last", None),
            message(
                "last",
                ja=copy(
                    "カートの品についてのご案内",
                    "こちらが最後のお知らせです",
                    heading("カートの品、いかがいたしましょう"),
                    text(
                        "{{ customer | honorific }}",
                        "カートの品は、いまもお買い求めいただけます。"
                        "ご不要でしたら、このメールはそのままになさってください。"
                        "この件のお知らせは今回が最後です。",
                    ),
                    products("cart.products", limit=3),
                    coupon("よろしければお使いください。{{ coupon.benefit }}"),
                    button("カートに戻る", CART),
                ),
                en=copy(
                    "About the things in your basket",
                    "We will not write about them again",
                    heading("Shall we keep them?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "what is in your basket is still available. If you have decided "
                        "otherwise, simply leave this: we will not write about it again.",
                    ),
                    products("cart.products", limit=3),
                    coupon("If it helps: {{ coupon.benefit }}"),
                    button("Back to my basket", CART),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(5),
            exits=(ORDERED,),
            reentry=Reentry(allowed=True, after=Duration(days=7)),
            priority=80,
        ),
    ),
)

RECIPES = (CART_ABANDONMENT,)
