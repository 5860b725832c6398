"""Puts the reason where a template asks for it, or under the message.

A template prints ``{{ reason }}``. While it renders, that is a mark: the reason tells which facts
the render used, so it can only be written afterwards.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

import msgspec

from kikubari.decide.reason.contracts import ReasonLine, ReasonLinks

# Private-use characters: nobody writes them, and escaping leaves them alone.
MARK = "\ue000reason\ue001"
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_STYLE = (
    "margin:16px auto;max-width:600px;padding:0 16px;font-size:12px;line-height:1.6;color:#595959;"
    "text-align:center"
)


class PlacedReason(msgspec.Struct, frozen=True):
    """The message's parts with the reason in them."""

    html: list[str]
    text: str


def place_reason(
    html: Sequence[str], text: str, line: ReasonLine, links: ReasonLinks, *, is_appended: bool
) -> PlacedReason:
    """Return both parts with the reason in place of each mark.

    Args:
        html: pieces of the HTML; pieces without a mark stay the same objects.
        text: the plain part.
        line: the reason.
        links: of its two captions.
        is_appended: put it under a part that has no mark.
    """
    markup = _markup(line, links)
    has_mark = False
    pieces: list[str] = []
    for piece in html:
        if MARK in piece:
            has_mark = True
            # Not by the piece's own method: of text known to be safe, it would escape the markup.
            pieces.append(str.replace(piece, MARK, markup))
        else:
            pieces.append(piece)
    if is_appended and not has_mark:
        pieces = _with_foot(pieces, f'<p style="{_STYLE}">{markup}</p>')
    plain = f"{line.text}\n{line.correct}: {links.correct}\n{line.stop}: {links.stop}"
    if MARK in text:
        text = text.replace(MARK, plain)
    elif is_appended:
        text = f"{text.rstrip()}\n\n{plain}\n"
    return PlacedReason(pieces, text)


def _markup(line: ReasonLine, links: ReasonLinks) -> str:
    # In the colour of the words around them, whatever the template's.
    way = '<a href="{}" style="color:inherit">{}</a>'
    correct = way.format(escape(links.correct), escape(line.correct))
    stop = way.format(escape(links.stop), escape(line.stop))
    return f"{escape(line.text)} {correct} · {stop}"


def _with_foot(pieces: Sequence[str], foot: str) -> list[str]:
    """Return the pieces with something before the end of the body."""
    for index in range(len(pieces) - 1, -1, -1):
        halves = _split_at_body_end(pieces[index])
        if halves is not None:
            return [*pieces[:index], halves[0], foot, halves[1], *pieces[index + 1 :]]
    return [*pieces, foot]


@lru_cache(maxsize=256)
def _split_at_body_end(piece: str) -> tuple[str, str] | None:
    """Return the halves of a piece; kept, so that fixed text stays the same objects."""
    ends = [end.start() for end in _BODY_END.finditer(piece)]
    return (piece[: ends[-1]], piece[ends[-1] :]) if ends else None
