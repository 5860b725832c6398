"""Reads a message's words sentence by sentence: what they assert, whom they address.

The reading of a line is kept, because most lines of a dispatch are the same for all, and that of a
sentence, because beside one that names a person most are the same too.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TypeVar

import msgspec

from kikubari.decide.guard.claims import read_claims
from kikubari.decide.guard.contracts import Sensitivity
from kikubari.decide.guard.hints import Spoken, find_hint
from kikubari.decide.guard.signs import (
    Sign,
    find_shapes,
    first_condition,
    occasions,
    signs,
    topics,
)
from kikubari.decide.guard.vocabulary import families

T = TypeVar("T")

# What people are consoled for.
SORE = frozenset(
    {"bereavement", "relationship", "hardship", "addiction", "mental_health", "health"}
    | {"reproductive"}
)

_LOSSES = frozenset({"bereavement", "relationship"})

# Nothing a person reads is longer; what is longer is read up to here.
MAX_TEXT = 20_000
_MAX_SENTENCE = 600
# Matched after NFKC, which makes full-width marks plain ones. A point between digits ends nothing.
_SENTENCE = re.compile(r"(?:[^.!?。]|[.](?=\d))+[.!?。]*")
_ADDRESS = re.compile(r"\bhttps?://\S+|\S+@\S+")
_NOON = re.compile(r"\b([ap])\.m\.", re.IGNORECASE)
# What somebody else has said or written, and what a thing is called, with words around it.
_TITLE = re.compile(r"『[^』]{1,80}』")
_QUOTED = re.compile(r"「[^」]{9,200}」|\"[^\"]{16,200}\"|(?<!\w)'(?:[^']|'(?=\w)){12,120}'(?!\w)")
_MIN_AROUND = 12
# What the reader told is no guess.
_TOLD = re.compile(r"\byou (?:have )?(?:told|wrote|let) us\b|(?:教えて|ご回答)いただ")
_DENIED = re.compile(r"(?:no|nope|not quite|not that|well, no)[,.!:]|いいえ|いえ|いや、")
_FOR_WHOEVER = re.compile(
    r"^(?:if|when|whenever|should|for (?:anyone|those|people|everyone|all))\b"
    r"|(?:方|かた)(?:へ|は|に|向け)|場合"
)
_QUOTES = {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "}
# Half of a surrogate pair becomes what stands for an unreadable character: no octets hold it.
_PLAIN = str.maketrans(_QUOTES) | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


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
    plain = _ADDRESS.sub(" ", unicodedata.normalize("NFKC", line).translate(_PLAIN))
    plain = _without_quotes(_NOON.sub(r"\1m", plain))
    found = (sentence.strip()[:_MAX_SENTENCE] for sentence in _SENTENCE.findall(plain))
    return _with_hint(_meant_together([_read(sentence) for sentence in found if sentence]))


def _with_hint(sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """Mark the sentence of a line that sounds most like a remark on the reader, if one does."""
    place = find_hint([Spoken(one.text, one.signs) for one in sentences])
    if place is None:
        return sentences
    one = sentences[place]
    marked = msgspec.structs.replace(one, signs=one.signs | {Sign.HINTS})
    return (*sentences[:place], marked, *sentences[place + 1 :])


def _without_quotes(line: str) -> str:
    """Return a line without what it only quotes; a line that is nearly all quote is meant."""
    untitled = _TITLE.sub("『』", line)
    unquoted = _QUOTED.sub("「」", untitled)
    return unquoted if len(unquoted) >= _MIN_AROUND else untitled


def _meant_together(sentences: list[Sentence]) -> tuple[Sentence, ...]:
    """Say of the reader what stands beside congratulations or comfort to them."""
    meant = [
        _unsaid(one) if _DENIED.match(after.text.lower()) else one
        for one, after in zip(sentences, [*sentences[1:], Sentence("")], strict=False)
    ]
    for index, one in enumerate(sentences):
        topics = _spoken_to(one)
        for near in (index - 1, index, index + 1):
            if topics and 0 <= near < len(meant) and Sign.SUPPOSES not in meant[near].signs:
                meant[near] = _said(meant[near], meant[near].mentions & topics)
    return tuple(meant)


def _unsaid(sentence: Sentence) -> Sentence:
    """Return a sentence that the next one takes back: a play on words."""
    nothing: frozenset[str] = frozenset()
    return msgspec.structs.replace(sentence, asserts=nothing, owns=nothing)


def _spoken_to(sentence: Sentence) -> frozenset[str]:
    """Return what the sentences around one are about the reader in: they are wished well for it."""
    if Sign.CONGRATULATES in sentence.signs:
        is_for_all = Sign.SEASONAL in sentence.signs or sentence.occasions
        return frozenset() if is_for_all else _close_families()
    return _LOSSES if Sign.COMFORTS in sentence.signs else frozenset()


def _said(sentence: Sentence, topics: frozenset[str]) -> Sentence:
    """Return a sentence that says some of what it speaks of of the reader."""
    return msgspec.structs.replace(
        sentence, asserts=sentence.asserts | topics, owns=sentence.owns | topics
    )


@lru_cache(maxsize=8192)
def _read(text: str) -> Sentence:
    lower = text.lower()
    found = frozenset(map(Sign, signs().find(lower)))
    named = occasions().find(lower)
    mentions = topics().find(lower)
    claims = read_claims(lower, is_open=Sign.SUPPOSES in found)
    found |= claims.signs
    if _TOLD.search(lower):
        found -= {Sign.STATES}
    if Sign.HELPS in found and _FOR_WHOEVER.search(lower):
        # Free help for whoever needs it leans on nobody.
        found -= {Sign.PRESSES}
    if Sign.CAUTIONS in found:
        return Sentence(text, found - {Sign.COMFORTS}, mentions, occasions=named)
    if not mentions:
        said = claims.asserts
        return Sentence(text, found, said, said, said, said, named)
    asserts, owns = _said_of_reader(lower, mentions)
    if claims.is_of_ours:
        # The life of somebody in a story, or of the house itself.
        asserts = owns = frozenset()
        found -= {Sign.COMFORTS, Sign.CONGRATULATES}
    if Sign.COMFORTS in found:
        # Nobody is consoled for what does not concern them.
        asserts, owns = asserts | mentions & SORE, owns | mentions & SORE
    if Sign.CONFIRMS in found and Sign.SEASONAL not in found:
        # What somebody is to nod to is said of them.
        asserts, owns = asserts | mentions & _close_families(), owns | mentions & _close_families()
    ties = find_shapes("ties", lower, mentions) | owns
    if Sign.SUPPOSES in found:
        asserts, owns = _said_outright(lower, mentions)
    mentions, asserts, owns, ties = (
        one | claims.asserts for one in (mentions, asserts, owns, ties)
    )
    return Sentence(text, found, mentions, asserts, owns, ties, named)


@cache
def _close_families() -> frozenset[str]:
    return frozenset(
        name for name, one in families().items() if one.level.rank >= Sensitivity.S2.rank
    )


def _said_of_reader(lower: str, mentions: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return what is asserted of the reader, and that with what is called theirs."""
    asserts = find_shapes("presumes", lower, mentions) | find_shapes("asserts", lower, mentions)
    return asserts, find_shapes("owns", lower, mentions) | asserts


def _said_outright(lower: str, mentions: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the same for a sentence that leaves open whom it concerns.

    English says so first, what stands before is said outright; in Japanese it follows, and what
    is presumed stays presumed.
    """
    condition = first_condition().search(lower)
    if condition is not None:
        return _said_of_reader(lower[: condition.start()], mentions)
    presumed = find_shapes("presumes", lower, mentions)
    return presumed, presumed
