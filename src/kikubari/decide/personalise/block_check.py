"""What is wrong with a message's blocks before anybody's facts are known."""

from collections import Counter
from collections.abc import Iterator, Mapping

from kikubari.decide.personalise._fence_tags import is_safe_url
from kikubari.decide.personalise.blocks import contracts as c
from kikubari.decide.personalise.blocks.to_mjml import block_to_mjml
from kikubari.decide.personalise.contracts import Problem, Severity
from kikubari.decide.personalise.errors import TemplateError
from kikubari.decide.personalise.parsing import parse

# WCAG 2.2, 1.4.3: contrast of text.
_LEAST_CONTRAST = 4.5


def check_blocks(document: c.Document) -> list[Problem]:
    """Return the problems of a message's blocks, each with the id of its block.

    Errors keep a message from being sent, warnings do not.
    """
    problems = [
        *_doubled_ids(document),
        *_contrasts(document.theme),
        *(problem for block in c.walk(document) for problem in _block_problems(block)),
    ]
    if not any(isinstance(block, c.Footer) for block in document.blocks):
        problems.append(
            _problem("footer_missing", "there is no footer, so no way out in the message itself")
        )
    return problems


def parse_blocks(document: c.Document, language: str, snippets: Mapping[str, str]) -> None:
    """Parse what each block says, so that an error names its block.

    Raises:
        TemplateError: with the id of the block.
    """
    for block in document.blocks:
        try:
            parse(block_to_mjml(block, document.theme, language), snippets, autoescape=True)
        except TemplateError as error:
            raise TemplateError(
                error.message, hint=error.hint, block=error.block or block.id
            ) from error


def _problem(
    code: str, message: str, block: c.Block | None = None, severity: Severity = Severity.WARNING
) -> Problem:
    return Problem(
        severity=severity,
        code=code,
        message=message,
        part="blocks",
        block=block.id if block else "",
    )


def _doubled_ids(document: c.Document) -> Iterator[Problem]:
    for block_id, times in Counter(block.id for block in c.walk(document)).items():
        if times > 1:
            message = f"{times} blocks have the id {block_id!r}"
            yield Problem(
                severity=Severity.ERROR,
                code="block_id_doubled",
                message=message,
                part="blocks",
                block=block_id,
            )


def _block_problems(block: c.Block) -> Iterator[Problem]:
    if isinstance(block, c.SavedBlock):
        message = f"there is no saved block {block.saved_id!r}"
        yield _problem("saved_block_unknown", message, block, Severity.ERROR)
        return
    yield from _wording_problems(block)
    for url in _urls(block):
        if not url.strip():
            yield _problem("link_empty", "the link leads nowhere", block, Severity.ERROR)
        elif "{{" not in url and not is_safe_url(url):
            message = f"{url!r} is no address that mail may lead to"
            yield _problem("link_unsafe", message, block, Severity.ERROR)


def _wording_problems(block: c.Block) -> Iterator[Problem]:
    if isinstance(block, c.Image) and not block.alt.strip() and not block.is_decorative:
        message = "the picture has no words for who cannot see it"
        yield _problem("alt_missing", message, block)
    if isinstance(block, c.Button) and not block.label.strip():
        yield _problem("label_empty", "the button says nothing", block, Severity.ERROR)
    if isinstance(block, c.Heading) and not block.text.strip():
        yield _problem("heading_empty", "the heading says nothing", block)


def _urls(block: c.Block) -> Iterator[str]:
    if isinstance(block, c.Button):
        yield block.href
    elif isinstance(block, c.Image):
        yield block.src
        if block.href:
            yield block.href
    elif isinstance(block, c.Text):
        for paragraph in block.paragraphs:
            yield from (span.href for span in paragraph.spans if span.href)


def _contrasts(theme: c.Theme) -> Iterator[Problem]:
    pairs = (
        ("ink", theme.ink, "paper", theme.paper),
        ("accent", theme.accent, "paper", theme.paper),
        ("on_accent", theme.on_accent, "accent", theme.accent),
        ("muted", theme.muted, "page", theme.page),
    )
    for name, front, behind_name, behind in pairs:
        ratio = _contrast(front, behind) if front and behind else _LEAST_CONTRAST
        if ratio < _LEAST_CONTRAST:
            message = (
                f"{name} on {behind_name} has a contrast of {ratio:.1f}; people read from 4.5 on"
            )
            yield _problem("contrast_low", message)


def _contrast(front: str, behind: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    lights = sorted((_luminance(front), _luminance(behind)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - of sRGB
        for one in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
