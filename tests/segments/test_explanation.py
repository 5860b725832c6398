"""Any tree in words: natural where it is simple, complete wherever."""

import random
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
from trees import LEAVES, tree

from kikubari.segments import BUILTIN_SEGMENTS
from kikubari.segments.explanation import LANGUAGES, Explainer
from kikubari.spec.conditions import (
    Condition,
    EventFilter,
    LeafCondition,
    Measure,
    Test,
    Window,
    convert_condition,
    walk,
)

Json = dict[str, Any]
DAYS_30: Json = {"type": "last", "duration": {"days": 30}}
ORDERS: Json = {"type": "event_count", "event": "Order Completed", "count": {"at_least": 2},
                "window": DAYS_30}  # fmt: skip
TOKYO: Json = {"type": "trait", "trait": "prefecture", "test": {"type": "is", "value": "東京都"}}
GOLD: Json = {"type": "trait", "trait": "plan", "test": {"type": "is", "value": "gold"}}
MAIL: Json = {"type": "reachable", "channel": "email"}


class Titles:
    def segment_title(self, segment_id: str, language: str) -> str:
        return {"vip": {"ja": "お得意様", "en": "Best customers"}}.get(
            segment_id, {language: segment_id}
        )[language]

    def list_title(self, list_id: str, language: str) -> str:
        return list_id


EXPLAINER = Explainer(Titles(), currency="JPY", zone=ZoneInfo("Asia/Tokyo"))


def said(value: Json) -> tuple[str, str]:
    condition = convert_condition(value)
    return EXPLAINER.explain(condition, "ja").text, EXPLAINER.explain(condition, "en").text


# ruff: noqa: ISC004 - sentences longer than a line
SENTENCES: list[tuple[Json, str, str]] = [
    ({"type": "everyone"}, "すべてのお客様。", "All customers."),
    (ORDERS, "直近30日間に注文が2回以上あるお客様。",
     "Customers who placed an order 2 or more times in the last 30 days."),
    ({"type": "not", "of": ORDERS}, "直近30日間の注文が1回以下のお客様。",
     "Customers who placed an order at most once in the last 30 days."),
    ({"type": "event_count", "event": "Order Completed", "count": {"at_most": 0}},
     "注文が一度もないお客様。", "Customers who never placed an order."),
    ({"type": "all", "of": [ORDERS, GOLD, MAIL]},
     "直近30日間に注文が2回以上あり、プランが「gold」で、メールで連絡できるお客様。",
     "Customers who placed an order 2 or more times in the last 30 days, whose plan is “gold” and"
     " who can be reached by e-mail."),
    ({"type": "any", "of": [GOLD, MAIL]}, "プランが「gold」か、メールで連絡できるお客様。",
     "Customers whose plan is “gold” or who can be reached by e-mail."),
    ({"type": "all", "of": [MAIL, {"type": "any", "of": [ORDERS, {"type": "list", "list": "x"}]}]},
     "直近30日間に注文が2回以上あるか、リスト「x」に入っているお客様のうち、メールで連絡できるお客様。",
     "Customers who can be reached by e-mail and who either placed an order 2 or more times in the"
     " last 30 days or are on the list “x”."),
    ({"type": "all", "of": [GOLD, {"type": "not", "of": {"type": "all", "of": [ORDERS, MAIL]}}]},
     "プランが「gold」のお客様（ただし、直近30日間に注文が2回以上あり、メールで連絡できる人を除く）。",
     "Customers whose plan is “gold”, except those who placed an order 2 or more times in the last"
     " 30 days and can be reached by e-mail."),
    ({"type": "not", "of": {"type": "segment", "segment": "vip"}},
     "セグメント「お得意様」に入っていないお客様。",
     "Customers who are not in the segment “Best customers”."),
    ({"type": "event_aggregate", "function": "sum", "of": {"on": "column", "column": "value_minor"},
      "value": {"at_least": 50_000}, "event": "Order Completed",
      "window": {"type": "last", "duration": {"days": 365}}},
     "直近365日間の購入金額の合計が50,000円以上のお客様。",
     "Customers who have a total value of at least ¥50,000 over their orders in the last 365"
     " days."),
    ({"type": "event_count", "event": "Product Viewed", "count": {"at_least": 1},
      "where": [{"on": "column", "column": "category", "test": {"type": "is", "value": "犬"}},
                {"on": "column", "column": "coupon", "test": {"type": "is_not_set"}}],
      "window": {"type": "between", "from": "2026-02-01T00:00:00+09:00",
                 "until": "2026-03-01T00:00:00+09:00"}},
     "2026年2月1日から2026年2月28日までにカテゴリが「犬」で、クーポンがない商品の閲覧があるお客様。",
     "Customers who viewed a product (category is “犬” and without a coupon) from 1 February 2026"
     " to 28 February 2026."),
    ({"type": "anniversary", "trait": "birthday", "from": 0, "to": 6},
     "誕生日が今日から6日後まで（本人の地域の日付）のお客様。",
     "Customers whose birthday is within the next 6 days, today included, by the date where they"
     " live."),
]  # fmt: skip


