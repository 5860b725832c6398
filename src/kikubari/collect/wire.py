"""Reading a request's JSON: the envelope in one pass, each message left for later.

Messages stay raw bytes until each is judged by itself, so that a bad one never costs its
neighbours. A body that is not JSON as a whole is cut into its messages by their brackets.
"""

import re
from typing import Any

import msgspec

from kikubari.collect.contracts import Rejection

# Levels of objects and lists inside each other.
MAX_DEPTH = 32
MAX_EVENT_BYTES = 32 * 1024
# History: a wholesale order of a thousand lines is one event.
MAX_IMPORTED_BYTES = 256 * 1024


class Message(msgspec.Struct, rename="camel", gc=False):
    """One message as it stands on the wire (Segment spec, and what RudderStack adds to it).

    Fields whose value does not matter to the product, `integrations` and `_metadata`, are left
    unread. Numbers are taken as ids because old SDKs send them so.
    """

    type: str | None = None
    message_id: str | int | None = None
    user_id: str | int | float | None = None
    anonymous_id: str | int | float | None = None
    previous_id: str | int | float | None = None
    group_id: str | int | float | None = None
    event: str | None = None
    name: Any = None
    category: Any = None
    channel: Any = None
    timestamp: str | None = None
    original_timestamp: str | None = None
    sent_at: Any = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    number: Any = None


class Batch(msgspec.Struct, rename="camel"):
    """A batch request; `context` holds for every message that does not say otherwise."""

    batch: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    write_key: Any = None
    sent_at: Any = None
    context: dict[str, Any] | None = None


class SingleKey(msgspec.Struct, rename="camel"):
    """What a request with one message says about the request itself."""

    write_key: Any = None


_decode_batch = msgspec.json.Decoder(Batch).decode
_decode_single = msgspec.json.Decoder(SingleKey).decode
_decode_message = msgspec.json.Decoder(Message).decode

_BOM = b"\xef\xbb\xbf"
# What is read of a body that is not JSON: strings (so that brackets in them do not count) and
# brackets. Possessive, so that no text makes it slow.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[][{},]', re.DOTALL)
# A character that no text may hold: half of a surrogate pair (a browser cut an emoji in two) or
# NUL (PostgreSQL refuses it). Whole pairs and other escapes come first and are stepped over.
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<bad>\\u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000))|\\.",
    re.DOTALL,
)
_AT_PATH = re.compile(r" - at `(?P<path>[^`]*)`$")
_READ_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read_batch(body: bytes) -> Batch | Rejection:
    """Read the envelope of a batch; its messages stay as they are."""
    body = body.removeprefix(_BOM)
    try:
        batch = _decode_batch(body)
    except _READ_ERRORS as error:
        salvaged = _salvage(body)
        if salvaged is None:
            return _rejection(error)
        batch = salvaged
    if batch.batch is msgspec.UNSET:
        return Rejection("missing_batch", "the request has no list 'batch'", "$.batch")
    return batch


def read_single(body: bytes) -> Batch | Rejection:
    """Read a request that is one message as a batch of one."""
    body = body.removeprefix(_BOM)
    try:
        write_key = _decode_single(body).write_key
    except _READ_ERRORS as error:
        repaired = _repair(body)
        if repaired == body:
            return _rejection(error)
        return read_single(repaired)
    return Batch(batch=[msgspec.Raw(body)], write_key=write_key)


def read_message(
    raw: bytes | msgspec.Raw, *, max_bytes: int = MAX_EVENT_BYTES
) -> Message | Rejection:
    """Read one message."""
    body = bytes(raw)
    if len(body) > max_bytes:
        return Rejection(
            "event_too_large", f"a message has at most {max_bytes} bytes, this {len(body)}"
        )
    # A message with few brackets cannot be deep; only the others are walked.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _depth(body) > MAX_DEPTH:
        return Rejection("too_deep", f"a message has at most {MAX_DEPTH} levels")
    if b"\\u0000" in body:
        body = _repair(body)
    try:
        return _decode_message(body)
    except _READ_ERRORS as error:
        repaired = _repair(body)
        if repaired == body:
            return _rejection(error)
    try:
        return _decode_message(repaired)
    except _READ_ERRORS as error:
        return _rejection(error)


def _rejection(error: Exception) -> Rejection:
    match error:
        case RecursionError():
            return Rejection("too_deep", f"a message has at most {MAX_DEPTH} levels")
        case UnicodeDecodeError():
            return Rejection("invalid_encoding", "the text is not UTF-8")
        case msgspec.ValidationError():
            text = str(error)
            found = _AT_PATH.search(text)
            code = "number_out_of_range" if "out of range" in text else "invalid_field"
            return Rejection(code, _AT_PATH.sub("", text), found["path"] if found else "$")
        case _:
            return Rejection("invalid_json", str(error))


def _repair(body: bytes) -> bytes:
    """Put U+FFFD where an escape stands for a character that no text may hold."""
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found["bad"] else found[0], body)


def _depth(body: bytes) -> int:
    depth = deepest = 0
    for token in _TOKEN.finditer(body):
        first = body[token.start()]
        if first in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"}]":
            depth -= 1
    return deepest


def _salvage(body: bytes) -> Batch | None:
    """Cut a body that is not JSON into its messages, None when no batch can be made out."""
    start, messages, end = _cut_batch(body)
    if end is None:
        return None
    try:
        # What is around the list has to be readable: it says whose events these are.
        batch = _decode_batch(_repair(body[:start] + b"[]" + body[end:]))
    except _READ_ERRORS:
        return None
    batch.batch = messages
    return batch


def _cut_batch(body: bytes) -> tuple[int, list[msgspec.Raw], int | None]:
    """Return where the list `batch` starts, its elements, and where it ends (None: nowhere)."""
    start = element = depth = 0
    last_text = b""
    messages: list[msgspec.Raw] = []
    for token in _TOKEN.finditer(body):
        first = body[token.start()]
        if first in b"{[":
            depth += 1
            if depth == 2 and not start and first == b"["[0] and last_text == b'"batch"':  # noqa: PLR2004 - the envelope's own fields
                start, element = token.start(), token.end()
        elif first in b"}]":
            depth -= 1
            if start and depth == 1:
                _add_element(messages, body[element : token.start()])
                return start, messages, token.end()
        elif first == b","[0]:
            if start and depth == 2:  # noqa: PLR2004 - between two messages
                _add_element(messages, body[element : token.start()])
                element = token.end()
        elif depth == 1:
            last_text = token[0]
    return start, messages, None


def _add_element(messages: list[msgspec.Raw], text: bytes) -> None:
    if text.strip():
        messages.append(msgspec.Raw(text.strip()))
