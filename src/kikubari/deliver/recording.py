"""What the worker writes: answers received, and messages about to leave, in one transaction.

A unit takes the answers first and the marks after. A connection hands over its answer before it
asks to mark its next message, so at any durable moment it has at most one message between the
final dot and its recorded answer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from kikubari.deliver import _dispatches as dispatch_rows
from kikubari.deliver import _repository as repository
from kikubari.deliver._contacts import release_slots, save_slots
from kikubari.deliver.contracts import (
    Claimed,
    Coupons,
    DispatchState,
    Mark,
    MessageState,
    PersonTime,
    Purpose,
    Settled,
    Verdict,
    public_id,
)
from kikubari.deliver.gate import Candidate, Gate
from kikubari.deliver.providing import NEVER_LEFT
from kikubari.deliver.reasons import HOLDS, TIMING
from kikubari.events import Sealing, append_in
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event, EventKind, Trust
from kikubari.spec.topics import (
    EMAIL_BOUNCED,
    EMAIL_FAILED,
    EMAIL_SENT,
    EMAIL_SKIPPED,
    INTERNAL_SOURCE_ID,
)

# An answer is still an answer when the message was taken for lost meanwhile.
_MAY_SETTLE = frozenset({MessageState.SENDING, MessageState.COMMITTING, MessageState.UNKNOWN})
_PASSED = frozenset({MessageState.COMMITTING, MessageState.UNKNOWN})
_ARRIVED = frozenset({MessageState.SENT, MessageState.UNKNOWN})
_TOPICS = {
    MessageState.SENT: EMAIL_SENT,
    MessageState.SKIPPED: EMAIL_SKIPPED,
    MessageState.FAILED: EMAIL_FAILED,
}

_Rows = Mapping[int, Row[*tuple[Any, ...]]]


class Recorded(msgspec.Struct, frozen=True):
    """Outcome of a unit: messages that may leave, and why others may not.

    A message in neither was claimed by somebody else meanwhile.
    """

    passed: frozenset[int]
    stopped: dict[int, Verdict]


class Recorder:
    """Writes answers and marks."""

    def __init__(
        self,
        gate: Gate,
        sealing: Sealing,
        clock: Clock,
        *,
        coupons: Coupons | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._coupons = coupons
        self._gate = gate
        self._sealing = sealing
        self._clock = clock
        self._workspace_id = workspace_id

    def record(
        self, connection: Connection, settled: Sequence[Settled], marks: Sequence[Mark]
    ) -> Recorded:
        """Write one unit; the caller's commit makes it durable."""
        claims = [one.message for one in settled] + [one.message for one in marks]
        if not claims:
            return Recorded(frozenset(), {})
        now = self._clock.now()
        rows = repository.lock_messages(
            connection, self._workspace_id, {claim.id for claim in claims}
        )
        gates = dispatch_rows.list_gates(
            connection, self._workspace_id, {claim.dispatch_id for claim in claims}
        )
        answers = [one for one in settled if _may_settle(rows, one)]
        mine = [one for one in marks if _may_mark(rows, one)]
        stopped = self._gate.judge(connection, [self._candidate(one, gates) for one in mine])
        passing = [one for one in mine if one.message.id not in stopped]
        refused = [
            settle_verdict(one.message, verdict, one.time)
            for one in mine
            if (verdict := stopped.get(one.message.id)) is not None
        ]
        self._settle(connection, [*answers, *refused], gates, now)
        release_slots(connection, self._workspace_id, _not_arrived(rows, answers))
        self._release_coupons(connection, [*answers, *refused], _taken_back(rows, claims))
        self._mark(connection, passing, gates, now)
        return Recorded(frozenset(one.message.id for one in passing), stopped)

    def _release_coupons(
        self, connection: Connection, settled: Sequence[Settled], taken_back: Sequence[int]
    ) -> None:
        ids = [one.message.id for one in settled if one.state in NEVER_LEFT]
        ids += taken_back
        if self._coupons is not None and ids:
            self._coupons.release_in(connection, ids)

    def _candidate(self, mark: Mark, gates: _Rows) -> Candidate:
        gate = gates[mark.message.dispatch_id]
        return Candidate(
            message_id=mark.message.id,
            dispatch_id=mark.message.dispatch_id,
            dispatch_state=DispatchState(gate.state),
            number=mark.message.number,
            address_key=mark.address_key,
            purpose=Purpose(gate.purpose),
            channel=gate.channel,
            workspace_id=self._workspace_id,
            topic=gate.topic,
            at_best_hour=bool(gate.at_best_hour),
            time=mark.time,
            held_at=mark.message.held_at,
            record=mark.record,
            priority=gate.priority,
            gives_way=bool(gate.gives_way),
        )

    def _mark(
        self, connection: Connection, marks: Sequence[Mark], gates: _Rows, now: datetime
    ) -> None:
        if not marks:
            return
        leaving = [(one.message, gates[one.message.dispatch_id]) for one in marks]
        slots = [
            (message.number, message.id, gate.channel)
            for message, gate in leaving
            if gate.purpose == Purpose.MARKETING
        ]
        save_slots(connection, self._workspace_id, slots, at_us=to_micros(now))
        repository.set_committing(
            connection,
            self._workspace_id,
            [(one.message.id, one.address_key, _assumed_zone(one.time)) for one in marks],
        )
        self._keep_records(connection, marks)

    def _keep_records(self, connection: Connection, of: Sequence[Mark | Settled]) -> None:
        numbers = [one.message.number for one in of]
        sealed = self._sealing.seal(connection, numbers, [one.record for one in of])
        repository.save_records(
            connection,
            self._workspace_id,
            [
                (one.message.id, one.message.number, body)
                for one, body in zip(of, sealed, strict=True)
            ],
        )

    def _settle(
        self, connection: Connection, settled: Sequence[Settled], gates: _Rows, now: datetime
    ) -> None:
        if not settled:
            return
        repository.settle(connection, [_settled_row(self._workspace_id, s, now) for s in settled])
        if stopped := [one for one in settled if one.record]:
            self._keep_records(connection, stopped)
        events = [e for s in settled for e in list_events(s, gates[s.message.dispatch_id], now)]
        append_in(connection, events, workspace_id=self._workspace_id)


