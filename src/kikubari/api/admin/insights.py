"""How customers buy: who is worth what, who comes back and when, what goes together."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.catalog import Catalog
from kikubari.measure.insights import (
    Affinities,
    Basket,
    Growth,
    RepeatCurves,
    Retention,
    RfmMap,
)

Months = Annotated[int, QueryParameter(ge=1, le=60)]
HorizonDays = Annotated[int, QueryParameter(ge=1, le=1_095)]
Days = Annotated[int, QueryParameter(ge=1, le=3_650)]


class ThingName(msgspec.Struct, frozen=True):
    """What a product or category is called; null where the catalogue does not say."""

    title: str | None
    title_ja: str | None


class BasketAffinities(msgspec.Struct, frozen=True):
    """What goes together, and what the things are called, by the ids of pairs and items."""

    affinities: Affinities
    names: dict[str, ThingName]


@get("/insights/rfm", guards=[requires("read")], sync_to_thread=True)
def map_buyers(services: NamedDependency[Services]) -> RfmMap:
    """Map buyers by how lately and how often they bought, with what they spent.

    The edges are those of the shop's segments. Each cell has the condition of a segment of exactly
    its people.
    """
    return services.insights.map_buyers()


@get("/insights/retention", guards=[requires("read")], sync_to_thread=True)
def follow_cohorts(services: NamedDependency[Services], months: Months = 12) -> Retention:
    """Follow those who first bought in the same month: who bought again in which month after."""
    return services.insights.follow_cohorts(months=months)


@get("/insights/repeat", guards=[requires("read")], sync_to_thread=True)
def trace_repeats(
    services: NamedDependency[Services], horizon_days: HorizonDays = 365
) -> RepeatCurves:
    """Trace how soon customers buy again: the share by each day since, as Kaplan and Meier."""
    return services.insights.trace_repeats(horizon_days=horizon_days)


@get("/insights/baskets", guards=[requires("read")], sync_to_thread=True)
def compare_baskets(
    services: NamedDependency[Services], of: FromQuery[Basket] = "product", days: Days = 365
) -> BasketAffinities:
    """Tell which products or categories go into one order together more often than by chance."""
    found = services.insights.compare_baskets(of, days=days)
    ids = {one.id for one in found.items}
    ids |= {id_ for one in found.pairs for id_ in (one.left, one.right)}
    name = _name_products if of == "product" else _name_categories
    return BasketAffinities(found, name(services.catalog, ids))


@get("/insights/growth", guards=[requires("read")], sync_to_thread=True)
def divide_revenue(services: NamedDependency[Services], months: Months = 24) -> Growth:
    """Divide revenue, month by month, into that of new and that of returning customers."""
    return services.insights.divide_revenue(months=months)


def _name_products(catalog: Catalog, ids: Iterable[str]) -> dict[str, ThingName]:
    products = catalog.load_products(ids)
    return {id_: ThingName(one.title, one.title_ja) for id_, one in products.items()}


def _name_categories(catalog: Catalog, ids: Iterable[str]) -> dict[str, ThingName]:
    # A category is called what any product in it says.
    firsts = {id_: catalog.list_products(category=id_, page_size=1).products for id_ in ids}
    return {id_: ThingName(id_, found[0].category_ja) for id_, found in firsts.items() if found}


insight_handlers = [
    map_buyers,
    follow_cohorts,
    trace_repeats,
    compare_baskets,
    divide_revenue,
]
