"""Colours of both modes reach the contrast of WCAG 2.2 AA; there is no script to be found."""

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "src/kikubari/api/pages"
CSS = (PAGES / "static/kikubari.css").read_text(encoding="utf-8")
TEXT_PAIRS = [
    ("ink", "paper"), ("ink", "sheet"), ("ink", "wash"), ("soft", "paper"), ("soft", "sheet"),
    ("ai", "paper"), ("ai", "sheet"), ("ai-deep", "paper"), ("ai-deep", "ai-wash"), ("on-ai", "ai"),
    ("on-ai", "ai-deep"), ("shu", "paper"), ("on-shu", "shu"), ("ochre", "paper"),
]  # fmt: skip
# What is not text needs 3 : 1: states, bars, edges of fields.
SHAPE_PAIRS = [("moss", "paper"), ("ai", "ai-pale"), ("soft", "paper"), ("ai", "ai-wash")]


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))


LIGHT = _colours(CSS.split("@media")[0])
DARK = LIGHT | _colours(CSS.split("prefers-color-scheme: dark")[1].split("\n}\n")[0])


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(mode: dict[str, str]) -> None:
    for pairs, least in ((TEXT_PAIRS, 4.5), (SHAPE_PAIRS, 3.0)):
        for one, other in pairs:
            assert _contrast(mode[one], mode[other]) >= least, (one, other)


def test_both_modes_are_designed() -> None:
    assert LIGHT["paper"] != DARK["paper"]
    assert len([name for name in LIGHT if LIGHT[name] != DARK[name]]) == len(LIGHT)


def test_templates_hold_no_script_and_no_inline_style() -> None:
    for file in (PAGES / "templates").glob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"<script|\sstyle=|<style|\son[a-z]+=|javascript:|\|\s*safe", text), (
            file
        )


def test_japanese_is_never_slanted() -> None:
    assert "font-style: italic" not in CSS
    assert "font-synthesis: none" in CSS