@pytest.mark.parametrize(("value", "ja", "en"), SENTENCES)
def test_simple_trees_are_one_natural_sentence(value: Json, ja: str, en: str) -> None:
    assert said(value) == (ja, en)


def test_what_is_too_much_for_a_sentence_becomes_numbered_lines() -> None:
    inner = {"type": "all", "of": [ORDERS, GOLD]}
    ja, en = said({"type": "all", "of": [MAIL, {"type": "any", "of": [inner, TOKYO]}]})
    assert ja.splitlines() == [
        "次の2つのすべてに当てはまるお客様：",
        "1. メールで連絡できる",
        "2. 次のどれかに当てはまる:",
        "  2.1. 次のすべてに当てはまる:",
        "    2.1.1. 直近30日間に注文が2回以上ある",
        "    2.1.2. プランが「gold」",
        "  2.2. 都道府県が「東京都」",
    ]
    assert en.splitlines()[0] == "Customers for whom all 2 of these hold:"
    assert en.splitlines()[-1] == "  2.2. Prefecture is “東京都”"


def test_every_node_has_a_line_with_its_path() -> None:
    value = {"type": "any", "of": [ORDERS, {"type": "not", "of": {"type": "all", "of": [GOLD]}}]}
    outline = EXPLAINER.explain(convert_condition(value), "en").outline
    waiting, paths = [outline], []
    while waiting:
        line = waiting.pop(0)
        paths.append(line.path)
        waiting.extend(line.of)
    assert sorted(paths) == sorted(path for path, _ in walk(convert_condition(value)))


def _kinds(value: Any) -> set[str]:
    if isinstance(value, list):
        return {kind for inner in value for kind in _kinds(inner)}
    if not isinstance(value, dict):
        return set()
    found = {f"{key}:{value[key]}" for key in ("type", "on") if isinstance(value.get(key), str)}
    return found.union(*(_kinds(inner) for inner in value.values()))


def generated() -> list[Json]:
    rng = random.Random("words")
    return [make(rng) for make in LEAVES.values() for _ in range(60)]


def test_every_kind_of_condition_there_is_is_among_those_tried() -> None:
    tried = _kinds(generated())
    for union, key in (
        (LeafCondition, "type"), (Test, "type"), (Window, "type"), (EventFilter, "on"),
        (Measure, "on"),
    ):  # fmt: skip
        wanted = {f"{key}:{kind.__struct_config__.tag}" for kind in get_args(union)}
        assert wanted - tried == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_different_conditions_are_said_differently(language) -> None:
    """So nothing of a condition is left out."""
    seen: dict[str, Condition] = {}
    for value in generated():
        condition = convert_condition(value)
        text = EXPLAINER.explain(condition, language).text
        before = seen.setdefault(text, condition)
        assert before == condition or _is_same(before, condition), (text, before, condition)
        opposite = convert_condition({"type": "not", "of": value})
        assert EXPLAINER.explain(opposite, language).text != text


def _is_same(one: Condition, other: Condition) -> bool:
    """Say whether two are one question: at least none is no bound, order of sources no matter."""
    return _plain(one) == _plain(other)


def _plain(condition: Condition) -> Any:
    value = msgspec.to_builtins(condition)
    for name in ("count", "age"):
        if isinstance(value.get(name), dict) and not value[name].get("at_least"):
            value[name].pop("at_least", None)
    return value


@pytest.mark.parametrize("seed", range(40))
def test_any_tree_has_words_without_gaps(seed: int) -> None:
    condition = convert_condition(tree(random.Random(seed), 4))
    for language in LANGUAGES:
        text = EXPLAINER.explain(condition, language).text
        assert text
        assert [part for part in ("None", " )", "()", "（）", "class ") if part in text] == []


def test_ready_made_segments_are_each_one_sentence() -> None:
    for builtin in BUILTIN_SEGMENTS:
        for language in LANGUAGES:
            assert EXPLAINER.explain(builtin.definition, language).text
