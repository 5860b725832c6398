"""One visit to the web shop, written as the messages that the browser SDK would send."""

from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec

from kikubari.demo.catalogue import Product
from kikubari.kit.instants import format_instant, from_micros

SHOP_URL = "https://shop.example.com"
_MICROS = 1_000_000
_MILLI = 1_000


class Line(msgspec.Struct, frozen=True):
    """A product in a cart; `price` is pence per piece."""

    product: Product
    quantity: int
    price: int


class Device(msgspec.Struct, frozen=True):
    """A browser: its anonymous id and its user agent."""

    anonymous_id: str
    user_agent: str


class Trail:
    """Collects a visit's messages with seconds from its start; written once its time is known."""

    def __init__(
        self,
        rng: Random,
        *,
        device: Device | None,
        user_id: str | None,
        locale: str,
        origin: dict[str, Any],
    ) -> None:
        """Start a visit.

        Args:
            rng: decides how long each step takes.
            device: None where no browser took part.
            user_id: None for a visitor who is not signed in.
            locale: such as ja-JP.
            origin: `referrer` and `campaign` of the first page.
        """
        self._rng = rng
        self._device = device
        self._user_id = user_id
        self._locale = locale
        self._referrer = origin.get("referrer", "")
        self._campaign = origin.get("campaign")
        self._url = f"{SHOP_URL}/"
        self._messages: list[tuple[float, dict[str, Any]]] = []
        self.seconds = 0.0

    def wait(self, mean_seconds: float) -> None:
        """Let some time pass, at least a second."""
        self.seconds += 1 + self._rng.expovariate(1 / mean_seconds)

    def sign_in(self, user_id: str, traits: dict[str, Any]) -> None:
        """Say who this is, and be that customer from here on."""
        self.wait(25)
        self._user_id = user_id
        self.say(traits)

    def say(self, traits: dict[str, Any]) -> None:
        """State something about oneself."""
        self._add({"type": "identify", "traits": traits})

    def page(self, name: str, path: str) -> None:
        """Open a page."""
        self._referrer = self._url if self._messages else self._referrer
        self._url = f"{SHOP_URL}{path}"
        self.wait(12)
        properties = {"url": self._url, "path": path, "referrer": self._referrer, "title": name}
        self._add({"type": "page", "name": name, "properties": properties})

    def track(self, event: str, properties: dict[str, Any]) -> None:
        """Do something on the current page."""
        self._add({"type": "track", "event": event, "properties": properties})

    def view(self, product: Product) -> None:
        """Look at a product's page for a while."""
        self._url = f"{SHOP_URL}{product_path(product)}"
        self.wait(30)
        self.track("Product Viewed", product_properties(product))

    def messages(self, start_at: float) -> Iterator[dict[str, Any]]:
        """Yield the messages of a visit that starts at this UTC second."""
        for seconds, message in self._messages:
            millis = int((start_at + seconds) * _MILLI)
            message["timestamp"] = format_instant(from_micros(millis * (_MICROS // _MILLI)))
            yield message

    def _add(self, message: dict[str, Any]) -> None:
        self.wait(2)
        if self._user_id:
            message["userId"] = self._user_id
        context: dict[str, Any] = {"kikubari": {"simulated": True}}
        if self._device:
            message["anonymousId"] = self._device.anonymous_id
            context["userAgent"] = self._device.user_agent
            context["locale"] = self._locale
            context["page"] = {"url": self._url, "referrer": self._referrer}
            if self._campaign:
                context["campaign"] = self._campaign
        message["context"] = context
        self._messages.append((self.seconds, message))


def product_path(product: Product) -> str:
    """Return the path of a product's page."""
    return f"/products/{product.product_id}"


def image_path(product: Product) -> str:
    """Return where this product itself serves the picture."""
    return f"/shop-images/{product.product_id}.svg"


def product_properties(
    product: Product, *, quantity: int = 1, price: int | None = None
) -> dict[str, Any]:
    """Return a product as the e-commerce event spec writes it; `price` in pence."""
    return {
        "product_id": product.product_id,
        "name": product.title,
        "category": product.category.name,
        "brand": product.brand,
        "price": (product.price if price is None else price) / 100,
        "quantity": quantity,
        "currency": "GBP",
        "url": f"{SHOP_URL}{product_path(product)}",
        "image_url": image_path(product),
    }


def cart_products(lines: list[Line]) -> list[dict[str, Any]]:
    """Return the `products` of a cart or check-out."""
    return [
        {
            "product_id": line.product.product_id,
            "name": line.product.title,
            "category": line.product.category.name,
            "price": line.price / 100,
            "quantity": line.quantity,
            "image_url": image_path(line.product),
        }
        for line in lines
    ]


def cart_value(lines: list[Line]) -> float:
    """Return what the lines cost together, in pounds."""
    return sum(line.price * line.quantity for line in lines) / 100
