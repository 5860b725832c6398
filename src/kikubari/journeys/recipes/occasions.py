"""Recipes for days and phases that people told the shop of."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from datetime import time

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    BranchStep,
    DateTrigger,
    EventTrigger,
    JourneyDefinition,
    Reentry,
    Rules,
    WaitStep,
    WaitUntilStep,
    Way,
)
from kikubari.journeys.recipes._shop import BEST_SELLERS_SHOWN, REACHABLE, order_within
from kikubari.journeys.recipes._writing import (
    BEST_SELLERS,
    button,
    copy,
    coupon,
    event,
    heading,
    message,
    needs_event,
    needs_trait,
    points,
    products,
    recommended,
    text,
    who,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import Duration, Is, TraitIs

_GOAL = order_within(30)

BIRTHDAY = Recipe(
    id="birthday",
    name=Words("お誕生日", "Birthday"),
    description=Words(
        "お誕生日の7日前にプレゼントを、当日にお祝いの一言を届けます。",
        "A gift seven days before a birthday, and a greeting on the day.",
    ),
    when_to_use=Words(
        "お誕生日を伺っているお店に。生年は使いません。",
        "Where people told you the date. The year is not used.",
    ),
    needs=(needs_trait("birthday", "お誕生日です。", "The date."),),
    stands_in=(
        Words(
            "紙のカードは印刷の連携がまだないため、メールで届けます。",
            "Printed cards are not connected yet: it comes by e-mail.",
        ),
    ),
    offer=Words("お誕生日のプレゼント", "The birthday gift"),
    journey=JourneyDefinition(
        name="birthday",
        stage="loyalty",
        trigger=DateTrigger(trait="birthday", days=-7, at=time(10)),
        segment=REACHABLE,
        start="gift",
        steps=(
            message(
                "gift",
                ja=copy(
                    "もうすぐ大切な日ですね",
                    "少し早いお届けです",
                    heading("少し早いお届けです"),
                    text(
                        "{{ customer | honorific }}",
                        "もうすぐお祝いの日ですね。日頃のお礼の気持ちを込めて、お便りいたします。"
                        "どうぞお好きな一品をごゆっくりお選びください。",
                    ),
                    coupon("{{ coupon.benefit }}", "お会計の際にコードをご入力ください。"),
                    recommended("for_you", fills=True),
                    button("ゆっくり選ぶ"),
                ),
                en=copy(
                    "A little something, a few days early",
                    "From all of us",
                    heading("A few days early"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "a day worth celebrating is near. With our thanks, choose something "
                        "you like.",
                    ),
                    coupon("{{ coupon.benefit }}", "Enter the code at the checkout."),
                    recommended("for_you", fills=True),
                    button("Choose at leisure"),
                ),
                then="days",
            ),
            # Not seven: the clock time below is on the morning of the day itself.
            WaitStep(id="days", duration=Duration(days=6, hours=12), next="morning"),
            WaitUntilStep(id="morning", at=time(9), next="greeting"),
            message(
                "greeting",
                gives=True,
                ja=copy(
                    "お誕生日おめでとうございます",
                    "すてきな一年になりますように",
                    heading("おめでとうございます"),
                    text(
                        "{{ customer | honorific }}",
                        "お誕生日おめでとうございます。すてきな一年になりますように。",
                        "{{ shop.name }} スタッフ一同",
                    ),
                ),
                en=copy(
                    "Happy birthday, {{ customer | honorific }}",
                    "Have a lovely day",
                    heading("Happy birthday"),
                    text(
                        "Dear {{ customer | honorific }},",
                        "happy birthday, and a very good year to you.",
                        "All of us at {{ shop.name }}",
                    ),
                ),
            ),
        ),
        rules=Rules(
            goal=_GOAL, reentry=Reentry(allowed=True, after=Duration(days=300)), priority=60
        ),
    ),
)

IMPORTANT_DATES = Recipe(
    id="important-dates",
    name=Words("大切な日", "Important dates"),
    description=Words(
        "ご登録いただいた記念日などの14日前に、贈りもの選びをお手伝いします。",
        "Fourteen days before a date people saved, helps them to find a present.",
    ),
    when_to_use=Words(
        "贈りものを扱い、リマインダーの登録を受けるお店に。",
        "For shops of presents where people can save a date.",
    ),
    needs=(
        needs_trait(
            "reminder_on",
            "ご本人が登録した日付です。ほかの人の情報は使いません。",
            "The date the person saved. Nothing of anybody else is used.",
        ),
    ),
    stands_in=(
        Words(
            "日付は一人につきひとつです。複数の日付は、項目ごとにこのシナリオを複製してください。",
            "One date for each person; for more, install it again for another trait.",
        ),
    ),
    offer=Words("贈りものに使えるオファー", "An offer on presents"),
    journey=JourneyDefinition(
        name="important-dates",
        stage="loyalty",
        trigger=DateTrigger(trait="reminder_on", days=-14, at=time(10)),
        segment=REACHABLE,
        start="ideas",
        steps=(
            message(
                "ideas",
                ja=copy(
                    "ご登録いただいた日が近づいています",
                    "2週間前のお知らせです",
                    heading("ご登録の日まで、あと2週間です"),
                    text(
                        "{{ customer | honorific }}",
                        "お知らせをご希望いただいた日が近づいています。"
                        "ご準備のお手伝いができればと思い、ご案内します。",
                    ),
                    points(
                        "お届け日はカートでご指定いただけます。",
                        "包装とメッセージカードもご用意しています。",
                    ),
                    recommended("trending", fills=True),
                    coupon("{{ coupon.benefit }}"),
                    button("選ぶ"),
                ),
                en=copy(
                    "The date you saved is near",
                    "Two weeks to go, as you asked",
                    heading("Two weeks to go"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "you wanted to be told of this date. If there is something to prepare, "
                        "perhaps this helps.",
                    ),
                    points(
                        "Choose the day of delivery in the cart.",
                        "We wrap things and add a card, too.",
                    ),
                    recommended("trending", fills=True),
                    coupon("{{ coupon.benefit }}"),
                    button("Have a look"),
                ),
            ),
        ),
        rules=Rules(
            goal=_GOAL, reentry=Reentry(allowed=True, after=Duration(days=300)), priority=60
        ),
    ),
)

LIFE_STAGE = Recipe(
    id="life-stage",
    name=Words("ライフステージ", "Life stage"),
    description=Words(
        "ご本人がプロフィールで選んだ段階（例：子犬・成犬・シニア犬）が変わったら、合う内容を届けます。",
        "When somebody states another stage themselves (say puppy, adult or senior dog) sends "
        "what suits it.",
    ),
    when_to_use=Words(
        "段階で必要な品が変わるお店に。推測は使わず、ご本人の選択だけを使います。",
        "Where needs change with a stage. It uses what people chose, never a guess.",
    ),
    needs=(
        needs_event(
            "Stage Chosen",
            "段階の選択が始まりです（stage）。",
            "Choosing a stage starts it: property `stage`.",
        ),
        needs_trait(
            "stage",
            "段階です（puppy・adult・senior）。お店の段階に書き換えてください。",
            "The stage: puppy, adult, senior. Put your own in their place.",
        ),
        BEST_SELLERS_SHOWN,
    ),
    stands_in=(
        Words(
            "段階の予測はまだないため、ご本人の選択だけで分かれます。",
            "There is no prediction of stages: the person's own choice decides.",
        ),
    ),
    journey=JourneyDefinition(
        name="life-stage",
        stage="loyalty",
        trigger=EventTrigger(events=event("Stage Chosen")),
        segment=REACHABLE,
        start="stage",
        steps=(
            BranchStep(
                id="stage",
                ways=(
                    Way(
                        id="puppy",
                        when=who(TraitIs(trait="stage", test=Is(value="puppy"))),
                        next="starting",
                    ),
                    Way(
                        id="senior",
                        when=who(TraitIs(trait="stage", test=Is(value="senior"))),
                        next="gentle",
                    ),
                ),
                otherwise="everyday",
            ),
            message(
                "starting",
                ja=copy(
                    "はじめの数か月に役立つこと",
                    "お選びいただいた内容に合わせて",
                    heading("はじめの数か月に"),
                    text("{{ customer | honorific }}、最初にあると安心な品をまとめました。"),
                    points(
                        "量は少なめから、様子を見ながら。",
                        "寝床は静かな場所に。",
                        "爪や歯のお手入れは、短い時間から。",
                    ),
                    products(BEST_SELLERS),
                    button("そろえる"),
                ),
                en=copy(
                    "For the first months",
                    "As you chose",
                    heading("For the first months"),
                    text("Hello {{ customer | honorific }}, what is good to have at the start:"),
                    points(
                        "Begin with small amounts and watch how they go.",
                        "A bed in a quiet corner.",
                        "Brushing and claws: little and often.",
                    ),
                    products(BEST_SELLERS),
                    button("See it all"),
                ),
            ),
            message(
                "gentle",
                ja=copy(
                    "やさしい毎日のために",
                    "お選びいただいた内容に合わせて",
                    heading("ゆったり過ごすために"),
                    text("{{ customer | honorific }}、ゆったり過ごすための品をまとめました。"),
                    points("床はすべりにくく。", "食事は小分けに。", "散歩は短く、回数を多めに。"),
                    products(BEST_SELLERS),
                    button("品を見る"),
                ),
                en=copy(
                    "For easy days",
                    "As you chose",
                    heading("For easy days"),
                    text("Hello {{ customer | honorific }}, a few things that make days easy:"),
                    points("Floors that do not slip.", "Small meals.", "Short walks, more often."),
                    products(BEST_SELLERS),
                    button("See it all"),
                ),
            ),
            message(
                "everyday",
                ja=copy(
                    "毎日のごはんとお散歩に",
                    "お選びいただいた内容に合わせて",
                    heading("毎日に役立つこと"),
                    text("{{ customer | honorific }}、毎日使うものをまとめました。"),
                    points(
                        "同じ時間の食事で、調子が整います。",
                        "散歩の道具は季節ごとに点検を。",
                        "遊びは一日に何度か、短めに。",
                    ),
                    products(BEST_SELLERS),
                    button("品を見る"),
                ),
                en=copy(
                    "For meals and walks",
                    "As you chose",
                    heading("For every day"),
                    text("Hello {{ customer | honorific }}, what is used every day:"),
                    points(
                        "Meals at the same hours keep them steady.",
                        "Look over leads and collars each season.",
                        "Play several times a day, and briefly.",
                    ),
                    products(BEST_SELLERS),
                    button("See it all"),
                ),
            ),
        ),
        rules=Rules(
            goal=_GOAL,
            reentry=Reentry(allowed=True, after=Duration(days=30)),
            priority=40,
        ),
    ),
)

RECIPES = (BIRTHDAY, IMPORTANT_DATES, LIFE_STAGE)
