"""SMTP client: pipelined, one recipient a transaction, and it knows the moment of the final dot."""

from kikubari.deliver.providers.smtp.connection import BeforeFinalDot, SmtpConnection
from kikubari.deliver.providers.smtp.handshake import SessionFailedError
from kikubari.deliver.providers.smtp.outcomes import (
    Abandoned,
    Accepted,
    ConnectionLost,
    LossReason,
    PermanentRefusal,
    Phase,
    SmtpOutcome,
    TemporaryRefusal,
)
from kikubari.deliver.providers.smtp.pool import Backoff, SmtpPool
from kikubari.deliver.providers.smtp.settings import SmtpSettings, SmtpTimeouts, parse_smtp_url

__all__ = [
    "Abandoned",
    "Accepted",
    "Backoff",
    "BeforeFinalDot",
    "ConnectionLost",
    "LossReason",
    "PermanentRefusal",
    "Phase",
    "SessionFailedError",
    "SmtpConnection",
    "SmtpOutcome",
    "SmtpPool",
    "SmtpSettings",
    "SmtpTimeouts",
    "TemporaryRefusal",
    "parse_smtp_url",
]
