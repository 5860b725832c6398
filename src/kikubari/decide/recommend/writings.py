"""Articles and guides: what they are about, for whom they are, and since when."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from kikubari.catalog import Product


class Writing(NamedTuple):
    """An article or guide, prepared for being found.

    Attributes:
        product_id: of it.
        about: topic and categories, see `names_of`.
        stage: for whom it is, in small letters; empty: for everybody.
        day: of its release, else of what was last said of it.
    """

    product_id: str
    about: frozenset[str]
    stage: str
    day: date


def to_writing(content: Product) -> Writing:
    """Return what tells whom an article or guide suits."""
    return Writing(
        content.product_id,
        names_of(content),
        (content.stage or "").casefold(),
        content.released_on or content.updated_at.date(),
    )


def names_of(content: Product) -> frozenset[str]:
    """Return what content is about, in small letters: topic, and categories with those above."""
    path = content.category_path or ((content.category,) if content.category else ())
    return names_of_paths(
        (content.topic or "", *(" > ".join(path[: at + 1]) for at in range(len(path))))
    )


def names_of_paths(categories: Iterable[str]) -> frozenset[str]:
    """Return categories in small letters, each as it is and without those above it."""
    found = {name.casefold() for one in categories for name in (one, one.split(" > ")[-1])}
    return frozenset(found - {""})


def is_published(content: Product, on: date) -> bool:
    """Say whether it can be read on a day."""
    return not content.is_gone and (content.released_on is None or content.released_on <= on)
