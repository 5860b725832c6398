"""One e-mail as bytes: headers, multipart/alternative, CRLF line ends, 7-bit throughout.

Building is a pure function of its input (no clock, no randomness), so the same message built
again after a crash is the same octets. RFC 5322, 2045-2047, 2369, 2919 and 8058.
"""

import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from kikubari.decide.personalise import Returning
from kikubari.deliver._header_text import (
    check_header_value,
    fold_words,
    mailbox_header,
    text_header,
)
from kikubari.deliver._quoted_printable import costly_in_qp, to_quoted_printable
from kikubari.deliver.addresses import to_ascii_domain, to_wire_address
from kikubari.deliver.dkim import end_body, relax_lines
from kikubari.spec.errors import InvalidInputError

_MESSAGE_ID = re.compile(r"<[!#-'*+\-./0-9=?A-Z^-~]{1,200}@[A-Za-z0-9.-]{1,253}>")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_WEB_URL = re.compile(r"https?://[!-;=?-~]+")
_CONFIDENTIAL_URL = re.compile(r"https://|http://(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)")
_MAILTO = re.compile(r"mailto:[!-;=?-~]+")
# Written by the builder, by the signer, or by the servers on the way.
_RESERVED = frozenset(
    {
        "bcc",
        "cc",
        "content-transfer-encoding",
        "content-type",
        "date",
        "dkim-signature",
        "from",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "message-id",
        "mime-version",
        "received",
        "reply-to",
        "return-path",
        "sender",
        "subject",
        "to",
    }
)
_LINE = 76
# Shorter pieces are coded with their neighbours: an entry of the cache costs more than the work.
_LONG_PIECE = 200
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class EmailContent(msgspec.Struct, frozen=True, kw_only=True):
    """What one recipient gets, before it is put into MIME.

    Attributes:
        message_id: with its angle brackets, see `message_id_for`.
        date_at: the Date header; aware.
        from_name: display name, may be empty; so may ``to_name``.
        reply_to: an address, or empty for none.
        html: whole, or in pieces of which long ones return in other messages: those are coded
            once. May be empty when ``text`` is not, and the other way round.
        list_id: such as ``news.shop.example``, without brackets; empty for none.
        list_unsubscribe_url: personal http(s) address; empty for none.
        list_unsubscribe_mailto: a whole ``mailto:`` URI; empty for none.
        headers: further headers of free text.
        is_one_click: adds ``List-Unsubscribe-Post`` (RFC 8058), which wants an https address
            (plain http is taken on the loopback only).
    """

    message_id: str
    date_at: datetime
    from_address: str
    to_address: str
    subject: str
    html: str | Sequence[str]
    text: str
    from_name: str = ""
    to_name: str = ""
    reply_to: str = ""
    list_id: str = ""
    list_unsubscribe_url: str = ""
    list_unsubscribe_mailto: str = ""
    headers: Mapping[str, str] = _NO_HEADERS
    is_one_click: bool = False


def message_id_for(token: str, domain: str) -> str:
    """Return the Message-ID of a message: the same for every attempt to send it.

    Receivers can so collapse copies. It tells nothing of workspace or recipient, and a reply that
    names it is known by it.

    Args:
        token: `TrackingTokens.reply_token` of the message.
        domain: of the sender.

    Raises:
        InvalidInputError: ``domain`` is not a domain name.
    """
    return f"<{token}@{to_ascii_domain(domain)}>"


class Chunk(NamedTuple):
    """Whole coded lines of a body.

    Attributes:
        octets: as they are sent.
        relaxed: the same in DKIM's relaxed form.
        n_octets: of the text before it was coded.
        n_costly: those of them that quoted-printable makes three of.
    """

    octets: bytes
    relaxed: bytes
    n_octets: int = 0
    n_costly: int = 0


class AssembledEmail(NamedTuple):
    """A message that is yet to be signed: header fields with their line ends, then the body."""

    fields: list[bytes]
    body: list[Chunk]

    def to_bytes(self, *signatures: bytes) -> bytes:
        """Return the message as octets with these fields in front."""
        return b"".join(self.to_pieces(*signatures))

    def to_pieces(self, *signatures: bytes) -> list[bytes]:
        """Return the same octets in pieces of whole lines, the template's own by themselves."""
        pieces: list[bytes] = []
        own = [*signatures, *self.fields, b"\r\n"]
        for chunk in self.body:
            if type(chunk.octets) is not Returning:
                own.append(chunk.octets)
                continue
            if own:
                pieces.append(b"".join(own))
                own = []
            pieces.append(chunk.octets)
        if own:
            pieces.append(b"".join(own))
        return pieces

    def relaxed_body_hash(self) -> bytes:
        """Return what DKIM wants to know of the body: SHA-256 of its relaxed form."""
        relaxed = b"".join([chunk.relaxed for chunk in self.body])
        return hashlib.sha256(end_body(relaxed)).digest()


