"""Every recipe, in both languages: sound, lawful to say, and right for whoever it meets."""

import re
from functools import cache
from pathlib import Path

import msgspec
import pytest
from recipe_people import CONTENT, COUPON, KNOWN_NAMES, NOW, SHELF, SHOP, nobody, somebody

from kikubari.decide.guard import Guard, Level, Moment, Standing, message_of
from kikubari.decide.personalise import (
    Coupon,
    RenderSettings,
    compile_email,
    lint_email,
    render_email,
    walk,
    with_recommendations,
)
from kikubari.deliver import Purpose, Sender
from kikubari.journeys.definition import JourneyDefinition, MessageStep, check_journey
from kikubari.journeys.recipes import RECIPES, get_recipe, make_journey
from kikubari.spec.conditions import convert_condition
from kikubari.spec.errors import InvalidInputError, NotFoundError

# Mail clients cut longer ones.
_MOST_BYTES = 102_000
_LANGUAGES = ("ja", "en")
_NAMED_BY_THE_PRODUCT = frozenset(
    {
        *("welcome", "double-opt-in", "permission-to-personalise", "complete-your-data"),
        *("cart-abandonment", "browse-abandonment", "saved-items", "low-stock", "price-drop"),
        *("back-in-stock", "new-arrival", "order-confirmation", "first-purchase-thanks"),
        *("post-purchase-cross-sell", "review-request", "support-feedback", "birthday"),
        *("important-dates", "vip-entry", "ambassador", "step-mail", "replenishment"),
        *("life-stage", "preorder-teaser", "win-back", "sunset", "weekly-discovery"),
    }
)


# Each way in which a recipe can be installed, by recipe and variant.
JOURNEYS = {
    f"{recipe.id}-{variant}".removesuffix("-"): journey
    for recipe in RECIPES
    for variant, journey in {
        "": recipe.journey,
        **{one.id: one.journey for one in recipe.variants[1:]},
    }.items()
}
STEPS = {
    f"{name}-{step.id}": step
    for name, journey in JOURNEYS.items()
    for step in journey.steps
    if isinstance(step, MessageStep)
}
MESSAGES = pytest.mark.parametrize(
    ("name", "language"), [(name, language) for name in STEPS for language in _LANGUAGES]
)


@cache
def compiled(name):
    return compile_email(STEPS[name].template)


@cache
def shown(name, language, *, is_known, has_coupon):
    """Return the message somebody gets, with a code or without."""
    facts = nobody()
    if is_known:
        [facts] = with_recommendations(compiled(name).needs, [(7, somebody(language))], SHELF)
    return render_email(
        msgspec.structs.replace(compiled(name), default_language=language),
        facts,
        content={**CONTENT, "coupon": COUPON if has_coupon else {}},
        settings=RenderSettings(language=language, timezone="Asia/Tokyo", now=NOW),
    )


def everyone(name, language):
    return [
        shown(name, language, is_known=is_known, has_coupon=has_coupon)
        for is_known in (True, False)
        for has_coupon in (True, False)
    ]


def test_all_are_there_once():
    assert {recipe.id for recipe in RECIPES} == _NAMED_BY_THE_PRODUCT
    assert len(RECIPES) == len(_NAMED_BY_THE_PRODUCT)


@pytest.mark.parametrize("language", _LANGUAGES)
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.id)
def test_it_makes_a_sound_journey(recipe, language):
    sender = Sender(from_address="news@shop.example")
    journey = make_journey(recipe, language=language, sender=sender, topic="news")
    check_journey(journey)
    assert journey.recipe == recipe.id
    assert journey.rules.goal is not None
    assert journey.name == getattr(recipe.name, language)
    # As files and the API hold it.
    text = msgspec.json.encode(journey)
    assert msgspec.json.decode(text, type=JourneyDefinition) == journey
    for step in journey.steps:
        if isinstance(step, MessageStep):
            assert step.template.default_language == language
            assert step.sender == sender
            assert step.topic == ("news" if step.purpose is Purpose.MARKETING else "")


@pytest.mark.parametrize("name", JOURNEYS)
def test_its_conditions_are_conditions(name):
    journey = JOURNEYS[name]
    asked = [way.when for step in journey.steps for way in getattr(step, "ways", ())]
    for who in (*asked, journey.segment):
        if isinstance(who, dict):
            convert_condition(who)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.id)
def test_it_says_what_it_is_in_both_languages(recipe):
    words = [recipe.name, recipe.description, recipe.when_to_use, *recipe.stands_in]
    words += [need.use for need in recipe.needs]
    for one in words:
        assert re.search("[ぁ-んァ-ン一-龯]", one.ja)
        assert one.en
        assert not re.search("[ぁ-んァ-ン一-龯]", one.en)


@pytest.mark.parametrize("name", STEPS)
def test_nothing_in_it_is_wrong(name):
    report = lint_email(
        STEPS[name].template,
        [somebody("ja"), somebody("en"), nobody()],
        content=CONTENT,
        settings=RenderSettings(timezone="Asia/Tokyo", now=NOW),
        known_names=KNOWN_NAMES,
    )
    assert report.problems == ()


