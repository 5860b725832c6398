"""Advice on segments: each code where it is due, and not where it is not."""

import math
import random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from agreement import Shop
from population import AS_OFS
from trees import tree

from kikubari.segments import Advice
from kikubari.segments.advice import Adviser, Numbers, measurable
from kikubari.segments.advice.contracts import Code
from kikubari.segments.advice.logic import prove
from kikubari.segments.advice.power import people_needed
from kikubari.segments.advice.trees import node_at, replaced, without
from kikubari.segments.audiences import Funnel, FunnelStep, Overlap, Overlaps, Reach
from kikubari.segments.explanation import Explainer
from kikubari.segments.sensitive import class_of_name
from kikubari.spec.conditions import AllOf, Condition, convert_condition, walk

Json = dict[str, Any]


class Titles:
    def segment_title(self, segment_id: str, language: str) -> str:
        return segment_id

    def list_title(self, list_id: str, language: str) -> str:
        return list_id


ADVISER = Adviser(Explainer(Titles(), currency="JPY", zone=ZoneInfo("Asia/Tokyo")))
PLENTY = Numbers(everyone=1_000_000, total=100_000, base_rate=0.05)


def last(days: int) -> Json:
    return {"type": "last", "duration": {"days": days}}


def ordered(days: int | None = None, **count: int) -> Json:
    leaf: Json = {"type": "event_count", "event": "Order Completed", "count": count}
    return leaf if days is None else {**leaf, "window": last(days)}


def plan(test: Json) -> Json:
    return {"type": "trait", "trait": "plan", "test": test}


def amount(**value: float) -> Json:
    return {"type": "event_aggregate", "function": "sum", "event": "Order Completed",
            "of": {"on": "column", "column": "value_minor"}, "value": value}  # fmt: skip


def every(*of: Json) -> Json:
    return {"type": "all", "of": list(of)}


def some(*of: Json) -> Json:
    return {"type": "any", "of": list(of)}


def opposite(of: Json) -> Json:
    return {"type": "not", "of": of}


GOLD, SILVER = (plan({"type": "is", "value": value}) for value in ("gold", "silver"))
MAIL: Json = {"type": "reachable", "channel": "email"}
LISTED: Json = {"type": "list", "list": "few"}


def advised(value: Json, numbers: Numbers = PLENTY) -> dict[Code, Advice]:
    found = ADVISER.advise(convert_condition(value), numbers).advice
    return {one.code: one for one in reversed(found)}


CONTRADICTIONS = [
    every(MAIL, opposite(MAIL)),
    every(GOLD, SILVER),
    every(GOLD, plan({"type": "is_not_set"})),
    every(GOLD, plan({"type": "in", "values": ["silver", "bronze"]})),
    every(GOLD, plan({"type": "starts_with", "text": "s"})),
    every(GOLD, plan({"type": "contains", "text": "z"})),
    every(ordered(30, at_least=3), ordered(30, at_most=2)),
    every(ordered(30, at_least=1), ordered(365, at_most=0)),
    every(ordered(30, at_least=2), opposite(ordered(365, at_least=1))),
    every(ordered(at_most=0), {"type": "recency", "event": "Order Completed",
                               "within": {"days": 5}}),
    every(ordered(10, at_least=1), {"type": "recency", "event": "Order Completed",
                                    "more_than": {"days": 30}}),
    every(amount(at_least=500), amount(less_than=500)),
    every(amount(more_than=10), amount(at_most=10)),
    every(MAIL, every(GOLD, opposite(GOLD))),
    {"type": "recency", "event": "Order Completed", "within": {"days": 5},
     "more_than": {"days": 9}},
]  # fmt: skip


@pytest.mark.parametrize("value", CONTRADICTIONS)
def test_what_can_never_hold_is_a_problem(shop: Shop, value: Json) -> None:
    assert advised(value)["contradictory"].severity == "problem"
    assert not shop.as_set(convert_condition(value), AS_OFS[-1], None)


