"""What a fact is about and how sensitive that is: by its category, its name, or a sentence."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from kikubari.decide.guard.contracts import FactOfUse, Sensitivity
from kikubari.decide.personalise import Provenance

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ASCII = re.compile(r"[a-z0-9]+")

_ADDRESS = frozenset(
    {
        *("name", "first name", "last name", "full name", "given name", "family name", "nickname"),
        *("display name", "customer", "language", "locale", "timezone", "time zone"),
        *("first name kana", "last name kana", "name kana", "氏名", "名前", "お名前", "姓", "名"),
    }
)

# Families of which one gives the other away, or is said along with it.
_RELATED = (
    frozenset({"life_event", "relationship"}),
    frozenset({"reproductive", "children"}),
    frozenset({"health", "mental_health"}),
    frozenset({"bereavement", "relationship"}),
)


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Facts about one matter; vocabulary.toml explains the fields."""

    level: Sensitivity
    categories: tuple[str, ...]
    words: tuple[str, ...]
    hints: tuple[str, ...]
    says: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ()


@cache
def families() -> Mapping[str, Family]:
    """Return all families by name, the most sensitive first."""
    text = (files("kikubari.decide.guard") / "vocabulary.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Family])


@lru_cache(maxsize=8192)
def normalise(name: str) -> str:
    """Return a name as words in one spelling: ``dueDate``, ``due_date`` → ``due date``."""
    plain = unicodedata.normalize("NFKC", _CAMEL.sub(" ", name)).lower()
    return " ".join(re.split(r"[\W_]+", plain)).strip()


@cache
def _by_category() -> Mapping[str, str]:
    return {
        normalise(word): name
        for name, family in families().items()
        for word in (name, *family.categories)
    }


@lru_cache(maxsize=4096)
def family_of_category(category: str) -> str | None:
    """Return the family a category names, None for a category nobody knows."""
    return _by_category().get(normalise(category))


def is_special_category(category: str) -> bool:
    """Say whether a category's whole name is that of a special category of knowledge."""
    family = family_of_category(category)
    return family is not None and families()[family].level is Sensitivity.S3


@lru_cache(maxsize=4096)
def family_of_name(name: str) -> str | None:
    """Return the family the words of a name belong to, the most sensitive one."""
    plain = normalise(name)
    for key, family in families().items():
        if _is_in((*family.words, *family.hints), plain):
            return key
    return None


@lru_cache(maxsize=4096)
def _special_family_of_name(name: str) -> str | None:
    """Return the special category that a name says outright."""
    plain = normalise(name)
    for key, family in families().items():
        if family.level is Sensitivity.S3 and _is_in(family.words, plain):
            return key
    return None


def _is_in(words: Iterable[str], plain: str) -> bool:
    padded = f" {plain} "
    for word in words:
        if not word.isascii():
            found = word in plain
        elif word.endswith("*"):
            found = f" {normalise(word)}" in padded
        else:
            found = f" {normalise(word)} " in padded
        if found:
            return True
    return False


def sensitivity_of_name(name: str) -> Sensitivity | None:
    """Return how sensitive the words of a name are; None where no family is named."""
    family = family_of_category(name) or family_of_name(name)
    return families()[family].level if family is not None else None


@lru_cache(maxsize=4096)
def is_address(name: str) -> bool:
    """Say whether a fact of this name is a form of address: wherever it is from, it is no news."""
    return normalise(name) in _ADDRESS


def family_of(use: FactOfUse) -> str:
    """Return what a fact is about.

    A category is believed, unless the fact's name says outright that it belongs to a special
    one; an unknown category is judged by the name.
    """
    named = family_of_category(use.category) if use.category else None
    if named is not None and families()[named].level is Sensitivity.S3:
        return named
    special = _special_family_of_name(use.attribute)
    if special is not None:
        return special
    return named or family_of_name(use.attribute) or use.category or "unknown"


def sensitivity_of(use: FactOfUse, family: str) -> Sensitivity:
    """Return how sensitive a fact is, by its family and by where it comes from.

    Income is S2 when somebody outside tells it, S1 as a declared band or as spending power in
    one's own shop. A family nobody knows is S1, the level of a loose fact.
    """
    known = families().get(family)
    level = known.level if known is not None else Sensitivity.S1
    if family == "finance_basic" and use.provenance is Provenance.THIRD_PARTY:
        level = Sensitivity.S2
    if use.sensitivity is not None and use.sensitivity.rank > level.rank:
        return use.sensitivity
    return level


def are_related(one: str, other: str) -> bool:
    """Say whether knowing of one family is knowing of the other."""
    return one == other or any({one, other} <= group for group in _RELATED)
