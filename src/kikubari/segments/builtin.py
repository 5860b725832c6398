"""Segments every shop has from the start, as condition trees: data, no code of their own."""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

from typing import Any

import msgspec

from kikubari.spec.conditions import Condition, convert_condition
from kikubari.spec.topics import (
    CHECKOUT_STARTED,
    ORDER_COMPLETED,
    PRODUCT_ADDED,
    PRODUCT_COMPARED,
    PRODUCT_VIEWED,
)

PREFIX = "builtin:"
_Json = dict[str, Any]


class Builtin(msgspec.Struct, frozen=True):
    """A ready-made segment with its words in both languages."""

    id: str
    name_en: str
    name_ja: str
    description_en: str
    description_ja: str
    definition: Condition


def _last(days: int) -> _Json:
    return {"type": "last", "duration": {"days": days}}


def _count(event: str, days: int | None = None, *, where: list[_Json] | None = None,
           **count: int) -> _Json:  # fmt: skip
    leaf: _Json = {"type": "event_count", "event": event, "count": count}
    if days is not None:
        leaf["window"] = _last(days)
    if where:
        leaf["where"] = where
    return leaf


def _all(*of: _Json) -> _Json:
    return {"type": "all", "of": list(of)}


def _not(of: _Json) -> _Json:
    return {"type": "not", "of": of}


def _percentile(function: str, *, days: int, **part: float) -> _Json:
    return {
        "type": "percentile",
        "function": function,
        "of": {"on": "column", "column": "value_minor"},
        "event": ORDER_COMPLETED,
        "window": _last(days),
        **part,
    }


def _bought(**ago: _Json) -> _Json:
    return {"type": "recency", "event": ORDER_COMPLETED, **ago}


def _language(*values: str) -> _Json:
    return {"type": "trait", "trait": "language", "test": {"type": "in", "values": list(values)}}


_MAILABLE = {"type": "reachable", "channel": "email"}
_COUPON = [{"on": "column", "column": "coupon", "test": {"type": "is_set"}}]

