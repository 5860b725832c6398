"""Time-based one-time codes: RFC 6238 with SHA-1, 30 seconds, 6 digits, as every app has them."""

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

_STEP_SECONDS = 30
_DIGITS = 6
_SECRET_BYTES = 20  # of a SHA-1 key: RFC 4226, 4
# A code of the neighbouring steps is taken too: clocks differ, people type slowly.
_DRIFT_STEPS = 1


def new_secret() -> str:
    """Return a random secret in base 32, as apps take it."""
    return b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def provisioning_uri(secret: str, *, account: str, issuer: str) -> str:
    """Return the address that an authenticator app reads from a QR code."""
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"


def code_at(secret: str, step: int) -> str:
    """Return the code of a time step: RFC 4226, 5.3."""
    digest = hmac.digest(b32decode(secret), step.to_bytes(8), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def step_of(at: datetime) -> int:
    """Return the number of 30-second steps since 1970."""
    return int(at.timestamp()) // _STEP_SECONDS


def find_step(secret: str, code: str, at: datetime) -> int | None:
    """Return the time step a code belongs to, None if it is not one of about now."""
    now = step_of(at)
    found = None
    for step in range(max(0, now - _DRIFT_STEPS), now + _DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found
