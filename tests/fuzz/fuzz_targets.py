"""Six places that read what strangers send, each with what must hold of any bytes.

A target takes bytes and returns. What it raises is a finding: an assertion that did not hold, or
anything that is not one of the product's own errors. Seeds are what each place usually gets.
"""

import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from kikubari.collect.imports import FileFormat, open_rows
from kikubari.collect.imports.contracts import Row
from kikubari.decide.personalise import (
    EmailTemplateSource,
    EmailVariant,
    RenderSettings,
    compile_email,
    gather_facts,
    render_email,
)
from kikubari.deliver import PostmarkWebhook, SendGridWebhook, SnsWebhook, TrackingTokens
from kikubari.deliver.inbound.notices import BounceNotice, ComplaintNotice, read_notice
from kikubari.deliver.inbound.reading import Opened
from kikubari.deliver.inbound.replies import is_from_person, read_reply
from kikubari.deliver.return_path import ReturnPath
from kikubari.deliver.webhooks.contracts import Webhook
from kikubari.spec.conditions import decode_condition, encode_condition
from kikubari.spec.errors import KikubariError

NOW = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
_ROWS = 2_000
_MOST_OUTPUT = 2_000_000
_TOKENS = TrackingTokens(b"f" * 32)
_RETURN_PATH = ReturnPath("bounces@mail.shop.example", _TOKENS)
_SETTINGS = RenderSettings(language="en")
# What a fact may never become, however a template prints it.
_PAGE = (
    '<p title="{{ customer.x }}">{{ customer.x }} {{ customer.x | upcase }}</p>'
    "<a href='{{ customer.x }}'>x</a>"
)
_URL = "https://shop.example/"
_TOPIC = "arn:aws:sns:ap-northeast-1:123456789012:kikubari"


class Target(NamedTuple):
    """A place that reads what strangers send.

    Attributes:
        check: raises what is a finding.
        seeds: what it usually reads.
    """

    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


def check_template(data: bytes) -> None:
    """Any template: typed errors and bounded output. Any fact in a fixed one: never markup."""
    template, _, fact = data.decode(errors="replace").partition("\0")
    with suppress(KikubariError):
        assert len(_html_of(template, fact)) <= _MOST_OUTPUT
    html = _html_of(_PAGE, fact)
    assert html.count("<") == _html_of(_PAGE, "").count("<"), "a fact became markup"
    assert html.count('"') == _html_of(_PAGE, "").count('"'), "a fact left its attribute"
    address = html.partition("<a href='")[2].partition("'")[0]
    assert not address.lower().lstrip().startswith(("javascript:", "vbscript:", "data:"))


def check_condition(data: bytes) -> None:
    """A segment's definition: what is read is written and read again the same."""
    with suppress(KikubariError):
        condition = decode_condition(data)
        written = encode_condition(condition)
        assert encode_condition(decode_condition(written)) == written


def check_import(data: bytes) -> None:
    """A file of rows: lines in order, and reading goes on from any row as if nothing had been."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder, suppress(KikubariError):
        path = Path(folder, "f.csv")
        path.write_bytes(data)
        source = open_rows(path, file_format=FileFormat.CSV)
        rows = list(islice(source.iter_rows(), _ROWS))
        if len(rows) > 1:
            first, *rest = rows
            again = list(islice(source.iter_rows(first.next), _ROWS - 1))
            assert [_told(one) for one in again] == [_told(one) for one in rest]


def check_returned_mail(data: bytes) -> None:
    """Mail that came back: never an exception, and nothing of a line's end in what is kept."""
    mail = Opened(data)
    notice = read_notice(mail)
    if isinstance(notice, BounceNotice | ComplaintNotice):
        for name in notice.__struct_fields__:
            said = getattr(notice, name)
            assert not isinstance(said, str) or not {"\r", "\n", "\0"} & set(said), name
    is_from_person(mail)
    read_reply(mail)


def check_token(data: bytes) -> None:
    """A token of a link or return path: only the very one that was made means anything."""
    text = data.decode("utf-8", "surrogateescape")
    token, _, url = text.partition(" ")
    for find in (_TOKENS.find_open, _TOKENS.find_unsubscribe, _TOKENS.find_preferences):
        assert find(token) is None or token in _made(), "a token that nobody made"
    found = _TOKENS.find_bounce(token)
    assert found is None or token.lower() in _made(), "a return path that nobody made"
    assert _TOKENS.find_click(token, url[:6], url) is None, "a link to elsewhere"
    assert _TOKENS.find_click(token, "1", url) is None or (token in _made() and url == _URL)
    found = _RETURN_PATH.find_in(text)
    assert found is None or _TOKENS.bounce_token(7) in text.lower(), "a return path in a text"


def check_webhook(data: bytes) -> None:
    """A provider's webhook: unsigned it is refused; well signed, any body is read or refused."""
    provider = _provider()
    for hook in provider.hooks:
        try:
            hook.read(data, {"authorization": data.decode("latin-1")}, NOW)
        except KikubariError:
            continue
        raise AssertionError(f"{hook.name} took what nobody signed")
    for hook, (body, headers) in zip(provider.hooks, provider.sign(data), strict=True):
        with suppress(KikubariError):
            for report in hook.read(body, headers, NOW):
                msgspec.json.encode(report)


def _html_of(template: str, fact: str) -> str:
    variant = EmailVariant(subject="s", html=template)
    email = compile_email(EmailTemplateSource(variants={"en": variant}, default_language="en"))
    facts = gather_facts({"customer": {"x": fact}})
    return render_email(email, facts, settings=_SETTINGS).html


def _told(row: object) -> tuple[object, ...]:
    return ("row", row.line, row.values) if isinstance(row, Row) else ("problem", repr(row))


