"""The guide to templates tells the truth: every example in it is run."""

import itertools
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from kikubari.decide.personalise import (
    EmailTemplateSource,
    EmailVariant,
    Facts,
    RecommendationNeed,
    RecommendedProduct,
    RenderSettings,
    TemplateError,
    compile_email,
    gather_facts,
    render_email,
    render_text,
)
from kikubari.decide.personalise.environment import RecordingEnvironment
from kikubari.decide.personalise.filters import OWN_FILTERS

GUIDE = (Path(__file__).parents[2] / "docs/templates.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+) ?(\w*)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
EXAMPLES = [
    (template, flavour, kind, expected)
    for (language, flavour, template), (kind, _, expected) in itertools.pairwise(BLOCKS)
    if language == "liquid"
]
SETTINGS = RenderSettings(timezone="Asia/Tokyo", now=datetime(2026, 11, 5, tzinfo=UTC))
FACTS = Facts(
    gather_facts(json.loads(next(body for name, _, body in BLOCKS if name == "json"))).values,
    recommended={
        RecommendationNeed(strategy="viewed_not_bought").key: tuple(
            RecommendedProduct(
                product={
                    "product_id": name,
                    "title": name,
                    "price": {"amount_minor": price, "currency": "JPY"},
                },
                strategy="viewed_not_bought",
                code="viewed",
                reason_ja="最近ご覧になった商品です",
                reason_en="You looked at this recently",
                ground="viewed",
            )
            for name, price in (("茶筅", 2400), ("茶杓", 900), ("茶碗", 8000))
        ),
        RecommendationNeed(strategy="categories").key: (
            RecommendedProduct(
                product={"product_id": "", "title": "お茶", "image_url": "", "url": ""},
                strategy="categories",
                code="bought",
                reason_ja="お買い上げのあるカテゴリーです",
                reason_en="You have bought from here",
                ground="purchases",
            ),
        ),
    },
)


def run(template: str, flavour: str, kind: str) -> tuple[str, list[str]]:
    settings = msgspec.structs.replace(SETTINGS, language=flavour)
    if flavour == "html" or kind == "error":
        variant = EmailVariant(subject="s", html=template)
        email = compile_email(EmailTemplateSource(variants={"ja": variant}, default_language="ja"))
        return render_email(email, FACTS, settings=settings).html, []
    shown, uses = render_text(template, FACTS, settings=settings)
    return shown, [f"{use.use} {use.path}" for use in uses]


@pytest.mark.parametrize(("template", "flavour", "kind", "expected"), EXAMPLES)
def test_examples_do_what_the_guide_says(template, flavour, kind, expected):
    if kind == "error":
        with pytest.raises(TemplateError) as caught:
            run(template, flavour, kind)
        assert caught.value.message == expected.strip()
        return
    shown, uses = run(template, flavour, kind)
    if kind == "facts":
        assert uses == expected.split("\n")[:-1]
    else:
        assert kind == "text"
        assert shown.strip() == expected.strip()


def test_the_example_in_python_runs():
    (code,) = [body for name, _, body in BLOCKS if name == "python"]
    exec(compile(code, "templates.md", "exec"), {})  # noqa: S102 - our own guide


def test_examples_were_found():
    assert len(EXAMPLES) == GUIDE.count("```liquid") > 8


@pytest.mark.parametrize("name", sorted(OWN_FILTERS))
def test_every_filter_of_ours_is_in_the_guide(name):
    assert f"`{name}`" in GUIDE or f"| {name}" in GUIDE


def test_the_limits_are_the_ones_in_force():
    for limit in (
        RecordingEnvironment.loop_iteration_limit,
        RecordingEnvironment.output_stream_limit,
        RecordingEnvironment.local_namespace_limit,
        RecordingEnvironment.block_nesting_limit,
        RecordingEnvironment.context_depth_limit,
    ):
        assert re.search(rf"\| [^|]*\b{limit:,}\b", GUIDE)
