"""Words to markup: escaping around Liquid, spans, attributes."""

import html
import re
from collections.abc import Iterable
from itertools import groupby

from kikubari.decide.personalise._markup import split_liquid
from kikubari.decide.personalise.blocks.contracts import Paragraph, ParagraphKind, Span
from kikubari.decide.personalise.errors import TemplateError

_PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[\d+\])*")
_QUOTED = re.compile(r"'[^'{}%]+'")
_PRINT = re.compile(r"\{\{-?\s*(?P<expression>[^{}]+?)\s*-?\}\}")
_LISTS = {ParagraphKind.BULLET: "ul", ParagraphKind.NUMBER: "ol"}


def words(text: str) -> str:
    """Return author's text as markup: escaped, line ends as breaks, Liquid left as it is."""
    return "".join(
        part if is_liquid else html.escape(part).replace("\n", "<br />")
        for part, is_liquid in split_liquid(text)
    )


def value(text: str) -> str:
    """Return author's text as the value of a quoted attribute."""
    return "".join(
        part if is_liquid else html.escape(part).replace("\n", " ")
        for part, is_liquid in split_liquid(text)
    )


def element(name: str, attributes: Iterable[tuple[str, str | int | None]], inner: str = "") -> str:
    """Return an element; attributes that are None or empty are left out."""
    written = "".join(
        f' {key}="{given}"' for key, given in attributes if given is not None and given != ""
    )
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written} />"


def only_if(condition: str, inner: str) -> str:
    """Return markup that is there where a Liquid condition holds, always where it is empty.

    Raises:
        TemplateError: the condition would end its tag.
    """
    if not condition.strip():
        return inner
    if re.search(r"[{%]%|%\}|\}\}|\{\{", condition):
        raise TemplateError(
            f"the condition {condition!r} contains Liquid's brackets",
            hint="write it bare, such as customer.points > 100",
        )
    return f"{{% if {condition} %}}{inner}{{% endif %}}"


def path(text: str) -> str:
    """Return the name of a list that a render knows.

    Raises:
        TemplateError: not such a name.
    """
    bare = text.strip()
    if not _PATH.fullmatch(bare):
        raise TemplateError(
            f"{text!r} names no list", hint="such as customer.favourite_category_products"
        )
    return bare


def seed(text: str) -> str:
    """Return what a list of recommended products goes out from: a path, or an id in quotes.

    Raises:
        TemplateError: neither.
    """
    bare = text.strip()
    if not _PATH.fullmatch(bare) and not _QUOTED.fullmatch(bare):
        raise TemplateError(
            f"{text!r} names no product", hint="such as trigger.products, or 'P-100' in quotes"
        )
    return bare


def expression(text: str) -> str:
    """Return a Liquid expression for fixed text, or for text that is one ``{{ … }}``.

    Raises:
        TemplateError: a mixture of both, or quotes that no literal can hold.
    """
    printed = _PRINT.fullmatch(text.strip())
    if printed:
        return printed["expression"]
    if "{{" in text or "{%" in text or '"' in text:
        raise TemplateError(
            f"{text!r} must be fixed text, or one {{{{ … }}}} and nothing else",
            hint="move what decides into the customer's data, or use two blocks with conditions",
        )
    return f'"{text.strip()}"'


def paragraphs(given: Iterable[Paragraph], *, accent: str) -> str:
    """Return paragraphs and lists as markup."""
    parts = []
    for kind, group in groupby(given, key=lambda one: one.kind):
        lines = ["".join(_span(span, accent) for span in one.spans) for one in group]
        if kind is ParagraphKind.PLAIN:
            parts += [f'<p style="margin:0 0 12px">{line}</p>' for line in lines]
            continue
        points = "".join(f'<li style="margin:0 0 6px">{line}</li>' for line in lines)
        name = _LISTS[kind]
        parts.append(f'<{name} style="margin:0 0 12px;padding-left:24px">{points}</{name}>')
    return "".join(parts)


def _span(span: Span, accent: str) -> str:
    markup = words(span.text)
    for name, is_so in (("u", span.underline), ("i", span.italic), ("b", span.bold)):
        if is_so:
            markup = f"<{name}>{markup}</{name}>"
    if span.colour:
        markup = f'<span style="color:{span.colour}">{markup}</span>'
    if span.href:
        markup = f'<a href="{value(span.href)}" style="color:{accent}">{markup}</a>'
    return markup
