"""The recipe for phases of life that people told the shop of."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from typing import Any

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    BranchStep,
    EventTrigger,
    JourneyDefinition,
    Reentry,
    Rules,
    Way,
)
from kikubari.journeys.recipes._shop import BEST_SELLERS_SHOWN, REACHABLE, order_within
from kikubari.journeys.recipes._writing import (
    button,
    copy,
    event,
    heading,
    message,
    needs_event,
    needs_trait,
    points,
    recommended,
    text,
    who,
)
from kikubari.journeys.recipes.contracts import Recipe
from kikubari.spec.conditions import (
    AllOf,
    AnyOf,
    Duration,
    Is,
    IsNotSet,
    Prediction,
    TraitIs,
)


def _in_stage(stage: str) -> dict[str, Any]:
    """Return those who said so themselves, or said nothing and are found to be in it."""
    silent = TraitIs(trait="stage", test=IsNotSet())
    found = Prediction(trait="life_stage.dog", test=Is(value=stage))
    said = TraitIs(trait="stage", test=Is(value=stage))
    return who(AnyOf(of=(said, AllOf(of=(silent, found)))))


LIFE_STAGE = Recipe(
    id="life-stage",
    name=Words("ライフステージ", "Life stage"),
    description=Words(
        "ご本人が段階（例：子犬・成犬・シニア犬）を選び直したら、その段階に合う内容を届けます。",
        "When somebody states another stage themselves (say puppy, adult or senior dog) sends "
        "what suits it.",
    ),
    when_to_use=Words(
        "段階で必要な商品が変わるお店に。ご本人の選択を使い、伺えていないときだけ"
        "ライフステージの推定（dog）を使います。",
        "Where needs change with a stage. It goes by what people chose, and by the life stage "
        "`dog` only where they did not say.",
    ),
    needs=(
        needs_event(
            "Stage Chosen",
            "段階の選択をきっかけに始まります（stage）。",
            "Choosing a stage starts it: property `stage`.",
        ),
        needs_trait(
            "stage",
            "段階です（puppy・adult・senior）。お店の段階に書き換えてください。",
            "The stage: puppy, adult, senior. Put your own in their place.",
            is_required=False,
        ),
        BEST_SELLERS_SHOWN,
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
                        when=_in_stage("puppy"),
                        next="starting",
                    ),
                    Way(
                        id="senior",
                        when=_in_stage("senior"),
                        next="gentle",
                    ),
                ),
                otherwise="everyday",
            ),
            message(
                "starting",
                ja=copy(
                    "はじめの数か月に、知っておきたいこと",
                    "お選びいただいた内容に合わせてお届けします",
                    heading("はじめの数か月に"),
                    text(
                        "{{ customer | honorific }}",
                        "毎日のお世話のポイントを、三つにまとめました。",
                    ),
                    points(
                        "ごはんは少なめから始め、様子を見ながら増やします。",
                        "寝床は、静かで落ち着ける場所に。",
                        "爪や歯のお手入れは、短い時間から少しずつ。",
                    ),
                    recommended(
                        "for_you", title="よろしければ、こちらもご覧ください。", fills=True
                    ),
                    button("商品を見る"),
                ),
                en=copy(
                    "The first months, made easier",
                    "Chosen to suit what you told us",
                    heading("For the first months"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Here are three things that help at the start.",
                    ),
                    points(
                        "Begin with small meals and see how they go.",
                        "Put the bed in a quiet corner.",
                        "Teeth and claws: a little, and often.",
                    ),
                    recommended("for_you", title="You might also like:", fills=True),
                    button("Visit the shop"),
                ),
            ),
            message(
                "gentle",
                ja=copy(
                    "ゆったり過ごす毎日のために",
                    "お選びいただいた内容に合わせてお届けします",
                    heading("ゆったり過ごすために"),
                    text(
                        "{{ customer | honorific }}",
                        "毎日をゆったり過ごすためのポイントを、三つにまとめました。",
                    ),
                    points(
                        "床には、すべりにくいマットを。",
                        "ごはんは、少しずつ何回かに分けて。",
                        "散歩は短めに、回数を多めに。",
                    ),
                    recommended(
                        "for_you", title="よろしければ、こちらもご覧ください。", fills=True
                    ),
                    button("商品を見る"),
                ),
                en=copy(
                    "For easy days",
                    "Chosen to suit what you told us",
                    heading("Taking it gently"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Here are three things that make every day easier.",
                    ),
                    points(
                        "Rugs where the floor is slippery.",
                        "Smaller meals, more often.",
                        "Shorter walks, and more of them.",
                    ),
                    recommended("for_you", title="You might also like:", fills=True),
                    button("Visit the shop"),
                ),
            ),
            message(
                "everyday",
                ja=copy(
                    "毎日のごはんとお散歩に",
                    "お選びいただいた内容に合わせてお届けします",
                    heading("毎日に役立つこと"),
                    text(
                        "{{ customer | honorific }}",
                        "毎日のお世話のポイントを、三つにまとめました。",
                    ),
                    points(
                        "ごはんは、毎日同じ時間に。",
                        "リードや首輪は、季節の変わり目に点検を。",
                        "遊びは短めに、一日に何度か。",
                    ),
                    recommended(
                        "for_you", title="よろしければ、こちらもご覧ください。", fills=True
                    ),
                    button("商品を見る"),
                ),
                en=copy(
                    "For meals and walks",
                    "Chosen to suit what you told us",
                    heading("For every day"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Here are three things worth keeping up.",
                    ),
                    points(
                        "Meals at the same time every day.",
                        "A look at leads and collars each season.",
                        "Play often, and keep it short.",
                    ),
                    recommended("for_you", title="You might also like:", fills=True),
                    button("Visit the shop"),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(30),
            reentry=Reentry(allowed=True, after=Duration(days=30)),
            priority=40,
        ),
    ),
)
