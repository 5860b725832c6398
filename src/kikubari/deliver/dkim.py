"""DKIM signatures (RFC 6376, 8463): relaxed/relaxed, RSA-SHA256 and optionally Ed25519.

The key is parsed once; body and header canonicalisation stay in C (replace, find, hashlib), so a
60 KB message costs little more than the RSA operation itself.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from kikubari.deliver.addresses import to_ascii_domain
from kikubari.spec.errors import InvalidInputError

# Gmail refuses less than 1024 bits, RFC 8301 asks for 2048.
RSA_BITS = 2048
_MIN_RSA_BITS = 1024
# Signed once more than present, so that a second one added on the way breaks the signature.
_OVERSIGNED = (b"from", b"subject")
_SIGNED = (
    b"to", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type",
    b"list-unsubscribe", b"list-unsubscribe-post", b"list-id",
)  # fmt: skip
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SELECTOR = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# Two literal spaces in front let the search skip ahead: ten times as fast as ``[ ]{2,}``.
_SPACE_RUNS = re.compile(rb"  +")
_DNS_STRING = 255
_SIGNATURE_LINE = 72
_PADDING = padding.PKCS1v15()
_SHA256 = hashes.SHA256()


class DkimKey(msgspec.Struct, frozen=True):
    """A private key and the selector its public half is published under.

    Attributes:
        selector: such as ``k2026``; the record stands at ``<selector>._domainkey.<domain>``.
        private_pem: PKCS#8 PEM, RSA (1024 bits or more) or Ed25519; a secret.
    """

    selector: str
    private_pem: bytes

    def __repr__(self) -> str:
        return f"DkimKey({self.selector!r})"


class DnsRecord(msgspec.Struct, frozen=True):
    """The TXT record that publishes a key.

    Attributes:
        name: full name of the record, without a trailing dot.
        value: the text, as control panels ask for it.
        zone_line: the same as a line of a zone file, cut into strings of at most 255 octets.
    """

    name: str
    value: str
    zone_line: str


def generate_rsa_key(selector: str, *, bits: int = RSA_BITS) -> DkimKey:
    """Return a new RSA key, from the operating system's randomness."""
    return _pack(selector, generate_private_key(public_exponent=65537, key_size=bits))


def generate_ed25519_key(selector: str) -> DkimKey:
    """Return a new Ed25519 key, for a second signature beside RSA: not every receiver reads it."""
    return _pack(selector, Ed25519PrivateKey.generate())


def dns_record(key: DkimKey, domain: str) -> DnsRecord:
    """Return the TXT record to publish for a key.

    Raises:
        InvalidInputError: the key cannot be read, or the selector or domain is not a name.
    """
    private = _load(key)
    if isinstance(private, RSAPrivateKey):
        kind = "rsa"
        public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind = "ed25519"
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    value = f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}"
    name = f"{key.selector}._domainkey.{to_ascii_domain(domain)}"
    strings = [value[at : at + _DNS_STRING] for at in range(0, len(value), _DNS_STRING)]
    quoted = " ".join(f'"{one}"' for one in strings)
    return DnsRecord(name=name, value=value, zone_line=f"{name}. IN TXT ( {quoted} )")


class DkimSigner:
    """Signs messages of one domain with one key, or with two (RSA first, then Ed25519).

    Raises:
        InvalidInputError: no key, a key that cannot be read or is too short, or a selector or
            domain that is not a name.
    """

    def __init__(self, domain: str, keys: Sequence[DkimKey]) -> None:
        if not keys:
            raise InvalidInputError("a DKIM signer needs a key")
        self._domain = to_ascii_domain(domain).encode("ascii")
        self._keys = [(key.selector.encode("ascii"), _load(key)) for key in keys]

    def sign(self, message: bytes, *, signed_at: datetime) -> bytes:
        """Return the message with a DKIM-Signature header for each key in front.

        Args:
            message: with CRLF line ends and an empty line after the headers.
            signed_at: goes into ``t=``; aware.

        Raises:
            InvalidInputError: not such a message, or without From.
        """
        head, separator, body = message.partition(b"\r\n\r\n")
        if not separator:
            raise InvalidInputError("a message to sign needs an empty line after its headers")
        fields = re.split(rb"\r\n(?![ \t])", head)
        body_hash = hashlib.sha256(relax_body(body)).digest()
        return self.sign_fields(fields, body_hash, signed_at=signed_at) + message

    def sign_fields(
        self, fields: Sequence[bytes], body_hash: bytes, *, signed_at: datetime
    ) -> bytes:
        """Return the DKIM-Signature headers, one for each key.

        Args:
            fields: all header fields of the message in order; folded or not.
            body_hash: SHA-256 of the body in relaxed form, see `relax_body`.
            signed_at: goes into ``t=``; aware.

        Raises:
            InvalidInputError: there is no From among them.
        """
        signed = list(_iter_signed_fields(fields))
        names = [name for name, _ in signed]
        if b"from" not in names:
            raise InvalidInputError("a message to sign needs a From header")
        tail = b"t=%d;\r\n h=%b;\r\n bh=%b;\r\n b=" % (
            int(signed_at.timestamp()),
            _fold_names((*names, *_OVERSIGNED)),
            base64.b64encode(body_hash),
        )
        text = b"".join([field for _, field in signed])
        return b"".join(
            [self._signature(selector, key, tail, text) for selector, key in self._keys]
        )

    def _signature(
        self, selector: bytes, key: RSAPrivateKey | Ed25519PrivateKey, tail: bytes, text: bytes
    ) -> bytes:
        algorithm = b"rsa" if isinstance(key, RSAPrivateKey) else b"ed25519"
        unsigned = b"DKIM-Signature: v=1; a=%b-sha256; c=relaxed/relaxed; d=%b;\r\n s=%b; %b" % (
            algorithm,
            self._domain,
            selector,
            tail,
        )
        # The signature covers its own header with an empty b= and without a final CRLF.
        covered = text + relax_header(unsigned)[1].removesuffix(b"\r\n")
        if isinstance(key, RSAPrivateKey):
            value = key.sign(covered, _PADDING, _SHA256)
        else:
            value = key.sign(hashlib.sha256(covered).digest())
        coded = base64.b64encode(value)
        lines = [coded[at : at + _SIGNATURE_LINE] for at in range(0, len(coded), _SIGNATURE_LINE)]
        return unsigned + b"\r\n ".join(lines) + b"\r\n"


