"""What happens during a simulated visit, as Segment messages of the e-commerce event spec v2."""

import hashlib
from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np

from kikubari.demo._resources import dice, happens
from kikubari.demo.catalogue import OPEN, Product, Shelf, shelves
from kikubari.demo.people import Person
from kikubari.demo.sessions import Aim, Habit, Session
from kikubari.demo.source import CURRENCY, Sales
from kikubari.demo.trail import (
    Device,
    Line,
    Trail,
    cart_products,
    cart_value,
    product_properties,
)

_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
_USER_AGENTS = (
    f"{_WINDOWS} {_BLINK} Chrome/141.0.0.0 Safari/537.36",
    f"{_WINDOWS} {_BLINK} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    f"{_MAC} {_WEBKIT} Version/18.6 Safari/605.1.15",
    f"{_MAC} {_BLINK} Chrome/141.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 10; K) {_BLINK} Chrome/141.0.0.0 Mobile Safari/537.36",
)
_PHONE = (
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {_WEBKIT} "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)
_TABLET = (
    f"Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) {_WEBKIT} "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)
_ORIGINS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"referrer": "https://search.example.com/"},
    {"referrer": "https://search.example.com/"},
    {
        "referrer": "https://search.example.com/",
        "campaign": {"source": "search", "medium": "cpc", "name": "brand", "term": "gift shop"},
    },
    {
        "referrer": "https://social.example.com/",
        "campaign": {"source": "social", "medium": "paid-social", "name": "new-arrivals"},
    },
    {"campaign": {"source": "newsletter", "medium": "email", "name": "weekly-letter"}},
)
_SALE_ORIGIN: dict[str, Any] = {
    "campaign": {"source": "newsletter", "medium": "email", "name": "ten-percent-off"}
}
_COUPONS = (("TENOFF", "10% off"), ("FREEPOST", "Free shipping"), ("BIRTHDAY15", "15% off"))
_QUICK_ORDER_LINES = 10
_MOST_CHECKOUT_LINES = 8
_LIST_LENGTH = 4
_LOW_STOCK = 5


