"""Ahead of time, once per template version: MJML, CSS, plain text, fences."""

import hashlib
import re
from collections.abc import Iterator, Mapping

import css_inline
import msgspec
from liquid import BoundTemplate

from kikubari.decide.personalise._markup import Markup, protect_document, restore
from kikubari.decide.personalise.block_check import parse_blocks
from kikubari.decide.personalise.blocks.contracts import AnyBlock, Document, fill_in
from kikubari.decide.personalise.blocks.to_mjml import blocks_to_mjml
from kikubari.decide.personalise.contracts import (
    CompiledEmail,
    CompiledVariant,
    EmailTemplateSource,
    EmailVariant,
)
from kikubari.decide.personalise.errors import TemplateError
from kikubari.decide.personalise.fences import fence
from kikubari.decide.personalise.mjml import mjml_to_html
from kikubari.decide.personalise.parsing import parse
from kikubari.decide.personalise.plain_text import html_to_text_template
from kikubari.decide.personalise.recommendations import list_needs

# A change here or in what compiling does makes a new version of every template.
_COMPILER = b"1"
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_STYLE = re.compile(r"<style\b", re.IGNORECASE)
# The padding keeps mail clients from filling the preview line with the body's first words.
_PREHEADER = (
    '<div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;'
    'overflow:hidden;mso-hide:all">{{ preheader }}' + "&#8199;&#847; " * 40 + "</div>"
)
_INLINER = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def compile_email(source: EmailTemplateSource) -> CompiledEmail:
    """Do all work that is the same for everybody, and check that every part parses.

    Raises:
        TemplateError: with the place in the author's source where that is known.
        UnsafeTemplateError: Liquid prints where no escaping makes it safe.
    """
    if source.default_language not in source.variants:
        raise TemplateError(
            f"there is no variant in the default language {source.default_language}"
        )
    snippets = {name: fence(snippet) for name, snippet in source.snippets.items()}
    variants = {
        language: _compile_variant(_with_saved(variant, source.saved), language, snippets)
        for language, variant in source.variants.items()
    }
    needs = list_needs(
        template for variant in variants.values() for template in _parts(variant, snippets)
    )
    body = msgspec.msgpack.encode((source.default_language, variants, snippets))
    return CompiledEmail(
        version=hashlib.blake2b(_COMPILER + body, digest_size=16).hexdigest(),
        default_language=source.default_language,
        variants=variants,
        snippets=snippets,
        needs=needs,
    )


def _parts(variant: CompiledVariant, snippets: Mapping[str, str]) -> Iterator[BoundTemplate]:
    for source in (variant.subject, variant.preheader, variant.text):
        yield parse(source, snippets, autoescape=False)
    yield parse(variant.html, snippets, autoescape=True)


def _compile_variant(
    variant: EmailVariant, language: str, snippets: dict[str, str]
) -> CompiledVariant:
    _check_written(variant, language, snippets)
    html = _html_of(variant, language)
    text = html_to_text_template(html) if variant.text is None else variant.text
    if variant.preheader:
        html = _with_preheader(html)
    return CompiledVariant(
        subject=variant.subject, preheader=variant.preheader, html=fence(html), text=text
    )


def _with_saved(variant: EmailVariant, saved: Mapping[str, tuple[AnyBlock, ...]]) -> EmailVariant:
    if variant.blocks is None:
        return variant
    return msgspec.structs.replace(variant, blocks=fill_in(variant.blocks, saved))


def _check_written(variant: EmailVariant, language: str, snippets: dict[str, str]) -> None:
    """Parse what the author wrote before changing it, so that errors name their places."""
    parse(variant.subject, snippets, autoescape=False)
    parse(variant.preheader, snippets, autoescape=False)
    parse(variant.text or "", snippets, autoescape=False)
    parse(variant.mjml or variant.html or "", snippets, autoescape=True)
    if variant.blocks is not None:
        parse_blocks(variant.blocks, language, snippets)


def _html_of(variant: EmailVariant, language: str) -> str:
    match variant:
        case EmailVariant(blocks=Document() as blocks, mjml=None, html=None):
            return mjml_to_html(blocks_to_mjml(blocks, language), language)
        case EmailVariant(blocks=None, mjml=str() as mjml, html=None):
            return mjml_to_html(mjml, language)
        case EmailVariant(blocks=None, mjml=None, html=str() as html):
            return _inline_css(html)
    raise TemplateError("a variant needs one of blocks, mjml and html, and no second")


def _inline_css(html: str) -> str:
    """Write the rules of <style> into the elements; without any, leave the HTML untouched."""
    if not _STYLE.search(html):
        return html
    markup = Markup(html)
    try:
        return restore(_INLINER.inline(protect_document(markup)), markup)
    except ValueError as error:
        raise TemplateError(f"the CSS cannot be inlined: {error}") from error


def _with_preheader(html: str) -> str:
    body = _BODY.search(html)
    at = body.end() if body else 0
    return html[:at] + _PREHEADER + html[at:]