_DATA: list[tuple[str, str, str, str, str, _Json]] = [
    (
        "everyone", "Everyone", "すべての顧客",
        "Everybody with at least one event.", "イベントが1件以上ある全員です。",
        {"type": "everyone"},
    ),
    (
        "bought_30d", "Bought in 30 days", "30日以内に購入",
        "At least one order in the last 30 days.", "直近30日に1回以上注文した顧客です。",
        _count(ORDER_COMPLETED, 30, at_least=1),
    ),
    (
        "lapsed_90d", "Lapsed 90 days", "90日以上購入なし",
        "Bought before, but not in the last 90 days.",
        "以前に購入し、直近90日は購入がない顧客です。",
        _bought(more_than={"days": 90}),
    ),
    (
        "one_time_buyers", "One-time buyers", "1回だけ購入",
        "Exactly one order so far.", "これまでの注文がちょうど1回の顧客です。",
        _count(ORDER_COMPLETED, at_least=1, at_most=1),
    ),
    (
        "repeat_buyers", "Repeat buyers", "リピーター",
        "Two orders or more.", "2回以上注文した顧客です。",
        _count(ORDER_COMPLETED, at_least=2),
    ),
    (
        "new_customers", "New customers", "新規顧客",
        "First order within the last 30 days.", "初回注文が直近30日以内の顧客です。",
        {"type": "first_event", "event": ORDER_COMPLETED, "window": _last(30)},
    ),
    (
        "vip", "VIP", "VIP（売上上位10％）",
        "Top 10 % by revenue in the last 365 days.", "直近365日の購入額が上位10％の顧客です。",
        _percentile("sum", days=365, top_percent=10),
    ),
    (
        "at_risk", "At risk", "離反の恐れ",
        "Three orders or more in a year, none for 60 days, the last within 180.",
        "1年に3回以上注文し、60日以上購入がなく、最終購入が180日以内の顧客です。",
        _all(
            _count(ORDER_COMPLETED, 365, at_least=3),
            _bought(within={"days": 180}, more_than={"days": 60}),
        ),
    ),
    (
        "high_aov", "High average order", "平均注文額が高い",
        "Top 20 % by average order value in the last 365 days.",
        "直近365日の平均注文額が上位20％の顧客です。",
        _percentile("avg", days=365, top_percent=20),
    ),
    (
        "rfm_champions", "RFM: champions", "RFM：優良顧客",
        "Bought within 30 days, three orders or more and top 20 % by revenue in 365 days.",
        "30日以内に購入し、365日で3回以上注文、購入額が上位20％の顧客です。",
        _all(
            _bought(within={"days": 30}),
            _count(ORDER_COMPLETED, 365, at_least=3),
            _percentile("sum", days=365, top_percent=20),
        ),
    ),
    (
        "rfm_promising", "RFM: promising", "RFM：有望な顧客",
        "Bought within 60 days, one or two orders in 365 days.",
        "60日以内に購入し、365日の注文が1〜2回の顧客です。",
        _all(
            _bought(within={"days": 60}),
            _count(ORDER_COMPLETED, 365, at_least=1, at_most=2),
        ),
    ),
    (
        "rfm_big_lapsed", "RFM: big spenders lost", "RFM：離反した高額顧客",
        "Top 20 % by revenue in two years, nothing for 180 days.",
        "2年間の購入額が上位20％で、180日以上購入がない顧客です。",
        _all(_percentile("sum", days=730, top_percent=20), _bought(more_than={"days": 180})),
    ),
    (
        "discount_shopper", "Discount shoppers", "割引で買う顧客",
        "Two orders or more with a coupon in 365 days.",
        "365日にクーポンを使った注文が2回以上ある顧客です。",
        _count(ORDER_COMPLETED, 365, where=_COUPON, at_least=2),
    ),
    (
        "window_shopper", "Window shoppers", "見るだけの顧客",
        "Five product views or more in 30 days, no cart and no order.",
        "30日に商品を5回以上見て、カートも注文もない顧客です。",
        _all(
            _count(PRODUCT_VIEWED, 30, at_least=5),
            _count(PRODUCT_ADDED, 30, at_most=0),
            _count(ORDER_COMPLETED, 30, at_most=0),
        ),
    ),
    (
        "comparer", "Comparers", "比較検討中の顧客",
        "Compared two products or more in 14 days and bought nothing in that time.",
        "14日に2商品以上を比較し、購入していない顧客です。",
        _all(
            _count(PRODUCT_COMPARED, 14, at_least=2),
            _count(ORDER_COMPLETED, 14, at_most=0),
        ),
    ),
    (
        "abandoned_cart", "Abandoned cart", "カゴ落ち",
        "An open cart that lies untouched for 4 hours, not older than 14 days.",
        "4時間以上動きのないカートが残っている顧客です（14日以内）。",
        {"type": "cart", "value": {"more_than": 0}, "idle": {"hours": 4},
         "lookback": {"days": 14}},
    ),
    (
        "checkout_trouble", "Checkout not finished", "購入手続きの中断",
        "Began to check out within 7 days and did not order within 4 hours.",
        "7日以内に購入手続きを始め、4時間以内に注文しなかった顧客です。",
        {"type": "not_followed", "first": {"event": CHECKOUT_STARTED},
         "by": {"event": ORDER_COMPLETED}, "within": {"hours": 4}, "window": _last(7)},
    ),
    (
        "birthday_this_week", "Birthday within a week", "1週間以内に誕生日",
        "Birthday today or in the next 6 days, in the customer's own time zone.",
        "本日から6日以内に誕生日を迎える顧客です（顧客の時間帯で計算）。",
        {"type": "anniversary", "trait": "birthday", "from": 0, "to": 6},
    ),
    (
        "mailable_ja", "Mailable in Japanese", "メール配信可（日本語）",
        "Can be sent marketing e-mail and reads Japanese.",
        "メール配信に同意し、日本語を使う顧客です。",
        _all(_MAILABLE, _language("ja", "ja-JP", "ja_JP")),
    ),
    (
        "mailable_en", "Mailable in English", "メール配信可（英語）",
        "Can be sent marketing e-mail and does not read Japanese.",
        "メール配信に同意し、日本語以外を使う顧客です。",
        _all(_MAILABLE, _not(_language("ja", "ja-JP", "ja_JP"))),
    ),
]  # fmt: skip

BUILTIN_SEGMENTS = tuple(
    Builtin(PREFIX + key, name_en, name_ja, text_en, text_ja, convert_condition(tree))
    for key, name_en, name_ja, text_en, text_ja, tree in _DATA
)
_BY_ID = {segment.id: segment for segment in BUILTIN_SEGMENTS}


def find_builtin(segment_id: str) -> Builtin | None:
    """Return the ready-made segment of this id."""
    return _BY_ID.get(segment_id)
