"""Recipes that ask: for leave to personalise, for missing facts."""

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    ConsentTrigger,
    EventTrigger,
    Goal,
    JourneyDefinition,
    Rules,
    WaitStep,
)
from kikubari.journeys.recipes._shop import order_within
from kikubari.journeys.recipes._writing import (
    BIRTHDAY_PAGE,
    PERMISSION_PAGE,
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
    event=CONSENT_CHANGED,
    where=(
        PropertyFilter(path=("purpose",), test=Is(value="enrichment")),
        PropertyFilter(path=("status",), test=Is(value="granted")),
    ),
)

PERMISSION = Recipe(
    id="permission-to-personalise",
    name=Words("おすすめの許可", "Permission to personalise"),
    description=Words(
        "お知らせを受け取っている方に、外からの情報もおすすめの参考にしてよいかを、"
        "ボタンひとつで答えられるページでお尋ねします。",
        "Asks readers, by a page of one button, whether information from elsewhere may be looked "
        "at too, to choose what suits them.",
    ),
    when_to_use=Words(
        "地域の傾向など、お客様ご自身から得たのではない情報をメールに使う前に。"
        "同意のない方への文面では、ガードがその使用を止めます。",
        "Before messages use what others told of people, such as what is usual where they live: "
        "without consent the guard stops them.",
    ),
    needs=(
        Need(
            kind="consent",
            name="marketing",
            use=Words("お知らせに同意した方にだけ届きます。", "Only who agreed to news is asked."),
            how="docs/preferences.md",
        ),
    ),
    journey=JourneyDefinition(
        name="permission-to-personalise",
        stage="onboarding",
        trigger=ConsentTrigger(purpose="marketing", channel="email"),
        start="days",
        steps=(
            WaitStep(id="days", duration=Duration(days=7), next="asked"),
            # Whoever answered before, by yes or no, is not asked again.
            either(
                "asked",
                ConsentIs(purpose="enrichment", channel="email", status="unknown"),
                "ask",
                None,
            ),
            message(
                "ask",
                ja=copy(
                    "おすすめの選び方について、お伺いします",
                    "ボタンひとつでお返事いただけます",
                    heading("お好みに合うものを、もっと選びやすく"),
                    text(
                        "{{ customer | honorific }}",
                        "いつもお読みいただき、ありがとうございます。",
                        "おすすめは、お客様から伺ったことと、当店でのご利用をもとに"
                        "選んでおります。お許しをいただければ、お住まいの地域の傾向など、"
                        "外から得た情報もあわせて参考にいたします。",
                        "ご希望でない場合も、お知らせはこれまでどおりお届けします。",
                    ),
                    points(
                        "どの情報が使われているかは、いつでもご確認いただけます。",
                        "お返事は、いつでも変えていただけます。",
                        "お客様の情報を他社に渡すことはありません。",
                    ),
                    button("お返事する", PERMISSION_PAGE),
                ),
                en=copy(
                    "May we look at more, to choose what suits you?",
                    "One press of a button answers it",
                    heading("Would you like suggestions that fit better?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "We choose what to write to you about by what you tell us and by what you "
                        "do in our shop. With your permission we would also look at information "
                        "from elsewhere, such as what is usual in your region.",
                        "If you would rather not, nothing changes.",
                    ),
                    points(
                        "See at any time what is used.",
                        "Change your answer whenever you like.",
                        "We do not pass anything about you on to anybody.",
                    ),
                    button("Give my answer", PERMISSION_PAGE),
                ),
            ),
        ),
        rules=Rules(
            goal=Goal(events=_GRANTED, within=Duration(days=30), value="", ends_journey=False)
        ),
    ),
)

COMPLETE_DATA = Recipe(
    id="complete-your-data",
    name=Words("プロフィールの追加", "Complete your details"),
    description=Words(
        "お誕生日がまだの方に、教えていただくと何がよくなるかを添えてお願いします。"
        "ログインのいらないページで、すぐに答えられます。",
        "Asks who has not told their birthday for it, and says what they get in return. The "
        "page on which they answer needs no log-in.",
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
                        "よろしければ、お誕生日をお聞かせください。お祝いをお届けするため"
                        "だけに使います。",
                        "ご記入は任意です。あとから変更も削除もしていただけます。",
                    ),
                    coupon(
                        "ご記入のお礼に\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("お誕生日を伝える", BIRTHDAY_PAGE),
                ),
                en=copy(
                    "When may we celebrate you?",
                    "Half a minute, and entirely optional",
                    heading("When is your birthday?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "If you like, tell us your birthday. "
                        "We use it for a greeting once a year, and for nothing else.",
                        "All of it is optional, and you can change or remove it at any time.",
                    ),
                    coupon(
                        "With our thanks: {{ coupon.benefit }}", "Enter the code at the checkout."
                    ),
                    button("Tell you my birthday", BIRTHDAY_PAGE),
                ),
            ),
        ),
        rules=Rules(goal=order_within(60, ends_journey=False)),
    ),
)

RECIPES = (PERMISSION, COMPLETE_DATA)
