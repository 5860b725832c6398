"""What products are, prepared for likeness: words, brand and category of the whole catalogue."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikubari.catalog import Product
from kikubari.decide.recommend.writings import Writing, names_of_paths, to_writing

_WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_FEWEST_LETTERS = 2


@dataclass(frozen=True, eq=False)
class _Table:
    """Lists of numbers; those of row r are `starts[r]` on."""

    starts: NDArray[np.int64]
    numbers: NDArray[np.int32]

    def of(self, row: int) -> NDArray[np.int32]:
        return self.numbers[self.starts[row] : self.starts[row + 1]]


class Shelf:
    """The products of a shop by likeness, and those that were in it, which some people bought.

    Likeness is the cosine of their words, each weighed by how rare it is (tf-idf, Salton and
    Buckley 1988); category and brand are words too, and so are pairs of letters of words that are
    written without spaces.

    Args:
        products: of the catalogue; content is kept apart, in `writings`.
    """

    def __init__(self, products: Iterable[Product] = ()) -> None:
        self._owner: dict[str, str] = {}
        is_gone: list[bool] = []
        self._telling: set[str] = set()
        self.ids: list[str] = []
        self._categories: dict[str, tuple[str, ...]] = {}
        self._category_ja: dict[str, str] = {}
        words: list[set[str]] = []
        writings: list[Writing] = []
        for product in products:
            self._owner |= {one.variant_id: product.product_id for one in product.variants}
            if product.is_content:
                writings.append(to_writing(product))
                continue
            self.ids.append(product.product_id)
            is_gone.append(product.is_gone)
            paths = paths_of(product)
            self._categories[product.product_id] = paths
            if product.sensitive_class:
                self._telling.update(paths[-1:])
            if paths and product.category_ja:
                self._category_ja[paths[-1]] = product.category_ja
            words.append(_words_of(product))
        telling = names_of_paths(self._telling)
        self.writings = tuple(one for one in writings if not one.about & telling)
        self._place = {name: place for place, name in enumerate(self.ids)}
        self._is_gone = np.array(is_gone, dtype=bool)
        self._words, self._holders = _index(words)
        held = np.diff(self._holders.starts)
        self._weights = np.log(1 + len(words) / np.maximum(held, 1)).astype(np.float32) ** 2
        self._lengths = np.array(
            [np.sqrt(self._weights[self._words.of(place)].sum()) for place in range(len(words))],
            dtype=np.float32,
        )

    def product_of(self, item_id: str) -> str:
        """Return the product that a product's or variant's id names."""
        return self._owner.get(item_id, item_id)

    def categories_of(self, product_id: str) -> tuple[str, ...]:
        """Return a product's category and those above it, the narrowest last."""
        return self._categories.get(product_id, ())

    def is_telling(self, category: str) -> bool:
        """Say whether any product of a category says too much about who buys it."""
        return category in self._telling

    def category_ja(self, category: str) -> str | None:
        """Return a category's Japanese name."""
        return self._category_ja.get(category)

    def variants_of(self, product_ids: Collection[str]) -> dict[str, str]:
        """Return the product of every variant of some products."""
        return {one: owner for one, owner in self._owner.items() if owner in product_ids}

    def like(
        self, product_id: str, limit: int, *, has_gone: bool = False
    ) -> list[tuple[str, float]]:
        """Return the products most like one, with their likeness from 0 to 1.

        Args:
            product_id: of the one, which may be gone.
            limit: products at most.
            has_gone: what is no longer in the shop, too.
        """
        place = self._place.get(product_id)
        if place is None:
            return []
        alike = np.zeros(len(self.ids), dtype=np.float32)
        for word in self._words.of(place):
            alike[self._holders.of(word)] += self._weights[word]
        alike /= self._lengths * self._lengths[place] + np.float32(1e-9)
        alike[place] = 0
        if not has_gone:
            alike[self._is_gone] = 0
        best = np.argsort(-alike, kind="stable")[:limit]
        return [(self.ids[one], float(alike[one])) for one in best if alike[one] > 0]


def owners_of(products: Iterable[Product]) -> dict[str, str]:
    """Return the product of every variant."""
    return {
        variant.variant_id: product.product_id
        for product in products
        for variant in product.variants
    }


def paths_of(product: Product) -> tuple[str, ...]:
    """Return a product's category and those above it, as feeds write them, the narrowest last."""
    path = product.category_path or ((product.category,) if product.category else ())
    return tuple(" > ".join(path[: depth + 1]) for depth in range(len(path)))


def categories_of(product: Product) -> tuple[str, ...]:
    """Return a product's category as the shop writes it, too, and those above it."""
    return (*paths_of(product), product.category or "")


def _words_of(product: Product) -> set[str]:
    words = {f"category:{path}" for path in paths_of(product)}
    if product.brand:
        words.add(f"brand:{product.brand}")
    for text in (product.title, product.title_ja):
        for word in _WORD.findall((text or "").lower()):
            if word.isascii():
                words.add(word)
            else:
                words.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
    return {word for word in words if len(word) >= _FEWEST_LETTERS or not word.isascii()}


def _index(words: list[set[str]]) -> tuple[_Table, _Table]:
    """Return the numbers of each product's words, and the places of each word's products."""
    number = {word: at for at, word in enumerate(sorted(set().union(*words)))}
    lists = [np.array([number[word] for word in sorted(one)], dtype=np.int32) for one in words]
    lengths = np.array([len(one) for one in lists], dtype=np.int64)
    word = np.concatenate([np.zeros(0, dtype=np.int32), *lists])
    place = np.repeat(np.arange(len(lists), dtype=np.int32), lengths)
    order = np.argsort(word, kind="stable")
    return (
        _Table(np.concatenate([[0], np.cumsum(lengths)]), word),
        _Table(np.searchsorted(word[order], np.arange(len(number) + 1)), place[order]),
    )
