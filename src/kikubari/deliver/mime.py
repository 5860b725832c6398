"""One e-mail as bytes: headers, multipart/alternative, CRLF line ends, 7-bit throughout.

Building is a pure function of its input (no clock, no randomness), so the same message built
again after a crash is the same octets. RFC 5322, 2045-2047, 2369, 2919 and 8058.
"""

import binascii
import codecs
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from types import MappingProxyType

import msgspec

from kikubari.deliver._header_text import (
    check_header_value,
    fold_words,
    mailbox_header,
    text_header,
)
from kikubari.deliver.addresses import to_ascii_domain, to_wire_address
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
# What quoted-printable leaves as it is, and what our coding of text handles without a search.
_FREE_IN_QP = bytes(octet for octet in range(0x20, 0x7F) if octet != ord("=")) + b"\t\n"
_COMMON_IN_QP = bytes(range(0x80, 0x100)) + b"="
_CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_TO_QP = "kikubari.quoted-printable"
_EQUALS = ord("=")
_LINE = 76
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class EmailContent(msgspec.Struct, frozen=True, kw_only=True):
    """What one recipient gets, before it is put into MIME.

    Attributes:
        message_id: with its angle brackets, see `message_id_for`.
        date_at: the Date header; aware.
        from_name: display name, may be empty; so may ``to_name``.
        reply_to: an address, or empty for none.
        html: may be empty when ``text`` is not, and the other way round.
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
    html: str
    text: str
    from_name: str = ""
    to_name: str = ""
    reply_to: str = ""
    list_id: str = ""
    list_unsubscribe_url: str = ""
    list_unsubscribe_mailto: str = ""
    headers: Mapping[str, str] = _NO_HEADERS
    is_one_click: bool = False


def message_id_for(workspace: str, message_instance_id: str, domain: str) -> str:
    """Return the Message-ID of a message: the same for every attempt to send it.

    Receivers can so collapse copies. It tells nothing of workspace or recipient.

    Raises:
        InvalidInputError: ``domain`` is not a domain name.
    """
    # The length goes first so that no two pairs read the same.
    seed = f"{len(workspace)}:{workspace}{message_instance_id}".encode()
    digest = hashlib.blake2b(seed, digest_size=16, person=b"message-id").hexdigest()
    return f"<{digest}@{to_ascii_domain(domain)}>"


def build_email(content: EmailContent, *, boundary: str | None = None) -> bytes:
    """Return the message as 7-bit octets with CRLF line ends.

    Args:
        content: what to send.
        boundary: of the multipart; by default derived from the Message-ID. The default cannot
            occur in a part: it holds ``=_``, which neither transfer encoding ever writes.

    Raises:
        InvalidInputError: a value that cannot stand in its header (line break, NUL, no address,
            too long, a reserved name), or neither html nor text.
    """
    parts = [
        _part(subtype, body)
        for subtype, body in (("plain", content.text), ("html", content.html))
        if body
    ]
    if not parts:
        raise InvalidInputError("an e-mail needs html or text")
    head = "".join([*_headers(content), "MIME-Version: 1.0\r\n"]).encode("ascii")
    if len(parts) == 1:
        return head + parts[0]
    mark = boundary if boundary is not None else _boundary_for(content.message_id)
    mark_line = b"--" + mark.encode("ascii")
    return b"".join(
        [
            head,
            f'Content-Type: multipart/alternative;\r\n boundary="{mark}"\r\n\r\n'.encode("ascii"),
            *(b"".join((mark_line, b"\r\n", part, b"\r\n")) for part in parts),
            mark_line,
            b"--\r\n",
        ]
    )


def _boundary_for(message_id: str) -> str:
    return "=_" + hashlib.blake2b(message_id.encode(), digest_size=16, person=b"mime").hexdigest()


def _headers(content: EmailContent) -> list[str]:
    if content.date_at.tzinfo is None:
        raise InvalidInputError("date_at needs a time zone")
    if not _MESSAGE_ID.fullmatch(content.message_id):
        raise InvalidInputError(f"not a Message-ID: {content.message_id!r}")
    lines = [
        mailbox_header("From", content.from_name, to_wire_address(content.from_address)),
        mailbox_header("To", content.to_name, to_wire_address(content.to_address)),
    ]
    if content.reply_to:
        lines.append(mailbox_header("Reply-To", "", to_wire_address(content.reply_to)))
    lines += [
        text_header("Subject", content.subject),
        f"Date: {format_datetime(content.date_at)}\r\n",
        fold_words("Message-ID:", [content.message_id]),
        *_list_headers(content),
        *(_extra_header(name, value) for name, value in content.headers.items()),
    ]
    return lines


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


def _part(subtype: str, body: str) -> bytes:
    if "\r" in body:
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    if not body.endswith("\n"):
        body += "\n"
    try:
        octets = body.encode()
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"the {subtype} part is not valid Unicode") from error
    # Quoted-printable adds two octets to each costly one, base64 a third to everything.
    costly = octets.translate(None, _FREE_IN_QP)
    if len(costly) * 6 < len(octets):
        has_controls = bool(costly.translate(None, _COMMON_IN_QP))
        encoding, coded = "quoted-printable", _quoted_printable(body, has_controls=has_controls)
    else:
        encoding, coded = "base64", _base64(octets.replace(b"\n", b"\r\n"))
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode("ascii") + coded


def _quoted_printable(text: str, *, has_controls: bool) -> bytes:
    """Code text with LF line ends (RFC 2045 6.7); twice as fast as `binascii.b2a_qp`.

    Equals signs, runs beyond ASCII and controls are each replaced by a scan in C; what is left to
    do here is to cut long lines, some 13 cuts a kilobyte.
    """
    coded = text.replace("=", "=3D").encode("ascii", _TO_QP)
    if has_controls:
        coded = _CONTROLS.sub(lambda found: b"=%02X" % ord(found.group()), coded)
    return b"\r\n".join(
        [
            line if len(line) < _LINE and not line.endswith((b" ", b"\t")) else _cut_qp_line(line)
            for line in coded.split(b"\n")
        ]
    )


def _cut_qp_line(line: bytes) -> bytes:
    """Code a blank at the end of a line, and cut the line softly outside its escapes."""
    if line.endswith((b" ", b"\t")):
        line = line[:-1] + b"=%02X" % line[-1]
    pieces = []
    at = 0
    while len(line) - at > _LINE:
        end = at + _LINE - 1
        if line[end - 1] == _EQUALS:
            end -= 1
        elif line[end - 2] == _EQUALS:
            end -= 2
        pieces.append(line[at:end])
        at = end
    pieces.append(line[at:])
    return b"=\r\n".join(pieces)


def _escape_run(error: UnicodeError) -> tuple[bytes, int]:
    """Code a run of characters beyond ASCII, as an error handler of the ASCII codec."""
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - registered for encoding alone
    run = error.object[error.start : error.end].encode()
    return b"=" + run.hex("=").upper().encode("ascii"), error.end


codecs.register_error(_TO_QP, _escape_run)


def _base64(octets: bytes) -> bytes:
    coded = binascii.b2a_base64(octets, newline=False)
    lines = [coded[at : at + _LINE] for at in range(0, len(coded), _LINE)]
    return b"\r\n".join(lines) + b"\r\n"
