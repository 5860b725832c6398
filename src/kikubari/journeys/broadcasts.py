"""One-off sends: from a draft to queued messages, exactly once each, whatever dies meanwhile."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection, Row

from kikubari.decide.guard import FactOfUse
from kikubari.deliver import (
    MessageState,
    MessageView,
    Outbox,
    enqueue,
    load_defaults,
    open_dispatch,
)
from kikubari.journeys import _repository as repository
from kikubari.journeys._saved_repository import set_uses
from kikubari.journeys._views import origin_of, settled_state, view_of
from kikubari.journeys.contracts import (
    Audience,
    Broadcast,
    BroadcastDefinition,
    Progress,
)
from kikubari.journeys.coupons import CouponDesk
from kikubari.journeys.definitions import check_definition, letter_of, with_defaults
from kikubari.journeys.saved_blocks import SavedBlocks, list_saved_ids
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, NotFoundError
from kikubari.storage import Priority, StateStore

# Messages of one transaction: some 50 ms of the writer's time.
CHUNK = 5_000

_encode = msgspec.json.Encoder().encode

# Refuses, by raising, to send a version to so many people; asked in the transaction that starts it.
Permit = Callable[[Connection, int, int], None]
# Returns the facts that a segment, by id or tree, chooses people by.
Selecting = Callable[[str | dict[str, Any]], tuple[FactOfUse, ...]]


def _no_facts(segment: str | dict[str, Any]) -> tuple[FactOfUse, ...]:
    del segment
    return ()


def _allow(connection: Connection, version: int, n_people: int) -> None:
    del connection, version, n_people


class Broadcasts:
    """Drafts, sends, progress.

    Args:
        store: of the definitions and of the outbox.
        outbox: where the messages go.
        audience: evaluates segments.
        clock: gives the instants.
        ids: makes broadcast ids.
        selecting: lists the facts that choose a segment's people, for the guard.
        coupons: plans which offers' codes messages bring; none: they bring none.
        chunk: messages queued per transaction.
        workspace_id: whose broadcasts.
    """

    def __init__(
        self,
        store: StateStore,
        outbox: Outbox,
        audience: Audience,
        clock: Clock,
        ids: IdFactory,
        *,
        selecting: Selecting = _no_facts,
        coupons: CouponDesk | None = None,
        chunk: int = CHUNK,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._selecting = selecting
        self._coupons = coupons
        self._outbox = outbox
        self._audience = audience
        self._clock = clock
        self._ids = ids
        self._chunk = chunk
        self._workspace_id = workspace_id
        self._saved = SavedBlocks(store, clock, ids, workspace_id=workspace_id)

    def create(self, definition: BroadcastDefinition) -> Broadcast:
        """Write a draft.

        Raises:
            TemplateError: with the place in the author's source.
            InvalidInputError: no name, no way to unsubscribe in a marketing template.
        """
        definition = self._completed(definition)
        self._check(definition)
        broadcast_id = self._ids.new_id("brd")
        now_us = to_micros(self._clock.now())

        def work(connection: Connection) -> None:
            repository.insert_draft(
                connection, self._workspace_id, broadcast_id, _encode(definition), now_us
            )
            self._note_uses(connection, broadcast_id, definition)

        self._store.write(work)
        return self.get(broadcast_id)

    def change(
        self, broadcast_id: str, definition: BroadcastDefinition, *, based_on: int | None = None
    ) -> Broadcast:
        """Write a new version of a draft.

        Args:
            broadcast_id: of the draft.
            definition: the whole of it.
            based_on: the version that was changed, so that nobody writes over what they have not
                seen; None takes the risk.

        Raises:
            NotFoundError: no such broadcast.
            ConflictError: it was sent, or its version is not `based_on`.
            TemplateError: with the place in the author's source.
            InvalidInputError: see `create`.
        """
        definition = self._completed(definition)
        self._check(definition)
        now_us = to_micros(self._clock.now())

        def work(connection: Connection) -> None:
            row = self._lock_draft(connection, broadcast_id)
            if based_on is not None and row.version != based_on:
                raise ConflictError(
                    f"broadcast {broadcast_id} is at version {row.version}, not {based_on}",
                    hint="Look at the newer version first.",
                )
            repository.add_version(
                connection,
                self._workspace_id,
                broadcast_id,
                _encode(definition),
                version=row.version + 1,
                now_us=now_us,
            )
            self._note_uses(connection, broadcast_id, definition)

        self._store.write(work)
        return self.get(broadcast_id)

    def get(self, broadcast_id: str) -> Broadcast:
        """Return a broadcast.

        Raises:
            NotFoundError: no such broadcast.
        """
        with self._store.read() as connection:
            row = repository.find(connection, self._workspace_id, broadcast_id)
            if row is None:
                raise _not_found(broadcast_id)
            return view_of(connection, row)

    def list_broadcasts(self, *, limit: int = 50) -> list[Broadcast]:
        """Return the newest broadcasts."""
        with self._store.read() as connection:
            rows = repository.list_newest(connection, self._workspace_id, limit=limit)
            return [view_of(connection, row) for row in rows]

    def list_audience(self, segment: str | dict[str, Any]) -> BitMap:
        """Return the numbers of those whom a segment holds now, before any consent is looked at.

        Raises:
            NotFoundError: no segment by that id.
            InvalidInputError: not a condition tree.
        """
        return self._audience.evaluate(
            segment, as_of=self._clock.now(), workspace_id=self._workspace_id
        )

    def start(self, broadcast_id: str, *, permit: Permit = _allow) -> Broadcast:
        """Fix the audience as of now and the letter as it is; messages are queued by `enqueue`.

        Args:
            broadcast_id: of the draft.
            permit: has the last word, in the same transaction.

        Raises:
            NotFoundError: no such broadcast, or no such segment.
            ConflictError: it was sent before.
            InvalidInputError: the segment is not a condition tree.
        """
        draft = self.get(broadcast_id)
        now = self._clock.now()
        audience = self._audience.evaluate(
            draft.definition.segment, as_of=now, workspace_id=self._workspace_id
        )
        letter = msgspec.structs.replace(
            letter_of(self._filled(draft.definition)),
            selected_by=self._selecting(draft.definition.segment),
            coupon=self._coupons.plan(draft.definition.coupon) if self._coupons else None,
        )

        def work(connection: Connection) -> None:
            row = self._lock_draft(connection, broadcast_id)
            if row.version != draft.version:
                raise ConflictError(
                    f"broadcast {broadcast_id} was changed meanwhile",
                    hint="Look at the new version and send it again.",
                )
            permit(connection, draft.version, len(audience))
            dispatch_id = open_dispatch(
                connection,
                origin_of(broadcast_id),
                letter,
                now=now,
                workspace_id=self._workspace_id,
            )
            repository.start(
                connection,
                self._workspace_id,
                broadcast_id,
                dispatch_id=dispatch_id,
                audience=audience,
                now_us=to_micros(now),
            )

        self._store.write(work)
        return self.get(broadcast_id)

    def send(self, broadcast_id: str) -> Broadcast:
        """Start a broadcast and queue all its messages; see `start`."""
        self.start(broadcast_id)
        self.enqueue(broadcast_id)
        return self.get(broadcast_id)

    def resume_enqueuing(self) -> None:
        """Go on queueing what a process that died had begun."""
        with self._store.read() as connection:
            unfinished = repository.list_enqueuing(connection, self._workspace_id)
        for broadcast_id in unfinished:
            self.enqueue(broadcast_id)

    def enqueue(self, broadcast_id: str) -> None:
        """Queue the messages of a started broadcast, chunk by chunk, each once.

        The mark of how far it got moves in the transaction that queues the chunk, so it can be
        called again at any time, by two processes even.
        """
        with self._store.read() as connection:
            audience = repository.get_audience(connection, self._workspace_id, broadcast_id)
        while self._store.write(
            lambda connection: self._enqueue_chunk(connection, broadcast_id, audience),
            priority=Priority.BACKGROUND,
        ):
            pass

    def _enqueue_chunk(self, connection: Connection, broadcast_id: str, audience: BitMap) -> bool:
        """Queue the next chunk; False when there is none."""
        row = repository.lock(connection, self._workspace_id, broadcast_id)
        if row is None or row.phase != repository.ENQUEUING:
            return False
        end = min(row.n_enqueued + self._chunk, len(audience))
        numbers = list(audience[row.n_enqueued : end]) if end > row.n_enqueued else []
        enqueue(
            connection,
            row.dispatch_id,
            numbers,
            now=self._clock.now(),
            workspace_id=self._workspace_id,
        )
        is_all = end == len(audience)
        repository.set_enqueued(
            connection, self._workspace_id, broadcast_id, n_enqueued=end, is_all=is_all
        )
        return not is_all

    def pause(self, broadcast_id: str) -> Broadcast:
        """Hold every message that has not passed the last gate.

        Raises:
            NotFoundError: no such broadcast.
            ConflictError: it is a draft or was cancelled.
        """
        self.get(broadcast_id)
        self._outbox.pause(origin_of(broadcast_id))
        return self.get(broadcast_id)

    def resume(self, broadcast_id: str) -> Broadcast:
        """Let a paused broadcast go on.

        Raises:
            NotFoundError: no such broadcast.
            ConflictError: it is a draft or was cancelled.
        """
        self.get(broadcast_id)
        self._outbox.resume(origin_of(broadcast_id))
        return self.get(broadcast_id)

    def cancel(self, broadcast_id: str) -> Broadcast:
        """Stop for good every message that has not passed the last gate.

        Raises:
            NotFoundError: no such broadcast.
            ConflictError: it is a draft or was cancelled before.
        """
        self.get(broadcast_id)
        self._outbox.cancel(origin_of(broadcast_id))
        return self.get(broadcast_id)

    def progress(self, broadcast_id: str) -> Progress:
        """Return how many messages stand where, and why some stopped.

        Raises:
            NotFoundError: no such broadcast.
        """
        broadcast = self.get(broadcast_id)
        counts = self._outbox.count(origin_of(broadcast_id))
        return Progress(
            state=settled_state(broadcast.state, counts),
            n_audience=broadcast.n_audience,
            n_enqueued=broadcast.n_enqueued,
            counts=counts,
        )

    def list_messages(
        self,
        broadcast_id: str,
        *,
        state: MessageState | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> Sequence[MessageView]:
        """Return messages of a broadcast in order of id, from the one after `after` on."""
        return self._outbox.list_messages(
            origin_of(broadcast_id), state=state, after=after, limit=limit
        )

    def _completed(self, definition: BroadcastDefinition) -> BroadcastDefinition:
        with self._store.read() as connection:
            stored = load_defaults(connection, workspace_id=self._workspace_id)
        return with_defaults(definition, stored.defaults)

    def _check(self, definition: BroadcastDefinition) -> None:
        check_definition(self._filled(definition))
        if self._coupons is not None:
            self._coupons.plan(definition.coupon)

    def _filled(self, definition: BroadcastDefinition) -> BroadcastDefinition:
        template = self._saved.fill(definition.template)
        return msgspec.structs.replace(definition, template=template)

    def _note_uses(
        self, connection: Connection, broadcast_id: str, definition: BroadcastDefinition
    ) -> None:
        saved_ids = list_saved_ids(definition.template)
        set_uses(connection, self._workspace_id, broadcast_id, saved_ids)

    def _lock_draft(self, connection: Connection, broadcast_id: str) -> Row[*tuple[Any, ...]]:
        row = repository.lock(connection, self._workspace_id, broadcast_id)
        if row is None:
            raise _not_found(broadcast_id)
        if row.phase != repository.DRAFT:
            raise ConflictError(
                f"broadcast {broadcast_id} was sent already",
                hint="Create a new broadcast to send again.",
            )
        return row


def _not_found(broadcast_id: str) -> NotFoundError:
    return NotFoundError(f"no broadcast {broadcast_id}")
