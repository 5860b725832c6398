"""Segments every shop has from the start, as condition trees: data, no code of their own.

What they compare with comes from the shop's own distributions (`thresholds`).
"""
# ruff: noqa: RUF001 - Japanese text has full-width punctuation

import re
from collections.abc import Callable
from typing import Any

import msgspec

from kikubari.segments.thresholds import PLAIN_VALUES, RFM_PARTS, ThresholdValues
from kikubari.spec.conditions import Condition, convert_condition
from kikubari.spec.topics import (
    CHECKOUT_STARTED,
    COUPON_APPLIED,
    ORDER_COMPLETED,
    PRODUCT_ADDED,
    PRODUCT_COMPARED,
    PRODUCT_VIEWED,
)

PREFIX = "builtin:"
_Json = dict[str, Any]
_RFM_CELL = re.compile(r"builtin:rfm_r([1-5])m([1-5])")


class _Read:
    """Threshold values as a tree reads them; remembers which."""

    def __init__(self, values: ThresholdValues) -> None:
        self._values = values
        self.keys: list[str] = []

    def __call__(self, key: str) -> int:
        self.keys.append(key)
        return round(self._values.values[key])


class Builtin(msgspec.Struct, frozen=True):
    """A ready-made segment with its words in both languages.

    Attributes:
        make: the tree in JSON, of the thresholds it reads.
    """

    id: str
    name_en: str
    name_ja: str
    description_en: str
    description_ja: str
    make: Callable[[_Read], _Json]

    def tree(self, values: ThresholdValues) -> Condition:
        """Return the condition tree with these thresholds."""
        return convert_condition(self.make(_Read(values)))

    @property
    def definition(self) -> Condition:
        """The tree before the shop's own thresholds are known."""
        return self.tree(PLAIN_VALUES)

    @property
    def thresholds(self) -> list[str]:
        """Keys of the thresholds it reads."""
        read = _Read(PLAIN_VALUES)
        self.make(read)
        return list(dict.fromkeys(read.keys))

    def version(self, values: ThresholdValues) -> int:
        """Return the version: it grows with every change of a threshold it reads."""
        return 1 + sum(values.versions.get(key, 0) for key in self.thresholds)


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


def _any(*of: _Json) -> _Json:
    return {"type": "any", "of": list(of)}


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

_Make = Callable[[_Read], _Json]


def _stage(*, after: str | None = None, until: str | None = None) -> _Make:
    """Return buyers, not new, whose last order is so old."""

    def make(read: _Read) -> _Json:
        ago: dict[str, _Json] = {}
        if until:
            ago["within"] = {"days": read(until)}
        if after:
            ago["more_than"] = {"days": read(after)}
        return _all(_bought(**ago), _not(_NEW))

    return make


