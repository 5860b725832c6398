"""Articles come in by files, and are recommended over HTTP, on the command line and in a letter."""

import json
from datetime import UTC, datetime, timedelta

import pytest

STRATEGY = {"strategy": "content", "limit": 10}


@pytest.fixture(scope="module")
def shop(api, tmp_path_factory):
    """Two articles of a CSV file, one of a JSONL file, and somebody who looked at a kettle."""
    folder = tmp_path_factory.mktemp("articles")
    table = folder / "articles.csv"
    table.write_text(
        "product_id,name,title_ja,kind,テーマ,stage,released_on,url\n"
        "con-brew,How to brew,お茶のいれ方,article,kettles of content,,2024-10-01,https://shop.example/brew\n"
        "con-walk,A walk,散歩,guide,Walks,,2024-11-01,https://shop.example/walk\n",
        encoding="utf-8",
    )
    lines = folder / "articles.jsonl"
    said = {"product_id": "con-seen", "name": "Care of kettles", "kind": "article",
            "topic": "Kettles of content", "stage": "beginner"}  # fmt: skip
    lines.write_text(json.dumps(said) + "\n", encoding="utf-8")
    for file in (table, lines):
        api.run("import", "products", str(file), "--quiet")
    key = api.post("/api/sources", {"name": "content"})["write_key"]

    def track(event, person="con-reader", **properties):
        at = datetime.now(UTC) - timedelta(minutes=30)
        return {"type": "track", "userId": person, "event": event, "timestamp": at.isoformat(),
                "properties": properties}  # fmt: skip

    kettle = {"product_id": "con-kettle", "title": "Kettle", "category": "Kettles of content",
              "price": 10, "currency": "GBP", "stock": 3}  # fmt: skip
    batch = [
        track("Kikubari Product Updated", "catalogue", **kettle),
        track("Product Viewed", product_id="con-kettle"),
        track("Product Viewed", product_id="con-seen"),
    ]
    with api.stranger() as stranger:
        stranger.post("/v1/batch", json={"batch": batch}, auth=(key, "")).raise_for_status()
    api.settle()
    api.wait(lambda: "con-brew" in reasons(api))


def reasons(api, **asked):
    body = {"profile": "con-reader", **STRATEGY, **asked}
    found = api.post("/api/recommendations", body)["items"]
    return {one["product"]["product_id"]: one["reason"] for one in found}


def test_files_say_kind_topic_and_stage(api, shop):
    [brew, seen] = [api.get(f"/api/catalogue/products/{name}") for name in ("con-brew", "con-seen")]
    assert (brew["kind"], brew["topic"]) == ("article", "kettles of content")
    assert (seen["kind"], seen["topic"], seen["stage"]) == (
        "article",
        "Kettles of content",
        "beginner",
    )


def test_what_is_about_what_was_looked_at_leads_and_what_was_read_is_out(api, shop):
    api.wait(
        lambda: reasons(api).get("con-brew", {}).get("facts", {}).get("code") == "about_interest"
    )
    found = reasons(api)
    assert found["con-brew"]["en"] == "About Kettles of content, which you looked at"
    assert next(iter(found)) == "con-brew"
    assert "con-seen" not in found
    assert found["con-walk"]["facts"]["code"] == "to_read"
    assert "con-kettle" not in found
    assert not {"con-brew", "con-walk"} & reasons(api, strategy="for_you").keys()


def test_the_command_shows_it_too(api, shop):
    told = api.run("recommend", "show", "con-reader", "--strategy", "content").stdout
    assert "About Kettles of content" in told
