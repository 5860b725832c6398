"""What a condition compares with: durations, windows, ranges and tests of one value.

Every bound is stated where it is declared; docs/segments.md says the same in words.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
import re2
from msgspec import Meta

from kikubari.kit.instants import EARLIEST, LATEST

# "Ten years" is beyond any window a log of months can answer, and keeps instants in range.
MAX_DAYS = 3_660
MAX_LIST = 1_000
MAX_TEXT = 500
MAX_PATTERN = 300

Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT, pattern="^[^\\x00]*$")]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1, max_length=MAX_LIST)]
Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
_Amount = Annotated[int, Meta(ge=0, le=MAX_DAYS * 86_400)]


class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of everything in a tree: immutable, and a field that is not known is an error."""


class Duration(Closed, frozen=True, omit_defaults=True):
    """A length of time; a day is always 24 hours, whatever the clocks did."""

    days: Annotated[int, Meta(ge=0, le=MAX_DAYS)] = 0
    hours: _Amount = 0
    minutes: _Amount = 0
    seconds: _Amount = 0

    def __post_init__(self) -> None:
        if not timedelta(0) < self.as_timedelta() <= timedelta(days=MAX_DAYS):
            raise ValueError(f"a duration is more than nothing and at most {MAX_DAYS} days")

    def as_timedelta(self) -> timedelta:
        """Return the length as a timedelta."""
        return timedelta(
            days=self.days, hours=self.hours, minutes=self.minutes, seconds=self.seconds
        )


class Ever(Closed, frozen=True, tag="ever"):
    """All of time up to `as_of`."""


class Last(Closed, frozen=True, tag="last"):
    """The duration that ends at `as_of`: its start is outside, `as_of` is inside."""

    duration: Duration


class Between(Closed, frozen=True, tag="between", omit_defaults=True):
    """From an instant (inside) until an instant (outside); either may be left open."""

    start: datetime | None = msgspec.field(name="from", default=None)
    end: datetime | None = msgspec.field(name="until", default=None)

    def __post_init__(self) -> None:
        given = [instant for instant in (self.start, self.end) if instant is not None]
        if not given:
            raise ValueError("a window between instants needs `from`, `until` or both")
        if any(instant.tzinfo is None for instant in given):
            raise ValueError("an instant needs its offset, such as 2026-01-31T00:00:00+09:00")
        if not all(EARLIEST <= instant <= LATEST for instant in given):
            raise ValueError(f"an instant lies between {EARLIEST.year} and {LATEST.year}")
        if self.start and self.end and self.end < self.start:
            raise ValueError("`until` lies before `from`")


class Calendar(Closed, frozen=True, tag="calendar", omit_defaults=True):
    """A calendar unit in the shop's zone; offset 0 is the one `as_of` lies in, -1 the one before.

    Weeks begin on Monday (ISO 8601).
    """

    unit: Literal["day", "week", "month", "quarter", "year"]
    offset: Annotated[int, Meta(ge=-120, le=0)] = 0


class Next(Closed, frozen=True, tag="next"):
    """The duration that begins at `as_of`: `as_of` is outside, its end is inside.

    Only dates that were stated can lie ahead, so only `when` takes it.
    """

    duration: Duration


Window = Ever | Last | Between | Calendar
EVER = Ever()


class CountRange(Closed, frozen=True, omit_defaults=True):
    """How many: both ends inside; equal ends mean exactly."""

    at_least: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    at_most: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None

    def __post_init__(self) -> None:
        if not self.at_least and self.at_most is None:
            raise ValueError("a count needs `at_most`, or `at_least` of 1 or more")
        if self.at_least is not None and self.at_most is not None and self.at_most < self.at_least:
            raise ValueError("`at_most` is less than `at_least`: nobody could qualify")

    def holds(self, count: int) -> bool:
        """Say whether `count` lies in the range."""
        low, high = self.at_least, self.at_most
        return (low is None or count >= low) and (high is None or count <= high)


class _NumberBounds(Closed, frozen=True, omit_defaults=True):
    at_least: Number | None = None
    more_than: Number | None = None
    at_most: Number | None = None
    less_than: Number | None = None

    def __post_init__(self) -> None:
        if all(getattr(self, name) is None for name in _NumberBounds.__struct_fields__):
            raise ValueError("a range needs `at_least`, `more_than`, `at_most` or `less_than`")

    def holds(self, value: float) -> bool:
        """Say whether `value` lies in the range."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.more_than is None or value > self.more_than)
            and (self.at_most is None or value <= self.at_most)
            and (self.less_than is None or value < self.less_than)
        )


class NumberRange(_NumberBounds, frozen=True):
    """Where a number lies; all bounds that are given must hold."""


# Tests of one value. A value may have a text, a number, an instant and a list of texts; a test of
# a form the value has not does not hold. Text that is empty is no text.


class Is(Closed, frozen=True, tag="is"):
    """The same text (code point by code point), number or truth."""

    value: Text | bool | Number


class IsNot(Closed, frozen=True, tag="is_not"):
    """There is a text (or number), and it is another one."""

    value: Text | bool | Number


class In(Closed, frozen=True, tag="in"):
    """One of these texts."""

    values: Texts


class Contains(Closed, frozen=True, tag="contains", omit_defaults=True):
    """The text contains this; `ignore_case` treats A-Z and a-z as the same."""

    text: Text
    ignore_case: bool = False


class StartsWith(Closed, frozen=True, tag="starts_with"):
    """The text begins with this."""

    text: Text


class Matches(Closed, frozen=True, tag="matches"):
    """An RE2 regular expression is found in the text; `.` matches a line break too."""

    pattern: Annotated[str, Meta(min_length=1, max_length=MAX_PATTERN, pattern="^[^\\x00]*$")]

    def __post_init__(self) -> None:
        compile_pattern(self.pattern)


class InRange(_NumberBounds, frozen=True, tag="number"):
    """The number lies in the range."""


class When(Closed, frozen=True, tag="when"):
    """The instant lies in the window."""

    window: Window | Next


class ListContains(Closed, frozen=True, tag="list_contains"):
    """The list holds exactly this text as one of its elements."""

    text: Text


class IsSet(Closed, frozen=True, tag="is_set"):
    """There is a value, whatever it is."""


class IsNotSet(Closed, frozen=True, tag="is_not_set"):
    """There is no value, or it was withdrawn."""


TextTest = Is | IsNot | In | Contains | StartsWith | Matches | IsSet | IsNotSet
Test = TextTest | InRange | When | ListContains


def compile_pattern(pattern: str) -> Any:
    """Return the compiled expression, with the options the columnar engine uses.

    Raises:
        ValueError: RE2 does not accept it.
    """
    options = re2.Options()
    options.dot_nl = True
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(f"not a regular expression that RE2 accepts: {pattern}") from error
