"""Categories and searches for somebody: where to look next, by what they looked for before."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

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
        score: orders one person's list.
    """

    kind: SuggestionKind
    name: str
    name_ja: str | None
    reason: SuggestionReason
    category: str | None = None
    category_ja: str | None = None
    score: float = 0.0


class Suggesting:
    """Suggests categories and searches.

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
        asked = Request(strategy=Strategy.FOR_YOU, number=number)
        [situation] = self._recommending.situate_many([asked])
        wanted = self._weigh(situation)
        found = (
            self._list_categories(situation, wanted)
            if kind is SuggestionKind.CATEGORIES
            else self._list_searches(situation, wanted)
        )
        return sorted(found, key=lambda one: (-one.score, one.name))[:limit]

    def _weigh(self, situation: Situation) -> dict[str, tuple[float, SuggestionReason]]:
        """Return how much a person did in each category, and by what most of it."""
        parts: dict[tuple[str, SuggestionReason], float] = {}

        def add(name: str, at_us: int, weight: float, reason: SuggestionReason) -> None:
            ago = max(0.0, (to_micros(situation.now) - at_us) / DAY_US)
            for category in situation.shelf.categories_of(name)[-1:]:
                key = (category, reason)
                parts[key] = parts.get(key, 0.0) + weight * 2 ** (-ago / _HALF_LIFE_DAYS)

        for name, times in situation.trace.bought.items():
            for at_us in times:
                add(name, at_us, _BOUGHT, SuggestionReason.BOUGHT)
        for name, at_us in situation.trace.viewed.items():
            add(name, at_us, _VIEWED, SuggestionReason.VIEWED)
        saved = situation.find_saved()
        for item in (*saved.cart, *saved.favourites):
            name = situation.shelf.product_of(item.id)
            add(name, to_micros(item.saved_at), _SAVED, SuggestionReason.SAVED)
        found: dict[str, tuple[float, SuggestionReason]] = {}
        for (category, reason), weight in sorted(parts.items(), key=lambda one: one[1]):
            found[category] = (found.get(category, (0.0, reason))[0] + weight, reason)
        return found

    def _list_categories(
        self, situation: Situation, wanted: dict[str, tuple[float, SuggestionReason]]
    ) -> list[Suggestion]:
        scores = dict(wanted)
        if not scores:
            _, selling = situation.trends.popular(situation.find_home())
            for one in selling:
                name = situation.shelf.product_of(one.product_id)
                for category in situation.shelf.categories_of(name)[-1:]:
                    known = scores.get(category, (0.0, SuggestionReason.POPULAR))[0]
                    scores[category] = (known + one.n_buyers, SuggestionReason.POPULAR)
        return [
            Suggestion(
                kind=SuggestionKind.CATEGORIES,
                name=category,
                name_ja=situation.shelf.category_ja(category),
                reason=reason,
                score=round(score, 4),
            )
            for category, (score, reason) in scores.items()
            if self._may_show(category, situation)
        ]

    def _list_searches(
        self, situation: Situation, wanted: dict[str, tuple[float, SuggestionReason]]
    ) -> list[Suggestion]:
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
            if not all(self._may_show(category, situation) for category in categories):
                continue
            best = max((one for one in categories if one in wanted), key=lambda one: wanted[one][0],
                       default=None)  # fmt: skip
            if best is None and wanted:
                continue
            score, reason = wanted[best] if best else (one.n_people, SuggestionReason.POPULAR)
            found.append(
                Suggestion(
                    kind=SuggestionKind.SEARCHES,
                    name=one.words,
                    name_ja=None,
                    reason=reason,
                    category=best,
                    category_ja=situation.shelf.category_ja(best) if best else None,
                    score=round(float(score), 4),
                )
            )
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

    def _may_show(self, category: str, situation: Situation) -> bool:
        """Say whether a category is none that says too much, is unwanted, or for others."""
        path = category.split(" > ")
        above = {" > ".join(path[: depth + 1]) for depth in range(len(path))}
        if above & situation.trace.dismissed or {*above, *path} & situation.withheld:
            return False
        return not self._says_too_much(category) and not situation.shelf.is_telling(category)

    def _says_too_much(self, words: str) -> bool:
        path = tuple(words.split(" > "))
        named = Product(
            product_id="", updated_at=self._clock.now(), category=words, category_path=path
        )
        return self._sensitive.is_sensitive(named)
