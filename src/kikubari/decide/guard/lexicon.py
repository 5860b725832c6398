"""The words that claims about a reader are put together from, and the ways they are spelt."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of one meaning; words/life.toml explains the fields."""

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
    """Return the lexicon of all files in the folder words."""
    return msgspec.convert(read_folder("words"), Lexicon)


def read_folder(name: str) -> dict[str, dict[str, Any]]:
    """Return the tables of all TOML files of a folder of this package, as of one file."""
    tables: dict[str, dict[str, Any]] = {}
    folder = files("kikubari.decide.guard") / name
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        for table, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            tables.setdefault(table, {}).update(entries)
    return tables
