"""What the guard said of all messages lately, by broadcast and rule."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from kikubari.spec import topics
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, QueryBudget

_TALLIES = """
SELECT rule, broadcast_id,
  uniqExactIf(message_id, type = {skipped:String} AND level = 'block'
    AND rule IN {blocking:Array(String)}) AS n_blocked,
  uniqExactIf(message_id, type = {skipped:String} AND level = 'hold'
    AND rule IN {holding:Array(String)}) AS n_held,
  uniqExactIf(message_id, type = {sent:String}) AS n_warned,
  groupUniqArray(3)(message_id)
FROM (
  SELECT message_id, broadcast_id, type, JSONExtractString(properties, 'guard') AS level,
    arrayJoin(JSONExtract(properties, 'guard_rules', 'Array(String)')) AS rule
  FROM events
  WHERE workspace_id = {workspace:UInt16} AND at >= {since:DateTime64(6, 'UTC')}
    AND type IN ({sent:String}, {skipped:String})
    AND ({broadcast:String} = '' OR broadcast_id = {broadcast:String})
)
GROUP BY rule, broadcast_id
HAVING n_blocked + n_held + n_warned > 0
ORDER BY n_blocked + n_held + n_warned DESC, rule, broadcast_id
LIMIT 1000
"""


class GuardTally(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule said of one broadcast's messages.

    Attributes:
        rule: such as ``R05``.
        broadcast_id: empty for messages of no broadcast.
        n_blocked: not sent.
        n_held: not sent, because their time never came.
        n_warned: sent in spite of a warning.
        message_ids: of up to three of them.
    """

    rule: str
    broadcast_id: str
    n_blocked: int
    n_held: int
    n_warned: int
    message_ids: tuple[str, ...]


class GuardTallies:
    """Counts the guard's objections on the columnar copy of the log."""

    def __init__(self, columnar: ColumnarStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._columnar = columnar
        self._workspace_id = workspace_id

    def count(
        self,
        since: datetime,
        *,
        blocking: Collection[str],
        holding: Collection[str],
        broadcast_id: str = "",
    ) -> list[GuardTally]:
        """Return the tallies of messages settled since, most objections first.

        Args:
            since: an aware instant.
            blocking: rules that may block; what others said of a blocked message did not stop it.
            holding: rules that may hold, likewise.
            broadcast_id: of that broadcast only; empty: of all.
        """
        values = {
            "workspace": self._workspace_id,
            "since": since,
            "broadcast": broadcast_id,
            "blocking": sorted(blocking),
            "holding": sorted(holding),
            "sent": topics.EMAIL_SENT,
            "skipped": topics.EMAIL_SKIPPED,
        }
        rows = self._columnar.query_rows(_TALLIES, values, budget=QueryBudget.REPORT)
        return [
            GuardTally(
                rule=row[0],
                broadcast_id=row[1],
                n_blocked=row[2],
                n_held=row[3],
                n_warned=row[4],
                message_ids=tuple(sorted(row[5])),
            )
            for row in rows
        ]
