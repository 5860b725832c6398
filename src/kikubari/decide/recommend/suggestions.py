"""Categories and searches for somebody: where to look next, by what they looked for before."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

from kikubari.catalog import Product
from kikubari.decide.recommend.contracts import Request, SensitiveProducts, Strategy
from kikubari.decide.recommend.purchases import DAY_US
from kikubari.decide.recommend.searches import Search, count_searches
from kikubari.decide.recommend.service import Recommending
from kikubari.decide.recommend.situation import Situation
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore

_FRESH = timedelta(hours=1)
_HALF_LIFE_DAYS = 60.0
_BOUGHT, _SAVED, _VIEWED = 1.0, 1.0, 0.4


class SuggestionKind(StrEnum):
    """What is suggested."""

    CATEGORIES = "categories"
    SEARCHES = "searches"


class SuggestionReason(StrEnum):
    """Why: the only thing its sentence may claim."""

    BOUGHT = "bought"
    SAVED = "saved"
    VIEWED = "viewed"
    POPULAR = "popular"


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A category, or words to search for.

    Attributes:
        kind: which of them.
        name: the category as the shop writes it, or the words.
        name_ja: the category in Japanese, if it has another name there.
        reason: what the person did with goods of the category, or of what the words lead to.
        category, category_ja: of searches, that the reason speaks of.
        days_since: since the person last did what the reason says.
        place: prefecture or country that a category is popular in.
        score: orders one person's list.
    """

    kind: SuggestionKind
    name: str
    name_ja: str | None
    reason: SuggestionReason
    category: str | None = None
    category_ja: str | None = None
    days_since: int | None = None
    place: str | None = None
    score: float = 0.0


class SuggestionAsked(NamedTuple):
    """Suggestions that are wanted for a person, by any number of theirs; None: nobody knows who."""

    kind: SuggestionKind
    number: int | None
    limit: int


class Suggests(Protocol):
    """Suggests categories and searches to people. Safe to call from any thread."""

    def suggest_many(self, asked: Sequence[SuggestionAsked]) -> list[list[Suggestion]]:
        """Return what suits each, in the order asked, best first."""
        ...


class _Wanting(NamedTuple):
    """How much a person did in a category, by what most of it, and how many days ago the last."""

    weight: float
    reason: SuggestionReason
    days_since: int


class _Lead(NamedTuple):
    """Words that may be shown, and the categories of what they lead to."""

    search: Search
    categories: Sequence[str]


