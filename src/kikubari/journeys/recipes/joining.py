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
            use=Words("購読の同意をきっかけに始まります。", "Consent to marketing starts it."),
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
        Words(
            "はじめてのご購入からではなく、お知らせへの同意から始まります。",
            "A first purchase begins it once the buyer agrees to news, at the checkout say.",
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
                    "{{ shop.name }}より、はじめのごあいさつ",
                    heading("{{ customer | honorific }}、はじめまして"),
                    text(
                        "このたびは{{ shop.name }}のお知らせにご登録いただき、"
                        "誠にありがとうございます。",
                        "新商品や読みものを、ほどよい回数でお届けします。内容や回数は、"
                        "いつでもお選びいただけます。",
                    ),
                    coupon(
                        "ご登録のお礼に\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("ショップを見る"),
                ),
                en=copy(
                    "Welcome, and thank you for joining us",
                    "A short hello from {{ shop.name }}",
                    heading("Hello {{ customer | honorific }}, and welcome"),
                    text(
                        "Thank you for signing up for news from {{ shop.name }}.",
                        "We write now and then, about new things and how to enjoy them. You "
                        "choose what about, and how often.",
                    ),
                    coupon(
                        "A small thank-you: {{ coupon.benefit }}", "Enter the code at the checkout."
                    ),
                    button("Visit the shop"),
                ),
                then="days",
            ),
            WaitStep(id="days", duration=Duration(days=3), next="morning"),
            WaitUntilStep(id="morning", at=time(10), next="guide"),
            message(
                "guide",
                ja=copy(
                    "最初のひと品に迷ったら",
                    "選び方のヒントを3つまとめました",
                    heading("どれにしようか迷ったら"),
                    text(
                        "{{ customer | honorific }}",
                        "はじめてのお買い物に役立つ、選び方のヒントをお届けします。",
                    ),
                    points(
                        "毎日使うものから選ぶと、よさを実感しやすくなります。",
                        "贈りものには、軽くて場所を取らないものが喜ばれます。",
                        "サイズや素材など、気になることはこのメールにご返信ください。",
                    ),
                    recommended("cold_start", title="よく選ばれている商品です。", fills=True),
                    button("人気の商品を見る"),
                ),
                en=copy(
                    "Where to begin",
                    "Three tips for choosing your first piece",
                    heading("Not sure where to begin?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Here are three tips for a first choice.",
                    ),
                    points(
                        "Begin with something you use every day: that is where quality shows.",
                        "Buying a present? Small and light is rarely wrong.",
                        "Unsure about a size or material? Just reply to this message.",
                    ),
                    recommended("cold_start", title="Popular with our customers:", fills=True),
                    button("See what is popular"),
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
            "newsletter が true の会員登録をきっかけに始まります。",
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
                    "ご登録の確認をお願いいたします",
                    "ボタンを押し、次のページで保存すると完了です",
                    heading("あと一歩で登録が完了します"),
                    text(
                        "{{ customer | honorific }}",
                        "{{ shop.name }}のお知らせをお申し込みいただき、ありがとうございます。"
                        "下のボタンを押し、開いたページで保存していただくと、登録が完了します。",
                        "お心当たりがない場合は、このメールを破棄してください。"
                        "お知らせが届くことはありません。",
                    ),
                    button("登録を完了する", PREFERENCES),
                ),
                en=copy(
                    "Please confirm your subscription",
                    "Press the button, save the page, and you are done",
                    heading("One step left"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Thank you for asking for news from {{ shop.name }}. "
                        "Press the button and save the page that opens: that completes your "
                        "subscription.",
                        "If this was not you, simply ignore this e-mail. You will not hear from "
                        "us.",
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
                    "ご登録が完了しました",
                    "これからのお知らせを、どうぞお楽しみに",
                    heading("ご登録ありがとうございます"),
                    text(
                        "{{ customer | honorific }}",
                        "お知らせのご登録が完了しました。"
                        "受け取る内容と回数は、いつでもお選びいただけます。",
                    ),
                    button("受け取る内容を選ぶ", PREFERENCES),
                ),
                en=copy(
                    "You are on the list",
                    "Your subscription is confirmed",
                    heading("Thank you for confirming"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Your subscription is complete, and we look forward to writing to you. "
                        "What we write about, and how often, is up to you at any time.",
                    ),
                    button("Choose what I get", PREFERENCES),
                ),
            ),
        ),
        rules=Rules(goal=Goal(events=event(CONSENT_CHANGED), value="", ends_journey=False)),
    ),
)

RECIPES = (WELCOME, DOUBLE_OPT_IN)
