"""Who of a broadcast's people reached a goal: by letter, and beside those who got none."""

from datetime import datetime

from pyroaring import BitMap

from kikubari.events import PROFILE
from kikubari.spec import topics
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, QueryBudget

_LETTERS = """
SELECT JSONExtractString(properties, 'variant') AS letter, message_id, at, {who} AS who
FROM events
WHERE workspace_id = {{workspace:UInt16}} AND broadcast_id = {{broadcast:String}}
  AND type = {{sent:String}} {only}
"""
# Only of those who agreed to it is a click known at all.
_TRACKED = _LETTERS.format(who="0", only="AND JSONExtractBool(properties, 'is_tracked')")
_SENT = _LETTERS.format(who=PROFILE, only="")
_IN_TIME = "done.at >= letters.at AND done.at < letters.at + toIntervalHour({hours:UInt32})"
_CLICKED = f"""
SELECT letter, count(), countIf(is_reached)
FROM (
  SELECT letters.letter AS letter, letters.message_id,
    max(done.message_id != '' AND {_IN_TIME}) AS is_reached
  FROM ({_TRACKED}) AS letters
  LEFT JOIN (
    SELECT message_id, at FROM events
    WHERE workspace_id = {{workspace:UInt16}} AND broadcast_id = {{broadcast:String}}
      AND type = {{goal:String}} AND NOT is_machine
  ) AS done ON letters.message_id = done.message_id
  GROUP BY letter, letters.message_id
)
GROUP BY letter
"""  # noqa: S608 - constants
_REACHED = f"""
SELECT letter, count(), countIf(is_reached)
FROM (
  SELECT letters.letter AS letter, letters.message_id, max(done.is_one AND {_IN_TIME}) AS is_reached
  FROM ({_SENT}) AS letters
  LEFT JOIN (
    SELECT {PROFILE} AS who, at, 1 AS is_one FROM events
    WHERE workspace_id = {{workspace:UInt16}} AND type = {{goal:String}} AND NOT is_machine
      AND at >= {{since:DateTime64(6, 'UTC')}}
  ) AS done ON letters.who = done.who
  GROUP BY letter, letters.message_id
)
GROUP BY letter
"""  # noqa: S608 - constants
_PEOPLE = f"""
SELECT DISTINCT toUInt32({PROFILE}) FROM events
WHERE workspace_id = {{workspace:UInt16}} AND type = {{goal:String}} AND NOT is_machine
  AND at >= {{since:DateTime64(6, 'UTC')}} AND at < {{until:DateTime64(6, 'UTC')}}
"""  # noqa: S608 - constants


class Goals:
    """Counts on the columnar copy of the log."""

    def __init__(self, columnar: ColumnarStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._columnar = columnar
        self._workspace_id = workspace_id

    def count_by_letter(
        self, broadcast_id: str, goal: str, *, hours: int, since: datetime
    ) -> dict[str, tuple[int, int]]:
        """Return, for each letter, how many got it and how many of these reached the goal.

        Args:
            broadcast_id: with several letters.
            goal: name of the event. A click counts where it is on a link of the letter, by a
                person; those whose clicks cannot be known are left out of both counts.
            hours: after the letter was sent.
            since: when the broadcast began.
        """
        values = {
            "workspace": self._workspace_id,
            "broadcast": broadcast_id,
            "sent": topics.EMAIL_SENT,
            "goal": goal,
            "hours": hours,
            "since": since,
        }
        query = _CLICKED if goal == topics.EMAIL_LINK_CLICKED else _REACHED
        rows = self._columnar.query_rows(query, values, budget=QueryBudget.REPORT)
        return {row[0]: (row[1], row[2]) for row in rows}

    def list_who_reached(self, goal: str, *, since: datetime, until: datetime) -> BitMap:
        """Return everybody to whom an event happened between two instants."""
        values = {
            "workspace": self._workspace_id,
            "goal": goal,
            "since": since,
            "until": until,
        }
        return self._columnar.query_numbers(_PEOPLE, values)
