"""Stages: what people said comes before guesses, guesses add up and end, some are never made."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.stages import (
    Found,
    LifeStages,
    Seen,
    StageBook,
    StageLimit,
    StageRefusal,
    StageRefusedError,
    check_limits,
    infer,
    list_other_goods,
)
from kikubari.decide.stages.inference import DAY_US, NOWHERE

DOG = msgspec.convert(
    {
        "id": "dog",
        "name_ja": "愛犬",
        "name_en": "Dog",
        "stages": [
            {
                "id": "considering",
                "name_ja": "検討中",
                "name_en": "Considering",
                "evidence": [
                    {"type": "did", "event": "Product Viewed", "categories": ["puppy"]},
                ],
                "lasts_days": 60,
            },
            {
                "id": "puppy",
                "name_ja": "子犬",
                "name_en": "Puppy",
                "evidence": [
                    {"type": "said", "trait": "dog_stage", "value": "puppy"},
                    {"type": "born", "trait": "dogs_birthday", "until_days": 365},
                    {"type": "did", "categories": ["puppy"]},
                ],
                "lasts_days": 180,
                "moves_on": True,
                "categories": ["puppy"],
            },
            {
                "id": "adult",
                "name_ja": "成犬",
                "name_en": "Adult dog",
                "evidence": [
                    {"type": "born", "trait": "dogs_birthday", "from_days": 365,
                     "until_days": 2500},
                    {"type": "did", "categories": ["adult dog"]},
                ],
                "lasts_days": 400,
                "categories": ["adult dog"],
            },
        ],
    },
    LifeStages,
)  # fmt: skip
CONSIDERING, PUPPY, ADULT = range(3)


def seen(stage, day, *, lasts=100, confidence=0.6, is_declared=False):
    return Seen(day * DAY_US, (day + lasts) * DAY_US, stage, confidence, is_declared)


def stage_on(day, *evidence: Seen):
    return infer(DOG, evidence, day * DAY_US)


def test_what_was_said_comes_before_any_guess():
    said = seen(PUPPY, 0, confidence=1.0, is_declared=True)
    bought = [seen(ADULT, day, confidence=0.9) for day in (1, 2, 3)]
    assert stage_on(10, said, *bought) == Found(PUPPY, 1.0, 100 * DAY_US, is_declared=True)
    later = seen(ADULT, 5, confidence=1.0, is_declared=True)
    assert stage_on(10, said, later).stage == ADULT


def test_independent_evidence_adds_up_and_too_little_is_withheld():
    assert stage_on(10, seen(PUPPY, 0, confidence=0.4)) is None
    both = stage_on(10, seen(PUPPY, 0, confidence=0.4), seen(PUPPY, 1, confidence=0.4))
    assert both.stage == PUPPY
    assert both.confidence == pytest.approx(0.64)


def test_the_surest_guess_counts_and_of_equals_the_later_stage():
    assert stage_on(10, seen(PUPPY, 0, confidence=0.8), seen(ADULT, 5)).stage == PUPPY
    assert stage_on(10, seen(PUPPY, 5), seen(ADULT, 0)).stage == ADULT


def test_a_stage_ends_or_moves_on_less_surely():
    looked = seen(CONSIDERING, 0, confidence=0.9)
    assert stage_on(99, looked).stage == CONSIDERING
    assert stage_on(100, looked) is None
    fed = seen(PUPPY, 0, confidence=0.9)
    moved = stage_on(100, fed)
    assert moved.stage == ADULT
    assert moved.confidence == pytest.approx(0.72)
    assert moved.until_us == 500 * DAY_US
    assert stage_on(500, fed) is None


def test_what_has_not_happened_yet_says_nothing():
    assert stage_on(10, seen(PUPPY, 11, confidence=0.9)) is None


def test_who_is_in_none_of_the_stages_is_put_into_none_by_guesses_or_by_time():
    bought = [seen(PUPPY, day, lasts=40, confidence=0.9) for day in (1, 2, 3)]
    none = seen(NOWHERE, 4, confidence=1.0, is_declared=True)
    assert stage_on(10, *bought).stage == PUPPY
    assert stage_on(10, *bought, none) is None
    assert stage_on(300, *bought, none) is None
    assert stage_on(10, none, seen(PUPPY, 5, confidence=1.0, is_declared=True)).stage == PUPPY


_SEEN = st.builds(
    Seen,
    at_us=st.integers(0, 50),
    until_us=st.integers(51, 120),
    stage=st.integers(0, 2),
    confidence=st.sampled_from([0.3, 0.5, 0.7, 0.9]),
    is_declared=st.booleans(),
)


@given(st.lists(_SEEN, max_size=8), st.integers(0, 150), st.randoms())
def test_neither_order_nor_repetition_matters(evidence, now, random):
    shuffled = [*evidence, *evidence[:3]]
    random.shuffle(shuffled)
    one, other = (infer(DOG, it, now) for it in (evidence, shuffled))
    assert one == other
    assert one is None or 0.5 <= one.confidence <= 1 or one.is_declared


@given(st.lists(_SEEN, max_size=8), _SEEN, st.integers(51, 119))
def test_another_guess_for_a_stage_never_makes_it_less_sure(evidence, more, now):
    guesses = [msgspec.structs.replace(one, is_declared=False, until_us=120) for one in evidence]
    before = infer(DOG, guesses, now)
    if before is None:
        return
    more = msgspec.structs.replace(more, stage=before.stage, is_declared=False, until_us=120)
    after = infer(DOG, [*guesses, more], now)
    assert after.stage == before.stage
    assert after.confidence >= before.confidence - 1e-12


def test_goods_of_other_stages_can_be_withheld():
    assert list_other_goods(DOG, "puppy") == ("adult dog",)
    assert list_other_goods(DOG, "considering") == ("adult dog", "puppy")


def test_a_shop_for_dogs_may_define_its_stages():
    check_limits(DOG)


@pytest.mark.parametrize(
    "word", ["pregnancy tests", "マタニティ", "diabetes care", "depression", "religion"]
)
@pytest.mark.parametrize("how", ["did", "said"])
def test_special_categories_are_never_a_stage(word, how):
    with pytest.raises(StageRefusedError):
        check_limits(stages_with(word, how))


@pytest.mark.parametrize("word", ["baby sizes", "toddler", "子ども服"])
def test_what_is_private_may_be_a_stage_only_by_own_word(word):
    check_limits(stages_with(word, "said"))
    with pytest.raises(StageRefusedError) as refused:
        check_limits(stages_with(word, "did"))
    assert "said" in refused.value.hint


def two_stages(*evidence: dict):
    """Return a definition of nothing in particular, with this evidence of its first stage."""
    other = {"type": "said", "trait": "state", "value": "other"}
    stages = [
        {"id": name, "name_ja": name, "name_en": name, "evidence": speaks}
        for name, speaks in (("first", evidence), ("second", [other]))
    ]
    names = {"id": "x", "name_ja": "x", "name_en": "x"}
    return msgspec.convert({**names, "stages": stages}, LifeStages)


def test_a_value_that_people_state_is_no_way_around_either():
    with pytest.raises(StageRefusedError):
        check_limits(two_stages({"type": "said", "trait": "state", "value": "pregnant"}))


class Shelf:
    """Products by what the catalogue says of them."""

    def words_of(self, product_ids):
        said = {"P1": ("Test kit", "Pregnancy tests"), "P2": ("Mug",), "P3": ("Baby sizes",)}
        return {name: said[name] for name in product_ids if name in said}


def test_products_stand_for_what_the_catalogue_says_of_them(state):
    def of(*product_ids: str):
        return two_stages({"type": "did", "product_ids": product_ids})

    book = StageBook(state, goods=Shelf())
    assert book.check(of("P2", "unknown")) == []
    assert book.check(of("P1")) == [StageRefusal("first", "Pregnancy tests", StageLimit.SPECIAL)]
    assert book.check(of("P3")) == [StageRefusal("first", "Baby sizes", StageLimit.PRIVATE)]
    with pytest.raises(StageRefusedError):
        book.put(of("P1"))


def stages_with(word, how):
    evidence = {
        "did": {"type": "did", "categories": [word]},
        "said": {"type": "said", "trait": "size", "value": "60"},
    }[how]
    stages = [
        {"id": name, "name_ja": word, "name_en": name, "evidence": [evidence]}
        for name in ("first", "second")
    ]
    return msgspec.convert(
        {"id": "sizes", "name_ja": "サイズ", "name_en": "Sizes", "stages": stages}, LifeStages
    )


@pytest.mark.parametrize(
    "change",
    [
        {"stages": []},
        {"id": "Dog!"},
        {"surprise": 1},
        {"stages": [{**msgspec.to_builtins(DOG.stages[0])}] * 2},
        {"stages": [msgspec.to_builtins(one) for one in (DOG.stages[0], DOG.stages[1])]},
    ],
    ids=["none", "name", "unknown", "twice", "moves on from the last"],
)
def test_what_is_no_definition_is_refused(change):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(DOG), **change}, LifeStages)
