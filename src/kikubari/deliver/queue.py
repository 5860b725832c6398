"""The outbox as a worker sees it: claim, prolong, recover."""

from collections.abc import Container, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from kikubari.deliver import _dispatches as dispatch_rows
from kikubari.deliver import _repository as repository
from kikubari.deliver.contracts import (
    Claimed,
    Coupons,
    Dispatch,
    DispatchState,
    MessageState,
    Purpose,
)
from kikubari.deliver.holding import is_sending_held
from kikubari.deliver.reasons import Reason
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE

_SWEEP = 1_000


class Claim(msgspec.Struct, frozen=True):
    """Messages of one dispatch that a worker has claimed."""

    dispatch_id: int
    messages: list[Claimed]


class Recovered(msgspec.Struct, frozen=True):
    """What recovery did: put back into the queue, and given up as unknown."""

    n_requeued: int
    n_unknown: int


def claim(
    connection: Connection,
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> list[Claim]:
    """Claim due messages: transactional ones first, the rest in equal shares per dispatch.

    Args:
        connection: of the transaction the claim becomes durable with.
        worker: who claims; unique for each process start.
        now: messages due by then are claimed.
        lease: how long the claim holds unless prolonged.
        limit: most messages to claim.
        workspace_id: whose outbox.
    """
    claims: list[Claim] = []
    if is_sending_held(connection, workspace_id=workspace_id):
        return claims
    running = _list_running(connection, workspace_id)
    for index, (dispatch_id, purpose) in enumerate(running):
        share = limit if purpose == Purpose.TRANSACTIONAL else -(-limit // (len(running) - index))
        found = repository.claim_due(
            connection,
            workspace_id,
            dispatch_id,
            now_us=to_micros(now),
            worker=worker,
            lease_us=to_micros(now + lease),
            limit=share,
        )
        if found:
            claims.append(Claim(dispatch_id, found))
            limit -= len(found)
        if limit <= 0:
            break
    return claims


def _list_running(connection: Connection, workspace_id: int) -> list[tuple[int, str]]:
    """Return (id, purpose) of dispatches that may send, transactional ones first."""
    queued = repository.list_queued_dispatches(connection, workspace_id)
    gates = dispatch_rows.list_gates(connection, workspace_id, queued) if queued else {}
    running = [gate for gate in gates.values() if gate.state == DispatchState.RUNNING]
    running.sort(key=lambda gate: (gate.purpose != Purpose.TRANSACTIONAL, gate.id))
    return [(gate.id, gate.purpose) for gate in running]


def load_dispatches(
    connection: Connection, ids: Sequence[int], *, workspace_id: int = DEFAULT_WORKSPACE
) -> dict[int, Dispatch]:
    """Return dispatches with their letters."""
    return dispatch_rows.list_dispatches(connection, workspace_id, ids)


def prolong(
    connection: Connection,
    ids: Iterable[int],
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> None:
    """Keep what a worker has in flight from being taken for lost.

    The worker names the messages: a claim of which it never learned, because the store went away
    in the middle, must end by itself.
    """
    repository.renew_leases(
        connection, workspace_id, ids, worker=worker, lease_us=to_micros(now + lease)
    )


def take_back(
    connection: Connection,
    *,
    worker: str,
    known: Container[int],
    workspace_id: int = DEFAULT_WORKSPACE,
) -> int:
    """Queue again what was claimed for a worker that never learned of it; returns how many.

    The store went away while it answered: the claim may have been made. Without this it would
    keep its messages until the lease ends.

    Args:
        connection: of the transaction this becomes durable with.
        worker: the one whose claim was cut short.
        known: messages it has in flight.
        workspace_id: whose outbox.
    """
    claimed = repository.list_claimed(connection, workspace_id, worker=worker)
    unknown = [message_id for message_id in claimed if message_id not in known]
    repository.move(connection, workspace_id, unknown, to=MessageState.QUEUED, reason=None)
    return len(unknown)


def recover(
    connection: Connection, *, lost_before: datetime | None, workspace_id: int = DEFAULT_WORKSPACE
) -> Recovered:
    """Settle what dead workers left behind.

    What had not passed the last gate certainly never left, and is queued again. What had may have
    arrived: it becomes unknown and stays so, unless its letter asks to be sent at least once.

    Args:
        connection: of the transaction this becomes durable with.
        lost_before: leases that ended before then are lost; None takes everything in flight, for
            an installation whose only worker is just starting.
        workspace_id: whose outbox.
    """
    n_requeued = n_unknown = 0
    before_us = to_micros(lost_before) if lost_before else None
    while lost := repository.list_lost(connection, workspace_id, before_us=before_us, limit=_SWEEP):
        gates = dispatch_rows.list_gates(
            connection, workspace_id, {row.dispatch_id for row in lost}
        )
        unknown = [
            row.id
            for row in lost
            if row.state == MessageState.COMMITTING and not gates[row.dispatch_id].resends_unknown
        ]
        given_up = set(unknown)
        requeued = [row.id for row in lost if row.id not in given_up]
        repository.move(connection, workspace_id, requeued, to=MessageState.QUEUED, reason=None)
        repository.move(
            connection,
            workspace_id,
            unknown,
            to=MessageState.UNKNOWN,
            reason=Reason.WORKER_LOST.value,
        )
        n_requeued += len(requeued)
        n_unknown += len(unknown)
    return Recovered(n_requeued, n_unknown)


def sweep_cancelled(
    connection: Connection,
    *,
    coupons: Coupons | None = None,
    limit: int = _SWEEP,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> int:
    """Mark queued messages of cancelled dispatches, a few at a time; returns how many.

    They cannot leave from the moment of the cancel on; this only writes it down on each.
    """
    ids = repository.list_queued_of_cancelled(connection, workspace_id, limit=limit)
    repository.move(
        connection,
        workspace_id,
        ids,
        to=MessageState.CANCELLED,
        reason=Reason.CANCELLED.value,
    )
    if coupons is not None and ids:
        coupons.release_in(connection, ids)
    return len(ids)
