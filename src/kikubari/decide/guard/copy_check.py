"""Reads a message's words sentence by sentence: what they assert, whom they address.

The reading of a line is kept, because most lines of a dispatch are the same for all.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

import msgspec

from kikubari.decide.guard.signs import (
    Sign,
    first_condition,
    occasions,
    signs,
    topic_shapes,
    topics,
)

T = TypeVar("T")

# What people are consoled for.
SORE = frozenset(
    {"bereavement", "relationship", "hardship", "addiction", "mental_health", "health"}
    | {"reproductive"}
)

# Nothing a person reads is longer; what is longer is read up to here.
MAX_TEXT = 20_000
_MAX_SENTENCE = 600
# Matched after NFKC, which makes full-width marks plain ones. A point between digits ends nothing.
_SENTENCE = re.compile(r"(?:[^.!?。]|[.](?=\d))+[.!?。]*")
_ADDRESS = re.compile(r"\bhttps?://\S+|\S+@\S+")
_NOON = re.compile(r"\b([ap])\.m\.", re.IGNORECASE)
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})


class Sentence(msgspec.Struct, frozen=True):
    """What one sentence does.

    Attributes:
        signs: wordings found.
        mentions: families of facts it speaks of.
        asserts: those of them it says of the reader: "congratulations on", "you are".
        owns: those and what it calls the reader's: "your wedding".
        ties: those it connects with the reader by "your" and the like.
        occasions: those it speaks of, such as ``mothers day``.
    """

    text: str
    signs: frozenset[Sign] = frozenset()
    mentions: frozenset[str] = frozenset()
    asserts: frozenset[str] = frozenset()
    owns: frozenset[str] = frozenset()
    ties: frozenset[str] = frozenset()
    occasions: frozenset[str] = frozenset()


class Copy(msgspec.Struct, frozen=True):
    """What a whole text does."""

    sentences: tuple[Sentence, ...]
    signs: frozenset[Sign]
    mentions: frozenset[str]
    asserts: frozenset[str]
    owns: frozenset[str]
    ties: frozenset[str]
    occasions: frozenset[str]

    def where(self, *signs: Sign) -> str:
        """Return the first sentence with one of the signs, empty if there is none."""
        wanted = frozenset(signs)
        return next((one.text for one in self.sentences if one.signs & wanted), "")


def read_copy(text: str) -> Copy:
    """Return what a text does."""
    sentences = tuple(one for line in text[:MAX_TEXT].split("\n") for one in _read_line(line))
    return Copy(
        sentences,
        _union(one.signs for one in sentences),
        _union(one.mentions for one in sentences),
        _union(one.asserts for one in sentences),
        _union(one.owns for one in sentences),
        _union(one.ties for one in sentences),
        _union(one.occasions for one in sentences),
    )


def list_telling_lines(text: str) -> list[str]:
    """Return the lines in which there is anything a rule looks at; the others change no verdict."""
    return [line for line in text[:MAX_TEXT].split("\n") if _is_telling(line)]


@lru_cache(maxsize=8192)
def _is_telling(line: str) -> bool:
    return any(one != Sentence(one.text) for one in _read_line(line))


def _union(sets: Iterable[frozenset[T]]) -> frozenset[T]:
    return frozenset(one for several in sets for one in several)


@lru_cache(maxsize=8192)
def _read_line(line: str) -> tuple[Sentence, ...]:
    plain = _ADDRESS.sub(" ", unicodedata.normalize("NFKC", line).translate(_QUOTES))
    plain = _NOON.sub(r"\1m", plain)
    found = (sentence.strip()[:_MAX_SENTENCE] for sentence in _SENTENCE.findall(plain))
    return tuple(_read(sentence) for sentence in found if sentence)


def _read(text: str) -> Sentence:
    lower = text.lower()
    found = frozenset(map(Sign, signs().find(lower)))
    named = occasions().find(lower)
    mentions = topics().find(lower)
    if not mentions:
        return Sentence(text, found, occasions=named)
    asserts, owns = _said_of_reader(lower)
    if Sign.COMFORTS in found:
        # Nobody is consoled for what does not concern them.
        asserts, owns = asserts | mentions & SORE, owns | mentions & SORE
    ties = topic_shapes("ties").find(lower) | owns
    if Sign.SUPPOSES in found:
        asserts, owns = _said_outright(lower)
    return Sentence(text, found, mentions, asserts, owns, ties, named)


def _said_of_reader(lower: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what is asserted of the reader, and that with what is called theirs."""
    asserts = topic_shapes("presumes").find(lower) | topic_shapes("asserts").find(lower)
    return asserts, topic_shapes("owns").find(lower) | asserts


def _said_outright(lower: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the same for a sentence that leaves open whom it concerns.

    English says so first, what stands before is said outright; in Japanese it follows, and what
    is presumed stays presumed.
    """
    condition = first_condition().search(lower)
    if condition is not None:
        return _said_of_reader(lower[: condition.start()])
    presumed = topic_shapes("presumes").find(lower)
    return presumed, presumed
