"""Recipes driven by real events: installed by the command, published, and read in the inbox."""

import itertools

import pytest

PRODUCTS = """\
product_id,title,title_ja,category,price,currency,stock,url,image_url
P1,Iron kettle,鉄瓶,Tea,1200,JPY,5,https://shop.example/p/1,https://shop.example/p/1.jpg
P2,Blue cup,青い湯のみ,Tea,800,JPY,5,https://shop.example/p/2,https://shop.example/p/2.jpg
P3,Sold out pot,品切れの急須,Tea,900,JPY,0,https://shop.example/p/3,https://shop.example/p/3.jpg
"""
ORDER = {
    "order_id": "A-1",
    "total": 800,
    "currency": "JPY",
    "products": [{"product_id": "P2", "quantity": 1, "price": 800, "category": "Tea"}],
}
KETTLE = {"product_id": "P1", "price": 1200, "currency": "JPY", "category": "Tea"}
CASES = {
    "cart-abandonment": ("Product Added", {**KETTLE, "cart_id": "c1", "quantity": 1}),
    "saved-items": ("Product Added to Wishlist", KETTLE),
    "preorder-teaser": ("Preorder Opened", {**KETTLE, "closes_on": "2030-12-24"}),
    "order-confirmation": ("Order Completed", ORDER),
    "first-purchase-thanks": ("Order Completed", ORDER),
    "review-request": ("Order Completed", ORDER),
    "complete-your-data": ("Order Completed", ORDER),
    "support-feedback": ("Support Ticket Closed", {}),
    "life-stage": ("Stage Chosen", {"stage": "senior"}),
    "ambassador": ("Feedback Given", {"score": 10}),
    "step-mail": ("Guide Requested", {"topic": "tea"}),
    "double-opt-in": ("Signed Up", {"newsletter": True}),
}
_ids = itertools.count()


def hurried(definition):
    """Return a journey whose waits take a second, and whose carts need not lie untouched."""
    for step in definition["steps"]:
        if step["type"] == "wait":
            step["duration"] = {"seconds": 1}
        elif step["type"] == "wait_for":
            step["timeout"] = {"seconds": 1}
        elif step["type"] == "wait_until":
            step.pop("at"), step.pop("weekdays", None), step.pop("zone", None)
            step |= {"type": "wait", "duration": {"seconds": 1}}
        elif step["type"] == "branch":
            for way in step["ways"]:
                if isinstance(way["when"], dict) and way["when"]["type"] == "cart":
                    way["when"].pop("idle", None)
    return definition


@pytest.fixture(scope="module")
def shop(installation, tmp_path_factory):
    """A shop whose recipes all run, and the key of its till."""
    products = tmp_path_factory.mktemp("shop") / "products.csv"
    products.write_text(PRODUCTS)
    installation.run("import", "products", str(products), "--quiet")
    for recipe in CASES:
        # As a person does it: one command makes the draft.
        draft = installation.json("recipe", "install", recipe, "--language", "ja")
        path = f"/api/journeys/{draft['journey_id']}"
        saved = installation.client.put(f"{path}/draft", json=hurried(draft["definition"]))
        assert saved.raise_for_status().json()["faults"] == []
        installation.post(f"{path}/publish", {})
    return installation, installation.post("/api/sources", {"name": "till"})["write_key"]


def send(shop, user, event, properties):
    installation, key = shop
    with installation.stranger() as till:
        traits = {"email": f"{user}@shop.example", "last_name": "山田", "language": "ja"}
        till.post("/v1/identify", json={"userId": user, "traits": traits}, auth=(key, ""))
        agreed = {"purpose": "marketing", "channel": "email", "status": "granted"}
        till.post(
            "/v1/track",
            json={"userId": user, "event": "Kikubari Consent Changed", "properties": agreed},
            auth=(key, ""),
        ).raise_for_status()
    installation.settle()
    with installation.stranger() as till:
        body = {"userId": user, "event": event, "properties": properties}
        till.post("/v1/track", json=body, auth=(key, "")).raise_for_status()
    installation.settle()


@pytest.mark.parametrize("recipe", CASES)
def test_an_event_becomes_the_mail_of_its_recipe(shop, recipe):
    installation, _ = shop
    user = f"{recipe}-{next(_ids)}"
    send(shop, user, *CASES[recipe])
    wanted = {
        step["template"]["variants"]["ja"]["preheader"]
        for step in installation.get(f"/api/recipes/{recipe}")["journey"]["steps"]
        if step["type"] == "message"
    }

    def mails():
        return [
            installation.get(f"/api/inbox/{one['id']}")
            for one in installation.get("/api/inbox")
            if user in str(one)
        ]

    installation.wait(lambda: any(one in mail["html"] for mail in mails() for one in wanted))
    mail = next(mail for mail in mails() if any(one in mail["html"] for one in wanted))
    assert "山田 様" in mail["html"]
    if recipe in ("cart-abandonment", "saved-items", "preorder-teaser"):
        assert "鉄瓶" in mail["html"]
    if recipe == "cart-abandonment":
        assert "cart?restore=c1" in mail["html"]
