"""Who watches a product, as the catalogue asks: from saved things, views and orders."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.app.fitting import find_fitting
from kikubari.app.limits import PeopleLimits
from kikubari.catalog import Product, Tie, Watcher, WatcherCounts, WatcherPage
from kikubari.deliver import EMAIL
from kikubari.events import PROFILE, Copier
from kikubari.kit.instants import from_micros
from kikubari.profiles import ConsentLedger, Profiles, Saved, SavedItem, SavedThings
from kikubari.spec import topics
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, QueryBudget, StateStore

_REFUSED = frozenset({"denied", "withdrawn"})
_MARKETING, _TRACKING, _PROFILING = "marketing", "tracking", "profiling"
# What was saved longer ago is forgotten by those who saved it.
_FAVOURITES_LAST = timedelta(days=730)
_CARTS_LAST = timedelta(days=90)
_SAVING = (
    topics.PRODUCT_ADDED_TO_WISHLIST,
    topics.PRODUCT_ADDED,
    topics.WISHLIST_PRODUCT_ADDED_TO_CART,
    topics.CART_VIEWED,
    topics.CHECKOUT_STARTED,
)
# The latest view and order of everybody who ever touched one of the items: a superset of those who
# watch it. What is in a cart, and what was taken out again, is told by their saved things.
_TOUCHED = f"""
SELECT
  {PROFILE} AS person,
  toUnixTimestamp64Micro(maxIf(at, type = {{viewed:String}})) AS viewed_us,
  toUnixTimestamp64Micro(maxIf(at, type = {{ordered:String}})) AS ordered_us
FROM events
WHERE workspace_id = {{workspace:UInt16}}
  AND type IN {{types:Array(String)}}
  AND (product_id IN {{items:Array(String)}}
       OR hasAny(item_product_ids, {{items:Array(String)}}))
  AND at > {{since:DateTime64(6, 'UTC')}} AND at <= {{now:DateTime64(6, 'UTC')}}
  AND person > {{after:UInt32}}
  AND NOT is_machine
GROUP BY person
HAVING countIf(type != {{ordered:String}}) > 0
ORDER BY person
LIMIT {{limit:UInt32}}
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters


class _Touch(msgspec.Struct, frozen=True):
    """When somebody last viewed and last bought an item; None for never."""

    viewed_at: datetime | None
    ordered_at: datetime | None


class ProductWatchers:
    """Implements `catalog.Watchers`.

    Args:
        store: of the profiles.
        columnar: tells who viewed and bought.
        copier: says how far the columnar copy is.
        profiles: knows people's numbers.
        saved: knows favourites and carts.
        ledger: knows who refused.
        limits: knows whose data must not be used.
        workspace_id: whose people.
    """

    def __init__(
        self,
        store: StateStore,
        columnar: ColumnarStore,
        copier: Copier,
        *,
        profiles: Profiles,
        saved: Saved,
        ledger: ConsentLedger,
        limits: PeopleLimits,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._columnar = columnar
        self._copier = copier
        self._profiles = profiles
        self._saved = saved
        self._ledger = ledger
        self._limits = limits
        self._workspace_id = workspace_id

    def is_ready(self, position: int) -> bool:
        """Return whether the copy holds the log up to a position."""
        return self._copier.copied_position() >= position

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
        """Return those who have one of the items in favourites, cart or recent views.

        Who refused marketing or profiling does not watch; who refused tracking is not held to
        have viewed anything.
        """
        touched = self._query(item_ids, now=now, after=after, limit=limit)
        with self._store.read() as connection:
            people = self._list_welcome(connection, touched.keys(), but_not)
            saved = self._saved.load(connection, people)
            untracked = self._list_refusing(connection, people, _TRACKING)
        found = []
        for number in sorted(people):
            touch = touched[number]
            viewed_at = None if number in untracked else touch.viewed_at
            tie = _find_tie(saved[number], viewed_at, set(item_ids), now=now, view_days=view_days)
            if tie and not (touch.ordered_at and touch.ordered_at >= tie[1]):
                found.append(Watcher(number, *tie))
        return WatcherPage(found, max(touched) if len(touched) == limit else None)

    def count_watchers(
        self, item_ids: Collection[str], *, now: datetime, view_days: int, limit: int
    ) -> WatcherCounts:
        """Return how many people watch, looking at `limit` of them at most."""
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
        """Return those whom a product fits that they have not touched; see `list_watchers`."""
        fits = find_fitting(
            self._columnar,
            product,
            workspace_id=self._workspace_id,
            now=now,
            view_days=view_days,
            after=after,
            limit=limit,
        )
        with self._store.read() as connection:
            people = self._list_welcome(connection, fits.keys(), but_not)
            untracked = self._list_refusing(connection, people, _TRACKING)
        ties = {one: fits[one].tie(is_tracked=one not in untracked) for one in sorted(people)}
        found = [Watcher(number, *tie) for number, tie in ties.items() if tie]
        return WatcherPage(found, max(fits) if len(fits) == limit else None)

    def _query(
        self, item_ids: Collection[str], *, now: datetime, after: int, limit: int
    ) -> dict[int, _Touch]:
        rows = self._columnar.query_rows(
            _TOUCHED,
            {
                "workspace": self._workspace_id,
                "viewed": topics.PRODUCT_VIEWED,
                "ordered": topics.ORDER_COMPLETED,
                "types": [*_SAVING, topics.PRODUCT_VIEWED, topics.ORDER_COMPLETED],
                "items": sorted(item_ids),
                "since": now - _FAVOURITES_LAST,
                "now": now,
                "after": after,
                "limit": limit,
            },
            budget=QueryBudget.REPORT,
        )
        return {
            person: _Touch(
                from_micros(viewed_us) if viewed_us > 0 else None,
                from_micros(ordered_us) if ordered_us > 0 else None,
            )
            for person, viewed_us, ordered_us in rows
        }

    def _list_welcome(
        self, connection: Connection, found: Collection[int], but_not: BitMap
    ) -> set[int]:
        """Return those who may hear of it: by nobody's limit, refusal or earlier news."""
        numbers = self._profiles.numbers_of(connection, found)
        told = {person for number, person in numbers.items() if number in but_not}
        people = set(numbers.values()) - told
        limited = self._limits.find_any(connection, people)
        refusing = self._list_refusing(connection, people, _MARKETING, _PROFILING)
        return people - set(limited) - refusing

    def _list_refusing(
        self, connection: Connection, people: Collection[int], *purposes: str
    ) -> set[int]:
        states = self._ledger.states(connection, people, purposes, EMAIL)
        return {
            number
            for by_person in states.values()
            for number, state in by_person.items()
            if state.status in _REFUSED
        }


def _find_tie(
    saved: SavedThings,
    viewed_at: datetime | None,
    item_ids: Collection[str],
    *,
    now: datetime,
    view_days: int,
) -> tuple[Tie, datetime] | None:
    """Return the closest tie and since when it holds."""
    favourite = _oldest(saved.favourites, item_ids, since=now - _FAVOURITES_LAST)
    if favourite is not None:
        return Tie.FAVOURITE, favourite
    in_cart = _oldest(saved.cart, item_ids, since=now - _CARTS_LAST)
    if in_cart is not None:
        return Tie.CART, in_cart
    if viewed_at is not None and viewed_at > now - timedelta(days=view_days):
        return Tie.VIEW, viewed_at
    return None


def _oldest(
    items: Iterable[SavedItem], item_ids: Collection[str], *, since: datetime
) -> datetime | None:
    found = [item.saved_at for item in items if item.id in item_ids and item.changed_at > since]
    return min(found, default=None)
