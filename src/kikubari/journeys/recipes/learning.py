"""The recipe for who wants to learn: letters on a subject, one after the other."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    EventTrigger,
    JourneyDefinition,
    Reentry,
    Rules,
    WaitStep,
)
from kikubari.journeys.recipes._shop import REACHABLE, order_within
from kikubari.journeys.recipes._writing import (
    button,
    copy,
    event,
    heading,
    message,
    needs_event,
    points,
    recommended,
    text,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import (
    Duration,
)

STEP_MAIL = Recipe(
    id="step-mail",
    name=Words("ステップメール（関心別）", "Step mail by interest"),
    description=Words(
        "選ばれたテーマについて、役立つ読みものを週に一度、3回お届けします。",
        "Three useful letters, a week apart, on the subject a reader chose.",
    ),
    when_to_use=Words(
        "使い方や選び方を知るほどよさが分かる商品のお店に。",
        "Where knowing more makes the things better.",
    ),
    needs=(
        needs_event(
            "Guide Requested",
            "読みものの申し込みをきっかけに始まります（topic）。",
            "Asking for the series starts it: property `topic`.",
        ),
    ),
    stands_in=(
        Words(
            "文章はお茶を例にした見本です。お店の内容に書き換えてください。",
            "The letters are samples about tea: put your own knowledge in their place.",
        ),
    ),
    journey=JourneyDefinition(
        name="step-mail",
        stage="consideration",
        trigger=EventTrigger(events=event("Guide Requested")),
        segment=REACHABLE,
        start="first",
        steps=(
            message(
                "first",
                gives=True,
                ja=copy(
                    "第1回：道具は三つから",
                    "全3回、週に一度お届けします",
                    heading("道具は三つから"),
                    text(
                        "{{ customer | honorific }}",
                        "お申し込みいただき、ありがとうございます。第1回は、道具のお話です。",
                        "はじめに必要なのは、急須・湯のみ・湯冷ましの三つだけです。どれも、"
                        "お手持ちの器で代用できます。",
                    ),
                    points("急須は、一人分なら180mlほどのものを。", "湯のみは、口の薄いものを。"),
                    button("続きを読む", "{{ shop.url }}/guide/1"),
                ),
                en=copy(
                    "Part 1: three tools are enough",
                    "The first of three letters, a week apart",
                    heading("Three tools are enough"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Thank you for signing up. We begin with what you need.",
                        "A pot, a cup and something to cool the water in: that is all. What you "
                        "have in the cupboard will do.",
                    ),
                    points("For one person, a pot of about 180 ml.", "A cup with a thin rim."),
                    button("Read the guide", "{{ shop.url }}/guide/1"),
                ),
                then="week-1",
            ),
            WaitStep(id="week-1", duration=Duration(days=7), next="second"),
            message(
                "second",
                gives=True,
                ja=copy(
                    "第2回：お湯の温度で味が変わる",
                    "70度と90度の違い",
                    heading("温度で引き出す味わい"),
                    text(
                        "{{ customer | honorific }}",
                        "第2回は、お湯の温度のお話です。",
                        "70度では甘みが、90度では香りが引き立ちます。同じ茶葉で、"
                        "ぜひ二通りお試しください。",
                    ),
                    button("続きを読む", "{{ shop.url }}/guide/2"),
                ),
                en=copy(
                    "Part 2: how hot the water should be",
                    "What changes between 70 and 90 °C",
                    heading("Temperature makes the taste"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "This week it is about water.",
                        "At 70 °C the tea turns out sweet, at 90 °C fragrant. Try the same leaves "
                        "both ways.",
                    ),
                    button("Read the guide", "{{ shop.url }}/guide/2"),
                ),
                then="week-2",
            ),
            WaitStep(id="week-2", duration=Duration(days=7), next="third"),
            message(
                "third",
                ja=copy(
                    "第3回：保存のこつ",
                    "最後までお読みいただき、ありがとうございます",
                    heading("おいしさを保つには"),
                    text(
                        "{{ customer | honorific }}",
                        "最終回は、保存のこつです。",
                        "光と湿気を避け、開封後は1か月を目安にお使いください。"
                        "冷蔵庫で保存したものは、常温に戻してから開封してください。",
                    ),
                    recommended(
                        "for_you", title="よろしければ、こちらもご覧ください。", fills=True
                    ),
                    button("ショップを見る"),
                ),
                en=copy(
                    "Part 3: keeping it fresh",
                    "Thank you for reading along",
                    heading("How to keep it fresh"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "The last part is about storing tea.",
                        "Keep it away from light and damp, and use it within about a month of "
                        "opening. "
                        "If it was in the fridge, let it come to room temperature before you open "
                        "it.",
                    ),
                    recommended("for_you", title="You might also like:", fills=True),
                    button("Visit the shop"),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(45, ends_journey=False),
            reentry=Reentry(allowed=True, after=Duration(days=180)),
            priority=40,
        ),
    ),
)

RECIPES = (STEP_MAIL,)
