"""One-off sends: from a draft to queued messages, exactly once each, whatever dies meanwhile."""

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.deliver import (
    MessageState,
    MessageView,
    Outbox,
    load_defaults,
)
from kikubari.journeys import _repository as repository
from kikubari.journeys._saved_repository import set_uses
from kikubari.journeys._views import add_up, origin_of, settled_state, view_of
from kikubari.journeys.contracts import (
    Audience,
    Broadcast,
    BroadcastDefinition,
    Growth,
    Progress,
)
from kikubari.journeys.coupons import CouponDesk
from kikubari.journeys.definitions import (
    check_definition,
    list_letters,
    map_templates,
    with_defaults,
)
from kikubari.journeys.lots import Shares, share_out
from kikubari.journeys.queueing import CHUNK, Queueing, Zones, no_zones
from kikubari.journeys.recurring import Occurrence, Recurring
from kikubari.journeys.saved_blocks import SavedBlocks, list_saved_ids
from kikubari.journeys.starting import (
    Permit,
    Selecting,
    Starting,
    allow,
    know_no_facts,
    lock_in_phase,
    not_found,
)
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError
from kikubari.storage import StateStore

_UTC = ZoneInfo("UTC")
# Raises what is wrong with a segment, by id or tree: no such segment, not a condition tree.
CheckSegment = Callable[[str | dict[str, Any]], object]
_encode = msgspec.json.Encoder().encode


def take_any_segment(segment: str | dict[str, Any]) -> None:
    """Leave it to the audience to refuse a segment."""
    del segment


