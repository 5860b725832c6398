"""Recommends: what was learned, what people did and what is on the shelf, brought together."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import msgspec

from kikubari.catalog import Catalog, Product
from kikubari.decide.recommend.contracts import (
    Grounds,
    Home,
    Recommendation,
    RecommendationModel,
    Recommendations,
    Request,
    SensitiveProducts,
    Shopper,
    Shoppers,
    Strategy,
)
from kikubari.decide.recommend.models import RecommendationModels, Usable
from kikubari.decide.recommend.rules import Allowed, Rules, spread
from kikubari.decide.recommend.shelf import Shelf, categories_of
from kikubari.decide.recommend.situation import Situation
from kikubari.decide.recommend.strategies import list_picks
from kikubari.decide.recommend.traces import Trace, Traces
from kikubari.decide.recommend.trends import Trends, count_trends
from kikubari.kit.clock import Clock
from kikubari.profiles import SavedThings
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore

MOST_ITEMS = 50
_FRESH = timedelta(minutes=10)
# While things change, the shelf is put in order so often that it takes a fiftieth of the time.
_REST_TIMES, _LEAST_REST = 50, timedelta(seconds=5)
# So many times as much as is asked for is looked at, for rules and variety to choose from.
_LOOKED_AT = 3
_FEWEST_LOOKED_AT = 12

_FALLBACKS: Mapping[Strategy, tuple[Strategy, ...]] = {
    Strategy.FOR_YOU: (Strategy.TRENDING, Strategy.COLD_START),
    Strategy.VIEWED_NOT_BOUGHT: (Strategy.SAVED_ITEMS, Strategy.FOR_YOU, Strategy.COLD_START),
    Strategy.SIMILAR: (Strategy.GOES_WITH, Strategy.FOR_YOU, Strategy.COLD_START),
    Strategy.GOES_WITH: (Strategy.NEXT_AFTER, Strategy.FOR_YOU, Strategy.COLD_START),
    Strategy.NEXT_AFTER: (Strategy.GOES_WITH, Strategy.FOR_YOU, Strategy.COLD_START),
    Strategy.BUY_AGAIN: (Strategy.FOR_YOU, Strategy.COLD_START),
    Strategy.TRENDING: (Strategy.COLD_START,),
    Strategy.NEW_FOR_YOU: (Strategy.TRENDING, Strategy.COLD_START),
    Strategy.SAVED_ITEMS: (Strategy.VIEWED_NOT_BOUGHT, Strategy.FOR_YOU, Strategy.COLD_START),
    Strategy.COLD_START: (Strategy.TRENDING,),
    Strategy.CONTENT: (),  # a list to read is not filled up with goods
}


@dataclass(frozen=True, eq=False)
class _Ground:
    """What all lists rest on until the next is ready; exchanged as a whole."""

    usable: Usable | None
    shelf: Shelf
    trends: Trends
    position: int
    fresh_until: datetime
    rests_until: datetime

    def is_stale(self, position: int, now: datetime) -> bool:
        """Say whether shelf and trends must be made anew."""
        return now >= self.fresh_until or (position > self.position and now >= self.rests_until)


class _Products:
    """Products of one call, each looked up once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[str, Product | None] = {}

    def load(self, ids: Iterable[str]) -> dict[str, Product]:
        wanted = list(dict.fromkeys(ids))
        missing = [one for one in wanted if one not in self._known]
        if missing:
            found = self._catalog.load_products(missing)
            self._known |= {one: found.get(one) for one in missing}
        return {one: known for one in wanted if (known := self._known[one]) is not None}


class _More:
    """What few lists need of people: looked up of all of a call at once, when first asked."""

    def __init__(self, people: Collection[int], shoppers: Shoppers) -> None:
        self._people = people
        self._shoppers = shoppers

    def home_of(self, number: int) -> Home:
        return self._homes.get(number, Home()) if number in self._people else Home()

    def saved_of(self, number: int) -> SavedThings:
        return self._saved.get(number, SavedThings()) if number in self._people else SavedThings()

    @cached_property
    def _homes(self) -> Mapping[int, Home]:
        return self._shoppers.load_homes(self._people)

    @cached_property
    def _saved(self) -> Mapping[int, SavedThings]:
        return self._shoppers.load_saved(self._people)


