import json
from base64 import b64encode
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from delivery_world import World

from kikubari.deliver import (
    PostmarkWebhook,
    Purpose,
    SendGridWebhook,
    SnsWebhook,
    TrackingTokens,
    Webhooks,
)
from kikubari.deliver.suppression import list_blocked
from kikubari.spec.errors import InvalidInputError, NotFoundError, UnauthorizedError
from kikubari.spec.topics import EMAIL_BOUNCED, EMAIL_DELIVERED, EMAIL_MARKED_AS_SPAM, EMAIL_SENT

NOW = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
TOKENS = TrackingTokens(b"t" * 32)
TOPIC = "arn:aws:sns:ap-northeast-1:123456789012:kikubari"
CERT_URL = "https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-1.pem"
SIGNER = ec.generate_private_key(ec.SECP256R1())
SNS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(SNS_KEY.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
    )
    return builder.sign(SNS_KEY, hashes.SHA256()).public_bytes(Encoding.PEM)


CERTIFICATE = certificate()


class Hooked:
    """A message that was sent, and the webhooks of all providers."""

    def __init__(self, state) -> None:
        self.world = World(state, [1])
        self.message_id = self.world.enqueue() << 32 | 1
        self.world.deliver()
        self.token = TOKENS.bounce_token(self.message_id)
        self.fetched: list[str] = []
        public = SIGNER.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.hooks = Webhooks(
            state,
            TOKENS,
            [
                SendGridWebhook(b64encode(public).decode()),
                PostmarkWebhook("kikubari:quiet-secret"),
                SnsWebhook(TOPIC, fetch=self.fetch),
            ],
        )

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        return CERTIFICATE

    def receive(self, provider: str, raw: bytes, headers: dict[str, str], *, now=NOW) -> int:
        return self.hooks.receive(provider, raw, headers, now=now).n_recorded

    def blocked(self):
        key = self.world.hasher.hash("p1@example.com")
        with self.world.store.read() as connection:
            return list_blocked(connection, [key]).get(key, frozenset())

    def types(self) -> Counter:
        return Counter(item.event.type for item in self.world.events())


def sendgrid(*events: dict, at: datetime = NOW) -> tuple[bytes, dict[str, str]]:
    raw = json.dumps(events).encode()
    stamp = str(int(at.timestamp()))
    signature = SIGNER.sign(stamp.encode() + raw, ec.ECDSA(hashes.SHA256()))
    return raw, {
        "x-twilio-email-event-webhook-signature": b64encode(signature).decode(),
        "x-twilio-email-event-webhook-timestamp": stamp,
    }


def sg_event(token: str, kind: str = "bounce", **more: str) -> dict:
    return {
        "email": "p1@example.com", "event": kind, "sg_event_id": "e1", "kikubari_message": token,
        **({"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 <p1@example.com> unknown"}
           if kind == "bounce" else {}), **more,
    }  # fmt: skip


def postmark(token: str, kind: str = "Bounce", **more):
    record = {
        "RecordType": kind, "ID": 42, "MessageID": "m1", "Type": "HardBounce",
        "Details": "smtp;550 5.1.1 unknown", "Metadata": {"kikubari": token}, **more,
    }  # fmt: skip
    basic = b64encode(b"kikubari:quiet-secret").decode()
    return json.dumps(record).encode(), {"authorization": f"Basic {basic}"}


def ses_event(token: str, kind: str = "Bounce", **bounce: object) -> str:
    event = {
        "eventType": kind,
        "mail": {"messageId": "x", "tags": {"kikubari": [token]}},
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": "p1@example.com", "status": "5.1.1",
                                   "diagnosticCode": "smtp; 550 5.1.1 unknown"}],
            **bounce,
        },
        "complaint": {"complaintFeedbackType": "abuse"},
    }  # fmt: skip
    return json.dumps(event)


def sns(message: str, *, version: str = "2", sign: bool = True, **changes: str) -> bytes:
    body = {
        "Type": "Notification", "MessageId": "sns-1", "TopicArn": TOPIC, "Message": message,
        "Timestamp": "2026-11-20T09:05:00.000Z", "SignatureVersion": version,
        "SigningCertURL": CERT_URL, **changes,
    }  # fmt: skip
    names = ["Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn"]
    if body["Type"] == "Notification":
        names = [one for one in names if one not in {"SubscribeURL", "Token"}]
    text = "".join(f"{name}\n{body[name]}\n" for name in [*names, "Type"] if name in body)
    algorithm = hashes.SHA1() if version == "1" else hashes.SHA256()  # noqa: S303 - as SNS does
    signed = text if sign else "something else"
    signature = SNS_KEY.sign(signed.encode(), padding.PKCS1v15(), algorithm)
    return json.dumps(body | {"Signature": b64encode(signature).decode()}).encode()