class Broadcasts:
    """Drafts, sends, progress.

    Args:
        store: of the definitions and of the outbox.
        outbox: where the messages go.
        audience: evaluates segments.
        clock: gives the instants.
        ids: makes broadcast ids.
        selecting: lists the facts that choose a segment's people, for the guard.
        check_segment: refuses a segment that cannot be evaluated.
        coupons: plans which offers' codes messages bring; none: they bring none.
        zone: the shop's.
        zones: people's own.
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
        selecting: Selecting = know_no_facts,
        check_segment: CheckSegment = take_any_segment,
        coupons: CouponDesk | None = None,
        zone: ZoneInfo = _UTC,
        zones: Zones = no_zones,
        chunk: int = CHUNK,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._coupons = coupons
        self._check_segment = check_segment
        self._outbox = outbox
        self._audience = audience
        self._clock = clock
        self._ids = ids
        self._workspace_id = workspace_id
        self._queueing = Queueing(
            store, clock, zone=zone, zones=zones, chunk=chunk, workspace_id=workspace_id
        )
        self._saved = SavedBlocks(store, clock, ids, workspace_id=workspace_id)
        self._starting = Starting(
            store,
            audience,
            clock,
            fill=self._fill,
            selecting=selecting,
            coupons=coupons,
            zone=zone,
            workspace_id=workspace_id,
        )
        self._recurring = Recurring(
            store, self._starting, clock, ids, zone=zone, workspace_id=workspace_id
        )

    def create(self, definition: BroadcastDefinition) -> Broadcast:
        """Write a draft.

        Raises:
            TemplateError: with the place in the author's source.
            NotFoundError: no such segment, or one that its tree refers to.
            InvalidInputError: no name, no way to unsubscribe in a marketing template, a segment
                that is not a condition tree.
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
            NotFoundError: no such broadcast; else see `create`.
            ConflictError: it was sent, or its version is not `based_on`.
            TemplateError: with the place in the author's source.
            InvalidInputError: see `create`.
        """
        definition = self._completed(definition)
        self._check(definition)
        now_us = to_micros(self._clock.now())

        def work(connection: Connection) -> None:
            row = lock_in_phase(connection, self._workspace_id, broadcast_id, repository.DRAFT)
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
                raise not_found(broadcast_id)
            return view_of(connection, row)

    def list_broadcasts(
        self, *, limit: int = 50, ids: Sequence[str] | None = None
    ) -> list[Broadcast]:
        """Return the newest broadcasts, of all or of those by some ids."""
        with self._store.read() as connection:
            rows = repository.list_newest(connection, self._workspace_id, limit=limit, ids=ids)
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

    def get_shares(self, broadcast_id: str) -> Shares:
        """Return how the audience of a started broadcast is shared out; nobody before.

        Raises:
            NotFoundError: no such broadcast.
        """
        experiment = self.get(broadcast_id).definition.experiment
        with self._store.read() as connection:
            audience = repository.get_audience(connection, self._workspace_id, broadcast_id)
        return share_out(broadcast_id, audience, experiment)

    def start(self, broadcast_id: str, *, permit: Permit = allow, by: str = "") -> Broadcast:
        """Fix the audience and the letter; messages are queued by `enqueue`.

        A broadcast whose time is yet to come is scheduled instead, and starts by itself. A
        recurring one waits for its first occurrence.

        Args:
            broadcast_id: of the draft.
            permit: has the last word, in the same transaction, on as many people as there are now.
            by: who asks, for `Growth` to ask again in their name.

        Raises:
            NotFoundError: no such broadcast, or no such segment.
            ConflictError: it was sent before.
            InvalidInputError: the segment is not a condition tree; a recurring one's dates have
                all passed.
        """
        self._starting.start(self.get(broadcast_id), permit, by=by)
        return self.get(broadcast_id)

    def send(self, broadcast_id: str) -> Broadcast:
        """Start a broadcast and queue all its messages; see `start`."""
        self.start(broadcast_id)
        self.enqueue(broadcast_id)
        return self.get(broadcast_id)

    def unschedule(self, broadcast_id: str) -> Broadcast:
        """Make a scheduled or recurring broadcast a draft again.

        Raises:
            NotFoundError: no such broadcast.
            ConflictError: it is neither; it may have begun.
        """
        self._starting.unschedule(broadcast_id)
        return self.get(broadcast_id)

    def begin_scheduled(self, growth: Growth | None = None) -> None:
        """Start what was scheduled for now; one that cannot start is a draft again and says why.

        Args:
            growth: says which audience has outgrown its permission, and asks for another.
        """
        self._starting.begin_scheduled(growth)
        self._recurring.begin_due(growth)

    def skip_next(self, broadcast_id: str) -> Broadcast:
        """Leave out the next occurrence of a recurring broadcast.

        Raises:
            NotFoundError: no such broadcast.
            ConflictError: no occurrence of it is to come.
        """
        self._recurring.skip_next(broadcast_id)
        return self.get(broadcast_id)

    def list_passed(self, broadcast_id: str, *, limit: int | None = None) -> list[Occurrence]:
        """Return the occurrences that were sent or skipped, the latest first; maybe none."""
        return self._recurring.list_passed(broadcast_id, limit=limit)

    def list_to_come(self, broadcast_id: str, *, limit: int = 5) -> list[Occurrence]:
        """Return the next occurrences, the soonest first.

        Raises:
            NotFoundError: no such broadcast.
        """
        return self._recurring.list_to_come(self.get(broadcast_id), limit)

    def resume_enqueuing(self) -> None:
        """Go on queueing what a process that died had begun."""
        self._queueing.resume()

    def enqueue(self, broadcast_id: str) -> None:
        """Queue all messages of a started broadcast, each once; may be called again at any time."""
        self._queueing.enqueue(broadcast_id)

    def pause(self, broadcast_id: str) -> Broadcast:
        """Hold every message that has not passed the last gate; what recurs waits.

        Raises:
            NotFoundError: no such broadcast.
            ConflictError: it is a draft or was cancelled.
        """
        if self._recurs(broadcast_id):
            self._recurring.pause(broadcast_id)
        else:
            self._outbox.pause(origin_of(broadcast_id))
        return self.get(broadcast_id)

    def resume(self, broadcast_id: str) -> Broadcast:
        """Let a paused broadcast go on; a recurring one from its next occurrence.

        Raises:
            NotFoundError: no such broadcast.
            ConflictError: it is a draft or was cancelled.
        """
        if self._recurs(broadcast_id):
            self._recurring.resume(broadcast_id)
        else:
            self._outbox.resume(origin_of(broadcast_id))
        return self.get(broadcast_id)

    def cancel(self, broadcast_id: str) -> Broadcast:
        """Stop for good every message that has not passed the last gate; what recurs goes no more.

        Raises:
            NotFoundError: no such broadcast.
            ConflictError: it is a draft or was cancelled before.
        """
        if self._recurs(broadcast_id):
            self._recurring.cancel(broadcast_id)
        else:
            self._outbox.cancel(origin_of(broadcast_id))
        return self.get(broadcast_id)

    def progress(self, broadcast_id: str) -> Progress:
        """Return how many messages stand where, and why some stopped; of all occurrences.

        Raises:
            NotFoundError: no such broadcast.
        """
        broadcast = self.get(broadcast_id)
        if broadcast.recurs:
            sent = [one.broadcast_id for one in self.list_passed(broadcast_id) if not one.skipped]
            return add_up(broadcast.state, [self.progress(one) for one in sent])
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

    def _recurs(self, broadcast_id: str) -> bool:
        return self.get(broadcast_id).recurs

    def _completed(self, definition: BroadcastDefinition) -> BroadcastDefinition:
        with self._store.read() as connection:
            stored = load_defaults(connection, workspace_id=self._workspace_id)
        return with_defaults(definition, stored.defaults)

    def _check(self, definition: BroadcastDefinition) -> None:
        self._check_segment(definition.segment)
        check_definition(self._fill(definition))
        if self._coupons is not None:
            self._coupons.plan(definition.coupon)

    def _fill(self, definition: BroadcastDefinition) -> BroadcastDefinition:
        return map_templates(definition, self._saved.fill)

    def _note_uses(
        self, connection: Connection, broadcast_id: str, definition: BroadcastDefinition
    ) -> None:
        letters = list_letters(definition)
        saved_ids = {saved for _, one in letters for saved in list_saved_ids(one.template)}
        set_uses(connection, self._workspace_id, broadcast_id, saved_ids)
