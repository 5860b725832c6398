"""What data a shop sends, for the readiness of recipes."""

from collections.abc import Collection, Mapping
from datetime import datetime

from kikubari.events import PROFILE
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, QueryBudget

_EVENTS = f"""
SELECT type, uniq({PROFILE}) FROM events
WHERE workspace_id = {{workspace:UInt16}} AND type IN {{names:Array(String)}}
  AND at > {{since:DateTime64(6, 'UTC')}} AND profile != 0
GROUP BY type
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters
_TRAITS = f"""
SELECT name, uniq({PROFILE}) FROM traits
WHERE workspace_id = {{workspace:UInt16}} AND name IN {{names:Array(String)}} AND is_set
GROUP BY name
"""  # noqa: S608 - as above


class ColumnarSurvey:
    """Implements `journeys.DataSurvey` on the columnar copy; counts are within a few per cent."""

    def __init__(self, columnar: ColumnarStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._columnar = columnar
        self._workspace_id = workspace_id

    def count_events(self, names: Collection[str], *, since: datetime) -> Mapping[str, int]:
        """Return how many people had each event; who is not in it had none."""
        asked = {"workspace": self._workspace_id, "names": sorted(names), "since": since}
        return self._counts(_EVENTS, asked)

    def count_traits(self, names: Collection[str]) -> Mapping[str, int]:
        """Return how many people ever had each trait."""
        return self._counts(_TRAITS, {"workspace": self._workspace_id, "names": sorted(names)})

    def _counts(self, query: str, asked: dict[str, object]) -> dict[str, int]:
        rows = self._columnar.query_rows(query, asked, budget=QueryBudget.REPORT)
        return {str(name): int(n) for name, n in rows}