def reports(token: str) -> dict[str, tuple[bytes, dict[str, str]]]:
    return {
        "sendgrid": sendgrid(sg_event(token)),
        "postmark": postmark(token),
        "ses": (sns(ses_event(token)), {}),
    }


EVERY = pytest.mark.parametrize("provider", ["sendgrid", "postmark", "ses"])


@EVERY
def test_a_dead_mailbox_is_suppressed_at_once_and_a_replay_changes_nothing(state, provider):
    hooked = Hooked(state)
    raw, headers = reports(hooked.token)[provider]
    assert hooked.receive(provider, raw, headers) == 1
    assert hooked.blocked() == set(Purpose)
    assert hooked.receive(provider, raw, headers) == 0
    assert hooked.types() == {EMAIL_SENT: 1, EMAIL_BOUNCED: 1}
    (bounce,) = [one.event for one in hooked.world.events() if one.event.type == EMAIL_BOUNCED]
    assert bounce.properties["told_by"] == provider
    assert "p1@" not in bounce.properties["diagnostic"]


@EVERY
def test_an_altered_request_is_refused(state, provider):
    hooked = Hooked(state)
    raw, headers = reports(hooked.token)[provider]
    if provider == "postmark":  # signs nothing: whoever knows its secret is believed
        headers = {"authorization": headers["authorization"][:-1]}
    else:
        raw = raw.replace(b"5.1.1", b"5.1.2")
    with pytest.raises(UnauthorizedError):
        hooked.receive(provider, raw, headers)
    assert hooked.types() == {EMAIL_SENT: 1}


@EVERY
def test_a_request_without_any_proof_is_refused(state, provider):
    hooked = Hooked(state)
    raw = json.dumps({"Type": "Notification", "TopicArn": TOPIC}).encode()
    with pytest.raises(UnauthorizedError):
        hooked.receive(provider, raw, {})


@EVERY
def test_a_report_of_a_message_that_is_not_ours_changes_nothing(state, provider):
    hooked = Hooked(state)
    for forged in ("a" * 44, TOKENS.bounce_token(5), "", hooked.token[:-1]):
        raw, headers = reports(forged)[provider]
        assert hooked.receive(provider, raw, headers) == 0
    assert hooked.types() == {EMAIL_SENT: 1}


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_what_sendgrid_signed_long_ago_is_refused(state, minutes):
    hooked = Hooked(state)
    raw, headers = sendgrid(sg_event(hooked.token), at=NOW - timedelta(minutes=minutes))
    with pytest.raises(UnauthorizedError):
        hooked.receive("sendgrid", raw, headers)


def test_a_signature_cut_short_or_of_another_time_is_refused(state):
    hooked = Hooked(state)
    raw, headers = sendgrid(sg_event(hooked.token))
    name = "x-twilio-email-event-webhook-signature"
    stamp = "x-twilio-email-event-webhook-timestamp"
    for changed in (
        {name: headers[name][:40]},
        {name: ""},
        {name: "v0"},
        {stamp: str(int(headers[stamp]) + 1)},
        {stamp: "9" * 30},
    ):
        with pytest.raises(UnauthorizedError):
            hooked.receive("sendgrid", raw, headers | changed)


