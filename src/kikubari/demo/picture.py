"""Product pictures drawn by the product itself: an object, its colours and pattern, as SVG."""

import hashlib
import re
from functools import cache
from html import escape
from string import Template

import msgspec

from kikubari.demo._resources import FOLDER, word_list
from kikubari.demo.categories import CATEGORIES

_ANY = "*"
_FALLBACK = "decor"
_PALETTE_FIELDS = ("ground", "main", "dark", "light", "accent")

_FRAME = Template(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400" '
    'role="img" aria-label="$label"><defs>'
    '<radialGradient id="$id-g" cx=".5" cy=".42" r=".75">'
    '<stop offset="0" stop-color="$light" stop-opacity=".65"/>'
    '<stop offset="1" stop-color="$light" stop-opacity="0"/></radialGradient>'
    '<pattern id="$id-p" width="$tile" height="$tile" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate($turn)"><rect width="$tile" height="$tile" fill="$main"/>'
    '<g fill="$light" transform="scale($scale)">$motif</g></pattern></defs>'
    '<rect width="400" height="400" fill="$ground"/>'
    '<rect width="400" height="400" fill="url(#$id-g)"/>'
    '<circle cx="$moon_x" cy="$moon_y" r="$moon_r" fill="$accent" opacity=".13"/>'
    '<ellipse cx="200" cy="336" rx="136" ry="15" fill="$dark" opacity=".16"/>'
    '<g transform="translate(-36 -24) scale(1.18)">$drawing</g></svg>'
)


class _Palette(msgspec.Struct, frozen=True):
    words: str
    colours: dict[str, str]


def product_image(product_id: str, category: str, title: str) -> str:
    """Return a picture of a product as an SVG document of 400 by 400.

    The same arguments give the same picture. It holds no script, style or link, so it can be
    served under a strict content security policy.

    Args:
        product_id: varies what the title leaves open.
        category: name or slug of a category of the demo shop; another one is drawn as decor.
        title: English; its words choose the object, the colours and the pattern.
    """
    digest = hashlib.blake2b(product_id.encode(), digest_size=8).digest()
    words = title.upper()
    scale = 1.15 + digest[0] / 640
    colours = _colours(words, digest[1])
    values = {
        "label": escape(title),
        "id": f"k{digest.hex()}",
        "motif": _motif(words),
        "tile": f"{24 * scale:.1f}",
        "scale": f"{scale:.3f}",
        "turn": str(digest[2] % 3 * 15),
        "moon_x": str(120 + digest[3] % 160),
        "moon_y": str(110 + digest[4] % 110),
        "moon_r": str(96 + digest[5] % 60),
        **colours,
    }
    values["drawing"] = _drawing(_drawing_name(_slug(category), words, digest[6])).substitute(
        colours, fill=f"url(#{values['id']}-p)"
    )
    return _FRAME.substitute(values)


def _slug(category: str) -> str:
    by_name = {known.name: known.slug for known in CATEGORIES.values()}
    slug = by_name.get(category, category)
    return slug if slug in CATEGORIES else _FALLBACK


def _drawing_name(slug: str, words: str, chance: int) -> str:
    free = []
    for row, pattern, drawing in word_list("picture_words"):
        if row != slug:
            continue
        if pattern == _ANY:
            free.append(drawing)
        elif re.search(rf"\b(?:{pattern})", words):
            return drawing
    return free[chance % len(free)]


@cache
def _drawing(name: str) -> Template:
    return Template((FOLDER / "pictures" / f"{name}.svg").read_text(encoding="utf-8"))


@cache
def _palettes() -> list[_Palette]:
    return [
        _Palette(words, {k: f"#{v}" for k, v in zip(_PALETTE_FIELDS, colours, strict=True)})
        for words, *colours in word_list("picture_palettes")
    ]


def _colours(words: str, chance: int) -> dict[str, str]:
    """Return the palette of the colour that the title names first, else one by chance."""
    found = []
    for palette in _palettes():
        match = palette.words != _ANY and re.search(rf"\b(?:{palette.words})\b", words)
        if match:
            found.append((match.start(), palette.colours))
    if found:
        return min(found, key=lambda pair: pair[0])[1]
    free = [palette.colours for palette in _palettes() if palette.words == _ANY]
    return free[chance % len(free)]


def _motif(words: str) -> str:
    """Return the tile, 24 by 24, of the pattern that the title names."""
    patterns = word_list("picture_patterns")
    return next((tile for rule, tile in patterns if re.search(rf"\b(?:{rule})\b", words)), "")
