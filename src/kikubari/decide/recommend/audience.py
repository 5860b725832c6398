"""Who would most likely want a product, one that nobody has bought yet too."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from pyroaring import BitMap

from kikubari.catalog import Catalog, Product
from kikubari.decide.recommend._crowd import Standing, Strength, gather
from kikubari.decide.recommend._kin_rows import KinRows
from kikubari.decide.recommend.contracts import SensitiveProducts, Shopper, Shoppers
from kikubari.decide.recommend.kin import MOST_KIN, Deed, Kin, find_kin
from kikubari.decide.recommend.purchases import DAY_US
from kikubari.decide.recommend.shelf import Shelf, categories_of, paths_of
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import ColumnarStore

MOST_PEOPLE = 10_000
# Of those who come first, so many are asked whether they may be chosen.
_LOOKED_AT = 20_000
_AT_ONCE = 1_000


class ProductTooTellingError(InvalidInputError):
    """Whoever were chosen for a product would be told what nobody should guess of them."""

    code = "product_too_telling"


class Wanting(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may want a product, and what says so most.

    Attributes:
        number: canonical.
        score: orders people for one product; compares with nothing else.
        strength: `strong`: bought or saved something nearly the same; `fair`: looked at that, or
            bought or saved something of the kind; `slight`: less.
        deed: what they did.
        product: with which product.
        likeness: of the two, 0 to 1.
        days_since: whole days.
    """

    number: int
    score: float
    strength: Strength
    deed: Deed
    product: Product
    likeness: float
    days_since: int


class ProductAudience(msgspec.Struct, frozen=True, kw_only=True):
    """Who may want a product.

    Attributes:
        product: for whom an audience was looked for.
        people: those who want it most first, with what says so.
        numbers: theirs.
        n_found: how many there are in all, of those looked at.
        is_more: not all were looked at.
        by_strength: how many of `n_found` are of each strength.
    """

    product: Product
    people: tuple[Wanting, ...]
    numbers: tuple[int, ...]
    n_found: int
    is_more: bool
    by_strength: dict[Strength, int]


class ProductAudiences:
    """Finds people for products.

    Args:
        shelf: the catalogue by likeness, as it is now.
        columnar: tells what people did.
        catalog: tells of products.
        shoppers: who people are, and what may be used of them.
        sensitive: what says too much.
        clock: deeds fade until now.
        workspace_id: whose shop.
    """

    def __init__(
        self,
        shelf: Callable[[], Shelf],
        columnar: ColumnarStore,
        *,
        catalog: Catalog,
        shoppers: Shoppers,
        sensitive: SensitiveProducts,
        clock: Clock,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._shelf = shelf
        self._columnar = columnar
        self._catalog = catalog
        self._shoppers = shoppers
        self._sensitive = sensitive
        self._clock = clock
        self._workspace_id = workspace_id

    def find(self, product_id: str, *, limit: int) -> ProductAudience:
        """Return who would most likely want a product.

        Left out are those who bought it, unless it is used up; to whom it, or its category, is
        nothing; who are known to be in another stage of life; and of whom nothing may be worked
        out. What people looked at counts of those alone who let it be followed.

        Args:
            product_id: of the product, or of a variant.
            limit: people at most.

        Raises:
            NotFoundError: the catalogue has no such product.
            ProductTooTellingError: to choose by it would be a guess that nobody may make.
        """
        shelf, now = self._shelf(), self._clock.now()
        product = self._get(shelf.product_of(product_id))
        rows = KinRows(self._columnar, now, self._workspace_id)
        kin = find_kin(shelf, product, self._list_prices(shelf, product))
        crowd = gather(rows, kin, shelf.variants_of(frozenset(kin.ids)))
        crowd = crowd.without(self._list_unfit(rows, shelf, product))
        first = crowd.best(kin, _LOOKED_AT)
        shoppers = self._load_shoppers([int(one) for one in first])
        welcome = crowd.only(shoppers, _list_names(product))
        standings = welcome.stand(kin)
        known = self._catalog.load_products(kin.ids[one.kin] for one in standings[:limit])
        return ProductAudience(
            product=product,
            people=tuple(
                _told(one, kin, known, to_micros(now))
                for one in standings[:limit]
                if kin.ids[one.kin] in known
            ),
            numbers=tuple(one.number for one in standings[:limit]),
            n_found=len(standings),
            is_more=len(crowd.numbers) > len(first),
            by_strength={
                strength: sum(one.strength is strength for one in standings)
                for strength in Strength
            },
        )

    def _get(self, product_id: str) -> Product:
        product = self._catalog.load_products([product_id]).get(product_id)
        if product is None:
            raise NotFoundError(f"there is no product {product_id!r}")
        if self._sensitive.is_sensitive(product):
            raise ProductTooTellingError(
                "nobody is chosen for this product: what it says of people is theirs to tell"
            )
        return product

    def _list_prices(self, shelf: Shelf, product: Product) -> dict[str, float]:
        """Return what the product and its kin cost, in the product's currency."""
        if product.price is None:
            return {}
        alike = shelf.like(product.product_id, MOST_KIN, has_gone=True)
        products = self._catalog.load_products(name for name, _ in alike)
        return {
            one.product_id: float(one.price.amount_minor)
            for one in (product, *products.values())
            if one.price is not None and one.price.currency == product.price.currency
        }

    def _list_unfit(self, rows: KinRows, shelf: Shelf, product: Product) -> BitMap:
        """Return those who have it, and those who said that it is nothing for them."""
        name = product.product_id
        dismissing = rows.read_dismissing([name, *paths_of(product)])
        unfit = BitMap(dismissing.tolist())
        if not product.is_consumable:
            lines = rows.read_lines([name, *shelf.variants_of({name})])
            unfit |= BitMap(lines["person"][lines["deed"] == Deed.BOUGHT].tolist())
        return unfit

    def _load_shoppers(self, numbers: Sequence[int]) -> dict[int, Shopper]:
        found: dict[int, Shopper] = {}
        for begin in range(0, len(numbers), _AT_ONCE):
            found |= self._shoppers.load(numbers[begin : begin + _AT_ONCE])
        return found


def _list_names(product: Product) -> frozenset[str]:
    return frozenset(name for name in categories_of(product) if name)


def _told(one: Standing, kin: Kin, known: Mapping[str, Product], now_us: int) -> Wanting:
    return Wanting(
        number=one.number,
        score=round(one.score, 6),
        strength=one.strength,
        deed=one.deed,
        product=known[kin.ids[one.kin]],
        likeness=round(float(kin.likeness[one.kin]), 4),
        days_since=max(0, (now_us - one.at_us) // DAY_US),
    )
