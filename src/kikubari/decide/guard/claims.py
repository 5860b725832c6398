"""Finds what a sentence claims to know of its reader, by grammar and not by phrases.

A sentence is brought into one spelling (canonical.py), its words are replaced by what they mean
(lexicon.py), and what is left is matched with frames (the folder frames): whom it speaks of,
how sure it is, and what about. So a frame holds for every word of a matter, and a new word
for every frame.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

import msgspec
import re2

from kikubari.decide.guard.canonical import canonical, inflected
from kikubari.decide.guard.lexicon import Words, lexicon, read_folder
from kikubari.decide.guard.signs import PatternSet, Sign

# Matters people are sore about: to ask after these is to touch them.
_SORE = frozenset(
    {"bereavement", "relationship", "hardship", "addiction", "mental_health", "health", "age"}
    | {"reproductive"}
)
_DISTRESS = _SORE - {"health", "reproductive", "age"}
# Matters that nobody calls somebody's unless it is so: an exam or a cot may as well be on offer.
_SPECIAL = (_SORE - {"age"}) | {"hidden", "belief", "ethnicity", "politics", "sexuality", "crime"}
_TAG = re.compile(r"[A-Z_]{3,}(?:_0)?")
# What a shop and its customer have with each other takes back what is said in the same clause: a
# voucher beside a loss is an offer, and the loss is no less said of the reader.
_IN_CLAUSE = frozenset({"trade", "served", "welcome", "dealt", "our", "own_list", "season"})
_CLAUSE_END = re.compile(
    r"[,;:\u2013\u2014](?: |$)|(?<=[ねがでらてしどよたすん])、"
    r"| (?:so|and|but|because|while) (?=(?:here|our|we|the|a|have|take|get|let)\b)"
)


class Frame(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to claim something; frames/_words.toml explains the fields."""

    does: tuple[str, ...]
    patterns: tuple[str, ...]
    bars: tuple[str, ...] = ()
    open: bool = False


class Claims(msgspec.Struct, frozen=True):
    """What a sentence claims.

    Attributes:
        signs: wordings found.
        asserts: families of facts it says of the reader.
        is_of_ours: whether it tells of the shop's people, of makers or of somebody in a book.
    """

    signs: frozenset[Sign] = frozenset()
    asserts: frozenset[str] = frozenset()
    is_of_ours: bool = False


_NOTHING = Claims()


class _Grammar(msgspec.Struct, frozen=True):
    """Frames ready to match: all of them in one pass, then where the hits are."""

    found: PatternSet[int]
    frames: tuple[tuple[Frame, Any, frozenset[str]], ...]
    bars: Mapping[str, Any]


def read_claims(lower: str, *, is_open: bool) -> Claims:
    """Return what a sentence claims.

    Args:
        lower: the sentence in lower case after NFKC.
        is_open: whether it leaves open whom it concerns; then only what is presumed counts.
    """
    meant = tagged(canonical(lower))
    grammar = _grammar()
    hits = sorted(grammar.found.find(meant))
    is_of_ours = _is_of_ours(meant)
    if not hits:
        return Claims(is_of_ours=True) if is_of_ours else _NOTHING
    signs: set[Sign] = set()
    asserts: set[str] = set()
    for index in hits:
        frame, pattern, bars = grammar.frames[index]
        if is_open and not frame.open:
            continue
        said = pattern.search(meant)
        if any(grammar.bars[one].search(_where(one, meant, said)) for one in bars):
            continue
        for deed in frame.does:
            if deed.startswith("asserts"):
                if is_of_ours:
                    continue
                asserts |= _matters(deed, said[0])
            else:
                signs.add(Sign(deed))
    return Claims(frozenset(signs), frozenset(asserts), is_of_ours)


def _where(bar: str, meant: str, said: Any) -> str:
    """Return the part of a sentence in which a bar takes back what is said."""
    if bar == "if":
        # In English what leaves open whom it concerns stands first: after a claim it is an offer.
        return meant[: said.end()]
    return _clause(meant, said.start(), said.end()) if bar in _IN_CLAUSE else meant


def _clause(meant: str, start: int, end: int) -> str:
    """Return what stands from `start` to `end` with the rest of its clause."""
    first = max((one.end() for one in _CLAUSE_END.finditer(meant, 0, start)), default=0)
    after = _CLAUSE_END.search(meant, end)
    return meant[first : after.start() if after else len(meant)]


def matters_in(text: str) -> frozenset[str]:
    """Return the families of private facts that the words of a sentence touch, claimed or not.

    Goods that go with a matter, such as a cot, are left out: they are on offer.
    """
    private = lexicon().private
    tags = (tag.lower() for tag in _TAG.findall(tagged(canonical(text.lower()))))
    return frozenset(tag for tag in tags if tag in private and not private[tag].family)


def _is_of_ours(meant: str) -> bool:
    bars = _grammar().bars
    return bool(bars["ours"].search(meant)) and not bars["to_reader"].search(meant)


def _matters(deed: str, span: str) -> frozenset[str]:
    """Return the families of facts that a frame says of the reader."""
    private = lexicon().private
    tags = (tag.lower().removesuffix("_0") for tag in _TAG.findall(span))
    named = frozenset(private[tag].family or tag for tag in tags if tag in private)
    if deed == "asserts_sore":
        return named & _SORE
    if deed == "asserts_health":
        return frozenset({"health"})
    # Something happened to them or theirs; what, the words do not say.
    return named or frozenset({"life_event"})


@lru_cache(maxsize=256)
def tagged(text: str) -> str:
    """Return text of the one spelling with its words replaced by what they mean, in capitals."""
    pattern, meanings, prefixes = _tags()

    def tag(found: Any) -> str:
        word = found[0]
        meaning = meanings.get(word) or next(
            meant for start, meant in prefixes.items() if word.startswith(start)
        )
        # Text is in lower case, so that a meaning is a word like others and yet none of them.
        return meaning.upper()

    return str(pattern.sub(tag, text))


@cache
def _tags() -> tuple[Any, Mapping[str, str], Mapping[str, str]]:
    """Return what finds the words of the lexicon, the longest first, and what they mean."""
    meanings: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    groups = {**lexicon().private, **lexicon().concepts}
    for name, words in groups.items():
        for word, meaning in _forms(name, words):
            if word.endswith("*"):
                prefixes.setdefault(word[:-1], meaning)
            else:
                meanings.setdefault(word, meaning)
    options = re2.Options()
    options.longest_match = True
    options.max_mem = 64 << 20
    english = [re.escape(one) for one in meanings if one.isascii()]
    english += [rf"{re.escape(one)}\w*" for one in prefixes if one.isascii()]
    japanese = [re.escape(one) for one in meanings if not one.isascii()]
    expression = rf"\b(?:{'|'.join(english)})\b|{'|'.join(japanese)}"
    return re2.compile(expression.replace(r"\ ", " "), options=options), meanings, prefixes


def _forms(name: str, words: Words) -> Iterable[tuple[str, str]]:
    """Yield each form with its meaning; bare verbs as `name_0`, they may as well be an offer."""
    verbs = [inflected(verb) for verb in words.verbs]
    yield from ((form, name) for _, _, *told in verbs for form in told)
    for word in words.words:
        yield word, name
        if word.isascii() and not word.endswith(("*", "s")):
            yield f"{word}s", name
    yield from ((form, f"{name}_0") for first, third, *_ in verbs for form in (first, third))


@cache
def _grammar() -> _Grammar:
    told = read_folder("frames")
    words = dict(_classes())
    for name, pattern in told["words"].items():
        words[name] = _filled(pattern, words)
    frames: list[tuple[Frame, Any, frozenset[str]]] = []
    for frame in msgspec.convert(told["claims"], dict[str, Frame]).values():
        for pattern in frame.patterns:
            filled = _filled(pattern, words)
            frames.append((frame, re2.compile(filled), frozenset(frame.bars)))
    found = PatternSet((index, one.pattern) for index, (_, one, _) in enumerate(frames))
    bars = {name: re2.compile(_filled(one, words)) for name, one in told["bars"].items()}
    return _Grammar(found, tuple(frames), bars)


def _classes() -> Mapping[str, str]:
    private = lexicon().private
    return {
        "private": _one_of(private),
        "distress": _one_of(name for name in private if name in _DISTRESS),
        "special": _one_of(name for name in private if name in _SPECIAL),
        "maybe": _one_of(f"{name}_0" for name in private),
        "kin": f"{_one_of(['kin', 'offspring'])}(?:さま|さん|たち)?",
        **{name: _one_of([name, f"{name}_0"]) for name in lexicon().concepts if name != "kin"},
    }


def _one_of(meanings: Iterable[str]) -> str:
    return rf"(?:{'|'.join(meanings).upper()})\b"


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    in_one_line = re.sub(r"(?:^|\n) *", "", pattern)
    return re.sub(r"<(\w+)>", lambda found: words[found[1]], in_one_line)
