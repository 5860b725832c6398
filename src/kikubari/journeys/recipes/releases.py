"""Recipes on what is new, and on what can be ordered ahead."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from datetime import time

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    EventTrigger,
    JourneyDefinition,
    ProductTrigger,
    Reentry,
    Rules,
    WaitForStep,
    WaitUntilStep,
)
from kikubari.journeys.recipes._shop import FRESH_CATALOGUE, PRODUCT_PAGE, REACHABLE, order_within
from kikubari.journeys.recipes._writing import (
    button,
    copy,
    event,
    heading,
    message,
    needs_event,
    needs_trait,
    products,
    recommended,
    text,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import Duration
from kikubari.spec.topics import (
    ORDER_COMPLETED,
    PRODUCT_VIEWED,
)

# The event's own day, else that of the product.
_CLOSES = "trigger.closes_on or trigger.products.first.preorder_until"
_CLOSING_DAY = (
    "{{ trigger.closes_on | default: trigger.products.first.preorder_until | date_long }}"
)

NEW_ARRIVAL = Recipe(
    id="new-arrival",
    name=Words("新着のお知らせ", "Something new"),
    description=Words(
        "新商品を、好みに合いそうな方にだけ知らせます。",
        "Tells of a new product those whom it fits.",
    ),
    when_to_use=Words("新商品が月に何度か入るお店に。", "Where new things come in every month."),
    needs=(
        needs_event(
            PRODUCT_VIEWED,
            "似た商品をご覧の方に届きます。",
            "It goes to who looked at its kind.",
        ),
        FRESH_CATALOGUE,
    ),
    stands_in=(
        Words(
            "「合いそうな方」は、その商品の分野やブランドを見た・お気に入りにした・購入した方と、"
            "その分野を好むと予測された方です。商品が入って一週間に満たないお店では届きません。",
            "Whom it fits is who looked at, saved or bought things of its category or brand, or is "
            "predicted to lean to its category. Nothing comes in a catalogue's first week.",
        ),
    ),
    journey=JourneyDefinition(
        name="new-arrival",
        stage="consideration",
        trigger=ProductTrigger(change="new_arrival", via=("favourite", "view")),
        segment=REACHABLE,
        start="friday",
        steps=(
            WaitUntilStep(id="friday", at=time(18), weekdays=("fri",), next="news"),
            message(
                "news",
                ja=copy(
                    "新商品が入荷しました",
                    "今週の新着からご紹介します",
                    heading("新商品のご紹介"),
                    text(
                        "{{ customer | honorific }}",
                        "お好みに合うかもしれない新商品が入荷しましたので、ご紹介いたします。",
                    ),
                    products("trigger.products", limit=3),
                    recommended(
                        "goes_with", seed="trigger.products", title="あわせて選ばれている商品です。"
                    ),
                    button("新商品を見る", "{{ shop.url }}/new"),
                ),
                en=copy(
                    "New in, and you might like it",
                    "Just arrived in the shop",
                    heading("New in"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Something has just arrived that you might like.",
                    ),
                    products("trigger.products", limit=3),
                    recommended(
                        "goes_with", seed="trigger.products", title="Often chosen with it:"
                    ),
                    button("See what is new", "{{ shop.url }}/new"),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(14),
            reentry=Reentry(allowed=True, after=Duration(days=7)),
            priority=20,
            loser="dropped",
        ),
    ),
)

PREORDER_TEASER = Recipe(
    id="preorder-teaser",
    name=Words("予約のご案内", "Pre-order teaser"),
    description=Words(
        "予約の始まりを、本当の締切日と、以前ご来店の店舗・担当者の名前を添えて知らせます。",
        "Tells that something can be ordered ahead, with the real closing day and, where there "
        "is one, the reader's store and member of staff.",
    ),
    when_to_use=Words(
        "発売前に予約を受けるお店に。締切は、イベントか商品データにある本当の日付です。",
        "Where orders are taken before a release. The closing day is the real one, of your event "
        "or of the product.",
    ),
    needs=(
        needs_event(
            "Preorder Opened",
            "お店から一人ずつ送ります（product_id、closes_on）。",
            "Your shop sends it for each person: `product_id`, `closes_on`.",
        ),
        needs_trait("last_store", "店舗名を添えます。", "The store is named.", is_required=False),
        needs_trait(
            "last_staff", "担当者名を添えます。", "The member of staff is named.", is_required=False
        ),
    ),
    stands_in=(
        Words(
            "締切日は、イベント（closes_on）、なければ商品データ（preorder_until）の日付です。"
            "どちらにもなければ書きません。",
            "The closing day is the event's `closes_on`, else the product's `preorder_until`; "
            "without either, none is named.",
        ),
    ),
    journey=JourneyDefinition(
        name="preorder-teaser",
        stage="loyalty",
        trigger=EventTrigger(events=event("Preorder Opened")),
        segment=REACHABLE,
        start="news",
        steps=(
            message(
                "news",
                ja=copy(
                    "ご予約の受付を開始しました",
                    "発売に先がけてのご案内です",
                    heading("ご予約受付中です"),
                    text(
                        "{{ customer | honorific }}",
                        "発売に先がけて、ご予約の受付を開始しました。"
                        f"{{% if {_CLOSES} %}}受付は{_CLOSING_DAY}までです。{{% endif %}}",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    text(
                        "{{ customer.last_store }}でも"
                        "{% if customer.last_staff %}、担当の{{ customer.last_staff }}"
                        "が{% endif %}ご相談を承ります。",
                        when="customer.last_store",
                    ),
                    button("予約ページを見る", PRODUCT_PAGE),
                ),
                en=copy(
                    "Now open for pre-order",
                    "Order it ahead of its release",
                    heading("Pre-orders are open"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "You can now order it ahead of its release"
                        f"{{% if {_CLOSES} %}}, until {_CLOSING_DAY}{{% endif %}}.",
                    ),
                    products("trigger.products", limit=1, columns=1),
                    text(
                        "{% if customer.last_staff %}{{ customer.last_staff }}{% else %}The "
                        "team{% endif %} at "
                        "{{ customer.last_store }} will be happy to advise you.",
                        when="customer.last_store",
                    ),
                    button("See the pre-order", PRODUCT_PAGE),
                ),
                then="days",
            ),
            WaitForStep(id="days", events=event(ORDER_COMPLETED), timeout=Duration(days=30)),
        ),
        rules=Rules(
            goal=order_within(30),
            reentry=Reentry(allowed=True, after=Duration(days=30)),
            priority=60,
        ),
    ),
)

RECIPES = (NEW_ARRIVAL, PREORDER_TEASER)
