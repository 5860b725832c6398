"""What sells now and what sells more than before: in the whole shop and where people live."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from kikubari.decide.recommend.contracts import Home
from kikubari.events import PROFILE
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.topics import ORDER_COMPLETED
from kikubari.storage import ColumnarStore, QueryBudget

_NOW = timedelta(days=14)
_BEFORE = timedelta(days=42)
# A place speaks for itself from so many purchases on, an item in it from so many buyers.
_FEWEST_IN_PLACE = 30
_FEWEST_BUYERS = 3
_LEAST_GROWTH = 1.2
_MOST_PER_PLACE = 300
# Added to both sides of a growth: few buyers more are no trend.
_CALM = 3.0

# Buyers, not pieces: one wholesale order must not make a bestseller. A purchase counts for the
# shop, the country and the prefecture or region of whoever made it.
_QUERY = f"""
WITH
homes AS (
  SELECT {PROFILE} AS person,
    argMaxIf(text, (at, source_id, message_key), name = 'country') AS country,
    argMaxIf(text, (at, source_id, message_key), name = 'prefecture') AS prefecture,
    argMaxIf(text, (at, source_id, message_key), name = 'region') AS area
  FROM traits
  WHERE workspace_id = {{workspace:UInt16}} AND name IN ('country', 'prefecture', 'region')
  GROUP BY person
),
sold AS (
  SELECT {PROFILE} AS person, arrayJoin(item_product_ids) AS product_id,
    max(at) > {{turn:DateTime64(6, 'UTC')}} AS is_now,
    min(at) <= {{turn:DateTime64(6, 'UTC')}} AS is_before
  FROM events
  WHERE workspace_id = {{workspace:UInt16}} AND type = {{ordered:String}}
    AND at > {{since:DateTime64(6, 'UTC')}} AND at <= {{now:DateTime64(6, 'UTC')}}
    AND person != 0
  GROUP BY person, product_id
)
SELECT country, area, product_id, now, before FROM (
  SELECT place.1 AS country, place.2 AS area, product_id,
    countIf(is_now) AS now, countIf(is_before) AS before
  FROM (
    SELECT product_id, is_now, is_before,
      arrayJoin(arrayDistinct([('', ''), (homes.country, ''), (homes.country,
        if(homes.prefecture = '', homes.area, homes.prefecture))])) AS place
    FROM sold LEFT JOIN homes ON sold.person = homes.person
  )
  GROUP BY country, area, product_id
)
WHERE now > 0 AND product_id != ''
ORDER BY now DESC, product_id
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters


class Selling(msgspec.Struct, frozen=True):
    """How a product sells in a place.

    Attributes:
        product_id: of the product or variant.
        n_buyers: in the last two weeks.
        growth: over what buyers of the four weeks before would lead to expect.
    """

    product_id: str
    n_buyers: int
    growth: float


class Trends(msgspec.Struct, frozen=True):
    """What sells by place, best-selling first; the shop as a whole is at home nowhere."""

    by_place: Mapping[Home, list[Selling]] = {}

    def popular(self, home: Home) -> tuple[Home, list[Selling]]:
        """Return the nearest place around somebody's home that enough was bought in."""
        for place in (home, Home(country=home.country), Home()):
            if place in self.by_place:
                return place, self.by_place[place]
        return Home(), []

    def rising(self, home: Home) -> tuple[Home, list[Selling]]:
        """Return what sells more than before, by how sure and how much that is."""
        place, selling = self.popular(home)
        found = [
            one for one in selling if one.growth >= _LEAST_GROWTH and one.n_buyers >= _FEWEST_BUYERS
        ]
        return place, sorted(found, key=lambda one: (-one.growth, one.product_id))


def count_trends(
    store: ColumnarStore, *, now: datetime, workspace_id: int = DEFAULT_WORKSPACE
) -> Trends:
    """Return what sells, from the orders of the last six weeks."""
    rows = store.query_rows(
        _QUERY,
        {
            "workspace": workspace_id,
            "ordered": ORDER_COMPLETED,
            "turn": now - _NOW,
            "since": now - _BEFORE,
            "now": now,
        },
        budget=QueryBudget.REPORT,
    )
    by_place: dict[Home, list[Selling]] = {}
    bought: dict[Home, int] = {}
    scale = _NOW / (_BEFORE - _NOW)
    for country, area, product_id, n_now, n_before in rows:
        home = Home(country=country, area=area)
        bought[home] = bought.get(home, 0) + n_now
        growth = (n_now + _CALM) / (n_before * scale + _CALM)
        selling = by_place.setdefault(home, [])
        if len(selling) < _MOST_PER_PLACE:
            selling.append(Selling(product_id, n_now, round(growth, 3)))
    enough = {
        home: [one for one in selling if home == Home() or one.n_buyers >= _FEWEST_BUYERS]
        for home, selling in by_place.items()
        if home == Home() or bought[home] >= _FEWEST_IN_PLACE
    }
    return Trends(enough)