class Recommending:
    """Implements `Recommender`.

    Args:
        models: of what is learned.
        traces: of what people did.
        catalog: what there is to recommend.
        shoppers: who people are, and what may be used of them.
        sensitive: what says too much.
        columnar: tells what sells.
        clock: recency counts from now.
        workspace_id: whose shop.
    """

    def __init__(
        self,
        models: RecommendationModels,
        traces: Traces,
        *,
        catalog: Catalog,
        shoppers: Shoppers,
        sensitive: SensitiveProducts,
        columnar: ColumnarStore,
        clock: Clock,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._models = models
        self._traces = traces
        self._catalog = catalog
        self._shoppers = shoppers
        self._rules = Rules(sensitive)
        self._columnar = columnar
        self._clock = clock
        self._workspace_id = workspace_id
        now = clock.now()
        self._ground = _Ground(None, Shelf(), Trends(), 0, fresh_until=now, rests_until=now)
        self._lock = threading.Lock()

    @property
    def shelf(self) -> Shelf:
        """The catalogue by likeness, as lists are made with it now."""
        return self._ground.shelf

    def list_dismissed(self, number: int) -> frozenset[str]:
        """Return the products and categories that a person said are nothing for them."""
        shopper = self._shoppers.load([number]).get(number)
        return self._find_trace(shopper, self._clock.now(), self.shelf.product_of).dismissed

    def refresh(self) -> bool:
        """Take in what is new in the log, the shop and its models; say if there may be more."""
        with self._lock:
            has_more = self._traces.follow()
            ground = self._ground
            if ground.is_stale(self._traces.position, self._clock.now()):
                ground = self._arrange(ground.usable)
            newer = self._models.load_newer(ground.usable)
            self._ground = ground if newer is None else replace(ground, usable=newer)
            return has_more

    def _arrange(self, usable: Usable | None) -> _Ground:
        began, now, position = time.monotonic(), self._clock.now(), self._traces.position
        shelf = Shelf(self._catalog.iter_products())
        trends = count_trends(self._columnar, now=now, workspace_id=self._workspace_id)
        took = timedelta(seconds=time.monotonic() - began)
        return _Ground(
            usable,
            shelf,
            trends,
            position,
            fresh_until=now + _FRESH,
            rests_until=now + max(_LEAST_REST, _REST_TIMES * took),
        )

    def ask(self) -> RecommendationModel:
        """Want a new model now; one that is under way already is the answer."""
        return self._models.ask()

    def list_models(self, *, limit: int) -> list[RecommendationModel]:
        """Return the cards of models, newest first, and which of them serves here."""
        usable = self._ground.usable
        return [
            msgspec.structs.replace(
                one, is_serving=usable is not None and one.version == usable.version
            )
            for one in self._models.list_models(limit=limit)
        ]

    def recommend(self, request: Request) -> Recommendations:
        """Return what one person gets."""
        return self.recommend_many([request])[0]

    def recommend_many(self, requests: Sequence[Request]) -> list[Recommendations]:
        """Return what many people get, in the order asked."""
        return [self._answer(one) for one in self.situate_many(requests)]

    def situate_many(self, requests: Sequence[Request]) -> list[Situation]:
        """Return what is known for each request, as far as it may be used, in the order asked."""
        ground, now, products = self._ground, self._clock.now(), _Products(self._catalog)
        shoppers = self._shoppers.load({one.number for one in requests if one.number is not None})
        people = {one.number for one in shoppers.values() if one.is_profiled}
        more = _More(people, self._shoppers)
        return [
            self._situate(request, shoppers, ground, now, products=products, more=more)
            for request in requests
        ]

    def _situate(
        self,
        request: Request,
        shoppers: Mapping[int, Shopper],
        ground: _Ground,
        now: datetime,
        *,
        products: _Products,
        more: _More,
    ) -> Situation:
        shopper = shoppers.get(request.number) if request.number is not None else None
        number = shopper.number if shopper is not None else 0
        product_of = ground.shelf.product_of
        seeds = tuple(dict.fromkeys(product_of(one) for one in request.seeds))
        return Situation(
            request=msgspec.structs.replace(
                request,
                limit=min(max(request.limit, 0), MOST_ITEMS),
                excluded=tuple(product_of(one) for one in request.excluded),
            ),
            now=now,
            number=number,
            trace=self._find_trace(shopper, now, product_of),
            seeds=seeds,
            withheld=_find_withheld(shopper, request, products.load, seeds),
            learned=ground.usable.learned if ground.usable is not None else None,
            version=ground.usable.version if ground.usable is not None else None,
            shelf=ground.shelf,
            trends=ground.trends,
            load=products.load,
            find_home=lambda: more.home_of(number),
            find_saved=lambda: more.saved_of(number),
            stages=shopper.stages if shopper is not None else frozenset(),
            other_stages=shopper.other_stages if shopper is not None else frozenset(),
        )

    def _find_trace(
        self, shopper: Shopper | None, now: datetime, product_of: Callable[[str], str]
    ) -> Trace:
        """Return what a person did, as far as they let it be used; a no is always heard."""
        if shopper is None:
            return Trace()
        trace = self._traces.find(shopper.numbers, now=now, product_of=product_of)
        if not shopper.is_profiled:
            return Trace(dismissed=trace.dismissed)
        if not shopper.is_tracked:
            return Trace(bought=trace.bought, dismissed=trace.dismissed)
        return trace

    def _answer(self, situation: Situation) -> Recommendations:
        request = situation.request
        order = (request.strategy, *(_FALLBACKS[request.strategy] if request.falls_back else ()))
        items: list[Recommendation] = []
        for strategy in order:
            if len(items) >= request.limit:
                break
            items += self._fill(situation, strategy, {one.product_id for one in items})
        supplied = dict.fromkeys(one.strategy for one in items)
        return Recommendations(
            items=tuple(items),
            fell_back_to=tuple(one for one in supplied if one is not request.strategy),
            model_version=situation.version,
        )

    def _fill(
        self, situation: Situation, strategy: Strategy, taken: set[str]
    ) -> list[Recommendation]:
        """Return as many more items as are still asked for and a strategy has."""
        wanted = situation.request.limit - len(taken)
        chosen = spread(self._sieve(situation, strategy, taken, wanted), strategy, wanted)
        return [
            Recommendation(
                product=product,
                strategy=strategy,
                score=round(pick.score, 4),
                reason=_tell(pick.grounds, situation),
            )
            for pick, product in chosen
        ]

    def _sieve(
        self, situation: Situation, strategy: Strategy, taken: set[str], wanted: int
    ) -> list[Allowed]:
        """Return picks that the rules allow, looking up no more products than needed."""
        seen, at_once = set(taken), max(_FEWEST_LOOKED_AT, _LOOKED_AT * wanted)
        picks = []
        for pick in list_picks(strategy, situation):
            if pick.product_id not in seen:
                seen.add(pick.product_id)
                picks.append(pick)
        allowed: list[Allowed] = []
        for begin in range(0, len(picks), at_once):
            some = picks[begin : begin + at_once]
            products = situation.load(pick.product_id for pick in some)
            seeds = situation.load(one for pick in some if (one := pick.grounds.seed))
            allowed += [
                Allowed(pick, product)
                for pick in some
                if (product := products.get(pick.product_id)) is not None
                and self._rules.allows(product, situation, strategy)
                and self._rules.may_be_named(seeds.get(pick.grounds.seed or ""))
            ]
            if len(allowed) >= 2 * wanted:
                break
        return allowed


def _find_withheld(
    shopper: Shopper | None,
    request: Request,
    load: Callable[[Iterable[str]], Mapping[str, Product]],
    seeds: Sequence[str],
) -> frozenset[str]:
    """Return the categories that are not for a person; what was named is what they look at."""
    if shopper is None or not shopper.withheld:
        return frozenset()
    looked_at = (name for one in load(seeds).values() for name in categories_of(one))
    return shopper.withheld.difference(request.categories, looked_at)


def _tell(grounds: Grounds, situation: Situation) -> Grounds:
    """Return grounds with the names that people know things by."""
    titles = {}
    if grounds.seed is not None:
        seed = situation.load([grounds.seed]).get(grounds.seed)
        if seed is not None:
            titles = {"seed_title": seed.title, "seed_title_ja": seed.title_ja}
    if grounds.category is not None:
        titles["category_ja"] = situation.shelf.category_ja(grounds.category)
    return msgspec.structs.replace(grounds, **titles) if titles else grounds
