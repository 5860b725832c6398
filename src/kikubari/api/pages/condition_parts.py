"""The parts conditions are made of, in words: events, windows, ranges, tests."""

from collections.abc import Sequence

from kikubari.api.pages.event_words import event_name
from kikubari.api.pages.facts import trait_key
from kikubari.api.pages.reader import Reader
from kikubari.api.pages.texts import load_texts
from kikubari.spec import conditions as c

_UNITS = ("days", "hours", "minutes", "seconds")
_BOUNDS = ("at_least", "more_than", "at_most", "less_than")


class Parts:
    """Says parts of conditions in the reader's language; money in the shop's currency."""

    def __init__(self, reader: Reader, currency: str) -> None:
        self.say = reader.say
        self._reader = reader
        self._currency = currency

    def trait(self, name: str) -> str:
        """Return what a trait is called."""
        key = trait_key(name)
        return self.say(key) if key else name

    def provenance(self, name: str) -> str:
        """Return how something came to be known."""
        return self.say(f"provenance.{name}")

    def channel(self, channel: str | None) -> str:
        """Return what a channel is called."""
        key = f"conditions.channel_{channel or 'any'}"
        return self.say(key) if key in load_texts() else str(channel)

    def events(self, event: str | None, filters: Sequence[c.EventFilter]) -> str:
        """Return which events are meant."""
        name = event_name(event, self._reader) if event else self.say("conditions.any_event")
        if not filters:
            return name
        told = self.say("conditions.and").join(self._filter(one) for one in filters)
        return self.say("conditions.with_filters", event=name, filters=told)

    def window(self, window: c.Window) -> str:
        """Return which time is meant."""
        match window:
            case c.Ever():
                return self.say("conditions.ever")
            case c.Last(duration=duration):
                return self.say("conditions.last", duration=self.duration(duration))
            case c.Calendar(unit=unit, offset=offset):
                key = f"calendar_{unit}" if offset else f"calendar_this_{unit}"
                return self.say(f"conditions.{key}", n=-offset)
            case c.Between(start=start, end=end):
                shown = {
                    name: self._reader.instant(instant)
                    for name, instant in (("start", start), ("end", end))
                    if instant is not None
                }
                key = "between" if len(shown) > 1 else "since" if start else "until"
                return self.say(f"conditions.{key}", **shown)

    def duration(self, duration: c.Duration) -> str:
        """Return a length of time."""
        amounts = [(unit, getattr(duration, unit)) for unit in _UNITS]
        return " ".join(self.say(f"conditions.{unit}", n=n) for unit, n in amounts if n)

    def count(self, count: c.CountRange) -> str:
        """Return how many times."""
        low, high = count.at_least, count.at_most
        if high == 0:
            return self.say("conditions.never")
        if not low:
            return self.say("conditions.at_most", n=high)
        if high is None:
            return self.say("conditions.at_least", n=low)
        if low == high:
            return self.say("conditions.exactly", n=low)
        return self.say("conditions.from_to", low=low, n=high)

    def range(self, bounds: c.NumberRange | c.InRange, *, is_money: bool = False) -> str:
        """Return where a number lies."""
        told = []
        for name in _BOUNDS:
            value = getattr(bounds, name)
            if value is not None:
                shown = (
                    self._reader.money(round(value), self._currency)
                    if is_money
                    else self._reader.number(value)
                )
                told.append(self.say(f"conditions.range_{name}", value=shown))
        return self.say("conditions.and").join(told)

    def measure(self, measure: c.Measure) -> str:
        """Return what is measured of an event."""
        if isinstance(measure, c.PropertyMeasure):
            return ".".join(measure.path)
        is_value = measure.column == "value_minor"
        return self.say("conditions.value_minor") if is_value else measure.column

    def test(self, test: c.Test, *, is_money: bool = False) -> str:
        """Return what a value must be like."""
        match test:
            case c.InRange():
                return self.range(test, is_money=is_money)
            case c.When(window=window):
                return self.window(window)
            case c.IsSet():
                return self.say("conditions.is_set")
            case c.IsNotSet():
                return self.say("conditions.is_not_set")
            case c.In(values=values):
                return self.say("conditions.in", values=self.say("conditions.and").join(values))
            case _:
                key, value = _compared(test)
                return self.say(f"conditions.{key}", value=value)

    def _filter(self, one: c.EventFilter) -> str:
        match one:
            case c.ColumnFilter(column=column, test=test):
                told = self.test(test, is_money=column == "value_minor")
                return self.say("conditions.filter", name=column, test=told)
            case c.PropertyFilter(path=path, test=test):
                return self.say("conditions.filter", name=".".join(path), test=self.test(test))
            case c.AnyItemFilter(where=where):
                return self._inner([(item.field, item.test) for item in where])
            case c.AnyElementFilter(path=path, where=where):
                inner = [(".".join((*path, *element.path)), element.test) for element in where]
                return self._inner(inner)

    def _inner(self, tests: Sequence[tuple[str, c.Test]]) -> str:
        told = self.say("conditions.and").join(
            self.say("conditions.filter", name=name, test=self.test(test)) for name, test in tests
        )
        return self.say("conditions.filter_item", filters=told)


def _compared(
    test: c.Is | c.IsNot | c.Contains | c.ListContains | c.StartsWith | c.Matches,
) -> tuple[str, object]:
    match test:
        case c.Is(value=value):
            return "is", value
        case c.IsNot(value=value):
            return "is_not", value
        case c.Contains(text=text) | c.ListContains(text=text):
            return "contains", text
        case c.StartsWith(text=text):
            return "starts_with", text
        case c.Matches(pattern=pattern):
            return "matches", pattern
