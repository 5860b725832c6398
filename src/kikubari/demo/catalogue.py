"""The catalogue: real products, titles and prices; simulated Japanese titles, brand and stock."""

import re
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
import numpy as np

from kikubari.demo._resources import dice, word_list
from kikubari.demo.categories import Category, category_of
from kikubari.demo.source import DAY_SECONDS, Sales

# The shop's former name was also the address of a real web site.
_WEB_SHOP = re.compile(r",?\s*dotcomgiftshop(\.com)?\s*")
# Around pattern and colour in Japanese titles.
OPEN, CLOSE = "\N{FULLWIDTH LEFT PARENTHESIS}", "\N{FULLWIDTH RIGHT PARENTHESIS}"
_SMALL_WORDS = frozenset({"and", "of", "in", "with", "the", "for", "on", "a", "to", "or", "by"})
_BRANDS = ("Little Robin", "Hazel & Fern", "Kotori", "Old Mill Lane", "Penny Post", "Marigold Row")
# Goods first sold within this time of the sample's start may well be older than it.
_UNKNOWN_RELEASE_DAYS = 21
_RECENT_DAYS = 60
_MOST_TITLE_PARTS = 5


class Product(msgspec.Struct, frozen=True):
    """One product.

    Attributes:
        price: the median price it was sold at, pence.
        cost: what the shop pays for a piece, pence.
        popularity: lines sold in the last sixty days, for choosing what people look at.
        released_on: day of first sale, ISO; empty where the sample does not show it.
    """

    product_id: str
    title: str
    title_ja: str
    category: Category
    price: int
    stock: int
    brand: str
    released_on: str
    cost: int
    popularity: int


def build_catalogue(sales: Sales, seed: int) -> list[Product]:
    """Return the products in the order of `sales.codes`."""
    rng = dice(seed, "catalogue")
    order_of_line = np.repeat(np.arange(len(sales.order_ids)), np.diff(sales.first_line))
    sold_at = sales.ordered_at[order_of_line]
    by_product = np.argsort(sales.product, kind="stable")
    bounds = np.searchsorted(sales.product[by_product], np.arange(len(sales.codes) + 1))
    newest = int(sales.ordered_at.max())
    oldest = int(sales.ordered_at.min())
    costs = dice(seed, "costs")
    products = []
    for i, code in enumerate(sales.codes):
        lines = by_product[bounds[i] : bounds[i + 1]]
        recent = int((sold_at[lines] > newest - _RECENT_DAYS * DAY_SECONDS).sum())
        title = sales.descriptions[i]
        category = category_of(title)
        first = int(sold_at[lines].min())
        price = int(np.median(sales.price[lines]))
        is_known = first > oldest + _UNKNOWN_RELEASE_DAYS * DAY_SECONDS
        products.append(
            Product(
                product_id=code,
                title=_title(title),
                title_ja=_japanese_title(title, category),
                category=category,
                price=price,
                stock=_stock(recent, rng.random()),
                brand=rng.choice(_BRANDS),
                released_on=_day(first) if is_known else "",
                cost=round(price * costs.uniform(0.35, 0.65)),
                popularity=recent,
            )
        )
    return products


def _day(seconds: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).date().isoformat()


def _stock(recent_lines: int, chance: float) -> int:
    """Return a plausible stock: a few goods sold out, a few nearly, the rest by demand."""
    sold_out, low = 0.06, 0.14
    if chance < sold_out:
        return 0
    if chance < low:
        return 1 + int(chance * 1000) % 5
    return 8 + int((recent_lines + 4) * (0.5 + 2.5 * chance))


def _title(description: str) -> str:
    """Write SET OF 3 CAKE TINS PANTRY DESIGN as Set of 3 Cake Tins Pantry Design."""
    text = re.sub(r"\s*([,+])\s*", r"\1 ", description.strip("*. ").lower()).replace("+ ", " + ")
    text = _WEB_SHOP.sub("", text)
    words = [word if word in _SMALL_WORDS else _capital(word) for word in text.split()]
    words[0] = _capital(words[0])
    return " ".join(words)


def _capital(word: str) -> str:
    return re.sub(r"(^|[-/(\"&])([a-z])", lambda found: found[0].upper(), word)


@cache
def _phrases() -> dict[str, tuple[str, str]]:
    return {english: (kind, japanese) for english, kind, japanese in word_list("words_ja")}


@cache
def _longest_phrase() -> int:
    return max(phrase.count(" ") for phrase in _phrases()) + 1


def _japanese_title(description: str, category: Category) -> str:
    """Compose a short Japanese title from a word list: things, (pattern, colour), pieces."""
    text = description.upper().replace(",", " ")
    count = re.search(r"\b(?:SET OF|SET/|S/|PACK OF|BOX OF|PACK/)\s*(\d+)\b", text)
    parts: dict[str, list[str]] = {"n": [], "p": [], "c": []}
    for kind, japanese in _translated(re.findall(r"[A-Z][A-Z'\-]*", text)):
        if japanese not in parts[kind]:
            parts[kind].append(japanese)
    # What describes (大きな, 木製) comes before what it describes, wherever English put it.
    things = sorted(parts["n"][-_MOST_TITLE_PARTS:], key=_is_noun)
    if not things or not _is_noun(things[-1]):
        things.append(category.title_ja)
    details = "・".join(parts["p"][:1] + parts["c"][:2])
    title = _joined(things)
    if details:
        title += f"{OPEN}{details}{CLOSE}"
    return f"{title} {count[1]}点セット" if count and count[1] != "1" else title


def _is_noun(word: str) -> bool:
    return not word.endswith(("の", "な", "い", "入り", "製", "風", "調", "用"))


def _joined(things: list[str]) -> str:
    """Join words; a noun follows at once on what describes it."""
    text = ""
    for thing in things:
        text += f" {thing}" if text and _is_noun(text) else thing
    return text


def _translated(words: list[str]) -> list[tuple[str, str]]:
    found = []
    start = 0
    while start < len(words):
        for length in range(_longest_phrase(), 0, -1):
            match = _phrases().get(" ".join(words[start : start + length]))
            if match:
                found.append(match)
                break
        start += length
    return found


class Shelf(msgspec.Struct, frozen=True):
    """Products of one category, to draw from by popularity.

    Attributes:
        members: indexes into the catalogue.
        cumulative: running sum of their weights.
    """

    members: list[int]
    cumulative: list[int]

    def draw(self, chance: float) -> int:
        """Return the catalogue index that a uniform chance in [0, 1) falls on."""
        return self.members[bisect_left(self.cumulative, chance * self.cumulative[-1])]


def shelves(products: list[Product]) -> dict[str, Shelf]:
    """Return one shelf for each category, by its slug; what sells is looked at more often."""
    members: dict[str, list[int]] = {}
    for i, product in enumerate(products):
        members.setdefault(product.category.slug, []).append(i)
    return {
        slug: Shelf(
            members=rows,
            cumulative=np.cumsum([products[i].popularity + 1 for i in rows]).tolist(),
        )
        for slug, rows in members.items()
    }
