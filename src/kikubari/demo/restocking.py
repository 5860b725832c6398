"""This morning's changes of price and stock: simulated, of goods that people look at."""

from kikubari.demo._resources import dice
from kikubari.demo.catalogue import Product

RESTOCKING_COLUMNS = (
    "product_id", "price", "compare_at_price", "currency", "stock", "simulated_fields",
)  # fmt: skip
# Drawn from the goods most in demand, so that somebody has each of them saved.
_POPULAR = 400
_REDUCED, _RUNNING_OUT, _BACK = 14, 10, 10
_DISCOUNTS = (0.9, 0.85, 0.8, 0.7)

# Product, its new price in pence (None: as it was), its new stock.
Change = tuple[Product, int | None, int]


def plan_restocking(products: list[Product], seed: int) -> list[Change]:
    """Return some goods reduced, some nearly sold out, and some back in stock."""
    rng = dice(seed, "restocking")
    wanted = sorted(products, key=lambda one: (-one.popularity, one.product_id))[:_POPULAR]
    there = rng.sample([one for one in wanted if one.stock > 5], _REDUCED + _RUNNING_OUT)  # noqa: PLR2004 - what the product calls few
    sold_out = rng.sample([one for one in wanted if one.stock == 0], _BACK)
    reduced = [
        (one, int(one.price * rng.choice(_DISCOUNTS)), one.stock) for one in there[:_REDUCED]
    ]
    running_out = [(one, None, rng.randint(1, 4)) for one in there[_REDUCED:]]
    back = [(one, None, rng.randint(12, 60)) for one in sold_out]
    return [*reduced, *running_out, *back]
