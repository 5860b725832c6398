"""Rewriting links for tracking touches web links only, and nothing but their address."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.personalise import (
    EmailTemplateSource,
    EmailVariant,
    RenderSettings,
    compile_email,
    gather_facts,
    render_email,
    render_email_in_pieces,
    rewrite_links,
    rewrite_pieces,
)


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


def pieces_of(html: str, **customer: object) -> tuple[str, list[str]]:
    source = EmailTemplateSource(
        variants={"en": EmailVariant(subject="s", html=html)},
        default_language="en",
        snippets={"more": '<a href="https://x/more">more</a>'},
    )
    facts = gather_facts({"customer": customer})
    email = compile_email(source)
    _, pieces = render_email_in_pieces(email, facts, settings=RenderSettings())
    return render_email(email, facts, settings=RenderSettings()).html, pieces


LINKS = [
    '<a href="https://x/fixed">y</a>',
    '<a class="c" href="{{ customer.url }}" style="color:red">y</a>',
    '<p><a href="https://x/{{ customer.name }}?a=1&amp;b={{ customer.name }}">y</a></p>',
    '{% for one in customer.urls %}<a href="{{ one }}">{{ one }}</a>{% endfor %}',
    '<a href="mailto:{{ customer.name }}@x.jp">y</a>',
    '<a href="{{ customer.nothing }}">y</a>',
    "{% render 'more' %}",
]
ODD_LINKS = [
    "<a href='{{ customer.url }}'>y</a>",
    '<A HREF="{{ customer.url }}">y</A>',
    '<a\nhref = "https://x">y</a>',
    '<a data-kiku-track="off" href="{{ customer.url }}">y</a>',
    '<a href="{{ customer.url }}" data-kiku-track="off">y</a>',
    '<a data-kiku-track="off" href="https://x">y</a>',
    '<a {% if customer.name %}data-kiku-track="off"{% endif %} href="https://x">y</a>',
    '<a {% if customer.name %}title="t"{% endif %} href="{{ customer.url }}">y</a>',
    '<a {% if customer.no %}href="https://x/1"{% else %}href="https://x/2"{% endif %}>y</a>',
    "{{ customer.rich | rich_text }}",
    '{% capture c %}<a href="https://x/captured">y</a>{% endcapture %}{{ c }}',
    '{% raw %}<a href="https://x/raw">y</a>{% endraw %}',
    '<!-- <a href="https://x/comment">y</a> -->',
    '<!--[if mso]><a href="https://x/outlook">y</a><![endif]-->',
    '<area href="{{ customer.url }}"><link href="https://x/s.css">',
    '<a title="a &gt; <b" href="{{ customer.url }}">y</a>',
    "<a href=https://x/bare>y</a>",
    '<b>{{ customer.name }}</b><{{ "a" }} href="https://x/dashed">y</a>',
]
PERSON = {
    "name": "A&B <a href='https://x/name'>",
    "url": "https://shop/?a=1&b=2",
    "urls": ["https://x/1", "/relative", "javascript:alert(1)", "http://x/2"],
    "rich": "<a href='https://x/rich'>y</a>",
}


@given(st.lists(st.sampled_from([*LINKS, *ODD_LINKS]), max_size=6), st.booleans())
def test_links_in_pieces_are_rewritten_as_in_one(links, has_facts):
    person = PERSON if has_facts else {}
    html, pieces = pieces_of("<body>" + "<br>".join(links) + "</body>", **person)
    assert "".join(pieces) == html
    assert "".join(rewrite_pieces(pieces, track)) == rewrite_links(html, track)


def test_links_as_editors_write_them_are_rewritten_piece_by_piece():
    _, pieces = pieces_of("<body>" + "<br>".join(LINKS) + "</body>", **PERSON)
    assert len(rewrite_pieces(pieces, track)) == len(pieces)
