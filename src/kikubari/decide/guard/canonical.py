"""Brings words into one spelling, so that a lexicon needs each of them once.

English: contractions are spelt out, and adverbs that only colour a verb are dropped, so that
“you've only just really started” and “you have started” are the same. Japanese: kanji and kana
spellings of the same everyday word become one.
"""

import re
from functools import cache

from kikubari.decide.guard.lexicon import lexicon


@cache
def _spelling() -> tuple[re.Pattern[str], dict[str, str]]:
    spellings = lexicon().spellings
    words = sorted(spellings, key=len, reverse=True)
    parts = [rf"\b{re.escape(one)}\b" if one[0].isascii() else re.escape(one) for one in words]
    return re.compile("|".join(parts)), dict(spellings)


_CONTRACTIONS = (
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b(he|she|it|that|there|here|who|what|how|where)'s\b"), r"\1 is"),
)
_NO_ADVERB = (
    "family|only|early|lonely|elderly|daily|weekly|monthly|silly|fly|reply|supply|belly|jelly|ugly"
    "|july|italy|assembly|butterfly|lily|holly|lovely|lively|friendly|smelly|curly|sickly|homely"
    "|hardly|barely|scarcely|rarely|apply|bully"
)
_COLOUR = re.compile(
    r"\b(?:just|only|also|really|so|very|quite|both|then|finally|ever|even|all|simply|clearly"
    rf"|too|pretty|rather|(?!(?:{_NO_ADVERB})\b)\w{{3,}}ly) (?=\w)"
)
_YOURS = re.compile(r"\b(?:those|that|this|these) (\w+) of yours\b")
_NOW_THAT = re.compile(r"(?<!by )\bnow (?:that )?(?=you|your|the|he|she|they)\b")


def canonical(text: str) -> str:
    """Return text, in lower case after NFKC, in the one spelling that lexicons are written in."""
    if text.isascii():
        for pattern, spelt in _CONTRACTIONS:
            text = pattern.sub(spelt, text)
        text = _YOURS.sub(r"your \1", text)
        text = _NOW_THAT.sub("since ", text)
        return _COLOUR.sub("", text)
    pattern, spelt_as = _spelling()
    return pattern.sub(lambda found: spelt_as[found[0]], text)


_VOWELS = "aeiou"


@cache
def inflected(word: str) -> tuple[str, ...]:
    """Return a word of English with its regular and irregular forms; a phrase by its first word.

    >>> inflected("leave home")
    ('leave home', 'leaves home', 'leaving home', 'left home')
    """
    first, _, rest = word.partition(" ")
    tail = f" {rest}" if rest else ""
    base = first[:-1] if first.endswith("e") and not first.endswith("ee") else first
    # Whether a last consonant doubles is left open: a form that does not exist meets no text.
    stems = (base, base + first[-1]) if first[-1] not in _VOWELS + "wxy" else (base,)
    past = lexicon().irregular.get(first)
    if past is None:
        past = (f"{first[:-1]}ied",) if _ends_in_ies(first) else tuple(f"{one}ed" for one in stems)
    doing = tuple(f"{one}ing" for one in stems)
    return tuple(f"{form}{tail}" for form in (first, _third(first), *doing, *past))


def _third(word: str) -> str:
    if _ends_in_ies(word):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh", "o")) else f"{word}s"


def _ends_in_ies(word: str) -> bool:
    return word.endswith("y") and word[-2:-1] not in _VOWELS
