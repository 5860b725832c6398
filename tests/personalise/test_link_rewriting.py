"""Rewriting links for tracking touches web links only, and nothing but their address."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.personalise import rewrite_links


def track(url: str, index: int) -> str:
    return f"https://t/{index}?u={url}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a href="https://x/">y</a>', '<a href="https://t/0?u=https://x/">y</a>'),
        (
            '<a href="https://x/?a=1&amp;b=2">y</a>',
            '<a href="https://t/0?u=https://x/?a=1&amp;b=2">y</a>',
        ),
        ("<A class='c' HREF='http://x'>y</A>", "<A class='c' href=\"https://t/0?u=http://x\">y</A>"),
        ("<a href=https://x id=i>y</a>", '<a href="https://t/0?u=https://x" id=i>y</a>'),
        ('<a id="a > b" href="https://x">y</a>', '<a id="a > b" href="https://t/0?u=https://x">y</a>'),
        (
            '<a\nhref="https://a">1</a><a href="#">2</a><a href="https://b">3</a>',
            ('<a href="https://t/0?u=https://a">1</a><a href="#">2</a>'
            '<a href="https://t/1?u=https://b">3</a>'),
        ),
    ],
)  # fmt: skip
def test_web_links_are_rewritten(before, after):
    assert rewrite_links(before, track) == after


@pytest.mark.parametrize(
    "untouched",
    [
        '<a href="mailto:a@x.jp">y</a>',
        '<a href="tel:+81">y</a>',
        '<a href="#top">y</a>',
        '<a href="/relative">y</a>',
        '<a name="here">y</a>',
        '<a data-kiku-track="off" href="https://x/unsubscribe">y</a>',
        "<a href='https://x' data-kiku-track='off'>y</a>",
        '<abbr href="https://x">y</abbr>',
        '<a data-href="https://x">y</a>',
        '<img src="https://x/i.png">',
        '<link href="https://x/s.css">',
        "no markup, https://x",
    ],
)
def test_everything_else_stays(untouched):
    assert rewrite_links(untouched, track) == untouched


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_the_address_arrives_and_leaves_unchanged_whatever_is_in_it(tail):
    url = "https://x/" + tail.strip()
    seen = []
    before = f'<p>a</p><a href="{html.escape(url)}">y</a><p>b</p>'
    after = rewrite_links(before, lambda u, _: seen.append(u) or u)
    assert seen == [url.strip()]
    assert after == before