_NEW = {"type": "first_event", "event": ORDER_COMPLETED, "window": _last(30)}
_DATA: list[tuple[str, str, str, str, str, _Make]] = [
    (
        "everyone", "Everyone", "すべての顧客",
        "Everybody with at least one event.", "イベントが1件以上ある全員です。",
        lambda _: {"type": "everyone"},
    ),
    (
        "bought_30d", "Bought in 30 days", "30日以内に購入",
        "At least one order in the last 30 days.", "直近30日に1回以上注文した顧客です。",
        lambda _: _count(ORDER_COMPLETED, 30, at_least=1),
    ),
    (
        "lapsed_90d", "Lapsed 90 days", "90日以上購入なし",
        "Bought before, but not in the last 90 days.",
        "以前に購入し、直近90日は購入がない顧客です。",
        lambda _: _bought(more_than={"days": 90}),
    ),
    (
        "one_time_buyers", "One-time buyers", "1回だけ購入",
        "Exactly one order so far.", "これまでの注文がちょうど1回の顧客です。",
        lambda _: _count(ORDER_COMPLETED, at_least=1, at_most=1),
    ),
    (
        "repeat_buyers", "Repeat buyers", "リピーター",
        "Two orders or more.", "2回以上注文した顧客です。",
        lambda _: _count(ORDER_COMPLETED, at_least=2),
    ),
    (
        "new_customers", "New customers", "新規顧客",
        "First order within the last 30 days.", "初回注文が直近30日以内の顧客です。",
        lambda _: _NEW,
    ),
    (
        "vip", "VIP", "VIP",
        "The highest revenue of the last 365 days, as many percent of buyers as chosen.",
        "直近365日の購入額が上位（割合は設定値）の顧客です。",
        lambda read: _percentile("sum", days=365, top_percent=read("vip_percent")),
    ),
    (
        "at_risk", "At risk", "離反の恐れ",
        "Ordered regularly in a year, and now silent for longer than is usual here.",
        "1年間に定期的に購入していたが、通常より長く購入がない顧客です。",
        lambda read: _all(
            _count(ORDER_COMPLETED, 365, at_least=read("regular_orders")),
            _bought(
                within={"days": read("lapsed_days")}, more_than={"days": read("at_risk_days")}
            ),
        ),
    ),
    (
        "high_aov", "High average order", "平均注文額が高い",
        "Top 20 % by average order value in the last 365 days.",
        "直近365日の平均注文額が上位20％の顧客です。",
        lambda _: _percentile("avg", days=365, top_percent=20),
    ),
    (
        "high_cart", "High cart value", "高額カート",
        "An open cart worth more than most carts here.",
        "多くのカートより高額な商品がカートに残っている顧客です。",
        lambda read: {"type": "cart", "value": {"at_least": read("high_cart_minor")},
                      "lookback": {"days": 30}},
    ),
    (
        "rfm_champions", "RFM: champions", "RFM：優良顧客",
        "Bought within 30 days, ordered regularly and top 20 % by revenue in 365 days.",
        "30日以内に購入し、365日で定期的に注文、購入額が上位20％の顧客です。",
        lambda read: _all(
            _bought(within={"days": 30}),
            _count(ORDER_COMPLETED, 365, at_least=read("regular_orders")),
            _percentile("sum", days=365, top_percent=20),
        ),
    ),
    (
        "rfm_promising", "RFM: promising", "RFM：有望な顧客",
        "Bought within 60 days, one or two orders in 365 days.",
        "60日以内に購入し、365日の注文が1〜2回の顧客です。",
        lambda _: _all(
            _bought(within={"days": 60}),
            _count(ORDER_COMPLETED, 365, at_least=1, at_most=2),
        ),
    ),
    (
        "rfm_big_lapsed", "RFM: big spenders lost", "RFM：離反した高額顧客",
        "Top 20 % by revenue in two years, silent for longer than nearly anybody who came back.",
        "2年間の購入額が上位20％で、離反とみなす日数を過ぎても購入がない顧客です。",
        lambda read: _all(
            _percentile("sum", days=730, top_percent=20),
            _bought(more_than={"days": read("lapsed_days")}),
        ),
    ),
    (
        "discount_shopper", "Discount shoppers", "割引で買う顧客",
        "Orders with a coupon, or coupons applied, again and again, in 365 days.",
        "365日にクーポンを使った注文、またはクーポンの利用が繰り返しある顧客です。",
        lambda read: _any(
            _count(ORDER_COMPLETED, 365, where=_COUPON, at_least=read("discount_orders")),
            _count(COUPON_APPLIED, 365, at_least=read("discount_orders")),
        ),
    ),
    (
        "repeat_favourites", "Repeat favourites", "お気に入りを繰り返し購入",
        "Bought one and the same product again in 365 days.",
        "365日に同じ商品を繰り返し購入した顧客です。",
        lambda read: {
            "type": "repeated", "event": ORDER_COMPLETED, "window": _last(365),
            "of": {"on": "item", "field": "product_id"}, "times": read("favourite_times"),
        },
    ),
    (
        "window_shopper", "Window shoppers", "見るだけの顧客",
        "Many product views in 30 days, no cart and no order.",
        "30日に商品を何度も見て、カートも注文もない顧客です。",
        lambda read: _all(
            _count(PRODUCT_VIEWED, 30, at_least=read("window_views")),
            _count(PRODUCT_ADDED, 30, at_most=0),
            _count(ORDER_COMPLETED, 30, at_most=0),
        ),
    ),
    (
        "comparer", "Comparers", "比較検討中の顧客",
        "Compared several products in 14 days and bought nothing in that time.",
        "14日に複数の商品を比較し、購入していない顧客です。",
        lambda read: _all(
            _count(PRODUCT_COMPARED, 14, at_least=read("compared_products")),
            _count(ORDER_COMPLETED, 14, at_most=0),
        ),
    ),
    (
        "abandoned_cart", "Abandoned cart", "カゴ落ち",
        "An open cart that lies untouched for 4 hours, not older than 14 days.",
        "4時間以上動きのないカートが残っている顧客です（14日以内）。",
        lambda _: {"type": "cart", "value": {"more_than": 0}, "idle": {"hours": 4},
                   "lookback": {"days": 14}},
    ),
    (
        "checkout_trouble", "Checkout not finished", "購入手続きの中断",
        "Began to check out within 7 days and did not order within 4 hours.",
        "7日以内に購入手続きを始め、4時間以内に注文しなかった顧客です。",
        lambda _: {"type": "not_followed", "first": {"event": CHECKOUT_STARTED},
                   "by": {"event": ORDER_COMPLETED}, "within": {"hours": 4}, "window": _last(7)},
    ),
    (
        "birthday_this_week", "Birthday within a week", "1週間以内に誕生日",
        "Birthday today or in the next 6 days, in the customer's own time zone.",
        "本日から6日以内に誕生日を迎える顧客です（顧客の時間帯で計算）。",
        lambda _: {"type": "anniversary", "trait": "birthday", "from": 0, "to": 6},
    ),
    (
        "mailable_ja", "Mailable in Japanese", "メール配信可（日本語）",
        "Can be sent marketing e-mail and reads Japanese.",
        "メール配信に同意し、日本語を使う顧客です。",
        lambda _: _all(_MAILABLE, _language("ja", "ja-JP", "ja_JP")),
    ),
    (
        "mailable_en", "Mailable in English", "メール配信可（英語）",
        "Can be sent marketing e-mail and does not read Japanese.",
        "メール配信に同意し、日本語以外を使う顧客です。",
        lambda _: _all(_MAILABLE, _not(_language("ja", "ja-JP", "ja_JP"))),
    ),
    # The stages of a customer's life: everybody is in exactly one.
    (
        "stage_lead", "Stage: not bought yet", "ステージ：未購入",
        "Known, and without an order so far.", "まだ注文のない顧客です。",
        lambda _: _count(ORDER_COMPLETED, at_most=0),
    ),
    (
        "stage_new", "Stage: new", "ステージ：新規",
        "First order within the last 30 days.", "初回注文が直近30日以内の顧客です。",
        lambda _: _NEW,
    ),
    (
        "stage_active", "Stage: active", "ステージ：アクティブ",
        "Came back within the time that is usual here.",
        "通常の購入間隔のうちに購入している顧客です。",
        _stage(until="at_risk_days"),
    ),
    (
        "stage_cooling", "Stage: cooling", "ステージ：休眠前",
        "Silent for longer than is usual here, and not lost yet.",
        "通常の購入間隔を過ぎたが、まだ離反していない顧客です。",
        _stage(after="at_risk_days", until="lapsed_days"),
    ),
    (
        "stage_lapsed", "Stage: lapsed", "ステージ：離反",
        "Silent for longer than nearly anybody who came back.",
        "戻ってきた顧客のほぼ誰よりも長く購入がない顧客です。",
        _stage(after="lapsed_days"),
    ),
]  # fmt: skip

