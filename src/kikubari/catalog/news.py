"""Tells those who watch a product what is new about it: events in the log, each exactly once.

The sequencer only notes which products changed. What follows is done here, apart from it: changed
products become news, and news become events, a thousand people in a transaction. Whoever is
stopped goes on where they stopped, and the ids of the events follow from the news and the person,
so that nobody hears anything twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection, Row

from kikubari.catalog import _news as repository
from kikubari.catalog import news_rules as rule
from kikubari.catalog._repository import load_products
from kikubari.catalog.contracts import Product, Watcher, WatcherPage, Watchers
from kikubari.catalog.news_arrivals import MAX_TOLD, Arrivals, is_released
from kikubari.catalog.news_rules import NewsRules, Offer
from kikubari.events import append_in
from kikubari.kit.clock import Clock
from kikubari.kit.instants import format_instant, from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event, EventKind, Trust
from kikubari.spec.errors import ConflictError
from kikubari.spec.topics import INTERNAL_SOURCE_ID, NEW_ARRIVAL
from kikubari.storage import Priority, StateStore

# Products looked at, and people told, in one transaction.
_PRODUCTS_PER_STEP = 500
_PEOPLE_PER_STEP = 1_000
_LOOKED_THROUGH = 50


class ToldNews(msgspec.Struct, frozen=True):
    """News about a product, and what became of them.

    Attributes:
        event: name of the event.
        product_id: of the product.
        item_id: the product's, or that of the variant which is meant.
        at: since when it is so.
        state: ``telling``, ``told``, or ``overtaken``: no longer true when people were to be told.
        n_told: people told so far.
        properties: what the event says.
        title, title_ja: of the product today, None when it has none.
    """

    event: str
    product_id: str
    item_id: str
    at: datetime
    state: str
    n_told: int
    properties: dict[str, Any]
    title: str | None = None
    title_ja: str | None = None


class ToldNewsPage(msgspec.Struct, frozen=True):
    """Some news, newest first, and how many there are."""

    news: list[ToldNews]
    total: int


class ProductNews:
    """Finds and tells news.

    Args:
        store: of the catalogue.
        watchers: says who watches a product.
        clock: news are fresh as of now.
        workspace_id: whose shop.
    """

    def __init__(
        self,
        store: StateStore,
        watchers: Watchers,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._watchers = watchers
        self._clock = clock
        self._workspace_id = workspace_id

    def step(self) -> bool:
        """Do a bounded piece of work; return whether there may be more.

        Raises:
            ConflictError: another process tells the same news; try again.
        """
        noticed = self._notice()
        told = self._tell()
        return noticed or told

    def waiting(self) -> int:
        """Return how many products that may have changed were not looked at."""
        with self._store.read() as connection:
            return repository.count_changed(connection, self._workspace_id)

    def get_rules(self) -> NewsRules:
        """Return the shop's rules."""
        with self._store.read() as connection:
            return repository.load_rules(connection, self._workspace_id)

    def save_rules(self, rules: NewsRules) -> None:
        """Replace the shop's rules, for news to come.

        Raises:
            InvalidInputError: a figure out of range.
        """
        rule.check_rules(rules)
        self._store.write(lambda c: repository.save_rules(c, self._workspace_id, rules))

    def list_news(
        self, *, product_id: str | None = None, page: int = 1, page_size: int = 50
    ) -> ToldNewsPage:
        """Return news about one product or all, newest first."""
        with self._store.read() as connection:
            rows, total = repository.list_recent(
                connection,
                self._workspace_id,
                product_id=product_id,
                offset=(max(page, 1) - 1) * page_size,
                limit=page_size,
            )
            ids = sorted({row.product_id for row in rows})
            products = load_products(connection, self._workspace_id, ids)
        return ToldNewsPage([_told_news(row, products.get(row.product_id)) for row in rows], total)

    def _notice(self) -> bool:
        """Turn changed products into news."""
        with self._store.read() as connection:
            if not repository.list_changed(connection, self._workspace_id, limit=1):
                return False
        return self._store.write(self._notice_in, priority=Priority.BACKGROUND)

    def _notice_in(self, connection: Connection) -> bool:
        rules = repository.load_rules(connection, self._workspace_id)
        changed = repository.list_changed(connection, self._workspace_id, limit=_PRODUCTS_PER_STEP)
        ids = [change.product_id for change in changed]
        products = load_products(connection, self._workspace_id, ids)
        first_seen = [products[one.product_id] for one in changed if one.seen is None]
        arrivals = Arrivals.find(
            connection, self._workspace_id, first_seen, rules=rules, now=self._clock.now()
        )
        for change in changed:
            product = products[change.product_id]
            before = change.seen or {}
            rows = self._news_of(product, before, change.position, rules)
            if change.seen is None and (at := arrivals.admit(connection, product)) is not None:
                rows.append(
                    self._row(product, product.product_id, NEW_ARRIVAL, {}, change.position, at)
                )
            repository.add_news(connection, rows)
            seen = {
                item_id: rule.remember(before.get(item_id), rule.offer_of(product, item), rules)
                for item_id, item in rule.list_items(product).items()
            }
            repository.save_seen(connection, self._workspace_id, change, seen)
        return len(changed) == _PRODUCTS_PER_STEP

    def _news_of(
        self, product: Product, before: dict[str, Offer], position: int, rules: NewsRules
    ) -> list[dict[str, Any]]:
        """Return news about a product as rows; an item never seen before has none."""
        oldest = self._clock.now() - timedelta(hours=rules.fresh_hours)
        rows = []
        for item_id, item in rule.list_items(product).items():
            if item_id not in before or not rules.is_on or product.is_content:
                continue
            now = rule.offer_of(product, item)
            for event, said in rule.compare(before[item_id], now, rules):
                at = rule.since(event, product, item)
                if at >= oldest:
                    rows.append(self._row(product, item_id, event, said, position, at))
        return rows

    def _row(  # noqa: PLR0917 - the columns that differ
        self,
        product: Product,
        item_id: str,
        event: str,
        said: dict[str, Any],
        position: int,
        at: datetime,
    ) -> dict[str, Any]:
        item = rule.list_items(product)[item_id]
        properties = {"product_id": product.product_id, **said}
        if item_id != product.product_id:
            properties["variant_id"] = item_id
        if product.category is not None:
            properties["category"] = product.category
        if item.stock is not None:
            properties["stock"] = item.stock
        return {
            "workspace_id": self._workspace_id,
            "news_id": f"{event}:{item_id}:{to_micros(at)}",
            "event": event,
            "product_id": product.product_id,
            "item_id": item_id,
            "at_us": to_micros(at),
            "position": position,
            "body": msgspec.json.encode(properties).decode(),
            "state": repository.TELLING,
            "after_number": 0,
            "n_told": 0,
            "told": None,
        }

    def _tell(self) -> bool:
        """Tell the next people the oldest news that can be told."""
        with self._store.read() as connection:
            rules = repository.load_rules(connection, self._workspace_id)
            untold = repository.list_untold(
                connection, self._workspace_id, now=self._clock.now(), limit=_LOOKED_THROUGH
            )
            ready = [row for row in untold if self._watchers.is_ready(row.position)]
            if not ready:
                return False
            row = ready[0]
            told = self._told_lately(connection, row, rules)
            product = load_products(connection, self._workspace_id, [row.product_id])[
                row.product_id
            ]
        if not _is_true(row, product, rules, self._clock.now()):
            self._move_on(row, repository.OVERTAKEN, WatcherPage([], None))
            return True
        page = self._list_concerned(row, product, told, rules)
        is_over = page.next_after is None
        self._move_on(row, repository.TOLD if is_over else repository.TELLING, page)
        return True

    def _list_concerned(
        self, row: Row[*tuple[Any, ...]], product: Product, told: BitMap, rules: NewsRules
    ) -> WatcherPage:
        """Return the next people to be told, who do not know it yet."""
        now, after = self._clock.now(), row.after_number
        if row.event == NEW_ARRIVAL:
            limit = min(_PEOPLE_PER_STEP, MAX_TOLD - row.n_told)
            page = self._watchers.list_fitting(
                product,
                now=now,
                view_days=rules.view_days,
                but_not=told,
                after=after,
                limit=limit,
            )
            is_enough = row.n_told + len(page.watchers) >= MAX_TOLD
            return WatcherPage(page.watchers, None if is_enough else page.next_after)
        page = self._watchers.list_watchers(
            [row.item_id],
            now=now,
            view_days=rules.view_days,
            but_not=told,
            after=after,
            limit=_PEOPLE_PER_STEP,
        )
        # Who saved it, or looked at it, since it is so knows it.
        unaware = [one for one in page.watchers if one.since <= from_micros(row.at_us)]
        return WatcherPage(unaware, page.next_after)

    def _told_lately(
        self, connection: Connection, row: Row[*tuple[Any, ...]], rules: NewsRules
    ) -> BitMap:
        since = from_micros(row.at_us) - timedelta(days=rules.cool_down_days)
        return repository.load_told(
            connection, self._workspace_id, row.product_id, row.event, since=since
        )

    def _move_on(self, row: Row[*tuple[Any, ...]], state: str, page: WatcherPage) -> None:
        told = BitMap.deserialize(row.told) if row.told else BitMap()
        told |= BitMap([watcher.number for watcher in page.watchers])
        events = _events_of(row, page.watchers, self._clock.now())

        def work(connection: Connection) -> None:
            is_ours = repository.move_on(
                connection,
                self._workspace_id,
                row,
                state=state,
                after_number=page.next_after or row.after_number,
                told=told,
            )
            if not is_ours:
                raise ConflictError(f"news {row.news_id!r} are told elsewhere")
            append_in(connection, events, workspace_id=self._workspace_id)

        self._store.write(work, priority=Priority.BACKGROUND)


