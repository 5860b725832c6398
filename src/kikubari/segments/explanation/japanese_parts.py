# ruff: noqa: RUF001 - Japanese is written with full-width signs
"""The parts of Japanese clauses: events, windows, amounts, tests."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from kikubari.segments.explanation.formats import Formats, event_words, find_event_word
from kikubari.spec import conditions as c

_BOUNDS = {
    "at_least": "{}以上",
    "more_than": "{}超",
    "at_most": "{}以下",
    "less_than": "{}未満",
}
_UNITS = {"days": "日", "hours": "時間", "minutes": "分", "seconds": "秒"}
# How each calendar unit is called now, one ago, and n ago.
_CALENDAR = {
    "day": ("今日", "昨日", "{n}日前"),
    "week": ("今週", "先週", "{n}週間前の週"),
    "month": ("今月", "先月", "{n}か月前の月"),
    "quarter": ("今四半期", "前の四半期", "{n}つ前の四半期"),
    "year": ("今年", "昨年", "{n}年前の年"),
}
# What is counted when different values are.
_DISTINCT = {"product_id": "商品", "order_id": "注文番号"}
_TOTALS = {"quantity": "点数", "amount_minor": "金額", "lines": "明細の数"}
EndingName = Literal["DE", "ARU", "NAI", "IRU", "INAI", "SURU", "FUKUMU", "HAJIMARU"]


class Said(msgspec.Struct, frozen=True):
    """What is said of a value: the particle after its name, the words, the ending's name."""

    particle: str
    body: str
    ending: EndingName


