"""What a hostile template or a hostile fact can do: nothing."""

import os

import pytest

from kikubari.decide.personalise import (
    EmailTemplateSource,
    EmailVariant,
    RenderLimitError,
    RenderSettings,
    TemplateError,
    UnsafeTemplateError,
    compile_email,
    gather_facts,
    render_email,
    render_text,
)

SETTINGS = RenderSettings(language="en")


def html_of(html: str, **customer: object) -> str:
    variant = EmailVariant(subject="s", html=html)
    source = EmailTemplateSource(variants={"en": variant}, default_language="en")
    email = compile_email(source)
    return render_email(email, gather_facts({"customer": customer}), settings=SETTINGS).html


def render(template: str, **customer: object) -> str:
    return render_text(template, gather_facts({"customer": customer}), settings=SETTINGS)[0]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "java\u200bscript:alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6A;avascript&colon;alert(1)",
        "javascript&Tab;:alert(1)",
        "vbscript:msgbox(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "blob:x",
    ],
)
def test_harmful_schemes_become_a_dead_link(url):
    assert html_of('<a href="{{ customer.url }}">x</a>', url=url) == '<a href="#">x</a>'
    assert html_of("<img src='{{ customer.url }}'>", url=url) == "<img src='#'>"
    split = html_of('<a href="{{ customer.a }}{{ customer.b }}">x</a>', a=url[:4], b=url[4:])
    assert split == '<a href="#">x</a>'
    fixed = url.replace("<", "&lt;").replace(">", "&gt;")
    assert html_of(f'<a HREF = "{fixed}">x</a>') == '<a HREF = "#">x</a>'


@pytest.mark.parametrize(
    "url",
    ["https://x.jp/?a=1&b=2", "mailto:a@x.jp", "tel:+81", "/a:b", "#top", "?q=a:b", "", "a/b:c"],
)
def test_harmless_links_stay(url):
    escaped = url.replace("&", "&amp;")
    assert html_of('<a href="{{ customer.url }}">x</a>', url=url) == f'<a href="{escaped}">x</a>'


def test_facts_are_escaped_in_html_and_left_alone_in_text():
    name = "<script>alert('x')</script>&"
    assert html_of("<p>{{ customer.name }}</p>", name=name) == (
        "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</p>"
    )
    assert html_of('<p title="{{ customer.name }}">x</p>', name='" onclick="x') == (
        '<p title="&#34; onclick=&#34;x">x</p>'
    )
    assert render("{{ customer.name }}", name=name) == name
    captured = "{% capture n %}{{ customer.name }}{% endcapture %}<p>{{ n }}</p>"
    assert "<script>" not in html_of(captured, name=name)


@pytest.mark.parametrize(
    "template",
    [
        "<script>var x = '{{ customer.x }}'</script>",
        '<p onclick="{{ customer.x }}">x</p>',
        "<p {{ customer.x }}>x</p>",
        "<a href={{ customer.x }}>x</a>",
        '<iframe srcdoc="{{ customer.x }}"></iframe>',
        "<p {% echo customer.x %}>x</p>",
    ],
)
def test_liquid_may_not_print_where_escaping_cannot_help(template):
    with pytest.raises(UnsafeTemplateError) as caught:
        html_of(template)
    assert caught.value.line == 1
    assert caught.value.column > 1


def test_conditions_in_tags_are_fine():
    html = '<p {% if customer.vip %}class="vip"{% endif %}>x</p>'
    assert html_of(html, vip=True) == '<p class="vip">x</p>'


def test_css_values_cannot_leave_their_declaration():
    html = '<p style="color:{{ customer.colour }};margin:0">x</p>'
    assert html_of(html, colour="red") == '<p style="color:red;margin:0">x</p>'
    assert html_of(html, colour="red;background:url(//evil)") == '<p style="color:;margin:0">x</p>'


def test_rich_text_lets_only_harmless_markup_through():
    body = "<b>ok</b><script>alert(1)</script><a href='javascript:x'>l</a>"
    shown = html_of("<div>{{ customer.body | rich_text }}</div>", body=body)
    assert "<b>ok</b>" in shown
    assert "script" not in shown


@pytest.mark.parametrize("name", ["safe", "escapejs", "json", "env", "expandenv", "getHostByName"])
def test_filters_that_unescape_or_reach_outside_do_not_exist(name, monkeypatch):
    monkeypatch.setenv("CANARY", "canary-3f9c")
    with pytest.raises(TemplateError, match="unknown filter"):
        render("{{ 'CANARY' | " + name + " }}")


@pytest.mark.parametrize(
    "template",
    [
        "{% include '/etc/passwd' %}",
        "{% render '/etc/passwd' %}",
        "{% include '../../etc/passwd' %}",
        "{% assign f = '/etc/hostname' %}{% include f %}",
    ],
)
def test_templates_read_no_files(template):
    with pytest.raises(TemplateError):
        render(template)


def test_objects_show_nothing_of_the_process():
    probes = ["__class__", "__class__.__mro__", "__init__.__globals__", "recorder", "path"]
    assert render("".join(f"{{{{ customer.{p} }}}}{{{{ now.{p} }}}}" for p in probes)) == ""
    assert os.environ["PATH"] not in render("{{ env }}{{ ENV }}{{ os.environ }}{{ settings }}")


@pytest.mark.parametrize(
    "template",
    [
        "{{ (1..20000000) | join: ',' | size }}",
        "{% assign n = 20000000 %}{{ (1..n) | size }}",
        "{% for i in (1..20000000) %}{% endfor %}",
        "{{ '' | append: 'a' | default: (1..99999999999999999999) | size }}",
        "{% for i in (1..200) %}{% for j in (1..200) %}{% endfor %}{% endfor %}",
        (
            "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..60) %}"
            "{% assign s = s | append: s %}{% endfor %}"
        ),
        "{% for i in (1..9999) %}{{ customer.long }}{% endfor %}",
        "{% if true %}" * 40 + "{% endif %}" * 40,
    ],
)
def test_limits_stop_what_grows(template):
    with pytest.raises(TemplateError) as caught:
        render(template, long="x" * 1000)
    assert caught.value.code in {"render_limit", "template_invalid"}


def test_ranges_up_to_the_cap_work():
    assert render("{{ (1..10000) | size }}") == "10000"
    with pytest.raises(RenderLimitError, match="at most 10,000"):
        render("{{ (1..10001) | size }}")


def test_line_ends_cannot_reach_a_subject():
    variant = EmailVariant(subject="Hi {{ customer.name }}", html="<p>x</p>")
    email = compile_email(EmailTemplateSource(variants={"en": variant}, default_language="en"))
    facts = gather_facts({"customer": {"name": "a\r\nBcc: x@y\u2028z"}})
    rendered = render_email(email, facts, settings=SETTINGS)
    assert rendered.subject == "Hi a Bcc: x@y z"