class Behaviour:
    """Writes the messages of planned visits."""

    def __init__(self, sales: Sales, products: list[Product], seed: int) -> None:
        self._sales = sales
        self._products = products
        self._shelves = shelves(products)
        self._everything = _everything(products)
        self._low = [i for i, product in enumerate(products) if product.stock <= _LOW_STOCK]
        self._seed = seed

    def messages(self, number: int, session: Session) -> Iterator[dict[str, Any]]:
        """Yield the messages of the visit with this running number."""
        rng = dice(self._seed, f"visit/{number}")
        if session.aim is Aim.STORE:
            yield from _store_visit(rng, session)
            return
        trail, signs_in_later = _start(rng, session)
        if session.aim is Aim.ORDER:
            self._order(trail, rng, session, f"cart-{number}", signs_in_later=signs_in_later)
            # The order itself comes some seconds after the check-out was started.
            yield from trail.messages(session.anchor_at - trail.seconds - rng.uniform(20, 240))
            return
        if session.aim is Aim.CORRECT:
            _correct(trail, rng, session)
        else:
            self._look_around(trail, rng, session)
            if session.person and signs_in_later:
                _sign_in(trail, rng, session.person)
            if session.aim is Aim.ABANDON:
                self._abandon(trail, rng, session, f"cart-{number}")
        yield from trail.messages(session.anchor_at)

    def _order(
        self, trail: Trail, rng: Random, session: Session, cart_id: str, *, signs_in_later: bool
    ) -> None:
        """Look at some of what will be bought and at a little else, then go to the check-out."""
        lines = self._lines_of(session.order)
        trail.page("Home", "/")
        if len(lines) > _QUICK_ORDER_LINES and happens(rng, 0.5):
            trail.page("Quick order", "/quick-order")
            chosen = lines[:2]
        else:
            chosen = rng.sample(lines, min(len(lines), rng.randrange(2, 6)))
        for i, line in enumerate(chosen):
            if i == 0 or happens(rng, 0.3):
                self._find(trail, rng, line.product, session.person)
            trail.view(line.product)
            if happens(rng, 0.3):
                trail.view(self._like(line.product, rng))
            if signs_in_later and i == 0 and session.person:
                _sign_in(trail, rng, session.person)
            _add_to_cart(trail, cart_id, line)
        products = cart_products(lines[:_MOST_CHECKOUT_LINES])
        if happens(rng, 0.7):
            trail.page("Cart", "/cart")
            trail.track("Cart Viewed", {"cart_id": cart_id, "products": products})
        order_id = self._sales.order_ids[session.order]
        if Habit.DISCOUNT in session.habits and happens(rng, 0.85):
            _apply_coupon(trail, rng, cart_id, order_id)
        trail.wait(40)
        trail.track(
            "Checkout Started",
            {
                "order_id": order_id,
                "cart_id": cart_id,
                "value": cart_value(lines),
                "currency": CURRENCY,
                "products": products,
            },
        )

    def _look_around(self, trail: Trail, rng: Random, session: Session) -> None:
        trail.page("Home", "/")
        product = self._wanted(session.person, rng)
        self._find(trail, rng, product, session.person)
        is_comparing = session.aim is Aim.COMPARE
        seen = [product]
        for _ in range(rng.randrange(1, 6)):
            near = is_comparing or happens(rng, 0.6)
            seen.append(self._like(product, rng) if near else self._wanted(session.person, rng))
        for item in dict.fromkeys(seen):
            trail.view(item)
            if is_comparing and happens(rng, 0.7):
                trail.track("Product Added to Compare List", product_properties(item))
        if Habit.COLLECTOR in session.habits:
            self._keep_favourite(trail, rng, seen)

    def _keep_favourite(self, trail: Trail, rng: Random, seen: list[Product]) -> None:
        """Add what was just seen to the wish list, now and then something nearly sold out."""
        item = seen[-1]
        if happens(rng, 0.2):
            item = self._products[rng.choice(self._low)]
            trail.view(item)
        properties = product_properties(item)
        trail.track(
            "Product Added to Wishlist",
            {"wishlist_id": "favourites", "wishlist_name": "Favourites", **properties},
        )

    def _abandon(self, trail: Trail, rng: Random, session: Session, cart_id: str) -> None:
        lines: list[Line] = []
        for _ in range(rng.choice((1, 1, 2, 3, 4))):
            product = self._wanted(session.person, rng)
            if product.stock and product not in [line.product for line in lines]:
                lines.append(Line(product, rng.choice((1, 1, 1, 2, 2, 3, 4, 6)), product.price))
                trail.view(product)
                _add_to_cart(trail, cart_id, lines[-1])
        if not lines:
            return
        if len(lines) > 1 and happens(rng, 0.15):
            out = lines.pop(0)
            trail.wait(20)
            trail.track("Product Removed", {"cart_id": cart_id, **_line_properties(out)})
        products = cart_products(lines)
        trail.page("Cart", "/cart")
        trail.track("Cart Viewed", {"cart_id": cart_id, "products": products})
        if happens(rng, 0.35):
            trail.wait(30)
            total = {"value": cart_value(lines), "currency": CURRENCY}
            trail.track("Checkout Started", {"cart_id": cart_id, **total, "products": products})

    def _find(self, trail: Trail, rng: Random, product: Product, person: Person | None) -> None:
        """Come to a product by the search field or by its category."""
        if happens(rng, 0.35):
            query = _query(product, is_japanese=bool(person and person.is_japanese))
            trail.wait(15)
            trail.track("Products Searched", {"query": query})
            return
        category = product.category
        shelf = self._shelves[category.slug]
        listed = {shelf.draw(rng.random()): None for _ in range(_LIST_LENGTH)}
        trail.page(category.name, f"/categories/{category.slug}")
        trail.track(
            "Product List Viewed",
            {
                "list_id": category.slug,
                "category": category.name,
                "products": [
                    {"product_id": self._products[i].product_id, "position": position}
                    for position, i in enumerate(listed, start=1)
                ],
            },
        )

    def _wanted(self, person: Person | None, rng: Random) -> Product:
        """Draw a product of a category the person likes; of any for a stranger."""
        if person and person.buyer.tastes and happens(rng, 0.85):
            shelf = self._shelves[rng.choice(person.buyer.tastes)]
        else:
            shelf = self._everything
        return self._products[shelf.draw(rng.random())]

    def _like(self, product: Product, rng: Random) -> Product:
        return self._products[self._shelves[product.category.slug].draw(rng.random())]

    def _lines_of(self, order: int) -> list[Line]:
        """Return an order's lines, one for each product."""
        sales = self._sales
        found: dict[int, Line] = {}
        for i in range(sales.first_line[order], sales.first_line[order + 1]):
            index, price = int(sales.product[i]), int(sales.price[i])
            quantity = int(sales.quantity[i])
            if index in found:
                quantity += found[index].quantity
            found[index] = Line(self._products[index], quantity, price)
        return list(found.values())


