"""Rendering one person's message and noting every fact about them it used."""

from collections.abc import Mapping
from typing import Any

import msgspec

from kikubari.decide.personalise.contracts import (
    CompiledEmail,
    Facts,
    FactUse,
    Part,
    RenderedEmail,
    RenderSettings,
)
from kikubari.decide.personalise.parsing import parse, prepare_html, render_parsed
from kikubari.decide.personalise.plain_text import tidy
from kikubari.decide.personalise.record import RecordedMapping, Recorder, record_facts


def render_email(
    email: CompiledEmail,
    facts: Facts,
    *,
    content: Mapping[str, Any] | None = None,
    settings: RenderSettings,
) -> RenderedEmail:
    """Render subject, preheader, HTML and text for one person.

    Args and errors are those of `render_email_in_pieces`.
    """
    rendered, pieces = render_email_in_pieces(email, facts, content=content, settings=settings)
    return msgspec.structs.replace(rendered, html="".join(pieces))


def render_email_in_pieces(
    email: CompiledEmail,
    facts: Facts,
    *,
    content: Mapping[str, Any] | None = None,
    settings: RenderSettings,
) -> tuple[RenderedEmail, list[str]]:
    """Render an e-mail; return it without its HTML, and that in the pieces it was rendered in.

    Fixed text of the template is the same object in every message, so that work on it can be
    done once; `rewrite_pieces` takes them.

    Args:
        email: the compiled template.
        facts: what may be read about the person; every read is recorded.
        content: what is the same for everybody or not about the person (shop, campaign, links,
            the reason line); not recorded. Facts win where names collide.
        settings: zone, currency and instant; its language is a last resort, after the person's
            language fact and the template's default.

    Raises:
        RenderLimitError: over a limit.
        RenderError: the template cannot work with these values.
    """
    recorder = Recorder(facts.recommended)
    names: dict[str, Any] = {**(content or {}), **record_facts(facts, recorder)}
    language = _choose_language(email, names)
    recorder.close_choice()
    settings = msgspec.structs.replace(settings, language=language)
    names["now"] = names["today"] = settings.now
    variant = email.variants[language]

    def text_of(part: Part, source: str) -> str:
        template = parse(source, email.snippets, autoescape=False)
        pieces = render_parsed(template, names, recorder, settings)
        recorder.close_part(part)
        return "".join(pieces)

    subject = one_line(text_of(Part.SUBJECT, variant.subject))
    names["preheader"] = one_line(text_of(Part.PREHEADER, variant.preheader))
    html = render_parsed(prepare_html(variant.html, email.snippets), names, recorder, settings)
    recorder.close_part(Part.HTML)
    rendered = RenderedEmail(
        language=language,
        subject=subject,
        preheader=names["preheader"],
        html="",
        text=tidy(text_of(Part.TEXT, variant.text)),
        facts=recorder.fact_uses(facts.lineage),
        recommended=tuple(recorder.shown),
    )
    return rendered, html


def render_text(
    source: str,
    facts: Facts,
    *,
    content: Mapping[str, Any] | None = None,
    settings: RenderSettings,
) -> tuple[str, tuple[FactUse, ...]]:
    """Render one plain-text template (a push or SMS body) and return it with the facts used.

    Raises:
        TemplateError: the source does not parse.
        RenderLimitError: over a limit.
        RenderError: the template cannot work with these values.
    """
    recorder = Recorder(facts.recommended)
    names: dict[str, Any] = {**(content or {}), **record_facts(facts, recorder)}
    names["now"] = names["today"] = settings.now
    pieces = render_parsed(parse(source, {}, autoescape=False), names, recorder, settings)
    recorder.close_part(Part.TEXT)
    return "".join(pieces), recorder.fact_uses(facts.lineage)


def one_line(text: str) -> str:
    """Return the text in one line: a subject with line ends could forge headers."""
    return " ".join(text.split())


def _choose_language(email: CompiledEmail, names: Mapping[str, Any]) -> str:
    """Return the variant for the customer's language fact (``ja-JP`` finds ``ja``)."""
    customer = names.get("customer")
    wanted = customer.get("language") if isinstance(customer, RecordedMapping) else None
    if isinstance(wanted, str):
        for language in (wanted, wanted.split("-")[0].split("_")[0].lower()):
            if language in email.variants:
                return language
    return email.default_language
