"""What may be recommended to whom, whatever ranks it; and how alike a list may be."""

from collections.abc import Sequence
from typing import NamedTuple

from kikubari.catalog import Product
from kikubari.decide.recommend.contracts import SensitiveProducts, Strategy
from kikubari.decide.recommend.shelf import categories_of, paths_of
from kikubari.decide.recommend.situation import Pick, Situation, is_bought_again
from kikubari.decide.recommend.writings import is_published, names_of, names_of_paths

# What a product of a category that the list has already must be better by, in places.
_COST_OF_MORE = {
    Strategy.FOR_YOU: 2,
    Strategy.NEW_FOR_YOU: 8,
    Strategy.TRENDING: 2,
    Strategy.COLD_START: 2,
    Strategy.GOES_WITH: 1,
    Strategy.NEXT_AFTER: 1,
    Strategy.CONTENT: 2,
}


class Allowed(NamedTuple):
    """A pick that no rule stands against, with its product."""

    pick: Pick
    product: Product


class Rules:
    """Stock, exclusions, margin, what was bought, is not wanted, is for others, says too much."""

    def __init__(self, sensitive: SensitiveProducts) -> None:
        self._sensitive = sensitive

    def allows(self, product: Product, situation: Situation, strategy: Strategy) -> bool:
        """Say whether a product may be recommended in a situation; content by its own strategy."""
        request, name = situation.request, product.product_id
        if product.is_content is not (strategy is Strategy.CONTENT):
            return False
        if name in situation.seeds or name in request.excluded:
            return False
        if product.is_content:
            return self._may_be_read(product, situation)
        return self._may_be_sold(product, situation)

    def _may_be_sold(self, product: Product, situation: Situation) -> bool:
        """Say whether goods can be had, earn enough, and are neither unwanted nor there already."""
        request, name = situation.request, product.product_id
        if not product.is_orderable(situation.now.date()):
            return False
        paths = paths_of(product)
        if request.categories and not set(request.categories).intersection(paths):
            return False
        is_unwanted = situation.trace.dismissed.intersection((name, *paths))
        if is_unwanted or situation.withheld.intersection(categories_of(product)):
            return False
        if _earns_too_little(product, request.min_margin_percent):
            return False
        return _may_come_again(product, situation) and not self._sensitive.is_sensitive(product)

    def _may_be_read(self, content: Product, situation: Situation) -> bool:
        """Say whether content is out, about what was asked for, and of nothing that is unwanted."""
        about, asked = names_of(content), situation.request.categories
        if not is_published(content, situation.now.date()):
            return False
        if asked and not about.intersection(names_of_paths(asked)):
            return False
        unwanted = names_of_paths((*situation.trace.dismissed, *situation.withheld))
        if content.product_id in situation.trace.dismissed or about & unwanted:
            return False
        return not self._sensitive.is_sensitive(content)

    def may_be_named(self, product: Product | None) -> bool:
        """Say whether a reason may name a product: its name alone can say too much."""
        return product is None or not self._sensitive.is_sensitive(product)


def _earns_too_little(product: Product, least: float | None) -> bool:
    margin = product.margin_percent
    return least is not None and margin is not None and margin < least


def _may_come_again(product: Product, situation: Situation) -> bool:
    """Say whether a product was never bought, is used up, or bought again by the person."""
    times = situation.trace.bought.get(product.product_id)
    if times is None or product.is_consumable or len(times) > 1:
        return True
    return product.is_consumable is None and is_bought_again(situation.learned, product.product_id)


def spread(allowed: Sequence[Allowed], strategy: Strategy, limit: int) -> list[Allowed]:
    """Return the best of a list, no category crowding out the others.

    Each product of a category that is in already sets the next ones of it back by some places:
    maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998) with ranks for relevance.
    """
    cost = _COST_OF_MORE.get(strategy, 0)
    left = list(enumerate(allowed))
    taken: list[Allowed] = []
    counts: dict[str | None, int] = {}
    while left and len(taken) < limit:
        at = min(
            range(len(left)),
            key=lambda at: left[at][0] + cost * counts.get(_kind_of(left[at][1].product), 0),
        )
        _, best = left.pop(at)
        kind = _kind_of(best.product)
        counts[kind] = counts.get(kind, 0) + 1
        taken.append(best)
    return taken


def _kind_of(product: Product) -> str | None:
    return product.topic or product.category if product.is_content else product.category
