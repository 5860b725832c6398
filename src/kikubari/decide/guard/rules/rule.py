"""The shape of a rule: words for people, and one small function that objects."""

from collections.abc import Callable, Iterator

import msgspec

from kikubari.decide.guard.contracts import Level, Words
from kikubari.decide.guard.reading import Reading


class Objection(msgspec.Struct, frozen=True):
    """What a rule finds: how bad it is, and the fact or words it is about."""

    level: Level
    subject: str = ""


Judge = Callable[[Reading], Iterator[Objection]]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of the guard, in words.

    Attributes:
        reason: why it objects, as the marketer reads it.
        mend: what to change.
        basis: law, research or case it rests on.
        levels: what it may answer; none for R30, which only exempts.
    """

    reason: Words
    mend: Words
    basis: str
    levels: tuple[Level, ...]


def block(subject: str = "") -> Objection:
    """Not like this."""
    return Objection(Level.BLOCK, subject)


def hold(subject: str = "") -> Objection:
    """Not now."""
    return Objection(Level.HOLD, subject)


def warn(subject: str = "") -> Objection:
    """It may go, but."""
    return Objection(Level.WARN, subject)
