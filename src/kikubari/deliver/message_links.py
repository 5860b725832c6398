"""The addresses of one message, and how its HTML is led through them.

Messages of a template have most of their pieces in common; where those end a body is kept between
messages.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from kikubari.decide.personalise import rewrite_pieces
from kikubari.deliver.tracking import TrackingTokens
from kikubari.deliver.traps import place_trap

_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
# Under each message that says on which day it was opened.
_NO_OPEN_DAY = {
    "ja": "メールを開いた日の記録をやめる",
    "en": "Do not keep the day on which I open your mail",
}


class MessageLinks:
    """The addresses of one message."""

    def __init__(self, base_url: str, tokens: TrackingTokens, message_id: int) -> None:
        self._base_url = base_url.rstrip("/")
        self._tokens = tokens
        self._message_id = message_id
        self.reply_token = tokens.reply_token(message_id)
        self.unsubscribe = self._base_url + tokens.unsubscribe_path(message_id)
        self.preferences = self._base_url + tokens.preferences_path(message_id)

    def track(self, pieces: Sequence[str]) -> list[str]:
        """Return the HTML with counted links, a pixel at the end of the body, and a trap.

        The trap is a link at the beginning of the body that only programs can follow.
        """
        pieces = place_trap(
            rewrite_pieces(pieces, self._rewrite),
            self._base_url + self._tokens.trap_path(self._message_id),
        )
        return _at_body_end(pieces, self._pixel())

    def note_open_day(self, pieces: Sequence[str], language: str) -> list[str]:
        """Return the HTML with a pixel and a way to be rid of it; links stay as they are."""
        words = _NO_OPEN_DAY["ja" if language.startswith("ja") else "en"]
        stop = (
            '<p style="font-size:11px;color:#6b6b6b;text-align:center">'
            f'<a href="{self.preferences}#open-day" style="color:#6b6b6b">{words}</a></p>'
        )
        return _at_body_end(pieces, stop + self._pixel())

    def _pixel(self) -> str:
        return (
            f'<img src="{self._base_url}{self._tokens.open_path(self._message_id)}"'
            ' width="1" height="1" alt="" style="display:block">'
        )

    def _rewrite(self, url: str, index: int) -> str:
        if url == self.unsubscribe or url.startswith(self.preferences):
            return url
        return self._base_url + self._tokens.click_path(self._message_id, index, url)


def _at_body_end(pieces: Sequence[str], added: str) -> list[str]:
    found = list(pieces)
    for at in range(len(found) - 1, -1, -1):
        if halves := _split_at_body_end(found[at]):
            found[at : at + 1] = halves[0], added, halves[1]
            return found
    return [*found, added]


def _split_at_body_end(piece: str) -> tuple[str, str] | None:
    return _split_fixed(piece) if "</" in piece else None


@lru_cache(maxsize=64)
def _split_fixed(piece: str) -> tuple[str, str] | None:
    """Return what stands before and after the last end of a body, the same objects each time."""
    ends = [end.start() for end in _BODY_END.finditer(piece)]
    return (piece[: ends[-1]], piece[ends[-1] :]) if ends else None
