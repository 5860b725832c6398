"""The recipe for the best customers, with a threshold that is announced or kept to oneself."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from datetime import time

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    BranchStep,
    EventTrigger,
    JourneyDefinition,
    MessageStep,
    Rules,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    Way,
)
from kikubari.journeys.recipes._shop import ORDERS_ARE_READ, order_within
from kikubari.journeys.recipes._writing import (
    PREFERENCES,
    Copy,
    button,
    copy,
    coupon,
    did,
    heading,
    message,
    needs_event,
    points,
    recommended,
    text,
    who,
)
from kikubari.journeys.recipes.contracts import Recipe, Variant
from kikubari.spec.conditions import (
    ConsentIs,
    Contains,
    Duration,
    Events,
    InSegment,
    Not,
    PropertyFilter,
)
from kikubari.spec.topics import EMAIL_LINK_CLICKED, ORDER_COMPLETED

# Named so that nothing else is: messages of a journey say which step they are of.
_WELCOME = "vip-welcome"
_OWN_CLICK = Events(
    event=EMAIL_LINK_CLICKED,
    where=(PropertyFilter(path=("journey_id",), test=Contains(text=f"/{_WELCOME}/")),),
)
_READS = needs_event(
    EMAIL_LINK_CLICKED,
    "1通目のリンクを押した方、または購入した方と、そうでない方で分かれます"
    "（クリックは記録に同意した方だけ）。",
    "It branches on who follows a link of the first message or orders; clicks are known of who "
    "agreed to that alone.",
    is_required=False,
)

_CODE_JA = coupon(
    "これまでのご購入のお礼に\n{{ coupon.benefit }}", "お会計の際にコードをご入力ください。"
)
_CODE_EN = coupon(
    "With thanks for your orders: {{ coupon.benefit }}", "Enter the code at the checkout."
)
_GIFTS_JA = points(
    "新しい商品を、いち早くご紹介いたします。",
    "このメールにご返信いただければ、担当者が直接お答えいたします。",
)
_GIFTS_EN = points(
    "You are among the first to hear of new things.",
    "When you reply to this e-mail, one of us answers in person.",
)
_SECRET = (
    copy(
        "日頃のご愛顧に感謝を込めて",
        "{{ shop.name }}からのお礼とご案内です",
        heading("いつもありがとうございます"),
        text(
            "{{ customer | honorific }}",
            "日頃より{{ shop.name }}をお選びいただき、心より御礼申し上げます。"
            "感謝の気持ちを込めて、これからは次のようにご案内いたします。",
        ),
        _GIFTS_JA,
        _CODE_JA,
        button("ショップを見る"),
    ),
    copy(
        "With our thanks",
        "A few things for our regulars",
        heading("Thank you for coming back"),
        text(
            "Hello {{ customer | honorific }},",
            "You have chosen {{ shop.name }} again and again, and we are grateful. "
            "In return for your orders, from now on:",
        ),
        _GIFTS_EN,
        _CODE_EN,
        button("Visit the shop"),
    ),
)
_ANNOUNCED = (
    copy(
        "ご案内の基準に達しました。ありがとうございます",
        "{{ shop.name }}からのお礼です",
        heading("ようこそ、お得意様のご案内へ"),
        text(
            "{{ customer | honorific }}",
            "この1年のご購入により、かねてお知らせしておりました基準に達しました。"
            "いつも{{ shop.name }}をお選びいただき、心より御礼申し上げます。",
            "本日より、次のようにご案内いたします。",
        ),
        _GIFTS_JA,
        _CODE_JA,
        button("ショップを見る"),
    ),
    copy(
        "You have reached it: thank you",
        "What we announced to our regulars now holds for you",
        heading("Welcome to the circle of our regulars"),
        text(
            "Hello {{ customer | honorific }},",
            "With what you ordered in the past year you have reached what we had announced. "
            "Thank you for choosing {{ shop.name }}. From today on:",
        ),
        _GIFTS_EN,
        _CODE_EN,
        button("Visit the shop"),
    ),
)


def _answered() -> BranchStep:
    """Return the question whether somebody took it up, as far as that can be seen."""
    return BranchStep(
        id="answered",
        ways=(
            Way(id="ordered", when=who(did(ORDER_COMPLETED, times=1, days=14)), next="more"),
            # Of whom no click is recorded it is not known that they did not read.
            Way(
                id="unseen",
                when=who(Not(of=ConsentIs(purpose="tracking", channel="email"))),
                next="more",
            ),
        ),
        otherwise="ask",
    )


def _more() -> MessageStep:
    return message(
        "more",
        ja=copy(
            "新しい商品を、いち早く",
            "お好みに合いそうなものを選びました",
            heading("いち早くご覧ください"),
            text(
                "{{ customer | honorific }}",
                "気になる商品がございましたら、このメールにご返信ください。担当者がご相談を承ります。",
            ),
            recommended("new_for_you", title="こちらは、いまお求めいただけます。", fills=True),
            button("ショップを見る"),
        ),
        en=copy(
            "A first look",
            "Chosen to suit you",
            heading("Have a look first"),
            text(
                "Hello {{ customer | honorific }},",
                "If something catches your eye, reply to this e-mail: we are happy to advise you.",
            ),
            recommended("new_for_you", title="In the shop now:", fills=True),
            button("Visit the shop"),
        ),
    )


def _ask() -> MessageStep:
    return message(
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
                "We would rather send you a few things that suit you than many that do not.",
            ),
            button("Choose what I get", PREFERENCES),
        ),
    )


def _series(ja: Copy, en: Copy) -> JourneyDefinition:
    """Return the journey with these words of welcome."""
    return JourneyDefinition(
        name="vip-entry",
        stage="loyalty",
        trigger=EventTrigger(events=Events(event=ORDER_COMPLETED)),
        segment=who(InSegment(segment="builtin:vip")),
        start="days",
        steps=(
            WaitStep(id="days", duration=Duration(days=5), next="noon"),
            WaitUntilStep(id="noon", at=time(12), next=_WELCOME),
            message(_WELCOME, gives=True, ja=ja, en=en, then="took-it"),
            WaitForStep(
                id="took-it",
                events=_OWN_CLICK,
                timeout=Duration(days=14),
                next="more",
                on_timeout="answered",
            ),
            _answered(),
            _more(),
            _ask(),
        ),
        rules=Rules(goal=order_within(60, ends_journey=False), priority=60),
    )


_WAYS = (
    Variant(
        id="secret",
        name=Words("基準を公表しない", "The threshold is kept secret"),
        journey=_series(*_SECRET),
    ),
    Variant(
        id="announced",
        name=Words("基準を公表している", "The threshold is announced"),
        journey=_series(*_ANNOUNCED),
    ),
)

VIP_ENTRY = Recipe(
    id="vip-entry",
    name=Words("VIPへのご案内", "VIP entry"),
    description=Words(
        "ご購入額が上位に入った方へ特別なご案内を始め、1通目への反応（クリックまたはご購入）に"
        "応じて内容を変えます。",
        "Begins a series for who has come among the best customers, and goes by what they do with "
        "its first message: a click, or an order.",
    ),
    when_to_use=Words(
        "よく選んでくださる方に報いたいときに。基準を公表している場合は announced、"
        "公表しない場合は secret を選びます。",
        "To give something back. Install it as `announced` if people know the threshold, as "
        "`secret` if not; the reason line tells why either way.",
    ),
    needs=(ORDERS_ARE_READ, _READS),
    stands_in=(
        Words(
            "基準はセグメント builtin:vip です。約束の文は見本ですので、実際の特典に"
            "書き換えてください。",
            "The threshold is the segment builtin:vip. What is promised is a sample: put in what "
            "these customers really get.",
        ),
    ),
    offer=Words("特別なオファー", "Something special"),
    journey=_WAYS[0].journey,
    variants=_WAYS,
)
