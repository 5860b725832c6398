"""Where Liquid stands in HTML or MJML: the map that compiling, fencing and plain text work from.

One pass over the source, Liquid tags counted as having no width. Branches are read one after the
other, so a template that opens a quote in one branch and closes it in another is misread; the
fences then see a spot they do not know and refuse it.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

# A whole {% raw %} or {% comment %} block is one atom: what is inside is not Liquid.
_LIQUID = (
    r"\{%-?\s*(?P<block>raw|comment|doc)\b.*?%\}.*?\{%-?\s*end(?P=block)\s*-?%\}"
    r"|\{\{.*?\}\}|\{%.*?%\}"
)
_ATOM = re.compile(_LIQUID, re.DOTALL)
_TEXT = re.compile(
    rf"(?P<liquid>{_LIQUID})"
    r"|(?P<hidden><!--\[if[^\]]*\]>(?!<!))"  # what follows is markup for Outlook alone
    r"|(?P<shown><!\[endif\]-->)"
    r"|(?P<comment><!--.*?(?:-->|\Z))"
    r"|</(?P<close>[a-zA-Z][^\s>]*)[^>]*>"
    r"|<(?P<open>[a-zA-Z][^\s/>{]*)",
    re.DOTALL,
)
_TAG = re.compile(
    rf"(?P<liquid>{_LIQUID})"
    r"|(?P<end>/?>)"
    r"|(?P<name>[^\s\"'<>/={]+)(?:\s*=\s*(?P<quote>[\"']|(?=[^\s>])))?"
    r"|.",
    re.DOTALL,
)
_QUOTED = {q: re.compile(rf"(?:{_LIQUID}|[^{q}])*", re.DOTALL) for q in "\"'"}
_UNQUOTED = re.compile(rf"(?:{_LIQUID}|[^\s>])*", re.DOTALL)
_PRINTING = re.compile(r"\{\{|\{%-?\s*(?:echo|cycle|increment|decrement|liquid|render|include)\b")

_BODY = re.compile(r"<body\b", re.IGNORECASE)
_RAW_ELEMENTS = frozenset({"script", "style", "title", "textarea", "mj-style", "mj-title"})
_VOID_ELEMENTS = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
})  # fmt: skip


class Place(Enum):
    """What surrounds a Liquid tag."""

    TEXT = auto()
    CONDITIONAL = auto()  # text inside <!--[if mso]> … <![endif]-->
    COMMENT = auto()
    RAW = auto()  # inside style, script, title, textarea
    TAG = auto()  # inside <…> but in no attribute's value
    QUOTED = auto()
    UNQUOTED = auto()


class Atom(NamedTuple):
    """A Liquid tag: its span, and the element (and attribute) around it, lower case."""

    start: int
    end: int
    place: Place
    element: str
    attribute: str
    prints: bool


class Attribute(NamedTuple):
    """An attribute's value: its span without quotes, and where the name of its tag ends."""

    element: str
    name: str
    start: int
    end: int
    has_liquid: bool
    tag: int


