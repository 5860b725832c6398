"""What can become of one message handed to an SMTP server."""

import re
from typing import Literal

import msgspec

Phase = Literal[
    "connect", "greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "final_dot"
]
"""Where in the dialogue it ended. Up to ``auth`` it is about us or the server, never about the
recipient; a refusal there is always temporary, whatever its code."""

LossReason = Literal["closed", "timeout", "protocol", "tls", "policy"]
"""``protocol``: the server said what no server may say; ``policy``: our own settings forbade going
on, such as a password over an unencrypted line."""

_QUEUE_ID = re.compile(r"\bqueued as ([^\s;]+)|\bid=([^\s;]+)", re.IGNORECASE)
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")


class Accepted(msgspec.Struct, frozen=True, tag="accepted"):
    """The server took responsibility for the message."""

    code: int
    text: str

    @property
    def queue_id(self) -> str:
        """The server's own name for the message where it told one, else empty."""
        match = _QUEUE_ID.search(self.text)
        return (match[1] or match[2]) if match else ""


class TemporaryRefusal(msgspec.Struct, frozen=True, tag="temporary_refusal"):
    """Not taken, to be tried again later: 4xx, or any refusal before the envelope."""

    phase: Phase
    code: int
    text: str

    @property
    def enhanced_status(self) -> str:
        """The RFC 3463 status such as ``4.7.1``, else empty."""
        return _enhanced_status(self.text)


class PermanentRefusal(msgspec.Struct, frozen=True, tag="permanent_refusal"):
    """Not taken, and not to be tried again: 5xx to the envelope or the content."""

    phase: Phase
    code: int
    text: str

    @property
    def enhanced_status(self) -> str:
        """The RFC 3463 status such as ``5.1.1``, else empty."""
        return _enhanced_status(self.text)


class ConnectionLost(msgspec.Struct, frozen=True, tag="connection_lost"):
    """The dialogue broke off without an answer to this message.

    Attributes:
        phase: where.
        is_after_dot: the final dot may have reached the server, so nobody knows whether the
            message was taken. When false it certainly was not.
        reason: why.
        text: for people.
    """

    phase: Phase
    is_after_dot: bool
    reason: LossReason
    text: str


class Abandoned(msgspec.Struct, frozen=True, tag="abandoned"):
    """The caller's last check said no; the message was not delivered."""


SmtpOutcome = Accepted | TemporaryRefusal | PermanentRefusal | ConnectionLost | Abandoned


def _enhanced_status(text: str) -> str:
    match = _ENHANCED.match(text)
    return match[0] if match else ""
