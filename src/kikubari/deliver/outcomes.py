"""What became of messages after a server took them: bounced, complained about, answered.

The address that is suppressed is the one the message went to, never one that a report names.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from kikubari.deliver import _repository as repository
from kikubari.deliver import _views as views
from kikubari.deliver._tables import complaints
from kikubari.deliver.bounces import BounceType
from kikubari.deliver.contracts import MessageState, public_id
from kikubari.deliver.suppression import SuppressionReason, Word, apply_words
from kikubari.deliver.tracking import TrackedMessage
from kikubari.events import append_in
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import (
    EMAIL_BOUNCED,
    EMAIL_DELIVERED,
    EMAIL_MARKED_AS_SPAM,
    EMAIL_REPLIED,
    EMAIL_SENT,
    INTERNAL_SOURCE_ID,
)
from kikubari.storage import StateStore, insert_or_ignore


class OutcomeKind(StrEnum):
    """What was learned about a message."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    DELIVERED = "delivered"
    REPLIED = "replied"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One thing learned about one message.

    Attributes:
        bounce_type: of a bounce.
        status: RFC 3463, may be empty.
        diagnostic: what the server said; one line that names nobody.
        feedback_type: of a complaint: abuse, fraud, …
        reply_id: of a reply: names it among those to the same message.
        text: of a reply, if it is to be kept.
        told_by: how it was learned: ``mail``, or a provider's name.
    """

    kind: OutcomeKind
    told_by: str
    bounce_type: BounceType = BounceType.SOFT
    status: str = ""
    diagnostic: str = ""
    feedback_type: str = ""
    reply_id: str = ""
    text: str = ""


_TOPICS = {
    OutcomeKind.BOUNCED: EMAIL_BOUNCED,
    OutcomeKind.COMPLAINED: EMAIL_MARKED_AS_SPAM,
    OutcomeKind.DELIVERED: EMAIL_DELIVERED,
    OutcomeKind.REPLIED: EMAIL_REPLIED,
}
# A message that came back, or was complained about, had left.
_WAS_IN_DOUBT = MessageState.UNKNOWN.value
_NEVER_LEFT = frozenset({MessageState.QUEUED, MessageState.SKIPPED, MessageState.CANCELLED})


class Outcomes:
    """Writes outcomes down: as events, on the suppression list, and for the alarm on complaints."""

    def __init__(self, store: StateStore) -> None:
        self._store = store

    def record(self, about: TrackedMessage, outcome: Outcome, *, at: datetime) -> bool:
        """Take in an outcome; telling it again changes nothing.

        False: the message is gone, or never left, so somebody is mistaken.
        """
        return self.record_all([(about, outcome, at)]) == 1

    def record_all(self, told: Sequence[tuple[TrackedMessage, Outcome, datetime]]) -> int:
        """Take in outcomes in one transaction; returns how many were of messages that had left."""

        def work(connection: Connection) -> int:
            return sum(record_in(connection, about, one, at) for about, one, at in told)

        return self._store.write(work) if told else 0


def record_in(
    connection: Connection, about: TrackedMessage, outcome: Outcome, at: datetime
) -> bool:
    """Take in an outcome in the caller's transaction; see `Outcomes.record`."""
    row = views.find_message(connection, about.workspace_id, about.message_id)
    if row is None or row.state in _NEVER_LEFT:
        return False
    events = [_event(row, outcome, at)]
    if row.state == _WAS_IN_DOUBT:
        repository.move(connection, about.workspace_id, [row.id], to=MessageState.SENT, reason=None)
        events.append(_sent_event(row, at))
    if (reason := _closes(outcome)) is not None and row.address_key is not None:
        word = Word(bytes(row.address_key), reason, is_active=True, at=at)
        apply_words(connection, [word], workspace_id=about.workspace_id)
    if outcome.kind is OutcomeKind.COMPLAINED:
        connection.execute(
            insert_or_ignore(connection, complaints).values(
                workspace_id=about.workspace_id,
                message_id=row.id,
                dispatch_id=row.dispatch_id,
                at_us=to_micros(at),
            )
        )
    append_in(connection, events, workspace_id=about.workspace_id)
    return True


def _closes(outcome: Outcome) -> SuppressionReason | None:
    if outcome.kind is OutcomeKind.COMPLAINED:
        return SuppressionReason.COMPLAINED
    is_dead = outcome.kind is OutcomeKind.BOUNCED and outcome.bounce_type is BounceType.HARD
    return SuppressionReason.BOUNCED if is_dead else None


def _event(row: Row[*tuple[Any, ...]], outcome: Outcome, at: datetime) -> Event:
    said: dict[str, object] = {"told_by": outcome.told_by}
    name = outcome.kind.value
    if outcome.kind is OutcomeKind.BOUNCED:
        name = f"{name}:{outcome.bounce_type.value}"
        said |= {
            "bounce_type": outcome.bounce_type.value,
            "status": outcome.status,
            "diagnostic": outcome.diagnostic,
        }
    elif outcome.kind is OutcomeKind.COMPLAINED:
        said["feedback_type"] = outcome.feedback_type
    elif outcome.kind is OutcomeKind.REPLIED:
        name = f"{name}:{outcome.reply_id}"
        if outcome.text:
            said["text"] = outcome.text
    return _about(row, f"{name}:{public_id(row.id)}", _TOPICS[outcome.kind], said, at)


def _sent_event(row: Row[*tuple[Any, ...]], at: datetime) -> Event:
    # The same id as the worker's own: whichever comes first counts.
    message_id = f"{MessageState.SENT.value}:{public_id(row.id)}"
    return _about(row, message_id, EMAIL_SENT, {"purpose": row.purpose, "is_tracked": False}, at)


def _about(
    row: Row[*tuple[Any, ...]],
    message_id: str,
    topic: str,
    said: dict[str, object],
    at: datetime,
) -> Event:
    return Event(
        message_id=message_id,
        kind=EventKind.TRACK,
        type=topic,
        occurred_at=at,
        received_at=at,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=row.number,
        properties={
            f"{row.origin_kind}_id": row.origin_id,
            "message_id": public_id(row.id),
            "channel": row.channel,
            **said,
        },
    )