class Suggesting:
    """Implements `Suggests`.

    Args:
        recommending: knows what people did and what is on the shelf.
        columnar: tells what is searched for.
        sensitive: what says too much.
        clock: interest fades until now.
        workspace_id: whose shop.
    """

    def __init__(
        self,
        recommending: Recommending,
        columnar: ColumnarStore,
        sensitive: SensitiveProducts,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._recommending = recommending
        self._columnar = columnar
        self._sensitive = sensitive
        self._clock = clock
        self._workspace_id = workspace_id
        self._lock = threading.Lock()
        self._counted_at: datetime | None = None
        self._searches: Sequence[Search] = ()

    def suggest(self, kind: SuggestionKind, number: int | None, *, limit: int) -> list[Suggestion]:
        """Return what suits a person, best first; of whom nothing may be used, what is popular."""
        [found] = self.suggest_many([SuggestionAsked(kind, number, limit)])
        return found

    def suggest_many(self, asked: Sequence[SuggestionAsked]) -> list[list[Suggestion]]:
        """Return what suits each, in the order asked, best first."""
        situations = self._recommending.situate_many(
            [Request(strategy=Strategy.FOR_YOU, number=one.number) for one in asked]
        )
        has_searches = any(one.kind is SuggestionKind.SEARCHES for one in asked)
        leads = self._find_leads(situations[0]) if has_searches else []
        answers = []
        for one, situation in zip(asked, situations, strict=True):
            wanted = _weigh(situation)
            found = (
                self._list_categories(situation, wanted)
                if one.kind is SuggestionKind.CATEGORIES
                else _list_searches(situation, wanted, leads)
            )
            answers.append(sorted(found, key=lambda one: (-one.score, one.name))[: one.limit])
        return answers

    def _list_categories(
        self, situation: Situation, wanted: Mapping[str, _Wanting]
    ) -> list[Suggestion]:
        found = _list_wanted(situation, wanted) if wanted else _list_popular(situation)
        return [
            one
            for one in found
            if _suits(one.name, situation) and not self._is_telling(one.name, situation)
        ]

    def _find_leads(self, situation: Situation) -> list[_Lead]:
        """Return the words that say too much of nobody, neither themselves nor by their goods."""
        found = []
        for one in self._find_searches():
            led_to = situation.load(map(situation.shelf.product_of, one.product_ids)).values()
            if self._says_too_much(one.words) or any(map(self._sensitive.is_sensitive, led_to)):
                continue
            categories = [
                path[-1]
                for product in led_to
                if (path := situation.shelf.categories_of(product.product_id))
            ]
            if not any(self._is_telling(category, situation) for category in categories):
                found.append(_Lead(one, categories))
        return found

    def _find_searches(self) -> Sequence[Search]:
        """Return what is searched for, counted anew each hour."""
        with self._lock:
            now = self._clock.now()
            if self._counted_at is None or now - self._counted_at > _FRESH:
                self._searches = count_searches(
                    self._columnar, now=now, workspace_id=self._workspace_id
                )
                self._counted_at = now
        return self._searches

    def _is_telling(self, category: str, situation: Situation) -> bool:
        return self._says_too_much(category) or situation.shelf.is_telling(category)

    def _says_too_much(self, words: str) -> bool:
        path = tuple(words.split(" > "))
        named = Product(
            product_id="", updated_at=self._clock.now(), category=words, category_path=path
        )
        return self._sensitive.is_sensitive(named)


def _weigh(situation: Situation) -> dict[str, _Wanting]:
    """Return how much a person did in each category, and by what most of it."""
    parts: dict[tuple[str, SuggestionReason], tuple[float, int]] = {}

    def add(name: str, at_us: int, weight: float, reason: SuggestionReason) -> None:
        ago = max(0.0, (to_micros(situation.now) - at_us) / DAY_US)
        for category in situation.shelf.categories_of(name)[-1:]:
            known, days = parts.get((category, reason), (0.0, int(ago)))
            now = known + weight * 2 ** (-ago / _HALF_LIFE_DAYS)
            parts[category, reason] = (now, min(days, int(ago)))

    for name, times in situation.trace.bought.items():
        for at_us in times:
            add(name, at_us, _BOUGHT, SuggestionReason.BOUGHT)
    for name, at_us in situation.trace.viewed.items():
        add(name, at_us, _VIEWED, SuggestionReason.VIEWED)
    saved = situation.find_saved()
    for item in (*saved.cart, *saved.favourites):
        name = situation.shelf.product_of(item.id)
        add(name, to_micros(item.saved_at), _SAVED, SuggestionReason.SAVED)
    found: dict[str, _Wanting] = {}
    # What weighs most comes last, and is the reason.
    for (category, reason), (weight, days) in sorted(parts.items(), key=lambda one: one[1][0]):
        before = found[category].weight if category in found else 0.0
        found[category] = _Wanting(before + weight, reason, days)
    return found


def _list_wanted(situation: Situation, wanted: Mapping[str, _Wanting]) -> list[Suggestion]:
    return [
        Suggestion(
            kind=SuggestionKind.CATEGORIES,
            name=category,
            name_ja=situation.shelf.category_ja(category),
            reason=one.reason,
            days_since=one.days_since,
            score=round(one.weight, 4),
        )
        for category, one in wanted.items()
    ]


def _list_popular(situation: Situation) -> list[Suggestion]:
    """Return the categories that sell around somebody of whom nothing else may be used."""
    home, selling = situation.trends.popular(situation.find_home())
    buyers: Counter[str] = Counter()
    for one in selling:
        name = situation.shelf.product_of(one.product_id)
        for category in situation.shelf.categories_of(name)[-1:]:
            buyers[category] += one.n_buyers
    return [
        Suggestion(
            kind=SuggestionKind.CATEGORIES,
            name=category,
            name_ja=situation.shelf.category_ja(category),
            reason=SuggestionReason.POPULAR,
            place=home.area or home.country or None,
            score=float(count),
        )
        for category, count in buyers.items()
    ]


def _list_searches(
    situation: Situation, wanted: Mapping[str, _Wanting], leads: Iterable[_Lead]
) -> list[Suggestion]:
    """Return words that lead to what a person likes; to nobody's liking, what many search for."""
    found = []
    for search, categories in leads:
        if not all(_suits(category, situation) for category in categories):
            continue
        liked = [category for category in categories if category in wanted]
        if wanted and not liked:
            continue
        best = max(liked, key=lambda category: wanted[category].weight, default=None)
        own = wanted[best] if best is not None else None
        found.append(
            Suggestion(
                kind=SuggestionKind.SEARCHES,
                name=search.words,
                name_ja=None,
                reason=own.reason if own else SuggestionReason.POPULAR,
                category=best,
                category_ja=situation.shelf.category_ja(best) if best else None,
                days_since=own.days_since if own else None,
                score=round(own.weight, 4) if own else float(search.n_people),
            )
        )
    return found


def _suits(category: str, situation: Situation) -> bool:
    """Say whether a category is neither unwanted nor for another stage of life."""
    path = category.split(" > ")
    above = {" > ".join(path[: depth + 1]) for depth in range(len(path))}
    return not (above & situation.trace.dismissed or {*above, *path} & situation.withheld)
