"""Product pictures: valid, harmless, the same every time, and different where goods differ."""

import re
from xml.etree import ElementTree as ET

import pytest

from kikubari.demo import product_image
from kikubari.demo.categories import CATEGORIES

ALLOWED = {
    "svg", "defs", "radialGradient", "stop", "pattern", "g", "rect", "circle", "ellipse", "path",
}  # fmt: skip


def parse(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - the product's own drawing


@pytest.mark.parametrize("category", [*CATEGORIES, "Kitchen & Baking", "something else"])
@pytest.mark.parametrize("title", ["Set of 3 Things", "Red Retrospot Mug", "Blue Heart Box Sign"])
def test_every_category_gives_a_harmless_picture(category, title):
    for number in range(12):
        text = product_image(f"{number}A", category, title)
        assert "$" not in text
        root = parse(text)
        for element in root.iter():
            assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in ALLOWED
            assert not any(
                name.startswith("on") or name in {"href", "style"} for name in element.attrib
            )


def test_hostile_titles_stay_text():
    title = '"><script>alert(1)</script>&<a href="x">'
    root = parse(product_image("1", "bags", title))
    assert root.attrib["aria-label"] == title
    assert len(list(root.iter("{http://www.w3.org/2000/svg}script"))) == 0


def test_the_same_product_always_looks_the_same():
    assert product_image("85123A", "candles", "White Holder") == product_image(
        "85123A", "candles", "White Holder"
    )


def test_code_and_words_make_the_difference():
    pictures = {
        re.sub(r' id="[^"]+"|aria-label="[^"]+"|url\(#[^)]+\)', "", product_image(*product))
        for product in (
            ("1", "tableware", "Red Mug"),
            ("2", "tableware", "Red Mug"),
            ("1", "tableware", "Blue Mug"),
            ("1", "tableware", "Red Spotty Mug"),
            ("1", "tableware", "Red Plate"),
            ("1", "bags", "Red Tote"),
        )
    }
    assert len(pictures) == 6
