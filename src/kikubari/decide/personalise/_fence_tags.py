"""Tags that the compiler puts around risky spots of the HTML; no author writes them."""

import html
import re
from typing import TextIO

from liquid import RenderContext
from liquid.ast import BlockNode, Node
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_TAG, Token

SAFE_URL = "kikubari_url"
SAFE_CSS = "kikubari_css"
LINK_SLOT = "kikubari_link"

# Where a link may lead. An allow-list: schemes that run code keep being invented.
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "cid", "webcal", "geo", "line"})
_WEB = ("https://", "http://")
# Browsers drop these before they read the scheme.
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff]+")
_SCHEME = re.compile(r"([^/?#]*?):")
_CSS_BREAKERS = re.compile(r"[\"'\\;{}<>()@\n]|/\*")


def is_safe_url(escaped: str) -> bool:
    """Whether an HTML-escaped attribute value is relative or of a harmless scheme."""
    if escaped.startswith(_WEB):
        return True
    # Twice: a value that was escaped before it came to us may be unescaped after it left.
    url = _IGNORED.sub("", html.unescape(html.unescape(escaped)))
    scheme = _SCHEME.match(url)
    return scheme is None or scheme.group(1).lower() in _SCHEMES


class FenceNode(Node):
    """A block whose text is looked at, and changed if need be, before it is written."""

    __slots__ = ("block",)

    def __init__(self, token: Token, block: BlockNode) -> None:
        super().__init__(token)
        self.block = block
        self.blank = False

    def __str__(self) -> str:
        return str(self.block)

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Render the inside and write what passes."""
        inner = context.get_buffer(buffer)
        self.block.render(context, inner)
        return buffer.write(self.passed(inner.getvalue()))

    def passed(self, text: str) -> str:
        """Return what is written for a rendered text."""
        raise NotImplementedError

    def children(
        self, static_context: RenderContext, *, include_partials: bool = True
    ) -> list[Node]:
        """Return the fenced block, for static analysis."""
        del static_context, include_partials
        return [self.block]


class UrlFenceNode(FenceNode):
    """A link or a source: one of a harmful scheme leads nowhere."""

    def passed(self, text: str) -> str:
        """Return the address, or ``#``."""
        return text if is_safe_url(text) else "#"


class CssFenceNode(FenceNode):
    """A value in CSS: nothing when it could end its declaration."""

    def passed(self, text: str) -> str:
        """Return the value, or nothing."""
        return "" if _CSS_BREAKERS.search(html.unescape(text)) else text


class Link(str):
    """The rendered address of a link, told apart from the text around it."""

    __slots__ = ()


class LinkSlotNode(FenceNode):
    """The address of a link: written as it is, and still to be found in the output."""

    def passed(self, text: str) -> str:
        """Return the address as a `Link`."""
        return Link(text)


class _FenceTag(Tag):
    node_class: type[FenceNode]

    def parse(self, stream: TokenStream) -> Node:
        """Parse up to the fence's end."""
        token = stream.eat(TOKEN_TAG)
        block = get_parser(self.env).parse_block(stream, frozenset({self.end}))
        stream.expect(TOKEN_TAG, value=self.end)
        return self.node_class(token, block)


class _UrlFence(_FenceTag):
    name = SAFE_URL
    end = f"end{SAFE_URL}"
    node_class = UrlFenceNode


class _CssFence(_FenceTag):
    name = SAFE_CSS
    end = f"end{SAFE_CSS}"
    node_class = CssFenceNode


class _LinkSlot(_FenceTag):
    name = LINK_SLOT
    end = f"end{LINK_SLOT}"
    node_class = LinkSlotNode


FENCE_TAGS = (_UrlFence, _CssFence, _LinkSlot)
FENCE_NODES = (UrlFenceNode, CssFenceNode, LinkSlotNode)
