"""The catalogue: products by page, their categories, one product and its past, news about them."""

from typing import Annotated, Any

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.catalog import (
    CategoryCount,
    KnownItem,
    NewsRules,
    PastOffer,
    Product,
    ProductPage,
    ToldNewsPage,
    WatcherCounts,
)

PageNumber = Annotated[int, QueryParameter(ge=1, le=100_000)]
PageSize = Annotated[int, QueryParameter(ge=1, le=200)]
ItemsLimit = Annotated[int, QueryParameter(ge=1, le=2_000)]
# More would be a picture nobody can read, and a wait.
_MAX_PAST = 500
_MAX_WATCHERS = 2_000


@get("/catalogue", guards=[requires("read")], sync_to_thread=True)
def list_catalogue(
    services: NamedDependency[Services],
    search: FromQuery[str] = "",
    category: FromQuery[str | None] = None,
    page: PageNumber = 1,
    page_size: PageSize = 48,
) -> ProductPage:
    """List products in order of id; `search` looks at ids, titles and brands."""
    return services.catalog.list_products(
        category=category, search=search, page=page, page_size=page_size
    )


@get("/catalogue/categories", guards=[requires("read")], sync_to_thread=True)
def list_categories(services: NamedDependency[Services]) -> list[CategoryCount]:
    """List categories with how many products they have."""
    return services.catalog.list_categories()


@get("/catalogue/products/{product_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_product(services: NamedDependency[Services], product_id: FromPath[str]) -> Product:
    """Return a product."""
    return services.catalog.get_product(product_id)


class PastOffers(msgspec.Struct, frozen=True):
    """How a product, or one of its variants, was offered, oldest first."""

    offers: list[PastOffer]


class KnownItems(msgspec.Struct, frozen=True):
    """Products in order of id, with the variants in the shop."""

    items: list[KnownItem]


class Statements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What would be said about products: properties of `Kikubari Product Updated`."""

    statements: Annotated[list[dict[str, Any]], msgspec.Meta(max_length=2_000)]


class Changes(msgspec.Struct, frozen=True):
    """Which of the statements would change anything, by index."""

    indexes: list[int]


@get("/catalogue/items", guards=[requires("read")], sync_to_thread=True)
def list_catalogue_items(
    services: NamedDependency[Services], after: FromQuery[str] = "", limit: ItemsLimit = 1_000
) -> KnownItems:
    """List the products behind an id, to compare them with a whole feed."""
    return KnownItems(services.catalog.list_known_items(after=after, limit=limit))


@post("/catalogue/changes", guards=[requires("write")], sync_to_thread=True, status_code=200)
def find_catalogue_changes(
    services: NamedDependency[Services], data: JSONBody[Statements]
) -> Changes:
    """Say which statements would change anything, so that a feed need not send the others."""
    return Changes(services.catalog.list_news_to(data.statements))


@get("/catalogue/products/{product_id:str}/past", guards=[requires("read")], sync_to_thread=True)
def get_past_offers(
    services: NamedDependency[Services],
    product_id: FromPath[str],
    variant: FromQuery[str | None] = None,
) -> PastOffers:
    """Return price and stock of a product, or of one of its variants, as time went by."""
    services.catalog.get_product(product_id)
    offers = services.catalog.list_past_offers(product_id, variant_id=variant)
    return PastOffers(offers[-_MAX_PAST:])


@get(
    "/catalogue/products/{product_id:str}/watchers", guards=[requires("read")], sync_to_thread=True
)
def count_product_watchers(
    services: NamedDependency[Services], product_id: FromPath[str]
) -> WatcherCounts:
    """Count who would hear of news about a product, or about one of its variants."""
    product = services.catalog.get_product(product_id)
    ids = {product_id, *(variant.variant_id for variant in product.variants)}
    return services.product_watchers.count_watchers(
        ids,
        now=services.clock.now(),
        view_days=services.product_news.get_rules().view_days,
        limit=_MAX_WATCHERS,
    )


@get("/catalogue/news", guards=[requires("read")], sync_to_thread=True)
def list_product_news(
    services: NamedDependency[Services],
    product: FromQuery[str | None] = None,
    page: PageNumber = 1,
    page_size: PageSize = 20,
) -> ToldNewsPage:
    """List news about products, newest first, and how many people were told."""
    return services.product_news.list_news(product_id=product, page=page, page_size=page_size)


@get("/catalogue/news-rules", guards=[requires("read")], sync_to_thread=True)
def get_news_rules(services: NamedDependency[Services]) -> NewsRules:
    """Return from when on something about a product is news."""
    return services.product_news.get_rules()


@put("/catalogue/news-rules", guards=[requires("write")], sync_to_thread=True)
def set_news_rules(services: NamedDependency[Services], data: JSONBody[NewsRules]) -> NewsRules:
    """Replace from when on something about a product is news; holds for news to come."""
    services.product_news.save_rules(data)
    return services.product_news.get_rules()


catalogue_handlers = [
    list_catalogue,
    list_categories,
    get_product,
    list_catalogue_items,
    find_catalogue_changes,
    get_past_offers,
    count_product_watchers,
    list_product_news,
    get_news_rules,
    set_news_rules,
]
