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
    did,
    either,
    event,
    heading,
    message,
    needs_event,
    products,
    text,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import AllOf, Cart, Condition, Duration, Not, NumberRange
from kikubari.spec.topics import (
    CHECKOUT_STARTED,
    ORDER_COMPLETED,
    PRODUCT_ADDED,
    PRODUCT_REMOVED,
)

# Who took everything out again left nothing behind.
_EMPTIED = AllOf(of=(Cart(value=NumberRange(at_most=0)), did(PRODUCT_REMOVED, days=30)))


def _left_behind(idle: Duration | None = None) -> Condition:
    """Return those with something in the cart, untouched for so long."""
    return AllOf(of=(Cart(idle=idle), Not(of=_EMPTIED)))


CART_ABANDONMENT = Recipe(
    id="cart-abandonment",
    name=Words("カートのお知らせ", "Cart left behind"),
    description=Words(
        "カートに商品が残っている方に、写真と、カートへ戻るリンクを届けます。"
        "ご注文があれば止まります。",
        "Sends who left a cart its pictures and a link back to it. An order cancels it.",
    ),
    when_to_use=Words(
        "ネットショップなら、ようこそメールの次に。", "In any web shop, right after the welcome."
    ),
    needs=(
        needs_event(
            PRODUCT_ADDED, "カートへの追加をきっかけに始まります。", "Adding to a cart starts it."
        ),
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
            either("open", _left_behind(Duration(hours=1)), "reminder", "longer"),
            WaitStep(id="longer", duration=Duration(hours=3), next="still-open"),
            either("still-open", _left_behind(), "reminder", None),
            message(
                "reminder",
                ja=copy(
                    "カートに商品が残っています",
                    "続きからお手続きいただけます",
                    heading("お買い忘れはございませんか"),
                    text(
                        "{{ customer | honorific }}",
                        "カートに商品が入ったままになっています。よろしければ、"
                        "続きからお手続きください。",
                    ),
                    products("cart.products", limit=6),
                    button("カートに戻る", CART),
                    text("サイズや素材、お届けなど、ご不明な点はこのメールにご返信ください。"),
                ),
                en=copy(
                    "You left something in your basket",
                    "It is saved: carry on whenever you like",
                    heading("Still thinking it over?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Your basket is saved, so you can carry on where you left off.",
                    ),
                    products("cart.products", limit=6),
                    button("Back to my basket", CART),
                    text(
                        "A question about size, material or delivery? Just reply to this message."
                    ),
                ),
                then="days",
            ),
            WaitForStep(
                id="days",
                events=event(ORDER_COMPLETED),
                timeout=Duration(days=2),
                on_timeout="kept",
            ),
            either("kept", _left_behind(Duration(days=1)), "last", None),
            message(
                "last",
                ja=copy(
                    "カートの商品について",
                    "この件のご案内は、今回が最後です",
                    heading("カートの商品はいかがなさいますか"),
                    text(
                        "{{ customer | honorific }}",
                        "{% if cart.products.size > 0 %}カートの商品は、"
                        "いまもお買い求めいただけます。{% endif %}"
                        "ご不要でしたら、このメールはそのままになさってください。この件で、"
                        "あらためてご連絡することはございません。",
                    ),
                    products("cart.products", limit=3),
                    coupon(
                        "よろしければお使いください\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("カートに戻る", CART),
                ),
                en=copy(
                    "About your basket",
                    "Our last note about it",
                    heading("Shall we keep it for you?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "{% if cart.products.size > 0 %}What is in your basket is still "
                        "available. {% endif %}"
                        "If you have changed your mind, there is nothing to do: we will not write "
                        "about it again.",
                    ),
                    products("cart.products", limit=3),
                    coupon("If it helps: {{ coupon.benefit }}", "Enter the code at the checkout."),
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
