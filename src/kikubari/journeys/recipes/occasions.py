"""Recipes for days that people told the shop of, and beside them phases."""

from datetime import time

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    DateTrigger,
    JourneyDefinition,
    Reentry,
    Rules,
    WaitStep,
    WaitUntilStep,
)
from kikubari.journeys.recipes._shop import REACHABLE, order_within
from kikubari.journeys.recipes._writing import (
    button,
    copy,
    coupon,
    heading,
    message,
    needs_trait,
    points,
    recommended,
    text,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.journeys.recipes.phases import LIFE_STAGE
from kikubari.spec.conditions import (
    Duration,
)

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
                    "もうすぐお誕生日ですね",
                    "{{ shop.name }}より、少し早いごあいさつ",
                    heading("少し早いお祝いを"),
                    text(
                        "{{ customer | honorific }}",
                        "もうすぐお誕生日ですね。日頃の感謝を込めて、"
                        "ひと足早くお祝い申し上げます。",
                    ),
                    coupon(
                        "お誕生日のプレゼントに\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    recommended("for_you", title="どうぞごゆっくりお選びください。", fills=True),
                    button("ショップを見る"),
                ),
                en=copy(
                    "Your birthday is nearly here",
                    "An early greeting from {{ shop.name }}",
                    heading("A few days early"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Your birthday is nearly here, and we would like to be among the first to "
                        "wish you well.",
                    ),
                    coupon(
                        "Our present to you: {{ coupon.benefit }}",
                        "Enter the code at the checkout.",
                    ),
                    recommended("for_you", title="Something you might like:", fills=True),
                    button("Choose something nice"),
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
                    "{{ shop.name }} スタッフ一同より",
                    heading("お誕生日おめでとうございます"),
                    text(
                        "{{ customer | honorific }}",
                        "お誕生日を、心よりお祝い申し上げます。すてきな一年になりますように。",
                        "{{ shop.name }} スタッフ一同",
                    ),
                ),
                en=copy(
                    "Happy birthday{% if customer.first_name %}, {{ customer | honorific }}"
                    "{% endif %}",
                    "Best wishes from all of us",
                    heading("Happy birthday"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "We wish you a wonderful day, and a very good year to follow.",
                        "All of us at {{ shop.name }}",
                    ),
                ),
            ),
        ),
        rules=Rules(
            # Whoever buys something in these days is greeted too.
            goal=order_within(30, ends_journey=False),
            reentry=Reentry(allowed=True, after=Duration(days=300)),
            priority=60,
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
                    "ご登録の日が近づいてまいりました",
                    "贈りものの準備をお手伝いします",
                    heading("あと2週間です"),
                    text(
                        "{{ customer | honorific }}",
                        "お知らせをご希望いただいた日が近づいてまいりましたので、ご案内いたします。"
                        "ご準備のお役に立てましたら幸いです。",
                    ),
                    points(
                        "お届け日は、カートでご指定いただけます。",
                        "ラッピングとメッセージカードもご用意しております。",
                    ),
                    recommended("trending", title="いまよく選ばれている商品です。", fills=True),
                    coupon(
                        "よろしければお使いください\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("贈りものを選ぶ"),
                ),
                en=copy(
                    "The date you saved is two weeks away",
                    "A reminder, as you asked",
                    heading("Two weeks to go"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "You asked us to remind you of this date. If you are looking for a "
                        "present, perhaps this helps.",
                    ),
                    points(
                        "Choose the day of delivery in your basket.",
                        "We can gift-wrap it and add a card.",
                    ),
                    recommended("trending", title="Popular at the moment:", fills=True),
                    coupon("If it helps: {{ coupon.benefit }}", "Enter the code at the checkout."),
                    button("Find a present"),
                ),
            ),
        ),
        rules=Rules(
            goal=_GOAL, reentry=Reentry(allowed=True, after=Duration(days=300)), priority=60
        ),
    ),
)

RECIPES = (BIRTHDAY, IMPORTANT_DATES, LIFE_STAGE)