BUILTIN_SEGMENTS = tuple(
    Builtin(PREFIX + key, name_en, name_ja, text_en, text_ja, make)
    for key, name_en, name_ja, text_en, text_ja, make in _DATA
)
# Those whose members are kept live.
FOLLOWED_BUILTINS = BUILTIN_SEGMENTS
STAGES = tuple(one.id for one in BUILTIN_SEGMENTS if one.id.startswith("builtin:stage_"))
_BY_ID = {segment.id: segment for segment in BUILTIN_SEGMENTS}


def find_builtin(segment_id: str) -> Builtin | None:
    """Return the ready-made segment of this id, the cells of the RFM grid among them."""
    cell = _RFM_CELL.fullmatch(segment_id)
    return rfm_cell(int(cell[1]), int(cell[2])) if cell else _BY_ID.get(segment_id)


def rfm_cell(recency: int, monetary: int) -> Builtin:
    """Return a cell of the RFM grid; 5 is the fifth that bought last, or spent most."""
    return Builtin(
        f"{PREFIX}rfm_r{recency}m{monetary}",
        f"RFM: recency {recency}, revenue {monetary}",
        f"RFM：最終購入 {recency}・購入額 {monetary}",
        "One cell of the grid of recency and revenue, in fifths of the shop's own buyers.",
        "自社の購入者を最終購入日と購入額で5等分した表の1マスです。",
        lambda read: _all(rfm_part(read, "recency", recency), rfm_part(read, "monetary", monetary)),
    )


def rfm_part(read: Callable[[str], int], by: str, fifth: int) -> _Json:
    """Return one fifth of the buyers by recency, frequency or monetary value, 5 the best."""
    low = None if fifth == 1 else read(f"rfm_{by}_{fifth - 1}")
    high = None if fifth == RFM_PARTS else read(f"rfm_{by}_{fifth}")
    if by == "recency":
        # The best fifth bought last: its edges count days backwards.
        first = None if fifth == RFM_PARTS else read(f"rfm_recency_{RFM_PARTS - fifth}")
        last = None if fifth == 1 else read(f"rfm_recency_{RFM_PARTS + 1 - fifth}")
        ago = {"more_than": first, "within": last}
        return _bought(**{name: {"days": days} for name, days in ago.items() if days is not None})
    if by == "frequency":
        count = {"at_least": 1 if low is None else low + 1}
        if high is not None and high < count["at_least"]:
            return _not({"type": "everyone"})  # two edges are the same: nobody lies between
        if high is not None:
            count["at_most"] = high
        return {"type": "event_count", "event": ORDER_COMPLETED, "count": count}
    value = {"more_than": low, "at_most": high}
    return _all(
        _count(ORDER_COMPLETED, at_least=1),
        {
            "type": "event_aggregate", "function": "sum", "event": ORDER_COMPLETED,
            "of": {"on": "column", "column": "value_minor"},
            "value": {name: amount for name, amount in value.items() if amount is not None},
        },
    )  # fmt: skip
