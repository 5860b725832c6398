"""What a few customers do on the day the shop is opened: messages of its own server, undated.

Everything else in the shop is past, and what is past lets nobody into a journey. These messages
count from when they arrive, so that the journeys that were just started have people in them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from random import Random
from typing import Any

from kikubari.demo._resources import dice
from kikubari.demo.catalogue import Product, shelves
from kikubari.demo.people import Person
from kikubari.demo.source import CURRENCY
from kikubari.demo.trail import Line, cart_products, cart_value, product_properties
from kikubari.spec.topics import CONSENT_CHANGED, ORDER_COMPLETED, PRODUCT_ADDED

# Of those who may be written to: regular customers who order, and who leave a cart behind, and
# people who buy for the first time. And people who agree to letters today.
_ORDERS = 9
_CARTS = 12
_FIRST_ORDERS = 5
_AGREEMENTS = 7
_LINES = 3
_NO_ORDER_YET = 900_000  # the source's numbers end before
_SIMULATED = {"kikubari": {"simulated": True}}


def plan_visitors(
    people: Sequence[Person],
    consents: Iterable[Sequence[object]],
    products: list[Product],
    seed: int,
) -> Iterator[dict[str, Any]]:
    """Yield messages in the order in which they are sent, none with a time of its own.

    Args:
        people: customers and prospects.
        consents: rows of `CONSENT_COLUMNS`, a person's in order of time.
        products: of the catalogue.
        seed: of the choice.
    """
    rng = dice(seed, "visitors")
    last_word = {row[0]: row[3] for row in consents if row[1] == "marketing"}
    shuffled = rng.sample(people, len(people))
    agreed = [one for one in shuffled if last_word.get(one.customer_id) == "granted"]
    regular = iter([one for one in agreed if one.buyer.orders])
    prospects = iter([one for one in agreed if not one.buyer.orders])
    unasked = (one for one in shuffled if one.customer_id not in last_word)
    goods = _Goods(products, rng)
    for person in islice(unasked, _AGREEMENTS):
        yield _agree(person)
    buyers = [*islice(regular, _ORDERS), *islice(prospects, _FIRST_ORDERS)]
    for number, person in enumerate(buyers, start=1):
        yield _order(person, f"{_NO_ORDER_YET + number}", goods.draw(person))
    for person in islice(regular, _CARTS):
        yield from _leave_cart(person, goods.draw(person))


class _Goods:
    def __init__(self, products: list[Product], rng: Random) -> None:
        self._products = products
        self._shelves = shelves(products)
        self._rng = rng

    def draw(self, person: Person) -> list[Line]:
        """Return some lines to a person's taste, each of another product that is in stock."""
        rng = self._rng
        found: dict[str, Line] = {}
        while len(found) < _LINES:
            taste = rng.choice(person.buyer.tastes or tuple(self._shelves))
            product = self._products[self._shelves[taste].draw(rng.random())]
            if product.stock:
                line = Line(product, rng.choice((1, 1, 2, 4)), product.price)
                found.setdefault(product.product_id, line)
        return list(found.values())


def _agree(person: Person) -> dict[str, Any]:
    properties = {
        "purpose": "marketing",
        "channel": "email",
        "status": "granted",
        "wording_version": f"sign-up-{person.language}-2",
        "source": "simulated",
        "proof": "sign-up form: box ticked by the customer",
    }
    return _track(person, CONSENT_CHANGED, properties)


def _order(person: Person, order_id: str, lines: list[Line]) -> dict[str, Any]:
    properties = {
        "order_id": order_id,
        "currency": CURRENCY,
        "total": cart_value(lines),
        "products": cart_products(lines),
    }
    return _track(person, ORDER_COMPLETED, properties)


def _leave_cart(person: Person, lines: list[Line]) -> Iterator[dict[str, Any]]:
    for line in lines:
        product = product_properties(line.product, quantity=line.quantity, price=line.price)
        cart = {"cart_id": f"cart-today-{person.customer_id}", **product}
        yield _track(person, PRODUCT_ADDED, cart)


def _track(person: Person, event: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "track",
        "userId": person.customer_id,
        "event": event,
        "properties": properties,
        "context": _SIMULATED,
    }
