"""Fencing: make every spot where Liquid prints into HTML safe, or refuse it.

Escaping covers text and quoted attributes. URLs additionally need a harmless scheme and CSS needs
values that cannot end their declaration, which the fence tags check on each render. Spots that no
check makes safe (scripts, event handlers, bare attribute values, attribute names) are refused.
"""

from kikubari.decide.personalise._fence_tags import SAFE_CSS, SAFE_URL, is_safe_url
from kikubari.decide.personalise._markup import Atom, Attribute, Markup, Place, edit
from kikubari.decide.personalise.errors import UnsafeTemplateError, line_and_column

_URL_ATTRIBUTES = frozenset({
    "href", "src", "action", "formaction", "background", "poster", "cite", "data",
    "longdesc", "srcset", "xlink:href",
})  # fmt: skip
_REFUSED_ATTRIBUTES = frozenset({"srcdoc", "http-equiv"})


def fence(html: str) -> str:
    """Return the HTML template with fences around URLs and CSS that Liquid prints into.

    A fixed URL of a harmful scheme becomes ``#`` here and now.

    Raises:
        UnsafeTemplateError: Liquid prints where nothing makes it safe.
    """
    markup = Markup(html)
    for atom in markup.atoms:
        if atom.prints:
            _refuse_unsafe(atom, html)
    edits = [e for attribute in markup.attributes for e in _url_edits(attribute, html)]
    for atom in markup.atoms:
        if atom.prints and _is_css(atom):
            edits += (atom.start, atom.start, _open(SAFE_CSS)), (atom.end, atom.end, _end(SAFE_CSS))
    return edit(html, edits)


def _open(tag: str) -> str:
    return f"{{% {tag} %}}"


def _end(tag: str) -> str:
    return f"{{% end{tag} %}}"


def _is_css(atom: Atom) -> bool:
    if atom.place is Place.RAW:
        return atom.element == "style"
    return atom.place is Place.QUOTED and atom.attribute == "style"


def _url_edits(attribute: Attribute, html: str) -> list[tuple[int, int, str]]:
    if attribute.name not in _URL_ATTRIBUTES:
        return []
    if attribute.has_liquid:
        return [
            (attribute.start, attribute.start, _open(SAFE_URL)),
            (attribute.end, attribute.end, _end(SAFE_URL)),
        ]
    if is_safe_url(html[attribute.start : attribute.end]):
        return []
    return [(attribute.start, attribute.end, "#")]


def _refuse_unsafe(atom: Atom, html: str) -> None:
    what = ""
    if atom.place is Place.TAG:
        what = f"in the tag <{atom.element}> outside an attribute's value"
    elif atom.place is Place.UNQUOTED:
        what = f"in the attribute {atom.attribute} without quotes around the value"
    elif atom.element == "script":
        what = "inside <script>"
    elif atom.attribute.startswith("on") or atom.attribute in _REFUSED_ATTRIBUTES:
        what = f"in the attribute {atom.attribute}"
    if what:
        line, column = line_and_column(html, atom.start)
        raise UnsafeTemplateError(
            f"{html[atom.start : atom.end]} prints {what}, where a value could do harm",
            line=line,
            column=column,
            hint='print into text or into a quoted value, such as href="{{ url }}"',
        )
