"""Lint: what is wrong with a template, and what it will not find for how many people."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from liquid.exceptions import LiquidError
from msgspec.structs import replace

from kikubari.decide.personalise.block_check import check_blocks
from kikubari.decide.personalise.blocks.contracts import Document, SavedBlock, fill_in
from kikubari.decide.personalise.blocks.to_mjml import block_to_mjml
from kikubari.decide.personalise.compile import compile_email
from kikubari.decide.personalise.contracts import (
    CompiledEmail,
    EmailTemplateSource,
    EmailVariant,
    Facts,
    LintReport,
    Missing,
    Problem,
    RenderSettings,
    Severity,
    Use,
)
from kikubari.decide.personalise.errors import (
    RenderError,
    TemplateError,
    line_and_column,
    place_of,
    plain_message,
)
from kikubari.decide.personalise.parsing import parse
from kikubari.decide.personalise.render import render_email

# Names every render has, whatever the caller supplies.
_ALWAYS_KNOWN = frozenset({"now", "today", "preheader"})


def lint_email(
    source: EmailTemplateSource,
    people: Iterable[Facts],
    *,
    content: Mapping[str, Any] | None = None,
    settings: RenderSettings,
    known_names: Iterable[str] = ("customer",),
) -> LintReport:
    """Check a template as written, then render it for each of `people`.

    Args:
        source: the template.
        people: the audience or a sample of it; read once, never held.
        content: as for `render_email`; its names count as known.
        settings: as for `render_email`.
        known_names: top-level names that facts may have.

    Nobody is dropped in silence: a person whose message cannot be rendered is counted as failed,
    and each kind of failure is listed once with its number.
    """
    known = {*known_names, *(content or {}), *_ALWAYS_KNOWN}
    problems = list(_static_problems(source, known))
    compiled = None
    if not any(problem.severity is Severity.ERROR for problem in problems):
        try:
            compiled = compile_email(source)
        except TemplateError as error:
            problems.append(_problem(error))
    tally = _Tally()
    if compiled is not None:
        for facts in people:
            tally.add(compiled, facts, content, settings)
    return LintReport(
        problems=(*problems, *tally.problems()),
        missing=tally.missing(),
        people=tally.people,
        failed=sum(tally.failures.values()),
    )


def _static_problems(source: EmailTemplateSource, known: set[str]) -> Iterator[Problem]:
    for language, variant in source.variants.items():
        for part, text in _parts(variant):
            for problem in _check(text, source.snippets, known):
                yield replace(problem, language=language, part=part)
        if variant.blocks is not None:
            document = fill_in(variant.blocks, source.saved)
            for problem in _block_problems(document, language, source.snippets, known):
                yield replace(problem, language=language, part="blocks")


def _block_problems(
    document: Document, language: str, snippets: Mapping[str, str], known: set[str]
) -> Iterator[Problem]:
    yield from check_blocks(document)
    for block in document.blocks:
        if isinstance(block, SavedBlock):
            continue  # of which `check_blocks` says that it is not known
        try:
            written = block_to_mjml(block, document.theme, language)
        except TemplateError as error:
            yield _problem(error)
            continue
        for problem in _check(written, snippets, known):
            yield replace(problem, block=block.id, line=0, column=0)


def _parts(variant: EmailVariant) -> Iterator[tuple[str, str]]:
    for part in ("subject", "preheader", "mjml", "html", "text"):
        written = getattr(variant, part)
        if written:
            yield part, written


def _check(text: str, snippets: Mapping[str, str], known: set[str]) -> Iterator[Problem]:
    """Yield the syntax error of one source, or its unknown filters and names."""
    try:
        template = parse(text, snippets, autoescape=False)
    except TemplateError as error:
        yield _problem(error)
        return
    try:
        analysis = template.analyze()
    except LiquidError as error:  # it includes a snippet that is not there
        line, column = place_of(error)
        yield _problem(TemplateError(plain_message(error), line=line, column=column))
        return
    for name, spans in analysis.filters.items():
        if name not in template.env.filters:
            for span in spans:
                message = f"there is no filter {name!r}"
                yield _problem_at(text, span.index, "filter_unknown", message)
    for name, variables in analysis.globals.items():
        if name not in known:
            for variable in variables:
                message = f"there is nothing called {name!r}"
                yield _problem_at(text, variable.span.index, "name_unknown", message)


def _problem_at(text: str, index: int, code: str, message: str) -> Problem:
    line, column = line_and_column(text, index)
    return Problem(severity=Severity.ERROR, code=code, message=message, line=line, column=column)


def _problem(error: TemplateError) -> Problem:
    return Problem(
        severity=Severity.ERROR,
        code=error.code,
        message=error.message + (f" ({error.hint})" if error.hint else ""),
        line=error.line,
        column=error.column,
        block=error.block,
    )


class _Tally:
    """What rendering for many people showed; grows with the template, not with the people."""

    def __init__(self) -> None:
        self.people = 0
        self.failures: Counter[tuple[str, str]] = Counter()
        self._absent: Counter[str] = Counter()

    def add(
        self,
        email: CompiledEmail,
        facts: Facts,
        content: Mapping[str, Any] | None,
        settings: RenderSettings,
    ) -> None:
        self.people += 1
        try:
            rendered = render_email(email, facts, content=content, settings=settings)
        except RenderError as error:
            self.failures[(error.code, error.message)] += 1
            return
        self._absent.update(use.path for use in rendered.facts if use.use is Use.ABSENT)

    def problems(self) -> Iterator[Problem]:
        for (code, message), times in self.failures.most_common():
            sentence = f"cannot be rendered for {times:,} of {self.people:,} people: {message}"
            yield Problem(severity=Severity.ERROR, code=code, message=sentence)

    def missing(self) -> tuple[Missing, ...]:
        return tuple(
            Missing(path=path, missing=times, of=self.people)
            for path, times in self._absent.most_common()
        )