@MESSAGES
def test_its_words_are_fit_to_send(name, language):
    for mail in everyone(name, language):
        assert mail.language == language
        assert len(mail.html.encode()) <= _MOST_BYTES
        assert "{{" not in mail.html + mail.text + mail.subject
        assert 0 < len(mail.subject) <= 60
        assert CONTENT["unsubscribe_url"] in mail.html
        assert SHOP["address"] in mail.text
        assert 'href=""' not in mail.html
        assert 'href="#"' not in mail.html
    with_code = shown(name, language, is_known=False, has_coupon=True)
    assert (COUPON["code"] in with_code.html) == _has_coupon(STEPS[name])


@MESSAGES
def test_it_reads_as_a_letter(name, language):
    for mail in everyone(name, language):
        assert mail.preheader
        assert plain(mail.preheader) != plain(mail.subject)
        heading = re.search("<h1[^>]*>(.*?)</h1>", mail.html)[1]
        assert plain(heading) != plain(mail.preheader)
        # Nobody is "Dear there", and a sentence begins with a capital.
        assert not re.search("Dear there|, there[.,!\n]|, there$", f"{mail.text}{mail.subject}")
        assert not re.search("(?m)^Hello .*,\n\n[a-z]", mail.text)
        # A letter begins with who writes it.
        assert mail.text.splitlines()[0] == SHOP["name"]


@MESSAGES
def test_nothing_in_it_is_empty(name, language):
    for mail in everyone(name, language):
        assert not re.search(r"<(p|li|h1|a)\b[^>]*>\s*</\1>", mail.html)
        assert not re.search("（）|「」|[(][)]", mail.text)
        assert not re.search("(?m)(otal|number|合計|番号)[:：] *$", mail.text)
        assert not re.search("[?&=](&|$)|=[\"')]", "".join(links(mail)))
        assert "None" not in mail.text


@MESSAGES
def test_who_gets_no_goods_is_promised_none(name, language):
    bare = shown(name, language, is_known=False, has_coupon=False)
    assert "<img" not in bare.html
    assert not re.search(
        "お買い求めいただけ|まとめました。$|still available|Here is what you saved", bare.text
    )


@MESSAGES
def test_a_code_says_until_when_it_is_good(name, language):
    until = {"ja": "2026年12月5日 9:00まで", "en": "Valid until December 5, 2026"}[language]
    with_code = shown(name, language, is_known=True, has_coupon=True)
    assert (until in with_code.text) is _has_coupon(STEPS[name])


def test_an_order_is_confirmed_with_all_that_was_ordered():
    ja, en = (
        shown("order-confirmation-plain", language, is_known=True, has_coupon=False).text
        for language in _LANGUAGES
    )
    assert "鉄瓶 2号 × 2　￥2,600" in ja
    assert "ほか3点" in ja
    assert "送料：￥600\n合計：￥98,600" in ja
    assert "Kettle of cast iron, number 2 × 2" in en
    assert "and 3 more" in en
    assert "Delivery: ¥600\nTotal: ¥98,600" in en


def test_a_price_that_fell_says_from_what_to_what():
    ja, en = (
        shown("price-drop-news", language, is_known=True, has_coupon=False).text
        for language in _LANGUAGES
    )
    assert "￥6,400 → ￥5,801" in ja
    assert "Was ¥6,400, now ¥5,801" in en


def plain(words):
    return re.sub(r"\W", "", words).lower()


def links(mail):
    return re.findall('href="([^"]*)"', mail.html)


@MESSAGES
def test_the_guard_has_nothing_against_it(name, language):
    guard = Guard()
    moment = Moment(
        at=NOW, zone="Asia/Tokyo", is_zone_assumed=False, purpose=STEPS[name].purpose.value
    )
    for mail in everyone(name, language):
        verdict = guard.judge(message_of(mail, moment, Standing()))
        assert verdict.level is Level.OK, [
            (one.rule, one.subject, one.mend.en) for one in verdict.findings
        ]


@MESSAGES
def test_what_it_recommends_is_shown_to_whom_it_is_found_for(name, language):
    named = {need.strategy for need in compiled(name).needs}
    known = shown(name, language, is_known=True, has_coupon=False)
    assert bool(known.recommended) is bool(named)
    assert ("￥2,400" in known.html or "¥2,400" in known.html) is bool(named)
    unknown = shown(name, language, is_known=False, has_coupon=False)
    assert unknown.recommended == ()


@MESSAGES
def test_who_is_known_is_addressed_and_who_is_not_is_greeted(name, language):
    known = shown(name, language, is_known=True, has_coupon=False)
    unknown = shown(name, language, is_known=False, has_coupon=False)
    assert ("山田 様" if language == "ja" else "花子") in known.text
    assert ("お客様" if language == "ja" else "there") in unknown.text


def _has_coupon(step):
    return any(
        isinstance(block, Coupon)
        for variant in step.template.variants.values()
        for block in walk(variant.blocks)
    )


