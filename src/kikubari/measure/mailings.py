"""What became of all mail lately, and what a frequency policy would have made of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pyroaring import BitMap

from kikubari.deliver import Cap, FrequencyPolicy, QuietHours
from kikubari.events import PROFILE
from kikubari.spec import topics
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, QueryBudget

_HEALTH = """
SELECT broadcast_id,
  uniqExactIf(message_id, type IN ({sent:String}, {bounced:String})),
  uniqExactIf(message_id, type = {bounced:String}),
  uniqExactIf(message_id, type = {complained:String}),
  maxIf(at, type = {sent:String})
FROM events
WHERE workspace_id = {workspace:UInt16} AND broadcast_id != ''
  AND at >= {since:DateTime64(6, 'UTC')}
  AND type IN ({sent:String}, {bounced:String}, {complained:String})
GROUP BY broadcast_id
"""

_MARKETING = """
workspace_id = {workspace:UInt16} AND type = {sent:String} AND at >= {since:DateTime64(6, 'UTC')}
  AND JSONExtractString(properties, 'purpose') = 'marketing'
  AND ({channel:String} = '' OR JSONExtractString(properties, 'channel') = {channel:String})
  AND (empty({broadcasts:Array(String)}) OR has({broadcasts:Array(String)}, broadcast_id))
"""
_COUNT = f"SELECT count() FROM events WHERE {_MARKETING}"  # noqa: S608 - a constant
_MAILED = f"SELECT DISTINCT toUInt32({PROFILE}) FROM events WHERE {_MARKETING}"  # noqa: S608 - constants
# A message is one too many when the one `most` before it still counts.
_CAPPED = """
SELECT DISTINCT toUInt32(who) FROM (
  SELECT who, at, row_number() OVER w AS place, lagInFrame(at, {{most:UInt32}}) OVER w AS earlier
  FROM (SELECT {profile} AS who, at, message_id FROM events WHERE {marketing})
  WINDOW w AS (PARTITION BY who ORDER BY at, message_id
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
WHERE place > {{most:UInt32}} AND at >= {{from:DateTime64(6, 'UTC')}} AND {counts}
"""
_STILL_COUNTS: Mapping[str, str] = {
    "hours": "at < earlier + toIntervalHour({period:UInt32})",
    "calendar_days": (
        "dateDiff('day', toDate(earlier, {zone:String}), toDate(at, {zone:String}))"
        " < {period:Int32}"
    ),
}
_QUIET = f"""
SELECT DISTINCT toUInt32({PROFILE}) FROM events
WHERE {_MARKETING} AND if({{start:String}} < {{end:String}},
  formatDateTime(at, '%H:%i', {{zone:String}}) >= {{start:String}}
    AND formatDateTime(at, '%H:%i', {{zone:String}}) < {{end:String}},
  formatDateTime(at, '%H:%i', {{zone:String}}) >= {{start:String}}
    OR formatDateTime(at, '%H:%i', {{zone:String}}) < {{end:String}})
"""  # noqa: S608 - constants


class MailCount(msgspec.Struct, frozen=True, kw_only=True):
    """What became of mail. `n_tried` is what was sent, and what bounced at once."""

    n_tried: int = 0
    n_bounced: int = 0
    n_complained: int = 0
    last_sent_at: datetime | None = None


class PolicyTrial(msgspec.Struct, frozen=True, kw_only=True):
    """People whom a policy would have made wait, by what was sent to them.

    Everybody is judged by the shop's time zone, and wishes of their own are left out.

    Attributes:
        days: how far back.
        n_people: who got marketing mail.
        n_held: of them, those for whom a message would have had to wait.
        caps: of them, by each cap in its order; quiet_hours likewise.
    """

    days: int
    n_people: int
    n_held: int
    caps: list[int]
    quiet_hours: list[int]


class Mailings:
    """Counts all mail on the columnar copy of the log."""

    def __init__(
        self, columnar: ColumnarStore, *, timezone: str, workspace_id: int = DEFAULT_WORKSPACE
    ) -> None:
        self._columnar = columnar
        self._timezone = timezone
        self._workspace_id = workspace_id

    def count_by_broadcast(self, since: datetime) -> dict[str, MailCount]:
        """Return what became of each broadcast's mail since."""
        values = {
            **self._values(since),
            "bounced": topics.EMAIL_BOUNCED,
            "complained": topics.EMAIL_MARKED_AS_SPAM,
        }
        rows = self._columnar.query_rows(_HEALTH, values, budget=QueryBudget.REPORT)
        return {
            row[0]: MailCount(
                n_tried=row[1],
                n_bounced=row[2],
                n_complained=row[3],
                last_sent_at=row[4] if row[1] > row[2] else None,
            )
            for row in rows
        }

    def count_marketing(self, since: datetime) -> int:
        """Return how many marketing messages left since."""
        rows = self._columnar.query_rows(_COUNT, self._values(since), budget=QueryBudget.REPORT)
        return int(rows[0][0])

    def try_policy(
        self,
        policy: FrequencyPolicy,
        *,
        until: datetime,
        days: int,
        on_topic: Mapping[str, Sequence[str]],
    ) -> PolicyTrial:
        """Say whom a policy would have made wait in the last days.

        Args:
            policy: as it would be.
            until: now.
            days: how far back.
            on_topic: ids of the broadcasts on each topic that a cap is for.
        """
        since = until - timedelta(days=days)
        capped = [self._capped(cap, since, on_topic.get(cap.topic, ())) for cap in policy.caps]
        quiet = [self._quieted(one, since) for one in policy.quiet_hours]
        mailed = self._columnar.query_numbers(_MAILED, self._values(since))
        return PolicyTrial(
            days=days,
            n_people=len(mailed),
            n_held=len(BitMap.union(BitMap(), *capped, *quiet)),
            caps=[len(one) for one in capped],
            quiet_hours=[len(one) for one in quiet],
        )

    def _capped(self, cap: Cap, since: datetime, broadcasts: Sequence[str]) -> BitMap:
        if cap.topic and not broadcasts:
            return BitMap()
        query = _CAPPED.format(
            profile=PROFILE, marketing=_MARKETING, counts=_STILL_COUNTS[cap.unit]
        )
        memory = timedelta(hours=cap.period) if cap.unit == "hours" else timedelta(days=cap.period)
        values = self._values(since - memory, channel=cap.channel, broadcasts=broadcasts)
        asked = {"from": since, "most": cap.most, "period": cap.period, "zone": self._timezone}
        return self._columnar.query_numbers(query, values | asked)

    def _quieted(self, quiet: QuietHours, since: datetime) -> BitMap:
        values = self._values(since, channel=quiet.channel)
        asked = {"start": quiet.start, "end": quiet.end, "zone": self._timezone}
        return self._columnar.query_numbers(_QUIET, values | asked)

    def _values(
        self, since: datetime, *, channel: str = "", broadcasts: Iterable[str] = ()
    ) -> dict[str, Any]:
        return {
            "workspace": self._workspace_id,
            "sent": topics.EMAIL_SENT,
            "since": since,
            "channel": channel,
            "broadcasts": list(broadcasts),
        }