@cache
def _made() -> frozenset[str]:
    paths = (
        _TOKENS.open_path(7),
        _TOKENS.unsubscribe_path(7),
        _TOKENS.preferences_path(7),
        _TOKENS.click_path(7, 1, _URL).partition("?")[0].rpartition("/")[0],
    )
    return frozenset((*(path.rpartition("/")[2] for path in paths), _TOKENS.bounce_token(7)))


class _Provider:
    """Signs any body as each provider would, and has the webhooks that are to believe it."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._sns_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = self._key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        self.hooks: tuple[Webhook, ...] = (
            SendGridWebhook(b64encode(public).decode()),
            PostmarkWebhook("u:secret"),
            SnsWebhook(_TOPIC, fetch=lambda _url: b"", certificate=self._certificate()),
        )

    def sign(self, body: bytes) -> Iterator[tuple[bytes, dict[str, str]]]:
        """Yield for each webhook a body and headers."""
        stamp = str(int(NOW.timestamp()))
        signature = self._key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        head = "x-twilio-email-event-webhook-"
        told = {f"{head}signature": b64encode(signature).decode(), f"{head}timestamp": stamp}
        yield body, told
        yield body, {"authorization": "Basic " + b64encode(b"u:secret").decode()}
        yield self._signed_by_sns(body), {}

    def _signed_by_sns(self, body: bytes) -> bytes:
        try:
            message = msgspec.json.decode(body, type=dict[str, Any])
            text = "".join(f"{name}\n{message[name]}\n" for name in _SIGNED if name in message)
            signature = self._sns_key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - as SNS does
        except (ValueError, KeyError):
            return body
        return msgspec.json.encode({**message, "Signature": b64encode(signature).decode()})

    def _certificate(self) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._sns_key.public_key())
            .serial_number(1)
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=1))
        )
        return builder.sign(self._sns_key, hashes.SHA256()).public_bytes(Encoding.PEM)


_provider = cache(_Provider)
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SNS = {
    "Type": "Notification",
    "MessageId": "1",
    "TopicArn": _TOPIC,
    "Message": "{}",
    "Timestamp": "2026-11-20T09:05:00.000Z",
    "SignatureVersion": "1",
    "Signature": b64encode(b"s" * 256).decode(),
    "SigningCertURL": "https://sns.ap-northeast-1.amazonaws.com/a.pem",
}
_DSN = b"""From: MAILER-DAEMON@mx.example
To: bounces+token@mail.shop.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=iso-2022-jp
Content-Transfer-Encoding: 7bit

\x1b$B%a!<%k\x1b(B
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; taro@example.jp
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 unknown

--b
Content-Type: text/rfc822-headers

Message-ID: <a@shop.example>

--b--
""".replace(b"\n", b"\r\n")
_ARF = b"""From: fbl@mx.example
Content-Type: multipart/report; report-type=feedback-report; boundary=c

--c
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: mx/1
Version: 1
Original-Rcpt-To: taro@example.jp

--c
Content-Type: message/rfc822

From: shop@shop.example

hello
--c--
""".replace(b"\n", b"\r\n")

TARGETS = {
    "template": Target(
        check_template,
        (
            b"<p>{{ customer.x | default: 'you' }}</p>\0<b>\"'&",
            b"{% for i in (1..3) %}{{ i }}{% endfor %}{% if customer.x %}a{% endif %}\0x",
            b"{% capture a %}{{ customer.x }}{% endcapture %}<a href='{{ a }}'>x</a>\0data:,",
            b"{{ 'now' | date: '%Y' }}{{ customer.x | split: ',' | join: '-' | size }}\0a,b",
        ),
    ),
    "condition": Target(
        check_condition,
        (
            b'{"type":"all","of":[{"type":"everyone"},{"type":"not","of":{"type":"everyone"}}]}',
            b'{"type":"trait","trait":"city","test":{"type":"text","is_any_of":["Kyoto"]}}',
            b'{"type":"prediction","trait":"predicted_churn","test":{"type":"number","at_least":0.7}}',
            b'{"type":"runs_low","within_days":7}',
        ),
    ),
    "import": Target(
        check_import,
        (
            b'email,name\na@example.jp,A\n"b@example.jp","B, ""b""\nline"\n',
            "顧客ID;氏名\r\n1;髙島屋①\r\n2;ソ表能\r\n".encode("cp932"),
            b"\xef\xbb\xbfa\tb\n1\t2\n\n3\n",
            b"a,b\r1,2\r3,4\r",
        ),
    ),
    "returned mail": Target(
        check_returned_mail,
        (
            _DSN,
            _ARF,
            # Once found: bytes that are not of their charset; its name with a NUL; and a preamble
            # that is not ASCII within a report.
            _DSN.replace(b"\x1b$B%a!<%k", b"\x80"),
            _DSN.replace(b"iso-2022-jp", b"iso\0"),
            _ARF.replace(b"feedback-report\r\n", b"feedback-report\r\n\r\n\xe3\x83\xa1\r\n"),
        ),
    ),
    "token": Target(check_token, tuple(f"{token} {_URL}".encode() for token in sorted(_made()))),
    "webhook": Target(
        check_webhook,
        (
            msgspec.json.encode(_SNS),
            msgspec.json.encode({**_SNS, "Type": "SubscriptionConfirmation", "SubscribeURL": "x"}),
            b'[{"event":"bounce","type":"blocked","sg_event_id":"1","kikubari_message":"t","status":"5.1.1"}]',
            b'{"RecordType":"\x80"}',  # once found: bytes that are no text
            b'{"RecordType":"Bounce","Type":"HardBounce","ID":1,"Metadata":{"kikubari":"t"}}',
        ),
    ),
}