def test_an_offer_goes_into_the_messages_with_a_place_for_it():
    journey = make_journey(get_recipe("cart-abandonment"), offer="off_1")
    coupons = {step.id: step.coupon for step in journey.steps if isinstance(step, MessageStep)}
    assert coupons["reminder"] is None
    assert coupons["last"].rules[0].offer == "off_1"


def test_a_recipe_says_whether_it_has_a_place_for_an_offer():
    for recipe in RECIPES:
        places = any(
            _has_coupon(step) for step in recipe.journey.steps if isinstance(step, MessageStep)
        )
        assert places == (recipe.offer is not None)
    with pytest.raises(InvalidInputError):
        make_journey(get_recipe("order-confirmation"), offer="off_1")


def test_a_second_offer_goes_into_its_own_message_alone():
    both = make_journey(get_recipe("low-stock"), offer="off_1", second_offer="off_next")
    assert offers_of(both) == {"with-code": "off_1", "with-others": "off_next", "plain": None}
    first = make_journey(get_recipe("low-stock"), offer="off_1")
    assert offers_of(first) == {"with-code": "off_1", "with-others": None, "plain": None}
    for recipe in RECIPES:
        steps = {step.id: step for step in recipe.journey.steps}
        if recipe.second_offer is not None:
            assert _has_coupon(steps[recipe.second_offer.step])
        else:
            with pytest.raises(InvalidInputError, match=r"no (second )?offer"):
                make_journey(recipe, second_offer="off_next")


def offers_of(journey):
    return {
        step.id: step.coupon.rules[0].offer if step.coupon else None
        for step in journey.steps
        if isinstance(step, MessageStep)
    }


def test_a_recipe_of_several_ways_is_installed_in_the_one_that_is_chosen():
    vip = get_recipe("vip-entry")
    assert [one.id for one in vip.variants] == ["secret", "announced"]
    assert make_journey(vip) == make_journey(vip, variant="secret")
    secret, announced = (make_journey(vip, variant=one.id) for one in vip.variants)
    assert [step.id for step in secret.steps] == [step.id for step in announced.steps]
    check_journey(announced)
    words = {
        name: STEPS[f"{name}-vip-welcome"].template.variants["ja"].blocks
        for name in ("vip-entry", "vip-entry-announced")
    }
    assert "基準に達しました" in str(words["vip-entry-announced"])
    assert "基準" not in str(words["vip-entry"])
    for recipe, variant in ((vip, "loud"), (get_recipe("welcome"), "secret")):
        with pytest.raises(InvalidInputError, match="no variant"):
            make_journey(recipe, variant=variant)


def test_what_is_asked_is_answered_on_pages_of_the_product():
    for name, page in (
        ("permission-to-personalise-ask", "/personalise"),
        ("complete-your-data-ask", "/known?ask=birthday"),
        ("review-request-ask", "/feedback?order=A-1001&amp;score=9"),
        ("support-feedback-ask", "/feedback?about=support&amp;score=9"),
    ):
        for language in _LANGUAGES:
            mail = shown(name, language, is_known=True, has_coupon=False)
            assert f"{CONTENT['preferences_url']}{page}" in mail.html


def test_a_preorder_names_the_day_of_the_event_or_else_of_the_product():
    known = somebody("en")
    product = {**known.values["trigger"]["products"][0], "preorder_until": "2026-12-12"}
    for said, words in (
        ({"closes_on": "2026-12-24"}, "until December 24, 2026."),
        ({"products": [product]}, "until December 12, 2026."),
        ({}, "ahead of its release."),
    ):
        facts = msgspec.structs.replace(known, values={**known.values, "trigger": said})
        mail = render_email(
            msgspec.structs.replace(compiled("preorder-teaser-news"), default_language="en"),
            facts,
            content=CONTENT,
            settings=RenderSettings(language="en", timezone="Asia/Tokyo", now=NOW),
        )
        assert words in " ".join(mail.text.split())


def test_the_page_on_recipes_tells_of_each():
    page = (Path(__file__).parents[2] / "docs/recipes.md").read_text()
    assert re.findall("(?m)^[|] `([a-z-]+)`", page)[: len(RECIPES)] == [one.id for one in RECIPES]


def test_the_page_tells_what_stands_in():
    page = (Path(__file__).parents[2] / "docs/recipes.md").read_text()
    for recipe in RECIPES:
        assert page.count(f"- `{recipe.id}`: ") == len(recipe.stands_in)


def test_an_unknown_recipe_is_not_found():
    with pytest.raises(NotFoundError):
        get_recipe("nothing")


def test_the_same_text_is_not_sent_in_two_languages():
    for journey in JOURNEYS.values():
        for step in journey.steps:
            if isinstance(step, MessageStep):
                ja, en = (step.template.variants[language] for language in _LANGUAGES)
                assert ja.subject != en.subject
                assert [type(one) for one in ja.blocks.blocks] == [
                    type(one) for one in en.blocks.blocks
                ]
