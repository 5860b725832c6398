"""Goods of another stage of life are not recommended: from a definition to the lists."""

import pytest

FEED = """\
product_id,title,category,price,currency,stock
milk,Puppy milk,puppy,9,GBP,20
bone,Big bone,adult dog,5,GBP,20
ball,Ball,toys,4,GBP,20
"""
ALL = {"milk", "bone", "ball"}
DOG = {
    "id": "dog",
    "name_ja": "愛犬",
    "name_en": "Dog",
    "stages": [
        {
            "id": stage,
            "name_ja": name,
            "name_en": stage,
            "categories": [category],
            "evidence": [{"type": "said", "trait": "dog_stage", "value": stage}],
        }
        for stage, name, category in (("puppy", "子犬", "puppy"), ("adult", "成犬", "adult dog"))
    ],
}
PEOPLE = {"young": "puppy", "grown": "adult", "refusing": "adult", "newcomer": "asked"}


def said(user, call, **body):
    return {"type": call, "userId": user, **body}


@pytest.fixture(scope="module")
def shop(installation, tmp_path_factory):
    """Three goods that people buy, four people, and stages of their dogs."""
    feed = tmp_path_factory.mktemp("feeds") / "products.csv"
    feed.write_text(FEED)
    installation.run("import", "products", str(feed))
    key = installation.json("sources", "create", "shop")["write_key"]
    goods = [{"product_id": one, "quantity": 1} for one in sorted(ALL)]
    orders = [
        said(f"buyer-{n}", "track", event="Order Completed",
             properties={"order_id": f"o{n}", "products": goods})
        for n in range(5)
    ]  # fmt: skip
    known = [said(one, "identify", traits={"dog_stage": stage}) for one, stage in PEOPLE.items()]
    refusal = {"purpose": "profiling", "channel": "email", "status": "withdrawn"}
    refused = said("refusing", "track", event="Kikubari Consent Changed", properties=refusal)
    with installation.stranger() as client:
        batch = {"batch": [*orders, *known, refused]}
        client.post("/v1/batch", json=batch, auth=(key, "")).raise_for_status()
    installation.settle()
    installation.put("/api/life-stages/dog", DOG)
    installation.wait(lambda: listed(installation, "young") == {"milk", "ball"})
    installation.settle()
    return installation


def listed(installation, user, **asked):
    body = {"profile": user, "strategy": "cold_start", "limit": 10, **asked}
    found = installation.post("/api/recommendations", body)["items"]
    return {one["product"]["product_id"] for one in found}


@pytest.mark.parametrize(
    ("user", "goods"),
    [
        ("young", {"milk", "ball"}),
        ("grown", {"bone", "ball"}),
        ("refusing", ALL),
        ("newcomer", ALL),
    ],
)
def test_goods_of_another_stage_are_withheld_from_those_whose_stage_is_known(shop, user, goods):
    assert listed(shop, user) == goods


def test_what_somebody_looks_at_brings_what_is_like_it_whatever_their_stage(shop):
    assert listed(shop, "grown", categories=["puppy"]) == {"milk"}


def test_without_the_definition_everybody_is_shown_everything(shop):
    shop.client.delete("/api/life-stages/dog").raise_for_status()
    assert listed(shop, "young") == ALL