def relax_body(body: bytes) -> bytes:
    """Return the body in relaxed canonical form (RFC 6376 3.4.4)."""
    if body and not body.endswith(b"\r\n"):
        body += b"\r\n"
    return end_body(relax_lines(body))


def end_body(relaxed: bytes) -> bytes:
    """Return relaxed lines without the empty ones at their end."""
    end = len(relaxed)
    while relaxed.endswith(b"\r\n\r\n", 0, end):
        end -= 2
    return b"" if relaxed[:end] == b"\r\n" else relaxed[:end]


def relax_lines(lines: bytes) -> bytes:
    """Return whole lines of a body in relaxed form; `end_body` ends it."""
    if b"\t" in lines:
        lines = lines.replace(b"\t", b" ")
    if b"  " in lines:
        lines = _SPACE_RUNS.sub(b" ", lines)
    return lines.replace(b" \r\n", b"\r\n")


def relax_header(field: bytes) -> tuple[bytes, bytes]:
    """Return (name, ``name:value CRLF``) of one field in relaxed form (RFC 6376 3.4.2)."""
    name, _, value = field.partition(b":")
    name = name.rstrip(b" \t").lower()
    value = value.replace(b"\r\n", b"").replace(b"\t", b" ").strip(b" ")
    if b"  " in value:
        value = _SPACE_RUNS.sub(b" ", value)
    return name, b"%b:%b\r\n" % (name, value)


def _iter_signed_fields(fields: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    by_name: dict[bytes, list[bytes]] = {}
    for field in fields:
        name, relaxed = relax_header(field)
        by_name.setdefault(name, []).append(relaxed)
    for name in _OVERSIGNED + _SIGNED:
        # Of several, the last is signed first (RFC 6376 5.4.2).
        for relaxed in reversed(by_name.get(name, ())):
            yield name, relaxed


@lru_cache(maxsize=64)
def _fold_names(names: tuple[bytes, ...]) -> bytes:
    """Return the names as the value of ``h=``; nearly all messages have the same."""
    lines, line = [], b""
    for name in names:
        if line and len(line) + len(name) > _SIGNATURE_LINE:
            lines.append(line + b":")
            line = name
        else:
            line = line + b":" + name if line else name
    return b"\r\n  ".join([*lines, line])


def _pack(selector: str, private: RSAPrivateKey | Ed25519PrivateKey) -> DkimKey:
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return DkimKey(selector=selector, private_pem=pem)


def _load(key: DkimKey) -> RSAPrivateKey | Ed25519PrivateKey:
    if not _SELECTOR.fullmatch(key.selector):
        raise InvalidInputError(f"not a DKIM selector: {key.selector!r}")
    try:
        private = load_pem_private_key(key.private_pem, password=None)
    except (ValueError, TypeError) as error:
        raise InvalidInputError("the DKIM key is not a PEM private key without password") from error
    if isinstance(private, RSAPrivateKey):
        if private.key_size < _MIN_RSA_BITS:
            raise InvalidInputError(
                f"a DKIM key of {private.key_size} bits is refused by receivers"
            )
        return private
    if isinstance(private, Ed25519PrivateKey):
        return private
    raise InvalidInputError("a DKIM key is RSA or Ed25519")
