"""Which facts a render used: printed, consulted, absent, through every construct of Liquid."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.personalise import (
    Fact,
    Lineage,
    Provenance,
    RenderSettings,
    TemplateError,
    Use,
    gather_facts,
    render_text,
)

SETTINGS = RenderSettings(language="en")
CUSTOMER = {
    "first_name": "Taro",
    "last_name": "Yamada",
    "city": "Kyoto",
    "vip": True,
    "nickname": None,
    "motto": "",
    "tags": ["tea", "shoes"],
    "address": {"zip": "600", "street": "Shijo"},
    "total": {"amount_minor": 1980, "currency": "JPY"},
    "last_order": {
        "number": 7,
        "products": [
            {"name": "Cup", "price": 300, "colours": ["red", "blue"]},
            {"name": "Pot", "price": 900, "colours": []},
        ],
    },
}


def used(template: str, customer: dict = CUSTOMER, **content: object) -> dict[str, str]:
    facts = gather_facts({"customer": customer})
    _, uses = render_text(template, facts, content=content, settings=SETTINGS)
    return {use.path.removeprefix("customer."): use.use.value for use in uses}


def printed(template: str, customer: dict = CUSTOMER) -> set[str]:
    return {path for path, use in used(template, customer).items() if use == "printed"}


def text(template: str, customer: dict = CUSTOMER) -> str:
    return render_text(template, gather_facts({"customer": customer}), settings=SETTINGS)[0]


def test_what_is_output_is_printed():
    assert used("{{ customer.first_name }}") == {"first_name": "printed"}
    assert used("{% echo customer.first_name %}") == {"first_name": "printed"}
    assert used("{{ customer['last_order'].number }}") == {"last_order.number": "printed"}


def test_conditions_only_consult():
    assert used("{% if customer.vip and customer.city == 'Kyoto' %}hi{% endif %}") == {
        "vip": "consulted",
        "city": "consulted",
    }
    assert used("{% unless customer.vip %}{% else %}x{% endunless %}") == {"vip": "consulted"}
    assert used("{% if false %}{% elsif customer.vip %}x{% endif %}") == {"vip": "consulted"}
    assert used("{% case customer.city %}{% when 'Kyoto' %}x{% endcase %}") == {"city": "consulted"}
    assert used("{% if customer.tags contains 'tea' %}x{% endif %}") == {"tags": "consulted"}
    assert used("{% if customer.tags.size > 1 %}x{% endif %}") == {"tags.size": "consulted"}
    assert used("{% if customer.last_order %}x{% endif %}") == {"last_order": "consulted"}


def test_printing_outweighs_consulting():
    assert used("{% if customer.city %}{{ customer.city }}{% endif %}") == {"city": "printed"}


def test_a_branch_not_taken_uses_nothing():
    assert used("{% if customer.vip %}x{% else %}{{ customer.city }}{% endif %}") == {
        "vip": "consulted"
    }


def test_what_is_not_there_is_absent():
    assert used("{{ customer.phone }}{{ customer.nickname }}{{ customer.motto }}") == {
        "phone": "absent",
        "nickname": "absent",
        "motto": "absent",
    }
    assert used("{{ customer.last_order.products[9].name }}") == {
        "last_order.products[9]": "absent"
    }
    assert used("{% if customer.phone %}x{% endif %}") == {"phone": "absent"}
    assert used("{{ customer.phone | default: 'friend' }}") == {"phone": "absent"}


def test_filters_keep_what_they_were_given_printed():
    assert printed("{{ customer.city | upcase | append: '!' | slice: 0, 2 }}") == {"city"}
    assert printed("{{ 'Hi ' | append: customer.city }}") == {"city"}
    assert printed("{{ customer.tags | join: ', ' }}") == {"tags"}
    assert printed("{{ customer.tags | size }}") == {"tags"}
    assert printed("{{ customer.tags.size }}") == {"tags.size"}
    assert printed("{{ customer.tags | concat: customer.last_order.products | size }}") == {
        "tags",
        "last_order.products",
    }
    names = printed("{{ customer.last_order.products | map: 'name' | join: ', ' }}")
    assert {"last_order.products[0].name", "last_order.products[1].name"} <= names
    colours = printed("{{ customer.last_order.products | map: 'colours' | join: ', ' }}")
    assert "last_order.products[0].colours" in colours


def test_variables_carry_their_facts_to_where_they_are_printed():
    assert used("{% assign x = customer.city | upcase %}") == {"city": "consulted"}
    assert printed("{% assign x = customer.city | upcase %}{{ x }}") == {"city"}
    assert printed("{% assign x = customer.city %}{% assign y = x | append: '!' %}{{ y }}") == {
        "city"
    }
    assert used("{% assign x = customer.city %}{% if x == 'Kyoto' %}a{% endif %}") == {
        "city": "consulted"
    }
    assert printed("{% capture x %}<{{ customer.city }}>{% endcapture %}{{ x }}") == {"city"}
    assert used("{% capture x %}<{{ customer.city }}>{% endcapture %}") == {"city": "consulted"}
    assert printed("{% assign o = customer.last_order %}{{ o.number }}") == {"last_order.number"}
    assert printed("{% assign t = customer.tags %}{{ t | join }}") == {"tags"}


def test_loops_consult_the_list_and_print_the_items_shown():
    uses = used("{% for p in customer.last_order.products limit: 1 %}{{ p.name }}{% endfor %}")
    assert uses == {"last_order.products[0].name": "printed", "last_order.products": "consulted"}
    assert used("{% for t in customer.tags %}{{ t }}{% endfor %}") == {
        "tags[0]": "printed",
        "tags[1]": "printed",
        "tags": "consulted",
    }
    assert used("{% for t in customer.tags %}x{% endfor %}") == {"tags": "consulted"}
    assert printed("{% for t in customer.tags reversed %}{{ t }}{% break %}{% endfor %}") == {
        "tags[1]"
    }
    assert printed("{% tablerow t in customer.tags %}{{ t }}{% endtablerow %}") == {
        "tags[0]",
        "tags[1]",
    }
    assert printed("{% for pair in customer.address %}{{ pair[1] }}{% endfor %}") == {
        "address.zip",
        "address.street",
    }


def test_loops_over_derived_lists_still_know_the_facts():
    template = (
        "{% assign names = customer.last_order.products | map: 'name' %}"
        "{% for n in names %}{{ n }}{% endfor %}"
    )
    assert {"last_order.products[0].name", "last_order.products[1].name"} <= printed(template)
    template = (
        "{% assign dear = customer.last_order.products | where: 'price', 900 %}"
        "{% for p in dear %}{{ p.name }}{% endfor %}"
    )
    uses = used(template)
    assert uses["last_order.products[1].name"] == "printed"
    assert uses["last_order.products[0].price"] == "consulted"
    template = "{% assign l = customer.city | split: '' %}{% for c in l %}{{ c }}{% endfor %}"
    assert printed(template) == {"city"}


def test_loop_counters_tell_about_the_list():
    template = "{% for t in customer.tags %}{{ forloop.length }}{% endfor %}"
    assert printed(template) == {"tags"}
    template = "{% for t in customer.tags %}{% if forloop.last %}x{% endif %}{% endfor %}"
    assert used(template) == {"tags": "consulted"}


def test_other_printing_tags_count_as_printing():
    assert printed("{% cycle customer.city, customer.vip %}") == {"city", "vip"}
    assert "city" in printed("{% liquid\n assign x = customer.city\n echo x %}")
    assert "city" in printed("{% ifchanged %}{{ customer.city }}{% endifchanged %}")


def test_names_and_money():
    assert printed("{{ customer | honorific }}") == {"first_name"}
    assert text("{{ customer.total }} {{ customer.total | money }}") == "¥1,980 ¥1,980"
    assert printed("{{ customer.total }}") == {"total"}


def test_containers_print_nothing_private():
    assert text("{{ customer }}|{{ customer.address }}|{{ 'x' | append: customer.address }}") == (
        "||x"
    )
    assert text("{{ 'x' | append: customer.tags }}") == "x"
    assert text("{{ customer.__class__ }}{{ customer.recorder }}{{ customer.keys }}") == ""


def test_shop_and_content_are_not_facts_about_the_person():
    assert used("{{ shop.name }}{% for p in picks %}{{ p }}{% endfor %}", picks=[1], shop={}) == {}


def test_lineage_comes_along_even_from_a_container_or_to_an_item():
    at = datetime(2026, 5, 1, tzinfo=UTC)
    inferred = Lineage(provenance=Provenance.INFERRED, confidence=0.4, observed_at=at)
    private = Lineage(provenance=Provenance.DECLARED, sensitivity="S3", category="health")
    customer = {
        "first_name": Fact(value="Taro", lineage=inferred),
        "size": Fact(value={"shoe": 27}, lineage=inferred),
        "interests": ["tea", Fact(value="allergy", lineage=private)],
    }
    facts = gather_facts({"customer": customer})
    template = "{{ customer.first_name }} {{ customer.size.shoe }} {{ customer.interests | join }}"
    _, uses = render_text(template, facts, settings=SETTINGS)
    lineage = {use.path: use.lineage for use in uses}
    assert lineage["customer.first_name"] == inferred
    assert lineage["customer.size.shoe"] == inferred
    assert lineage["customer.interests"] == Lineage()
    assert lineage["customer.interests[1]"] == private


SECRETS = {"a": "SECRETa", "b": "SECRETb", "l": ["SECRETl0", "SECRETl1"], "m": {"x": "SECRETmx"}}
PATH_OF = {
    "SECRETa": {"customer.a"},
    "SECRETb": {"customer.b"},
    "SECRETl0": {"customer.l[0]", "customer.l"},
    "SECRETl1": {"customer.l[1]", "customer.l"},
    "SECRETmx": {"customer.m.x"},
}
SOURCES = st.sampled_from(["customer.a", "customer.b", "customer.l[0]", "customer.m.x", "v", "w"])
LISTS = st.sampled_from(["customer.l", "customer.m", "v", "w"])
FILTERS = st.sampled_from(
    [
        "",
        " | append: customer.b",
        " | default: customer.a",
        " | join: ','",
        " | first",
        " | last",
        " | reverse | join",
        " | sort | join",
        " | split: 'x'",
        " | concat: customer.l",
        " | uniq",
    ]
)
STATEMENTS = st.recursive(
    st.one_of(
        st.builds("{{{{ {}{} }}}}".format, st.one_of(SOURCES, LISTS), FILTERS),
        st.builds("{{% assign v = {}{} %}}".format, st.one_of(SOURCES, LISTS), FILTERS),
        st.builds("{{% assign w = {}{} %}}".format, st.one_of(SOURCES, LISTS), FILTERS),
        st.builds("{{% cycle {}, {} %}}".format, SOURCES, SOURCES),
    ),
    lambda inner: st.one_of(
        st.builds("{{% if {} %}}{}{{% endif %}}".format, SOURCES, inner),
        st.builds("{{% for v in {} %}}{}{{% endfor %}}".format, LISTS, inner),
        st.builds("{{% for i in {} %}}{{{{ i }}}}{}{{% endfor %}}".format, LISTS, inner),
        st.builds("{{% capture w %}}{}{{% endcapture %}}{{{{ w }}}}".format, inner),
        st.builds("{}{}".format, inner, inner),
    ),
    max_leaves=8,
)


@given(STATEMENTS)
def test_no_template_prints_a_fact_without_saying_so(template):
    facts = gather_facts({"customer": SECRETS})
    try:
        shown, uses = render_text(template, facts, settings=SETTINGS)
    except TemplateError:
        return
    told = {use.path for use in uses if use.use is Use.PRINTED}
    for secret, paths in PATH_OF.items():
        if secret in shown:
            assert paths & told, template


@pytest.mark.parametrize("name", ["a.b", "with space", "日本"])
def test_odd_names_are_recorded_as_they_are(name):
    assert printed(f"{{{{ customer['{name}'] }}}}", {name: "x"}) == {name}
