"""Line ends of messages: CRLF, all of them, and known to be where they were looked at before."""

import re
from collections.abc import Sequence
from functools import lru_cache

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
# Each begins with the octet itself, which the search then finds at the speed of memchr.
_BARE_CR = re.compile(rb"\r(?!\n)")
_BARE_LF = re.compile(rb"\n(?<!\r\n)")
_PIECES_KEPT = 4_096


class CrlfOctets(bytes):
    """A message whose lines are known to end in CRLF."""

    __slots__ = ()


def join_lines(pieces: Sequence[bytes]) -> bytes:
    """Return pieces of whole lines as one.

    What returns in other messages, and is of a type that says so, is looked at once. Where a line
    ends in any other way, or a piece within a line, the octets are returned as they are, and
    `to_crlf` sees to them.
    """
    octets = b"".join(pieces)
    are_lines = bool(pieces) and all(
        _are_lines(one) if type(one) is bytes else _are_fixed_lines(one) for one in pieces
    )
    return CrlfOctets(octets) if are_lines else octets


def to_crlf(data: bytes) -> bytes:
    """Make every line end CRLF, the last one too.

    A bare CR or LF is a line end to some servers and not to others; a dot after one could end the
    message early for one of them and smuggle in a second one (CVE-2023-51764 and its kin).
    """
    if type(data) is CrlfOctets:
        return data
    if _has_bare_end(data):
        data = _LINE_ENDS.sub(b"\r\n", data)
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _has_bare_end(octets: bytes) -> bool:
    return bool(_BARE_CR.search(octets) or _BARE_LF.search(octets))


def _are_lines(octets: bytes) -> bool:
    return octets.endswith(b"\r\n") and not _has_bare_end(octets)


_are_fixed_lines = lru_cache(maxsize=_PIECES_KEPT)(_are_lines)