@pytest.mark.parametrize(
    ("provider", "make", "topic", "blocks"),
    [
        ("sendgrid", lambda t: sendgrid(sg_event(t, "spamreport")), EMAIL_MARKED_AS_SPAM, 1),
        ("sendgrid", lambda t: sendgrid(sg_event(t, "delivered")), EMAIL_DELIVERED, 0),
        ("sendgrid", lambda t: sendgrid(sg_event(t, type="blocked")), EMAIL_BOUNCED, 0),
        ("sendgrid", lambda t: sendgrid(sg_event(t, "dropped")), EMAIL_BOUNCED, 0),
        ("sendgrid", lambda t: sendgrid(sg_event(t, "open")), None, 0),
        ("postmark", lambda t: postmark(t, "SpamComplaint"), EMAIL_MARKED_AS_SPAM, 1),
        ("postmark", lambda t: postmark(t, "Delivery"), EMAIL_DELIVERED, 0),
        (
            "postmark",
            lambda t: postmark(t, Type="SoftBounce", Details="smtp;552 5.2.2 full"),
            EMAIL_BOUNCED,
            0,
        ),
        ("postmark", lambda t: postmark(t, Type="AutoResponder"), None, 0),
        ("postmark", lambda t: postmark(t, "Open"), None, 0),
        (
            "ses",
            lambda t: (sns(ses_event(t, "Complaint"), version="1"), {}),
            EMAIL_MARKED_AS_SPAM,
            1,
        ),
        ("ses", lambda t: (sns(ses_event(t, "Delivery")), {}), EMAIL_DELIVERED, 0),
        (
            "ses",
            lambda t: (sns(ses_event(t, bounceType="Transient", bounceSubType="MailboxFull")), {}),
            EMAIL_BOUNCED,
            0,
        ),
        ("ses", lambda t: (sns(ses_event(t, "Open")), {}), None, 0),
        ("ses", lambda _: (sns("Successfully validated SNS topic"), {}), None, 0),
    ],
)
def test_each_kind_of_report_becomes_its_event(state, provider, make, topic, blocks):
    hooked = Hooked(state)
    raw, headers = make(hooked.token)
    assert hooked.receive(provider, raw, headers) == (topic is not None)
    assert hooked.types() == {EMAIL_SENT: 1} | ({topic: 1} if topic else {})
    assert bool(hooked.blocked()) is bool(blocks)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.ap-northeast-1.amazonaws.com/x.pem",
        "https://sns.ap-northeast-1.amazonaws.com.evil.example/x.pem",
        "https://evil.example/sns.ap-northeast-1.amazonaws.com/x.pem",
        "https://sns.ap-northeast-1.amazonaws.com@evil.example/x.pem",
        "https://sns.ap-northeast-1.amazonaws.com:8443/x.pem",
        "https://bucket.s3.amazonaws.com/x.pem",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_sns_is_asked_for_its_certificate_and_for_its_confirmation(state, url):
    hooked = Hooked(state)
    with pytest.raises(UnauthorizedError):
        hooked.receive("ses", sns(ses_event(hooked.token), SigningCertURL=url), {})
    assert hooked.fetched == []
    confirmation = sns("x", Type="SubscriptionConfirmation", SubscribeURL=url, Token="t")
    with pytest.raises(UnauthorizedError):
        hooked.receive("ses", confirmation, {})
    assert url not in hooked.fetched


def test_a_subscription_of_our_topic_is_confirmed(state):
    hooked = Hooked(state)
    url = "https://sns.ap-northeast-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    hooked.receive(
        "ses", sns("x", Type="SubscriptionConfirmation", SubscribeURL=url, Token="t"), {}
    )
    assert hooked.fetched == [CERT_URL, url]


@pytest.mark.parametrize(
    "changes",
    [
        {"TopicArn": TOPIC + "2"},
        {"Timestamp": "2026-11-20T07:00:00.000Z"},
        {"Timestamp": "2026-11-20T09:05:00"},
        {"SignatureVersion": "3"},
        {"Type": "UnsubscribeConfirmation"},
    ],
)
def test_well_signed_messages_of_another_topic_time_or_kind_are_refused(state, changes):
    hooked = Hooked(state)
    with pytest.raises(UnauthorizedError):
        hooked.receive("ses", sns(ses_event(hooked.token), **changes), {})


def test_the_certificate_is_fetched_once(state):
    hooked = Hooked(state)
    for number in range(3):
        hooked.receive("ses", sns(ses_event(hooked.token), MessageId=str(number)), {})
    assert hooked.fetched == [CERT_URL]


def test_what_is_not_set_up_is_not_there(state):
    with pytest.raises(NotFoundError):
        Webhooks(state, TOKENS, []).receive("sendgrid", b"", {}, now=NOW)


@pytest.mark.parametrize("key", ["", "no base64!", b64encode(b"x").decode()])
def test_a_key_that_is_none_is_refused_at_the_start(key):
    with pytest.raises(InvalidInputError):
        SendGridWebhook(key)
