"""One e-mail as bytes: headers, multipart/alternative, CRLF line ends, 7-bit throughout.

Building is a pure function of its input (no clock, no randomness), so the same message built
again after a crash is the same octets. RFC 5322, 2045-2047, 2369, 2919 and 8058.
"""

import binascii
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
_COSTLY_IN_QP = bytes(range(0x80, 0x100)) + b"="
_OVERLONG_QP_LINE = re.compile(rb"^([^\r\n]{74})(=20|=09)\r$", re.MULTILINE)
_BASE64_LINE = 76
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
    try:
        octets = body.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"the {subtype} part is not valid Unicode") from error
    if not octets.endswith(b"\r\n"):
        octets += b"\r\n"
    # Quoted-printable adds two octets to each costly one, base64 a third to everything.
    costly = len(octets) - len(octets.translate(None, _COSTLY_IN_QP))
    if costly * 6 < len(octets):
        encoding, coded = "quoted-printable", _quoted_printable(octets)
    else:
        encoding, coded = "base64", _base64(octets)
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode("ascii") + coded


def _quoted_printable(octets: bytes) -> bytes:
    coded = binascii.b2a_qp(octets, istext=True)
    if b" \r\n" in octets or b"\t\r\n" in octets:
        # The C encoder forgets its line limit when it codes the blank at the end of a line.
        coded = _OVERLONG_QP_LINE.sub(rb"\1=\r\n\2\r", coded)
    return coded


def _base64(octets: bytes) -> bytes:
    coded = binascii.b2a_base64(octets, newline=False)
    lines = [coded[at : at + _BASE64_LINE] for at in range(0, len(coded), _BASE64_LINE)]
    return b"\r\n".join(lines) + b"\r\n"
