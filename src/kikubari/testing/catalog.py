"""Twins of what the catalogue needs to know of people."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from pyroaring import BitMap

from kikubari.catalog import Product, Tie, Watcher, WatcherCounts, WatcherPage


class ListedWatchers:
    """Watchers by item from a mapping; `position` is how far the log is taken into account.

    `fitting` are the watchers, by category, whom something new of it fits.
    """

    def __init__(self, watchers: Mapping[str, Collection[Watcher]] | None = None) -> None:
        self.watchers = dict(watchers or {})
        self.fitting: dict[str, Collection[Watcher]] = {}
        self.position = 1 << 60

    def is_ready(self, position: int) -> bool:
        """Return whether `self.position` was reached."""
        return position <= self.position

    def list_watchers(
        self,
        item_ids: Collection[str],
        *,
        now: datetime,
        view_days: int,
        but_not: BitMap,
        after: int,
        limit: int,
    ) -> WatcherPage:
        """Return those listed, in order of number."""
        del now, view_days
        everybody = [one for item in item_ids for one in self.watchers.get(item, ())]
        return _page(everybody, but_not=but_not, after=after, limit=limit)

    def list_fitting(
        self,
        product: Product,
        *,
        now: datetime,
        view_days: int,
        but_not: BitMap,
        after: int,
        limit: int,
    ) -> WatcherPage:
        """Return those listed for the product's category, in order of number."""
        del now, view_days
        everybody = self.fitting.get(product.category or "", ())
        return _page(everybody, but_not=but_not, after=after, limit=limit)

    def count_watchers(
        self, item_ids: Collection[str], *, now: datetime, view_days: int, limit: int
    ) -> WatcherCounts:
        """Return how many are listed by tie."""
        page = self.list_watchers(
            item_ids, now=now, view_days=view_days, but_not=BitMap(), after=0, limit=limit
        )
        ties = Counter(one.tie for one in page.watchers)
        return WatcherCounts(
            favourite=ties[Tie.FAVOURITE],
            cart=ties[Tie.CART],
            view=ties[Tie.VIEW],
            is_more=page.next_after is not None,
        )


def _page(
    everybody: Collection[Watcher], *, but_not: BitMap, after: int, limit: int
) -> WatcherPage:
    behind = sorted((one for one in everybody if one.number > after), key=lambda one: one.number)
    page = behind[:limit]
    return WatcherPage(
        [one for one in page if one.number not in but_not],
        page[-1].number if len(behind) > limit else None,
    )
