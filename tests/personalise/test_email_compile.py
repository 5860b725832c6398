"""Compiling e-mails: MJML and plain HTML with Liquid inside, languages, the text part."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from kikubari.decide.personalise import (
    EmailTemplateSource,
    EmailVariant,
    Part,
    RenderedEmail,
    RenderSettings,
    TemplateError,
    Use,
    compile_email,
    gather_facts,
    render_email,
)

SETTINGS = RenderSettings(language="en")


def mail(variant: EmailVariant, customer: dict | None = None, **content: object) -> RenderedEmail:
    email = compile_email(EmailTemplateSource(variants={"en": variant}, default_language="en"))
    facts = gather_facts({"customer": customer or {}})
    return render_email(email, facts, content=content, settings=SETTINGS)


def mjml(body: str, front: str = "") -> EmailVariant:
    return EmailVariant(subject="s", mjml=f"{front}<mjml><mj-body>{body}</mj-body></mjml>")


def section(inner: str) -> str:
    return f"<mj-section><mj-column>{inner}</mj-column></mj-section>"


def words(rendered: RenderedEmail) -> list[str]:
    body = LexborHTMLParser(rendered.html).body
    assert body is not None
    return body.text(separator=" ").split()


PEOPLE = {"vip": True, "items": [{"n": "A", "u": "https://x/a"}, {"n": "B", "u": "https://x/b"}]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (section("<mj-text>{{ customer.items[0].n }}</mj-text>"), ["A"]),
        (
            "{% for i in customer.items %}"
            + section("<mj-text>{{ i.n }}</mj-text>")
            + "{% endfor %}",
            ["A", "B"],
        ),
        (
            ("<mj-section>{% for i in customer.items %}<mj-column><mj-text>{{ i.n }}</mj-text>"
            "</mj-column>{% endfor %}</mj-section>"),
            ["A", "B"],
        ),
        (
            section("{% for i in customer.items %}<mj-text>{{ i.n }}</mj-text>{% endfor %}"),
            ["A", "B"],
        ),
        (
            section("<mj-text>{% for i in customer.items %}<b>{{ i.n }}</b>{% endfor %}</mj-text>"),
            ["A", "B"],
        ),
        (
            "{% if customer.vip %}"
            + section("<mj-text>vip</mj-text>")
            + "{% else %}"
            + section("<mj-text>other</mj-text>")
            + "{% endif %}",
            ["vip"],
        ),
        (
            section(
                "<mj-table><tr><th>n</th></tr>{% for i in customer.items %}<tr><td>{{ i.n }}</td>"
                "</tr>{% endfor %}</mj-table>"
            ),
            ["n", "A", "B"],
        ),
        (section("<mj-text>{% if 1 < 2 and 3 > 2 %}{{ 'a &' }}{% endif %}</mj-text>"), ["a", "&"]),
        ("<mj-wrapper>{% if customer.vip %}" + section("<mj-text>w</mj-text>")
         + "{% endif %}</mj-wrapper>", ["w"]),
        (section("{% comment %}<mj-text>no</mj-text>{% endcomment %}<mj-text>yes</mj-text>"),
         ["yes"]),
        (section("{% raw %}<b>{{ x }}</b>{% endraw %}"), ["{{", "x", "}}"]),
    ],
)  # fmt: skip
def test_liquid_may_stand_anywhere_mjml_has_room(body, expected):
    rendered = mail(mjml(body), PEOPLE)
    assert words(rendered) == expected
    assert "kikuliquid" not in rendered.html + rendered.text
    opened = rendered.html.count("<table")
    assert opened == rendered.html.count("</table>")


def test_attributes_keep_their_liquid_even_with_quotes_inside():
    body = section(
        '<mj-button href="{{ customer.url | append: "?a=1" }}">{{ customer.word }}</mj-button>'
        '<mj-image src="{{ customer.img }}" alt="{{ customer.word }} 👩\u200d👧" />'
    )
    html = mail(mjml(body), {"url": "https://x/", "word": "A&B", "img": "https://i/1"}).html
    assert 'href="https://x/?a=1"' in html
    assert 'src="https://i/1"' in html
    assert 'alt="A&amp;B 👩\u200d👧"' in html


def test_assignments_in_front_of_the_document_work():
    front = "{% assign n = customer.items.size %}\n"
    rendered = mail(mjml(section("<mj-text>{{ n }}</mj-text>"), front), PEOPLE)
    assert words(rendered) == ["2"]
    assert rendered.text == "2\n"


def test_liquid_around_the_body_reaches_the_text_part_too():
    html = (
        "{% assign n = 1 %}<html><head>{% assign m = 2 %}<title>{{ n }}</title></head>"
        "<body>{{ n }}{{ m }}</body></html>"
    )
    assert mail(EmailVariant(subject="s", html=html)).text == "12\n"
    fragment = "{% for i in (1..2) %}<p>{{ i }}</p>{% endfor %}"
    assert mail(EmailVariant(subject="s", html=fragment)).text == "1\n\n2\n"
    styled = f"<style>p{{color:red}}</style>{fragment}"
    assert mail(EmailVariant(subject="s", html=styled)).html.count("<body>") == 1


def test_the_document_says_its_language():
    assert 'lang="en"' in mail(mjml(section("<mj-text>x</mj-text>"))).html


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("\n<mj-section>", 0),
        (("\n\n<mj-section><mj-column><mj-navbar>{% if 1 %}<mj-navbar-link href='/'>x"
         "</mj-navbar-link>{% endif %}</mj-navbar></mj-column></mj-section>"), 3),
        ("\n" + section("<mj-text>{{ x | }}</mj-text>"), 2),
        ("\n\n" + section("<mj-text>{% nope %}</mj-text>"), 3),
        ("\n\n" + section("<mj-text>{% if x %}</mj-text>"), 3),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_line(body, line):
    with pytest.raises(TemplateError) as caught:
        mail(mjml(body))
    assert caught.value.code == "template_invalid"
    assert caught.value.line == line
    assert caught.value.message


def test_css_is_inlined_around_liquid():
    html = (
        "<html><head><style>p{color:red} @media (max-width:9px){p{color:blue}}</style></head><body>"
        "<table>{% for i in customer.items %}<tr><td><p>{{ i.n }}</p></td></tr>{% endfor %}</table>"
        "<!--[if mso]><i>{{ customer.vip }}</i><![endif]-->"
        '<a href="{{ customer.items[0].u }}">x</a>'
        "</body></html>"
    )
    rendered = mail(EmailVariant(subject="s", html=html), PEOPLE)
    assert rendered.html.count('<p style="color: red;">') == 2
    assert "@media" in rendered.html
    assert "<!--[if mso]><i>true</i><![endif]-->" in rendered.html
    assert 'href="https://x/a"' in rendered.html
    assert words(rendered) == ["A", "B", "x"]


def test_html_without_styles_is_sent_as_written():
    html = "<P Class=x>\n {{ customer.vip }} </p>"
    assert mail(EmailVariant(subject="s", html=html), PEOPLE).html == "<P Class=x>\n true </p>"


def test_the_text_part_reads_like_a_text():
    html = """
    <body><style>p{}</style><h1>夏の{{ 'お知らせ' }}</h1>
    <p>Hello <b>{{ customer.name }}</b>,<br>new   things:</p>
    <ul>{% for i in customer.items %}<li><a href="{{ i.u }}">{{ i.n }}</a></li>{% endfor %}</ul>
    <table><tr><td>数量</td><td>3</td></tr></table><hr>
    <div style="display:none">hidden</div><!-- remark --><!--[if mso]>outlook<![endif]-->
    <a href="https://x/logo"><img src="l.png" alt="Shop"></a> <a href="#top">up</a>
    <a href="https://x/">https://x/</a></body>"""
    customer = {**PEOPLE, "name": "A & <B>"}
    assert mail(EmailVariant(subject="s", html=html), customer).text == (
        "夏のお知らせ\n\nHello A & <B>,\nnew things:\n\n- A (https://x/a)\n\n- B (https://x/b)\n\n"
        "数量 3\n\n----\nShop (https://x/logo) up https://x/\n"
    )


