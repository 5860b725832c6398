"""A link that nobody can see: whoever follows it is a program that follows every link."""

import re
from collections.abc import Sequence
from functools import lru_cache

_BODY_START = re.compile(r"<body(?:\s[^<>]*)?>", re.IGNORECASE)
# Neither seen nor read out nor reached by the keyboard, and without a word in it.
_UNSEEN = (
    'aria-hidden="true" tabindex="-1" style="display:none;mso-hide:all;font-size:0;line-height:0'
    ';max-height:0;overflow:hidden"'
)


def place_trap(pieces: Sequence[str], url: str) -> list[str]:
    """Return HTML, in pieces, with an unseen link to an address before all others."""
    trap = f'<a href="{url}" {_UNSEEN}></a>'
    for at, piece in enumerate(pieces):
        if halves := _split_at_start(piece):
            return [*pieces[:at], halves[0], trap, halves[1], *pieces[at + 1 :]]
    return [trap, *pieces]


def _split_at_start(piece: str) -> tuple[str, str] | None:
    return _split(piece) if "<body" in piece or "<BODY" in piece else None


@lru_cache(maxsize=64)
def _split(piece: str) -> tuple[str, str] | None:
    """Return what stands up to the beginning of a body and after it, the same objects each time."""
    start = _BODY_START.search(piece)
    return (piece[: start.end()], piece[start.end() :]) if start else None
