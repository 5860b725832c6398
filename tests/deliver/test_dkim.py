"""DKIM signatures, judged by dkimpy and, for Ed25519, by the primitives themselves."""

import base64
import hashlib
import re
from datetime import UTC, datetime

import dkim
import dkim.canonicalization
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kikubari.deliver.dkim import (
    DkimKey,
    DkimSigner,
    dns_record,
    generate_ed25519_key,
    generate_rsa_key,
    relax_body,
)
from kikubari.deliver.mime import EmailContent, build_email, message_id_for
from kikubari.spec.errors import InvalidInputError

AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
DOMAIN = "shop.example"
RSA = generate_rsa_key("k1")
ED = generate_ed25519_key("k2")
SIGNER = DkimSigner(DOMAIN, [RSA])
HEAD = b"From: a@shop.example\r\nTo: b@example.jp\r\nSubject: hi\r\n"
EMAIL = build_email(
    EmailContent(
        message_id=message_id_for("a" * 44, DOMAIN),
        date_at=AT,
        from_name="キクバリ商店",
        from_address="news@shop.example",
        to_name="山田 花子",
        to_address="hanako@example.jp",
        reply_to="care@shop.example",
        subject="花子様、秋のお知らせです" * 5,
        html="<p>  こんにちは </p>\n" * 50,
        text="hello  \n\n\n",
        list_id="news.shop.example",
        list_unsubscribe_url="https://shop.example/u/" + "x" * 100,
        is_one_click=True,
    )
)


def is_valid(message: bytes) -> bool:
    def find_txt(name: bytes, timeout: int = 5) -> bytes | None:
        records = {dns_record(key, DOMAIN).name + ".": key for key in (RSA, ED)}
        key = records.get(name.decode())
        return dns_record(key, DOMAIN).value.encode() if key else None

    return bool(dkim.verify(message, dnsfunc=find_txt))


def signed_header(message: bytes) -> dict[str, str]:
    field = re.match(rb"DKIM-Signature: ((?:[^\r]|\r\n )*)\r\n", message)
    assert field
    tags = re.sub(r"\s", "", field.group(1).decode()).split(";")
    return dict(tag.split("=", 1) for tag in tags)  # type: ignore[misc] # two parts by the split


def test_a_signed_mail_is_accepted_and_a_changed_one_is_not() -> None:
    signed = SIGNER.sign(EMAIL, signed_at=AT)
    assert signed.endswith(EMAIL)
    assert is_valid(signed)
    assert not is_valid(signed.replace(b"hanako@", b"taro@", 1))
    assert not is_valid(signed[:-20] + b"x" + signed[-20:])
    assert not is_valid(signed.replace(b"One-Click", b"Two-Click"))
    assert max(map(len, signed.split(b"\r\n"))) <= 150  # the long link only


@pytest.mark.parametrize("extra", [b"From: evil@example.com\r\n", b"Subject: other\r\n"])
def test_a_second_from_or_subject_breaks_the_signature(extra: bytes) -> None:
    signed = SIGNER.sign(EMAIL, signed_at=AT)
    assert not is_valid(extra + signed)
    assert not is_valid(signed.replace(b"\r\nTo: ", b"\r\n" + extra + b"To: ", 1))


def test_the_headers_that_matter_are_covered() -> None:
    tags = signed_header(SIGNER.sign(EMAIL, signed_at=AT))
    names = tags["h"].split(":")
    assert names.count("from") == names.count("subject") == 2
    assert set(names) == {
        "from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type",
        "list-unsubscribe", "list-unsubscribe-post", "list-id",
    }  # fmt: skip
    assert (tags["d"], tags["s"], tags["a"]) == (DOMAIN, "k1", "rsa-sha256")
    assert (tags["c"], tags["t"]) == ("relaxed/relaxed", str(int(AT.timestamp())))


bodies = st.lists(
    st.sampled_from(
        [b"a", b" ", b"\t", b"\r\n", b"   ", b"\r\n\r\n", b" \r\n", b"\xe3", b".", b"="]
    )
    | st.binary(max_size=3).map(lambda b: re.sub(rb"[\r\n]", b"", b)),
    max_size=60,
).map(b"".join)


@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies)
@example(b"")
@example(b"a" + b" " * 1001 + b"b")
def test_any_whitespace_in_the_body_is_canonicalised_as_dkimpy_does(body: bytes) -> None:
    body += b"\r\n"
    assert relax_body(body) == dkim.canonicalization.Relaxed.canonicalize_body(body)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies)