def test_a_text_part_the_author_wrote_is_used():
    variant = EmailVariant(subject="s", html="<p>x</p>", text="T {{ customer.vip }}\n")
    assert mail(variant, PEOPLE).text == "T true\n"


def test_the_preheader_is_hidden_in_html_and_absent_from_text():
    variant = EmailVariant(subject="s", preheader="pre {{ customer.vip }}", html="<body>x</body>")
    rendered = mail(variant, PEOPLE)
    assert rendered.preheader == "pre true"
    assert rendered.html.startswith('<body><div style="display:none')
    assert "pre true" in rendered.html
    assert rendered.text == "x\n"


LANGUAGES = EmailTemplateSource(
    variants={
        "en": EmailVariant(subject="Hi {{ customer | honorific }}", html="<p>{{ 5 | money }}</p>"),
        "ja": EmailVariant(subject="{{ customer | honorific }}", html="<p>{{ 5 | money }}</p>"),
    },
    default_language="en",
)


@pytest.mark.parametrize(
    ("spoken", "subject", "body"),
    [
        ("ja", "山田 様", "<p>￥5</p>"),
        ("ja-JP", "山田 様", "<p>￥5</p>"),
        ("ja_JP", "山田 様", "<p>￥5</p>"),
        ("fr", "Hi 山田", "<p>¥5</p>"),
        (None, "Hi 山田", "<p>¥5</p>"),
    ],
)
def test_people_get_their_language(spoken, subject, body):
    facts = gather_facts({"customer": {"language": spoken, "last_name": "山田"}})
    rendered = render_email(compile_email(LANGUAGES), facts, settings=SETTINGS)
    assert (rendered.subject, rendered.html) == (subject, body)
    uses = {use.path: use.use for use in rendered.facts}
    assert uses["customer.language"] is (Use.ABSENT if spoken is None else Use.CONSULTED)


