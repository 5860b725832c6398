"""Rewriting the links of a rendered HTML message."""

import html
import re
from collections.abc import Callable

# A tag's attributes; quoted values may hold `>`.
_ANCHOR = re.compile(r"<a\s(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_HREF = re.compile(r"\shref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_UNTRACKED = re.compile(r"\sdata-kiku-track\s*=\s*[\"']?off\b", re.IGNORECASE)
_WEB = re.compile(r"\s*https?://", re.IGNORECASE)


def rewrite_links(markup: str, rewrite: Callable[[str, int], str]) -> str:
    """Return the HTML with each web link's address replaced by what `rewrite` returns.

    `rewrite` gets the address, entities resolved, and its number among the rewritten links,
    counted from 0; what it returns is escaped. Links other than http(s) (mailto, tel, anchors,
    relative ones) and those marked ``data-kiku-track="off"`` stay as they are.
    """
    pieces: list[str] = []
    at = index = 0
    for anchor in _ANCHOR.finditer(markup):
        tag = anchor.group()
        href = _HREF.search(tag)
        if href is None or _UNTRACKED.search(tag):
            continue
        value = href[href.lastindex or 0]
        if not _WEB.match(value):
            continue
        start, end = href.span()
        address = rewrite(html.unescape(value).strip(), index)
        begin = anchor.start()
        pieces += markup[at : begin + start], f' href="{html.escape(address)}"'
        at = begin + end
        index += 1
    pieces.append(markup[at:])
    return "".join(pieces)
