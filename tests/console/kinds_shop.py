"""A shop with three kinds of customers, as the file of messages its owner has."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

N_EACH = 120


class Kind(NamedTuple):
    """How a kind of customer behaves: how many orders and views, how dear, with a coupon or not."""

    name: str
    orders: int
    views: int
    price: int
    coupon: bool
    category: str


KINDS = (
    Kind("Coupon", 3, 6, 1_500, True, "tea"),
    Kind("Dear", 6, 8, 40_000, False, "lamp"),
    Kind("Looking", 0, 30, 4_000, False, "bag"),
)


def write_messages(path: Path, now: datetime) -> Path:
    """Write who they are and what they did in the half year before an instant."""
    rng = Random(3)
    lines = [
        message for kind in KINDS for number in range(N_EACH) for message in _one(kind, number, rng)
    ]
    for place, line in enumerate(lines):
        at = now - timedelta(days=rng.uniform(2, 180))
        line |= {"messageId": f"kind-{place}", "timestamp": at.isoformat()}
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def _one(kind: Kind, number: int, rng: Random) -> Iterator[dict[str, Any]]:
    user = f"{kind.name}-{number}"
    yield {"type": "identify", "userId": user, "traits": {"name": f"{kind.name} {number}"}}
    for place in range(kind.orders and rng.randint(kind.orders - 1, kind.orders + 1)):
        price = round(kind.price * rng.uniform(0.7, 1.4))
        item = {"product_id": f"P-{kind.category}", "category": kind.category, "price": price}
        order = {
            "order_id": f"{user}-{place}",
            "revenue": price,
            "currency": "JPY",
            "products": [item | {"quantity": 1}],
        }
        properties = order | ({"coupon": "SPRING"} if kind.coupon else {})
        yield {
            "type": "track",
            "userId": user,
            "event": "Order Completed",
            "properties": properties,
        }
    for _ in range(rng.randint(kind.views - 2, kind.views + 2)):
        viewed = {"product_id": f"P-{kind.category}", "category": kind.category}
        yield {"type": "track", "userId": user, "event": "Product Viewed", "properties": viewed}