class JapaneseParts:
    """Says the parts of conditions in Japanese."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats
        self.number = formats.number

    def trait(self, name: str) -> str:
        """Return what a trait is called."""
        return self._formats.name("traits", name)

    def name(self, key: str) -> str:
        """Return what a property, a channel or a source is called."""
        return self._formats.name("columns", key)

    # Events

    def events(self, event: str | None, where: Sequence[c.EventFilter]) -> str:
        """Return which events are meant: カテゴリが「犬」の注文."""
        word = event_words()["any"] if event is None else find_event_word(event)
        name = word.ja if word else f"「{event}」"
        if not where:
            return name
        return _in_row([self._filter(one) for one in where]) + name

    def _filter(self, one: c.EventFilter) -> tuple[str, str]:
        """Return a filter as it joins the next one, and as it stands before a noun."""
        match one:
            case c.ColumnFilter(column=column, test=test):
                return _both(self.name(column), self._column_test(column, test))
            case c.PropertyFilter(path=path, test=test):
                return _both(f"「{_dotted(path)}」", self.test(test))
            case c.AnyItemFilter() | c.EveryItemFilter() | c.NoItemFilter():
                return _containing(one, self._items(one.where))
            case c.AnyElementFilter() | c.EveryElementFilter() | c.NoElementFilter():
                inner = [
                    _both(
                        f"「{_dotted(element.path)}」" if element.path else "値",
                        self.test(element.test),
                    )
                    for element in one.where
                ]
                return _containing(one, f"{_in_row(inner)}「{_dotted(one.path)}」の要素")

    def _items(self, where: Sequence[c.ItemFieldFilter]) -> str:
        inner = [
            _both(self.name(item.field), self.test(item.test, is_money=item.field == "price_minor"))
            for item in where
        ]
        return f"{_in_row(inner)}商品"

    def _column_test(self, column: str, test: c.Test) -> Said:
        if isinstance(test, c.IsSet | c.IsNotSet):
            return Said("が", "", "ARU" if isinstance(test, c.IsSet) else "NAI")
        return self.test(test, is_money=column == "value_minor", is_country=column == "country")

    # Amounts and time

    def span(self, low: int, high: int | None, unit: str) -> str:
        """Return how many: 3回以上, 2〜5回, ちょうど1回, 2回以下."""
        if high is None:
            return f"{self.number(low)}{unit}以上"
        if low == high:
            return f"ちょうど{self.number(low)}{unit}"
        if not low:
            return f"{self.number(high)}{unit}以下"
        return f"{self.number(low)}〜{self.number(high)}{unit}"

    def distinct(self, of: c.ColumnText | c.ItemText) -> str:
        """Return what different values are counted of."""
        field = of.field if isinstance(of, c.ItemText) else of.column
        name = _DISTINCT.get(field) or self.name(field)
        return f"{name}（明細）" if isinstance(of, c.ItemText) else name

    def range(
        self, bounds: c.NumberRange | c.InRange, *, is_money: bool = False, unit: str = ""
    ) -> str:
        """Return where a number lies: 500円以上1,000円未満."""
        shown = self._formats.money if is_money else self.number
        return "".join(
            pattern.format(f"{shown(value)}{unit}")
            for name, pattern in _BOUNDS.items()
            if (value := getattr(bounds, name)) is not None
        )

    def is_money(self, measure: c.Measure) -> bool:
        """Say whether a measure is an amount of money."""
        if isinstance(measure, c.ItemsMeasure):
            return measure.total == "amount_minor"
        return isinstance(measure, c.ColumnMeasure) and measure.column == "value_minor"

    def measure(self, measure: c.Measure) -> str:
        """Return what is measured of an event."""
        if isinstance(measure, c.ColumnMeasure):
            return self.name(measure.column)
        if isinstance(measure, c.ItemsMeasure):
            of = f"「{self._items(measure.where)}」の" if measure.where else "商品の"
            return f"{of}{_TOTALS[measure.total]}"
        return f"「{_dotted(measure.path)}」"

    def duration(self, duration: c.Duration) -> str:
        """Return a length of time."""
        amounts = self._formats.amounts(duration)
        return "".join(f"{self.number(n)}{_UNITS[unit]}" for unit, n in amounts)

    def adverb(self, window: c.Window, *, of_everything: str = "") -> str:
        """Return when something happened: 直近30日間に."""
        said = self._window(window)
        if not said:
            return of_everything
        return f"{said}に" if not said.endswith(("今日", "昨日", "今週", "今月", "今年")) else said

    def attribute(self, window: c.Window) -> str:
        """Return from when something is: 直近30日間の; of all of time これまでの."""
        return f"{self._window(window) or 'これまで'}の"

    def _window(self, window: c.Window | c.Next) -> str:
        match window:
            case c.Ever():
                return ""
            case c.Last(duration=duration):
                length = self.duration(duration)
                return f"直近{length}{'' if length.endswith('時間') else '間'}"
            case c.Next(duration=duration):
                return f"これから{self.duration(duration)}以内"
            case c.Calendar(unit=unit, offset=offset):
                return _CALENDAR[unit][min(-offset, 2)].format(n=-offset)
            case c.Between():
                return self._between(window)

    def _between(self, window: c.Between) -> str:
        day, start, end = self._formats.day, window.start, window.end
        if end is None:
            return f"{day(start)}以降" if start else ""
        last = self._formats.last_day(end)
        if start is None:
            return f"{last}まで" if last else f"{day(end)}より前"
        if last and self._formats.is_midnight(start):
            return last if day(start) == last else f"{day(start)}から{last}まで"
        return f"{day(start)}から{day(end)}の直前まで"

    # Tests

    def test(self, test: c.Test, *, is_money: bool = False, is_country: bool = False) -> Said:
        """Return what is said of a value."""
        shown = self._formats.place if is_country else self._formats.quoted
        match test:
            case c.Is(value=value):
                text = shown(value) if isinstance(value, str) else self._plain(value)
                return Said("が", text, "DE")
            case c.IsNot(value=value):
                text = shown(value) if isinstance(value, str) else self._plain(value)
                return Said("が", f"{text}以外とわかって", "IRU")
            case c.In(values=values):
                text = "か".join(shown(value) for value in values)
                return Said("が", text, "DE")
            case c.InRange():
                return Said("が", self.range(test, is_money=is_money), "DE")
            case c.When(window=window):
                return Said("が", self._window(window) or "過去", "DE")
            case c.IsSet():
                return Said("が", "わかって", "IRU")
            case c.IsNotSet():
                return Said("が", "わかって", "INAI")
            case _:
                return _text_test(test)

    def _plain(self, value: float) -> str:
        return self._formats.quoted(value)


def _text_test(test: c.Contains | c.ListContains | c.StartsWith | c.Matches) -> Said:
    match test:
        case c.Contains(text=text, ignore_case=ignore_case):
            note = "（大文字・小文字を区別せず）" if ignore_case else ""
            return Said("に", f"「{text}」{note}を", "FUKUMU")
        case c.ListContains(text=text):
            return Said("に", f"「{text}」が", "ARU")
        case c.StartsWith(text=text):
            return Said("が", f"「{text}」で", "HAJIMARU")
        case c.Matches(pattern=pattern):
            return Said("が", f"パターン {pattern} に一致", "SURU")


# A filter's ending: before the next filter, and before the noun.
_ENDINGS: dict[EndingName, tuple[str, str]] = {
    "DE": ("で", "の"),
    "ARU": ("あり", "ある"),
    "NAI": ("なく", "ない"),
    "IRU": ("いて", "いる"),
    "INAI": ("おらず", "いない"),
    "SURU": ("し", "する"),
    "FUKUMU": ("含み", "含む"),
    "HAJIMARU": ("始まり", "始まる"),
}


def _both(name: str, said: Said) -> tuple[str, str]:
    joining, before_noun = _ENDINGS[said.ending]
    text = f"{name}{said.particle}{said.body}"
    return text + joining, text + before_noun


def _in_row(told: Sequence[tuple[str, str]]) -> str:
    """Return filters in a row, ready to stand before a noun."""
    *before, last = told
    return "".join(f"{one[0]}、" for one in before) + last[1]


def _containing(one: c.ItemsFilter | c.ElementsFilter, what: str) -> tuple[str, str]:
    match one:
        case c.AnyItemFilter() | c.AnyElementFilter():
            return f"「{what}」を含み", f"「{what}」を含む"
        case c.EveryItemFilter() | c.EveryElementFilter():
            return f"「{what}」だけを含み", f"「{what}」だけを含む"
        case _:
            return f"「{what}」を含まず", f"「{what}」を含まない"


def _dotted(path: Sequence[str]) -> str:
    return " → ".join(path)
