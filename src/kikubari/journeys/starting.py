"""Starting a broadcast: at once, or by itself when its time has come."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection, Row

from kikubari.decide.guard import FactOfUse
from kikubari.deliver import Letter, open_dispatch
from kikubari.journeys import _occurrence_repository as occurrences
from kikubari.journeys import _repository as repository
from kikubari.journeys._views import origin_of, view_of
from kikubari.journeys.contracts import Audience, Broadcast, BroadcastDefinition, Growth
from kikubari.journeys.coupons import CouponDesk
from kikubari.journeys.definitions import letter_of, list_letters
from kikubari.journeys.planning import Planning
from kikubari.journeys.timing import Schedule
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import (
    ConflictError,
    InvalidInputError,
    KikubariError,
    NotFoundError,
    UnavailableError,
)
from kikubari.storage import StateStore

# Refuses, by raising, to send a version to so many people; asked in the transaction that starts it.
Permit = Callable[[Connection, int, int], None]
# Refuses, by raising, an audience of so many people that was permitted for fewer.
_Measure = Callable[[int], None]
# Returns the facts that a segment, by id or tree, chooses people by.
Selecting = Callable[[str | dict[str, Any]], tuple[FactOfUse, ...]]
# Puts saved blocks into the templates of a definition.
Filling = Callable[[BroadcastDefinition], BroadcastDefinition]

# Phases from which a broadcast can be taken back to a draft.
_WAITING = frozenset({repository.SCHEDULED, repository.REPEATING, repository.PAUSED})


def know_no_facts(segment: str | dict[str, Any]) -> tuple[FactOfUse, ...]:
    """Know nothing of what a segment chooses people by."""
    del segment
    return ()


def allow(connection: Connection, version: int, n_people: int) -> None:
    """Permit whatever it is."""
    del connection, version, n_people


def _take_all(n_people: int) -> None:
    del n_people


def _refuse_growth(growth: Growth, n_permitted: int, n_people: int) -> None:
    if growth.is_outgrown(n_permitted, n_people):
        raise AudienceGrownError(n_permitted, n_people)


class AudienceGrownError(ConflictError):
    """A scheduled broadcast would go to many more people than it was permitted for."""

    def __init__(self, n_permitted: int, n_people: int) -> None:
        super().__init__(
            f"it was permitted for {n_permitted:,} and would go to {n_people:,} people now",
            hint="Let somebody else approve it, then send it again.",
        )
        self.n_people = n_people


class Starting:
    """Fixes audiences and letters.

    Args:
        store: of the definitions and of the outbox.
        audience: evaluates segments.
        clock: gives the instants.
        fill: puts saved blocks into templates.
        selecting: lists the facts that choose a segment's people, for the guard.
        coupons: plans which offers' codes messages bring; none: they bring none.
        zone: the shop's.
        workspace_id: whose broadcasts.
    """

    def __init__(
        self,
        store: StateStore,
        audience: Audience,
        clock: Clock,
        *,
        fill: Filling,
        selecting: Selecting,
        coupons: CouponDesk | None,
        zone: ZoneInfo,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._audience = audience
        self._clock = clock
        self._fill = fill
        self._selecting = selecting
        self._coupons = coupons
        self._zone = zone
        self._planning = Planning(zone, workspace_id)
        self._workspace_id = workspace_id

    def start(
        self,
        draft: Broadcast,
        permit: Permit,
        *,
        by: str = "",
        phase: str = repository.DRAFT,
        measure: _Measure = _take_all,
    ) -> None:
        """Fix the audience and the letters, or schedule what is for later; see `Broadcasts`."""
        now = self._clock.now()
        begins_at = Schedule(draft.definition.timing, self._zone).begins_at
        audience = self._audience.evaluate(
            draft.definition.segment, as_of=now, workspace_id=self._workspace_id
        )
        measure(len(audience))
        letters = self._write(draft.definition)

        def work(connection: Connection) -> None:
            row = self._lock(connection, draft.id, phase)
            if row.version != draft.version:
                raise ConflictError(
                    f"broadcast {draft.id} was changed meanwhile",
                    hint="Look at the new version and send it again.",
                )
            permit(connection, draft.version, len(audience))
            if draft.recurs:
                self._repeat(connection, draft, now, n_permitted=len(audience), by=by)
                return
            if begins_at is not None and begins_at > now:
                begins_us = to_micros(begins_at)
                repository.schedule(
                    connection,
                    self._workspace_id,
                    draft.id,
                    begins_us=begins_us,
                    n_permitted=len(audience),
                    permitted_by=by,
                )
                return
            self._begin(connection, draft.id, letters, audience, now)

        self._store.write(work)

    def _repeat(
        self, connection: Connection, draft: Broadcast, now: datetime, *, n_permitted: int, by: str
    ) -> None:
        """Let a draft wait for its first occurrence."""
        timing = draft.definition.timing
        if not self._planning.plan_first(connection, draft.id, timing, now, held=draft.occurs_at):
            raise InvalidInputError(
                "this broadcast would never go: all its dates have passed",
                hint="Choose a later end, or more times.",
            )
        occurrences.permit(
            connection, self._workspace_id, draft.id, n_permitted=n_permitted, permitted_by=by
        )

    def prepare(
        self, definition: BroadcastDefinition, growth: Growth | None, *, n_permitted: int
    ) -> Callable[[Connection, str], None]:
        """Return what begins a draft of this definition, with who is there now.

        Args:
            definition: of an occurrence, once.
            growth: says whether the audience has outgrown its permission.
            n_permitted: people it was permitted for.

        Raises:
            AudienceGrownError: it has.
            NotFoundError: no such segment.
        """
        now = self._clock.now()
        audience = self._audience.evaluate(
            definition.segment, as_of=now, workspace_id=self._workspace_id
        )
        if growth is not None:
            _refuse_growth(growth, n_permitted, len(audience))
        letters = self._write(definition)

        def begin(connection: Connection, broadcast_id: str) -> None:
            self._begin(connection, broadcast_id, letters, audience, now)

        return begin

    def begin_scheduled(self, growth: Growth | None) -> None:
        """Start what was scheduled for now; one that cannot start is a draft again and says why."""
        now_us = to_micros(self._clock.now())
        with self._store.read() as connection:
            ids = repository.list_beginning(connection, self._workspace_id, now_us=now_us)
            rows = [repository.find(connection, self._workspace_id, one) for one in ids]
            due = [(row, view_of(connection, row)) for row in rows if row is not None]
        for row, scheduled in due:
            measure = partial(_refuse_growth, growth, int(row.n_permitted)) if growth else _take_all
            try:
                self.start(scheduled, allow, phase=repository.SCHEDULED, measure=measure)
            except UnavailableError:
                raise
            except AudienceGrownError as error:
                self._put_back(scheduled.id, error)
                if growth is not None:
                    growth.ask(scheduled, error.n_people, row.permitted_by)
            except KikubariError as error:
                self._put_back(scheduled.id, error)

    def _put_back(self, broadcast_id: str, error: KikubariError) -> None:
        put_back = partial(
            repository.unschedule,
            workspace_id=self._workspace_id,
            broadcast_id=broadcast_id,
            problem=error.message,
        )
        self._store.write(put_back)

    def unschedule(self, broadcast_id: str) -> None:
        """Make a scheduled broadcast a draft again; see `Broadcasts`."""

        def work(connection: Connection) -> None:
            row = repository.lock(connection, self._workspace_id, broadcast_id)
            if row is None:
                raise not_found(broadcast_id)
            if row.phase in {repository.REPEATING, repository.PAUSED}:
                occurrences.leave(
                    connection, self._workspace_id, broadcast_id, phase=repository.DRAFT
                )
                return
            if row.phase != repository.SCHEDULED:
                raise ConflictError(
                    f"broadcast {broadcast_id} is not scheduled",
                    hint="If it has begun, pause or cancel it.",
                )
            repository.unschedule(connection, self._workspace_id, broadcast_id)

        self._store.write(work)

    def _write(self, definition: BroadcastDefinition) -> list[tuple[str, Letter]]:
        selected_by = self._selecting(definition.segment)
        coupon = self._coupons.plan(definition.coupon) if self._coupons else None
        return [
            (
                name,
                msgspec.structs.replace(letter_of(one), selected_by=selected_by, coupon=coupon),
            )
            for name, one in list_letters(self._fill(definition))
        ]

    def _begin(
        self,
        connection: Connection,
        broadcast_id: str,
        letters: list[tuple[str, Letter]],
        audience: BitMap,
        now: datetime,
    ) -> None:
        self._open(connection, broadcast_id, letters, now)
        repository.start(
            connection, self._workspace_id, broadcast_id, audience=audience, now_us=to_micros(now)
        )

    def _open(
        self,
        connection: Connection,
        broadcast_id: str,
        letters: list[tuple[str, Letter]],
        now: datetime,
    ) -> None:
        """Open the dispatch of every letter, so that a pause or cancel holds for all of them."""
        for name, letter in letters:
            open_dispatch(
                connection,
                origin_of(broadcast_id),
                letter,
                now=now,
                variant=name,
                workspace_id=self._workspace_id,
            )

    def _lock(self, connection: Connection, broadcast_id: str, phase: str) -> Row[*tuple[Any, ...]]:
        return lock_in_phase(connection, self._workspace_id, broadcast_id, phase)


def lock_in_phase(
    connection: Connection, workspace_id: int, broadcast_id: str, phase: str
) -> Row[*tuple[Any, ...]]:
    """Return where a broadcast stands, and keep others away meanwhile.

    Raises:
        NotFoundError: no such broadcast.
        ConflictError: it is in another phase.
    """
    row = repository.lock(connection, workspace_id, broadcast_id)
    if row is None:
        raise not_found(broadcast_id)
    if row.phase in _WAITING and row.phase != phase:
        raise ConflictError(
            f"broadcast {broadcast_id} is {row.phase}", hint="Take it back to a draft first."
        )
    if row.phase != phase:
        raise ConflictError(
            f"broadcast {broadcast_id} was sent already",
            hint="Create a new broadcast to send again.",
        )
    return row


def not_found(broadcast_id: str) -> NotFoundError:
    """Return the fault of an id that no broadcast has."""
    return NotFoundError(f"no broadcast {broadcast_id}")
