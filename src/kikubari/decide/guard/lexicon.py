"""The words that claims about a reader are put together from, and the ways they are spelt."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of one meaning; lexicon.toml explains the fields."""

    verbs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    family: str = ""


class Lexicon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All words by what they mean.

    Attributes:
        spellings: variant → the spelling used here.
        irregular: forms of English verbs other than the regular ones.
        private: words by the family of facts they touch.
        concepts: words of no private matter, by what they mean.
    """

    spellings: Mapping[str, str]
    irregular: Mapping[str, tuple[str, ...]]
    private: Mapping[str, Words]
    concepts: Mapping[str, Words]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of lexicon.toml."""
    text = (files("kikubari.decide.guard") / "lexicon.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Lexicon)
