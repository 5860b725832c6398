"""Recipes that ask: for leave to personalise, for missing facts."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    ConsentTrigger,
    EventTrigger,
    Goal,
    JourneyDefinition,
    Rules,
    SetTraitStep,
    WaitForStep,
    WaitStep,
)
from kikubari.journeys.recipes._shop import order_within
from kikubari.journeys.recipes._writing import (
    PREFERENCES,
    button,
    copy,
    coupon,
    either,
    event,
    heading,
    message,
    needs_event,
    needs_trait,
    points,
    text,
    who,
)
from kikubari.journeys.recipes.contracts import Need, Recipe
from kikubari.spec.conditions import (
    AnyOf,
    ConsentIs,
    Duration,
    Events,
    Is,
    IsNotSet,
    PropertyFilter,
    TraitIs,
)
from kikubari.spec.topics import CONSENT_CHANGED, ORDER_COMPLETED

_GRANTED = Events(
    event=CONSENT_CHANGED, where=(PropertyFilter(path=("status",), test=Is(value="granted")),)
)

PERMISSION = Recipe(
    id="permission-to-personalise",
    name=Words("おすすめの許可", "Permission to personalise"),
    description=Words(
        "お知らせを受け取っている方に、お買い物をもとにおすすめを選んでよいかお尋ねします。",
        "Asks readers whether suggestions may be chosen by what they do in the shop.",
    ),
    when_to_use=Words(
        "閲覧や購入をもとにしたシナリオを始める前に。",
        "Before journeys that rest on what people look at and buy.",
    ),
    needs=(
        Need(
            kind="consent",
            name="marketing",
            use=Words("お知らせに同意した方にだけ届きます。", "Only who agreed to news is asked."),
            how="docs/preferences.md",
        ),
    ),
    stands_in=(
        Words(
            "配信設定ページは記録への同意を尋ねます。外部データの利用（enrichment）の同意は、"
            "お店のフォームから送るとこのシナリオが受け取ります。",
            "The preference page asks about recording. Consent to enrichment is taken from "
            "your own form, if it sends it.",
        ),
    ),
    journey=JourneyDefinition(
        name="permission-to-personalise",
        stage="onboarding",
        trigger=ConsentTrigger(purpose="marketing", channel="email"),
        start="days",
        steps=(
            WaitStep(id="days", duration=Duration(days=7), next="asked"),
            either(
                "asked",
                AnyOf(of=(ConsentIs(purpose="enrichment"), ConsentIs(purpose="tracking"))),
                "approved",
                "ask",
            ),
            message(
                "ask",
                ja=copy(
                    "おすすめの選び方についてお尋ねします",
                    "お決めいただくのは{{ customer | honorific }}ご自身です",
                    heading("お役に立つお知らせだけにするために"),
                    text(
                        "{{ customer | honorific }}、いつもお読みいただきありがとうございます。",
                        "お選びいただければ、お買い物に合ったお知らせだけに絞ってお届けできます。"
                        "選ばない場合も、これまでどおりお届けします。",
                    ),
                    points(
                        "何が使われているかは、いつでもご覧いただけます。",
                        "間違いは直せますし、使わないように選ぶこともできます。",
                        "他社に渡すことはありません。",
                    ),
                    button("選んで保存する", PREFERENCES),
                ),
                en=copy(
                    "May we make our letters more useful?",
                    "Your choice, and easy to take back",
                    heading("May we?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "with your permission we can leave out what is of no use to you. "
                        "Without it, you simply get what everybody gets.",
                    ),
                    points(
                        "See at any time what is used.",
                        "Correct it, or have it left alone.",
                        "It is not passed on to anybody.",
                    ),
                    button("Decide and save", PREFERENCES),
                ),
                then="answer",
            ),
            WaitForStep(
                id="answer",
                events=_GRANTED,
                timeout=Duration(days=14),
                next="approved",
            ),
            SetTraitStep(id="approved", traits={"personalisation": "approved"}),
        ),
        rules=Rules(goal=Goal(events=_GRANTED, value="", ends_journey=False)),
    ),
)

COMPLETE_DATA = Recipe(
    id="complete-your-data",
    name=Words("プロフィールの追加", "Complete your details"),
    description=Words(
        "誕生日などがまだの方に、教えていただくと何がよくなるかを添えてお願いします。",
        "Asks who has not told their birthday for it, and says what they get in return.",
    ),
    when_to_use=Words(
        "誕生日や大切な日のシナリオを使う前に。",
        "Before the birthday and important-date journeys.",
    ),
    needs=(
        needs_event(
            ORDER_COMPLETED,
            "最初のご購入から30日後に届きます。",
            "It comes 30 days after a first order.",
        ),
        needs_trait(
            "birthday",
            "すでにある方には送りません。",
            "Who has one is not asked.",
            is_required=False,
        ),
    ),
    stands_in=(
        Words(
            "入力フォームはお店のアカウントページを開きます（/account）。",
            "The form is the account page of your shop (/account).",
        ),
    ),
    offer=Words("入力のお礼に使えるクーポン", "A code as thanks for the details"),
    journey=JourneyDefinition(
        name="complete-your-data",
        stage="onboarding",
        trigger=EventTrigger(events=event(ORDER_COMPLETED)),
        segment=who(TraitIs(trait="birthday", test=IsNotSet())),
        start="month",
        steps=(
            WaitStep(id="month", duration=Duration(days=30), next="missing"),
            either("missing", TraitIs(trait="birthday", test=IsNotSet()), "ask", None),
            message(
                "ask",
                ja=copy(
                    "よろしければ、もう少し教えてください",
                    "30秒で終わります。任意です",
                    heading("よりお役に立つために"),
                    text(
                        "{{ customer | honorific }}、いつもありがとうございます。",
                        "よろしければ、お誕生日とお好みをお聞かせください。"
                        "お祝いとお知らせの内容選びだけに使います。",
                        "すべて任意で、あとから消すこともできます。",
                    ),
                    coupon("ご記入のお礼に、{{ coupon.benefit }}"),
                    button("アカウントで入力する", "{{ shop.url }}/account"),
                ),
                en=copy(
                    "Would you tell us a little more?",
                    "Half a minute, and entirely optional",
                    heading("A small question or two"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "if you like, add the date for a yearly greeting and the kinds of things "
                        "that interest you. We use them for greetings and for what we write about.",
                        "All of it is optional and can be removed later.",
                    ),
                    coupon("As a thank-you: {{ coupon.benefit }}"),
                    button("Add my details", "{{ shop.url }}/account"),
                ),
            ),
        ),
        rules=Rules(goal=order_within(60, ends_journey=False)),
    ),
)

RECIPES = (PERMISSION, COMPLETE_DATA)
