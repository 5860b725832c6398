"""Softer words: in the same language, with nothing made up, and the guard finds nothing in them."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikubari.decide.guard import Guard, GuardPolicy, Level, judge_words, soften
from kikubari.decide.guard.softer import apply_softer

GUARD = Guard()
CASES = sorted(
    {
        case["message_excerpt"]
        for path in (Path(__file__).parent / "cases").glob("*.json")
        if isinstance(told := json.loads(path.read_text(encoding="utf-8")), list)
        for case in told
    }
)
KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
CHANNELS = ("email", "line", "push", "sms")


def softened(text, **about):
    softer = soften(GUARD, text, **about)
    return apply_softer(text, softer) if softer else None


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("Since your divorce, cooking for one can be hard. Try our pans.", None),
        ("Now that you are a widow, small portions make sense.", "Small portions make sense."),
        ("You quit your job, didn't you? Our planner helps.", "Our planner helps."),
        ("妊娠中のあなたへ、葉酸サプリのご案内です。", "葉酸サプリのご案内です。"),
        ("ご懐妊おめでとうございます。ベビー用品をどうぞ。", "ベビー用品をどうぞ。"),
    ],
)
def test_what_is_asserted_is_left_out(written, offered):
    if offered is None:
        assert softened(written) not in {written, ""}
    else:
        assert softened(written) == offered


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        (
            "You looked at the blue sofa four times on Tuesday night.",
            "Have a look at the blue sofa.",
        ),
        (
            "木曜の深夜、このワンピースを12分間ご覧になっていましたね。",
            "このワンピースのご案内です。",
        ),
        ("Only 3 rooms left at this price!", "Rooms are available at this price."),
        ("残りわずか3点です。", "ただいまお求めいただけます。"),
        ("17 people are viewing this room right now.", "Take your time to choose."),
    ],
)
def test_tracking_and_scarcity_are_said_neutrally(written, offered):
    assert softened(written) == offered


@pytest.mark.parametrize(
    "written",
    [
        "New helmets that may interest cyclists.",  # nothing to soften
        "Hey, it's Sam again. You never wrote back and I was a bit hurt.",  # nothing left
        "You spent 11 minutes on this page without buying. Changed your mind?",  # points back
        "あなたのような40代の主婦は節約志向です。",
        "Would you rather not hear about Mother's Day? Opt out here.",  # a way out stays
        "",
    ],
)
def test_nothing_is_offered_where_nothing_would_be_left(written):
    assert softened(written) is None


def test_liquid_and_markup_stay_as_they_are():
    written = (
        "<p>Hello!</p><p>{{ customer.first_name }}, now that you are a widow,"
        " <b>small portions</b> make sense.</p><p>Since the divorce is final. Look around.</p>"
    )
    assert softened(written) == (
        "<p>Hello!</p><p>{{ customer.first_name }}, <b>small portions</b> make sense.</p>"
        "<p>Look around.</p>"
    )


def test_what_stands_twice_is_left_to_its_author():
    written = "You quit your job, didn't you? Our planner helps."
    assert softened(written)
    assert softened(f"{written} {written}") is None


def test_a_stricter_shop_is_offered_what_suits_it():
    strict = Guard(GuardPolicy(levels={"R20": Level.BLOCK}))
    [one] = soften(strict, "Only 3 left of the blue teapot!")
    assert one.after == "The blue teapot is available."


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_guard_finds_nothing_in_what_is_offered(channel):
    n_offered = 0
    for written in CASES:
        if judge_words(GUARD, written, channel=channel).level is Level.OK:
            assert soften(GUARD, written, channel=channel) == ()
            continue
        softer = soften(GUARD, written, channel=channel)
        if not softer:
            continue
        n_offered += 1
        new = apply_softer(written, softer)
        assert new.strip()
        assert new != written
        assert bool(KANA.search(new)) == bool(KANA.search(written))
        assert judge_words(GUARD, new, channel=channel).findings == ()
        for one in softer:
            assert judge_words(GUARD, one.after, channel=channel).findings == ()
    if channel == "email":
        assert n_offered >= 150


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from(CASES), min_size=1, max_size=3),
    st.sampled_from(["", " ", "\n", "<br/>", " {{ customer.name }} ", "{% if x %}"]),
)
def test_it_holds_for_words_joined_in_any_way(written, joint):
    text = joint.join(written)
    softer = soften(GUARD, text)
    if softer:
        new = apply_softer(text, softer)
        assert judge_words(GUARD, new).findings == ()
        assert [*re.findall(r"<br/>|{[{%].*?[%}]}", new)] == [
            *re.findall(r"<br/>|{[{%].*?[%}]}", text)
        ]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_at_all_is_taken(text):
    for one in soften(GUARD, text):
        assert one.before in text
