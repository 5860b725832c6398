"""Everything the pages say, in both languages, from one catalogue."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to say."""

    ja: str
    en: str

    def choose(self, language: Language) -> str:
        """Return the pattern for a language."""
        return self.ja if language == "ja" else self.en


@cache
def load_texts() -> Mapping[str, Text]:
    """Return all texts by key: the file's name, a dot, the name within.

    Raises:
        msgspec.ValidationError: a text lacks a language.
    """
    folder = files("kikubari.api.pages") / "texts"
    return {
        f"{file.name.removesuffix('.toml')}.{name}": text
        for file in folder.iterdir()
        if file.name.endswith(".toml")
        for name, text in msgspec.convert(
            tomllib.loads(file.read_text(encoding="utf-8")), dict[str, Text]
        ).items()
    }
