"""MJML to HTML with the Liquid inside left where it was."""

import re

import mrml

from kikubari.decide.personalise._markup import Atom, Markup, Place, edit, restore, token
from kikubari.decide.personalise.errors import TemplateError, line_and_column

# Elements that hold other elements only, but take <mj-raw> among them.
_TAKE_RAW = frozenset({
    "mj-body", "mj-wrapper", "mj-section", "mj-column", "mj-group", "mj-hero", "mj-head",
})  # fmt: skip
_TAKE_NOTHING = frozenset({
    "mj-navbar", "mj-social", "mj-carousel", "mj-accordion", "mj-accordion-element",
    "mj-attributes",
})  # fmt: skip
_OUTSIDE = frozenset({"", "mjml"})
_ROOT_WITHOUT_LANG = re.compile(r"<mjml(?![^>]*\slang\s*=)")
# mrml writes joiners and no-break spaces in attributes as Rust's debug escapes.
_RUST_ESCAPE = re.compile(r"\\u\{([0-9a-f]{2,5})\}")
# By default mrml fetches web fonts from a third party, which would learn who reads when.
_WITHOUT_FONTS = mrml.RenderOptions(fonts={})
_OFFSET = re.compile(r"position (\d+)")


def mjml_to_html(source: str, language: str) -> str:
    """Compile MJML once for everybody.

    Liquid inside text and attributes stays as it is; between structural elements it travels in
    ``<mj-raw>``, so loops and conditions may go around sections, columns and their content;
    Liquid before ``<mj-body>`` and outside the head (``assign``, say) moves to the front.

    Raises:
        TemplateError: not MJML, or Liquid where MJML allows nothing.
    """
    markup = Markup(source)
    body = source.find("<mj-body")
    front = ""
    edits: list[tuple[int, int, str]] = []
    for number, atom in enumerate(markup.atoms):
        if atom.place is Place.TEXT and atom.element in _OUTSIDE and atom.start < body:
            front += source[atom.start : atom.end]
            edits.append((atom.start, atom.end, ""))
        else:
            edits.append((atom.start, atom.end, _stand_in(number, atom, source)))
    protected = _ROOT_WITHOUT_LANG.sub(f'<mjml lang="{language}"', edit(source, edits), count=1)
    try:
        html = mrml.to_html(
            protected, mrml.ParserOptions(mrml.noop_loader()), _WITHOUT_FONTS
        ).content
    except OSError as error:
        raise _not_mjml(error, protected) from error
    html = _RUST_ESCAPE.sub(lambda found: chr(int(found[1], 16)), html)
    return front + restore(html, markup)


def _stand_in(number: int, atom: Atom, source: str) -> str:
    if atom.place is not Place.TEXT:
        return token(number)
    if atom.element in _TAKE_RAW:
        return f"<mj-raw>{token(number)}</mj-raw>"
    if atom.element in _TAKE_NOTHING or atom.element in _OUTSIDE:
        line, column = line_and_column(source, atom.start)
        where = f"directly inside <{atom.element}>" if atom.element else "outside <mjml>"
        raise TemplateError(
            f"{source[atom.start : atom.end]} cannot stand {where}",
            line=line,
            column=column,
            hint="put it around the element, or inside one that holds text",
        )
    return token(number)


def _not_mjml(error: OSError, protected: str) -> TemplateError:
    """Say where mrml stopped; stand-ins keep all line ends but those inside a Liquid tag."""
    offset = _OFFSET.search(str(error))
    line, column = line_and_column(protected, int(offset[1])) if offset else (0, 0)
    return TemplateError(f"not valid MJML: {error}", line=line, column=column)
