"""Recipes for who stays: the best customers, who recommends."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from datetime import time

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    EventTrigger,
    JourneyDefinition,
    Reentry,
    Rules,
    SetTraitStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)
from kikubari.journeys.recipes._shop import ORDERS_ARE_READ, REACHABLE, order_within
from kikubari.journeys.recipes._writing import (
    PREFERENCES,
    button,
    copy,
    coupon,
    event,
    heading,
    message,
    needs_event,
    points,
    recommended,
    text,
    who,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import (
    AllOf,
    Duration,
    Events,
    InRange,
    InSegment,
    Is,
    Not,
    PropertyFilter,
    TraitIs,
)
from kikubari.spec.topics import (
    EMAIL_LINK_CLICKED,
    ORDER_COMPLETED,
)

_READS = needs_event(
    EMAIL_LINK_CLICKED,
    "お読みになった方とそうでない方で分かれます（記録に同意した方だけ）。",
    "It branches on who reads on; known of who agreed to that alone.",
    is_required=False,
)

_HIGH_SCORE = Events(
    event="Feedback Given",
    where=(PropertyFilter(path=("score",), test=InRange(at_least=9)),),
)

VIP_ENTRY = Recipe(
    id="vip-entry",
    name=Words("VIPへのご案内", "VIP entry"),
    description=Words(
        "ご購入額が上位に入った方へ特別なご案内を始め、反応に応じて内容を変えます。",
        "Begins a series for who has come among the best customers, and goes by how they take it.",
    ),
    when_to_use=Words(
        "よく選んでくださる方に報いたいときに。"
        "基準を公表しない場合は「理由」の文を残してください。",
        "To give something back. With a threshold kept secret the reason line still tells why.",
    ),
    needs=(ORDERS_ARE_READ, _READS),
    stands_in=(
        Words(
            "会員ランクの仕組みはまだないため、基準はセグメント builtin:vip です。",
            "There are no membership levels yet: the segment builtin:vip is the threshold.",
        ),
    ),
    offer=Words("特別なオファー", "Something special"),
    journey=JourneyDefinition(
        name="vip-entry",
        stage="loyalty",
        trigger=EventTrigger(events=event(ORDER_COMPLETED)),
        segment=who(
            AllOf(
                of=(
                    InSegment(segment="builtin:vip"),
                    Not(of=TraitIs(trait="vip_since", test=Is(value="welcomed"))),
                )
            )
        ),
        start="days",
        steps=(
            WaitStep(id="days", duration=Duration(days=5), next="noon"),
            WaitUntilStep(id="noon", at=time(12), next="mark"),
            SetTraitStep(id="mark", traits={"vip_since": "welcomed"}, next="welcome"),
            message(
                "welcome",
                gives=True,
                ja=copy(
                    "日頃のご愛顧に感謝を込めて",
                    "{{ shop.name }}からのお礼とご案内です",
                    heading("いつもありがとうございます"),
                    text(
                        "{{ customer | honorific }}",
                        "日頃より{{ shop.name }}をお選びいただき、心より御礼申し上げます。"
                        "これまでのご購入への感謝を込めて、ご用意いたしました。",
                    ),
                    points(
                        "新商品を、発売前にご覧いただけます。",
                        "お問い合わせには、担当者が直接お答えいたします。",
                    ),
                    coupon(
                        "これまでのご購入のお礼に\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("新商品を先に見る", "{{ shop.url }}/preview"),
                ),
                en=copy(
                    "With our thanks",
                    "A few things for our regulars",
                    heading("Thank you for coming back"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "You have chosen {{ shop.name }} again and again, and we are grateful. "
                        "In return for your orders, from now on:",
                    ),
                    points(
                        "You see new products before their release.",
                        "When you write to us, one of us answers in person.",
                    ),
                    coupon(
                        "With thanks for your orders: {{ coupon.benefit }}",
                        "Enter the code at the checkout.",
                    ),
                    button("See what is coming", "{{ shop.url }}/preview"),
                ),
                then="took-it",
            ),
            WaitForStep(
                id="took-it",
                events=event(EMAIL_LINK_CLICKED),
                timeout=Duration(days=14),
                next="more",
                on_timeout="ask",
            ),
            message(
                "more",
                ja=copy(
                    "新商品を、ひと足先に",
                    "発売前のご案内です",
                    heading("ひと足先にご覧ください"),
                    text(
                        "{{ customer | honorific }}",
                        "発売前の新商品をご案内いたします。気になる商品がございましたら、"
                        "このメールへのご返信でもお取り置きを承ります。",
                    ),
                    recommended(
                        "new_for_you", title="こちらは、いまお求めいただけます。", fills=True
                    ),
                    button("新商品を先に見る", "{{ shop.url }}/preview"),
                ),
                en=copy(
                    "A first look at what comes next",
                    "Before its release",
                    heading("A look ahead"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Here is what is coming to the shop, before its release. "
                        "Reply if you would like us to put something aside for you.",
                    ),
                    recommended("new_for_you", title="And in the shop now:", fills=True),
                    button("See what is coming", "{{ shop.url }}/preview"),
                ),
            ),
            message(
                "ask",
                ja=copy(
                    "どんなご案内がお役に立ちますか",
                    "受け取る内容をお選びいただけます",
                    heading("お好みをお聞かせください"),
                    text(
                        "{{ customer | honorific }}",
                        "本当にお役に立つご案内だけをお届けしたいと考えております。"
                        "よろしければ、受け取りたい内容をお選びください。",
                    ),
                    button("受け取る内容を選ぶ", PREFERENCES),
                ),
                en=copy(
                    "What would you like to hear about?",
                    "Tell us, and we will leave out the rest",
                    heading("Tell us what interests you"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "We would rather send you a few things that suit you than many that do "
                        "not.",
                    ),
                    button("Choose what I get", PREFERENCES),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(60, ends_journey=False),
            priority=60,
        ),
    ),
)

AMBASSADOR = Recipe(
    id="ambassador",
    name=Words("ご紹介のお願い", "Ambassador and referral"),
    description=Words(
        "高い評価をくださった方に、ご紹介の方法とお礼をご案内します。",
        "Shows who gave a high score how to recommend the shop, and what both get for it.",
    ),
    when_to_use=Words("ご感想のお願いと組み合わせて。", "Together with the review request."),
    needs=(
        needs_event(
            "Feedback Given",
            "score が9以上の回答をきっかけに始まります。",
            "An answer whose `score` is 9 or more starts it.",
        ),
    ),
    stands_in=(
        Words(
            "紹介ごとの追跡リンクはまだないため、お店の紹介ページ（/refer）を開きます。",
            "There is no tracking of who was referred by whom: the link opens your page (/refer).",
        ),
    ),
    offer=Words("ご紹介のお礼", "Thanks for a referral"),
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
                    "よろしければ、ご紹介のご案内です",
                    heading("ありがとうございます"),
                    text(
                        "{{ customer | honorific }}",
                        "高い評価をいただき、スタッフ一同、大変うれしく思っております。",
                        "お知り合いの方にもご紹介いただける場合は、"
                        "ご紹介ページのリンクをお渡しください。"
                        "お相手のお名前やご連絡先をお知らせいただく必要はありません。",
                    ),
                    coupon(
                        "感謝を込めて\n{{ coupon.benefit }}", "お会計の際にコードをご入力ください。"
                    ),
                    button("ご紹介ページを見る", "{{ shop.url }}/refer"),
                ),
                en=copy(
                    "Thank you for the kind words",
                    "Know somebody who would like us, too?",
                    heading("You made our day"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Thank you for such a kind answer.",
                        "If you would like to tell somebody about us, there is a link to pass on. "
                        "You need not tell us anything about them.",
                    ),
                    coupon(
                        "With our thanks: {{ coupon.benefit }}", "Enter the code at the checkout."
                    ),
                    button("Get my link", "{{ shop.url }}/refer"),
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
