"""Lint names what is wrong, where, and what is missing for how many people."""

import pytest

from kikubari.decide.personalise import (
    EmailTemplateSource,
    EmailVariant,
    LintReport,
    RenderSettings,
    gather_facts,
    lint_email,
)

SETTINGS = RenderSettings(language="en")


def lint(people: list[dict], **variant: str) -> LintReport:
    source = EmailTemplateSource(
        variants={"en": EmailVariant(**{"subject": "s", "html": "x", **variant})},
        default_language="en",
    )
    audience = (gather_facts({"customer": person}) for person in people)
    return lint_email(source, audience, content={"shop": {}}, settings=SETTINGS)


def test_a_good_template_is_ready():
    report = lint([{"name": "A"}], html="<p>{{ customer.name }} {{ shop.name }} {{ now }}</p>")
    assert report.is_ready
    assert (report.problems, report.people, report.failed) == ((), 1, 0)


def test_missing_facts_are_counted():
    people = [{"name": "A", "city": "X"}, {"name": "", "city": "X"}, {"city": None}, {"city": "Y"}]
    report = lint(people, subject="{{ customer.name }}", html="<p>{{ customer.city }}</p>")
    assert [str(m) for m in report.missing if "language" not in m.path] == [
        "customer.name: missing for 3 of 4 people",
        "customer.city: missing for 1 of 4 people",
    ]
    assert report.is_ready


def test_people_who_cannot_be_rendered_are_counted_and_never_dropped():
    people = [{"day": "2026-01-01"}, {"day": "soon"}, {"day": "soon"}]
    report = lint(people, html="<p>{{ customer.day | date_long }}</p>")
    assert (report.people, report.failed, report.is_ready) == (3, 2, False)
    assert report.problems[0].code == "render_failed"
    assert "2 of 3 people" in report.problems[0].message


@pytest.mark.parametrize(
    ("html", "code", "line", "column"),
    [
        ("\n<p>{{ custmer.name }}</p>", "name_unknown", 2, 7),
        ("<p>\n\n {{ customer.name | upcse }}</p>", "filter_unknown", 3, 21),
        ("\n{% iff x %}", "template_invalid", 2, 4),
        ("\n\n<p>{{ customer.name | }}</p>", "template_invalid", 3, 4),
        ("<p>\n  {% if customer.x %}</p>", "template_invalid", 2, 3),
        ("\n{% for x im customer.y %}{% endfor %}", "template_invalid", 2, 10),
        ("x {% elsif %}", "template_invalid", 1, 6),
        ("{% if 1 %}\n{% elsif %}{% endif %}", "template_invalid", 2, 4),
        ("\n<p {{ customer.x }}>", "template_unsafe", 2, 4),
    ],
)
def test_mistakes_have_a_place_and_a_plain_message(html, code, line, column):
    problem = lint([], html=html).problems[0]
    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert "\n" not in problem.message
    if code != "template_unsafe":
        assert (problem.language, problem.part) == ("en", "html")


def test_a_block_left_open_says_what_is_missing():
    problem = lint([], subject="{% if customer.x %}Hi").problems[0]
    assert problem.message == "{% if %} is never closed: {% endif %} is missing"


@pytest.mark.parametrize("tag", ["include", "render"])
def test_a_snippet_that_is_not_there_is_a_mistake_like_another(tag):
    problem = lint([], html=f"<p>{{% {tag} '/etc/passwd' %}}</p>").problems[0]
    assert problem.code == "template_invalid"
    assert "/etc/passwd" in problem.message


def test_variables_and_loops_are_known_names():
    html = (
        "{% assign a = 1 %}{% for i in customer.items %}{{ a }}{{ i }}{{ forloop.index }}"
        "{% endfor %}{% capture c %}x{% endcapture %}{{ c }}"
    )
    assert lint([{"items": [1]}], html=html).is_ready
