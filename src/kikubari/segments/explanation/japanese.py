# ruff: noqa: RUF001 - Japanese is written with full-width signs
"""Conditions in Japanese: clauses before お客様, in the form their place asks for."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import msgspec

from kikubari.segments.explanation.clauses import Simple, Term
from kikubari.segments.explanation.contracts import Joint, Titles
from kikubari.segments.explanation.japanese_parts import JapaneseParts
from kikubari.spec import conditions as c
from kikubari.spec.conditions.leaves import Function
from kikubari.spec.topics import ORDER_COMPLETED

_FUNCTIONS: dict[Function, str] = {"sum": "合計", "avg": "平均", "min": "最小", "max": "最大"}
_HEADINGS: dict[Joint, str] = {
    "all": "次の{n}つのすべてに当てはまるお客様：",
    "any": "次の{n}つのうち、どれか1つ以上に当てはまるお客様：",
    "not": "次に当てはまる人を除く、すべてのお客様：",
}
_JOINTS: dict[Joint, str] = {
    "all": "次のすべてに当てはまる",
    "any": "次のどれかに当てはまる",
    "not": "次に当てはまらない",
}


class Ending(Enum):
    """How a clause ends: at the end, before a noun, before another clause; then the opposite."""

    ARU = ("ある", "ある", "あり", "ない", "ない", "なく")
    NAI = ("ない", "ない", "なく", "ある", "ある", "あり")
    DE = ("", "の", "で", "ではない", "ではない", "ではなく")
    IRU = ("いる", "いる", "おり", "いない", "いない", "おらず")
    INAI = ("いない", "いない", "おらず", "いる", "いる", "おり")
    SHITA = ("した", "した", "し", "していない", "していない", "しておらず")
    SURU = ("する", "する", "し", "しない", "しない", "せず")
    DEKIRU = ("できる", "できる", "でき", "できない", "できない", "できず")
    FUKUMU = ("含む", "含む", "含み", "含まない", "含まない", "含まず")
    HAJIMARU = ("始まる", "始まる", "始まり", "始まらない", "始まらない", "始まらず")

    def at_end(self, *, is_negated: bool) -> str:
        """Return the ending at the end of a line."""
        return self.value[3 if is_negated else 0]

    def before_noun(self, *, is_negated: bool) -> str:
        """Return the ending before a noun."""
        return self.value[4 if is_negated else 1]

    def joining(self, *, is_negated: bool) -> str:
        """Return the ending before another clause."""
        return self.value[5 if is_negated else 2]


class Clause(msgspec.Struct, frozen=True):
    """What is said of somebody: everything but the ending."""

    body: str
    ending: Ending

    def at_end(self, *, is_negated: bool) -> str:
        """Return the clause as it stands at the end of a line."""
        return self.body + self.ending.at_end(is_negated=is_negated)

    def before_noun(self, *, is_negated: bool) -> str:
        """Return the clause as it stands before a noun."""
        return self.body + self.ending.before_noun(is_negated=is_negated)

    def joining(self, *, is_negated: bool) -> str:
        """Return the clause as it stands before another clause."""
        return self.body + self.ending.joining(is_negated=is_negated)


class Japanese:
    """The grammar of Japanese."""

    def __init__(self, parts: JapaneseParts, titles: Titles) -> None:
        self._parts = parts
        self._titles = titles
        self._leaves: dict[type[Any], Callable[[Any], Clause]] = {
            c.Everyone: self._everyone,
            c.TraitIs: self._trait,
            c.Prediction: self._prediction,
            c.RunsLow: self._runs_low,
            c.Place: self._place,
            c.Acquired: self._acquired,
            c.Near: self._near,
            c.Anniversary: self._anniversary,
            c.Age: self._age,
            c.ConsentIs: self._consent,
            c.Suppressed: self._suppressed,
            c.Reachable: self._reachable,
            c.InSegment: self._segment,
            c.InList: self._list,
            c.EventCount: self._count,
            c.EventAggregate: self._aggregate,
            c.DistinctCount: self._distinct,
            c.Repeated: self._repeated,
            c.EventRatio: self._ratio,
            c.Percentile: self._percentile,
            c.Recency: self._recency,
            c.Due: self._due,
            c.FirstEvent: self._edge,
            c.LastEvent: self._edge,
            c.Sequence: self._sequence,
            c.NotFollowed: self._not_followed,
            c.Cart: self._cart,
            c.Technology: self._technology,
            c.Searched: self._searched,
        }

    def line(self, term: Term) -> str:
        """Return a leaf as a line of its own."""
        return self._clause(term).at_end(is_negated=term.is_negated)

    def joint(self, joint: Joint) -> str:
        """Return what a group does to the lines below it."""
        return _JOINTS[joint]

    def heading(self, joint: Joint, n: int) -> str:
        """Return the sentence above the lines of a tree that is not simple."""
        return _HEADINGS[joint].format(n=n)

    def event(self, events: c.Events) -> str:
        """Return one of some events."""
        return self._parts.events(events.event, events.where)

    def sentence(self, group: Simple) -> str:
        """Return a simple tree as one sentence."""
        if group.terms == (Term(c.Everyone()),) and not group.but_not and not group.either:
            return "すべてのお客様。"
        people = "すべてのお客様"
        if group.terms:
            people = self._joined(group.joint, group.terms) + "お客様"
        if group.either:
            people = f"{self._joined('any', group.either)}お客様のうち、{people}"
        if group.but_not:
            people += f"（ただし、{self._joined(*group.but_not)}人を除く）"
        return f"{people}。"

    def _joined(self, joint: Joint, terms: Sequence[Term]) -> str:
        """Return clauses in a row, ready to stand before a noun."""
        *before, last = terms
        if joint == "all":
            told = [self._clause(one).joining(is_negated=one.is_negated) + "、" for one in before]
        else:
            told = [self._clause(one).at_end(is_negated=one.is_negated) + "か、" for one in before]
        return "".join(told) + self._clause(last).before_noun(is_negated=last.is_negated)

    def _clause(self, term: Term) -> Clause:
        return self._leaves[type(term.leaf)](term.leaf)

    # What is so of somebody

    def _everyone(self, _: c.Everyone) -> Clause:
        return Clause("お店に記録が", Ending.ARU)

    def _trait(self, leaf: c.TraitIs) -> Clause:
        notes = []
        if leaf.provenance:
            notes.append("・".join(self._parts.name(one) for one in leaf.provenance))
        if leaf.min_confidence:
            notes.append(f"確度{self._parts.number(leaf.min_confidence)}以上")
        note = f"（{'、'.join(notes)}）" if notes else ""
        return self._valued(f"{self._parts.trait(leaf.trait)}{note}", leaf.test)

    def _prediction(self, leaf: c.Prediction) -> Clause:
        note = ""
        if leaf.min_confidence:
            note = f"（確度{self._parts.number(leaf.min_confidence)}以上）"
        return self._valued(f"{self._parts.trait(leaf.trait)}の予測{note}", leaf.test)

    def _runs_low(self, leaf: c.RunsLow) -> Clause:
        parts = self._parts
        of = f"「{leaf.category}」の" if leaf.category else ""
        what = of + (f"商品「{leaf.product_id}」" if leaf.product_id else "いつもの品")
        note = ""
        if leaf.min_confidence:
            note = f"（確度{parts.number(leaf.min_confidence)}以上）"
        within = parts.duration(c.Duration(days=leaf.within_days))
        return Clause(f"{within}以内に{what}が残り少なくなる見込み{note}", Ending.DE)

    def _place(self, leaf: c.Place) -> Clause:
        name = self._parts.trait(leaf.field)
        if leaf.source == "last_visit":
            name = f"最後に訪れたときの{name}"
        return self._valued(name, leaf.test, is_country=leaf.field == "country")

    def _acquired(self, leaf: c.Acquired) -> Clause:
        return self._valued(f"最初の{self._parts.name(leaf.field)}", leaf.test)

    def _valued(self, name: str, test: c.Test, *, is_country: bool = False) -> Clause:
        said = self._parts.test(test, is_country=is_country)
        return Clause(f"{name}{said.particle}{said.body}", Ending[said.ending])

    def _near(self, leaf: c.Near) -> Clause:
        number = self._parts.number
        place = f"北緯{number(leaf.latitude)}度・東経{number(leaf.longitude)}度"
        return Clause(f"住まいが{place}から{number(leaf.within_km)}km以内", Ending.DE)

    def _anniversary(self, leaf: c.Anniversary) -> Clause:
        note = {
            "feb_28": "",
            "mar_1": "（2月29日は3月1日として）",
            "leap_years_only": "（2月29日はうるう年だけ）",
        }[leaf.february_29]
        when = _days_from_today(leaf.first_day, leaf.last_day)
        name = self._parts.trait(leaf.trait)
        return Clause(f"{name}{note}が{when}（本人の地域の日付）", Ending.DE)

    def _age(self, leaf: c.Age) -> Clause:
        note = "（2月29日は3月1日として）" if leaf.february_29 == "mar_1" else ""
        low, high = leaf.age.at_least or 0, leaf.age.at_most
        if leaf.trait == "birthday":
            unit = "歳" if leaf.unit == "years" else "か月"
            return Clause(f"年齢{note}が{self._parts.span(low, high, unit)}", Ending.DE)
        unit = "年" if leaf.unit == "years" else "か月"
        name = self._parts.trait(leaf.trait)
        return Clause(f"{name}{note}からの経過が{self._parts.span(low, high, unit)}", Ending.DE)

    # Permission and lists

    def _consent(self, leaf: c.ConsentIs) -> Clause:
        channel = self._parts.name(leaf.channel) if leaf.channel else "すべての手段"
        what = f"{channel}での{self._parts.name(leaf.purpose)}"
        return {
            "granted": Clause(f"{what}に同意して", Ending.IRU),
            "denied": Clause(f"{what}を断って", Ending.IRU),
            "withdrawn": Clause(f"{what}への同意を取り消して", Ending.IRU),
            "unknown": Clause(f"{what}について返事をして", Ending.INAI),
        }[leaf.status]

    def _suppressed(self, leaf: c.Suppressed) -> Clause:
        return Clause(f"{self._parts.name(leaf.channel)}の配信停止リストに入って", Ending.IRU)

    def _reachable(self, leaf: c.Reachable) -> Clause:
        return Clause(f"{self._parts.name(leaf.channel)}で連絡", Ending.DEKIRU)

    def _segment(self, leaf: c.InSegment) -> Clause:
        title = self._titles.segment_title(leaf.segment, "ja")
        return Clause(f"セグメント「{title}」に入って", Ending.IRU)

    def _list(self, leaf: c.InList) -> Clause:
        return Clause(
            f"リスト「{self._titles.list_title(leaf.list_id, 'ja')}」に入って", Ending.IRU
        )

    # Behaviour

    def _count(self, leaf: c.EventCount) -> Clause:
        parts = self._parts
        low, high = leaf.count.at_least or 0, leaf.count.at_most
        events = parts.events(leaf.event, leaf.where)
        when = parts.adverb(leaf.window)
        if not low and not high:
            return Clause(f"{when}{events}が一度も", Ending.NAI)
        if high is None:
            times = "" if low == 1 else f"{parts.number(low)}回以上"
            return Clause(f"{when}{events}が{times}", Ending.ARU)
        of = f"{parts.attribute(leaf.window)}{events}が"
        return Clause(f"{of}{parts.span(low, high, '回')}", Ending.DE)

    def _aggregate(self, leaf: c.EventAggregate) -> Clause:
        parts = self._parts
        amount = parts.range(leaf.value, is_money=parts.is_money(leaf.of))
        return Clause(f"{self._measured(leaf)}が{amount}", Ending.DE)

    def _distinct(self, leaf: c.DistinctCount) -> Clause:
        parts = self._parts
        low, high = leaf.count.at_least or 0, leaf.count.at_most
        of = f"{parts.attribute(leaf.window)}{parts.events(leaf.event, leaf.where)}の"
        if isinstance(leaf.of, c.LocalDay):
            return Clause(f"{of}日数が{parts.span(low, high, '日')}", Ending.DE)
        return Clause(f"{of}{parts.distinct(leaf.of)}が{parts.span(low, high, '種類')}", Ending.DE)

    def _repeated(self, leaf: c.Repeated) -> Clause:
        parts = self._parts
        events = parts.events(leaf.event, leaf.where)
        when = parts.adverb(leaf.window)
        times = f"{parts.number(leaf.times)}回以上"
        return Clause(f"{when}同じ{parts.distinct(leaf.of)}での{events}が{times}", Ending.ARU)

    def _ratio(self, leaf: c.EventRatio) -> Clause:
        parts = self._parts
        part = parts.events(leaf.part.event, leaf.part.where)
        whole = parts.events(leaf.whole.event, leaf.whole.where)
        percent = parts.range(leaf.percent, unit="%")
        of = f"{parts.attribute(leaf.window)}{whole}"
        return Clause(f"{of}に対する{part}の割合が{percent}", Ending.DE)

    def _due(self, leaf: c.Due) -> Clause:
        parts = self._parts
        events = parts.events(leaf.event, leaf.where)
        basis = f"{parts.attribute(leaf.window)}{events}{parts.number(leaf.events)}回以上の平均"
        times = parts.range(leaf.intervals, unit="倍")
        return Clause(f"最後の{events}からの経過が、いつもの間隔（{basis}）の{times}", Ending.DE)

    def _percentile(self, leaf: c.Percentile) -> Clause:
        side = "上位" if leaf.top_percent is not None else "下位"
        percent = self._parts.number(leaf.share / 100)
        return Clause(f"{self._measured(leaf)}が{side}{percent}%に入って", Ending.IRU)

    def _measured(self, leaf: c.EventAggregate | c.Percentile) -> str:
        parts = self._parts
        function = _FUNCTIONS[leaf.function]
        if leaf.event == ORDER_COMPLETED and not leaf.where and parts.is_money(leaf.of):
            return f"{parts.attribute(leaf.window)}購入金額の{function}"
        events = parts.events(leaf.event, leaf.where)
        of = parts.measure(leaf.of)
        return f"{parts.attribute(leaf.window)}{events}の{of}の{function}"

    def _recency(self, leaf: c.Recency) -> Clause:
        parts = self._parts
        events = parts.events(leaf.event, leaf.where)
        if leaf.more_than is None:
            within = leaf.within and parts.duration(leaf.within)
            return Clause(f"最後の{events}が{within}以内", Ending.DE)
        if leaf.within is None:
            more = parts.duration(leaf.more_than)
            return Clause(f"最後の{events}から{more}以上たって", Ending.IRU)
        span = f"{parts.duration(leaf.more_than)}以上{parts.duration(leaf.within)}未満"
        return Clause(f"最後の{events}からの経過が{span}", Ending.DE)

    def _edge(self, leaf: c.FirstEvent | c.LastEvent) -> Clause:
        parts = self._parts
        which = "最初" if isinstance(leaf, c.FirstEvent) else "最後"
        event = f"{which}の{parts.events(leaf.event, leaf.among)}"
        if leaf.where:
            like = parts.events(leaf.event, leaf.where)
            return Clause(f"{event}が、{parts.attribute(leaf.window)}{like}", Ending.DE)
        when = parts.adverb(leaf.window, of_everything="これまでに")
        return Clause(f"{event}が{when}", Ending.ARU)

    def _sequence(self, leaf: c.Sequence) -> Clause:
        parts = self._parts
        steps = "→".join(parts.events(one.event, one.where) for one in leaf.steps)
        within = parts.duration(leaf.within)
        return Clause(f"{parts.adverb(leaf.window)}{steps}の順の行動が、{within}以内に", Ending.ARU)

    def _not_followed(self, leaf: c.NotFollowed) -> Clause:
        parts = self._parts
        first = parts.events(leaf.first.event, leaf.first.where)
        by = parts.events(leaf.by.event, leaf.by.where)
        within = parts.duration(leaf.within)
        when = parts.adverb(leaf.window)
        return Clause(f"{when}{first}のあと{within}以内に{by}がなかったことが", Ending.ARU)

    def _cart(self, leaf: c.Cart) -> Clause:
        parts = self._parts
        worth = f"{parts.range(leaf.value, is_money=True)}の" if leaf.value is not None else ""
        idle = f"{parts.duration(leaf.idle)}以上動きのないまま" if leaf.idle is not None else ""
        lookback = f"直近{parts.duration(leaf.lookback)}のカートに"
        return Clause(f"{lookback}{worth}商品が{idle}残って", Ending.IRU)

    def _technology(self, leaf: c.Technology) -> Clause:
        said = self._parts.test(leaf.test)
        ending = Ending[said.ending].before_noun(is_negated=False)
        like = f"{self._parts.name(leaf.field)}{said.particle}{said.body}{ending}"
        return Clause(f"{self._parts.adverb(leaf.window)}{like}利用が", Ending.ARU)

    def _searched(self, leaf: c.Searched) -> Clause:
        return Clause(f"{self._parts.adverb(leaf.window)}「{leaf.text}」を検索", Ending.SHITA)


def _days_from_today(first: int, last: int) -> str:
    if first == last:
        return _day(first)
    if first == 0:
        return f"今日から{last}日後まで"
    return f"{_day(first)}から{_day(last)}まで"


def _day(offset: int) -> str:
    named = {0: "今日", 1: "明日", -1: "昨日"}.get(offset)
    if named:
        return named
    return f"{offset}日後" if offset > 0 else f"{-offset}日前"
