"""`recommend`: what a template asks for ahead of time, and what it shows and records."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.personalise import (
    STRATEGIES,
    SUGGESTIONS,
    EmailTemplateSource,
    EmailVariant,
    Facts,
    Lineage,
    Provenance,
    RecommendationAsked,
    RecommendationNeed,
    RecommendedProduct,
    RenderedEmail,
    RenderSettings,
    SandboxPool,
    ShownProduct,
    TemplateError,
    compile_email,
    lint_email,
    render_email,
    with_recommendations,
)
from kikubari.decide.personalise.contracts import CompiledEmail
from kikubari.decide.recommend import Strategy, SuggestionKind

SETTINGS = RenderSettings(language="en")
OBSERVED = Lineage(provenance=Provenance.OBSERVED, category="product_interest")
LIST = (
    "{% for item in items %}[{{ item.title }} {{ item.price | money }} {{ item.reason }}]"
    "{% endfor %}"
)


class Shelf:
    """Finds the same products for everybody, and remembers what it was asked."""

    def __init__(self, **products: Sequence[str]) -> None:
        self.products = products
        self.asked: list[RecommendationAsked] = []

    def recommend_many(
        self, asked: Sequence[RecommendationAsked]
    ) -> list[list[RecommendedProduct]]:
        self.asked += asked
        return [
            [found(one, each.strategy) for one in self.products.get(each.strategy, ())][
                : each.limit
            ]
            for each in asked
        ]


def found(name: str, strategy: str) -> RecommendedProduct:
    is_popular = strategy == "trending"
    return RecommendedProduct(
        product={
            "product_id": name,
            "title": name,
            "title_ja": f"{name}茶",
            "price": {"amount_minor": 1200, "currency": "JPY"},
            "url": "https://shop.example/p",
        },
        strategy=strategy,
        code="popular" if is_popular else "viewed",
        reason_ja="最近ご覧になった商品です",
        reason_en="You looked at this recently",
        ground="" if is_popular else "viewed",
        lineage=Lineage() if is_popular else OBSERVED,
    )


def compiled(html: str, **more: str) -> CompiledEmail:
    snippets = {"pick": more.pop("snippet")} if "snippet" in more else {}
    variant = EmailVariant(subject=more.get("subject", "s"), html=html, text=more.get("text"))
    return compile_email(
        EmailTemplateSource(variants={"en": variant}, default_language="en", snippets=snippets)
    )


def render(html: str, shelf: Shelf, facts: Facts | None = None, **more: str) -> RenderedEmail:
    email = compiled(html, **more)
    [own] = with_recommendations(email.needs, [(7, facts or Facts())], shelf)
    return render_email(email, own, settings=SETTINGS)


def test_the_tag_knows_every_strategy():
    assert sorted(STRATEGIES) == sorted([*Strategy, *SuggestionKind])
    assert sorted(SUGGESTIONS) == sorted(SuggestionKind)


def test_categories_stand_as_words_once_in_a_part_and_are_recorded_by_name():
    class Suggesting:
        def recommend_many(self, asked):
            tea = RecommendedProduct(
                product={"title": "Tea", "title_ja": "お茶", "url": ""},
                strategy="categories",
                code="bought",
                reason_ja="お買い上げのあるカテゴリーです",
                reason_en="You have bought from here",
                ground="purchases",
                lineage=OBSERVED,
            )
            cups = msgspec.structs.replace(tea, product={"title": "Cups", "url": ""})
            return [[tea, cups][: one.limit] for one in asked]

    line = (
        "{% for item in items %}<p>{% if item.url != blank %}<a href='{{ item.url }}'>link</a>"
        "{% endif %}{{ item.title }}{{ item.price | money }}: {{ item.reason }}</p>{% endfor %}"
    )
    block = f"{{% recommend 'categories', limit: 1 %}}{line}{{% endrecommend %}}"
    email = render(block * 2, Suggesting())
    assert (
        "<p>Tea: You have bought from here</p><p>Cups: You have bought from here</p>" in email.html
    )
    assert "<a" not in email.html
    assert "Tea: You have bought from here" in email.text
    assert email.recommended == (
        ShownProduct("categories:Tea", "categories", "bought"),
        ShownProduct("categories:Cups", "categories", "bought"),
    )
    assert "recommended.purchases[0].title" in {one.path for one in email.facts}


def test_a_list_shows_titles_prices_and_reasons():
    email = render(
        f"{{% recommend 'viewed_not_bought' %}}{LIST}{{% endrecommend %}}",
        Shelf(viewed_not_bought=["A", "B"]),
    )
    assert email.html.count("[") == 2
    assert "[A ¥1,200 You looked at this recently]" in email.html
    assert "[B ¥1,200 You looked at this recently]" in email.text


def test_a_japanese_reader_gets_japanese_names_and_reasons():
    html = f"{{% recommend 'viewed_not_bought' %}}{LIST}{{% endrecommend %}}"
    variant = EmailVariant(subject="s", html=html)
    email = compile_email(EmailTemplateSource(variants={"ja": variant}, default_language="ja"))
    [own] = with_recommendations(email.needs, [(7, Facts())], Shelf(viewed_not_bought=["A"]))
    assert (
        "[A茶 ￥1,200 最近ご覧になった商品です]" in render_email(email, own, settings=SETTINGS).html
    )


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_stands_instead_when_nothing_is_found(strategy: str):
    email = render(
        f"{{% recommend '{strategy}' %}}{LIST}{{% else %}}our best{{% endrecommend %}}", Shelf()
    )
    assert "our best" in email.html
    assert "[" not in email.html
    assert [(one.use, one.path) for one in email.facts] == [("absent", f"recommended.{strategy}")]


def test_each_list_is_asked_for_once_for_all_people_together():
    html = (
        "{% recommend 'saved_items', limit: 2 %}x{% endrecommend %}"
        "{% if customer.vip %}{% recommend 'saved_items', limit: 5 %}x{% endrecommend %}{% endif %}"
        "{% render 'pick' %}"
    )
    email = compiled(
        html, snippet="{% recommend 'trending', limit: 3, fill: true %}y{% endrecommend %}"
    )
    assert email.needs == (
        RecommendationNeed(strategy="saved_items", limit=7),
        RecommendationNeed(strategy="trending", limit=3, fills=True),
    )
    shelf = Shelf()
    with_recommendations(email.needs, [(1, Facts()), (2, Facts())], shelf)
    assert [(one.number, one.strategy, one.limit, one.fills) for one in shelf.asked] == [
        (1, "saved_items", 7, False),
        (1, "trending", 10, True),
        (2, "saved_items", 7, False),
        (2, "trending", 10, True),
    ]


@pytest.mark.parametrize(
    ("seed", "seeds"),
    [
        ("trigger.product_id", ("A",)),
        ("trigger.products", ("B", "C")),
        ("trigger.products[0].product_id", ("B",)),
        ("trigger.products.first", ("B",)),
        ("'P-1.5'", ("P-1.5",)),
        ("trigger.absent.deeper", None),
        ("trigger.number", None),
        ("trigger", ("A",)),
    ],
)
def test_a_seed_is_read_from_the_facts(seed: str, seeds: tuple[str, ...] | None):
    trigger = {"product_id": "A", "number": 4, "products": [{"product_id": "B"}, "C", "B"]}
    shelf = Shelf(goes_with=["D"])
    email = render(
        f"{{% recommend 'goes_with', seed: {seed} %}}yes{{% else %}}no{{% endrecommend %}}",
        shelf,
        Facts({"trigger": trigger}),
    )
    assert [one.seeds for one in shelf.asked] == ([seeds] if seeds else [])
    assert ("yes" if seeds else "no") in email.html


def test_the_fact_that_a_list_goes_out_from_is_recorded():
    email = render(
        "{% recommend 'goes_with', seed: trigger.product_id %}x{% endrecommend %}",
        Shelf(),
        Facts({"trigger": {"product_id": "A"}}),
    )
    assert ("consulted", "trigger.product_id") in [(one.use, one.path) for one in email.facts]


def test_a_product_stands_once_in_a_part_whichever_lists_it_is_in():
    html = (
        "{% recommend 'saved_items', limit: 2 %}{% for item in items %}{{ item.title }}{% endfor %}"
        "{% endrecommend %}|{% recommend 'trending', limit: 2 %}{% for item in items %}"
        "{{ item.title }}{% endfor %}{% endrecommend %}"
    )
    email = render(html, Shelf(saved_items=["A", "B"], trending=["A", "B", "C", "D"]))
    assert email.html.removeprefix("<html><head></head><body>").startswith("AB|CD")
    assert "AB|CD" in email.text


def test_a_list_that_stands_twice_goes_on_where_it_stopped():
    tag = "{% recommend 'saved_items', limit: 2 %}{% for one in items %}{{ one.title }}{% endfor %}"
    html = f"{tag}{{% endrecommend %}}|{tag}{{% endrecommend %}}"
    assert "AB|CD" in render(html, Shelf(saved_items=["A", "B", "C", "D", "E"])).html


def test_what_was_shown_and_what_it_rests_on_is_recorded():
    html = (
        "{% recommend 'viewed_not_bought', limit: 1 %}{{ items[0].title }}{% endrecommend %}"
        "{% recommend 'trending', limit: 1 %}{{ items.first.title }}{% endrecommend %}"
    )
    email = render(html, Shelf(viewed_not_bought=["A"], trending=["B"]))
    assert email.recommended == (
        ShownProduct("A", "viewed_not_bought", "viewed"),
        ShownProduct("B", "trending", "popular"),
    )
    # What is popular says nothing about the person.
    assert [(one.use, one.path, one.lineage) for one in email.facts] == [
        ("printed", "recommended.viewed[0].title", OBSERVED),
        ("consulted", "recommended.viewed[0]", OBSERVED),
    ]


def snippets(**named: str) -> CompiledEmail:
    variant = EmailVariant(subject="s", html="<p>{% render 'a' %}</p>")
    source = EmailTemplateSource(variants={"en": variant}, default_language="en", snippets=named)
    return compile_email(source)


def test_snippets_are_looked_into_and_what_is_not_there_is_left_to_the_render():
    tag = "{% recommend 'trending', limit: 2 %}{% endrecommend %}"
    [need] = snippets(a="{% render 'b' %}{% render 'nowhere' %}", b=tag).needs
    assert need.limit == 2
    assert snippets(a="{% render 'a' %}").needs == ()


def test_snippets_that_multiply_without_end_are_refused():
    with pytest.raises(TemplateError, match="too often"):
        snippets(a="{% render 'a' %}{% render 'a' %}")


def test_a_list_in_a_branch_that_is_not_taken_is_not_shown():
    html = "{% if customer.vip %}{% recommend 'saved_items' %}x{% endrecommend %}{% endif %}"
    email = render(html, Shelf(saved_items=["A"]))
    assert email.recommended == ()
    assert not any(one.path.startswith("recommended") for one in email.facts)


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("{% recommend 'best' %}{% endrecommend %}", "there is no strategy 'best'"),
        ("{% recommend best %}{% endrecommend %}", "there is no strategy best"),
        ("{% recommend 'trending', seed: a.b %}{% endrecommend %}", "goes out from no product"),
        ("{% recommend 'trending', limit: 0 %}{% endrecommend %}", "from 1 to 12"),
        ("{% recommend 'trending', limit: 13 %}{% endrecommend %}", "from 1 to 12"),
        ("{% recommend 'trending', limit: a.n %}{% endrecommend %}", "from 1 to 12"),
        ("{% recommend 'trending', fill: 1 %}{% endrecommend %}", "true or false"),
        ("{% recommend 'trending', colour: 1 %}{% endrecommend %}", "takes no 'colour'"),
        ("{% recommend 'trending' 3 %}{% endrecommend %}", "expected 'seed: …'"),
        ("{% recommend 'similar', seed: a[b] %}{% endrecommend %}", "must be a product's id"),
        ("{% recommend 'similar', seed: 3 %}{% endrecommend %}", "must be a product's id"),
        ("{% recommend %}{% endrecommend %}", "missing expression"),
        ("{% recommend 'trending' %}", "is never closed"),
        ("{% assign a = 'x' %}{% recommend 'similar', seed: a %}{% endrecommend %}", "is made in"),
        (
            "{% for a in b %}{% recommend 'similar', seed: a.id %}{% endrecommend %}{% endfor %}",
            "is made in",
        ),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_its_place(tag: str, message: str):
    with pytest.raises(TemplateError, match=message) as caught:
        compiled(f"first\n{tag}")
    assert caught.value.line


@given(name=st.text(min_size=1, max_size=40))
def test_a_product_s_name_is_text_whatever_it_is(name: str):
    hostile = f"<script>{name}</script>\r\nBcc: all@example.com"
    email = render(
        "{% recommend 'saved_items' %}<p title=\"{{ items[0].title }}\">{{ items[0].title }}"
        "</p>{% endrecommend %}",
        Shelf(saved_items=[hostile]),
        subject="{% recommend 'saved_items' %}{{ items[0].title }}{% endrecommend %}",
    )
    assert "<script" not in email.html
    assert "\n" not in email.subject
    assert "\r" not in email.subject


def test_an_address_of_a_product_that_runs_code_leads_nowhere():
    shelf = Shelf(saved_items=["A"])
    [[product]] = shelf.recommend_many([RecommendationAsked(number=1, strategy="saved_items")])
    product.product["url"] = "javascript:alert(1)"
    email = compiled(
        "{% recommend 'saved_items' %}<a href=\"{{ items[0].url }}\">x</a>{% endrecommend %}"
    )
    facts = Facts(recommended={email.needs[0].key: (product,)})
    assert '<a href="#">x</a>' in render_email(email, facts, settings=SETTINGS).html


def test_a_worker_process_shows_what_was_found_before(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    email = compiled(f"{{% recommend 'saved_items' %}}{LIST}{{% else %}}none{{% endrecommend %}}")
    people = [(1, Facts()), (2, Facts())]
    facts = with_recommendations(email.needs, people, Shelf(saved_items=["A"]))
    with SandboxPool("sandbox_functions:render", workers=1) as pool:
        outcomes = pool.run(email, [*facts, Facts()])
    assert ["[A " in one.value.html for one in outcomes] == [True, True, False]


BLOCK: dict[str, Any] = {"kind": "products", "id": "p", "strategy": "goes_with", "limit": 4}


def of_blocks(*blocks: dict[str, Any]) -> EmailTemplateSource:
    footer = {"kind": "footer", "id": "f", "lines": ["Shop"]}
    variant = {"subject": "s", "blocks": {"blocks": [*blocks, footer]}}
    return msgspec.convert(
        {"variants": {"en": variant}, "default_language": "en"}, EmailTemplateSource
    )


def test_a_block_of_products_uses_a_strategy():
    block = {**BLOCK, "seed": "trigger.products", "fills": True, "shows_reason": True}
    email = compile_email(of_blocks(block))
    assert email.needs == (
        RecommendationNeed(strategy="goes_with", seed=("trigger", "products"), limit=4, fills=True),
    )
    facts = Facts({"trigger": {"products": [{"product_id": "A"}]}})
    shelf = Shelf(goes_with=["B", "C", "D", "E", "F"])
    [own] = with_recommendations(email.needs, [(1, facts)], shelf)
    shown = render_email(email, own, settings=SETTINGS)
    assert [f">{name}</a>" in shown.html for name in "ABCDEF"] == [False, *[True] * 4, False]
    assert shown.text.count("You looked at this recently") == 4
    without = render_email(email, facts, settings=SETTINGS)
    assert "¥1,200" not in without.html


@pytest.mark.parametrize(
    "wrong",
    [
        {"strategy": "best"},
        {"seed": "a b"},
        {"seed": "'a' %}x{% raw"},
        {"strategy": "", "source": ""},
    ],
)
def test_a_block_that_asks_for_what_cannot_be_says_so(wrong: dict[str, Any]):
    report = lint_email(of_blocks({**BLOCK, **wrong}), [], settings=SETTINGS)
    assert [(one.code, one.block) for one in report.problems if one.block == "p"] == [
        ("template_invalid", "p")
    ]


def test_a_block_offers_to_say_that_a_product_is_nothing_for_the_reader():
    email = compile_email(of_blocks({**BLOCK, "strategy": "for_you", "shows_refusal": True}))
    links = {"preferences_url": "https://shop.example/p/abc"}
    [own] = with_recommendations(email.needs, [(1, Facts(links))], Shelf(for_you=["B & C"]))
    shown = render_email(email, own, settings=SETTINGS)
    assert 'href="https://shop.example/p/abc/not-for-me?item=B+%26+C"' in shown.html
    assert ">Not for me</a>" in shown.html
