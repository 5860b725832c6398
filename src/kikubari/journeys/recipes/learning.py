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
        "使い方や選び方を知るほどよさが分かる品のお店に。",
        "Where knowing more makes the things better.",
    ),
    needs=(
        needs_event(
            "Guide Requested",
            "読みものの申し込みが始まりです（topic）。",
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
                    "全3回でお届けします",
                    heading("道具は三つから"),
                    text(
                        "{{ customer | honorific }}、お申し込みありがとうございます。"
                        "全3回、週に一度お届けします。",
                        "はじめに必要なのは、急須、湯のみ、湯冷ましの三つだけです。"
                        "どれも、いまお持ちの器で代用できます。",
                    ),
                    points("急須は一人分なら180mlほど。", "湯のみは口の薄いもの。"),
                    button("続きを読む", "{{ shop.url }}/guide/1"),
                ),
                en=copy(
                    "Part 1: three tools are enough",
                    "The first of three letters",
                    heading("Three tools are enough"),
                    text(
                        "Hello {{ customer | honorific }}, thank you for asking for these letters: "
                        "three of them, a week apart.",
                        "All you need is a pot, a cup and something to cool water in. "
                        "What is in the cupboard will do.",
                    ),
                    points("For one person a pot of 180 ml.", "A cup with a thin rim."),
                    button("Read on", "{{ shop.url }}/guide/1"),
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
                    heading("温度で変わること"),
                    text(
                        "{{ customer | honorific }}、第2回です。",
                        "70度では甘みが、90度では香りが出ます。"
                        "同じ葉で二通り、ぜひお試しください。",
                    ),
                    button("続きを読む", "{{ shop.url }}/guide/2"),
                ),
                en=copy(
                    "Part 2: what the water does",
                    "70 or 90 degrees",
                    heading("What the water does"),
                    text(
                        "Hello {{ customer | honorific }}, here is part two.",
                        "At 70 degrees it turns out sweet, at 90 fragrant. Try one leaf both ways.",
                    ),
                    button("Read on", "{{ shop.url }}/guide/2"),
                ),
                then="week-2",
            ),
            WaitStep(id="week-2", duration=Duration(days=7), next="third"),
            message(
                "third",
                ja=copy(
                    "第3回：保存のこつ",
                    "最後までお読みいただきありがとうございます",
                    heading("おいしさを保つには"),
                    text(
                        "{{ customer | honorific }}、最終回です。",
                        "光と湿気を避け、開けたら1か月を目安に。"
                        "冷蔵庫から出したら、常温に戻してから開けてください。",
                    ),
                    recommended("for_you", fills=True),
                    button("品を見る"),
                ),
                en=copy(
                    "Part 3: keeping it fresh",
                    "Thank you for reading",
                    heading("Keeping it fresh"),
                    text(
                        "Hello {{ customer | honorific }}, the final part.",
                        "Away from light and damp; once open, about a month. "
                        "From the fridge, let it warm up before opening.",
                    ),
                    recommended("for_you", fills=True),
                    button("See the shop"),
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
