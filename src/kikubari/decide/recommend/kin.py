"""How much people wanted what is like a product: a figure for each, from deeds and likeness."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from kikubari.catalog import Product
from kikubari.decide.recommend.shelf import Shelf

# Half of what a deed says is gone after so many days.
HALF_LIFE_DAYS = 120.0
# The nearest products; what is less alike says nothing.
MOST_KIN = 2_000
# How steeply likeness counts, how little other prices matter (in doublings), and how much mere
# activity counts beside it, as a share of what all deeds together say. Chosen on launches of two
# shops; see docs/recommendations.md.
_STEEPNESS = 2.0
_PRICE_WEIGHT = 0.1
_ACTIVITY = 0.5


class Deed(IntEnum):
    """What somebody did with a product."""

    BOUGHT = 1
    SAVED = 2
    IN_CART = 3
    VIEWED = 4


# Indexed by deed: how much each says. Looking is done soon and often.
WEIGHTS = np.array([0.0, 1.0, 1.0, 0.7, 0.25])


@dataclass(frozen=True, eq=False)
class Kin:
    """Products that are like one.

    Attributes:
        ids: of the products, nearest first.
        likeness: float64, 0 to 1.
        closeness: float64, what a deed with each counts: likeness, steeper, and less at other
            prices.
    """

    ids: tuple[str, ...]
    likeness: NDArray[np.float64]
    closeness: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Deeds:
    """What people did with kin; a line for each person, product and deed.

    Attributes:
        person: int64.
        kin: int64, places in `Kin.ids`.
        deed: int64, of `Deed`.
        faded: float64, how often, each time halved by `HALF_LIFE_DAYS`.
    """

    person: NDArray[np.int64]
    kin: NDArray[np.int64]
    deed: NDArray[np.int64]
    faded: NDArray[np.float64]

    def worth(self, kin: Kin) -> NDArray[np.float64]:
        """Return what each line says of somebody's wish for the product."""
        worth: NDArray[np.float64] = WEIGHTS[self.deed] * self.faded * kin.closeness[self.kin]
        return worth


def find_kin(shelf: Shelf, product: Product, prices: dict[str, float]) -> Kin:
    """Return the products most like one, those that are gone too.

    Args:
        shelf: has the product.
        product: whose kin.
        prices: by id, in one currency; what has none is taken to cost the same.
    """
    alike = shelf.like(product.product_id, MOST_KIN, has_gone=True)
    ids = tuple(name for name, _ in alike)
    likeness = np.array([value for _, value in alike], dtype=np.float64)
    own = prices.get(product.product_id, 0.0)
    apart = np.array([_doublings(own, prices.get(name, 0.0)) for name in ids], dtype=np.float64)
    closeness = likeness**_STEEPNESS * np.exp(-_PRICE_WEIGHT * apart**2)
    return Kin(ids, likeness, closeness)


def wanting(
    worth: NDArray[np.float64],
    person: NDArray[np.int64],
    activity: NDArray[np.float64],
    everything: float,
) -> NDArray[np.float64]:
    """Return how much each person wants a product: what they did with its kin, and all they did.

    Args:
        worth: of each line of deeds.
        person: of each line, places in `activity`.
        activity: of each person, all deeds by weight and age, with whatever product.
        everything: the activity of all people, those without a line too.
    """
    total = np.bincount(person, weights=worth, minlength=len(activity))
    each = _ACTIVITY * total.sum() / everything if everything > 0 else 0.0
    return np.asarray(total + each * activity, dtype=np.float64)


def _doublings(one: float, other: float) -> float:
    return float(np.log2(other / one)) if one > 0 and other > 0 else 0.0