def _is_true(
    row: Row[*tuple[Any, ...]], product: Product, rules: NewsRules, now_at: datetime
) -> bool:
    item = rule.list_items(product).get(row.item_id)
    if item is None or not rules.is_on:
        return False
    if row.event == NEW_ARRIVAL and not is_released(product, now_at):
        return False
    now = rule.offer_of(product, item)
    return rule.still_holds(row.event, msgspec.json.decode(row.body), now, rules)


def _events_of(
    row: Row[*tuple[Any, ...]], watchers: Sequence[Watcher], now: datetime
) -> list[Event]:
    properties = msgspec.json.decode(row.body)
    return [
        Event(
            message_id=f"{row.news_id}:{watcher.number}",
            kind=EventKind.TRACK,
            type=row.event,
            occurred_at=from_micros(row.at_us),
            received_at=now,
            source_id=INTERNAL_SOURCE_ID,
            trust=Trust.INTERNAL,
            number=watcher.number,
            properties={
                **properties,
                "connection": watcher.tie.value,
                "since": format_instant(watcher.since),
            },
        )
        for watcher in watchers
    ]


def _told_news(row: Row[*tuple[Any, ...]], product: Product | None) -> ToldNews:
    return ToldNews(
        event=row.event,
        product_id=row.product_id,
        item_id=row.item_id,
        at=from_micros(row.at_us),
        state=row.state,
        n_told=row.n_told,
        properties=msgspec.json.decode(row.body),
        title=product.title if product else None,
        title_ja=product.title_ja if product else None,
    )
