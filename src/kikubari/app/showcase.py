"""Products as messages of journeys show them: of what let a person in, and of their own lists."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import msgspec
from sqlalchemy import Connection

from kikubari.app.ordered import list_lines, read_amounts
from kikubari.catalog import Catalog, Product
from kikubari.decide.personalise import Facts, Lineage, Provenance
from kikubari.deliver import Dispatch, Occasions
from kikubari.events import PROFILE
from kikubari.journeys import JOURNEY
from kikubari.kit.clock import Clock
from kikubari.profiles import Profiles, Saved
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.topics import ORDER_COMPLETED, PRODUCT_VIEWED
from kikubari.storage import ColumnarStore, QueryBudget, StateStore

# What was looked at longer ago says little about what somebody wants now.
_VIEWS_LAST = timedelta(days=30)
# Of each list; messages show up to twelve.
_MOST = 12
_VIEWED = f"""
SELECT {PROFILE} AS person, product_id
FROM events
WHERE workspace_id = {{workspace:UInt16}} AND type = {{viewed:String}} AND product_id != ''
  AND at > {{since:DateTime64(6, 'UTC')}} AND at <= {{now:DateTime64(6, 'UTC')}}
  AND person IN {{people:Array(UInt32)}}
GROUP BY person, product_id
ORDER BY person, max(at) DESC, product_id
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters
_ORDERED = f"""
SELECT {PROFILE} AS person, argMax(item_product_ids, at) AS latest,
       groupUniqArrayArrayIf(item_product_ids, at > {{since:DateTime64(6, 'UTC')}}) AS recent
FROM events
WHERE workspace_id = {{workspace:UInt16}} AND type = {{ordered:String}}
  AND at <= {{now:DateTime64(6, 'UTC')}} AND person IN {{people:Array(UInt32)}}
GROUP BY person
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters


class Showcase:
    """Implements `deliver.Occasions`: what let people in, and products of their own lists.

    Templates read what an event says as ``trigger``, where ``products`` are those that it names,
    ``lines`` all that was ordered, and ``amounts`` its money; and ``cart``, ``favourites``,
    ``viewed`` (looked at lately and not bought lately) and ``last_order``, each with its
    ``products``. Products are as the catalogue has them now, and can be bought now.

    Args:
        occasions: know what let people in.
        store: of carts and favourites.
        catalog: knows products.
        columnar: tells what people looked at and ordered.
        people: says who is who.
        saved: reads carts and favourites.
        clock: what is lately.
        base_url: makes addresses whole.
    """

    def __init__(
        self,
        occasions: Occasions,
        store: StateStore,
        *,
        catalog: Catalog,
        columnar: ColumnarStore,
        people: Profiles,
        saved: Saved,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._occasions = occasions
        self._store = store
        self._catalog = catalog
        self._columnar = columnar
        self._people = people
        self._saved = saved
        self._clock = clock
        self._base_url = base_url

    def load(self, dispatch: Dispatch, numbers: Sequence[int]) -> Mapping[int, Facts]:
        """Return what templates may read, by number; nothing for messages of no journey."""
        if dispatch.origin.kind != JOURNEY:
            return {}
        now = self._clock.now()
        caused = self._occasions.load(dispatch, numbers)
        with self._store.read() as connection:
            now_is = self._people.resolve_numbers(connection, numbers)
            lists = self._load_lists(connection, set(now_is.values()), now)
        named = {number: _ids_of(facts.values["trigger"]) for number, facts in caused.items()}
        products = self._catalog.load_products(
            {one for ids in named.values() for one in ids}
            | {one for own in lists.values() for ids in own.values() for one in ids}
        )
        return {
            number: self._facts(
                caused.get(number), named.get(number, ()), lists[person], products, now
            )
            for number, person in now_is.items()
        }

    def _facts(
        self,
        cause: Facts | None,
        named: Iterable[str],
        lists: Mapping[str, Sequence[str]],
        known: Mapping[str, Product],
        now: datetime,
    ) -> Facts:
        values: dict[str, Any] = {
            name: {"products": shown}
            for name, ids in lists.items()
            if (shown := self._shown(ids, known))
        }
        lineage = {name: _lineage(name, now) for name in values}
        if cause is not None:
            event = cause.values["trigger"]
            said = {
                **event,
                "products": self._shown(named, known),
                "lines": list_lines(event, known),
                "amounts": read_amounts(event),
            }
            values, lineage = {**values, "trigger": said}, {**lineage, **cause.lineage}
        return Facts(values, lineage)

    def _load_lists(
        self, connection: Connection, people: Collection[int], now: datetime
    ) -> dict[int, dict[str, list[str]]]:
        """Return the products of each list that people have."""
        things = self._saved.load(connection, people)
        latest, bought = self._orders(people, now)
        viewed = self._views(people, now)
        return {
            number: {
                "cart": [item.id for item in things[number].cart],
                "favourites": [item.id for item in things[number].favourites],
                "viewed": [
                    one for one in viewed.get(number, ()) if one not in bought.get(number, ())
                ],
                "last_order": latest.get(number, []),
            }
            for number in people
        }

    def _orders(
        self, people: Collection[int], now: datetime
    ) -> tuple[dict[int, list[str]], dict[int, set[str]]]:
        """Return the products of each person's last order, and of all lately."""
        rows = self._columnar.query_rows(
            _ORDERED, self._asked(people, now, ordered=ORDER_COMPLETED), budget=QueryBudget.REPORT
        )
        latest, recent = {}, {}
        for person, last, lately in rows:
            latest[person] = list(last)
            recent[person] = set(lately)
        return latest, recent

    def _views(self, people: Collection[int], now: datetime) -> dict[int, list[str]]:
        rows = self._columnar.query_rows(
            _VIEWED, self._asked(people, now, viewed=PRODUCT_VIEWED), budget=QueryBudget.REPORT
        )
        found: dict[int, list[str]] = {}
        for person, product_id in rows:
            found.setdefault(person, []).append(product_id)
        return found

    def _asked(self, people: Collection[int], now: datetime, **more: str) -> dict[str, Any]:
        return {
            "workspace": DEFAULT_WORKSPACE,
            "since": now - _VIEWS_LAST,
            "now": now,
            "people": sorted(people),
            **more,
        }

    def _shown(self, ids: Iterable[str], known: Mapping[str, Product]) -> list[dict[str, Any]]:
        found = (known[one] for one in dict.fromkeys(ids) if one in known)
        return [show_product(one, self._base_url) for one in found if one.is_for_sale][:_MOST]


