"""Parsing with a cache per process, and the library's errors in our words."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate
from liquid.exceptions import LiquidError, ResourceLimitError

from kikubari.decide.personalise._context import RecordingContext
from kikubari.decide.personalise._locate import locate_early_end
from kikubari.decide.personalise._program import RecordingTemplate
from kikubari.decide.personalise.contracts import RenderSettings
from kikubari.decide.personalise.environment import RecordingEnvironment, liquid_environment
from kikubari.decide.personalise.errors import (
    RenderError,
    RenderLimitError,
    TemplateError,
    line_and_column,
    place_of,
    plain_message,
)
from kikubari.decide.personalise.record import Recorder

Snippets = tuple[tuple[str, str], ...]


@lru_cache(maxsize=64)
def _environment(
    snippets: Snippets, *, autoescape: bool, has_link_slots: bool = False
) -> RecordingEnvironment:
    return liquid_environment(
        autoescape=autoescape, snippets=dict(snippets), has_link_slots=has_link_slots
    )


@lru_cache(maxsize=512)
def _parse(
    source: str, snippets: Snippets, *, autoescape: bool, has_link_slots: bool = False
) -> BoundTemplate:
    environment = _environment(snippets, autoescape=autoescape, has_link_slots=has_link_slots)
    return environment.from_string(source)


def parse(source: str, snippets: Mapping[str, str], *, autoescape: bool) -> BoundTemplate:
    """Parse a Liquid source, or return it parsed before in this process.

    Raises:
        TemplateError: with line and column.
    """
    try:
        return _parse(source, tuple(snippets.items()), autoescape=autoescape)
    except LiquidError as error:
        raise _syntax_error(error, source, snippets, autoescape=autoescape) from error


def prepare_html(source: str, snippets: Mapping[str, str]) -> BoundTemplate:
    """Return a compiled HTML part ready to render, with slots for the addresses of links."""
    return _parse(source, tuple(snippets.items()), autoescape=True, has_link_slots=True)


def _syntax_error(
    error: LiquidError, source: str, snippets: Mapping[str, str], *, autoescape: bool
) -> TemplateError:
    line, column = place_of(error)
    message = plain_message(error)
    if not line:
        environment = _environment(tuple(snippets.items()), autoescape=autoescape)
        index, sentence = locate_early_end(source, environment)
        if index >= 0:
            line, column = line_and_column(source, index)
            message = sentence
    return TemplateError(message, line=line, column=column)


def render_parsed(
    template: BoundTemplate,
    names: Mapping[str, Any],
    recorder: Recorder,
    settings: RenderSettings,
) -> list[str]:
    """Render one parsed template into pieces; fixed text is the same object each time.

    Raises:
        RenderLimitError: a loop, range, variable or the output grew too large.
        RenderError: a filter or tag cannot work with these values.
    """
    assert isinstance(template, RecordingTemplate)  # noqa: S101 - `parse` makes no other
    if template.fixed_text is not None:
        return [template.fixed_text]
    context = RecordingContext(template, globals=names, recorder=recorder, settings=settings)
    output = template.new_buffer()
    try:
        template.render_with_context(context, output)
    except ResourceLimitError as error:
        raise _render_error(RenderLimitError, error) from error
    except LiquidError as error:
        raise _render_error(RenderError, error) from error
    return output.pieces


def _render_error(kind: type[RenderError], error: LiquidError) -> RenderError:
    line, column = place_of(error)
    return kind(plain_message(error), line=line, column=column)
