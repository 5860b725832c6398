"""Journeys: written, published, paused, drained, cancelled."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.events import append_in
from kikubari.journeys.definition import Fault, JourneyDefinition, JourneyFaultError
from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.contracts import (
    Journey,
    JourneyDiff,
    JourneyDraft,
    JourneyState,
    JourneyVersion,
    MovePreview,
    PublishOptions,
)
from kikubari.journeys.running.faults import CheckMessage, CheckReferences, list_faults
from kikubari.journeys.running.moving import move_in_flight, plan_moves
from kikubari.journeys.running.program import Program, extend_names
from kikubari.journeys.running.programs import decode_definition
from kikubari.journeys.running.requesting import entry_wish
from kikubari.journeys.running.switching import switch
from kikubari.journeys.running.versions import diff
from kikubari.journeys.running.views import list_views, version_of
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, NotFoundError
from kikubari.storage import StateStore

_encode = msgspec.json.Encoder().encode
# Called when a version begins to run: the segments it follows have to tell who enters and leaves.
Prepare = Callable[[JourneyDefinition], None]


class Journeys:
    """Drafts, versions, and whether they run.

    Args:
        store: of journeys.
        clock: gives the instants.
        ids: makes journey ids.
        check_message: refuses a message that cannot be made.
        check_references: finds what a definition refers to and is not there.
        prepare: called with each version that begins to run.
        workspace_id: whose journeys.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        ids: IdFactory,
        *,
        check_message: CheckMessage,
        check_references: CheckReferences = lambda _: [],
        prepare: Prepare = lambda _: None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._check_message = check_message
        self._check_references = check_references
        self._prepare = prepare
        self._workspace_id = workspace_id

    def create(
        self, definition: JourneyDefinition, *, journey_id: str | None = None
    ) -> JourneyDraft:
        """Write a draft; it may be unfinished.

        Raises:
            ConflictError: there is a journey by that id.
        """
        new_id = journey_id or self._ids.new_id("jny")
        now_us = to_micros(self._clock.now())

        def work(connection: Connection) -> None:
            if repository.find_journey(connection, self._workspace_id, new_id) is not None:
                raise ConflictError(f"there is a journey {new_id}")
            repository.insert_journey(
                connection, self._workspace_id, new_id, _encode(definition), now_us
            )

        self._store.write(work)
        return self.get_draft(new_id)

    def save_draft(
        self, journey_id: str, definition: JourneyDefinition, *, based_on: int | None = None
    ) -> JourneyDraft:
        """Keep what the author has; it need not be whole.

        Args:
            journey_id: which one.
            definition: the whole of it.
            based_on: `draft_no` that was changed; None takes the risk.

        Raises:
            NotFoundError: no such journey.
            ConflictError: the draft is another one by now.
        """
        now_us = to_micros(self._clock.now())

        def work(connection: Connection) -> None:
            row = self._lock(connection, journey_id)
            _refuse_overtaken(journey_id, row.draft_no, based_on)
            repository.change_journey(
                connection,
                row.no,
                draft=_encode(definition),
                draft_no=row.draft_no + 1,
                drafted_us=now_us,
            )

        self._store.write(work)
        return self.get_draft(journey_id)

    def get_draft(self, journey_id: str) -> JourneyDraft:
        """Return the draft with all that is wrong with it.

        Raises:
            NotFoundError: no such journey.
        """
        with self._store.read() as connection:
            row = self._find(connection, journey_id)
        definition = decode_definition(row.draft)
        return JourneyDraft(
            journey_id=journey_id,
            draft_no=row.draft_no,
            definition=definition,
            faults=self.list_faults(definition),
        )

    def list_faults(self, definition: JourneyDefinition) -> list[Fault]:
        """Return all that keeps a definition from being published."""
        return list_faults(definition, self._check_message, self._check_references)

    def get(self, journey_id: str) -> Journey:
        """Return a journey.

        Raises:
            NotFoundError: no such journey.
        """
        with self._store.read() as connection:
            return list_views(connection, self._workspace_id, [self._find(connection, journey_id)])[
                0
            ]

    def list_journeys(self) -> list[Journey]:
        """Return all journeys, newest first."""
        with self._store.read() as connection:
            found = repository.list_journeys(connection, self._workspace_id)
            return list_views(connection, self._workspace_id, found)

    def list_some(self, *, after: str = "", limit: int = 100) -> list[Journey]:
        """Return journeys, newest first; `after`: the id of the one to go on behind.

        Raises:
            NotFoundError: there is no journey to go on behind.
        """
        with self._store.read() as connection:
            last = self._find(connection, after).no if after else None
            found = repository.list_journeys_behind(
                connection, self._workspace_id, last, limit=limit
            )
            return list_views(connection, self._workspace_id, found)

    def get_version(self, journey_id: str, version: int) -> JourneyVersion:
        """Return one publication.

        Raises:
            NotFoundError: no such journey or version.
        """
        with self._store.read() as connection:
            row = self._find(connection, journey_id)
            found = repository.find_version(connection, self._workspace_id, row.no, version)
        if found is None:
            raise NotFoundError(f"journey {journey_id} has no version {version}")
        return version_of(journey_id, found)

    def list_versions(self, journey_id: str) -> list[JourneyVersion]:
        """Return the publications of a journey, newest first.

        Raises:
            NotFoundError: no such journey.
        """
        with self._store.read() as connection:
            row = self._find(connection, journey_id)
            found = repository.list_versions(connection, self._workspace_id, [row.no])
        return [version_of(journey_id, one) for one in reversed(found)]

    def diff(self, journey_id: str) -> JourneyDiff:
        """Return what publishing the draft would change.

        Raises:
            NotFoundError: no such journey.
        """
        with self._store.read() as connection:
            row = self._find(connection, journey_id)
            live = repository.find_version(connection, self._workspace_id, row.no, row.version)
        before = None if live is None else decode_definition(live.definition)
        return JourneyDiff(
            version=row.version,
            draft_no=row.draft_no,
            changes=diff(before, decode_definition(row.draft)),
        )

    def preview(self, journey_id: str, options: PublishOptions) -> MovePreview:
        """Return who would be moved by publishing the draft, and where to.

        Raises:
            NotFoundError: no such journey.
        """
        with self._store.read() as connection:
            row = self._find(connection, journey_id)
            standing = rows.count_at_steps(connection, self._workspace_id, row.no)
        names = repository.decode_names(row.names)
        return plan_moves(standing, names, decode_definition(row.draft), options)

    def publish(self, journey_id: str, options: PublishOptions, *, by: str) -> Journey:
        """Make the draft the version that lets people in, and let the journey run.

        Raises:
            NotFoundError: no such journey.
            JourneyFaultError: it cannot run; with every fault and its place.
            ConflictError: it was cancelled, the draft is another one by now, or people would be
                moved from a step that is no more, and nothing says where to.
        """
        draft = self.get_draft(journey_id)
        _refuse_overtaken(journey_id, draft.draft_no, options.based_on)
        if draft.faults:
            first = draft.faults[0]
            raise JourneyFaultError(
                f"{first.path}: {first.message}",
                hint=first.message,
                detail=msgspec.to_builtins(draft.faults),
            )
        # Before the first person can come: nobody who enters a segment meanwhile is missed.
        self._prepare(draft.definition)
        program = self._store.write(partial(self._publish_in, draft=draft, options=options, by=by))
        while options.people == "move" and self._store.write(
            partial(self._move_in, program=program, options=options)
        ):
            pass
        return self.get(journey_id)

    def _publish_in(
        self, connection: Connection, *, draft: JourneyDraft, options: PublishOptions, by: str
    ) -> Program:
        row = self._lock(connection, draft.journey_id)
        _refuse_overtaken(draft.journey_id, row.draft_no, draft.draft_no)
        if row.state == JourneyState.CANCELLED.value:
            raise ConflictError(f"journey {draft.journey_id} was cancelled")
        now_us = to_micros(self._clock.now())
        version = row.version + 1
        names = extend_names(repository.decode_names(row.names), draft.definition)
        program = Program(row.no, draft.journey_id, version, draft.definition, names)
        repository.add_version(
            connection,
            self._workspace_id,
            row.no,
            version,
            definition=_encode(draft.definition),
            now_us=now_us,
            by=by,
        )
        repository.add_lanes(connection, self._workspace_id, row.no, program.steps)
        is_first = row.state == JourneyState.DRAFT.value
        repository.change_journey(
            connection,
            row.no,
            version=version,
            names=_encode(names),
            **({"state": JourneyState.RUNNING.value} if is_first else {}),
        )
        if options.people == "move":
            self._move_in(connection, program=program, options=options)
        return program

    def _move_in(self, connection: Connection, *, program: Program, options: PublishOptions) -> int:
        now_us = to_micros(self._clock.now())
        return move_in_flight(connection, self._workspace_id, program, options, now_us=now_us)

    def pause(self, journey_id: str) -> Journey:
        """Let nobody in, nobody go on, and no message leave.

        Raises:
            NotFoundError: no such journey.
            ConflictError: it does not run.
        """
        return self._become(journey_id, JourneyState.PAUSED)

    def resume(self, journey_id: str) -> Journey:
        """Go on as before the pause, or let people in again while draining.

        Raises:
            NotFoundError: no such journey.
            ConflictError: it is a draft or was cancelled.
        """
        return self._become(journey_id, JourneyState.RUNNING)

    def drain(self, journey_id: str) -> Journey:
        """Let nobody in any more; those on the way go on to their end.

        Raises:
            NotFoundError: no such journey.
            ConflictError: it is a draft or was cancelled.
        """
        return self._become(journey_id, JourneyState.DRAINING)

    def cancel(self, journey_id: str) -> Journey:
        """Stop for good, with every message that has not passed the last gate.

        Raises:
            NotFoundError: no such journey.
            ConflictError: it was cancelled before.
        """
        return self._become(journey_id, JourneyState.CANCELLED)

    def request_entry(
        self, journey_id: str, number: int, *, key: str, properties: Mapping[str, Any]
    ) -> None:
        """Ask that a person enters; the rules of entry decide, within a second or two.

        Args:
            journey_id: which journey.
            number: of the person.
            key: the same key counts once; empty makes every wish another one.
            properties: what templates read as ``trigger``.

        Raises:
            NotFoundError: no such journey.
            ConflictError: it takes nobody in just now.
        """
        now = self._clock.now()
        wish = entry_wish(
            journey_id,
            number,
            key=key or self._ids.new_id("req"),
            at=now,
            properties=properties,
        )

        def work(connection: Connection) -> None:
            row = self._find(connection, journey_id)
            if row.state != JourneyState.RUNNING.value:
                raise ConflictError(f"journey {journey_id} is {row.state} and lets nobody in")
            append_in(connection, [wish], workspace_id=self._workspace_id)

        self._store.write(work)

    def _become(self, journey_id: str, state: JourneyState) -> Journey:
        def work(connection: Connection) -> None:
            row = self._lock(connection, journey_id)
            switch(connection, row, state, workspace_id=self._workspace_id)

        self._store.write(work)
        return self.get(journey_id)

    def _find(self, connection: Connection, journey_id: str) -> repository.Found:
        row = repository.find_journey(connection, self._workspace_id, journey_id)
        if row is None:
            raise NotFoundError(f"no journey {journey_id}")
        return row

    def _lock(self, connection: Connection, journey_id: str) -> repository.Found:
        row = repository.find_journey(connection, self._workspace_id, journey_id, is_locked=True)
        if row is None:
            raise NotFoundError(f"no journey {journey_id}")
        return row


def _refuse_overtaken(journey_id: str, draft_no: int, based_on: int | None) -> None:
    if based_on is not None and draft_no != based_on:
        raise ConflictError(
            f"the draft of journey {journey_id} is number {draft_no}, not {based_on}",
            hint="Look at the newer draft first.",
        )