def show_product(product: Product, base_url: str) -> dict[str, Any]:
    """Return a product as templates show it; its addresses are whole, and empty when unknown."""
    title = product.title or product.title_ja or product.product_id
    ahead = {"preorder_until": product.preorder_until, "released_on": product.released_on}
    return {
        "product_id": product.product_id,
        "title": title,
        "title_ja": product.title_ja or title,
        "price": msgspec.to_builtins(product.price),
        "image_url": urljoin(f"{base_url}/", product.image_url) if product.image_url else "",
        "url": urljoin(f"{base_url}/", product.url or ""),
        **{name: day.isoformat() for name, day in ahead.items() if day is not None},
    }


def _ids_of(properties: Mapping[str, Any]) -> list[str]:
    """Return the products that an event names, by its own words or in its list."""
    listed = properties.get("products")
    entries = [properties, *(listed if isinstance(listed, list) else ())]
    found = (one.get("product_id") for one in entries if isinstance(one, Mapping))
    return [one for one in found if isinstance(one, str) and one]


def _lineage(name: str, now: datetime) -> Lineage:
    is_order = name == "last_order"
    return Lineage(
        provenance=Provenance.OBSERVED,
        confidence=1.0,
        observed_at=now,
        sources_agree=True,
        category="purchase" if is_order else "product_interest",
        sensitivity="S1",
    )
