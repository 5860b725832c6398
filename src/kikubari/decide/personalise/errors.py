"""Expected faults of templates, each with a stable code and a place in the source."""

from typing import ClassVar

from liquid.exceptions import LiquidError

from kikubari.spec.errors import InvalidInputError


class TemplateError(InvalidInputError):
    """A template that cannot be used as it is.

    Attributes:
        line: counted from 1; 0 when the place is not known.
        column: counted from 1; 0 when the place is not known.
        block: id of the block that is at fault; empty when none is, or it is not known.
    """

    code = "template_invalid"

    def __init__(
        self, message: str, *, line: int = 0, column: int = 0, hint: str = "", block: str = ""
    ) -> None:
        place = {"line": line, "column": column} | ({"block": block} if block else {})
        super().__init__(message, hint=hint, detail=place)
        self.line = line
        self.column = column
        self.block = block


class UnsafeTemplateError(TemplateError):
    """Liquid prints in a spot of the HTML where no escaping makes a customer's data safe."""

    code = "template_unsafe"


class RenderError(TemplateError):
    """A template that parsed but failed for these facts."""

    code: ClassVar[str] = "render_failed"


class RenderLimitError(RenderError):
    """A render that went over a limit: loops, ranges, output, variables or depth."""

    code = "render_limit"


def line_and_column(source: str, index: int) -> tuple[int, int]:
    """Return the place of a character, both counted from 1."""
    line_start = source.rfind("\n", 0, index) + 1
    return source.count("\n", 0, index) + 1, index - line_start + 1


def place_of(error: LiquidError) -> tuple[int, int]:
    """Return where the Liquid library says an error is, or (0, 0)."""
    token = error.token
    if token is None or token.start_index < 0:
        return 0, 0
    return line_and_column(token.source, token.start_index)


def plain_message(error: LiquidError) -> str:
    """Return the library's sentence without its drawing of the source."""
    return str(error.message or type(error).__name__)
