"""What comes in, for the operations that need some: sources, goods, plans and life stages."""

from datetime import UTC, datetime, timedelta
from itertools import product

AGREED_LONG_AGO = {
    "userId": "A2",
    "event": "Kikubari Consent Changed",
    "properties": {"purpose": "marketing", "channel": "email", "status": "granted"},
    "timestamp": "2020-01-01T00:00:00Z",
}
STAGES = {
    "id": "dog",
    "name_ja": "愛犬",
    "name_en": "Dog",
    "stages": [
        {
            "id": name,
            "name_ja": "子犬",
            "name_en": name,
            "evidence": [{"type": "said", "trait": "dog_stage", "value": name}],
        }
        for name in ("puppy", "adult")
    ],
}
# Half of them buy, so that there is somebody to learn from, and somebody to find.
N_CUSTOMERS = 240


def deeds():
    """Deeds of each customer on two days: by one day nobody's habits are known."""
    for number, days in product(range(N_CUSTOMERS), (1, 3)):
        yield {
            "type": "track",
            "userId": f"c{number}",
            "event": "Order Completed" if number % 2 else "Product Viewed",
            "properties": {"total": 10},
            "timestamp": (datetime.now(UTC) - timedelta(days=days)).isoformat(),
        }


def bring_data(api, folder):
    """Bring in goods and what customers did; return the ids."""
    products = folder / "products.csv"
    products.write_text("product_id,title,category,price,currency\nP1,Teapot,tea,42.50,GBP\n")
    api.run("import", "products", str(products), "--quiet")
    key = api.post("/api/sources", {"name": "till"})["write_key"]
    with api.stranger() as till:
        body = {"userId": "A1", "traits": {"email": "a1@example.com", "name": "Ada"}}
        till.post("/v1/identify", json=body, auth=(key, "")).raise_for_status()
        till.post("/v1/track", json={"userId": "A1"}, auth=(key, ""))
        till.post("/v1/track", json=AGREED_LONG_AGO, auth=(key, "")).raise_for_status()
        till.post("/v1/batch", json={"batch": list(deeds())}, auth=(key, "")).raise_for_status()
    api.settle()
    return {
        "product_id": "P1",
        "source_id": api.post("/api/sources", {"name": "another till"})["id"],
        "stages_id": api.put("/api/life-stages/dog", STAGES)["id"],
        "gone_stages_id": api.put("/api/life-stages/cat", {**STAGES, "id": "cat"})["id"],
    }


def data_examples(known):
    """Query and body of the operations that need them, and ids where the usual will not do."""
    return {
        "create_source": {"body": {"name": "pages", "kind": "browser"}},
        "limit_source": {"body": {"events_per_minute": 600}},
        "rotate_source_key": {"body": {"overlap_hours": 1}},
        "find_catalogue_changes": {"body": {"statements": [{"product_id": "P1", "stock": 3}]}},
        "set_news_rules": {"body": {"low_stock": 3}},
        "put_life_stages": {"body": STAGES},
        "check_life_stages": {"body": STAGES},
        "try_life_stages": {"body": STAGES},
        "correct_life_stage": {"body": {"stage": "adult"}},
        "delete_life_stages": {"path_parameters": {"stages_id": known["gone_stages_id"]}},
        "get_attribute": {
            "query": {"kind": "property", "name": "total", "event": "Order Completed"}
        },
        "decide_attribute": {"body": {"kind": "trait", "name": "city", "owner": "till"}},
        "apply_plan": {"body": {"plan": {}}},
        "try_plan": {"body": {"plan": {}}},
    }
