"""Classes of attributes guessed from names and values; needs no data and no network."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from kikubari.collect.governance import _terms as terms
from kikubari.collect.governance.contracts import (
    AttributeKind,
    ClassBasis,
    Classification,
    PiiClass,
    Sensitivity,
)
from kikubari.events import IDENTIFYING_TRAITS

# From this share of values on, a format counts as the attribute's own.
_MOSTLY = 0.5
_CARD_DIGITS = range(13, 20)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATORS = re.compile(r"[\W_]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"(?:\+\d[\d\- ()]{7,18}\d|0\d{1,4}[-(]\d{1,4}[-)]\d{3,4}|0[5789]0\d{8})")
_POSTAL_CODE = re.compile(r"〒?\d{3}-\d{4}")
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_CARD = re.compile(r"\d[\d -]{11,22}\d")


@lru_cache(maxsize=8192)
def classify_name(name: str, kind: AttributeKind = AttributeKind.TRAIT) -> Classification:
    """Return the classes that an attribute's name gives away.

    Args:
        name: of a trait, or the path of a property; of a path, the last part counts for `pii`.
        kind: a property called `name` is a product's or page's, a trait called so a person's.
    """
    words = _words(name)
    sensitivity, is_proxy = find_sensitivity(name)
    pii = _pii_of_name(name, words, kind)
    is_known = pii is not PiiClass.NONE or sensitivity is not Sensitivity.NONE
    basis = ClassBasis.NAME if is_known else ClassBasis.NOTHING
    return Classification(pii, sensitivity, is_proxy, basis)


def classify(
    name: str, kind: AttributeKind, values: Sequence[str], *, choices: Sequence[str] = ()
) -> Classification:
    """Return the classes that a name, or what was seen, give away; the stricter of each.

    Args:
        name: of the attribute.
        kind: of the attribute.
        values: some values, whose format tells how personal they are.
        choices: frequent values of an attribute that has few: what people chose or looked at.
            Names of single products are no choices: every shop has an apron for children.
    """
    by_name = classify_name(name, kind)
    pii = _pii_of_values(values)
    sensitivity, is_proxy = _sensitivity_of_values(choices)
    if _STRICTNESS[pii] > _STRICTNESS[by_name.pii]:
        kept = (by_name.sensitivity, by_name.is_proxy)
        return Classification(pii, *kept, ClassBasis.FORMAT)
    if by_name.sensitivity is Sensitivity.NONE and sensitivity is not Sensitivity.NONE:
        return Classification(by_name.pii, sensitivity, is_proxy, ClassBasis.VALUES)
    return by_name


def find_sensitivity(text: str) -> tuple[Sensitivity, bool]:
    """Return the special category a name or value speaks of, and whether only by proxy."""
    words = _words(text)
    for category, english, japanese in terms.SENSITIVE:
        if english.search(words) or japanese.search(words):
            return category, False
    for category, english, japanese in terms.PROXIES:
        if english.search(words) or japanese.search(words):
            return category, True
    return Sensitivity.NONE, False


class BuiltInClasses:
    """Classes by name alone."""

    def find(self, name: str, *, event: str = "") -> Classification:
        """Return the classes of a trait; with `event`, of that event's property."""
        return classify_name(name, AttributeKind.PROPERTY if event else AttributeKind.TRAIT)


_STRICTNESS = {
    PiiClass.NONE: 0,
    PiiClass.QUASI: 1,
    PiiClass.CONTACT: 2,
    PiiClass.IDENTIFYING: 3,
}


def _words(name: str) -> str:
    """Return a name in one spelling: ``billingEmail`` and ``Billing e-mail`` both in words."""
    text = unicodedata.normalize("NFKC", _CAMEL.sub("_", name)).casefold()
    return _SEPARATORS.sub("_", text).strip("_")


def _pii_of_name(name: str, words: str, kind: AttributeKind) -> PiiClass:
    own = _words(name.rpartition(".")[2])
    if kind is AttributeKind.PROPERTY and own in terms.NAMES_OF_THINGS:
        return PiiClass.NONE
    for pii, exact, contained, japanese in terms.PERSONAL:
        if own in exact or contained.search(words) or japanese.search(words):
            return pii
    return PiiClass.IDENTIFYING if name in IDENTIFYING_TRAITS else PiiClass.NONE


def _pii_of_values(values: Sequence[str]) -> PiiClass:
    if not values:
        return PiiClass.NONE
    formats = (
        (PiiClass.IDENTIFYING, _is_card),
        (PiiClass.CONTACT, lambda value: bool(_EMAIL.fullmatch(value))),
        (PiiClass.CONTACT, lambda value: bool(_PHONE.fullmatch(value))),
        (PiiClass.QUASI, lambda value: bool(_POSTAL_CODE.fullmatch(value))),
        (PiiClass.QUASI, lambda value: bool(_IP.fullmatch(value))),
    )
    for pii, fits in formats:
        if sum(map(fits, values)) >= _MOSTLY * len(values):
            return pii
    return PiiClass.NONE


def _is_card(value: str) -> bool:
    """Say whether a text is a card number: its length and its check digit (Luhn) are right."""
    digits = [int(char) for char in value if char.isdigit()]
    if len(digits) not in _CARD_DIGITS or not _CARD.fullmatch(value):
        return False
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _sensitivity_of_values(values: Sequence[str]) -> tuple[Sensitivity, bool]:
    """Return the category of the first value that has one: one such shelf makes a list telling."""
    for value in values:
        found = find_sensitivity(value)
        if found[0] is not Sensitivity.NONE:
            # A value says what somebody looked at or chose, seldom what somebody is.
            return found[0], True
    return Sensitivity.NONE, False


def is_personal_text(text: str) -> bool:
    """Say whether a text by itself reaches or identifies somebody, whatever field it is in."""
    return bool(_EMAIL.search(text) or _PHONE.search(text)) or _is_card(text)