def build_email(content: EmailContent, *, boundary: str | None = None) -> bytes:
    """Return the message as 7-bit octets with CRLF line ends.

    Arguments and errors are those of `assemble_email`.
    """
    return assemble_email(content, boundary=boundary).to_bytes()


def assemble_email(content: EmailContent, *, boundary: str | None = None) -> AssembledEmail:
    """Return the message as header fields and a body of 7-bit octets with CRLF line ends.

    Args:
        content: what to send.
        boundary: of the multipart; by default derived from the Message-ID. The default cannot
            occur in a part: it holds ``=_``, which neither transfer encoding ever writes.

    Raises:
        InvalidInputError: a value that cannot stand in its header (line break, NUL, no address,
            too long, a reserved name), or neither html nor text.
    """
    fields = [line.encode("ascii") for line in _headers(content)]
    fields.append(b"MIME-Version: 1.0\r\n")
    parts = [
        _part(subtype, text)
        for subtype, text in (("plain", content.text), ("html", content.html))
        if any(text)
    ]
    if not parts:
        raise InvalidInputError("an e-mail needs html or text")
    if len(parts) == 1:
        ((type_field, coding_field, chunks),) = parts
        return AssembledEmail([*fields, type_field, coding_field], chunks)
    mark = boundary if boundary is not None else _boundary_for(content.message_id)
    fields.append(f'Content-Type: multipart/alternative;\r\n boundary="{mark}"\r\n'.encode("ascii"))
    mark_line = f"--{mark}".encode("ascii")
    body: list[Chunk] = []
    for type_field, coding_field, chunks in parts:
        body.append(_framing(b"".join((mark_line, b"\r\n", type_field, coding_field, b"\r\n"))))
        body += chunks
        body.append(_EMPTY_LINE)
    body.append(_framing(mark_line + b"--\r\n"))
    return AssembledEmail(fields, body)


def _framing(lines: bytes) -> Chunk:
    return Chunk(lines, lines)


_EMPTY_LINE = _framing(b"\r\n")


def _boundary_for(message_id: str) -> str:
    return "=_" + hashlib.blake2b(message_id.encode(), digest_size=16, person=b"mime").hexdigest()


def _headers(content: EmailContent) -> list[str]:
    if content.date_at.tzinfo is None:
        raise InvalidInputError("date_at needs a time zone")
    if not _MESSAGE_ID.fullmatch(content.message_id):
        raise InvalidInputError(f"not a Message-ID: {content.message_id!r}")
    lines = [
        _from_header(content.from_name, content.from_address),
        mailbox_header("To", content.to_name, to_wire_address(content.to_address)),
    ]
    if content.reply_to:
        lines.append(mailbox_header("Reply-To", "", to_wire_address(content.reply_to)))
    lines += [
        text_header("Subject", content.subject),
        _date_header(content.date_at, content.date_at.utcoffset()),
        fold_words("Message-ID:", [content.message_id]),
        *_list_headers(content),
        *(_extra_header(name, value) for name, value in content.headers.items()),
    ]
    return lines


@lru_cache(maxsize=64)
def _date_header(at: datetime, offset: timedelta | None) -> str:
    """Return the header of an instant, which many messages of a dispatch have in common.

    One instant in two zones is equal, and written in two ways: so the offset is asked for too.
    """
    del offset
    return f"Date: {format_datetime(at)}\r\n"


@lru_cache(maxsize=64)
def _from_header(name: str, address: str) -> str:
    """Return the header of a sender, of whom there are few."""
    return mailbox_header("From", name, to_wire_address(address))


