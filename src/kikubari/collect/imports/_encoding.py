"""Which encoding a text file is in, judged from the first of its text that is not ASCII."""

import codecs
import re
from collections.abc import Callable

from kikubari.spec.errors import InvalidInputError

# All supersets of ASCII in which no byte of a longer character is below 0x40, so quotes,
# delimiters and line ends can be found in the raw bytes.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "cp932": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "ms932": "cp932",
    "windows-31j": "cp932",
    "euc-jp": "euc_jp",
    "euc_jp": "euc_jp",
    "cp1252": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
}
# What Japanese text in CP932 is made of: kana, full-width signs, the first level of kanji
# (lead bytes 0x88-0x97), and half-width katakana in runs. Western text read as CP932 gives
# second-level kanji and lone half-width katakana instead.
_COMMON_JAPANESE = re.compile(rb"(?:[\x81-\x84\x88-\x97][\x40-\x7e\x80-\xfc])|[\xa6-\xdf]{2,}")
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
_PLAUSIBLE_SHARE = 0.5


def named_encoding(name: str) -> str:
    """Return the codec for a user's name of an encoding.

    Raises:
        InvalidInputError: not one of those that can be read.
    """
    try:
        return ENCODINGS[name.strip().lower()]
    except KeyError:
        raise InvalidInputError(
            f"encoding {name!r} cannot be read", hint=f"use one of {', '.join(ENCODINGS)}"
        ) from None


def detect_encoding(head: bytes, read_sample: Callable[[], bytes]) -> str:
    """Return `utf-8` or `cp932`.

    Lines that decode as UTF-8 are almost never anything else, so UTF-8 wins where at least as
    many non-ASCII lines are UTF-8 as are CP932; CP932 must also look like Japanese.

    Args:
        head: the file's first bytes.
        read_sample: gives lines around the first text that is not ASCII; b"" if all is.

    Raises:
        InvalidInputError: UTF-16 or UTF-32, or neither of the two.
    """
    _refuse_wide(head)
    lines = [line for line in read_sample().splitlines() if not line.isascii()]
    if not lines:
        return "utf-8"
    utf8 = sum(_decodes(line, "utf-8") for line in lines)
    cp932 = [line for line in lines if _decodes(line, "cp932")]
    if utf8 >= len(cp932) and utf8 * 2 >= len(lines):
        return "utf-8"
    if len(cp932) * 2 >= len(lines) and _looks_japanese(cp932):
        return "cp932"
    raise InvalidInputError(
        "the text is neither UTF-8 nor Shift_JIS (CP932)",
        hint="save the file as UTF-8, or name its encoding, for example --encoding cp1252",
    )


def _refuse_wide(head: bytes) -> None:
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    if not wide and len(head) >= 4:  # noqa: PLR2004 - two characters of UTF-16
        start = head[:4096]
        zeros = max(start[0::2].count(0), start[1::2].count(0))
        wide = zeros * 4 >= len(start)  # ASCII text in UTF-16 is half zeros
    if wide:
        raise InvalidInputError(
            "the file is UTF-16 or UTF-32 text", hint="save it as UTF-8 (CSV UTF-8 in Excel)"
        )


def _decodes(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _looks_japanese(lines: list[bytes]) -> bool:
    foreign = b"\n".join(b"".join(_NOT_ASCII.findall(line)) for line in lines)
    whole = b"\n".join(lines)
    common = sum(len(match) for match in _COMMON_JAPANESE.findall(whole))
    return common >= _PLAUSIBLE_SHARE * len(foreign)
