"""What was said to run low, from the columnar copy."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from kikubari.decide.predict.contracts import RunsLow
from kikubari.events import PROFILE
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.topics import ORDER_COMPLETED, REPLENISHMENT_FORECAST
from kikubari.storage import ColumnarStore, QueryBudget

# Forecasts reach four weeks ahead and are renewed each week.
_FORECASTS_LAST = timedelta(days=35)

# The latest word on a person's product, or on a category as a whole, is a forecast or an order.
_QUERY = """
WITH
  type = {forecast:String} AS is_forecast,
  JSONExtractInt(properties, 'runs_low_us') AS low_us,
  JSONExtractInt(properties, 'earliest_us') AS earliest_us,
  JSONExtractInt(properties, 'latest_us') AS latest_us,
  JSONExtractFloat(properties, 'confidence') AS confidence,
  if(product_id = '', ('c', toString(category)), ('p', toString(product_id))) AS told,
  arrayMap(one -> ('p', toString(one)), item_product_ids) AS products,
  arrayMap(one -> ('c', toString(one)), item_categories) AS categories,
  arrayJoin(if(is_forecast, [told], arrayConcat(products, categories))) AS item
SELECT
  toUInt32(PROFILE) AS person,
  item,
  argMax((is_forecast, category, low_us, earliest_us, latest_us, confidence),
         (at, source_id, message_key)) AS said
FROM events
WHERE workspace_id = {workspace:UInt16}
  AND type IN ({forecast:String}, {completed:String})
  AND at > {since:DateTime64(6, 'UTC')} AND at <= {as_of:DateTime64(6, 'UTC')}
  AND WHOSE
GROUP BY person, item
HAVING said.1 AND arrayExists(
  (f, e) -> said.3 >= f AND said.3 < e, {firsts:Array(Int64)}, {ends:Array(Int64)}
)
ORDER BY person, said.3, said.6 DESC, item
""".replace("PROFILE", PROFILE)
_OF_SOME = "profile_arrived IN {numbers:Array(UInt32)}"
_OF_ALL = f"""{PROFILE} IN (
    SELECT {PROFILE} FROM events
    WHERE workspace_id = {{workspace:UInt16}} AND type = {{forecast:String}}
      AND at > {{since:DateTime64(6, 'UTC')}} AND at <= {{as_of:DateTime64(6, 'UTC')}}
      AND arrayExists(
        (f, e) -> JSONExtractInt(properties, 'runs_low_us') >= f
          AND JSONExtractInt(properties, 'runs_low_us') < e,
        {{firsts:Array(Int64)}}, {{ends:Array(Int64)}}
      )
  )"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters


def list_running_low(
    store: ColumnarStore,
    *,
    as_of: datetime,
    spans: Sequence[tuple[datetime, datetime]],
    numbers: Collection[int] | None = None,
    workspace_id: int,
) -> list[tuple[int, RunsLow]]:
    """Return who is expected to run low on what, by person, the next first.

    Args:
        store: the copy.
        as_of: what was said or bought later does not count.
        spans: goods that run low in one of these, from the first instant until before the second.
        numbers: all that one person has; everybody's if None.
        workspace_id: whose people.
    """
    values = {
        "workspace": workspace_id,
        "forecast": REPLENISHMENT_FORECAST,
        "completed": ORDER_COMPLETED,
        "since": as_of - _FORECASTS_LAST,
        "as_of": as_of,
        "firsts": [to_micros(first) for first, _ in spans],
        "ends": [to_micros(end) for _, end in spans],
    }
    budget = QueryBudget.REPORT
    whose = _OF_ALL
    if numbers is not None:
        whose, budget = _OF_SOME, QueryBudget.LIVE
        values["numbers"] = sorted(numbers)
    rows = store.query_rows(_QUERY.replace("WHOSE", whose), values, budget=budget)
    return [(person, _read(item, said)) for person, item, said in rows]


def _read(item: tuple[str, str], said: tuple[int, str, int, int, int, float]) -> RunsLow:
    kind, name = item
    _, category, low_us, earliest_us, latest_us, confidence = said
    return RunsLow(
        product_id=name if kind == "p" else None,
        category=category,
        at=from_micros(low_us),
        earliest_at=from_micros(earliest_us),
        latest_at=from_micros(latest_us),
        confidence=confidence,
    )
