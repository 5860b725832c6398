"""Recipes for who is new: a welcome, a confirmed sign-up."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from datetime import time

from kikubari.decide.guard import Words
from kikubari.deliver import Purpose
from kikubari.journeys.definition import (
    ConsentTrigger,
    EventTrigger,
    Goal,
    JourneyDefinition,
    Rules,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)
from kikubari.journeys.recipes._shop import BEST_SELLERS_SHOWN, order_within
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
    points,
    recommended,
    text,
)
from kikubari.journeys.recipes.contracts import Need, Recipe
from kikubari.spec.conditions import (
    ConsentIs,
    Duration,
    Events,
    Is,
    PropertyFilter,
)
from kikubari.spec.topics import CONSENT_CHANGED, ORDER_COMPLETED

WELCOME = Recipe(
    id="welcome",
    name=Words("ようこそ", "Welcome"),
    description=Words(
        "購読を始めた方に、お店の紹介と、数日後に最初の一品の選び方をお届けします。",
        "Introduces the shop to who subscribed, and days later helps with a first choice.",
    ),
    when_to_use=Words(
        "どのお店でも、最初に入れておきたいシナリオです。",
        "In every shop, and before any other journey.",
    ),
    needs=(
        Need(
            kind="consent",
            name="marketing",
            use=Words("購読の同意が始まりです。", "Consent to marketing starts it."),
            how="docs/preferences.md",
        ),
        needs_event(
            ORDER_COMPLETED,
            "ご購入後は2通目を送りません。",
            "Nobody who has bought gets the second message.",
            is_required=False,
        ),
        BEST_SELLERS_SHOWN,
    ),
    stands_in=(
        Words(
            "LINEとプッシュ通知はまだないため、メールだけで届けます。",
            "LINE and push do not exist yet: it is sent by e-mail alone.",
        ),
    ),
    offer=Words("最初のお買い物に使えるクーポン", "A code for a first order"),
    journey=JourneyDefinition(
        name="welcome",
        stage="onboarding",
        trigger=ConsentTrigger(purpose="marketing", channel="email"),
        start="hello",
        steps=(
            message(
                "hello",
                gives=True,
                ja=copy(
                    "ご登録ありがとうございます",
                    "{{ shop.name }}からのごあいさつです",
                    heading("{{ customer | honorific }}、はじめまして"),
                    text(
                        "{{ shop.name }}のお知らせにご登録いただき、ありがとうございます。",
                        "新しい品や読みものを、多すぎない回数でお届けします。"
                        "内容や回数は、いつでもお選びいただけます。",
                    ),
                    coupon("ご登録のお礼に、{{ coupon.benefit }}"),
                    button("お店を見てみる"),
                ),
                en=copy(
                    "Thank you for joining us",
                    "A short hello from {{ shop.name }}",
                    heading("Hello {{ customer | honorific }}"),
                    text(
                        "Thank you for signing up for news from {{ shop.name }}.",
                        "We will write now and then about things we are happy with. "
                        "You choose what about, and how often.",
                    ),
                    coupon("With our thanks: {{ coupon.benefit }}"),
                    button("Have a look around"),
                ),
                then="days",
            ),
            WaitStep(id="days", duration=Duration(days=3), next="morning"),
            WaitUntilStep(id="morning", at=time(10), next="guide"),
            message(
                "guide",
                ja=copy(
                    "最初の一品に迷ったら",
                    "長く選ばれている品をご紹介します",
                    heading("どれから見ようか、というときに"),
                    text(
                        "{{ customer | honorific }}、こんにちは。",
                        "最初の一品をお探しの方のために、選び方を三つにまとめました。",
                    ),
                    points(
                        "毎日使うものから選ぶと、よさがすぐに分かります。",
                        "贈りものは、軽くて場所を取らないものが喜ばれます。",
                        "サイズや素材で気になることは、このメールへの返信でお尋ねください。",
                    ),
                    recommended("cold_start", fills=True),
                    button("人気の品を見る"),
                ),
                en=copy(
                    "Where to begin",
                    "Three thoughts on choosing a first piece",
                    heading("If you wonder where to begin"),
                    text("Hello {{ customer | honorific }}, three thoughts on a first choice:"),
                    points(
                        "Something used every day shows its worth soonest.",
                        "For a present, small and light is rarely wrong.",
                        "Unsure of a size or material? Just reply to this e-mail.",
                    ),
                    recommended("cold_start", fills=True),
                    button("See what others choose"),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(30),
        ),
    ),
)

DOUBLE_OPT_IN = Recipe(
    id="double-opt-in",
    name=Words("登録の確認（ダブルオプトイン）", "Double opt-in"),
    description=Words(
        "お知らせを希望された方に確認メールを送り、確認後にお礼を届けます。",
        "Asks who wanted news to confirm it, and thanks them once they have.",
    ),
    when_to_use=Words(
        "会員登録や購入時に「お知らせを受け取る」を選べるお店に。"
        "購読フォームには確認メールが最初から付いています。",
        "Where people ask for news while signing up or buying. "
        "The subscription form has its own confirmation already.",
    ),
    needs=(
        needs_event(
            "Signed Up",
            "newsletter が true の会員登録が始まりです。",
            "A sign-up with `newsletter` true starts it.",
        ),
    ),
    stands_in=(
        Words(
            "確認のボタンは配信設定ページを開き、保存すると同意が記録されます。",
            "The button opens the preference page; saving it records the consent.",
        ),
    ),
    journey=JourneyDefinition(
        name="double-opt-in",
        stage="onboarding",
        trigger=EventTrigger(
            events=Events(
                event="Signed Up",
                where=(PropertyFilter(path=("newsletter",), test=Is(value=True)),),
            )
        ),
        start="known",
        steps=(
            either("known", ConsentIs(purpose="marketing", channel="email"), "thanks", "confirm"),
            message(
                "confirm",
                purpose=Purpose.TRANSACTIONAL,
                ja=copy(
                    "お知らせのお申し込みを確認してください",
                    "ボタンを押して保存すると完了します",
                    heading("お申し込みの確認"),
                    text(
                        "{{ customer | honorific }}",
                        "{{ shop.name }}のお知らせをお申し込みいただき、ありがとうございます。"
                        "次のページで保存すると、お届けが始まります。",
                        "お心当たりがない場合は、何もなさらなくて大丈夫です。",
                    ),
                    button("お届けを確認する", PREFERENCES),
                ),
                en=copy(
                    "Please confirm that you would like our news",
                    "One click and it is done",
                    heading("One click to confirm"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "somebody, hopefully you, asked for news from {{ shop.name }}. "
                        "Save the next page and it begins.",
                        "If it was not you, there is nothing to do.",
                    ),
                    button("Confirm my subscription", PREFERENCES),
                ),
                then="answer",
            ),
            WaitForStep(
                id="answer",
                events=Events(
                    event=CONSENT_CHANGED,
                    where=(
                        PropertyFilter(path=("purpose",), test=Is(value="marketing")),
                        PropertyFilter(path=("status",), test=Is(value="granted")),
                    ),
                ),
                timeout=Duration(days=7),
                next="thanks",
            ),
            message(
                "thanks",
                gives=True,
                ja=copy(
                    "お届けを始めます",
                    "内容と回数はいつでも変えられます",
                    heading("ありがとうございます"),
                    text(
                        "{{ customer | honorific }}、お申し込みを確認しました。",
                        "これからのお知らせをどうぞお楽しみに。"
                        "内容と回数は、下のリンクからいつでも変えられます。",
                    ),
                    button("受け取る内容を選ぶ", PREFERENCES),
                ),
                en=copy(
                    "You are on the list",
                    "And you decide what you get",
                    heading("Thank you"),
                    text(
                        "All confirmed, {{ customer | honorific }}.",
                        "What we write about, and how often, is up to you at any time.",
                    ),
                    button("Choose what you get", PREFERENCES),
                ),
            ),
        ),
        rules=Rules(goal=Goal(events=event(CONSENT_CHANGED), value="", ends_journey=False)),
    ),
)

RECIPES = (WELCOME, DOUBLE_OPT_IN)
