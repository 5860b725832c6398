"""Recipes for who went quiet: an invitation back, and a last question."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from kikubari.decide.guard import Words
from kikubari.journeys.definition import (
    Exit,
    Goal,
    JourneyDefinition,
    PauseStep,
    Reentry,
    Rules,
    ScheduleTrigger,
    WaitForStep,
)
from kikubari.journeys.recipes._shop import (
    BEST_SELLERS_SHOWN,
    ORDERED,
    ORDERS_ARE_READ,
    order_within,
)
from kikubari.journeys.recipes._writing import (
    STAY_PAGE,
    button,
    copy,
    coupon,
    did,
    event,
    heading,
    message,
    needs_event,
    recommended,
    text,
    who,
)
from kikubari.journeys.recipes.contracts import Need, Recipe
from kikubari.spec.conditions import (
    AllOf,
    AnyOf,
    ConsentIs,
    Duration,
    Events,
    InRange,
    Is,
    Prediction,
    PropertyFilter,
    Reachable,
    Recency,
)
from kikubari.spec.topics import (
    CONSENT_CHANGED,
    EMAIL_LINK_CLICKED,
    EMAIL_OPENED,
    EMAIL_SENT,
    ORDER_COMPLETED,
)

_FOR_GOOD = Duration(days=3650)
_OF_NEWS = PropertyFilter(path=("purpose",), test=Is(value="marketing"))
_ANSWERED = Events(event=CONSENT_CHANGED, where=(_OF_NEWS,))
_STAYS = Events(
    event=CONSENT_CHANGED,
    where=(_OF_NEWS, PropertyFilter(path=("status",), test=Is(value="granted"))),
)
# A year of letters and no sign of anybody reading, of those who let us see that.
_QUIET = AllOf(
    of=(
        Reachable(channel="email"),
        ConsentIs(purpose="tracking", channel="email"),
        did(EMAIL_SENT, times=6, days=365),
        did(EMAIL_OPENED, times=0, days=365),
        did(EMAIL_LINK_CLICKED, times=0, days=365),
        did(ORDER_COMPLETED, times=0, days=365),
    )
)

_LONG_AGO = Recency(event=ORDER_COMPLETED, more_than=Duration(days=90), within=Duration(days=180))
# Of a hundred like them, eighty order nothing in the next 90 days.
_LEAVING = AllOf(
    of=(
        Recency(event=ORDER_COMPLETED, more_than=Duration(days=60), within=Duration(days=180)),
        Prediction(trait="predicted_churn", test=InRange(at_least=0.8)),
    )
)

WIN_BACK = Recipe(
    id="win-back",
    name=Words("お久しぶりのご案内", "Win-back"),
    description=Words(
        "90日ご注文のない方と、60日ご注文がなく離れそうだと予測された方にお便りし、"
        "2週間後にもう一度だけご案内します。",
        "Writes to who has not ordered for 90 days, or for 60 and is expected to stay away, and "
        "once more two weeks later.",
    ),
    when_to_use=Words(
        "2〜3か月に一度は選ばれるお店に。日数はお店の間隔に合わせてください。",
        "Where people order every few months; set the days to what is usual with you.",
    ),
    needs=(ORDERS_ARE_READ, BEST_SELLERS_SHOWN),
    stands_in=(
        Words(
            "離れやすさの予測（predicted_churn）がまだない方には、日数だけを使います。",
            "Of whom nothing is predicted yet (`predicted_churn`), the days alone decide.",
        ),
    ),
    offer=Words("2通目に添えるクーポン", "A code in the second message"),
    journey=JourneyDefinition(
        name="win-back",
        stage="winback",
        trigger=ScheduleTrigger(cron="0 11 * * TUE"),
        segment=who(AllOf(of=(Reachable(channel="email"), AnyOf(of=(_LONG_AGO, _LEAVING))))),
        start="news",
        steps=(
            message(
                "news",
                ja=copy(
                    "ごぶさたしております、{{ shop.name }}です",
                    "いまよく選ばれている商品とともに",
                    heading("ごぶさたしております"),
                    text(
                        "{{ customer | honorific }}",
                        "以前は{{ shop.name }}をご利用いただき、誠にありがとうございました。"
                        "よろしければ、またお立ち寄りください。",
                    ),
                    recommended("trending", title="いまよく選ばれている商品です。", fills=True),
                    button("ショップを見る"),
                ),
                en=copy(
                    "A hello from {{ shop.name }}",
                    "Come by whenever you like",
                    heading("It has been a while"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "Thank you for having shopped with us. It would be lovely to welcome you "
                        "back.",
                    ),
                    recommended(
                        "trending", title="What our customers like at the moment:", fills=True
                    ),
                    button("Visit the shop"),
                ),
                then="weeks",
            ),
            WaitForStep(
                id="weeks",
                events=event(ORDER_COMPLETED),
                timeout=Duration(days=14),
                on_timeout="once-more",
            ),
            message(
                "once-more",
                ja=copy(
                    "またのご利用をお待ちしております",
                    "お知らせの内容や回数も、お選びいただけます",
                    heading("よろしければ、また"),
                    text(
                        "{{ customer | honorific }}",
                        "またお役に立てることがございましたら、うれしく存じます。",
                        "お知らせの内容や回数を変えたい場合は、"
                        "このメールの下にあるリンクからお選びください。",
                    ),
                    coupon(
                        "これまでのご購入のお礼に\n{{ coupon.benefit }}",
                        "お会計の際にコードをご入力ください。",
                    ),
                    button("ショップを見る"),
                ),
                en=copy(
                    "You are welcome any time",
                    "And if you would rather hear less, that is fine",
                    heading("Whenever you like"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "We would be glad to be of help again.",
                        "If you would like to hear from us less often, or about other things, use "
                        "the links below.",
                    ),
                    coupon(
                        "With thanks for your past orders: {{ coupon.benefit }}",
                        "Enter the code at the checkout.",
                    ),
                    button("Visit the shop"),
                ),
            ),
        ),
        rules=Rules(
            goal=order_within(45),
            exits=(ORDERED,),
            reentry=Reentry(allowed=True, after=Duration(days=180)),
            holdout_percent=10,
            priority=30,
        ),
    ),
)

SUNSET = Recipe(
    id="sunset",
    name=Words("お届け継続の確認", "Re-permission and sunset"),
    description=Words(
        "1年反応のない方に続けるかを尋ね、お返事がなければ、ご本人が再開されるまで"
        "すべてのお知らせをお休みします。",
        "Asks who has not reacted for a year whether to go on, and without an answer pauses all "
        "their news until they end the pause themselves.",
    ),
    when_to_use=Words(
        "届かない・読まれない宛先を減らし、到達率を守りたいときに。",
        "To stop writing into the void, which keeps mail out of spam folders.",
    ),
    needs=(
        Need(
            kind="consent",
            name="marketing",
            use=Words("同意が続いている方だけに尋ねます。", "Only who still agrees is asked."),
            how="docs/preferences.md",
        ),
        needs_event(
            EMAIL_OPENED,
            "開封・クリックの記録に同意した方だけが対象です。",
            "Only of who agreed to it is known that they do not read.",
        ),
    ),
    journey=JourneyDefinition(
        name="sunset",
        stage="winback",
        trigger=ScheduleTrigger(cron="0 11 1 * *"),
        segment=who(_QUIET),
        start="ask",
        steps=(
            message(
                "ask",
                ja=copy(
                    "お知らせのお届けについてのお伺い",
                    "続けるか、やめるか、お選びいただけます",
                    heading("これからもお届けしてよろしいですか"),
                    text(
                        "{{ customer | honorific }}",
                        "ご不要なお知らせをお送りし続けることのないよう、お伺いしております。"
                        "続けるか、やめるか、次のページのボタンひとつでお答えいただけます。",
                        "お返事がない場合は、3週間後にお届けをお休みいたします。"
                        "同じページで、いつでも再開していただけます。",
                    ),
                    button("お返事する", STAY_PAGE),
                ),
                en=copy(
                    "Would you still like to hear from us?",
                    "Keep going, or stop: you choose",
                    heading("Shall we keep writing?"),
                    text(
                        "Hello {{ customer | honorific }},",
                        "We do not want to fill your inbox with e-mails you have no use for. "
                        "One button on the next page keeps them, another stops them.",
                        "If we do not hear from you, we will pause our e-mails in three weeks. "
                        "The same page starts them again whenever you like.",
                    ),
                    button("Make my choice", STAY_PAGE),
                ),
                then="weeks",
            ),
            WaitForStep(
                id="weeks",
                events=_ANSWERED,
                timeout=Duration(days=21),
                on_timeout="pause",
            ),
            # Until they end it themselves, on their preference page.
            PauseStep(id="pause", duration=_FOR_GOOD),
        ),
        rules=Rules(
            goal=Goal(
                events=_STAYS,
                within=Duration(days=21),
                value="",
                ends_journey=False,
            ),
            # Who does something with any message reads them.
            exits=(ORDERED, Exit(id="reads", events=event(EMAIL_LINK_CLICKED))),
            reentry=Reentry(allowed=True, after=Duration(days=365)),
            priority=20,
        ),
    ),
)

RECIPES = (WIN_BACK, SUNSET)
