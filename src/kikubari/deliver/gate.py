"""The last gate: an ordered list of named checks that a message passes just before it leaves.

The cheap and personal ones run once more before rendering, so that nothing is rendered in vain;
what counts is the second run, in the transaction that records the message as leaving.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec
from sqlalchemy import Connection

from kikubari.deliver import _repository as repository
from kikubari.deliver.addresses import to_wire_address
from kikubari.deliver.contracts import (
    Consents,
    DispatchState,
    MessageState,
    PersonTime,
    Purpose,
    Recipient,
    Verdict,
)
from kikubari.deliver.reasons import Reason
from kikubari.deliver.suppression import list_blocked
from kikubari.spec.errors import InvalidInputError


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A message before the gate.

    Attributes:
        topic: what it is about, empty if it has none.
        at_best_hour: it is to leave at the recipient's best hour.
        time: of the recipient's day.
        held_at: when it was first made to wait for a better time, None if it never was.
        record: JSON of its `MessageRecord` at the last gate; empty before it is rendered.
        priority, gives_way: as of its letter.
    """

    message_id: int
    dispatch_id: int
    dispatch_state: DispatchState
    number: int
    address_key: bytes
    purpose: Purpose
    channel: str
    workspace_id: int
    topic: str = ""
    at_best_hour: bool = False
    time: PersonTime = PersonTime()
    held_at: datetime | None = None
    record: bytes = b""
    priority: int = 50
    gives_way: bool = False


class Check(Protocol):
    """One rule of the gate. It sees all candidates at once, so it costs queries per batch.

    It reads through the connection, which is the transaction that lets the message go, and writes
    nothing: a later check may still stop what this one lets pass.
    """

    name: str

    def judge(
        self, connection: Connection, candidates: Sequence[Candidate]
    ) -> Mapping[int, Verdict]:
        """Return a verdict for each message (by id) that must not leave now."""
        ...


class Gate:
    """Runs checks in order; the first that stops a message gives the reason."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)

    def judge(self, connection: Connection, candidates: Sequence[Candidate]) -> dict[int, Verdict]:
        """Return the verdicts of those that were stopped."""
        stopped: dict[int, Verdict] = {}
        remaining = list(candidates)
        for check in self.checks:
            if not remaining:
                break
            found = check.judge(connection, remaining)
            if found:
                stopped.update(found)
                remaining = [one for one in remaining if one.message_id not in found]
        return stopped


class DispatchCheck:
    """Nothing leaves of what was cancelled; what was paused goes back to the queue."""

    name = "dispatch"

    def judge(
        self, connection: Connection, candidates: Sequence[Candidate]
    ) -> Mapping[int, Verdict]:
        """Return verdicts by the state of each message's dispatch."""
        del connection
        stops = {
            DispatchState.CANCELLED: Verdict(MessageState.CANCELLED, Reason.CANCELLED),
            DispatchState.PAUSED: Verdict(MessageState.QUEUED, Reason.PAUSED),
        }
        return {
            one.message_id: stops[one.dispatch_state]
            for one in candidates
            if one.dispatch_state in stops
        }


class ConsentCheck:
    """No consent, no marketing. Unknown means no."""

    name = "consent"

    def __init__(self, consents: Consents) -> None:
        self._consents = consents

    def judge(
        self, connection: Connection, candidates: Sequence[Candidate]
    ) -> Mapping[int, Verdict]:
        """Return a verdict for each marketing message to somebody without consent."""
        asking = [one for one in candidates if one.purpose is Purpose.MARKETING]
        refused: dict[int, Verdict] = {}
        for workspace_id, channel in {(one.workspace_id, one.channel) for one in asking}:
            mine = [
                one for one in asking if (one.workspace_id, one.channel) == (workspace_id, channel)
            ]
            granted = self._consents.list_granted(
                connection,
                [one.number for one in mine],
                purpose=Purpose.MARKETING.value,
                channel=channel,
                workspace_id=workspace_id,
            )
            for one in mine:
                if one.number not in granted:
                    refused[one.message_id] = Verdict(MessageState.SKIPPED, Reason.NO_CONSENT)
        return refused


class SuppressionCheck:
    """Nothing goes to an address on the suppression list."""

    name = "suppression"

    def judge(
        self, connection: Connection, candidates: Sequence[Candidate]
    ) -> Mapping[int, Verdict]:
        """Return a verdict for each message whose address is suppressed for its purpose."""
        first = candidates[0]
        blocked = list_blocked(
            connection,
            {one.address_key for one in candidates},
            channel=first.channel,
            workspace_id=first.workspace_id,
        )
        return {
            one.message_id: Verdict(MessageState.SKIPPED, Reason.SUPPRESSED)
            for one in candidates
            if one.purpose in blocked.get(one.address_key, ())
        }


class OncePerMailbox:
    """Two profiles with one address get a dispatch once."""

    name = "once_per_mailbox"

    def judge(
        self, connection: Connection, candidates: Sequence[Candidate]
    ) -> Mapping[int, Verdict]:
        """Return a verdict for each message whose mailbox another message has taken."""
        stopped: dict[int, Verdict] = {}
        for dispatch_id in {one.dispatch_id for one in candidates}:
            mine = [one for one in candidates if one.dispatch_id == dispatch_id]
            holders = repository.list_address_holders(
                connection, mine[0].workspace_id, dispatch_id, [one.address_key for one in mine]
            )
            for one in mine:
                if holders.setdefault(one.address_key, one.message_id) != one.message_id:
                    stopped[one.message_id] = Verdict(
                        MessageState.SKIPPED, Reason.DUPLICATE_ADDRESS
                    )
        return stopped


def last_gate(
    consents: Consents, *, content: Sequence[Check] = (), timing: Sequence[Check] = ()
) -> Gate:
    """Return the gate in front of the final dot.

    Args:
        consents: the ledger.
        content: checks of what the message says and used; they read `Candidate.record`.
        timing: whether now is the time. They come last: what they let pass does leave, and counts.
    """
    return Gate(
        (
            DispatchCheck(),
            ConsentCheck(consents),
            SuppressionCheck(),
            OncePerMailbox(),
            *content,
            *timing,
        )
    )


def early_gate(consents: Consents, *, timing: Sequence[Check] = ()) -> Gate:
    """Return the checks worth making before a message is rendered."""
    return Gate((ConsentCheck(consents), SuppressionCheck(), *timing))


def judge_recipient(recipient: Recipient | None, *, to_claimed: bool = False) -> Verdict | None:
    """Return why somebody cannot be reached at all, None if they can.

    Args:
        recipient: None if there is nobody.
        to_claimed: an address that is only claimed will do.
    """
    reason: Reason | None = None
    if recipient is None:
        reason = Reason.PROFILE_GONE
    elif not recipient.address:
        reason = Reason.NO_ADDRESS
    elif not (recipient.is_verified or to_claimed):
        reason = Reason.ADDRESS_UNVERIFIED
    elif not _is_address(recipient.address):
        reason = Reason.ADDRESS_INVALID
    return None if reason is None else Verdict(MessageState.SKIPPED, reason)


def _is_address(address: str) -> bool:
    try:
        to_wire_address(address)
    except InvalidInputError:
        return False
    return True
