"""Any tree in words, generated from the tree alone."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from kikubari.segments.explanation.clauses import Grammar, Term, as_term, simplify
from kikubari.segments.explanation.contracts import (
    LANGUAGES,
    Explanation,
    Joint,
    Language,
    Line,
    Titles,
)
from kikubari.segments.explanation.english import English
from kikubari.segments.explanation.english_parts import EnglishParts
from kikubari.segments.explanation.formats import Formats
from kikubari.segments.explanation.japanese import Japanese
from kikubari.segments.explanation.japanese_parts import JapaneseParts
from kikubari.spec.conditions import AllOf, AnyOf, Condition, Events, Not


class Explainer:
    """Says trees in Japanese and in English.

    Args:
        titles: what segments and lists are called.
        currency: of the shop, which money is in.
        zone: the shop's, which dates are in.
    """

    def __init__(self, titles: Titles, *, currency: str, zone: ZoneInfo) -> None:
        ja, en = (Formats(language, currency, zone) for language in LANGUAGES)
        self._grammars: dict[Language, Grammar] = {
            "ja": Japanese(JapaneseParts(ja), titles),
            "en": English(EnglishParts(en), titles),
        }

    def explain(self, tree: Condition, language: Language) -> Explanation:
        """Return a tree in words; simple ones as a sentence, others as numbered lines."""
        grammar = self._grammars[language]
        outline = _outline(tree, "$", grammar)
        simple = simplify(tree)
        text = grammar.sentence(simple) if simple else "\n".join(_lines(outline, grammar))
        return Explanation(language, text, outline)

    def leaf(self, leaf: Condition, language: Language) -> str:
        """Return one condition as a line, such as stands beside it in a tree."""
        return _outline(leaf, "$", self._grammars[language]).text

    def event(self, events: Events, language: Language) -> str:
        """Return which event is meant, such as "an order (value is at least ¥500)"."""
        return self._grammars[language].event(events)


def _outline(node: Condition, path: str, grammar: Grammar) -> Line:
    if isinstance(node, AllOf | AnyOf):
        joint: Joint = "all" if isinstance(node, AllOf) else "any"
        below = (_outline(one, f"{path}.of[{i}]", grammar) for i, one in enumerate(node.of))
        return Line(path, grammar.joint(joint), joint, tuple(below))
    if isinstance(node, Not):
        term = as_term(node)
        if term is not None:
            return Line(path, grammar.line(term))
        return Line(path, grammar.joint("not"), "not", (_outline(node.of, f"{path}.of", grammar),))
    return Line(path, grammar.line(Term(node)))


def _lines(outline: Line, grammar: Grammar) -> Iterator[str]:
    """Yield a heading and, numbered by their place, the lines below it."""
    if outline.joint is None:
        yield outline.text
        return
    yield grammar.heading(outline.joint, len(outline.of))
    for i, line in enumerate(outline.of, start=1):
        yield from _numbered(line, f"{i}")


def _numbered(line: Line, number: str) -> Iterator[str]:
    indent = "  " * number.count(".")
    end = ":" if line.joint else ""
    yield f"{indent}{number}. {line.text}{end}"
    for i, below in enumerate(line.of, start=1):
        yield from _numbered(below, f"{number}.{i}")
