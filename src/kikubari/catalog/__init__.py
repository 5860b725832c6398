"""The catalogue: products as sources state them, with their history."""

from kikubari.catalog.catalog import Catalog as Catalog
from kikubari.catalog.catalog import CatalogProjection as CatalogProjection
from kikubari.catalog.contracts import CategoryCount as CategoryCount
from kikubari.catalog.contracts import Product as Product
from kikubari.catalog.contracts import ProductPage as ProductPage
