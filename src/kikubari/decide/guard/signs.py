"""What words give away by themselves, in English and Japanese: patterns for one sentence.

Each sign is a family of wordings; inflection and word order are left open, so that a paraphrase
shows the same sign. The patterns are in the folder wordings.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar

import re2

from kikubari.decide.guard.lexicon import read_folder
from kikubari.decide.guard.vocabulary import families

T = TypeVar("T")

_SET_BYTES = 64 << 20
_AT_ONCE = 16
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龥]")


class Sign(StrEnum):
    """Something a sentence does."""

    WATCHES = "watches"  # says outright that the reader is being watched
    NOTICES = "notices"  # tells the reader what they were seen doing
    COUNTS = "counts"  # with times, durations or counts of it
    SPENT = "spent"  # with the exact amount somebody has spent
    VIEWED = "viewed"  # "you viewed this"
    STATES = "states"  # says what the reader is, likes or has
    GROUPS = "groups"  # speaks of people like the reader
    SUPPOSES = "supposes"  # leaves open whom it concerns: if you, for anyone who
    HEDGES = "hedges"  # leaves open whether it suits: you might like
    CAUTIONS = "cautions"  # warns whoever it concerns: ask a doctor first, not for small children
    HELPS = "helps"  # offers help that costs nothing
    INVITES = "invites"  # to come with others, whoever they are
    SAYS_YOU = "says_you"
    ASKS_BACK = "asks_back"  # asks the reader to confirm or correct
    SCARCE = "scarce"  # a number left, a countdown: what stock may bear out
    RUSHES = "rushes"  # a crowd, a race, a "never again": what nothing bears out
    ENDS = "ends"  # ends today, last chance
    CONFIRMS = "confirms"  # seeks the reader's nod to what it says, as a Japanese ね does
    CONGRATULATES = "congratulates"
    SEASONAL = "seasonal"  # speaks of a time of the year, which is everybody's
    COMFORTS = "comforts"  # consoles, or speaks of how hard something is
    POSES = "poses"  # what people have to open: a bill, a failed payment, a parcel, an alarm
    SELLS = "sells"  # a sale, a discount, something new: beside a bill it is what it is for
    FEIGNS = "feigns"  # a thread, a talk or a friendship that there is not
    PRESSES = "presses"  # plays on distress, debt, loneliness
    LABELS = "labels"  # what the shop calls people among itself, or an empty variable
    CODES = "codes"  # a word with underscores
    TYPED_CODES = "typed_codes"  # speaks of something the reader is to type
    TELLS_OTHERS = "tells_others"  # what somebody else bought, viewed or is
    FEW = "few"  # speaks to a handful of people it has counted
    GIFT = "gift"  # gives a present away
    GIFT_WORD = "gift_word"  # speaks of a present at all
    LIFE = "life"  # speaks of turns in a life, however lightly
    OPTS_OUT = "opts_out"  # asks everybody whether to skip an occasion
    FIRST_ORDER = "first_order"  # for newcomers
    UPSELLS = "upsells"
    ADVERTISES = "advertises"  # an offer that makes any message an advertisement
    TOUTS = "touts"  # presents something of the shop's own as new or worth having
    BIDS = "bids"  # asks to buy, to apply, to come in
    MISSES = "misses"  # speaks to somebody who has been away
    OWN_PRICE = "own_price"  # a price or discount for this reader alone
    OVERRIDES = "overrides"  # admits that the reader asked not to be written to
    DISCLOSES = "discloses"  # says why this price or choice
    REORDERS = "reorders"  # a plain reminder of one's own purchase
    SENSITIVE_PLACE = "sensitive_place"
    EXACT_PLACE = "exact_place"
    HINTS = "hints"  # sounds like a remark on the reader, by its weights and by no frame
    REPURPOSES = "repurposes"  # advertises by what was given for security, delivery or care


class PatternSet(Generic[T]):
    """Many patterns matched in time linear in the text; each stands for a label.

    They are matched some at a time, those in Japanese only in such text: an automaton of all
    would build most of its states anew for each text, and take several times as long.
    """

    def __init__(self, patterns: Iterable[tuple[T, str]]) -> None:
        listed = list(patterns)
        self._any = _in_parts([one for one in listed if not _is_japanese(one[1])])
        self._japanese = _in_parts([one for one in listed if _is_japanese(one[1])])

    def find(self, text: str) -> frozenset[T]:
        """Return the labels of the patterns found in the text."""
        sets = self._any
        if self._japanese and _JAPANESE.search(text):
            sets = sets + self._japanese
        return frozenset(
            labels[index] for found, labels in sets for index in found.Match(text) or ()
        )


def _is_japanese(pattern: str) -> bool:
    """Say whether a pattern is for Japanese alone: in what is for both, English has word ends."""
    return _JAPANESE.search(pattern) is not None and r"\b" not in pattern


def _in_parts(patterns: Sequence[tuple[T, str]]) -> list[tuple[Any, tuple[T, ...]]]:
    return [_compiled(patterns[at : at + _AT_ONCE]) for at in range(0, len(patterns), _AT_ONCE)]


def _compiled(patterns: Sequence[tuple[T, str]]) -> tuple[Any, tuple[T, ...]]:
    options = re2.Options()
    options.max_mem = _SET_BYTES
    found = re2.Set.SearchSet(options)
    for _, pattern in patterns:
        found.Add(pattern)
    found.Compile()
    return found, tuple(label for label, _ in patterns)


@cache
def signs() -> PatternSet[str]:
    """Return the patterns of signs, for text in lower case."""
    return PatternSet(_listed())


@cache
def topics() -> PatternSet[str]:
    """Return the words by which sentences speak of a family of facts."""
    words = _words()
    sayings = [
        (name, _filled(one, words))
        for name, family in families().items()
        for one in (*family.says, *family.speaks)
    ]
    apart = [
        (name, f"(?:{'|'.join(map(_pattern, part))})")
        for name, family in families().items()
        for part in (
            [one for one in family.words if one.isascii()],
            [one for one in family.words if not one.isascii()],
        )
        if part
    ]
    return PatternSet([*apart, *sayings])


def find_shapes(kind: str, text: str, mentions: Iterable[str]) -> frozenset[str]:
    """Return the topics that a sentence connects with the reader.

    Args:
        kind: ``presumes``, ``asserts``, ``owns`` or ``ties``.
        text: of the sentence, in lower case.
        mentions: the topics it speaks of.
    """
    return frozenset(one for one in mentions if _shapes(kind, one).find(text))


@cache
def _shapes(kind: str, family: str) -> PatternSet[str]:
    """Return the patterns that connect one topic with the reader.

    Each topic has its own: all in one make an automaton that outgrows its memory and is slow.
    """
    words, topic = _words(), _topics().get(family)
    patterns: list[str] = []
    if topic is not None:
        shapes = _file()["shapes"][kind]["patterns"]
        patterns += [_filled(one, words).replace("<topic>", topic) for one in shapes]
    if kind == "asserts":
        patterns += [_filled(one, words) for one in families()[family].says]
    elif kind == "owns":
        # These words call it theirs by themselves.
        own = (word for word in families()[family].words if word.startswith("your "))
        patterns += [_pattern(word) for word in own]
    return PatternSet((family, one) for one in patterns)


@cache
def _file() -> Mapping[str, Any]:
    return read_folder("wordings")


@cache
def _words() -> Mapping[str, str]:
    words: dict[str, str] = {"topic": "<topic>"}
    for name, pattern in _file()["words"].items():
        words[name] = _filled(pattern, words)
    return words


@cache
def occasions() -> PatternSet[str]:
    """Return the words by which sentences speak of an occasion, each standing for its name."""
    return PatternSet(list(_file()["occasions"].items()))


def _listed() -> list[tuple[str, str]]:
    words = _words()
    return [
        (Sign(name), _filled(pattern, words))
        for name, entry in _file()["signs"].items()
        for pattern in entry["patterns"]
    ]


@cache
def first_condition() -> Any:
    """Return what finds where a sentence in English begins to leave open whom it concerns."""
    patterns = _file()["signs"][Sign.SUPPOSES]["patterns"]
    return re2.compile("|".join(one for one in patterns if one.isascii()))


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda found: words[found[1]], pattern)


@cache
def _topics() -> Mapping[str, str]:
    return {
        name: f"(?:{'|'.join(map(_pattern, family.words))})"
        for name, family in families().items()
        if family.words
    }


def _pattern(word: str) -> str:
    if not word.isascii():
        return re.escape(word)
    stem = re.escape(word.removesuffix("*")).replace(r"\ ", " ")
    return rf"\b{stem}\w*" if word.endswith("*") else rf"\b{stem}\b"