@pytest.mark.parametrize("value", [
    every(MAIL, GOLD),
    some(GOLD, SILVER),
    every(GOLD, opposite(SILVER)),
    every(ordered(365, at_least=1), ordered(30, at_most=0)),
    every(ordered(30, at_least=1), ordered(365, at_most=2)),
    every(amount(at_least=500), amount(at_most=500)),
    every(GOLD, plan({"type": "contains", "text": "OL", "ignore_case": True})),
    every(opposite(every(MAIL, GOLD)), MAIL),
])  # fmt: skip
def test_what_can_hold_is_no_contradiction(value: Json) -> None:
    assert not {"contradictory", "contradictory_branch", "always_true"} & advised(value).keys()


@pytest.mark.parametrize(("value", "path", "fixed"), [
    (every(ordered(30, at_least=2), ordered(90, at_least=1)), "$.of[1]", ordered(30, at_least=2)),
    (every(ordered(at_least=1), MAIL, ordered(30, at_least=1)), "$.of[0]",
     every(MAIL, ordered(30, at_least=1))),
    (some(ordered(30, at_least=1), ordered(90, at_least=1)), "$.of[0]", ordered(90, at_least=1)),
    (every(GOLD, plan({"type": "is_set"})), "$.of[1]", GOLD),
    (every(amount(at_least=500), amount(at_least=100)), "$.of[1]", amount(at_least=500)),
])  # fmt: skip
def test_what_follows_from_another_condition_can_go(value: Json, path: str, fixed: Json) -> None:
    advice = advised(value)["implied"]
    assert advice.path == path
    assert advice.fix == convert_condition(fixed)


def test_repetitions_double_negations_and_dead_branches_are_mended() -> None:
    assert advised(every(MAIL, GOLD, MAIL))["repeated"].fix == convert_condition(every(MAIL, GOLD))
    assert advised(opposite(opposite(MAIL)))["double_negation"].fix == convert_condition(MAIL)
    dead = advised(every(GOLD, some(SILVER, MAIL)))["contradictory_branch"]
    assert dead.fix == convert_condition(every(GOLD, MAIL))
    assert advised(some(MAIL, opposite(MAIL)))["always_true"].fix is None
    assert "always_true" in advised(some(ordered(at_least=1), ordered(at_most=0)))


@pytest.mark.parametrize("seed", range(60))
def test_proofs_are_true_and_fixes_change_nobody(shop: Shop, seed: int) -> None:
    """Over generated trees, doubled so that their parts meet each other."""
    rng = random.Random(f"advice {seed}")
    one = convert_condition(tree(rng, 2))
    inner = [node for _, node in walk(one)]
    both: Condition = AllOf((one, rng.choice(inner), convert_condition(tree(rng, 1))))
    before = shop.as_set(both, AS_OFS[-1], None)
    for proof in prove(both):
        assert node_at(both, proof.path) is not None
        if proof.kind == "contradictory" and proof.path.count(".") == 1:
            assert not before
    for advice in ADVISER.advise(both, PLENTY).advice:
        if advice.code in {"implied", "repeated", "double_negation", "contradictory_branch"}:
            assert advice.fix is not None
            assert shop.as_set(advice.fix, AS_OFS[-1], None) == before, advice


def test_sizes_are_judged() -> None:
    assert "empty" in advised(MAIL, Numbers(everyone=1_000, total=0))
    assert "too_narrow_to_matter" in advised(MAIL, Numbers(everyone=1_000, total=49))
    assert "too_narrow_to_matter" not in advised(MAIL, Numbers(everyone=1_000, total=50))
    assert "nearly_everyone" in advised(MAIL, Numbers(everyone=1_000, total=950))
    assert advised(MAIL).keys() == set()
    narrow = advised(MAIL, Numbers(everyone=1_000_000, total=400, base_rate=0.05))
    assert "5.0%" in narrow["too_narrow_to_measure"].text_en


