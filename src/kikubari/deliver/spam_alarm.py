"""The alarm on complaints: a warning at 0.1 %, a halt at 0.3 %, and a person who resumes.

The thresholds are Gmail's for bulk senders: a rate of reported spam below 0.1 %, and never 0.3 %
or more, from which a domain takes a week to recover.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
import structlog
from sqlalchemy import Connection

from kikubari.deliver import _alarm_rows as rows
from kikubari.deliver._dispatches import decode_letter
from kikubari.deliver.contracts import DispatchState, Purpose
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError
from kikubari.storage import StateStore

WARNING_RATE = 0.001
HALTING_RATE = 0.003
# Fewer say nothing about a rate: one complaint about ten messages is no tenth of all people.
FEWEST_COMPLAINTS = 3
WINDOW = timedelta(days=7)

logger = structlog.get_logger(__name__)


class AlarmScope(StrEnum):
    """What complaints are counted for."""

    BROADCAST = "broadcast"
    SENDER = "sender"  # the domain of the From address: what mail providers judge


class AlarmLevel(StrEnum):
    """How bad it is."""

    WARNED = "warned"
    HALTED = "halted"


class SpamAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """Too many complaints about one broadcast, or one sender.

    Attributes:
        id: of the broadcast, or the sender's domain.
        n_complaints, n_sent: messages within the window, or since somebody resumed it.
        resumed_at, resumed_by: who let it go on, None while it is held or only warned of.
    """

    scope: AlarmScope
    id: str
    level: AlarmLevel
    n_complaints: int
    n_sent: int
    at: datetime
    resumed_at: datetime | None = None
    resumed_by: str | None = None

    @property
    def is_holding(self) -> bool:
        """Whether messages wait because of it."""
        return self.level is AlarmLevel.HALTED and self.resumed_at is None


class _Sending(msgspec.Struct, frozen=True):
    """A dispatch as the alarm sees it."""

    id: int
    origin_id: str
    is_broadcast: bool
    is_marketing: bool
    state: DispatchState
    domain: str


_Key = tuple[AlarmScope, str]


class SpamWatch:
    """Counts complaints and holds what draws too many. Call `check` every now and then."""

    def __init__(
        self, store: StateStore, clock: Clock, *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> None:
        self._store = store
        self._clock = clock
        self._workspace_id = workspace_id
        self._seen: tuple[int, int] | None = None

    def check(self) -> list[SpamAlarm]:
        """Raise alarms that are due; returns those that are new or have become worse.

        Costs one short query while nobody complains.
        """
        with self._store.read() as connection:
            newest = rows.find_newest_complaint(connection, self._workspace_id)
            is_holding = any(one.is_holding for one in self._list(connection))
        if newest == self._seen and not is_holding:
            return []
        raised = self._store.write(self._judge)
        self._seen = newest
        for alarm in raised:
            logger.warning(
                "spam_alarm", scope=alarm.scope, id=alarm.id, level=alarm.level,
                complaints=alarm.n_complaints, sent=alarm.n_sent,
            )  # fmt: skip
        return raised

    def list_alarms(self) -> list[SpamAlarm]:
        """Return all alarms there have been, newest first."""
        with self._store.read() as connection:
            return self._list(connection)

    def list_senders(self, since: datetime) -> dict[str, list[str]]:
        """Return each sender's domain with the ids of its broadcasts begun since."""
        with self._store.read() as connection:
            found = self._list_sendings(connection, since)
        senders: dict[str, list[str]] = {}
        for one in found:
            if one.is_broadcast:
                senders.setdefault(one.domain, []).append(one.origin_id)
        return senders

    def refuse_if_held(self, from_address: str) -> None:
        """Let nothing new begin from a sender that is held.

        Raises:
            ConflictError: the sender's mail is held.
        """
        domain = _domain_of(from_address)
        held = {one.id for one in self.list_alarms() if one.is_holding}
        if domain in held:
            raise ConflictError(
                f"mail from {domain} is held: too many of its recipients called it spam",
                hint="Find out why, then: kikubari senders resume " + domain,
            )

    def resume_sender(self, domain: str, *, by: str) -> None:
        """Let a sender's mail go on; from now on complaints are counted anew.

        Raises:
            ConflictError: it is not held.
        """
        now_us = to_micros(self._clock.now())

        def work(connection: Connection) -> bool:
            scope = AlarmScope.SENDER.value
            if not rows.resume(connection, self._workspace_id, scope, domain, at_us=now_us, by=by):
                return False
            own = {one.id for one in self._list(connection) if one.is_holding}
            mine = [
                one.id
                for one in self._list_sendings(connection, self._clock.now() - WINDOW)
                if one.domain == domain and one.is_marketing and one.origin_id not in own
            ]
            rows.set_states(
                connection,
                self._workspace_id,
                mine,
                from_=DispatchState.PAUSED,
                to=DispatchState.RUNNING,
            )
            return True

        if not self._store.write(work):
            raise ConflictError(f"mail from {domain} is not held")

    def _judge(self, connection: Connection) -> list[SpamAlarm]:
        known = {(one.scope, one.id): one for one in self._list(connection)}
        groups: dict[_Key, list[_Sending]] = {}
        for one in self._list_sendings(connection, self._clock.now() - WINDOW):
            groups.setdefault((AlarmScope.SENDER, one.domain), []).append(one)
            if one.is_broadcast:
                groups.setdefault((AlarmScope.BROADCAST, one.origin_id), []).append(one)
        raised = []
        for key, sendings in groups.items():
            alarm = self._judge_group(connection, key, sendings, known.get(key))
            if alarm is not None:
                raised.append(alarm)
        return raised

    def _judge_group(
        self,
        connection: Connection,
        key: _Key,
        sendings: Sequence[_Sending],
        known: SpamAlarm | None,
    ) -> SpamAlarm | None:
        """Return an alarm that is new or worse, and hold what must be held."""
        now = self._clock.now()
        running = [one for one in sendings if one.state is DispatchState.RUNNING]
        if known is not None and known.is_holding:
            if key[0] is AlarmScope.BROADCAST and running:
                # Resumed as any broadcast is.
                self._save(connection, msgspec.structs.replace(known, resumed_at=now))
            else:
                self._hold(connection, sendings)
            return None
        since = max(now - WINDOW, known.resumed_at) if known and known.resumed_at else now - WINDOW
        alarm = self._count(connection, key, [one.id for one in sendings], since)
        if alarm is None or (known and not known.resumed_at and known.level is alarm.level):
            return None
        self._save(connection, alarm)
        if alarm.level is AlarmLevel.HALTED:
            self._hold(connection, sendings)
        return alarm

    def _count(
        self, connection: Connection, key: _Key, ids: Sequence[int], since: datetime
    ) -> SpamAlarm | None:
        since_us = to_micros(since)
        complained = rows.count_complaints(connection, self._workspace_id, ids, since_us)
        if complained < FEWEST_COMPLAINTS:
            return None
        sent = rows.count_sent(connection, self._workspace_id, ids, since_us)
        rate = complained / max(sent, 1)
        if rate < WARNING_RATE:
            return None
        return SpamAlarm(
            scope=key[0],
            id=key[1],
            level=AlarmLevel.HALTED if rate >= HALTING_RATE else AlarmLevel.WARNED,
            n_complaints=complained,
            n_sent=sent,
            at=self._clock.now(),
        )

    def _hold(self, connection: Connection, sendings: Sequence[_Sending]) -> None:
        rows.set_states(
            connection,
            self._workspace_id,
            [one.id for one in sendings if one.is_marketing],
            from_=DispatchState.RUNNING,
            to=DispatchState.PAUSED,
        )

    def _list_sendings(self, connection: Connection, since: datetime) -> list[_Sending]:
        return [
            _Sending(
                row.id,
                row.origin_id,
                row.origin_kind == AlarmScope.BROADCAST,
                row.purpose == Purpose.MARKETING,
                DispatchState(row.state),
                _domain_of(decode_letter(row.letter).sender.from_address),
            )
            for row in rows.list_recent_dispatches(connection, self._workspace_id, to_micros(since))
        ]

    def _list(self, connection: Connection) -> list[SpamAlarm]:
        return [
            SpamAlarm(
                scope=AlarmScope(row.scope),
                id=row.id,
                level=AlarmLevel(row.level),
                n_complaints=row.n_complaints,
                n_sent=row.n_sent,
                at=from_micros(row.at_us),
                resumed_at=from_micros(row.resumed_us) if row.resumed_us is not None else None,
                resumed_by=row.resumed_by,
            )
            for row in rows.list_alarms(connection, self._workspace_id)
        ]

    def _save(self, connection: Connection, alarm: SpamAlarm) -> None:
        row: dict[str, object] = {
            "workspace_id": self._workspace_id,
            "scope": alarm.scope.value,
            "id": alarm.id,
            "level": alarm.level.value,
            "n_complaints": alarm.n_complaints,
            "n_sent": alarm.n_sent,
            "at_us": to_micros(alarm.at),
            "resumed_us": to_micros(alarm.resumed_at) if alarm.resumed_at else None,
            "resumed_by": alarm.resumed_by,
        }
        rows.save_alarm(connection, row)


def _domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()
