"""Messages made of blocks: what a reader gets, what is refused, what changed."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kikubari.decide.personalise import (
    AnyBlock,
    ChangeKind,
    Document,
    EmailTemplateSource,
    EmailVariant,
    Fact,
    RenderedEmail,
    RenderSettings,
    Severity,
    TemplateError,
    compare_documents,
    compile_email,
    fill_in,
    gather_facts,
    lint_email,
    render_email,
)

NOON = datetime(2026, 11, 22, 3, tzinfo=UTC)
CONTENT = {
    "shop": {"name": "茶舗", "url": "https://shop.example"},
    "preferences_url": "https://shop.example/p/x",
    "unsubscribe_url": "https://shop.example/u/x",
    "reason": "because you asked",
}
FOOTER = {"kind": "footer", "id": "foot", "lines": ["茶舗 京都市"]}


def document(*blocks: dict[str, Any], **more: Any) -> Document:
    return msgspec.convert({"blocks": blocks, **more}, Document)


def source(*blocks: dict[str, Any], language: str = "en", **more: Any) -> EmailTemplateSource:
    variant = EmailVariant(subject="Hello", blocks=document(*blocks))
    return EmailTemplateSource(default_language=language, variants={language: variant}, **more)


def render(*blocks: dict[str, Any], language: str = "en", **customer: Any) -> RenderedEmail:
    facts = gather_facts({"customer": {name: Fact(value=one) for name, one in customer.items()}})
    return render_email(
        compile_email(source(*blocks, language=language)),
        facts,
        content=CONTENT,
        settings=RenderSettings(language=language, timezone="Asia/Tokyo", now=NOON),
    )


def text_block(*spans: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "text", "id": "words", "paragraphs": [{"spans": spans}], **more}


def products(n: int) -> list[dict[str, Any]]:
    return [
        {
            "title": f"Tea {i}",
            "title_ja": f"茶{i}",
            "url": f"https://shop.example/{i}",
            "image_url": f"https://shop.example/{i}.png",
            "price": {"amount_minor": 1200, "currency": "JPY"},
        }
        for i in range(n)
    ]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_to_be_read_keeps_no_room_for_a_price(language: str):
    [tea, article] = products(2)
    del article["price"]
    block = {"kind": "products", "id": "p", "source": "customer.favourites"}
    email = render(block, language=language, favourites=[tea, {**article, "price": None}, article])
    title = "茶1" if language == "ja" else "Tea 1"
    price = "￥1,200" if language == "ja" else "¥1,200"
    assert email.html.count(price) == email.text.count(price) == 1
    assert email.html.count('href="https://shop.example/1"') == 2 * 2  # picture and name
    assert not re.findall(r"<div[^>]*>\s*</div>", email.html)
    # In plain text the picture's words, then where it leads, and no line for a price.
    assert "\n\n\n" not in email.text
    assert email.text.count(title) == 2


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_has_no_address_is_words_without_a_link(language: str):
    block = {
        "kind": "products", "id": "p", "source": "customer.favourites", "label": "More",
    }  # fmt: skip
    cups = {"title": "Cups", "url": "", "image_url": "", "product_id": ""}
    email = render(block, language=language, favourites=[cups])
    name = re.search(r"<div[^>]*>([^<]*)</div>", email.html)
    assert name is not None
    assert name[1] == "Cups"
    assert 'href=""' not in email.html
    assert "More" not in email.html
    assert "Cups" in email.text


def test_words_are_escaped_and_liquid_is_not():
    email = render(
        text_block(
            {"text": 'a < b & "c"\nnext, {{ customer.name | default: "you" }}'},
            {"text": "bold", "bold": True, "colour": "#aa0000"},
            {"text": "link", "href": "https://shop.example/?a=1&b={{ customer.name }}"},
        ),
        name="<b>Ann</b>",
    )
    assert "a &lt; b &amp; &quot;c&quot;<br />next, &lt;b&gt;Ann&lt;/b&gt;" in email.html
    assert '<span style="color:#aa0000"><b>bold</b></span>' in email.html
    assert "<b>Ann</b>" not in email.html
    assert "next, <b>Ann</b>" in email.text


@pytest.mark.parametrize(("points", "is_there"), [(101, True), (100, False)])
@pytest.mark.parametrize("in_column", [True, False])
def test_a_condition_decides_who_sees_a_block(points: int, is_there: bool, in_column: bool):
    block = text_block({"text": "for regulars"}, when="customer.points > 100")
    if in_column:
        columns = [{"id": "left", "blocks": [block]}, {"id": "right"}]
        block = {"kind": "columns", "id": "row", "columns": columns}
    assert ("for regulars" in render(block, points=points).html) is is_there


@pytest.mark.parametrize("when", ["a %}{% endif %}{{ x", "a }} b", "{% if a"])
def test_a_condition_cannot_end_its_tag(when: str):
    with pytest.raises(TemplateError) as raised:
        compile_email(source(text_block({"text": "x"}, when=when)))
    assert raised.value.block == "words"


@pytest.mark.parametrize(("n", "shown"), [(0, 0), (2, 2), (4, 4), (9, 5)])
def test_products_stand_in_rows_up_to_their_limit(n: int, shown: int):
    block = {
        "kind": "products", "id": "p", "source": "customer.favourites", "limit": 5,
        "title": "よく見られています",
    }  # fmt: skip
    html = render(block, language="ja", favourites=products(n)).html
    assert [f"茶{i}</a>" in html for i in range(9)] == [i < shown for i in range(9)]
    assert ("￥1,200" in html) is (shown > 0)
    assert ("よく見られています" in html) is (shown > 0)


@pytest.mark.parametrize(("n", "is_large"), [(1, True), (2, False)])
def test_a_product_by_itself_is_shown_large(n: int, is_large: bool):
    block = {"kind": "products", "id": "p", "source": "customer.favourites", "limit": 6}
    html = render(block, favourites=products(n)).html
    assert ('width="280"' in html) is is_large
    assert html.count("<img") == n


@pytest.mark.parametrize("has_picture", [True, False])
def test_plain_text_names_a_product_once_and_leads_to_it(has_picture: bool):
    block = {"kind": "products", "id": "p", "source": "customer.favourites"}
    [tea] = products(1)
    shown = tea if has_picture else {**tea, "image_url": ""}
    email = render(block, favourites=[shown])
    assert email.text.count("Tea 0") == 1
    assert "Tea 0 (https://shop.example/0)" in email.text
    assert ("<img" in email.html) is has_picture
    assert ">Tea 0</a>" in email.html


@pytest.mark.parametrize(("language", "mark"), [("ja", " ・ "), ("en", " · ")])
def test_the_ways_out_are_parted_as_the_language_does(language: str, mark: str):
    assert f"</a>{mark}<a" in render(FOOTER, language=language).html


def test_a_message_says_that_it_knows_dark_mode():
    html = render(FOOTER).html
    assert '<meta name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize(
    ("until", "language", "left"),
    [
        ("2026-11-25T23:59:00+09:00", "ja", "あと3日"),
        ("2026-11-25T23:59:00+09:00", "en", "あと3 days"),
        ("2026-11-23T15:00:00+09:00", "en", "あと1 day"),
        ("2026-11-22T14:30:00+09:00", "ja", "あと3時間"),
        ("2026-11-22T12:30:00+09:00", "en", "あと1 hour"),
        ("{{ customer.until }}", "ja", "あと3日"),
        ("2026-11-22T11:59:00+09:00", "ja", "終了しました"),
    ],
)
def test_a_countdown_says_what_is_left(until: str, language: str, left: str):
    block = {
        "kind": "countdown", "id": "c", "until": until, "text": "あと{{ left }}",
        "ended": "終了しました",
    }  # fmt: skip
    email = render(block, language=language, until="2026-11-25T23:59:00+09:00")
    assert left in email.html
    assert left in email.text
    assert ("あと" in email.html) is left.startswith("あと")


@pytest.mark.parametrize(("code", "is_there"), [("TEA-7", True), ("", False), (None, False)])
def test_a_coupon_without_a_code_is_not_there(code: str | None, is_there: bool):
    block = {"kind": "coupon", "id": "c", "code": "{{ customer.code }}", "title": "A tenth off"}
    html = render(block, **({} if code is None else {"code": code})).html
    assert ("A tenth off" in html) is is_there
    assert ("TEA-7" in html) is is_there


def test_the_footer_has_both_ways_out_in_the_readers_language():
    html = render(FOOTER, language="ja").html
    assert 'href="https://shop.example/u/x"' in html
    assert 'href="https://shop.example/p/x"' in html
    assert "配信を停止する" in html
    assert 'data-kiku-track="off"' in html


def test_a_file_with_a_mistake_is_refused_with_its_place():
    with pytest.raises(msgspec.ValidationError, match=r"unknown field `txt` - at `\$.blocks\[0\]`"):
        document({"kind": "heading", "id": "a", "txt": "x"})
    with pytest.raises(msgspec.ValidationError, match=r"matching regex.*`\$.theme.ink`"):
        document(theme={"ink": "red;}"})


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"kind": "image", "id": "b", "src": "https://a.example/x.png"}, "alt_missing"),
        ({"kind": "image", "id": "b", "src": "", "alt": "x"}, "link_empty"),
        ({"kind": "button", "id": "b", "label": "go", "href": "javascript:x"}, "link_unsafe"),
        ({"kind": "button", "id": "b", "label": " ", "href": "/"}, "label_empty"),
        ({"kind": "heading", "id": "b", "text": "{% if %}"}, "template_invalid"),
        ({"kind": "heading", "id": "b", "text": "{{ custmer.name }}"}, "name_unknown"),
        ({"kind": "heading", "id": "b", "text": "{{ 1 | shout }}"}, "filter_unknown"),
        ({"kind": "saved", "id": "b", "saved_id": "sav_none"}, "saved_block_unknown"),
        ({"kind": "products", "id": "b", "source": "a b"}, "template_invalid"),
    ],
)
def test_a_problem_names_its_block(block: dict[str, Any], code: str):
    report = lint_email(
        source(block, FOOTER), [], content=CONTENT, settings=RenderSettings(now=NOON)
    )
    assert (code, "b", "en") in {(one.code, one.block, one.language) for one in report.problems}


def test_a_good_message_has_no_problem_and_counts_who_lacks_what():
    people = [
        gather_facts({"customer": {"name": Fact(value=name)} if name else {}})
        for name in ("Ann", "", "")
    ]
    report = lint_email(
        source({"kind": "heading", "id": "h", "text": "Hi {{ customer.name }}"}, FOOTER),
        people,
        content=CONTENT,
        settings=RenderSettings(now=NOON),
    )
    assert report.problems == ()
    assert "customer.name: missing for 2 of 3 people" in [str(one) for one in report.missing]


def test_pale_colours_and_a_missing_footer_are_pointed_out():
    variant = EmailVariant(subject="x", blocks=document(theme={"ink": "#bbbbbb"}))
    report = lint_email(
        EmailTemplateSource(default_language="en", variants={"en": variant}),
        [],
        settings=RenderSettings(now=NOON),
    )
    assert {one.code for one in report.problems} == {"contrast_low", "footer_missing"}
    assert {one.severity for one in report.problems} == {Severity.WARNING}


def test_what_was_saved_stands_wherever_it_is_used():
    saved = document(text_block({"text": "kept apart"}, when="customer.b")).blocks
    block = {"kind": "saved", "id": "s", "saved_id": "sav_1", "when": "customer.a"}
    filled = fill_in(document(block), {"sav_1": saved})
    assert [(one.id, one.when) for one in filled.blocks] == [
        ("s-words", "customer.a and customer.b")
    ]
    compiled = compile_email(source(block, saved={"sav_1": saved}))
    assert "kept apart" in compiled.variants["en"].html
    with pytest.raises(TemplateError, match="no saved block 'sav_1'"):
        compile_email(source(block))


def test_versions_are_compared_by_block():
    before = document(
        {"kind": "heading", "id": "a", "text": "one"},
        text_block({"text": "x"}),
        {"kind": "divider", "id": "d"},
        FOOTER,
    )
    row = {
        "kind": "columns", "id": "row",
        "columns": [{"id": "l", "blocks": [text_block({"text": "y"})]}, {"id": "r"}],
    }  # fmt: skip
    after = document(FOOTER, {"kind": "heading", "id": "a", "text": "two", "level": 2}, row)
    assert [
        (one.change, one.block, one.kind, one.fields) for one in compare_documents(before, after)
    ] == [
        (ChangeKind.REMOVED, "d", "divider", ()),
        (ChangeKind.MOVED, "foot", "footer", ()),
        (ChangeKind.CHANGED, "a", "heading", ("text", "level")),
        (ChangeKind.ADDED, "row", "columns", ()),
        (ChangeKind.MOVED, "words", "text", ()),
        (ChangeKind.CHANGED, "words", "text", ("paragraphs",)),
    ]
    assert compare_documents(before, before) == []


hostile = st.text(st.sampled_from("<>&\"'{}%\\\n a{/=:;"), max_size=30) | st.sampled_from(
    ["</mj-text><mj-raw><script>", "{% raw %}", "{{", "%}", '"><img src=x onerror=y>', "\0"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(hostile, min_size=4, max_size=4))
def test_whatever_an_author_writes_makes_words_or_an_error(texts: list[str]):
    heading, words, label, alt = texts
    blocks = [
        {"kind": "heading", "id": "h", "text": heading},
        text_block({"text": words, "italic": True}),
        {"kind": "button", "id": "b", "label": label or "x", "href": "https://a.example/" + alt},
        {"kind": "image", "id": "i", "src": "https://a.example/x.png", "alt": alt},
    ]
    try:
        html = render(*blocks).html
    except TemplateError:
        return
    assert "<script" not in html
    assert "<img src=x" not in html
    assert "onerror=y>" not in html.replace("&gt;", "")


def test_the_example_of_the_guide_is_a_message():
    guide = (Path(__file__).parents[2] / "docs/message-blocks.md").read_text(encoding="utf-8")
    [written] = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    variant = msgspec.json.decode(written, type=EmailVariant)
    template = EmailTemplateSource(default_language="ja", variants={"ja": variant})
    report = lint_email(template, [], content=CONTENT, settings=RenderSettings(now=NOON))
    assert report.problems == ()
    assert "SHINCHA" in compile_email(template).variants["ja"].html
    kinds = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?`) \|", guide, re.MULTILINE))))
    assert kinds == {one.__struct_config__.tag for one in get_args(AnyBlock)}
