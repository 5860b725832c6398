"""The catalogue: products by page, their categories, one product."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.catalog import CategoryCount, Product, ProductPage

PageNumber = Annotated[int, QueryParameter(ge=1, le=100_000)]
PageSize = Annotated[int, QueryParameter(ge=1, le=200)]


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


catalogue_handlers = [list_catalogue, list_categories, get_product]
