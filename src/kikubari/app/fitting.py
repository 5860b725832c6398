"""Whom a new product fits, by what people saved, viewed and bought of its kind."""

from datetime import datetime, timedelta

import msgspec

from kikubari.catalog import Product, Tie
from kikubari.events import PROFILE
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec import topics
from kikubari.storage import ColumnarStore, QueryBudget

# What was saved or bought longer ago says little about what somebody wants today.
_LASTS = timedelta(days=365)
# Of the kind is what an event says to be of the category or brand, or the catalogue does.
_FITTING = f"""
WITH (
  SELECT groupUniqArray(product_id) FROM products
  WHERE workspace_id = {{workspace:UInt16}}
    AND ((category != '' AND category = {{category:String}})
         OR (brand != '' AND brand = {{brand:String}}))
) AS kin
SELECT person, max(saved) AS saved_us, max(viewed) AS viewed_us, max(bought) AS bought_us,
  max(leaning) AS leaning_us
FROM (
  SELECT {PROFILE} AS person,
    toUnixTimestamp64Micro(at) AS at_us,
    (category != '' AND category = {{category:String}})
      OR (brand != '' AND brand = {{brand:String}})
      OR ({{category:String}} != '' AND has(item_categories, {{category:String}}))
      OR has(kin, toString(product_id))
      OR hasAny(kin, CAST(item_product_ids, 'Array(String)')) AS is_kin,
    if(is_kin AND type = {{saving:String}}, at_us, 0) AS saved,
    if(is_kin AND type = {{viewing:String}}, at_us, 0) AS viewed,
    if(is_kin AND type = {{buying:String}}, at_us, 0) AS bought,
    toInt64(0) AS leaning,
    product_id = {{item:String}} OR has(item_product_ids, {{item:String}}) AS is_itself
  FROM events
  WHERE workspace_id = {{workspace:UInt16}}
    AND type IN ({{saving:String}}, {{viewing:String}}, {{buying:String}})
    AND at > {{since:DateTime64(6, 'UTC')}} AND at <= {{now:DateTime64(6, 'UTC')}}
    AND NOT is_machine
    AND (is_kin OR is_itself)
  UNION ALL
  SELECT {PROFILE} AS person, toInt64(0) AS at_us, 0 AS is_kin, toInt64(0) AS saved,
    toInt64(0) AS viewed, toInt64(0) AS bought, toUnixTimestamp64Micro(max(at)) AS leaning,
    0 AS is_itself
  FROM traits
  WHERE workspace_id = {{workspace:UInt16}} AND name = 'predicted_category'
  GROUP BY person
  HAVING {{category:String}} != ''
    AND argMax(text, (at, source_id, message_key)) = {{category:String}}
    AND argMax(is_set, (at, source_id, message_key)) = 1
)
WHERE person > {{after:UInt32}}
GROUP BY person
HAVING max(is_itself) = 0
  AND (saved_us > 0 OR bought_us > 0 OR leaning_us > 0 OR viewed_us > {{viewed_since:Int64}})
ORDER BY person
LIMIT {{limit:UInt32}}
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters


class Fit(msgspec.Struct, frozen=True):
    """When somebody last did each thing with goods of a kind; None for never, or too long ago."""

    saved_at: datetime | None
    viewed_at: datetime | None
    bought_at: datetime | None
    leaning_at: datetime | None

    def tie(self, *, is_tracked: bool) -> tuple[Tie, datetime] | None:
        """Return the closest tie and since when it holds; views count of the tracked alone."""
        ties = (
            (Tie.FAVOURITE, self.saved_at),
            (Tie.VIEW, self.viewed_at if is_tracked else None),
            (Tie.PURCHASE, self.bought_at),
            (Tie.TASTE, self.leaning_at),
        )
        return next(((tie, at) for tie, at in ties if at is not None), None)


def find_fitting(
    store: ColumnarStore,
    product: Product,
    *,
    workspace_id: int,
    now: datetime,
    view_days: int,
    after: int,
    limit: int,
) -> dict[int, Fit]:
    """Return whom a product fits, by number, except those who touched the product itself.

    Args:
        store: the copy.
        product: with its category, as it is filed most closely, and its brand.
        workspace_id: whose people.
        now: what is later does not count.
        view_days: views count for so long; what was saved and bought, for a year.
        after: only numbers above it.
        limit: people at most, those of the lowest numbers.
    """
    viewed_since = now - timedelta(days=view_days)
    rows = store.query_rows(
        _FITTING,
        {
            "workspace": workspace_id,
            "item": product.product_id,
            "category": product.category or "",
            "brand": product.brand or "",
            "saving": topics.PRODUCT_ADDED_TO_WISHLIST,
            "viewing": topics.PRODUCT_VIEWED,
            "buying": topics.ORDER_COMPLETED,
            "since": now - _LASTS,
            "viewed_since": to_micros(viewed_since),
            "now": now,
            "after": after,
            "limit": limit,
        },
        budget=QueryBudget.REPORT,
    )
    return {
        person: Fit(
            _instant(saved),
            _instant(viewed if viewed > to_micros(viewed_since) else 0),
            _instant(bought),
            _instant(leaning),
        )
        for person, saved, viewed, bought, leaning in rows
    }


def _instant(micros: int) -> datetime | None:
    return from_micros(micros) if micros > 0 else None
