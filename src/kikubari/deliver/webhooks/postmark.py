"""Postmark's webhooks, which prove themselves by HTTP Basic authentication."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kikubari.deliver.bounces import BounceType, classify_bounce, find_status
from kikubari.deliver.inbound import scrub_line
from kikubari.deliver.outcomes import Outcome, OutcomeKind
from kikubari.deliver.providers.http.postmark import METADATA
from kikubari.deliver.webhooks.contracts import Headers, Report, decode_body, refuse

_BY_TYPE = {
    "HardBounce": BounceType.HARD,
    "BadEmailAddress": BounceType.HARD,
    "SoftBounce": BounceType.SOFT,
    "Transient": BounceType.SOFT,
    "DnsError": BounceType.SOFT,
    "Undeliverable": BounceType.SOFT,
    "Blocked": BounceType.POLICY,
    "SpamNotification": BounceType.POLICY,
    "VirusNotification": BounceType.POLICY,
    "DMARCPolicy": BounceType.POLICY,
    "ManuallyDeactivated": BounceType.POLICY,
}


class PostmarkWebhook:
    """Reads the reports of Postmark.

    Args:
        secret: ``user:password`` of the webhook's address.
    """

    name = "postmark"

    def __init__(self, secret: str) -> None:
        self._expected = b"Basic " + b64encode(secret.encode())

    def read(self, raw: bytes, headers: Headers, now: datetime) -> list[Report]:
        """Verify a request and return what it reports."""
        del now  # nothing in it is signed; a report is taken once by its id
        given = headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._expected):
            raise refuse("user or password is wrong")
        record = decode_body(raw, dict[str, Any], "a record")
        outcome = _outcome(record)
        metadata = record.get("Metadata")
        token = metadata.get(METADATA) if isinstance(metadata, dict) else None
        if outcome is None or not isinstance(token, str):
            return []
        kind = record.get("RecordType")
        return [
            Report(
                id=f"{kind}:{record.get('ID') or record.get('MessageID')}",
                token=token,
                outcome=outcome,
            )
        ]


def _outcome(record: Mapping[str, Any]) -> Outcome | None:
    kind = record.get("RecordType")
    if kind == "Delivery":
        return Outcome(kind=OutcomeKind.DELIVERED, told_by="postmark")
    if kind == "SpamComplaint" or record.get("Type") == "SpamComplaint":
        return Outcome(kind=OutcomeKind.COMPLAINED, told_by="postmark", feedback_type="abuse")
    if kind != "Bounce" or record.get("Type") == "AutoResponder":
        return None
    details = str(record.get("Details") or record.get("Description") or "")
    status = find_status(details)
    by_words = classify_bounce(status, details)
    bounce_type = _BY_TYPE.get(str(record.get("Type")), by_words)
    if bounce_type is BounceType.SOFT and by_words is not BounceType.HARD:
        bounce_type = by_words
    return Outcome(
        kind=OutcomeKind.BOUNCED,
        told_by="postmark",
        bounce_type=bounce_type,
        status=status,
        diagnostic=scrub_line(details),
    )