def _list_headers(content: EmailContent) -> list[str]:
    lines = []
    if content.list_id:
        if not _LIST_ID.fullmatch(content.list_id):
            raise InvalidInputError(f"not a list id: {content.list_id!r}")
        lines.append(fold_words("List-Id:", [f"<{content.list_id}>"]))
    ways = [
        _unsubscribe_way(uri, pattern)
        for uri, pattern in (
            (content.list_unsubscribe_url, _WEB_URL),
            (content.list_unsubscribe_mailto, _MAILTO),
        )
        if uri
    ]
    if ways:
        lines.append(fold_words("List-Unsubscribe:", ", ".join(ways).split(" ")))
    if content.is_one_click:
        if not _CONFIDENTIAL_URL.match(content.list_unsubscribe_url):
            raise InvalidInputError(
                "one-click unsubscribing needs an https address (RFC 8058)",
                hint="Serve the public pages under https, or send without one-click.",
            )
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    return lines


def _unsubscribe_way(uri: str, pattern: re.Pattern[str]) -> str:
    # A comma would end the entry of the list (RFC 2369 2).
    if not pattern.fullmatch(uri) or "," in uri:
        raise InvalidInputError(f"not a usable unsubscribe address: {uri!r}")
    return f"<{uri}>"


def _extra_header(name: str, value: str) -> str:
    if not _HEADER_NAME.fullmatch(name):
        raise InvalidInputError(f"not a header name: {name!r}")
    if name.lower() in _RESERVED:
        raise InvalidInputError(f"the header {name} is written by the product itself")
    return text_header(name, check_header_value(name, value))


def _part(subtype: str, text: str | Sequence[str]) -> tuple[bytes, bytes, list[Chunk]]:
    """Return the two fields of a part and its lines."""
    if not isinstance(text, str) and any("\r" in piece for piece in text):
        text = "".join(text)
    if isinstance(text, str) and "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    end = "" if text[-1].endswith("\n") else "\n"
    try:
        if isinstance(text, str):
            encoding, chunks = _code_whole(text + end)
        else:
            encoding, chunks = _code_pieces([*text, end])
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"the {subtype} part is not valid Unicode") from error
    type_field = f"Content-Type: text/{subtype}; charset=utf-8\r\n".encode("ascii")
    return type_field, b"Content-Transfer-Encoding: %b\r\n" % encoding, chunks


def _code_whole(text: str) -> tuple[bytes, list[Chunk]]:
    """Code text in the encoding that is shorter; return its name and the lines."""
    octets = text.encode()
    if _is_dear(len(costly_in_qp(octets)), len(octets)):
        return b"base64", [_framing(_base64(octets.replace(b"\n", b"\r\n")))]
    return b"quoted-printable", [_code(text)]


def _code_pieces(pieces: Sequence[str]) -> tuple[bytes, list[Chunk]]:
    """Do what `_code_whole` does: long fixed pieces by themselves, the others together."""
    chunks: list[Chunk] = []
    own: list[str] = []
    for piece in pieces:
        # What was rendered from values is of a type of its own: it marks text as safe HTML.
        if len(piece) < _LONG_PIECE or type(piece) is not str:
            own.append(piece)
            continue
        if text := "".join(own):
            chunks.append(_code_own(text))
        own.clear()
        chunks.append(_code_fixed(piece))
    if text := "".join(own):
        chunks.append(_code_own(text))
    if _is_dear(sum([one[3] for one in chunks]), sum([one[2] for one in chunks])):
        return _code_whole("".join(pieces))
    return b"quoted-printable", chunks


def _is_dear(n_costly: int, n_octets: int) -> bool:
    """Say whether base64 is shorter: it adds a third, quoted-printable two to each costly octet."""
    return n_costly * 6 >= n_octets


def _code(text: str) -> Chunk:
    """Code text in quoted-printable as whole lines; one cut off in the middle ends softly."""
    octets = text.encode()
    costly = costly_in_qp(octets)
    coded = to_quoted_printable(text, costly)
    if not text.endswith("\n"):
        coded += b"=\r\n"
    relaxed = relax_lines(coded)
    return Chunk(coded, coded if relaxed == coded else relaxed, len(octets), len(costly))


# Text of templates: a few dozen pieces for each, the same for everybody.
@lru_cache(maxsize=1024)
def _code_fixed(text: str) -> Chunk:
    chunk = _code(text)
    return chunk._replace(octets=Returning(chunk.octets))


# What came out of values between them: names and prices are those of many.
_code_own = lru_cache(maxsize=2048)(_code)


def _base64(octets: bytes) -> bytes:
    coded = binascii.b2a_base64(octets, newline=False)
    lines = [coded[at : at + _LINE] for at in range(0, len(coded), _LINE)]
    return b"\r\n".join(lines) + b"\r\n"
