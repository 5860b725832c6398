"""Header lines: RFC 2047 encoded-words and folding.

The standard library's encoder writes encoded-words over 75 and lines over 76 characters for long
Japanese subjects, so this one counts. A value is either sent as it is (plain ASCII whose folding
cannot change it) or encoded as a whole: spaces between two encoded-words vanish on reading, so
encoding word by word would have to carry them anyway.
"""

import binascii
import re
from collections.abc import Iterator

from kikubari.spec.errors import InvalidInputError

MAX_ENCODED_WORD = 75
MAX_ENCODED_LINE = 76
FOLD_AT = 78
MAX_LINE = 998

_FORBIDDEN = re.compile(r"[\r\n\0]")
# Printable words separated by single spaces, each short enough for a line of its own.
_PLAIN = re.compile(rf"[!-~]{{1,{FOLD_AT - 1}}}(?: [!-~]{{1,{FOLD_AT - 1}}})*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTABLE = re.compile(r"[!-~]+(?: [!-~]+)*")
_ESCAPED = re.compile(r'(["\\])')
# Letters that Q leaves alone also inside a display name (RFC 2047 5 (3)).
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q_BYTES = ["_" if b == 0x20 else chr(b) if b in _Q_SAFE else f"={b:02X}" for b in range(256)]  # noqa: PLR2004 - 0x20 is the space
_WORD_OVERHEAD = len("=?utf-8?b??=")


def check_header_value(field: str, value: str) -> str:
    """Return the value unless it could end the header or the message early.

    Raises:
        InvalidInputError: it holds CR, LF or NUL, or half of a surrogate pair.
    """
    if _FORBIDDEN.search(value):
        raise InvalidInputError(
            f"{field} holds a line break or NUL",
            hint="Header values are one line; remove the line break.",
        )
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidInputError(f"{field} is not valid Unicode") from error
    return value


def text_header(name: str, value: str) -> str:
    """Return ``Name: value`` of free text, encoded if needed, folded, ending in CRLF.

    Raises:
        InvalidInputError: the value holds CR, LF or NUL.
    """
    check_header_value(name, value)
    if _PLAIN.fullmatch(value) and "=?" not in value:
        return fold_words(f"{name}:", value.split(" "))
    words = list(iter_encoded_words(value, first_room=MAX_ENCODED_LINE - len(name) - 2))
    return f"{name}: " + "\r\n ".join(words) + "\r\n"


def fold_words(head: str, words: list[str]) -> str:
    """Return head and words joined by single spaces, folded before the word that would overflow.

    A word longer than a line is left whole; the hard limit still holds.

    Raises:
        InvalidInputError: a line would exceed 998 characters.
    """
    lines: list[str] = []
    line = head
    for word in words:
        # The first word stays on the header's own line: a line of "Name:" alone upsets readers.
        if len(line) + 1 + len(word) > FOLD_AT and line is not head:
            lines.append(line)
            line = " " + word
        else:
            line = f"{line} {word}"
    lines.append(line)
    if max(map(len, lines)) > MAX_LINE:
        raise InvalidInputError(f"{head} line over {MAX_LINE} characters")
    return "\r\n".join(lines) + "\r\n"


def mailbox_header(name: str, display_name: str, wire_address: str) -> str:
    """Return an address header with one mailbox: display name quoted or encoded as it needs.

    Raises:
        InvalidInputError: the display name holds CR, LF or NUL.
    """
    check_header_value(name, display_name)
    if not display_name:
        return fold_words(f"{name}:", [wire_address])
    bracketed = f"<{wire_address}>"
    if len(display_name) < FOLD_AT - len(name) - 6 and "=?" not in display_name:
        if _ATOMS.fullmatch(display_name):
            return fold_words(f"{name}:", [display_name, bracketed])
        if _QUOTABLE.fullmatch(display_name):
            escaped = _ESCAPED.sub(r"\\\1", display_name)
            return fold_words(f"{name}:", [f'"{escaped}"', bracketed])
    words = list(iter_encoded_words(display_name, first_room=MAX_ENCODED_LINE - len(name) - 2))
    lines = [f"{name}: {words[0]}", *(f" {word}" for word in words[1:])]
    if len(lines[-1]) + 1 + len(bracketed) > MAX_ENCODED_LINE:
        lines.append(f" {bracketed}")
    else:
        lines[-1] += f" {bracketed}"
    return "\r\n".join(lines) + "\r\n"


def iter_encoded_words(value: str, *, first_room: int) -> Iterator[str]:
    """Yield RFC 2047 encoded-words of the value, B or Q whichever is shorter.

    No code point is split. The first word is at most ``first_room`` characters (what the line has
    left after the header's name), each further one at most 75.
    """
    octets = value.encode()
    quoted = sum(len(_Q_BYTES[octet]) for octet in octets)
    if quoted <= (len(octets) + 2) // 3 * 4:
        yield from _iter_q_words(value, first_room)
    else:
        yield from _iter_b_words(octets, first_room)


def _iter_b_words(octets: bytes, first_room: int) -> Iterator[str]:
    start, room = 0, min(first_room, MAX_ENCODED_WORD)
    while start < len(octets):
        end = start + (room - _WORD_OVERHEAD) // 4 * 3
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # noqa: PLR2004 - inside a character
            end -= 1
        yield f"=?utf-8?b?{binascii.b2a_base64(octets[start:end], newline=False).decode()}?="
        start, room = end, MAX_ENCODED_WORD


def _iter_q_words(value: str, first_room: int) -> Iterator[str]:
    room = min(first_room, MAX_ENCODED_WORD) - _WORD_OVERHEAD
    parts: list[str] = []
    used = 0
    for character in value:
        coded = "".join([_Q_BYTES[octet] for octet in character.encode()])
        if used + len(coded) > room:
            yield f"=?utf-8?q?{''.join(parts)}?="
            parts, used, room = [], 0, MAX_ENCODED_WORD - _WORD_OVERHEAD
        parts.append(coded)
        used += len(coded)
    yield f"=?utf-8?q?{''.join(parts)}?="