def settle_verdict(message: Claimed, verdict: Verdict, time: PersonTime) -> Settled:
    """Return what to record of a message that a gate stopped."""
    is_about_time = verdict.reason in TIMING
    return Settled(
        message=message,
        state=verdict.state,
        reason=verdict.reason,
        due_at=verdict.due_at,
        assumed_zone=_assumed_zone(time) if is_about_time else "",
    )


def _assumed_zone(time: PersonTime) -> str:
    return time.zone if time.is_assumed else ""


def _not_arrived(rows: _Rows, answers: Sequence[Settled]) -> list[tuple[int, int]]:
    """Return (number, message id) of what passed the gate and did not arrive after all."""
    return [
        (one.message.number, one.message.id)
        for one in answers
        if one.state not in _ARRIVED and rows[one.message.id].state in _PASSED
    ]


def _taken_back(rows: _Rows, claims: Sequence[Claimed]) -> list[int]:
    """Return the messages that were skipped while their worker had them.

    It may have drawn their codes after whoever skipped them looked for any.
    """
    return [
        one.id
        for one in claims
        if (row := rows.get(one.id)) is not None
        and row.fence == one.fence
        and row.state == MessageState.SKIPPED.value
    ]


def _may_settle(rows: _Rows, settled: Settled) -> bool:
    row = rows.get(settled.message.id)
    return row is not None and row.fence == settled.message.fence and row.state in _MAY_SETTLE


def _may_mark(rows: _Rows, mark: Mark) -> bool:
    row = rows.get(mark.message.id)
    return (
        row is not None
        and row.fence == mark.message.fence
        and row.state == MessageState.SENDING.value
    )


def _settled_row(workspace_id: int, settled: Settled, now: datetime) -> dict[str, object]:
    return {
        "b_workspace": workspace_id,
        "b_id": settled.message.id,
        "b_state": settled.state.value,
        "b_reason": settled.reason.value if settled.reason else None,
        "b_attempts": settled.message.attempts + int(settled.is_attempt),
        "b_due_us": to_micros(settled.due_at) if settled.due_at else None,
        "b_sent_us": to_micros(now) if settled.state is MessageState.SENT else None,
        "b_smtp_code": settled.smtp_code,
        "b_smtp_text": settled.smtp_text or None,
        "b_held_us": to_micros(now) if settled.reason in HOLDS else None,
        "b_assumed_zone": settled.assumed_zone or None,
    }


def list_events(settled: Settled, gate: Row[*tuple[Any, ...]], now: datetime) -> list[Event]:
    """Return what the log learns: a final outcome, and what it says about the address."""
    topic = _TOPICS.get(settled.state)
    if topic is None:
        return []
    message_id = public_id(settled.message.id)
    properties: dict[str, object] = {
        f"{gate.origin_kind}_id": gate.origin_id,
        "message_id": message_id,
        "channel": gate.channel,
        "purpose": gate.purpose,
    }
    if gate.variant:
        properties["variant"] = gate.variant
    if settled.state is MessageState.SENT:
        # Opens and clicks can only be known of these: reports need it as their denominator.
        properties["is_tracked"] = settled.is_tracked
    if settled.reason is not None:
        properties["reason"] = settled.reason.value
    if settled.guard.rules:
        properties["guard"] = settled.guard.level.value
        properties["guard_rules"] = list(settled.guard.rules)
    if settled.smtp_code is not None:
        properties["smtp_code"] = settled.smtp_code
    number = settled.message.number
    events = [_event(f"{settled.state.value}:{message_id}", topic, number, properties, now)]
    if settled.bounce_type is not None:
        bounce = {**properties, "bounce_type": settled.bounce_type.value}
        events.append(_event(f"bounced:{message_id}", EMAIL_BOUNCED, number, bounce, now))
    return events


def _event(
    message_id: str, topic: str, number: int, properties: dict[str, object], now: datetime
) -> Event:
    return Event(
        message_id=message_id,
        kind=EventKind.TRACK,
        type=topic,
        occurred_at=now,
        received_at=now,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=number,
        properties=properties,
    )
