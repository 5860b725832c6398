"""Reads who did what with some products, and how much everybody does."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend.kin import HALF_LIFE_DAYS, WEIGHTS, Deed
from kikubari.decide.recommend.statements import key_sql
from kikubari.decide.recommend.traces import VIEWS_LAST
from kikubari.events import PROFILE
from kikubari.spec import topics
from kikubari.storage import ColumnarStore, QueryBudget

_LASTS = timedelta(days=365)
_DEEDS = {
    topics.ORDER_COMPLETED: Deed.BOUGHT,
    topics.PRODUCT_ADDED_TO_WISHLIST: Deed.SAVED,
    topics.PRODUCT_ADDED: Deed.IN_CART,
    topics.PRODUCT_VIEWED: Deed.VIEWED,
}
LINES = np.dtype(
    [("person", "<u4"), ("item", "<u8"), ("deed", "u1"), ("faded", "<f8"), ("at_us", "<i8")]
)
ACTIVITY = np.dtype([("person", "<u4"), ("seen", "<f8"), ("rest", "<f8")])
_NUMBERS = np.dtype([("person", "<u4")])
_DEED = ", ".join(f"'{name}', {int(deed)}" for name, deed in _DEEDS.items())
_WEIGHT = ", ".join(f"'{name}', {WEIGHTS[deed]}" for name, deed in _DEEDS.items())
_ITEMS = "if(empty(item_product_ids), [toString(product_id)], item_product_ids)"
_FADED = f"""exp2(-(toUnixTimestamp64Micro({{now:DateTime64(6, 'UTC')}})
  - toUnixTimestamp64Micro(at)) / 86400000000. / {HALF_LIFE_DAYS})"""
_WHERE = """
WHERE workspace_id = {workspace:UInt16} AND type IN {types:Array(String)}
  AND at > {since:DateTime64(6, 'UTC')} AND at <= {now:DateTime64(6, 'UTC')}
  AND (type != {viewed:String} OR at > {viewed_since:DateTime64(6, 'UTC')})
  AND NOT is_machine AND person != 0
"""
_LINES = f"""
SELECT person, {key_sql("item")} AS item_key, toUInt8(caseWithExpression(type, {_DEED}, 0)) AS deed,
  toFloat64(sum({_FADED})), toInt64(max(toUnixTimestamp64Micro(at)))
FROM (
  SELECT {PROFILE} AS person, type, at, arrayJoin({_ITEMS}) AS item
  FROM events {_WHERE}
)
WHERE item IN {{items:Array(String)}}
GROUP BY person, item_key, deed
"""  # noqa: S608 - joined from constants; values are parameters
_ACTIVITY = f"""
SELECT person, toFloat64(sumIf(value, is_view)), toFloat64(sumIf(value, NOT is_view)) FROM (
  SELECT {PROFILE} AS person, type = {{viewed:String}} AS is_view,
    {_FADED} * length({_ITEMS}) * caseWithExpression(type, {_WEIGHT}, 0.) AS value
  FROM events {_WHERE}
)
GROUP BY person
"""  # noqa: S608 - joined from constants; values are parameters
_DISMISSED = f"""
SELECT DISTINCT person FROM (
  SELECT {PROFILE} AS person, if(product_id = '', category, product_id) AS about,
    argMax(type, at) AS latest
  FROM events
  WHERE workspace_id = {{workspace:UInt16}} AND at <= {{now:DateTime64(6, 'UTC')}}
    AND type IN ({{dismissed:String}}, {{restored:String}})
    AND about IN {{items:Array(String)}} AND person != 0
  GROUP BY person, about
)
WHERE latest = {{dismissed:String}}
"""  # noqa: S608 - joined from constants; values are parameters


class KinRows:
    """Reads deeds from the copy of the log.

    Args:
        store: the copy.
        now: what is later does not count.
        workspace_id: whose shop.
    """

    def __init__(self, store: ColumnarStore, now: datetime, workspace_id: int) -> None:
        self._store = store
        self._asked = {
            "workspace": workspace_id,
            "types": list(_DEEDS),
            "viewed": topics.PRODUCT_VIEWED,
            "dismissed": topics.RECOMMENDATION_DISMISSED,
            "restored": topics.RECOMMENDATION_RESTORED,
            "since": now - _LASTS,
            "viewed_since": now - VIEWS_LAST,
            "now": now,
        }

    def read_lines(self, items: Sequence[str]) -> NDArray[Any]:
        """Return who did what with some products or variants, as `LINES`; within a year."""
        return self._read(_LINES, LINES, {"items": list(items)})

    def read_activity(self) -> NDArray[Any]:
        """Return how much everybody does, by weight and age: with views apart, as `ACTIVITY`."""
        return self._read(_ACTIVITY, ACTIVITY, {})

    def read_dismissing(self, names: Sequence[str]) -> NDArray[Any]:
        """Return the numbers of those to whom a product or category is nothing."""
        return self._read(_DISMISSED, _NUMBERS, {"items": list(names)})["person"]

    def _read(self, query: str, record: np.dtype[Any], more: Mapping[str, Any]) -> NDArray[Any]:
        return self._store.query_records(
            query, {**self._asked, **more}, record, budget=QueryBudget.REPORT
        )
