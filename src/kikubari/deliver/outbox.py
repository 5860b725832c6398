"""The outbox as the rooms above use it: queue messages, pause, resume, cancel, look."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row

from kikubari.deliver import _dispatches as dispatch_rows
from kikubari.deliver import _repository as repository
from kikubari.deliver import _views as views
from kikubari.deliver.contracts import (
    Counts,
    DispatchState,
    Letter,
    MessageRecord,
    MessageState,
    MessageView,
    Origin,
    Purpose,
    parse_public_id,
    public_id,
)
from kikubari.deliver.reasons import Reason
from kikubari.events import Sealing
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, NotFoundError
from kikubari.storage import StateStore

_record_decoder = msgspec.json.Decoder(MessageRecord)


def open_dispatch(
    connection: Connection,
    origin: Origin,
    letter: Letter,
    *,
    now: datetime,
    variant: str = "",
    workspace_id: int = DEFAULT_WORKSPACE,
) -> int:
    """Return the id of the origin's dispatch, making it if needed.

    The letter of an existing dispatch stays what it was. An origin with several letters has a
    dispatch for each `variant`; all are paused, resumed, cancelled and counted together.
    """
    key = blake2b(dispatch_rows.encode_letter(letter), digest_size=16).digest()
    dispatch_rows.insert_dispatch(
        connection,
        dispatch_rows.dispatch_row(
            workspace_id, origin, letter, variant=variant, letter_key=key, now_us=to_micros(now)
        ),
    )
    dispatch_id = dispatch_rows.find_dispatch_id(connection, workspace_id, origin, variant)
    if dispatch_id is None:
        raise NotFoundError(f"no dispatch of {origin.kind} {origin.id}")
    return dispatch_id


def list_dispatch_ids(
    connection: Connection, origin: Origin, *, workspace_id: int = DEFAULT_WORKSPACE
) -> dict[str, int]:
    """Return the ids of an origin's dispatches by variant, in the order they were opened in."""
    return dispatch_rows.list_dispatch_ids(connection, workspace_id, origin)


def find_dispatch_state(
    connection: Connection, origin: Origin, *, workspace_id: int = DEFAULT_WORKSPACE
) -> DispatchState | None:
    """Return whether an origin's messages may leave, None when nothing was queued for it."""
    state = dispatch_rows.find_dispatch_state(connection, workspace_id, origin)
    return None if state is None else DispatchState(state)


