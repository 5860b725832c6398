"""The links of an HTML message: slots for their addresses, and rewriting them."""

import html
import re
from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import lru_cache

from kikubari.decide.personalise._fence_tags import LINK_SLOT, Link
from kikubari.decide.personalise._markup import Attribute, Markup, edit

# A tag's attributes; quoted values may hold `>`.
_ANCHOR = re.compile(r"<a\s(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_HREF = re.compile(r"\shref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_TRACK = "data-kiku-track"
_UNTRACKED = re.compile(rf"\s{_TRACK}\s*=\s*[\"']?off\b", re.IGNORECASE)
_OFF = re.compile(r"off\b", re.IGNORECASE)
_WEB = re.compile(r"\s*https?://", re.IGNORECASE)

_SLOTTED = ' href="'
# What begins a link, or may begin one together with what comes after the piece.
_OPENING = re.compile(r"<a(?:\s|\Z)|<\Z", re.IGNORECASE)

Rewrite = Callable[[str, int], str]


def rewrite_links(markup: str, rewrite: Rewrite) -> str:
    """Return the HTML with each web link's address replaced by what `rewrite` returns.

    `rewrite` gets the address, entities resolved, and its number among the rewritten links,
    counted from 0; what it returns is escaped. Links other than http(s) (mailto, tel, anchors,
    relative ones) and those marked ``data-kiku-track="off"`` stay as they are.
    """
    pieces: list[str] = []
    at = index = 0
    for anchor in _ANCHOR.finditer(markup):
        href = _web_href(anchor.group())
        if href is None:
            continue
        start, end = href.span()
        begin = anchor.start()
        address = _rewritten(href[href.lastindex or 0], index, rewrite)
        pieces += markup[at : begin + start], f' href="{address}"'
        at = begin + end
        index += 1
    pieces.append(markup[at:])
    return "".join(pieces)


def rewrite_pieces(pieces: Sequence[str], rewrite: Rewrite) -> list[str]:
    """Do what `rewrite_links` does to rendered pieces, reading fixed ones once for all messages.

    Where a link does not lie in a slot (it came out of a value, or stands where no slot could be
    put), the whole HTML is read as one instead.
    """
    rewritten: list[str] = []
    index = 0
    wants_address = False
    for piece in pieces:
        if type(piece) is Link:
            if not wants_address:
                break
            wants_address = False
            if _WEB.match(piece):
                rewritten.append(_rewritten(piece, index, rewrite))
                index += 1
                continue
        elif wants_address or (found := _links_in(piece)) is _Links.OTHER:
            break
        else:
            wants_address = found is _Links.SLOT
        rewritten.append(piece)
    else:
        return rewritten
    return [rewrite_links("".join(pieces), rewrite)]


def slot_links(source: str) -> str:
    """Return an HTML template with a slot around the address of each link that is rewritten.

    Others keep their place in fixed text: those marked as untracked, and those written in some
    other way than ``href="…"``.
    """
    attributes = [one for one in Markup(source).attributes if one.element == "a"]
    left_alone = {one.tag for one in attributes if one.name == _TRACK and _is_off(one, source)}
    edits = []
    for one in attributes:
        begin = one.start - len(_SLOTTED)
        is_plain = source[max(begin, 0) : one.start] == _SLOTTED and source[one.end] == '"'
        if is_plain and one.tag not in left_alone:
            edits.append((one.start, one.start, f"{{% {LINK_SLOT} %}}"))
            edits.append((one.end, one.end, f"{{% end{LINK_SLOT} %}}"))
    return edit(source, edits)


def _is_off(attribute: Attribute, source: str) -> bool:
    """Say whether a mark switches tracking off, or may do so for some people."""
    return attribute.has_liquid or bool(_OFF.match(source, attribute.start, attribute.end))


def _web_href(anchor: str) -> re.Match[str] | None:
    """Return the attribute of a whole tag that is to be rewritten."""
    href = _HREF.search(anchor)
    if href is None or _UNTRACKED.search(anchor) or not _WEB.match(href[href.lastindex or 0]):
        return None
    return href


def _rewritten(value: str, index: int, rewrite: Rewrite) -> str:
    return html.escape(rewrite(html.unescape(value).strip(), index))


class _Links(Enum):
    """What a piece of HTML holds of links."""

    NONE = auto()  # none that is rewritten
    SLOT = auto()  # at its end one whose address is the next piece
    OTHER = auto()


def _links_in(piece: str) -> _Links:
    if "<" not in piece:
        return _Links.NONE
    # HTML out of a value is of a type of its own; there is no use in keeping it.
    return _find_in_fixed(piece) if type(piece) is str else _find_links(piece)


def _find_links(piece: str) -> _Links:
    for opening in _OPENING.finditer(piece):
        anchor = _ANCHOR.match(piece, opening.start())
        if anchor is None:
            tag = piece[opening.start() :]
            before = tag.removesuffix(_SLOTTED)
            is_slot = before != tag and not _HREF.search(before) and _TRACK not in before
            return _Links.SLOT if is_slot else _Links.OTHER
        if _web_href(anchor.group()):
            return _Links.OTHER
    return _Links.NONE


_find_in_fixed = lru_cache(maxsize=1024)(_find_links)
