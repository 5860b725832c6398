"""SendGrid's Event Webhook, signed with ECDSA on P-256 and SHA-256."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from kikubari.deliver.bounces import BounceType, classify_bounce
from kikubari.deliver.inbound import scrub_line
from kikubari.deliver.outcomes import Outcome, OutcomeKind
from kikubari.deliver.providers.http.sendgrid import ARGUMENT
from kikubari.deliver.webhooks.contracts import (
    Headers,
    Report,
    check_instant,
    decode_body,
    refuse,
)
from kikubari.spec.errors import InvalidInputError

_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIMESTAMP = "x-twilio-email-event-webhook-timestamp"


class SendGridWebhook:
    """Reads the events of SendGrid.

    Args:
        public_key: the verification key as SendGrid shows it: base64 of DER.

    Raises:
        InvalidInputError: not such a key.
    """

    name = "sendgrid"

    def __init__(self, public_key: str) -> None:
        try:
            key = load_der_public_key(b64decode(public_key, validate=True))
        except ValueError as error:
            raise InvalidInputError("KIKUBARI_SENDGRID_WEBHOOK_KEY: not a public key") from error
        if not isinstance(key, EllipticCurvePublicKey):
            raise InvalidInputError("KIKUBARI_SENDGRID_WEBHOOK_KEY: not an ECDSA key")
        self._key = key

    def read(self, raw: bytes, headers: Headers, now: datetime) -> list[Report]:
        """Verify a request and return what it reports."""
        timestamp = headers.get(_TIMESTAMP, "")
        try:
            signature = b64decode(headers.get(_SIGNATURE, ""), validate=True)
            self._key.verify(signature, timestamp.encode() + raw, ECDSA(SHA256()))
            at = datetime.fromtimestamp(int(timestamp), UTC)
        except (InvalidSignature, Base64Error, ValueError, OverflowError, OSError) as error:
            raise refuse("the signature is wrong") from error
        check_instant(at, now)
        events = decode_body(raw, list[dict[str, Any]], "a list of events")
        return [report for event in events if (report := _report(event)) is not None]


def _report(event: Mapping[str, Any]) -> Report | None:
    outcome = _outcome(event)
    token, report_id = event.get(ARGUMENT), event.get("sg_event_id")
    if outcome is None or not isinstance(token, str) or not isinstance(report_id, str):
        return None
    return Report(id=report_id, token=token, outcome=outcome)


def _outcome(event: Mapping[str, Any]) -> Outcome | None:
    kind = event.get("event")
    if kind == "delivered":
        return Outcome(kind=OutcomeKind.DELIVERED, told_by="sendgrid")
    if kind == "spamreport":
        return Outcome(kind=OutcomeKind.COMPLAINED, told_by="sendgrid", feedback_type="abuse")
    if kind not in {"bounce", "dropped"}:
        return None
    status, reason = str(event.get("status") or ""), str(event.get("reason") or "")
    bounce_type = classify_bounce(status, reason)
    if kind == "dropped":
        # Never handed to the receiving side: it stands on SendGrid's own list.
        bounce_type = BounceType.POLICY
    elif event.get("type") == "blocked" and bounce_type is BounceType.HARD:
        bounce_type = BounceType.SOFT
    return Outcome(
        kind=OutcomeKind.BOUNCED,
        told_by="sendgrid",
        bounce_type=bounce_type,
        status=status,
        diagnostic=scrub_line(reason),
    )