def set_states_below(
    connection: Connection,
    origin_kind: str,
    prefix: str,
    *,
    to: DispatchState,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> None:
    """Hold, let go on or stop for good all messages whose origin's id begins so.

    In the caller's transaction; what was cancelled stays cancelled.
    """
    dispatch_rows.set_states_below(
        connection, workspace_id, origin_kind, prefix, to=to, unless=DispatchState.CANCELLED
    )


def enqueue(
    connection: Connection,
    dispatch_id: int,
    numbers: Sequence[int],
    *,
    now: datetime,
    due_at: datetime | None = None,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> None:
    """Queue one message per person in the caller's transaction.

    A person who has a message of this dispatch keeps it as it is, so a chunk can be queued again
    after a crash.

    Args:
        connection: of the caller's transaction.
        dispatch_id: of `open_dispatch`.
        numbers: canonical profile numbers; ascending is fastest.
        now: the instant it is queued.
        due_at: not to be sent before; by default at once.
        workspace_id: whose outbox.
    """
    repository.insert_messages(
        connection,
        workspace_id,
        dispatch_id,
        numbers,
        now_us=to_micros(now),
        due_us=to_micros(due_at or now),
    )


class Became(NamedTuple):
    """How many messages of an origin are in a state for a reason."""

    origin_id: str
    state: MessageState
    reason: Reason | None
    n: int


class Outbox:
    """Messages on their way, by what caused them."""

    def __init__(
        self,
        store: StateStore,
        sealing: Sealing,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._sealing = sealing
        self._clock = clock
        self._workspace_id = workspace_id

    def pause(self, origin: Origin) -> None:
        """Hold everything of an origin that has not passed the last gate.

        Raises:
            ConflictError: nothing was queued for it, or it was cancelled.
        """
        self._set(origin, DispatchState.PAUSED)

    def resume(self, origin: Origin) -> None:
        """Let go on what was paused.

        Raises:
            ConflictError: nothing was queued for it, or it was cancelled.
        """
        self._set(origin, DispatchState.RUNNING)

    def cancel(self, origin: Origin) -> None:
        """Stop for good everything that has not passed the last gate.

        Raises:
            ConflictError: nothing was queued for it, or it was cancelled already.
        """
        self._set(origin, DispatchState.CANCELLED)

    def count(self, origin: Origin) -> Counts:
        """Return how many messages stand where; all zero when nothing was queued."""
        with self._store.read() as connection:
            ids = dispatch_rows.list_dispatch_ids(connection, self._workspace_id, origin)
            rows = [
                row
                for dispatch_id in ids.values()
                for row in views.count_messages(connection, self._workspace_id, dispatch_id)
            ]
        states: dict[MessageState, int] = {}
        reasons: dict[Reason, int] = {}
        for row in rows:
            state = MessageState(row.state)
            states[state] = states.get(state, 0) + row.n
            if row.reason is not None:
                reason = Reason(row.reason)
                reasons[reason] = reasons.get(reason, 0) + row.n
        return Counts(states, reasons)

    def count_below(self, origin_kind: str, prefix: str) -> list[Became]:
        """Return how many messages became what, of all origins whose ids begin so."""
        with self._store.read() as connection:
            rows = views.count_messages_below(connection, self._workspace_id, origin_kind, prefix)
        return [
            Became(
                row.origin_id,
                MessageState(row.state),
                Reason(row.reason) if row.reason else None,
                row.n,
            )
            for row in rows
        ]

    def list_messages(
        self,
        origin: Origin,
        *,
        state: MessageState | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[MessageView]:
        """Return messages of an origin in order of id, from the one after `after` on."""
        with self._store.read() as connection:
            ids = dispatch_rows.list_dispatch_ids(connection, self._workspace_id, origin)
            rows: list[Row[*tuple[Any, ...]]] = []
            for dispatch_id in ids.values():
                rows += views.list_messages(
                    connection,
                    self._workspace_id,
                    dispatch_id=dispatch_id,
                    after_id=(parse_public_id(after) if after else None) or 0,
                    state=state.value if state else None,
                    limit=limit - len(rows),
                )
        return [_view(row) for row in rows]

    def list_for_person(self, numbers: Sequence[int], *, limit: int = 50) -> list[MessageView]:
        """Return the newest messages to the person these numbers are."""
        with self._store.read() as connection:
            rows = views.list_person_messages(connection, self._workspace_id, numbers, limit=limit)
        return [_view(row) for row in rows]

    def get_message(self, message_id: str) -> MessageView:
        """Return one message by its public id.

        Raises:
            NotFoundError: there is none by that id.
        """
        number = parse_public_id(message_id)
        if number is not None:
            with self._store.read() as connection:
                row = views.find_message(connection, self._workspace_id, number)
            if row is not None:
                return _view(row)
        raise NotFoundError(f"no message {message_id}")

    def find_record(self, message_id: str) -> MessageRecord | None:
        """Return what a message said and used; None before rendering and after erasure."""
        number = parse_public_id(message_id)
        if number is None:
            return None
        with self._store.read() as connection:
            found = views.find_record(connection, self._workspace_id, number)
            if found is None:
                return None
            person, sealed = found
            opened = self._sealing.open(connection, [person], [sealed])[0]
        return None if opened is None else _record_decoder.decode(opened)

    def _set(self, origin: Origin, to: DispatchState) -> None:
        def work(connection: Connection) -> bool:
            return dispatch_rows.set_dispatch_state(
                connection, self._workspace_id, origin, to=to, unless=DispatchState.CANCELLED
            )

        if not self._store.write(work):
            raise ConflictError(
                f"the messages of {origin.kind} {origin.id} cannot become {to.value}",
                hint="Nothing was queued for it yet, or it was cancelled.",
            )


def _view(row: Row[*tuple[Any, ...]]) -> MessageView:
    state = MessageState(row.state)
    return MessageView(
        id=public_id(row.id),
        origin=Origin(row.origin_kind, row.origin_id),
        number=row.number,
        state=state,
        reason=Reason(row.reason) if row.reason else None,
        attempts=row.attempts,
        queued_at=from_micros(row.queued_us),
        due_at=from_micros(row.due_us) if state is MessageState.QUEUED else None,
        sent_at=from_micros(row.sent_us) if row.sent_us is not None else None,
        smtp_code=row.smtp_code,
        smtp_text=row.smtp_text or "",
        assumed_zone=row.assumed_zone or "",
        purpose=Purpose(row.purpose),
    )
