"""Broadcasts that go again and again: each occurrence is a broadcast of its own, begun once.

A recurring broadcast is a row that waits for its next occurrence. When that begins, one
transaction makes an ordinary broadcast of it, begins that, writes down that it did, and plans the
next; the row is held meanwhile, and the key of an occurrence refuses it twice.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, Row

from kikubari.journeys import _occurrence_repository as occurrences
from kikubari.journeys import _repository as repository
from kikubari.journeys._views import decode_definition, view_of
from kikubari.journeys.contracts import Broadcast, Growth
from kikubari.journeys.planning import LATE, Planning, Skipped
from kikubari.journeys.starting import AudienceGrownError, Starting, not_found
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, KikubariError, UnavailableError
from kikubari.storage import StateStore

_MOST_TO_COME = 100


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One date of a recurring broadcast.

    Attributes:
        occurs_at: by the shop's clock; where each person's own counts, when the shop's shows it.
        broadcast_id: as which broadcast it went; empty when it is to come or was skipped.
        skipped: why it did not go.
    """

    occurs_at: datetime
    broadcast_id: str = ""
    skipped: Skipped | None = None


class Recurring:
    """Begins, holds and ends recurring broadcasts.

    Args:
        store: of the broadcasts.
        starting: fixes audiences and letters.
        clock: gives the instants.
        ids: makes the ids of the broadcasts that occurrences are.
        zone: the shop's.
        workspace_id: whose broadcasts.
    """

    def __init__(
        self,
        store: StateStore,
        starting: Starting,
        clock: Clock,
        ids: IdFactory,
        *,
        zone: ZoneInfo,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._starting = starting
        self._clock = clock
        self._ids = ids
        self._planning = Planning(zone, workspace_id)
        self._workspace_id = workspace_id

    def begin_due(self, growth: Growth | None) -> None:
        """Begin the occurrence that has come of each recurring broadcast, the latest alone.

        One that cannot begin makes its recurring broadcast a draft again, which says why.
        """
        now = self._clock.now()
        with self._store.read() as connection:
            ids = occurrences.list_due(connection, self._workspace_id, now_us=to_micros(now))
            rows = [repository.find(connection, self._workspace_id, one) for one in ids]
        for row in rows:
            if row is not None and row.occurs_us is not None:
                self._begin_latest(row, now, growth)

    def _begin_latest(
        self, row: Row[*tuple[Any, ...]], now: datetime, growth: Growth | None
    ) -> None:
        timing = decode_definition(row.definition).timing
        first = from_micros(row.occurs_us)
        passed = self._planning.list_passed(timing, first, now)
        is_late = now > passed[-1] + LATE
        missed = passed if is_late else passed[:-1]
        if missed and not self._pass_over(row, missed, None if is_late else passed[-1], now):
            return
        if not is_late:
            self._begin(row, passed[-1], growth)

    def _pass_over(
        self,
        row: Row[*tuple[Any, ...]],
        missed: Sequence[datetime],
        going: datetime | None,
        now: datetime,
    ) -> bool:
        """Write down what was missed, and what goes instead; False: somebody else was here."""
        timing = decode_definition(row.definition).timing

        def work(connection: Connection) -> bool:
            if not self._holds(connection, row, missed[0]):
                return False
            occurrences.note_skipped(
                connection,
                self._workspace_id,
                row.id,
                [to_micros(one) for one in missed],
                Skipped.MISSED,
            )
            if going is None:
                self._planning.plan_next(connection, row.id, timing, now)
                return True
            occurrences.plan(
                connection,
                self._workspace_id,
                row.id,
                occurs_us=to_micros(going),
                begins_us=to_micros(self._planning.begins_at(timing, going)),
            )
            return True

        return self._store.write(work)

    def _begin(
        self, row: Row[*tuple[Any, ...]], occurs_at: datetime, growth: Growth | None
    ) -> None:
        with self._store.read() as connection:
            recurring = view_of(connection, row)
        try:
            self._open(row, recurring, occurs_at, growth)
        except UnavailableError:
            raise
        except KikubariError as error:
            is_mine = self._put_back(row, occurs_at, error)
            if is_mine and growth is not None and isinstance(error, AudienceGrownError):
                growth.ask(recurring, error.n_people, row.permitted_by)

    def _open(
        self,
        row: Row[*tuple[Any, ...]],
        recurring: Broadcast,
        occurs_at: datetime,
        growth: Growth | None,
    ) -> None:
        timing = recurring.definition.timing
        definition = msgspec.structs.replace(recurring.definition, timing=timing.once(occurs_at))
        begin = self._starting.prepare(definition, growth, n_permitted=int(row.n_permitted))
        sent_as = self._ids.new_id("brd")
        now = self._clock.now()
        occurs_us = to_micros(occurs_at)

        def work(connection: Connection) -> None:
            if not self._holds(connection, row, occurs_at):
                return
            repository.insert_draft(
                connection,
                self._workspace_id,
                sent_as,
                msgspec.json.encode(definition),
                to_micros(now),
            )
            begin(connection, sent_as)
            occurrences.note_sent(connection, self._workspace_id, row.id, occurs_us, sent_as)
            self._planning.plan_next(connection, row.id, timing, now)

        self._store.write(work)

    def _holds(
        self, connection: Connection, row: Row[*tuple[Any, ...]], occurs_at: datetime
    ) -> bool:
        """Hold a recurring broadcast; False if it waits for this occurrence no more."""
        held = occurrences.lock(connection, self._workspace_id, row.id)
        return held is not None and (held.phase, held.version, held.occurs_us) == (
            repository.REPEATING,
            row.version,
            to_micros(occurs_at),
        )

    def _put_back(
        self, row: Row[*tuple[Any, ...]], occurs_at: datetime, error: KikubariError
    ) -> bool:
        def work(connection: Connection) -> bool:
            if not self._holds(connection, row, occurs_at):
                return False
            put_back = partial(occurrences.put_back, connection, self._workspace_id, row.id)
            put_back(problem=error.message)
            return True

        return self._store.write(work)

    def pause(self, broadcast_id: str) -> None:
        """Let a recurring broadcast go no more until it is resumed.

        Raises:
            ConflictError: it is paused already, or goes no more.
        """

        def work(connection: Connection) -> None:
            self._expect(connection, broadcast_id, repository.REPEATING)
            occurrences.leave(connection, self._workspace_id, broadcast_id, phase=repository.PAUSED)

        self._store.write(work)

    def resume(self, broadcast_id: str) -> None:
        """Let it go on with the next occurrence; what passed meanwhile is not made up for.

        Raises:
            ConflictError: it is not paused.
        """

        def work(connection: Connection) -> None:
            row = self._expect(connection, broadcast_id, repository.PAUSED)
            timing = decode_definition(row.definition).timing
            self._planning.plan_next(connection, broadcast_id, timing, self._clock.now())

        self._store.write(work)

    def cancel(self, broadcast_id: str) -> None:
        """Let it go never again; what is under way goes on.

        Raises:
            ConflictError: it goes no more as it is.
        """

        def work(connection: Connection) -> None:
            self._expect(connection, broadcast_id, repository.REPEATING, repository.PAUSED)
            occurrences.leave(
                connection, self._workspace_id, broadcast_id, phase=repository.CANCELLED
            )

        self._store.write(work)

    def skip_next(self, broadcast_id: str) -> None:
        """Leave out the next occurrence.

        Raises:
            NotFoundError: no such broadcast.
            ConflictError: no occurrence is to come.
        """

        def work(connection: Connection) -> None:
            row = self._expect(connection, broadcast_id, repository.REPEATING)
            occurrences.note_skipped(
                connection, self._workspace_id, broadcast_id, [row.occurs_us], Skipped.BY_HAND
            )
            timing = decode_definition(row.definition).timing
            self._planning.plan_next(connection, broadcast_id, timing, self._clock.now())

        self._store.write(work)

    def _expect(
        self, connection: Connection, broadcast_id: str, *phases: str
    ) -> Row[*tuple[Any, ...]]:
        """Hold a recurring broadcast that is in one of some phases."""
        held = occurrences.lock(connection, self._workspace_id, broadcast_id)
        row = repository.find(connection, self._workspace_id, broadcast_id)
        if held is None or row is None:
            raise not_found(broadcast_id)
        if held.phase not in phases:
            raise ConflictError(
                f"broadcast {broadcast_id} is {held.phase}, not {' or '.join(phases)}",
                hint="`kikubari broadcasts occurrences` says what was sent and what is to come.",
            )
        return row

    def list_passed(self, broadcast_id: str, *, limit: int | None = None) -> list[Occurrence]:
        """Return what was sent or skipped, the latest first."""
        with self._store.read() as connection:
            rows = occurrences.list_kept(connection, self._workspace_id, broadcast_id, limit=limit)
        return [
            Occurrence(
                occurs_at=from_micros(row.occurs_us),
                broadcast_id=row.sent_as or "",
                skipped=Skipped(row.skipped) if row.skipped else None,
            )
            for row in rows
        ]

    def list_to_come(self, recurring: Broadcast, limit: int) -> list[Occurrence]:
        """Return the next occurrences, the soonest first; none while nothing is to come."""
        timing = recurring.definition.timing
        if recurring.occurs_at is None or timing.repeat is None:
            return []
        limit = min(limit, _MOST_TO_COME)
        if timing.repeat.times is not None:
            with self._store.read() as connection:
                n_sent = occurrences.count_sent(connection, self._workspace_id, recurring.id)
            limit = min(limit, timing.repeat.times - n_sent)
        found: list[datetime] = []
        at: datetime | None = recurring.occurs_at
        while at is not None and len(found) < limit:
            found.append(at)
            at = timing.find_next(at, self._planning.zone)
        return [Occurrence(occurs_at=one) for one in found]
