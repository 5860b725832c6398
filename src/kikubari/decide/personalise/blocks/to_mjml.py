"""Blocks to MJML, which the rest of the way treats like MJML written by hand."""

from collections.abc import Callable
from typing import Any

from kikubari.decide.personalise.blocks import contracts as c
from kikubari.decide.personalise.blocks._products import TILE_EDGE, products_to_mjml
from kikubari.decide.personalise.blocks._writing import (
    element,
    expression,
    only_if,
    paragraphs,
    value,
    words,
)
from kikubari.decide.personalise.errors import TemplateError

_FONTS = {
    (c.Font.SANS, "ja"): "'Hiragino Sans','Noto Sans JP','Yu Gothic',Meiryo,sans-serif",
    (c.Font.SERIF, "ja"): "'Hiragino Mincho ProN','Noto Serif JP','Yu Mincho',serif",
    (c.Font.SANS, ""): "'Helvetica Neue',Helvetica,Arial,sans-serif",
    (c.Font.SERIF, ""): "Georgia,'Times New Roman',serif",
}
_SPACES = {c.Space.NONE: 0, c.Space.SMALL: 8, c.Space.MEDIUM: 20, c.Space.LARGE: 40}
# Thirteen Japanese characters, "ご注文ありがとうございます" say, stand in one line on a phone.
_HEADINGS = {1: "24px", 2: "20px", 3: "17px"}
_SIDE = 32
_EDGE = 8
_ROW_SIDE = _SIDE - TILE_EDGE  # rows of products stand in line with the words above
# The page shows beside and below the paper; these stand on it.
_BELOW_PAPER = (c.Footer, c.Reason)
_LABELS = {
    "ja": ("配信内容を選ぶ", "配信を停止する"),
    "": ("Choose what you get", "Unsubscribe"),
}
_BETWEEN = {"ja": " ・ ", "": " · "}
# Mail clients that are not told so change the colours by rules of their own.
_SCHEMES = (
    '<mj-raw><meta name="color-scheme" content="light dark" />'
    '<meta name="supported-color-schemes" content="light dark" /></mj-raw>'
)
# Lines of headings and names end between phrases, not within words, where the mail client can tell;
# long names do not push their neighbours aside.
_LINES = (
    ".k-ink h1,.k-ink h2,.k-ink h3{word-break:auto-phrase;text-wrap:balance}"
    ".k-name div{word-break:auto-phrase;overflow-wrap:anywhere}"
)
# Room is kept for a picture by its numbers, and yet it shrinks as a whole on a phone.
_SIZED = ".k-sized img{height:auto!important}"
# What a reader in dark mode sees, where the mail client lets a message say so.
_DARK = (
    "@media (prefers-color-scheme: dark){"
    "body,.k-page{background:#1d1c1a!important}"
    ".k-paper,.k-paper table{background:#282623!important}"
    ".k-ink div{color:#ece8df!important}.k-muted div{color:#b3ada1!important}"
    ".k-ink a,.k-muted a,.k-accent,.k-outline a,.k-outline p{color:#a9c1ec!important}"
    ".k-name a{color:#ece8df!important}"
    ".k-button td,.k-button a,.k-button p{background:#a9c1ec!important;color:#1d1c1a!important}"
    ".k-frame,.k-outline td{border-color:#a9c1ec!important}}"
)
# One, and more than one, of a unit.
_UNITS = {
    "ja": {"days": ("日", "日"), "hours": ("時間", "時間")},
    "": {"days": (" day", " days"), "hours": (" hour", " hours")},
}
_DAY, _HOUR = 86_400, 3_600


def blocks_to_mjml(document: c.Document, language: str) -> str:
    """Return a message's MJML, with Liquid where the author put it.

    Raises:
        TemplateError: a block that cannot be written; `detail.block` has its id.
    """
    writer = _Writer(document.theme, language)
    sections = [_write(writer.section, block) for block in document.blocks]
    on_paper = [
        at for at, block in enumerate(document.blocks) if not isinstance(block, _BELOW_PAPER)
    ]
    if on_paper:
        first, last = on_paper[0], on_paper[-1]
        sections[first] = writer.edge(document.blocks[first]) + sections[first]
        sections[last] += writer.edge(document.blocks[last])
    return writer.page("".join(sections))


def block_to_mjml(block: c.AnyBlock, theme: c.Theme, language: str) -> str:
    """Return the MJML of one block by itself.

    Raises:
        TemplateError: it cannot be written; `detail.block` has its id.
    """
    return _write(_Writer(theme, language).section, block)


def _write(writer: Callable[[Any], str], block: c.Block) -> str:
    try:
        return writer(block)
    except TemplateError as error:
        raise TemplateError(error.message, hint=error.hint, block=block.id) from error


