"""Reads a message's words sentence by sentence: what they assert, whom they address.

The reading of a sentence is kept, because most sentences of a dispatch are the same for all.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

import msgspec

from kikubari.decide.guard.signs import Sign, cased_signs, signs, topic_shapes, topics

T = TypeVar("T")

# Nothing a person reads is longer; what is longer is read up to here.
MAX_TEXT = 20_000
_MAX_SENTENCE = 600
# Matched after NFKC, which makes full-width marks plain ones. A point between digits ends nothing.
_SENTENCE = re.compile(r"(?:[^.!?。\n]|[.](?=\d))+[.!?。]*")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})


class Sentence(msgspec.Struct, frozen=True):
    """What one sentence does.

    Attributes:
        signs: wordings found.
        mentions: families of facts it speaks of.
        asserts: those of them it says of the reader.
        ties: those it connects with the reader by "your" and the like.
    """

    text: str
    signs: frozenset[Sign] = frozenset()
    mentions: frozenset[str] = frozenset()
    asserts: frozenset[str] = frozenset()
    ties: frozenset[str] = frozenset()


class Copy(msgspec.Struct, frozen=True):
    """What a whole text does."""

    sentences: tuple[Sentence, ...]
    signs: frozenset[Sign]
    mentions: frozenset[str]
    asserts: frozenset[str]
    ties: frozenset[str]

    def where(self, *signs: Sign) -> str:
        """Return the first sentence with one of the signs, empty if there is none."""
        wanted = frozenset(signs)
        return next((one.text for one in self.sentences if one.signs & wanted), "")


def read_copy(text: str) -> Copy:
    """Return what a text does."""
    sentences = tuple(_read(sentence[:_MAX_SENTENCE]) for sentence in _sentences(text[:MAX_TEXT]))
    return Copy(
        sentences,
        _union(one.signs for one in sentences),
        _union(one.mentions for one in sentences),
        _union(one.asserts for one in sentences),
        _union(one.ties for one in sentences),
    )


def _union(sets: Iterable[frozenset[T]]) -> frozenset[T]:
    return frozenset(one for several in sets for one in several)


def _sentences(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    return [found.strip() for found in _SENTENCE.findall(plain) if found.strip()]


@lru_cache(maxsize=8192)
def _read(text: str) -> Sentence:
    lower = text.lower()
    found = frozenset(map(Sign, signs().find(lower) | cased_signs().find(text)))
    mentions = topics().find(lower)
    if not mentions:
        return Sentence(text, found)
    asserts = topic_shapes("asserts").find(lower)
    ties = topic_shapes("ties").find(lower) | asserts
    if Sign.SUPPOSES in found:
        asserts = frozenset()
    return Sentence(text, found, mentions, asserts, ties)