def test_facts_are_booked_by_part():
    variant = EmailVariant(
        subject="{{ customer.a }}", preheader="{{ customer.b }}", html="<p>{{ customer.a }}</p>"
    )
    uses = {u.path: u for u in mail(variant, {"a": 1, "b": 2}).facts}
    assert uses["customer.a"].parts == (Part.SUBJECT, Part.HTML, Part.TEXT)
    assert uses["customer.b"].parts == (Part.PREHEADER,)


def test_snippets_record_and_escape_too():
    variant = EmailVariant(subject="s", html="<p>{% render 'card', p: customer.item %}</p>")
    source = EmailTemplateSource(
        variants={"en": variant},
        default_language="en",
        snippets={"card": '<a href="{{ p.url }}">{{ p.name }}</a>'},
    )
    facts = gather_facts({"customer": {"item": {"name": "<A>", "url": "javascript:x"}}})
    rendered = render_email(compile_email(source), facts, settings=SETTINGS)
    assert rendered.html == '<p><a href="#">&lt;A&gt;</a></p>'
    assert {"customer.item.name", "customer.item.url"} <= {
        u.path for u in rendered.facts if u.use is Use.PRINTED
    }


def test_the_version_follows_the_content():
    one = mjml(section("<mj-text>1</mj-text>"))
    sources = [
        EmailTemplateSource(variants={"en": v}, default_language="en")
        for v in (one, one, mjml(section("<mj-text>2</mj-text>")))
    ]
    first, same, other = (compile_email(source).version for source in sources)
    assert first == same != other


@pytest.mark.parametrize(
    "source",
    [
        EmailTemplateSource(variants={}, default_language="en"),
        EmailTemplateSource(variants={"en": EmailVariant(subject="s")}, default_language="en"),
        EmailTemplateSource(
            variants={"en": EmailVariant(subject="s", html="x", mjml="<mjml/>")},
            default_language="en",
        ),
    ],
)
def test_incomplete_sources_are_refused(source):
    with pytest.raises(TemplateError):
        compile_email(source)
