"""Twins of what the catalogue needs to know of people."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from pyroaring import BitMap

from kikubari.catalog import Tie, Watcher, WatcherCounts, WatcherPage


class ListedWatchers:
    """Watchers by item from a mapping; `position` is how far the log is taken into account."""

    def __init__(self, watchers: Mapping[str, Collection[Watcher]] | None = None) -> None:
        self.watchers = dict(watchers or {})
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
        behind = sorted(
            (one for item in item_ids for one in self.watchers.get(item, ()) if one.number > after),
            key=lambda one: one.number,
        )
        page = behind[:limit]
        has_more = len(behind) > limit
        return WatcherPage(
            [one for one in page if one.number not in but_not],
            page[-1].number if has_more else None,
        )

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
