"""Amazon SES's events by SNS: RSA-signed by a certificate that SNS publishes."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from kikubari.deliver.bounces import BounceType, classify_bounce
from kikubari.deliver.inbound import scrub_line
from kikubari.deliver.outcomes import Outcome, OutcomeKind
from kikubari.deliver.providers.http.ses import TAG
from kikubari.deliver.webhooks.contracts import (
    Headers,
    Report,
    check_instant,
    decode_body,
    refuse,
)

# SNS signs once and repeats for about an hour while a receiver is away.
_TOLERANCE = timedelta(minutes=65)
_HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
_SUBTYPES = {
    "MailboxFull": BounceType.FULL,
    "MessageTooLarge": BounceType.SOFT,
    "ContentRejected": BounceType.POLICY,
    "AttachmentRejected": BounceType.POLICY,
    "Suppressed": BounceType.POLICY,
    "OnAccountSuppressionList": BounceType.POLICY,
}

Fetch = Callable[[str], bytes]
_Message = Mapping[str, Any]


class SnsWebhook:
    """Reads the events of SES as one SNS topic delivers them, and confirms its subscription.

    Args:
        topic: ARN; messages of every other topic are refused, however well signed.
        fetch: returns what an https address of SNS holds; others are never asked for.
        certificate: PEM to use instead of the one a message names.
    """

    name = "ses"

    def __init__(self, topic: str, *, fetch: Fetch, certificate: bytes = b"") -> None:
        self._topic = topic
        self._fetch = fetch
        self._certificate = certificate
        self._fetched: dict[str, bytes] = {}

    def read(self, raw: bytes, headers: Headers, now: datetime) -> list[Report]:
        """Verify a request and return what it reports."""
        del headers  # everything is in the body, signed
        message = decode_body(raw, dict[str, Any], "a message of SNS")
        self._verify(message)
        check_instant(_instant(message.get("Timestamp")), now, _TOLERANCE)
        if message["Type"] == "SubscriptionConfirmation":
            self._fetch(_sns_url(message.get("SubscribeURL")))
            return []
        return _reports(message)

    def _verify(self, message: _Message) -> None:
        names = _SIGNED.get(str(message.get("Type")))
        if names is None or message.get("TopicArn") != self._topic:
            raise refuse("another topic, or not a message of one")
        text = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
        algorithm = {"1": SHA1(), "2": SHA256()}.get(str(message.get("SignatureVersion")))  # noqa: S303 - version 1 is SNS's default
        if algorithm is None:
            raise refuse("signed in an unknown way")
        try:
            key = load_pem_x509_certificate(self._get_certificate(message)).public_key()
            signature = b64decode(str(message.get("Signature")), validate=True)
        except (Base64Error, ValueError) as error:
            raise refuse("no readable certificate or signature") from error
        if not isinstance(key, RSAPublicKey):
            raise refuse("not an RSA certificate")
        try:
            key.verify(signature, text.encode(), PKCS1v15(), algorithm)
        except InvalidSignature as error:
            raise refuse("the signature is wrong") from error

    def _get_certificate(self, message: _Message) -> bytes:
        url = _sns_url(message.get("SigningCertURL"))
        if self._certificate:
            return self._certificate
        if url not in self._fetched:
            self._fetched = {url: self._fetch(url)}
        return self._fetched[url]


def _sns_url(value: object) -> str:
    """Return an address of SNS itself; whoever could choose it could choose the key."""
    url = urlsplit(str(value))
    is_sns = url.scheme == "https" and url.netloc == url.hostname
    if not is_sns or not _HOST.fullmatch(url.hostname or ""):
        raise refuse("an address that is not of SNS")
    return url.geturl()


def _instant(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise refuse("no time") from error
    if at.tzinfo is None:
        raise refuse("no time")
    return at


def _reports(message: _Message) -> list[Report]:
    try:
        event = msgspec.json.decode(str(message["Message"]), type=dict[str, Any])
        tokens = event["mail"]["tags"][TAG]
        outcome = _outcome(event)
    except (msgspec.DecodeError, KeyError, TypeError, IndexError, AttributeError):
        return []  # somebody else's message on the topic, or a test of it
    if outcome is None or not tokens:
        return []
    return [Report(id=str(message.get("MessageId")), token=str(tokens[0]), outcome=outcome)]


def _outcome(event: _Message) -> Outcome | None:
    match event.get("eventType") or event.get("notificationType"):
        case "Delivery":
            return Outcome(kind=OutcomeKind.DELIVERED, told_by="ses")
        case "Complaint":
            kind = str(event["complaint"].get("complaintFeedbackType") or "abuse")
            if kind == "not-spam":
                return None
            return Outcome(kind=OutcomeKind.COMPLAINED, told_by="ses", feedback_type=kind)
        case "Bounce":
            return _bounce(event["bounce"])
        case _:
            return None


def _bounce(bounce: _Message) -> Outcome:
    recipient = (bounce.get("bouncedRecipients") or [{}])[0]
    status = str(recipient.get("status") or "")
    said = str(recipient.get("diagnosticCode") or "")
    bounce_type = _SUBTYPES.get(str(bounce.get("bounceSubType")))
    if bounce_type is None:
        bounce_type = classify_bounce(status, said)
        is_gone = bounce.get("bounceType") == "Permanent" and not status
        bounce_type = BounceType.HARD if is_gone else bounce_type
    return Outcome(
        kind=OutcomeKind.BOUNCED,
        told_by="ses",
        bounce_type=bounce_type,
        status=status,
        diagnostic=scrub_line(said),
    )
