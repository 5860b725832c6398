"""What a server's answer, or its silence, means for a message."""

import re
from datetime import datetime

import msgspec

from kikubari.deliver.bounces import BounceType, classify_bounce
from kikubari.deliver.contracts import Claimed, MessageState, Settled
from kikubari.deliver.providers.smtp import (
    Abandoned,
    Accepted,
    ConnectionLost,
    PermanentRefusal,
    SmtpOutcome,
    TemporaryRefusal,
)
from kikubari.deliver.reasons import Reason
from kikubari.deliver.retry import FIRST_DELAY, JITTER, Jitter, find_delay

# Where a dialogue that ends says nothing about the recipient.
_ABOUT_ADDRESS = frozenset({"rcpt", "final_dot"})
_BEFORE_ENVELOPE = frozenset({"connect", "greeting", "ehlo", "starttls", "auth"})
# Servers like to repeat the address they refuse.
_ADDRESS = re.compile(r"[^\s<>(\[:]+@[^\s<>)\]:;,]+")
_MAX_TEXT = 200


def settle_answer(
    message: Claimed,
    outcome: SmtpOutcome,
    *,
    resends_unknown: bool,
    is_tracked: bool,
    now: datetime,
    jitter: Jitter,
) -> Settled | None:
    """Return what to record of an attempt, None when the last gate has recorded it already."""
    match outcome:
        case Abandoned():
            return None
        case Accepted(code, text):
            return Settled(
                message=message,
                state=MessageState.SENT,
                is_attempt=True,
                smtp_code=code,
                smtp_text=scrub(text),
                is_tracked=is_tracked,
            )
        case PermanentRefusal(_, code, text):
            return Settled(
                message=message,
                state=MessageState.FAILED,
                reason=Reason.REFUSED,
                is_attempt=True,
                smtp_code=code,
                smtp_text=scrub(text),
                bounce_type=_bounce_type(outcome),
            )
        case TemporaryRefusal(phase, code, text):
            refused = Settled(
                message=message,
                state=MessageState.QUEUED,
                reason=Reason.REFUSED_FOR_NOW,
                is_attempt=phase not in _BEFORE_ENVELOPE,
                smtp_code=code,
                smtp_text=scrub(text),
            )
            return _again(refused, now, jitter, bounce_type=_bounce_type(outcome))
        case ConnectionLost(phase, is_after_dot, _, text):
            if is_after_dot and not resends_unknown:
                return Settled(
                    message=message,
                    state=MessageState.UNKNOWN,
                    reason=Reason.OUTCOME_UNKNOWN,
                    is_attempt=True,
                    smtp_text=scrub(text),
                )
            lost = Settled(
                message=message,
                state=MessageState.QUEUED,
                reason=Reason.CONNECTION_LOST,
                is_attempt=phase not in _BEFORE_ENVELOPE,
                smtp_text=scrub(text),
            )
            return _again(lost, now, jitter)


def _bounce_type(refusal: PermanentRefusal | TemporaryRefusal) -> BounceType | None:
    """Return what a refusal says about the address, None when it was not asked about it."""
    if refusal.phase not in _ABOUT_ADDRESS:
        return None
    return classify_bounce(refusal.enhanced_status, refusal.text)


def _again(
    settled: Settled, now: datetime, jitter: Jitter, *, bounce_type: BounceType | None = None
) -> Settled:
    """Return it with the instant of its next attempt, or as given up.

    What ends before the envelope says nothing about this message: it waits as long as it takes
    for the server to come back.
    """
    if not settled.is_attempt:
        return msgspec.structs.replace(settled, due_at=now + FIRST_DELAY * (1 + JITTER * jitter()))
    delay = find_delay(settled.message.attempts + 1, jitter)
    if delay is None:
        return msgspec.structs.replace(
            settled,
            state=MessageState.FAILED,
            reason=Reason.RETRIES_EXHAUSTED,
            bounce_type=bounce_type,
        )
    return msgspec.structs.replace(settled, due_at=now + delay)


def scrub(text: str) -> str:
    """Return a server's text in one short line without addresses."""
    return _ADDRESS.sub("(address)", " ".join(text.split()))[:_MAX_TEXT]