def test_a_condition_that_does_nothing_is_named() -> None:
    steps = (FunnelStep("$.of[0]", 900, 900, 100), FunnelStep("$.of[1]", 100, 100, 900))
    numbers = Numbers(everyone=1_000, total=100,
                      funnel=Funnel(1_000, 100, "all", steps, "$.of[1]"))  # fmt: skip
    advice = advised(every(MAIL, GOLD), numbers)["cuts_nobody"]
    assert (advice.path, advice.fix) == ("$.of[0]", convert_condition(GOLD))


def test_reach_and_overlaps_are_judged() -> None:
    overlaps = (
        Overlap("same", "同じ", "Same", 1_000, 950),
        Overlap("half", "半", "Half", 9_000, 600),
    )
    numbers = Numbers(everyone=100_000, total=1_000, reach=Reach(1_000, 100, ()),
                      overlaps=Overlaps(1_000, overlaps, 0))  # fmt: skip
    found = advised(GOLD, numbers)
    assert found["hardly_reachable"].severity == "caution"
    assert found["same_as_segment"].fix == convert_condition({"type": "segment", "segment": "same"})
    assert "Half" in found["overlaps_segment"].text_en


@pytest.mark.parametrize(("text", "key"), [
    ("is_pregnant", "reproduction"), ("妊娠中", "reproduction"), ("isPregnant", "reproduction"),
    ("health_condition", "health"), ("religion", "religion"), ("宗教", "religion"),
    ("Ｒｅｌｉｇｉｏｎ", "religion"), ("postal_code", "place_proxy"), ("gender", "gender_proxy"),
    ("divorced", "bereavement"), ("credit_score", "hardship"), ("child_age", "children"),
    ("plan", None), ("manage", None), ("healthy_snacks_viewed", None), ("category", None),
    ("homepage", None), ("stage", None),
])  # fmt: skip
def test_names_are_classed_by_their_words(text: str, key: str | None) -> None:
    assert class_of_name(text) == key


@pytest.mark.parametrize(("provenance", "severity"), [
    ([], "problem"), (["inferred_self"], "problem"), (["third_party"], "problem"),
    (["declared"], "caution"),
])  # fmt: skip
def test_special_categories_may_only_be_used_if_declared(
    provenance: list[str], severity: str
) -> None:
    leaf = {"type": "trait", "trait": "religion", "test": {"type": "is", "value": "x"},
            "provenance": provenance}  # fmt: skip
    assert advised(every(MAIL, leaf))["sensitive_special"].severity == severity
    assert advised(every(MAIL, leaf))["sensitive_special"].path == "$.of[1]"


def test_values_give_away_as_much_as_names() -> None:
    item = {"field": "category", "test": {"type": "is", "value": "妊娠検査薬"}}
    bought = {**ordered(at_least=1), "where": [{"on": "any_item", "where": [item]}]}
    assert "sensitive_special" in advised(bought)
    assert "sensitive_special" in advised({"type": "searched", "text": "うつ病 対処"})


def test_the_smallest_effect_agrees_with_the_published_formula() -> None:
    # power.prop.test of R documents n = 76.7 for 0.50 against 0.75 at 5 % and a power of 90 %.
    assert people_needed(0.50, 0.75, z_beta=1.281552) == pytest.approx(76.7, abs=0.05)
    power = measurable(2 * math.ceil(people_needed(0.10, 0.14)), 0.10)
    assert power.smallest_effect == pytest.approx(0.04, abs=0.0001)
    assert measurable(1, 0.1).smallest_effect is None


@pytest.mark.parametrize("base", [0.001, 0.02, 0.3, 0.9])
def test_more_people_show_smaller_effects(base: float) -> None:
    effects = [measurable(n, base).smallest_effect for n in (2_000, 20_000, 2_000_000)]
    known = [one for one in effects if one is not None]
    assert known == sorted(known, reverse=True)
    assert all(math.isfinite(one) and one > 0 for one in known)


def test_trees_change_in_copies() -> None:
    value = convert_condition(every(MAIL, some(GOLD, opposite(SILVER))))
    for path, node in walk(value):
        assert node_at(value, path) == node
        assert replaced(value, path, node) == value
    assert without(value, "$.of[1].of[1].of") == convert_condition(every(MAIL, GOLD))
    assert without(value, "$") is None
