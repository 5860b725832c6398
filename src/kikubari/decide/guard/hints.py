"""Reads hints: remarks on the reader that no frame knows, weighed by how remarks sound.

A linear model over pieces of words, runs of words, what words mean (lexicon.py) and what sentences
do (signs.py). Its weights were learnt from the guard's own labelled cases and sentences, see
tests/guard/learn_hints.py; no text of a shop or of a person is among them. It speaks where its
doubt is larger than that of all but three in 200 harmless sentences it had not learnt from.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import as_file, files
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.decide.guard.canonical import canonical
from kikubari.decide.guard.claims import tagged

BUCKETS = 1 << 17
# How far two words that are weighed together stand apart.
_FARTHEST = 4
# As many sentences are weighed together as the sentences learnt from have: a remark, an offer.
_TOGETHER = 3
_PHRASES = 3
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龥]")
_WORD = re.compile(r"[A-Z_0]{3,}|[a-z']+|\d+|[?!,:;]")
_JAPANESE_WORD = re.compile(r"[A-Z_]{3,}|[ぁ-ん]+|[ァ-ヶー]+|[一-龥]+|[0-9a-z]+")
_MEANING = re.compile(r"[A-Z_0]{3,}")
_LAST_MARKS = re.compile(r"[。!?、\s]+$")
_YOU = re.compile(r"\b(?:you|your|yours|yourself)\b")
_ENDINGS = (2, 3, 4, 6)
# What sentences do that bears on whom they concern; what claims something is left to rules.
_TELLING_SIGNS = frozenset(
    {"supposes", "hedges", "cautions", "helps", "invites", "says_you", "asks_back", "seasonal"}
    | {"sells", "gift_word", "touts", "bids", "congratulates", "confirms", "comforts", "life"}
    | {"ends", "advertises", "reorders"}
)


class Spoken(msgspec.Struct, frozen=True):
    """A sentence to be weighed: its words and what it does."""

    text: str
    signs: frozenset[str] = frozenset()


class Weights(msgspec.Struct, frozen=True):
    """What was learnt.

    Attributes:
        scale: float32 of (BUCKETS,), how telling a piece is, 0 for one never met.
        weight: float32 of (BUCKETS,), for remarks on the reader above 0, against below.
        least: the doubt from which on a sentence is named.
    """

    scale: NDArray[np.float32]
    weight: NDArray[np.float32]
    least: float


def find_hint(spoken: Sequence[Spoken]) -> int | None:
    """Return the place of the sentence of a line that reads most like a remark on the reader.

    None where none does. Neighbours are weighed with it: an offer behind it says whom it is for.
    """
    pieces = [_buckets(one) for one in spoken]
    for first in range(max(1, len(spoken) - _TOGETHER + 1)):
        together = pieces[first : first + _TOGETHER]
        if together and doubt(np.unique(np.concatenate(together)), weights()) > weights().least:
            return first + int(np.argmax([weights().weight[one].sum() for one in together]))
    return None


def doubt(buckets: NDArray[np.int64], learnt: Weights) -> float:
    """Return how much pieces sound like a remark on the reader; around 0 is undecided."""
    scale = learnt.scale[buckets]
    length = float(np.sqrt((scale * scale).sum()))
    return float(learnt.weight[buckets].sum()) / length if length else 0.0


def buckets_of(spoken: Sequence[Spoken]) -> NDArray[np.int64]:
    """Return the pieces of sentences weighed together, each once."""
    return np.unique(np.concatenate([_buckets(one) for one in spoken] or [np.empty(0, np.int64)]))


def telling_phrases(text: str) -> tuple[str, ...]:
    """Return the phrases of a sentence that speak most for a remark on the reader, in order."""
    lower = text.lower()
    phrases = _runs(lower) if _JAPANESE.search(lower) else _word_runs(canonical(lower))
    weight = weights().weight
    said = [(float(weight[_bucket(piece)]), at, words) for piece, at, words in phrases]
    chosen: list[tuple[int, str]] = []
    for value, at, words in sorted(said, reverse=True):
        if value <= 0 or len(chosen) == _PHRASES:
            break
        if not any(at < end + len(other) and end < at + len(words) for end, other in chosen):
            chosen.append((at, words))
    return tuple(words for _, words in sorted(chosen))


def _runs(lower: str) -> Iterator[tuple[str, int, str]]:
    """Yield runs of 3 to 5 characters as pieces, with where they stand."""
    for size in (3, 4, 5):
        for at in range(len(lower) - size + 1):
            run = lower[at : at + size]
            yield f"c:{run}", at, run


def _word_runs(plain: str) -> Iterator[tuple[str, int, str]]:
    """Yield runs of two and three words as pieces, with where they stand."""
    words = list(_WORD.finditer(plain))
    for size in (2, 3):
        for first in range(len(words) - size + 1):
            run = words[first : first + size]
            said = "_".join("#" if one[0].isdigit() else one[0] for one in run)
            yield f"w:{said}", run[0].start(), plain[run[0].start() : run[-1].end()]


@lru_cache(maxsize=2048)
def _buckets(spoken: Spoken) -> NDArray[np.int64]:
    pieces = set(_pieces(spoken.text.lower().strip()))
    pieces.update(f"s:{one}" for one in spoken.signs & _TELLING_SIGNS)
    return np.fromiter((_bucket(one) for one in pieces), np.int64, len(pieces))


def _bucket(piece: str) -> int:
    return crc32(piece.encode()) & (BUCKETS - 1)


def _pieces(lower: str) -> Iterator[str]:
    plain = canonical(lower)
    meant = tagged(plain)
    if _JAPANESE.search(lower):
        yield from (f"c:{run}" for size in range(1, 6) for run in _cut(lower, size))
        body = _LAST_MARKS.sub("", lower)
        yield from (f"e:{body[-size:]}" for size in _ENDINGS)
        yield from _grams("j:", _JAPANESE_WORD.findall(meant))
    else:
        words = ["#" if one.isdigit() else one for one in _WORD.findall(plain)]
        yield from _grams("w:", ["^", *words, "$"])
        yield from (
            f"c:{run}" for one in words for size in (4, 5) for run in _cut(f"<{one}>", size)
        )
        kinds = ["#" if one.isdigit() else one for one in _WORD.findall(meant)]
        yield from _grams("t:", ["^", *kinds, "$"])
    says_you, asks = bool(_YOU.search(plain)), lower.endswith("?")
    for meaning in {"none", *_MEANING.findall(meant)}:
        yield f"m:{meaning}|{says_you}"
        yield f"m:{meaning}|{asks}?"
    yield f"m:{says_you}|{asks}"


def _cut(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(len(text) - size + 1))


def _grams(kind: str, words: Sequence[str]) -> Iterator[str]:
    """Yield words alone, in twos and threes, and in twos with words between them left out."""
    for at, word in enumerate(words):
        yield f"{kind}{word}"
        if at + 1 < len(words):
            yield f"{kind}{word}_{words[at + 1]}"
        if at + 2 < len(words):
            yield f"{kind}{word}_{words[at + 1]}_{words[at + 2]}"
        for apart in words[at + 2 : at + _FARTHEST + 1]:
            yield f"{kind}{word}~{apart}"


@cache
def weights() -> Weights:
    """Return what was learnt, as it comes with the guard."""
    with as_file(files("kikubari.decide.guard") / "hints.npz") as file, np.load(file) as stored:
        return unpack(stored)


def unpack(stored: Mapping[str, NDArray[np.float64]]) -> Weights:
    """Return weights from the small numbers they are kept as."""
    spans = stored["spans"]
    return Weights(
        (stored["scale"] * spans[0]).astype(np.float32),
        (stored["weight"] * spans[1]).astype(np.float32),
        float(spans[2]),
    )
