"""Opens mail that anybody may have sent: bounded in size, depth and number of parts.

The standard library's parser does the work. It recurses once a nested part, so the number of
parts is bounded before it sees anything.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from typing import TYPE_CHECKING

# A report stands at the beginning; the message it returns may follow at any length.
MAX_MAIL = 256 * 1024
_MAX_PARTS = 60
_MAX_DASHED_LINES = 1_000
_MAX_TEXT = 64 * 1024
_MAX_HEADER = 2_000
# What makes the parser go one deeper.
_NESTING = re.compile(rb"boundary|message/|multipart/", re.IGNORECASE)
# Labels that mail programs in Japan use for more than they name.
_WIDER = {"shift_jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "iso-2022-jp": "iso2022_jp_ext"}
_ESCAPE = b"\x1b$"

_REPORTS = {"message/feedback-report", "message/delivery-status", "message/global-delivery-status"}
_RETURNED = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}

if TYPE_CHECKING:
    Part = Message[str, str]
else:
    Part = Message


class Opened:
    """A message as far as reports need it.

    Args:
        raw: as received; what goes beyond `MAX_MAIL` is not looked at.

    Attributes:
        raw: what is looked at.
    """

    def __init__(self, raw: bytes) -> None:
        self.raw = raw = raw[:MAX_MAIL]
        is_bomb = len(_NESTING.findall(raw)) > _MAX_PARTS or raw.count(b"\n--") > _MAX_DASHED_LINES
        if is_bomb:
            # Nothing that reports anything looks like this: its header is all that is read.
            raw = raw.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0] + b"\n\n"
            raw = _NESTING.sub(b"-", raw)
        self.message: Part = message_from_bytes(raw, policy=policy.compat32)
        self.parts: list[Part] = list(self.message.walk())[:_MAX_PARTS]

    def header(self, name: str) -> str:
        """Return a decoded header in one line, empty when there is none."""
        return decode_line(self.message.get(name))

    def addresses(self, *names: str) -> Iterator[str]:
        """Iterate the values of headers that name addresses."""
        for name in names:
            for value in self.message.get_all(name) or ():
                yield str(value)[:_MAX_HEADER]

    def identifiers(self, name: str) -> str:
        """Return a header that names messages; of a long thread, its end."""
        return " ".join(str(self.message.get(name) or "").split())[-_MAX_HEADER:]

    def sender(self) -> str:
        """Return the From address in lower case."""
        return parseaddr(str(self.message.get("From") or "")[:_MAX_HEADER])[1].lower()

    def find(self, content_type: str) -> Part | None:
        """Return the first part of a type."""
        return next((one for one in self.parts if one.get_content_type() == content_type), None)

    def iter_quotes(self, most: int) -> Iterator[Part]:
        """Iterate headers of returned messages, and the fields of reports."""
        left = most
        for part in self.parts:
            kind = part.get_content_type()
            if kind in _REPORTS:
                found = read_blocks(part)
            elif kind in _RETURNED:
                found = [_returned(part)]
            else:
                continue
            yield from found[:left]
            left -= len(found)
            if left <= 0:
                return

    def iter_texts(self) -> Iterator[str]:
        """Iterate the decoded plain texts, or those of HTML when there is nothing else."""
        for subtype in ("text/plain", "text/html"):
            found = [one for one in self.parts if one.get_content_type() == subtype]
            if found:
                yield from (decode_text(one) for one in found)
                return


def decode_line(value: object) -> str:
    """Return a header's text in one line, whatever its encoding claims to be."""
    written = str(value or "")[:_MAX_HEADER]
    with suppress(HeaderParseError, LookupError, ValueError):
        written = str(make_header(decode_header(written)))
    return clean_line(written)


def clean_line(text: str) -> str:
    """Return text in one line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def decode_text(part: Part) -> str:
    """Return a part's text; a wrong or missing charset label is made up for."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return _decode(payload[:_MAX_TEXT], str(part.get_content_charset("") or "").lower())


def read_blocks(part: Part) -> list[Part]:
    """Return the groups of fields of a report part, as RFC 3464 and RFC 5965 write them.

    Mail servers encode these parts in ways that the standard forbids: they are read all the same.
    """
    inner = part.get_payload()
    if isinstance(inner, list):
        text = "\n".join(_written(one) for one in inner if isinstance(one, Message))
        encoding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
        if encoding in {"base64", "quoted-printable"}:
            text = _unwrap(text, encoding)
    else:
        text = decode_text(part)
    lines = text.replace("\r\n", "\n")[:_MAX_TEXT].strip()
    blocks = re.split(r"\n(?:[ \t]*\n)+", lines)[:_MAX_PARTS]
    return [message_from_bytes(one.encode("utf-8", "replace")) for one in blocks]


def _returned(part: Part) -> Part:
    """Return the header of a message that a report returns, parsed already or as text."""
    inner = part.get_payload()
    if isinstance(inner, list):
        return next((one for one in inner if isinstance(one, Message)), part)
    return _parse_head(decode_text(part))


def _parse_head(text: str) -> Part:
    return message_from_bytes(text.lstrip().encode("utf-8", "replace"), policy=policy.compat32)


def _written(part: Part) -> str:
    """Return a part as it was written.

    The library's generators would encode it anew, and fail where it is not what it claims to be.
    """
    head = "".join(f"{name}: {value}\n" for name, value in part.items())
    try:
        body = part.get_payload()
    except ValueError:  # a charset with a NUL in its name
        body = ""
    return f"{head}\n{body}" if isinstance(body, str) else head


def _unwrap(text: str, encoding: str) -> str:
    shell: Part = Message()
    shell["Content-Transfer-Encoding"] = encoding
    shell.set_payload(text.strip())
    payload = shell.get_payload(decode=True)
    return _decode(payload, "") if isinstance(payload, bytes) else ""


def _decode(payload: bytes, charset: str) -> str:
    tried = [_WIDER.get(charset, charset), "utf-8", "cp932"]
    if _ESCAPE in payload:
        tried.insert(0, "iso2022_jp_ext")
    for name in tried:
        with suppress(LookupError, ValueError):  # a name with a NUL in it is the latter
            if name:
                return payload.decode(name)
    return payload.decode("ascii", "replace")
