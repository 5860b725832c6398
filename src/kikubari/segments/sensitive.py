"""Attributes that say too much about somebody: special categories, and what gives them away.

Classes follow GDPR Art. 9(1) and 10, the Japanese 要配慮個人情報 (APPI Art. 2(3)), and Google's
rules for personalised advertising; inference counts as much as a statement (CJEU C-184/20). A name
is judged by the words in it, in Japanese and in English; a value by the same words.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from kikubari.spec.conditions import Condition, walk

# special: never select by it unless the person said so for that purpose. delicate: think twice.
# proxy: stands in for a special category without naming it.
Level = Literal["special", "delicate", "proxy"]
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ASCII = re.compile(r"[a-z0-9]+")


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One category of sensitive knowledge.

    Attributes:
        level: how sensitive.
        ja: its name in Japanese.
        en: its name in English.
        words: English words that stand alone in a name or value, and Japanese parts of it.
    """

    level: Level
    ja: str
    en: str
    words: tuple[str, ...]


class Finding(msgspec.Struct, frozen=True):
    """Something sensitive in a condition."""

    path: str
    key: str
    category: Category
    text: str


@cache
def categories() -> Mapping[str, Category]:
    """Return all categories by key."""
    file = files("kikubari.segments") / "sensitive.toml"
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), dict[str, Category])


def class_of_name(text: str) -> str | None:
    """Return the key of the category that a name or value belongs to, None if it is harmless."""
    plain = unicodedata.normalize("NFKC", text)
    words = " ".join(_ASCII.findall(_CAMEL.sub(" ", plain).lower()))
    for key, category in categories().items():
        for word in category.words:
            is_there = f" {word} " in f" {words} " if word.isascii() else word in plain
            if is_there:
                return key
    return None


def find_sensitive(tree: Condition) -> Iterator[Finding]:
    """Yield what is sensitive in a tree, condition by condition, each category once."""
    for path, node in walk(tree):
        seen: set[str] = set()
        for text in _texts(node):
            key = class_of_name(text)
            if key is not None and key not in seen:
                seen.add(key)
                yield Finding(path, key, categories()[key], text)


def _texts(node: Condition) -> Iterator[str]:
    """Yield the names and values of one condition, not of those below it."""
    value = msgspec.to_builtins(node)
    yield from _inside({name: one for name, one in value.items() if name not in {"type", "of"}})
    if isinstance(value.get("of"), dict) and "type" not in value["of"]:
        yield from _inside(value["of"])


def _inside(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in {"type", "on"}:
                yield from _inside(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _inside(one)
