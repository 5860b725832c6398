"""The catalogue: products as sources state them, with their history."""

from kikubari.catalog.catalog import Catalog as Catalog
from kikubari.catalog.catalog import CatalogProjection as CatalogProjection
from kikubari.catalog.contracts import Availability as Availability
from kikubari.catalog.contracts import CategoryCount as CategoryCount
from kikubari.catalog.contracts import KnownItem as KnownItem
from kikubari.catalog.contracts import PastOffer as PastOffer
from kikubari.catalog.contracts import Product as Product
from kikubari.catalog.contracts import ProductPage as ProductPage
from kikubari.catalog.contracts import RelationKind as RelationKind
from kikubari.catalog.contracts import Tie as Tie
from kikubari.catalog.contracts import Variant as Variant
from kikubari.catalog.contracts import Watcher as Watcher
from kikubari.catalog.contracts import WatcherCounts as WatcherCounts
from kikubari.catalog.contracts import WatcherPage as WatcherPage
from kikubari.catalog.contracts import Watchers as Watchers
from kikubari.catalog.news import ProductNews as ProductNews
from kikubari.catalog.news import ToldNews as ToldNews
from kikubari.catalog.news import ToldNewsPage as ToldNewsPage
from kikubari.catalog.news_rules import NewsRules as NewsRules
