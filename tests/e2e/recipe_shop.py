"""A shop whose recipes run in seconds, and what its visitors and its till send."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from installation import Installation

PRODUCTS = """\
product_id,title,title_ja,category,price,currency,stock,url,image_url
P1,Iron kettle,鉄瓶,Tea,1200,JPY,50,https://shop.example/p/1,https://shop.example/p/1.jpg
P2,Blue cup,青い湯のみ,Tea,800,JPY,50,https://shop.example/p/2,https://shop.example/p/2.jpg
P3,Sold out pot,品切れの急須,Tea,900,JPY,0,https://shop.example/p/3,https://shop.example/p/3.jpg
"""
ORDER = {
    "order_id": "A-1",
    "total": 800,
    "currency": "JPY",
    "products": [{"product_id": "P2", "quantity": 1, "price": 800, "category": "Tea"}],
}
KETTLE = {"product_id": "P1", "price": 1200, "currency": "JPY", "category": "Tea"}
_A_SECOND = {"seconds": 1}


class RecipeShop:
    """One installation with the products above, and the key of its till.

    Args:
        installation: running.
    """

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._key = installation.post("/api/sources", {"name": "till"})["write_key"]
        # Long enough ago that what comes now is new in the shop.
        opened_at = datetime.now(UTC) - timedelta(days=30)
        self.import_products(PRODUCTS, "--as-of", opened_at.isoformat())

    def import_products(self, lines: str, *options: str) -> None:
        """Import products as the command does it, with its options."""
        file = self.installation.home / "products.csv"
        file.write_text(lines)
        self.installation.run("import", "products", str(file), "--quiet", *options)

    def open_recipe(self, recipe: str, **changes: Any) -> None:
        """Install a recipe by its command, hurry it, publish it.

        Args:
            recipe: its id.
            changes: fields of its trigger that a test cannot wait for.
        """
        draft = self.installation.json("recipe", "install", recipe, "--language", "ja")
        path = f"/api/journeys/{draft['journey_id']}"
        definition = hurried(draft["definition"])
        definition["trigger"] |= changes
        assert self.installation.put(f"{path}/draft", definition)["faults"] == []
        self.installation.post(f"{path}/publish", {})

    def register(self, user: str, *, tracking: bool = False, **traits: Any) -> None:
        """Sign somebody up who agrees to news, and to being seen if so said."""
        known = {"email": f"{user}@shop.example", "last_name": "山田", "language": "ja"}
        self._post("identify", {"userId": user, "traits": known | traits})
        for purpose in ("marketing", "tracking") if tracking else ("marketing",):
            agreed = {"purpose": purpose, "channel": "email", "status": "granted"}
            self.track(user, "Kikubari Consent Changed", agreed)

    def track(self, user: str, event: str, properties: Mapping[str, Any], **more: Any) -> None:
        """Send an event as the till does."""
        body = {"userId": user, "event": event, "properties": properties}
        self._post("track", body | more)

    def list_mails(self, user: str) -> list[dict[str, Any]]:
        """Return what somebody received, as received."""
        return [
            self.installation.get(f"/api/inbox/{one['id']}")
            for one in self.installation.get("/api/inbox", limit=500)
            if f"{user}@" in str(one)
        ]

    def await_mail(self, user: str, recipe: str) -> dict[str, Any]:
        """Return the first mail of a recipe that somebody receives; it must come."""
        steps = self.installation.get(f"/api/recipes/{recipe}")["journey"]["steps"]
        wanted = [
            step["template"]["variants"]["ja"]["preheader"]
            for step in steps
            if step["type"] == "message"
        ]
        found: list[dict[str, Any]] = []

        def has_come() -> bool:
            found[:] = [
                mail
                for mail in self.list_mails(user)
                if any(_shown(one) in mail["html"] for one in wanted)
            ]
            return bool(found)

        self.installation.wait(has_come)
        return found[0]

    def _post(self, call: str, body: Mapping[str, Any]) -> None:
        with self.installation.stranger() as till:
            till.post(f"/v1/{call}", json=body, auth=(self._key, "")).raise_for_status()


def hurried(definition: dict[str, Any]) -> dict[str, Any]:
    """Return a journey whose waits take a second, and whose carts need not lie untouched.

    Nobody is held out: one in ten would be, by lot. What ends in a pause stays as it is: the pause
    would come before the message that asks.
    """
    definition["rules"]["holdout_percent"] = 0
    if any(step["type"] == "pause" for step in definition["steps"]):
        return definition
    for step in definition["steps"]:
        if step["type"] == "wait":
            step["duration"] = _A_SECOND
        elif step["type"] == "wait_for":
            step["timeout"] = _A_SECOND
        elif step["type"] == "wait_until":
            step.pop("at"), step.pop("weekdays", None), step.pop("zone", None)
            step |= {"type": "wait", "duration": _A_SECOND}
        elif step["type"] == "branch":
            for way in step["ways"]:
                for leaf in [way["when"], *_parts_of(way["when"])]:
                    if isinstance(leaf, dict) and leaf["type"] == "cart":
                        leaf.pop("idle", None)
    return definition


def _parts_of(who: Any) -> list[Any]:
    """Return the conditions that one is made of."""
    return who.get("of", []) if isinstance(who, dict) and who["type"] == "all" else []


def _shown(preheader: str) -> str:
    """Return the part of a preheader that is the same for everybody."""
    return max(preheader.replace("{{ shop.name }}", "|").split("|"), key=len).split("{{")[0]
