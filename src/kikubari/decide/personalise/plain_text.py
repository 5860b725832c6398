"""The text part, derived from the HTML template, Liquid and all."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kikubari.decide.personalise._markup import (
    Markup,
    around_body,
    is_token,
    protect_document,
    restore,
)

_SKIPPED = frozenset({
    "head", "script", "style", "title", "template", "v:roundrect",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "center", "div", "dl", "dd", "dt", "figure",
    "footer", "form", "header", "li", "main", "nav", "ol", "section", "table", "tr", "ul",
})  # fmt: skip
_PARAGRAPHS = frozenset({
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre",
})  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
# What is marked so says again what stands beside it.
_SAID_ALREADY = "data-kiku-text"
_SPACE = re.compile(r"[ \t\r\n\f\u200c]+")
_GAP = re.compile(r"\n{3,}")


def html_to_text_template(html: str) -> str:
    """Return a Liquid template of plain text that says what the HTML template says.

    Links become ``text (url)``, images their alternative text, list items get a dash; hidden
    blocks (a preheader), Outlook-only markup and what is marked ``data-kiku-text="off"`` are left
    out.
    """
    markup = Markup(html)
    tree = LexborHTMLParser(protect_document(markup))
    pieces: list[str] = []
    if tree.body is not None:
        _write_children(tree.body, pieces)
    before, after = around_body(markup)
    return before + restore(tidy("".join(pieces)), markup) + after


def tidy(text: str) -> str:
    """Trim lines, allow one blank line at a time, end with a line end."""
    lines = "\n".join([line.strip(" \t\r") for line in text.split("\n")])
    if "\n\n\n" in lines:
        lines = _GAP.sub("\n\n", lines)
    return lines.strip() + "\n"


def _write_children(node: LexborNode, pieces: list[str]) -> None:
    child = node.first_child
    while child is not None:
        _write(child, pieces)
        child = child.next


def _write(node: LexborNode, pieces: list[str]) -> None:
    tag = node.tag
    if node.is_text_node:
        pieces.append(_SPACE.sub(" ", node.text(deep=False)))
    elif node.is_comment_node:
        # A stand-in for Liquid passes; an author's remark does not.
        comment = node.comment_content or ""
        pieces.append(comment if is_token(comment) else "")
    elif tag in _SKIPPED or _is_left_out(node):
        return
    elif tag == "br":
        pieces.append("\n")
    elif tag == "hr":
        pieces.append("\n----\n")
    elif tag == "img":
        pieces.append(node.attributes.get("alt") or "")
    elif tag == "a":
        _write_link(node, pieces)
    else:
        _write_block(node, tag or "", pieces)


def _is_left_out(node: LexborNode) -> bool:
    is_hidden = _HIDDEN.search(node.attributes.get("style") or "") is not None
    return is_hidden or node.attributes.get(_SAID_ALREADY) == "off"


def _write_link(node: LexborNode, pieces: list[str]) -> None:
    inner: list[str] = []
    _write_children(node, inner)
    text = "".join(inner).strip()
    url = (node.attributes.get("href") or "").strip()
    if url.startswith("#") or not url or url == text:
        pieces.append(text)
    else:
        pieces.append(f"{text} ({url})" if text else url)


def _write_block(node: LexborNode, tag: str, pieces: list[str]) -> None:
    gap = "\n\n" if tag in _PARAGRAPHS else "\n" if tag in _BLOCKS else ""
    pieces.append(gap)
    if tag == "li":
        pieces.append("- ")
    _write_children(node, pieces)
    pieces.append(" " if tag in {"td", "th"} else gap)
