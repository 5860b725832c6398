"""Sixteen categories, found by words in the source's descriptions: it names none itself."""

import re
from functools import cache

import msgspec

from kikubari.demo._resources import word_list

_FALLBACK = "decor"


class Category(msgspec.Struct, frozen=True):
    """A category of the shop.

    Attributes:
        slug: the key, also of its pictures.
        name: English name, as in `category` of products and orders.
        name_ja: Japanese name.
        title_ja: the noun a Japanese title ends in when no word of it is known.
    """

    slug: str
    name: str
    name_ja: str
    title_ja: str


CATEGORIES = {row[0]: Category(*row) for row in word_list("categories")}


@cache
def _rules() -> list[tuple[Category, re.Pattern[str]]]:
    return [
        (CATEGORIES[slug], re.compile(rf"\b(?:{words})\b"))
        for slug, words in word_list("category_words")
    ]


def category_of(description: str) -> Category:
    """Return the category that the words of an English description point to."""
    text = description.upper()
    found = (category for category, pattern in _rules() if pattern.search(text))
    return next(found, CATEGORIES[_FALLBACK])
