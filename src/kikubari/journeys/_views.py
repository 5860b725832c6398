"""Broadcasts as they are shown, from their rows and from what became of their messages."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from kikubari.deliver import (
    Counts,
    DispatchState,
    MessageState,
    Origin,
    Reason,
    find_dispatch_state,
)
from kikubari.journeys import _repository as repository
from kikubari.journeys.contracts import (
    Broadcast,
    BroadcastDefinition,
    BroadcastState,
    Choice,
    ChosenBecause,
    Progress,
)
from kikubari.journeys.variants import FirstTest
from kikubari.kit.instants import from_micros

decode_definition = msgspec.json.Decoder(BroadcastDefinition).decode

_UNDER_WAY = {
    repository.ENQUEUING: BroadcastState.ENQUEUING,
    repository.WATCHING: BroadcastState.WATCHING,
    repository.STARTED: BroadcastState.SENDING,
}
_WITHOUT_MESSAGES = {
    repository.DRAFT: BroadcastState.DRAFT,
    repository.SCHEDULED: BroadcastState.SCHEDULED,
    repository.REPEATING: BroadcastState.REPEATING,
    repository.PAUSED: BroadcastState.PAUSED,
    repository.CANCELLED: BroadcastState.CANCELLED,
    repository.ENDED: BroadcastState.DONE,
}


def origin_of(broadcast_id: str) -> Origin:
    """Return what the messages of a broadcast come from."""
    return Origin("broadcast", broadcast_id)


def view_of(connection: Connection, row: Row[*tuple[Any, ...]]) -> Broadcast:
    """Return a broadcast as it stands."""
    definition = decode_definition(row.definition)
    is_watching = row.phase == repository.WATCHING
    test = definition.experiment.test if definition.experiment and is_watching else None
    return Broadcast(
        id=row.id,
        version=row.version,
        definition=definition,
        state=_state(connection, row),
        created_at=from_micros(row.created_us),
        begins_at=from_micros(row.begins_us) if row.begins_us is not None else None,
        started_at=from_micros(row.started_us) if row.started_us is not None else None,
        problem=row.problem or "",
        n_audience=row.n_audience,
        n_enqueued=row.n_enqueued,
        last_due_at=from_micros(row.last_due_us) if row.last_due_us is not None else None,
        decides_at=decides_at(row, test) if test else None,
        choice=_choice(row),
        occurs_at=from_micros(row.occurs_us) if row.occurs_us is not None else None,
        recurring_id=row.recurring_id or "",
    )


def decides_at(row: Row[*tuple[Any, ...]], test: FirstTest) -> datetime:
    """Return when the time of a test is over whose messages are all queued."""
    return from_micros(row.last_due_us) + timedelta(hours=test.decide_within_hours)


def _choice(row: Row[*tuple[Any, ...]]) -> Choice | None:
    if row.chosen is None:
        return None
    return Choice(
        letter=row.chosen,
        because=ChosenBecause(row.chosen_because),
        chosen_at=from_micros(row.chosen_us),
    )


def settled_state(state: BroadcastState, counts: Counts) -> BroadcastState:
    """Return the state in which no message can leave any more for what it is."""
    is_over = state is BroadcastState.SENDING and counts.is_settled
    return BroadcastState.DONE if is_over else state


def add_up(state: BroadcastState, parts: Sequence[Progress]) -> Progress:
    """Return the figures of all occurrences of a recurring broadcast."""
    states: Counter[MessageState] = Counter()
    reasons: Counter[Reason] = Counter()
    for part in parts:
        states.update(part.counts.states)
        reasons.update(part.counts.reasons)
    return Progress(
        state=state,
        n_audience=sum(part.n_audience for part in parts),
        n_enqueued=sum(part.n_enqueued for part in parts),
        counts=Counts(dict(states), dict(reasons)),
    )


def _state(connection: Connection, row: Row[*tuple[Any, ...]]) -> BroadcastState:
    if row.phase in _WITHOUT_MESSAGES:
        return _WITHOUT_MESSAGES[row.phase]
    origin = origin_of(row.id)
    held = find_dispatch_state(connection, origin, workspace_id=row.workspace_id)
    if held is DispatchState.PAUSED:
        return BroadcastState.PAUSED
    if held is DispatchState.CANCELLED:
        return BroadcastState.CANCELLED
    return _UNDER_WAY[row.phase]
