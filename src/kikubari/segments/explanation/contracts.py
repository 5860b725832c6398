"""What an explanation is made of."""

from typing import Literal, Protocol

import msgspec

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")
Joint = Literal["all", "any", "not"]


class Titles(Protocol):
    """What segments and lists are called."""

    def segment_title(self, segment_id: str, language: Language) -> str:
        """Return a segment's name; its id, if there is none."""
        ...

    def list_title(self, list_id: str, language: Language) -> str:
        """Return a list's name; its id, if there is none."""
        ...


class Line(msgspec.Struct, frozen=True):
    """One node of a tree in words.

    Attributes:
        path: of the node, as `spec.conditions.walk` gives it.
        text: the condition, or what a group does to the lines below it.
        joint: how the lines below are joined; None for a leaf.
        of: the lines below.
    """

    path: str
    text: str
    joint: Joint | None = None
    of: tuple["Line", ...] = ()


class Explanation(msgspec.Struct, frozen=True):
    """A tree in words of one language.

    Attributes:
        language: which one.
        text: the whole tree to read or to paste: a sentence, or a heading and numbered lines.
        outline: the tree line by line, for a picture of it.
    """

    language: Language
    text: str
    outline: Line
