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
                    "おすすめの選び方について、お伺いします",
                    "いつでも変更していただけます",
                    heading("お好みに合わせてもよろしいですか"),
                    text(
                        "{{ customer | honorific }}",
                        "いつもお読みいただき、ありがとうございます。",
                        "お許しをいただければ、当店でのお買い物をもとに、"
                        "お好みに合うお知らせを選んでお届けします。"
                        "ご希望でない場合も、お知らせはこれまでどおりお届けします。",
                    ),
                    points(
                        "どの情報が使われているかは、いつでもご確認いただけます。",
                        "内容の訂正も、使わない設定もお選びいただけます。",
                        "情報を他社に渡すことはありません。",
                    ),
                    button("どちらにするか選ぶ", PREFERENCES),
                ),
                en=copy(
                    "May we choose what suits you?",
                    "Your decision, and easy to change",
                    heading("Would you like suggestions that fit?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "With your permission, we can choose what we write to you about by how "
                        "you shop with us. "
                        "If you would rather not, you simply get what everybody gets.",
                    ),
                    points(
                        "See at any time what is used.",
                        "Correct it, or tell us not to use it.",
                        "We do not pass it on to anybody.",
                    ),
                    button("Make my choice", PREFERENCES),
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
                    "お誕生日をお聞かせいただけますか",
                    "30秒ほどで終わります。ご記入は任意です",
                    heading("お祝いをお届けするために"),
                    text(
                        "{{ customer | honorific }}",
                        "いつもご利用いただき、ありがとうございます。",
                        "よろしければ、お誕生日とお好みをお聞かせください。お祝いと、"
                        "お知らせの内容選びだけに使います。",
                        "ご記入は任意です。あとから変更も削除もしていただけます。",
                    ),
                    coupon(
                        "ご記入のお礼に\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("プロフィールに登録する", "{{ shop.url }}/account"),
                ),
                en=copy(
                    "When may we celebrate you?",
                    "Half a minute, and entirely optional",
                    heading("When is your birthday?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "If you like, tell us your birthday and what kinds of things interest you. "
                        "We use it for a greeting once a year and to choose what we write about, "
                        "for nothing else.",
                        "All of it is optional, and you can change or remove it at any time.",
                    ),
                    coupon(
                        "With our thanks: {{ coupon.benefit }}", "Enter the code at the checkout."
                    ),
                    button("Add it to my profile", "{{ shop.url }}/account"),
                ),
            ),
        ),
        rules=Rules(goal=order_within(60, ends_journey=False)),
    ),
)

RECIPES = (PERMISSION, COMPLETE_DATA)
