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
from kikubari.decide.personalise.parsing import parse, render_parsed
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
    recorder = Recorder()
    names: dict[str, Any] = {**(content or {}), **record_facts(facts, recorder)}
    language = _choose_language(email, names)
    recorder.close_choice()
    settings = msgspec.structs.replace(settings, language=language)
    names["now"] = names["today"] = settings.now
    variant = email.variants[language]

    def part(part: Part, source: str) -> str:
        template = parse(source, email.snippets, autoescape=part is Part.HTML)
        text = render_parsed(template, names, recorder, settings)
        recorder.close_part(part)
        return text

    subject = one_line(part(Part.SUBJECT, variant.subject))
    names["preheader"] = one_line(part(Part.PREHEADER, variant.preheader))
    return RenderedEmail(
        language=language,
        subject=subject,
        preheader=names["preheader"],
        html=part(Part.HTML, variant.html),
        text=tidy(part(Part.TEXT, variant.text)),
        facts=recorder.fact_uses(facts.lineage),
    )


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
    recorder = Recorder()
    names: dict[str, Any] = {**(content or {}), **record_facts(facts, recorder)}
    names["now"] = names["today"] = settings.now
    text = render_parsed(parse(source, {}, autoescape=False), names, recorder, settings)
    recorder.close_part(Part.TEXT)
    return text, recorder.fact_uses(facts.lineage)


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
