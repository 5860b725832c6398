"""What the shop writes: articles and guides about its own goods, all of them simulated."""

from datetime import date, timedelta

import msgspec

from kikubari.demo._resources import word_list
from kikubari.demo.categories import CATEGORIES, Category


class Article(msgspec.Struct, frozen=True):
    """Something to read.

    Attributes:
        article_id: beside the ids of products.
        category: of the goods it is about.
        kind: article or guide.
        stage: of life that it is for; empty: for everybody.
        released_on: day from which it may be read.
    """

    article_id: str
    category: Category
    kind: str
    stage: str
    released_on: date
    title: str
    title_ja: str
    description: str
    description_ja: str


def list_articles(newest_on: date) -> list[Article]:
    """Return what the shop has written until the day of its newest order."""
    return [
        Article(
            f"read-{name}",
            CATEGORIES[category],
            kind,
            stage,
            newest_on - timedelta(days=int(days)),
            *words,
        )
        for name, category, kind, stage, days, *words in word_list("articles")
    ]
