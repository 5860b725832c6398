"""A shop whose journeys are live: they share people, one tries two letters, one loses people."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from installation import Installation

NAME = '<img src=x onerror="executed(1)">'
N_PEOPLE = 24
GRACE = "grace"
_ORDER = {"event": "Order Completed"}
_GOODS = ("Teapot", "Cup", "Lamp", NAME)


def fill(shop: Installation, folder: Path) -> None:
    """Give it people, what they did, and journeys `thanks` and `news` that let them in."""
    folder.mkdir()
    now = datetime.now(UTC)
    for kind, name, text in _files(now):
        (folder / name).write_text(text, encoding="utf-8")
        shop.run("import", kind, str(folder / name), "--quiet")
    shop.settle()
    shop.post("/api/offers", {"name": NAME, "benefit": {"kind": "free_shipping"}})
    for journey_id, definition in _definitions().items():
        shop.post("/api/journeys", {"id": journey_id, "definition": definition})
        shop.post(f"/api/journeys/{journey_id}/publish")
    _buy(shop, "first", range(N_PEOPLE))
    for journey_id in _definitions():
        shop.wait(lambda path=f"/api/journeys/{journey_id}": shop.get(path)["active"] >= N_PEOPLE)
    # Who buys again reaches the goal.
    _buy(shop, "again", range(0, N_PEOPLE, 3))
    shop.settle()
    shop.wait(lambda: _reached(shop) >= N_PEOPLE // 3)


def try_on_the_past(shop: Installation, journey_id: str) -> None:
    """Simulate it over the last 90 days; return when that is done."""
    path = f"/api/journeys/{journey_id}/simulations"
    shop.post(path)
    shop.wait(lambda: shop.get(path)[0]["state"] == "done")


def _reached(shop: Installation) -> int:
    (judged,) = shop.get("/api/journeys/thanks/experiments")
    return sum(one["reached"] for one in judged["verdict"]["parts"])


def _buy(shop: Installation, which: str, people: range) -> None:
    key = shop.post("/api/sources", {"name": f"till {which}"})["write_key"]
    orders = [
        {"type": "track", "userId": _user(one), "messageId": f"{which} {one}",
         "event": "Order Completed", "timestamp": datetime.now(UTC).isoformat(),
         "properties": {"order_id": f"{which} {one}", "revenue": 2_000, "currency": "JPY",
                        "products": [{"product_id": f"P{one % 4}", "price": 2_000}]}}
        for one in people
    ]  # fmt: skip
    with shop.stranger() as till:
        till.post("/v1/batch", json={"batch": orders}, auth=(key, "")).raise_for_status()
    shop.settle()


def _definitions() -> dict[str, Any]:
    parts = [
        {"id": "short", "percent": 50, "label": "Short thanks", "next": "m"},
        {"id": "long", "percent": 50, "label": NAME, "next": "m"},
    ]
    thanks = {
        "name": f"Thanks {NAME}",
        "stage": "purchase",
        "trigger": {"type": "event", "events": _ORDER},
        "start": "x",
        "steps": [
            {"type": "experiment", "id": "x", "label": "Which thanks", "parts": parts},
            _message("m", "See", "look"),
            {"type": "wait_for", "id": "look", "events": {"event": "Product Viewed"},
             "timeout": {"days": 20}, "next": "b", "on_timeout": "e"},
            {"type": "branch", "id": "b", "otherwise": "e", "ways": [
                {"id": "w", "label": NAME, "when": {"type": "everyone"}, "next": "e"}]},
            {"type": "end", "id": "e"},
        ],
        "rules": {"goal": {"events": _ORDER, "target_percent": 20, "ends_journey": False}},
    }  # fmt: skip
    news = {
        "name": "News after an order",
        "stage": "loyalty",
        "trigger": {"type": "event", "events": _ORDER},
        "start": "m",
        "steps": [
            _message("m", "New", "w"),
            {"type": "wait", "id": "w", "duration": {"days": 30}},
        ],
        "rules": {"goal": {"events": {"event": "Product Viewed"}}, "priority": 90},
    }
    return {"thanks": thanks, "news": news}


def _message(id_: str, subject: str, then: str) -> dict[str, Any]:
    words = {"subject": f"{subject} {NAME}", "html": '<p><a href="{{ unsubscribe_url }}">U</a></p>'}
    template = {"default_language": "en", "variants": {"en": words}}
    sender = {"from_address": "shop@example.com"}
    return {"type": "message", "id": id_, "label": f"{subject} {NAME}", "template": template,
            "sender": sender, "next": then}  # fmt: skip


def _user(place: int) -> str:
    return GRACE if place == 0 else f"c{place}"


def _files(now: datetime) -> list[tuple[str, str, str]]:
    people, consents, orders = [], [], []
    for one in range(N_PEOPLE):
        name = NAME if one == 1 else "Grace" if one == 0 else f"Person {one}"
        people.append({"type": "identify", "traits": {"email": f"p{one}@example.com",
                                                       "first_name": name}})  # fmt: skip
        people[-1] |= {"userId": _user(one), "messageId": f"person {one}"}
        people[-1] |= {"timestamp": (now - timedelta(days=80)).isoformat()}
        if one % 4 != 3:
            at = (now - timedelta(days=80)).isoformat()
            consents.append(f"{_user(one)},marketing,email,granted,v1,form,box,{at}")
        for place in range(1 + one % 3):
            at = (now - timedelta(days=5 + one + 25 * place)).isoformat()
            orders += [
                f"O{one}-{place},{_user(one)},{at},P{product},things,1,2000,JPY"
                for product in {one % 4, (one + place + 1) % 4}
            ]
    products = [
        f'P{place},"{name.replace(chr(34), chr(34) * 2)}",things,2000,JPY'
        for place, name in enumerate(_GOODS)
    ]
    return [
        ("events", "people.jsonl", "\n".join(map(json.dumps, people))),
        ("products", "goods.csv", "\n".join([
            "product_id,name,category,price,currency", *products])),
        ("consents", "consents.csv", "\n".join([
            "customer_id,purpose,channel,status,wording_version,source,proof,at", *consents])),
        ("orders", "orders.csv", "\n".join([
            "order_id,customer_id,order_date,product_id,category,quantity,price,currency",
            *orders])),
    ]  # fmt: skip
