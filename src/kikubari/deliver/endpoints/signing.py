"""Signatures of Standard Webhooks 1.0: HMAC-SHA256 over ``id.timestamp.body``."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime

_PREFIX = "whsec_"
_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """Return a new secret, as receivers' libraries take it."""
    return _PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def sign(keys: Iterable[str], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers by which a receiver knows a call.

    Args:
        keys: secrets in force; while one is exchanged, two, and either signature will do.
        webhook_id: stays the same however often the call is made.
        at: of this attempt: receivers refuse what is minutes old.
        body: the very bytes that are sent.
    """
    timestamp = str(int(at.timestamp()))
    text = f"{webhook_id}.{timestamp}.".encode() + body
    signatures = [
        b64encode(hmac.digest(b64decode(key.removeprefix(_PREFIX)), text, "sha256")).decode()
        for key in keys
    ]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }
