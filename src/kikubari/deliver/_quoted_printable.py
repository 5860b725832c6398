"""Text as quoted-printable: printable ASCII as it is, all else as =XX, lines cut softly."""

import codecs
import re

# What quoted-printable leaves as it is, and what our coding of text handles without a search.
_FREE_IN_QP = bytes(octet for octet in range(0x20, 0x7F) if octet != ord("=")) + b"\t\n"
_COMMON_IN_QP = bytes(range(0x80, 0x100)) + b"="
_CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_TO_QP = "kikubari.quoted-printable"
_EQUALS = ord("=")
# One less than a line may have, so that a soft line break fits behind any.
_QP_LINE = 75


def costly_in_qp(octets: bytes) -> bytes:
    """Return the octets of which quoted-printable makes three each."""
    return octets.translate(None, _FREE_IN_QP)


def to_quoted_printable(text: str, costly: bytes) -> bytes:
    """Code text with LF line ends (RFC 2045 6.7); twice as fast as `binascii.b2a_qp`.

    Equals signs, runs beyond ASCII and controls are each replaced by a scan in C; what is left to
    do here is to cut long lines, some 13 cuts a kilobyte. `costly` is of the same text.
    """
    coded = text.replace("=", "=3D").encode("ascii", _TO_QP)
    if costly.translate(None, _COMMON_IN_QP):
        coded = _CONTROLS.sub(lambda found: b"=%02X" % ord(found.group()), coded)
    return b"\r\n".join(
        [
            line
            if len(line) <= _QP_LINE and not line.endswith((b" ", b"\t"))
            else _cut_qp_line(line)
            for line in coded.split(b"\n")
        ]
    )


def _cut_qp_line(line: bytes) -> bytes:
    """Code a blank at the end of a line, and cut the line softly outside its escapes."""
    if line.endswith((b" ", b"\t")):
        line = line[:-1] + b"=%02X" % line[-1]
    if len(line) <= _QP_LINE:
        return line
    pieces = []
    at = 0
    while len(line) - at > _QP_LINE:
        end = at + _QP_LINE
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