class Markup:
    """The Liquid tags and the attributes of one source, in order."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.atoms: list[Atom] = []
        self.attributes: list[Attribute] = []
        self._open: list[str] = []
        self._text_place = Place.TEXT
        self._scan()

    def _scan(self) -> None:
        at = 0
        while found := _TEXT.search(self.source, at):
            at = found.end()
            if found["liquid"]:
                self._note(found.start(), at, self._text_place)
            elif found["hidden"]:
                self._text_place = Place.CONDITIONAL
            elif found["shown"]:
                self._text_place = Place.TEXT
            elif found["comment"]:
                self._note_all(found.start(), at, Place.COMMENT)
            elif found["close"]:
                self._close(found["close"].lower())
            else:
                at = self._scan_tag(found["open"].lower(), at)

    def _note(self, start: int, end: int, place: Place, attribute: str = "") -> None:
        element = self._open[-1] if self._open else ""
        prints = _PRINTING.match(self.source, start) is not None
        self.atoms.append(Atom(start, end, place, element, attribute, prints))

    def _note_all(self, start: int, end: int, place: Place, attribute: str = "") -> bool:
        found = list(_ATOM.finditer(self.source, start, end))
        for atom in found:
            self._note(atom.start(), atom.end(), place, attribute)
        return bool(found)

    def _close(self, element: str) -> None:
        if element in self._open:
            while self._open.pop() != element:
                pass

    def _scan_tag(self, element: str, at: int) -> int:
        """Read attributes up to the tag's end; return where text goes on."""
        self._open.append(element)
        tag = at
        end = ""
        while not end and (found := _TAG.match(self.source, at)):
            at = found.end()
            if found["liquid"]:
                self._note(found.start(), at, Place.TAG)
            elif found["end"]:
                end = found["end"]
            elif found["quote"] is not None:
                at = self._scan_value(tag, found["name"].lower(), found["quote"], at)
        if end == "/>" or element in _VOID_ELEMENTS:
            self._open.pop()
        elif element in _RAW_ELEMENTS:
            close = re.compile(rf"</{element}", re.IGNORECASE).search(self.source, at)
            start, at = at, close.start() if close else len(self.source)
            self._note_all(start, at, Place.RAW)
        return at

    def _scan_value(self, tag: int, name: str, quote: str, at: int) -> int:
        value = (_QUOTED[quote] if quote else _UNQUOTED).match(self.source, at)
        end = value.end() if value else at
        place = Place.QUOTED if quote else Place.UNQUOTED
        has_liquid = self._note_all(at, end, place, name)
        self.attributes.append(Attribute(self._open[-1], name, at, end, has_liquid, tag))
        return end + len(quote)


def iter_liquid(source: str) -> Iterator[tuple[int, str]]:
    """Yield (index, text) of each Liquid tag, whatever surrounds it."""
    for found in _ATOM.finditer(source):
        yield found.start(), found.group()


def edit(source: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """Return `source` with spans replaced; spans must not overlap."""
    pieces: list[str] = []
    at = 0
    for start, end, text in sorted(edits):
        pieces += source[at:start], text
        at = end
    pieces.append(source[at:])
    return "".join(pieces)


# Plain letters: parsers pass them on unchanged wherever a word, an identifier or a URL may stand
# (mrml writes rarer characters in attributes as escapes).
_TOKEN = re.compile("<!--kikuliquid([0-9]+)z-->|kikuliquid([0-9]+)z")


def token(number: int) -> str:
    """Return the stand-in for the n-th Liquid tag."""
    return f"kikuliquid{number}z"


def is_token(text: str) -> bool:
    """Whether `text` is a stand-in and nothing else."""
    return _TOKEN.fullmatch(text) is not None


def protect(markup: Markup) -> str:
    """Return the source with stand-ins for Liquid, so that HTML parsers leave it where it is.

    In text the stand-in is a comment: text between table rows would be moved out of the table.
    """
    return edit(
        markup.source,
        [
            (a.start, a.end, f"<!--{token(n)}-->" if a.place is Place.TEXT else token(n))
            for n, a in enumerate(markup.atoms)
        ],
    )


def protect_document(markup: Markup) -> str:
    """Do what `protect` does; a fragment gets a body, or leading stand-ins would end up outside."""
    protected = protect(markup)
    return protected if _BODY.search(markup.source) else f"<body>{protected}</body>"


def around_body(markup: Markup) -> tuple[str, str]:
    """Return the Liquid tags before and after the body that print nothing (`assign`, `if`)."""
    body = _BODY.search(markup.source)
    end = markup.source.rfind("</body")
    sides = ["", ""]
    if body is None:
        return "", ""
    for atom in markup.atoms:
        is_after = atom.start > end > 0
        if atom.place is Place.TEXT and not atom.prints and (atom.start < body.start() or is_after):
            sides[is_after] += markup.source[atom.start : atom.end]
    return sides[0], sides[1]


def restore(protected: str, markup: Markup) -> str:
    """Put the Liquid tags back for their stand-ins."""

    def original(found: re.Match[str]) -> str:
        atom = markup.atoms[int(found[1] or found[2])]
        return markup.source[atom.start : atom.end]

    return _TOKEN.sub(original, protected)


def split_liquid(text: str) -> Iterator[tuple[str, bool]]:
    """Cut text into what stands outside Liquid (False) and its tags and prints (True)."""
    at = 0
    for atom in _ATOM.finditer(text):
        if atom.start() > at:
            yield text[at : atom.start()], False
        yield atom[0], True
        at = atom.end()
    if at < len(text):
        yield text[at:], False
