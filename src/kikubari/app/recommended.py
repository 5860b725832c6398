"""What letters recommend, each thing with what is known of the reader that it rests on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from kikubari.app.showcase import show_product
from kikubari.decide.personalise import (
    SUGGESTIONS,
    UNKNOWN_LINEAGE,
    Lineage,
    Provenance,
    RecommendationAsked,
    RecommendedProduct,
)
from kikubari.decide.recommend import (
    Grounds,
    Reason,
    Recommendation,
    Recommender,
    Request,
    Strategy,
    Suggestion,
    SuggestionAsked,
    SuggestionKind,
    SuggestionReason,
    Suggests,
    reason_sentence,
    suggestion_sentence,
)
from kikubari.kit.clock import Clock

_PURCHASES, _VIEWED, _PLACE = "purchases", "viewed", "place"
# What a reason says of the person. The rest says what others buy.
_RESTS_ON: Mapping[Reason, str] = {
    Reason.BUY_AGAIN: _PURCHASES,
    Reason.BOUGHT_TOGETHER: _PURCHASES,
    Reason.BOUGHT_NEXT: _PURCHASES,
    Reason.SIMILAR_CUSTOMERS: _PURCHASES,
    Reason.SOMETHING_NEW: _PURCHASES,
    Reason.ABOUT_BOUGHT: _PURCHASES,
    Reason.VIEWED: _VIEWED,
    Reason.SIMILAR: _VIEWED,
    Reason.FAVOURITE: "favourites",
    Reason.IN_CART: "cart",
    Reason.COMPARED: "compared",
    # Said with what was done, which decides; without it the least that anybody knows.
    Reason.LIKE_INTEREST: _VIEWED,
    Reason.WITH_INTEREST: _VIEWED,
    Reason.ABOUT_INTEREST: _VIEWED,
    Reason.TO_READ: "",
}
_SUGGESTION_RESTS_ON: Mapping[SuggestionReason, str] = {
    SuggestionReason.BOUGHT: _PURCHASES,
    SuggestionReason.SAVED: "saved",
    SuggestionReason.VIEWED: _VIEWED,
}
_CATEGORIES = {_PURCHASES: "purchase", _PLACE: "location"}


class LetterRecommendations:
    """Implements `personalise.Recommends` on the shop's recommender.

    Args:
        recommender: makes the lists.
        clock: what somebody did so many days ago is as old as that.
        suggests: finds categories and searches.
        base_url: makes addresses of products whole.
    """

    def __init__(
        self, recommender: Recommender, clock: Clock, *, suggests: Suggests, base_url: str
    ) -> None:
        self._recommender = recommender
        self._suggests = suggests
        self._clock = clock
        self._base_url = base_url

    def recommend_many(
        self, asked: Sequence[RecommendationAsked]
    ) -> list[list[RecommendedProduct]]:
        """Return the list for each, in the order asked, best first."""
        now = self._clock.now()
        words = iter(self._suggest([one for one in asked if one.strategy in SUGGESTIONS], now))
        goods = iter(self._find([one for one in asked if one.strategy not in SUGGESTIONS], now))
        return [next(words if one.strategy in SUGGESTIONS else goods) for one in asked]

    def _find(
        self, asked: Sequence[RecommendationAsked], now: datetime
    ) -> list[list[RecommendedProduct]]:
        if not asked:
            return []
        answers = self._recommender.recommend_many(
            [
                Request(
                    strategy=Strategy(one.strategy),
                    number=one.number,
                    seeds=one.seeds,
                    limit=one.limit,
                    falls_back=one.fills,
                )
                for one in asked
            ]
        )
        return [
            [self._shown(item, one, now) for item in answer.items]
            for one, answer in zip(asked, answers, strict=True)
        ]

    def _suggest(
        self, asked: Sequence[RecommendationAsked], now: datetime
    ) -> list[list[RecommendedProduct]]:
        if not asked:
            return []
        found = self._suggests.suggest_many(
            [SuggestionAsked(SuggestionKind(one.strategy), one.number, one.limit) for one in asked]
        )
        return [[_suggested(one, now) for one in suggestions] for suggestions in found]

    def _shown(
        self, item: Recommendation, asked: RecommendationAsked, now: datetime
    ) -> RecommendedProduct:
        ground = ground_of(item.reason, seeds=asked.seeds)
        return RecommendedProduct(
            product=show_product(item.product, self._base_url),
            strategy=item.strategy.value,
            code=item.reason.code.value,
            reason_ja=reason_sentence(item.reason, "ja"),
            reason_en=reason_sentence(item.reason, "en"),
            ground=ground,
            lineage=_lineage_of(ground, item.reason.days_since, now),
        )


def ground_of(reason: Grounds, *, seeds: Sequence[str] = ()) -> str:
    """Return what is known of the person that a recommendation rests on; empty: nothing.

    Args:
        reason: of the recommendation.
        seeds: products that were named; what goes out from one of them says nothing more.
    """
    if reason.seed is not None and reason.seed in seeds:
        return ""
    if reason.interest is not None:
        return _RESTS_ON[reason.interest]
    if reason.code in {Reason.TRENDING, Reason.POPULAR}:
        if reason.category is not None and not seeds:
            return _VIEWED
        return _PLACE if reason.place is not None else ""
    return _RESTS_ON[reason.code]


def _suggested(one: Suggestion, now: datetime) -> RecommendedProduct:
    """Return a category or words, which nobody knows an address of."""
    ground = _SUGGESTION_RESTS_ON.get(one.reason, _PLACE if one.place is not None else "")
    title = one.name
    if one.kind is SuggestionKind.CATEGORIES:
        title = _last_part(one.name)
    return RecommendedProduct(
        product={
            "product_id": "",
            "title": title,
            "title_ja": _last_part(one.name_ja) if one.name_ja else title,
            "image_url": "",
            "url": "",
        },
        strategy=one.kind.value,
        code=one.reason.value,
        reason_ja=suggestion_sentence(one, "ja"),
        reason_en=suggestion_sentence(one, "en"),
        ground=ground,
        lineage=_lineage_of(ground, one.days_since, now),
    )


def _last_part(category: str) -> str:
    return category.rsplit(" > ", maxsplit=1)[-1]


def _lineage_of(ground: str, days_since: int | None, now: datetime) -> Lineage:
    if not ground:
        return UNKNOWN_LINEAGE
    return Lineage(
        provenance=Provenance.OBSERVED,
        confidence=1.0,
        observed_at=now - timedelta(days=days_since or 0),
        sources_agree=True,
        category=_CATEGORIES.get(ground, "product_interest"),
        sensitivity="S1",
    )