@example(b"\t \r\n \r\n")
def test_odd_whitespace_in_the_body_still_verifies(body: bytes) -> None:
    assert is_valid(SIGNER.sign(HEAD + b"\r\n" + body + b"\r\n", signed_at=AT))


@pytest.mark.parametrize(("body", "relaxed"), [(b"", b""), (b"\r\n\r\n", b""), (b"a ", b"a\r\n")])
def test_a_body_without_a_last_line_end(body: bytes, relaxed: bytes) -> None:
    assert relax_body(body) == relaxed


def test_an_empty_body_is_signed() -> None:
    assert is_valid(SIGNER.sign(HEAD + b"\r\n", signed_at=AT))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text("ab \t:;=é", max_size=60), st.integers(1, 3))
def test_any_whitespace_in_a_header_is_canonicalised(value: str, copies: int) -> None:
    folded = value.replace(" ", "\r\n ", 1).encode() if value.strip() else value.encode()
    head = HEAD + (b"Reply-To:" + b"x" + folded + b"\r\n") * copies
    assert is_valid(SIGNER.sign(head + b"\r\nbody\r\n", signed_at=AT))


def test_a_second_signature_by_ed25519() -> None:
    both = DkimSigner(DOMAIN, [RSA, ED]).sign(EMAIL, signed_at=AT)
    rsa_field, ed_field = re.findall(rb"DKIM-Signature: (?:[^\r]|\r\n )*\r\n", both)
    assert is_valid(rsa_field + EMAIL)
    _verify_ed25519(ed_field, EMAIL)
    with pytest.raises(InvalidSignature):
        _verify_ed25519(ed_field, EMAIL.replace(b"hanako@", b"taro@", 1))


def _verify_ed25519(field: bytes, message: bytes) -> None:
    """RFC 8463 3: Ed25519 over the SHA-256 of what RSA would sign, in dkimpy's canonical form."""
    tags = signed_header(field + message)
    head, _, body = message.partition(b"\r\n\r\n")
    relaxed = dkim.canonicalization.Relaxed
    assert base64.b64decode(tags["bh"]) == hashlib.sha256(relaxed.canonicalize_body(body)).digest()
    headers = [tuple(line.split(b":", 1)) for line in re.split(rb"\r\n(?!\s)", head)]
    canonical = dict(relaxed.canonicalize_headers(headers))
    names = [name.encode() for name in dict.fromkeys(tags["h"].split(":"))]
    covered = b"".join(name + b":" + canonical[name] for name in names if name in canonical)
    own = re.sub(rb"b=[^;]*\r\n$", b"b=", field).partition(b":")[2]
    ((name, value),) = relaxed.canonicalize_headers([(b"DKIM-Signature", own)])
    covered += name + b":" + value.rstrip(b"\r\n")
    record = dns_record(ED, DOMAIN).value
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(record.partition("p=")[2]))
    public.verify(base64.b64decode(tags["b"]), hashlib.sha256(covered).digest())


def test_the_dns_record() -> None:
    record = dns_record(RSA, "Shop.Example")
    assert record.name == "k1._domainkey.shop.example"
    assert record.value.startswith("v=DKIM1; k=rsa; p=MII")
    strings = re.findall(r'"([^"]*)"', record.zone_line)
    assert "".join(strings) == record.value
    assert len(strings) == 2
    assert max(map(len, strings)) <= 255
    assert dns_record(ED, "菊.example").name == "k2._domainkey.xn--kp1a.example"


def test_keys_that_cannot_sign_are_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    other = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem = RSA.private_pem
    for key in (
        DkimKey("k", b"no pem"),
        DkimKey("k", other),
        DkimKey("k;v=1", pem),
        DkimKey("", pem),
    ):
        with pytest.raises(InvalidInputError):
            DkimSigner(DOMAIN, [key])
    with pytest.raises(InvalidInputError):
        DkimSigner(DOMAIN, [])
    with pytest.raises(InvalidInputError):
        DkimSigner("shop.example;x=1", [RSA])


@pytest.mark.parametrize("message", [b"", b"From: a@b.jp\r\n", b"To: a@b.jp\r\n\r\nhi\r\n"])
def test_what_is_no_message_is_refused(message: bytes) -> None:
    with pytest.raises(InvalidInputError):
        SIGNER.sign(message, signed_at=AT)


def test_a_key_is_not_printed() -> None:
    assert "PRIVATE" not in repr(RSA)
