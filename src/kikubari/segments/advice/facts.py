"""What a condition says for certain, in a form in which one condition can rule out another."""

from collections.abc import Iterator

import msgspec

from kikubari.kit.instants import to_micros
from kikubari.segments.explanation import Term
from kikubari.segments.moment import micros_of
from kikubari.spec.conditions import (
    EVER,
    Between,
    Contains,
    EventAggregate,
    EventCount,
    EventFilter,
    Ever,
    In,
    InRange,
    Is,
    IsNot,
    IsNotSet,
    IsSet,
    Last,
    NumberRange,
    Place,
    Prediction,
    Recency,
    StartsWith,
    Test,
    TraitIs,
    Window,
    digest_of,
)


class Count(msgspec.Struct, frozen=True):
    """At least, or at most, so many such events in a window."""

    event: str | None
    where: frozenset[EventFilter]
    window: Window
    n: int
    is_least: bool

    def is_part_of(self, other: "Count") -> bool:
        """Say whether every event counted here is counted there too."""
        return (
            other.event in {None, self.event}
            and other.where <= self.where
            and _is_inside(self.window, other.window)
        )


class Span(msgspec.Struct, frozen=True):
    """A number of the person's lies between these, ends inside or outside."""

    subject: str
    low: tuple[float, bool]
    high: tuple[float, bool]


class Value(msgspec.Struct, frozen=True):
    """A text of the person's passes a test."""

    subject: str
    test: Test


class Itself(msgspec.Struct, frozen=True):
    """The condition, or its opposite, as a whole."""

    digest: str
    is_negated: bool


Fact = Count | Span | Value | Itself
_INFINITE = float("inf")


def facts_of(term: Term) -> list[Fact]:
    """Return what a condition says, together as much as the condition itself."""
    leaf = term.leaf
    if not term.is_negated:
        found = list(_known(leaf))
        if found:
            return found
    return [Itself(digest_of(leaf), term.is_negated)]


def excludes(one: Fact, other: Fact) -> bool:
    """Say whether no person can satisfy both."""
    match one, other:
        case Count(is_least=True), Count(is_least=False):
            return one.is_part_of(other) and one.n > other.n
        case Count(is_least=False), Count(is_least=True):
            return excludes(other, one)
        case Span(), Span():
            return one.subject == other.subject and (_below(one, other) or _below(other, one))
        case Value(), Value():
            return one.subject == other.subject and _tests_exclude(one.test, other.test)
        case Itself(), Itself():
            return one.digest == other.digest and one.is_negated != other.is_negated
    return False


def implies(one: Fact, other: Fact) -> bool:
    """Say whether everybody who satisfies the one satisfies the other."""
    match one, other:
        case Count(is_least=True), Count(is_least=True):
            return one.is_part_of(other) and one.n >= other.n
        case Count(is_least=False), Count(is_least=False):
            return other.is_part_of(one) and one.n <= other.n
        case Span(), Span():
            return one.subject == other.subject and one.low >= other.low and one.high <= other.high
        case Value(), Value():
            return one.subject == other.subject and _test_implies(one.test, other.test)
    return one == other


def _known(leaf: object) -> Iterator[Fact]:
    match leaf:
        case EventCount(count=count):
            where = frozenset(leaf.where)
            if count.at_least:
                yield Count(leaf.event, where, leaf.window, count.at_least, is_least=True)
            if count.at_most is not None:
                yield Count(leaf.event, where, leaf.window, count.at_most, is_least=False)
        case Recency():
            yield from _recency(leaf)
        case EventAggregate(value=value):
            everywhere = msgspec.structs.replace(leaf, value=NumberRange(at_least=0))
            yield _span(digest_of(everywhere), value)
        case TraitIs(test=InRange() as test) | Prediction(test=InRange() as test):
            yield _span(digest_of(msgspec.structs.replace(leaf, test=IsSet())), test)
        case TraitIs(test=test) | Prediction(test=test) | Place(test=test):
            if isinstance(test, Is | IsNot | In | Contains | StartsWith | IsSet | IsNotSet):
                yield Value(digest_of(msgspec.structs.replace(leaf, test=IsSet())), test)


def _recency(leaf: Recency) -> Iterator[Fact]:
    """Say a recency in counts: some event at all or lately, and none after."""
    where = frozenset(leaf.where)
    some = EVER if leaf.within is None else Last(leaf.within)
    yield Count(leaf.event, where, some, 1, is_least=True)
    if leaf.more_than is not None:
        yield Count(leaf.event, where, Last(leaf.more_than), 0, is_least=False)


def _span(subject: str, bounds: NumberRange | InRange) -> Span:
    """Return a range with ends that compare: an end outside lies behind the same end inside."""
    lows = [(-_INFINITE, False)]
    lows += [(bounds.at_least, False)] if bounds.at_least is not None else []
    lows += [(bounds.more_than, True)] if bounds.more_than is not None else []
    highs = [(_INFINITE, True)]
    highs += [(bounds.at_most, True)] if bounds.at_most is not None else []
    highs += [(bounds.less_than, False)] if bounds.less_than is not None else []
    return Span(subject, max(lows), min(highs))


def _below(one: Span, other: Span) -> bool:
    """Say whether one range ends before the other begins."""
    (high, is_in), (low, is_out) = one.high, other.low
    return high < low or (high == low and (is_out or not is_in))


def _is_inside(one: Window, other: Window) -> bool:
    match one, other:
        case _, Ever():
            return True
        case Last(), Last():
            return micros_of(one.duration) <= micros_of(other.duration)
        case Between(), Between():
            start = -_INFINITE if one.start is None else to_micros(one.start)
            end = _INFINITE if one.end is None else to_micros(one.end)
            is_from = other.start is None or start >= to_micros(other.start)
            return is_from and (other.end is None or end <= to_micros(other.end))
    return one == other


def _texts(test: Test) -> tuple[str, ...] | None:
    """Return the only texts that pass a test; None if others may."""
    if isinstance(test, Is) and isinstance(test.value, str):
        return (test.value,)
    return test.values if isinstance(test, In) else None


def _holds(text: str, test: Test) -> bool | None:
    """Say whether a text passes a test; None where that is not for sure."""
    match test:
        case Is(value=str() as value):
            return text == value
        case IsNot(value=str() as value):
            return text != value
        case In(values=values):
            return text in values
        case Contains(text=part, ignore_case=False):
            return part in text
        case StartsWith(text=part):
            return text.startswith(part)
        case IsSet():
            return True
        case IsNotSet():
            return False
    return None


def _tests_exclude(one: Test, other: Test) -> bool:
    if isinstance(one, IsNotSet) or isinstance(other, IsNotSet):
        return type(one) is not type(other)
    for texts, test in ((_texts(one), other), (_texts(other), one)):
        if texts is not None and all(_holds(text, test) is False for text in texts):
            return True
    return False


def _test_implies(one: Test, other: Test) -> bool:
    if one == other:
        return True
    if isinstance(other, IsSet):
        return not isinstance(one, IsNotSet)
    texts = _texts(one)
    return texts is not None and all(_holds(text, other) is True for text in texts)
