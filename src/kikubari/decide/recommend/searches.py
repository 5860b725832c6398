"""What people search for and where that leads: only what many searched for, each for themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from kikubari.events import PROFILE
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.topics import PRODUCT_VIEWED, PRODUCTS_SEARCHED
from kikubari.storage import ColumnarStore, QueryBudget

# What fewer people searched for may be one of them, and is shown to nobody.
FEWEST_PEOPLE = 20
_LASTS = timedelta(days=90)
_LEADS_WITHIN = timedelta(minutes=30)
_MOST = 500
_LONGEST = 60
_PRODUCTS = 5

# A view belongs to the person's last search before it. Names of people, addresses and numbers of
# orders are searched for too: what has an @ or five digits is none of anybody's.
_QUERY = f"""
SELECT words, toUInt32(uniqExact(person)) AS people, topK({_PRODUCTS})(viewed) AS products
FROM (
  SELECT views.person AS person, views.product AS viewed, searches.words AS words,
    views.at AS seen_at, searches.at AS searched_at
  FROM (
    SELECT {PROFILE} AS person, toString(product_id) AS product, at FROM events
    WHERE workspace_id = {{workspace:UInt16}} AND type = {{viewed:String}} AND product_id != ''
      AND at > {{since:DateTime64(6, 'UTC')}} AND at <= {{now:DateTime64(6, 'UTC')}}
      AND NOT is_machine AND person != 0
  ) AS views
  ASOF JOIN (
    SELECT {PROFILE} AS person, lowerUTF8(trimBoth(query)) AS words, at FROM events
    WHERE workspace_id = {{workspace:UInt16}} AND type = {{searched:String}} AND query != ''
      AND at > {{since:DateTime64(6, 'UTC')}} AND at <= {{now:DateTime64(6, 'UTC')}}
      AND NOT is_machine AND person != 0
  ) AS searches
  ON views.person = searches.person AND views.at >= searches.at
)
WHERE seen_at <= searched_at + INTERVAL {{within:UInt32}} SECOND
  AND lengthUTF8(words) BETWEEN 2 AND {_LONGEST}
  AND NOT match(words, '@|\\d\\D?\\d\\D?\\d\\D?\\d\\D?\\d')
GROUP BY words
HAVING people >= {{fewest:UInt32}}
ORDER BY people DESC, words
LIMIT {_MOST}
"""  # noqa: S608 - joined from constants; values are parameters


class Search(msgspec.Struct, frozen=True):
    """Words that many searched for.

    Attributes:
        words: in lower case.
        n_people: whom they led to a product.
        product_ids: that they led to most often.
    """

    words: str
    n_people: int
    product_ids: Sequence[str]


def count_searches(
    store: ColumnarStore, *, now: datetime, workspace_id: int = DEFAULT_WORKSPACE
) -> list[Search]:
    """Return what at least `FEWEST_PEOPLE` searched for and were led to goods by, most first."""
    rows = store.query_rows(
        _QUERY,
        {
            "workspace": workspace_id,
            "viewed": PRODUCT_VIEWED,
            "searched": PRODUCTS_SEARCHED,
            "since": now - _LASTS,
            "now": now,
            "within": int(_LEADS_WITHIN.total_seconds()),
            "fewest": FEWEST_PEOPLE,
        },
        budget=QueryBudget.REPORT,
    )
    return [Search(words, n_people, tuple(products)) for words, n_people, products in rows]
