"""Messages that are taken back while they wait: what they were for has come about, or is over."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from kikubari.deliver import _repository as repository
from kikubari.deliver import _waiting as rows
from kikubari.deliver.contracts import (
    Claimed,
    Coupons,
    MessageState,
    Origin,
    Purpose,
    Settled,
    Verdict,
)
from kikubari.deliver.reasons import Reason
from kikubari.deliver.recording import list_events
from kikubari.events import append_in
from kikubari.kit.instants import from_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event

# Why the messages of an origin to some people, by number, are not to leave any more.
Unwanted = Mapping[Origin, Mapping[int, Reason]]
Withdrawn = tuple[Origin, Claimed, Verdict]


def withdraw(
    connection: Connection,
    unwanted: Unwanted,
    *,
    now: datetime,
    coupons: Coupons | None = None,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> list[Withdrawn]:
    """Skip marketing messages that have not passed the last gate, in the caller's transaction.

    Whatever they wait for: a better time, another attempt, their turn. One that a worker has
    already is taken from it: it finds that out at the last gate. Transactional messages go on.

    Args:
        connection: of the caller's transaction. Take no more locks in it than those of offers.
        unwanted: whose messages, and why.
        now: the instant.
        coupons: takes back codes that nobody has seen.
        workspace_id: whose outbox.

    Returns:
        what was taken back, in order of id.
    """
    if not unwanted:
        return []
    gates = {
        row.id: row
        for row in rows.list_of_origins(connection, workspace_id, unwanted)
        if row.purpose == Purpose.MARKETING.value
    }
    reasons = {
        repository.message_id_of(gate.id, number): reason
        for gate in gates.values()
        for number, reason in unwanted[_origin(gate)].items()
    }
    found = rows.lock_not_left(connection, workspace_id, sorted(reasons))
    _skip(connection, workspace_id, {row.id: reasons[row.id] for row in found})
    if coupons is not None and found:
        coupons.release_in(connection, [row.id for row in found])
    gone = [_withdrawn(row, gates[row.dispatch_id], reasons[row.id]) for row in found]
    append_in(connection, list(_events(gone, gates, now)), workspace_id=workspace_id)
    return gone


def _skip(connection: Connection, workspace_id: int, reasons: Mapping[int, Reason]) -> None:
    for reason in sorted(set(reasons.values())):
        mine = [message_id for message_id, one in reasons.items() if one is reason]
        repository.move(
            connection, workspace_id, mine, to=MessageState.SKIPPED, reason=reason.value
        )


def _withdrawn(
    row: Row[*tuple[Any, ...]], gate: Row[*tuple[Any, ...]], reason: Reason
) -> Withdrawn:
    message = Claimed(
        row.id, row.dispatch_id, row.number, row.fence, row.attempts, from_micros(row.queued_us)
    )
    return _origin(gate), message, Verdict(MessageState.SKIPPED, reason)


def _origin(gate: Row[*tuple[Any, ...]]) -> Origin:
    return Origin(gate.origin_kind, gate.origin_id)


def _events(
    gone: list[Withdrawn], gates: Mapping[int, Row[*tuple[Any, ...]]], now: datetime
) -> Iterator[Event]:
    for _, message, verdict in gone:
        settled = Settled(message=message, state=verdict.state, reason=verdict.reason)
        yield from list_events(settled, gates[message.dispatch_id], now)
