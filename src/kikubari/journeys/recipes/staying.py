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
    BEST_SELLERS,
    PREFERENCES,
    button,
    copy,
    coupon,
    event,
    heading,
    message,
    needs_event,
    points,
    products,
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
        "よく選んでくださる方に報いたいときに。基準を公表しない場合は「理由」の文を残してください。",
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
                    "いつもお選びいただくお礼に",
                    "店主からのご案内です",
                    heading("いつもありがとうございます"),
                    text(
                        "{{ customer | honorific }}",
                        "日頃より{{ shop.name }}をお選びいただき、心より感謝申し上げます。"
                        "これまでのご購入のお礼に、いくつかご用意しました。",
                    ),
                    points(
                        "新しい品を、発売の前にご覧いただけます。",
                        "お問い合わせには、担当者が直接お答えします。",
                    ),
                    coupon("これまでのご購入のお礼に、{{ coupon.benefit }}"),
                    button("先行のご案内を見る", "{{ shop.url }}/preview"),
                ),
                en=copy(
                    "With our thanks",
                    "A few things for our regulars",
                    heading("Thank you, really"),
                    text(
                        "Dear {{ customer | honorific }},",
                        "you have chosen {{ shop.name }} again and again, and we are grateful. "
                        "Because of your orders, these are for you:",
                    ),
                    points(
                        "See what is new before its release.",
                        "Your questions are answered by one of us in person.",
                    ),
                    coupon("Because of your orders: {{ coupon.benefit }}"),
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
                    "次の新しい品を、ひと足先に",
                    "発売前のご案内です",
                    heading("ひと足先にご覧ください"),
                    text(
                        "{{ customer | honorific }}、先行のご案内です。"
                        "気になる品がありましたら、このメールへの返信でもお取り置きを承ります。",
                    ),
                    products(BEST_SELLERS),
                    button("先行のご案内を見る", "{{ shop.url }}/preview"),
                ),
                en=copy(
                    "What comes next, a little early",
                    "Before the release",
                    heading("A look ahead"),
                    text(
                        "Hello {{ customer | honorific }}, here is what comes next. "
                        "Reply if we should put something aside for you.",
                    ),
                    products(BEST_SELLERS),
                    button("See what is coming", "{{ shop.url }}/preview"),
                ),
            ),
            message(
                "ask",
                ja=copy(
                    "何をお届けするとお役に立てますか",
                    "お好みをお聞かせください",
                    heading("お好みをお聞かせください"),
                    text(
                        "{{ customer | honorific }}",
                        "本当にお役に立つご案内だけをお届けしたいと思っています。"
                        "受け取りたい内容をお選びください。",
                    ),
                    button("内容を選ぶ", PREFERENCES),
                ),
                en=copy(
                    "What would be of use to you?",
                    "Tell us what you would like",
                    heading("Tell us what you would like"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "we would rather send you little, and the right things. "
                        "Choose what you would like to hear about.",
                    ),
                    button("Choose", PREFERENCES),
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
            "score が9以上の回答が始まりです。",
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
                    "うれしいお言葉をありがとうございます",
                    "ご紹介の方法のご案内です",
                    heading("ありがとうございます"),
                    text(
                        "{{ customer | honorific }}",
                        "高い評価をいただき、スタッフ一同とても喜んでおります。",
                        "もしお知り合いにもご紹介いただけるようでしたら、"
                        "次のページのリンクをお渡しください。"
                        "ご紹介先の方の情報を私たちにお知らせいただく必要はありません。",
                    ),
                    coupon("感謝を込めて、{{ coupon.benefit }}"),
                    button("ご紹介のページへ", "{{ shop.url }}/refer"),
                ),
                en=copy(
                    "Thank you for the kind words",
                    "And if you would like to pass them on",
                    heading("Thank you"),
                    text(
                        "Dear {{ customer | honorific }},",
                        "your answer made our day.",
                        "If you would like others to know about us, here is a link to hand on. "
                        "There is no need to tell us anything about them.",
                    ),
                    coupon("With our thanks: {{ coupon.benefit }}"),
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
