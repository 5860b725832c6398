"""The parts of English clauses: events, windows, amounts, tests."""

from collections.abc import Sequence

from kikubari.segments.explanation.formats import EventWord, Formats, event_words, find_event_word
from kikubari.spec import conditions as c

_BOUNDS = {
    "at_least": "at least {}",
    "more_than": "more than {}",
    "at_most": "at most {}",
    "less_than": "less than {}",
}


# What is counted when different values are, one and many.
_DISTINCT = {
    "product_id": ("product", "products"),
    "category": ("category", "categories"),
    "brand": ("brand", "brands"),
    "store": ("store", "stores"),
    "coupon": ("coupon", "coupons"),
    "device": ("device", "devices"),
    "order_id": ("order", "orders"),
}
_TOTALS = {"quantity": "number of pieces", "amount_minor": "item value", "lines": "number of lines"}


class EnglishParts:
    """Says the parts of conditions in English."""

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

    def past(self, event: str | None, where: Sequence[c.EventFilter]) -> str:
        """Return what somebody did: "placed an order (coupon is known)"."""
        word = self._word(event)
        return f"{word.past if word else f'did “{event}”'}{self._bracketed(where)}"

    def base(self, event: str | None, where: Sequence[c.EventFilter]) -> str:
        """Return what somebody did not do: "place an order"."""
        word = self._word(event)
        return f"{word.base if word else f'do “{event}”'}{self._bracketed(where)}"

    def noun(self, event: str | None, where: Sequence[c.EventFilter]) -> str:
        """Return one such event."""
        word = self._word(event)
        return f"{word.noun if word else f'“{event}”'}{self._bracketed(where)}"

    def nouns(self, event: str | None, where: Sequence[c.EventFilter]) -> str:
        """Return such events."""
        word = self._word(event)
        name = (word.nouns or f"{word.noun}s") if word else f"“{event}” events"
        return f"{name}{self._bracketed(where)}"

    def filters(self, where: Sequence[c.EventFilter]) -> str:
        """Return what an event must be like: "category is “dog” and value is at least ¥500"."""
        return listed([self._filter(one) for one in where], "and")

    def _bracketed(self, where: Sequence[c.EventFilter]) -> str:
        return f" ({self.filters(where)})" if where else ""

    def _word(self, event: str | None) -> EventWord | None:
        return event_words()["any"] if event is None else find_event_word(event)

    def _filter(self, one: c.EventFilter) -> str:
        match one:
            case c.ColumnFilter(column=column, test=c.IsSet()):
                return f"with {_a(self.name(column))}"
            case c.ColumnFilter(column=column, test=c.IsNotSet()):
                return f"without {_a(self.name(column))}"
            case c.ColumnFilter(column=column, test=test):
                told = self.test(
                    test, is_money=column == "value_minor", is_country=column == "country"
                )
                return f"{self.name(column)} {told[0]}"
            case c.PropertyFilter(path=path, test=test):
                return f"“{_dotted(path)}” {self.test(test)[0]}"
            case c.AnyItemFilter() | c.EveryItemFilter() | c.NoItemFilter():
                items = {c.AnyItemFilter: "one item", c.EveryItemFilter: "only items"}
                return f"{items.get(type(one), 'no item')} whose {self._items(one.where)}"
            case c.AnyElementFilter() | c.EveryElementFilter() | c.NoElementFilter():
                many = {c.AnyElementFilter: "one", c.EveryElementFilter: "each"}
                inner = [self._element(element.path, element.test) for element in one.where]
                of = f"{many.get(type(one), 'none')} of “{_dotted(one.path)}”"
                return f"{of} with {listed(inner, 'and')}"

    def _items(self, where: Sequence[c.ItemFieldFilter]) -> str:
        inner = [
            f"{self.name(item.field)} "
            + self.test(item.test, is_money=item.field == "price_minor")[0]
            for item in where
        ]
        return listed(inner, "and")

    def _element(self, path: Sequence[str], test: c.Test) -> str:
        return f"{f'“{_dotted(path)}”' if path else 'value'} {self.test(test)[0]}"

    # Amounts and time

    def times(self, low: int, high: int | None) -> str:
        """Return how often, with a space before; nothing for "at least once"."""
        if high is None:
            return "" if low == 1 else f" {self.number(low)} or more times"
        if low == high:
            return " exactly once" if low == 1 else f" exactly {self.number(low)} times"
        if not low:
            return " at most once" if high == 1 else f" at most {self.number(high)} times"
        if (low, high) == (1, 2):
            return " once or twice"
        return f" {self.number(low)} to {self.number(high)} times"

    def span(self, low: int, high: int | None) -> str:
        """Return how many: "3 or more", "2 to 5", "exactly 1", "at most 2"."""
        if high is None:
            return f"{self.number(low)} or more"
        if low == high:
            return f"exactly {self.number(low)}"
        if not low:
            return f"at most {self.number(high)}"
        return f"{self.number(low)} to {self.number(high)}"

    def distinct(self, of: c.DistinctOf) -> tuple[str, tuple[str, str]]:
        """Return what values are counted of: a preposition, one and many."""
        if isinstance(of, c.LocalDay):
            return "on", ("day", "days")
        field = of.field if isinstance(of, c.ItemText) else of.column
        one, many = _DISTINCT.get(field) or (self.name(field), f"values of {self.name(field)}")
        if isinstance(of, c.ItemText):
            return "with", (f"{one} among its items", f"{many} among its items")
        return "with", (one, many)

    def range(
        self, bounds: c.NumberRange | c.InRange, *, is_money: bool = False, unit: str = ""
    ) -> str:
        """Return where a number lies: "at least ¥500 and less than ¥1,000"."""
        shown = self._formats.money if is_money else self.number
        told = [
            pattern.format(f"{shown(value)}{unit}")
            for name, pattern in _BOUNDS.items()
            if (value := getattr(bounds, name)) is not None
        ]
        return " and ".join(told)

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
            where = f" (items whose {self._items(measure.where)})" if measure.where else ""
            return f"{_TOTALS[measure.total]}{where}"
        return f"“{_dotted(measure.path)}”"

    def duration(self, duration: c.Duration) -> str:
        """Return a length of time."""
        return " ".join(
            f"{self.number(n)} {unit[:-1] if n == 1 else unit}"
            for unit, n in self._formats.amounts(duration)
        )

    def window(self, window: c.Window | c.Next) -> str:
        """Return which time is meant, with a space before; nothing for all of time."""
        match window:
            case c.Ever():
                return ""
            case c.Last(duration=duration):
                return f" in the last {self._length(duration)}"
            case c.Next(duration=duration):
                return f" in the next {self._length(duration)}"
            case c.Calendar(unit=unit, offset=offset):
                return f" {_calendar(unit, -offset)}"
            case c.Between():
                return f" {self._between(window)}"

    def _length(self, duration: c.Duration) -> str:
        """Return a length after "the last": "30 days", "day"."""
        length = self.duration(duration)
        return length.removeprefix("1 ") if length.count(" ") == 1 else length

    def _between(self, window: c.Between) -> str:
        day, start, end = self._formats.day, window.start, window.end
        if end is None:
            return f"since {day(start)}" if start else ""
        last = self._formats.last_day(end)
        if start is None:
            return f"up to {last}" if last else f"before {day(end)}"
        if last and self._formats.is_midnight(start):
            return f"on {last}" if day(start) == last else f"from {day(start)} to {last}"
        return f"from {day(start)} until before {day(end)}"

    # Tests

    def test(
        self, test: c.Test, *, is_money: bool = False, is_country: bool = False
    ) -> tuple[str, str]:
        """Return what is said of a value, and the opposite: ("is “gold”", "is not “gold”")."""
        shown = self._formats.place if is_country else self._formats.quoted
        match test:
            case c.Is(value=value):
                # Only of texts: a number of 0 is a number.
                text = shown(value) if isinstance(value, str) else self._formats.quoted(value)
                return f"is {text}", f"is not {text}"
            case c.IsNot(value=value):
                text = shown(value) if isinstance(value, str) else self._formats.quoted(value)
                return f"is known and not {text}", f"is {text} or not known"
            case c.In(values=values):
                text = listed([shown(value) for value in values], "or")
                return f"is {text}", f"is not {text}"
            case c.InRange():
                text = self.range(test, is_money=is_money)
                return f"is {text}", f"is not {text}"
            case c.When(window=window):
                text = self.window(window)
                return f"lies{text or ' in the past'}", f"does not lie{text or ' in the past'}"
            case c.IsSet():
                return "is known", "is not known"
            case c.IsNotSet():
                return "is not known", "is known"
            case _:
                return self._text_test(test)

    def _text_test(
        self, test: c.Contains | c.ListContains | c.StartsWith | c.Matches
    ) -> tuple[str, str]:
        match test:
            case c.Contains(text=text, ignore_case=ignore_case):
                part = f"“{text}”{' in upper or lower case' if ignore_case else ''}"
                return f"contains {part}", f"does not contain {part}"
            case c.ListContains(text=text):
                return f"lists “{text}”", f"does not list “{text}”"
            case c.StartsWith(text=text):
                return f"starts with “{text}”", f"does not start with “{text}”"
            case c.Matches(pattern=pattern):
                return f"matches the pattern {pattern}", f"does not match the pattern {pattern}"


def listed(parts: Sequence[str], word: str) -> str:
    """Return parts as a list: "a, b and c"."""
    *before, last = parts
    return f"{', '.join(before)} {word} {last}" if before else last


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _dotted(path: Sequence[str]) -> str:
    return " → ".join(path)


def _calendar(unit: str, ago: int) -> str:
    if unit == "day":
        return {0: "today", 1: "yesterday"}.get(ago, f"on the day {ago} days ago")
    if ago == 0:
        return f"this {unit}"
    return f"last {unit}" if ago == 1 else f"in the {unit} {ago} {unit}s ago"