def _everything(products: list[Product]) -> Shelf:
    weights = np.cumsum([product.popularity + 1 for product in products])
    return Shelf(members=list(range(len(products))), cumulative=weights.tolist())


def _start(rng: Random, session: Session) -> tuple[Trail, bool]:
    """Open a visit; say whether the visitor is known but has yet to sign in."""
    person = session.person
    signs_in_later = person is not None and happens(rng, 0.3)
    is_known = person is not None and not signs_in_later
    is_sale = Habit.DISCOUNT in session.habits and happens(rng, 0.5)
    trail = Trail(
        rng,
        device=_device(rng, session),
        user_id=person.customer_id if person and is_known else None,
        locale="ja-JP" if person and person.is_japanese else "en-GB",
        origin=_SALE_ORIGIN if is_sale else rng.choice(_ORIGINS),
    )
    return trail, signs_in_later


def _device(rng: Random, session: Session) -> Device:
    """Return the device of a visit: a shared or strange one, else one of the person's two."""
    anonymous_id = session.anonymous_id
    if anonymous_id.startswith("tablet-"):
        return Device(anonymous_id, _TABLET)
    if not anonymous_id and session.person:
        number = int(happens(rng, 0.3))
        anonymous_id = f"anon-{_digest(f'{session.person.customer_id}/{number}').hex()[:20]}"
    digest = _digest(anonymous_id)
    is_phone = digest[0] < 110  # noqa: PLR2004 - of 256
    return Device(anonymous_id, _PHONE if is_phone else _USER_AGENTS[digest[1] % 6])


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _sign_in(trail: Trail, rng: Random, person: Person) -> None:
    traits = {"email": person.email} if happens(rng, 0.5) else {}
    trail.sign_in(person.customer_id, {**traits, "language": person.language})


def _correct(trail: Trail, rng: Random, session: Session) -> None:
    """State another day of birth in the account than the customer file does."""
    person = session.person
    if person is None:
        return
    year, month, day = (int(part) for part in person.birthday.split("-"))
    birthday = f"{year + rng.choice((-1, 1, 0)):04}-{month % 12 + 1:02}-{min(day, 28):02}"
    trail.page("Account", "/account")
    trail.sign_in(person.customer_id, {"birthday": birthday})


def _store_visit(rng: Random, session: Session) -> Iterator[dict[str, Any]]:
    if session.visit is None or session.person is None:
        return
    trail = Trail(rng, device=None, user_id=session.person.customer_id, locale="", origin={})
    trail.track("Store Visited", {"store": session.visit.store, "staff": session.visit.staff})
    yield from trail.messages(session.anchor_at - trail.seconds)


def _line_properties(line: Line) -> dict[str, Any]:
    return product_properties(line.product, quantity=line.quantity, price=line.price)


def _add_to_cart(trail: Trail, cart_id: str, line: Line) -> None:
    trail.wait(10)
    trail.track("Product Added", {"cart_id": cart_id, **_line_properties(line)})


def _apply_coupon(trail: Trail, rng: Random, cart_id: str, order_id: str) -> None:
    code, name = rng.choice(_COUPONS)
    trail.wait(20)
    trail.track(
        "Coupon Applied",
        {"order_id": order_id, "cart_id": cart_id, "coupon_id": code, "coupon_name": name},
    )


def _query(product: Product, *, is_japanese: bool) -> str:
    """Return what somebody looking for this product might type."""
    if is_japanese:
        words = product.title_ja.split(OPEN)[0].split()
        return words[min(1, len(words) - 1)]
    words = [word for word in product.title.lower().split() if word.isalpha()]
    return " ".join(words[-2:]) or product.category.name.lower()