class _Writer:
    """Writes blocks in one theme and one language."""

    def __init__(self, theme: c.Theme, language: str) -> None:
        self._theme = theme
        self._tongue = "ja" if language.split("-", maxsplit=1)[0] == "ja" else ""
        self._language = language
        self._room = theme.width - 2 * _SIDE  # for a picture; less within a column
        self._leaves: dict[type[c.Block], Callable[[Any], str]] = {
            c.Heading: self._heading,
            c.Text: self._text,
            c.Image: self._image,
            c.Button: self._button,
            c.Divider: self._divider,
            c.Spacer: self._spacer,
            c.Countdown: self._countdown,
            c.Coupon: self._coupon,
            c.Reason: self._reason,
            c.Footer: self._footer,
        }

    def page(self, body: str) -> str:
        """Return the whole document around its sections."""
        theme = self._theme
        font = _FONTS[theme.font, self._tongue]
        head = (
            f"<mj-head>{_SCHEMES}<mj-attributes>"
            f'<mj-all font-family="{font}" color="{theme.ink}" />'
            f'<mj-text font-size="16px" line-height="1.8" padding="0 {_SIDE}px" />'
            f'<mj-section padding="0" /></mj-attributes>'
            f"<mj-style>{_LINES}{_SIZED}{_DARK}</mj-style></mj-head>"
        )
        whole = element(
            "mj-body",
            [
                ("background-color", theme.page),
                ("width", f"{theme.width}px"),
                ("css-class", "k-page"),
            ],
            f'<mj-section padding="{_EDGE}px 0"><mj-column></mj-column></mj-section>{body}',
        )
        return f'<mjml lang="{self._language}">{head}{whole}</mjml>'

    def section(self, block: c.AnyBlock) -> str:
        """Return a block as a section of its own."""
        if isinstance(block, c.SavedBlock):
            raise TemplateError(
                f"there is no saved block {block.saved_id!r}", hint="choose one, or remove it"
            )
        if isinstance(block, c.Columns):
            return only_if(block.when, self._row(block, self._columns(block)))
        if isinstance(block, c.Products):
            return only_if(block.when, self._products(block))
        inner = self._leaves[type(block)](block)
        return only_if(block.when, self._row(block, f"<mj-column>{inner}</mj-column>"))

    def edge(self, block: c.AnyBlock) -> str:
        """Return a strip of paper beyond the first or last block on it, in that block's colour."""
        is_plain = not block.background or bool(block.when)
        return element(
            "mj-section",
            [
                ("background-color", self._theme.paper if is_plain else block.background),
                ("padding", f"{_EDGE}px 0"),
                ("css-class", "k-paper" if is_plain else ""),
            ],
            "<mj-column></mj-column>",
        )

    def _products(self, block: c.Products) -> str:
        def place(columns: str) -> str:
            return self._row(block, columns, side=_ROW_SIDE)

        title = ""
        if block.title.strip():
            text = self._mj_text(words(block.title))
            title = self._row(block, f"<mj-column>{text}</mj-column>")
        return products_to_mjml(block, self._theme, self._tongue, title=title, place=place)

    def _row(self, block: c.Block, columns: str, *, side: int = 0) -> str:
        height = _SPACES[block.space]
        is_outside = isinstance(block, _BELOW_PAPER)
        colour = block.background or ("" if is_outside else self._theme.paper)
        attributes: list[tuple[str, str | int | None]] = [
            ("background-color", colour),
            ("padding", f"{height}px {side}px" if side else f"{height}px 0"),
            ("css-class", "" if block.background or is_outside else "k-paper"),
        ]
        return element("mj-section", attributes, columns)

    def _columns(self, block: c.Columns) -> str:
        whole = self._room
        columns = ""
        for column in block.columns:
            share = (column.width or 100 / len(block.columns)) / 100
            self._room = max(1, round(self._theme.width * share) - 2 * _SIDE)
            columns += element(
                "mj-column",
                [("width", f"{column.width}%" if column.width else None)],
                "".join(_write(self._leaf, leaf) for leaf in column.blocks) or "<mj-spacer />",
            )
        self._room = whole
        return f"<mj-group>{columns}</mj-group>" if block.stays_beside else columns

    def _leaf(self, leaf: c.Leaf) -> str:
        return only_if(leaf.when, self._leaves[type(leaf)](leaf))

    def _heading(self, block: c.Heading) -> str:
        name = f"h{block.level}"
        return self._mj_text(
            f'<{name} style="margin:0;font-size:inherit;line-height:inherit">'
            f"{words(block.text)}</{name}>",
            align=block.align,
            size=_HEADINGS[block.level],
            height="1.45",
        )

    def _text(self, block: c.Text) -> str:
        return self._mj_text(
            paragraphs(block.paragraphs, accent=self._theme.accent),
            align=block.align,
            size="13px" if block.is_small else None,
        )

    def _mj_text(
        self,
        inner: str,
        *,
        align: c.Align = c.Align.LEFT,
        size: str | None = None,
        height: str | None = None,
        is_muted: bool = False,
    ) -> str:
        attributes: list[tuple[str, str | int | None]] = [
            ("align", align.value),
            ("font-size", size),
            ("line-height", height),
            ("color", self._theme.muted if is_muted else None),
            ("css-class", "k-muted" if is_muted else "k-ink"),
        ]
        return element("mj-text", attributes, inner or "&#8203;")

    def _image(self, block: c.Image) -> str:
        width, height = self._size(block)
        return element(
            "mj-image",
            [
                ("src", value(block.src)),
                ("href", value(block.href)),
                ("width", f"{width}px" if width else None),
                ("height", f"{height}px" if height else None),
                ("align", block.align.value),
                ("border-radius", f"{self._theme.radius}px"),
                ("padding", f"0 {_SIDE}px"),
                ("css-class", "k-sized" if height else ""),
            ],
        ).replace("<mj-image", f'<mj-image alt="{value(block.alt)}"', 1)

    def _size(self, block: c.Image) -> tuple[int | None, int | None]:
        """Return the width and height of a picture's place, as large as there is room."""
        if block.width is None or block.height is None:
            return block.width, None
        width = min(block.width, self._room)
        return width, max(1, round(block.height * width / block.width))

    def _button(self, block: c.Button) -> str:
        theme = self._theme
        return element(
            "mj-button",
            [
                ("href", value(block.href)),
                ("align", block.align.value),
                ("background-color", "transparent" if block.is_outlined else theme.accent),
                ("color", theme.accent if block.is_outlined else theme.on_accent),
                ("border", f"1px solid {theme.accent}" if block.is_outlined else None),
                ("border-radius", f"{theme.radius}px"),
                ("width", "100%" if block.is_wide else None),
                ("font-size", "15px"),
                ("inner-padding", "12px 28px"),
                ("padding", f"4px {_SIDE}px"),
                ("css-class", "k-outline" if block.is_outlined else "k-button"),
            ],
            words(block.label),
        )

    def _divider(self, _block: c.Divider) -> str:
        return element(
            "mj-divider",
            [("border-width", "1px"), ("border-color", "#ded8cc"), ("padding", f"8px {_SIDE}px")],
        )

    def _spacer(self, block: c.Spacer) -> str:
        return element("mj-spacer", [("height", f"{block.height}px")])

    def _countdown(self, block: c.Countdown) -> str:
        count = (
            f"{{% assign until = {expression(block.until)} %}}"
            '{% assign seconds = now | date: "%s" %}'
            '{% assign seconds = until | date: "%s" | minus: seconds %}'
            f"{{% assign days = seconds | divided_by: {_DAY} %}}"
            f"{{% assign hours = seconds | divided_by: {_HOUR} | plus: 1 %}}"
            f"{{% if days > 0 %}}{self._left('days')}{{% else %}}{self._left('hours')}{{% endif %}}"
        )
        running = self._mj_text(words(block.text), align=block.align, size="18px")
        if not block.ended:
            return count + only_if("seconds > 0", running)
        over = self._mj_text(words(block.ended), align=block.align, size="18px")
        return f"{count}{{% if seconds > 0 %}}{running}{{% else %}}{over}{{% endif %}}"

    def _left(self, unit: str) -> str:
        one, more = _UNITS[self._tongue][unit]
        return (
            f'{{% if {unit} == 1 %}}{{% assign left = {unit} | append: "{one}" %}}'
            f'{{% else %}}{{% assign left = {unit} | append: "{more}" %}}{{% endif %}}'
        )

    def _coupon(self, block: c.Coupon) -> str:
        accent = self._theme.accent
        code = expression(block.code) if block.code.strip() else "coupon.code"
        inner = (
            f'<div class="k-frame" style="border:1px dashed {accent};padding:16px">'
            f"{words(block.title)}<br />"
            f'<span class="k-accent" style="font-size:20px;letter-spacing:2px;white-space:nowrap;'
            f'color:{accent}">{{{{ code }}}}</span>'
        )
        if block.terms:
            inner += f'<div style="font-size:12px">{words(block.terms)}</div>'
        shown = self._mj_text(f"{inner}</div>", align=c.Align.CENTER)
        instead = self._mj_text(words(block.instead), align=c.Align.CENTER) if block.instead else ""
        otherwise = f"{{% else %}}{instead}" if instead else ""
        return f"{{% assign code = {code} %}}" + only_if(
            "code and code != blank", shown + otherwise
        )

    def _reason(self, _block: c.Reason) -> str:
        return self._mj_text("{{ reason }}", align=c.Align.CENTER, size="12px", is_muted=True)

    def _footer(self, block: c.Footer) -> str:
        choose, stop = _LABELS[self._tongue]
        style = f'data-kiku-track="off" style="color:{self._theme.accent}"'
        ways = (
            f'<a href="{{{{ preferences_url }}}}" {style}>'
            f"{words(block.preferences_label) or choose}</a>{_BETWEEN[self._tongue]}"
            f'<a href="{{{{ unsubscribe_url }}}}" {style}>'
            f"{words(block.unsubscribe_label) or stop}</a>"
        )
        lines = [*(words(line) for line in block.lines), ways]
        return self._mj_text("<br />".join(lines), align=c.Align.CENTER, size="12px", is_muted=True)
