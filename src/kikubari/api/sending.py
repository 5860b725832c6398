"""Sending a broadcast, or asking for the second member that this takes."""

import asyncio
from collections.abc import Callable
from itertools import islice

from sqlalchemy import Connection

from kikubari.access import (
    SEND,
    Access,
    Actor,
    ApprovalNeededError,
    ApprovalPolicy,
    ApprovalReason,
    Principal,
    Wish,
)
from kikubari.api.contracts import Services
from kikubari.journeys import Broadcast, BroadcastDefinition, Permit
from kikubari.spec.errors import ConflictError

SEND_UNCHECKED = "broadcast.send_unchecked"
# Messages that the guard judges before it is known whether one member may send alone.
_JUDGED = 100


class _UnapprovedError(Exception):
    def __init__(self, wish: Wish) -> None:
        super().__init__(wish.target)
        self.wish = wish


async def send(
    services: Services,
    broadcast_id: str,
    principal: Principal,
    by: Actor,
    *,
    unchecked_because: str = "",
) -> Broadcast:
    """Send a draft, if its sender may do so alone or an approval says so.

    Args:
        services: of this installation.
        broadcast_id: of the draft.
        principal: who sends.
        by: the same, for the audit log.
        unchecked_because: send though the check of its sender fails, for this reason.

    Raises:
        ApprovalNeededError: with the approval that waits for another member now.
    """
    draft = await asyncio.to_thread(services.broadcasts.get, broadcast_id)
    policy = await asyncio.to_thread(services.access.approvals.policy)
    reasons = await _weigh(services, draft, policy, is_unchecked=bool(unchecked_because))
    permit = _permit(
        services.access, draft, reasons, by, over=policy.over_people, why=unchecked_because
    )
    start: Callable[[str, Permit, str], Broadcast] = (
        services.send_unchecked if unchecked_because else services.send_broadcast
    )
    try:
        return await asyncio.to_thread(start, broadcast_id, permit, principal.identity)
    except _UnapprovedError as refused:
        wish = refused.wish
    raise ApprovalNeededError(
        await asyncio.to_thread(services.access.approvals.ask, wish, principal, by)
    )


def sample_audience(services: Services, draft: BroadcastDefinition, people: int) -> list[int]:
    """Return people from all over the audience, the same ones each time."""
    members = services.broadcasts.list_audience(draft.segment)
    step = max(1, len(members) // people)
    return list(islice(islice(members, 0, None, step), people))


async def _weigh(
    services: Services, draft: Broadcast, policy: ApprovalPolicy, *, is_unchecked: bool
) -> tuple[ApprovalReason, ...]:
    """Return why one member does not do, but for the number of people, not known yet."""
    reasons: list[ApprovalReason] = []
    if is_unchecked and policy.on_unchecked:
        reasons.append(ApprovalReason.SENDER)
    if policy.on_guard:
        numbers = await asyncio.to_thread(sample_audience, services, draft.definition, _JUDGED)
        report = await services.previews.check(draft.definition, numbers)
        if report.objections:
            reasons.append(ApprovalReason.GUARD)
    return tuple(reasons)


def _permit(
    access: Access,
    draft: Broadcast,
    weighed: tuple[ApprovalReason, ...],
    by: Actor,
    *,
    over: int | None,
    why: str,
) -> Permit:
    def permit(connection: Connection, version: int, n_people: int) -> None:
        if version != draft.version:
            raise ConflictError(
                f"broadcast {draft.id} was changed meanwhile",
                hint="Look at the new version and send it again.",
            )
        is_large = over is not None and n_people > over
        wish = Wish(
            action=SEND_UNCHECKED if why else SEND,
            target=draft.id,
            version=version,
            n_people=n_people,
            reasons=(ApprovalReason.SIZE, *weighed) if is_large else weighed,
            title=draft.definition.name,
            note=why,
        )
        if wish.reasons and not access.approvals.spend(connection, wish, by):
            raise _UnapprovedError(wish)
        if why:
            # In the same commit: no message leaves before it is known who wanted that.
            access.audit.append(connection, by, "broadcast.sent_unchecked", draft.id, why)

    return permit
