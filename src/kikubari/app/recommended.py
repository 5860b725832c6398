"""Products that letters recommend, each with what is known of the reader that it rests on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from kikubari.app.showcase import show_product
from kikubari.decide.personalise import (
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
    reason_sentence,
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
_CATEGORIES = {_PURCHASES: "purchase", _PLACE: "location"}


class LetterRecommendations:
    """Implements `personalise.Recommends` on the shop's recommender.

    Args:
        recommender: makes the lists.
        clock: what somebody did so many days ago is as old as that.
        base_url: makes addresses of products whole.
    """

    def __init__(self, recommender: Recommender, clock: Clock, *, base_url: str) -> None:
        self._recommender = recommender
        self._clock = clock
        self._base_url = base_url

    def recommend_many(
        self, asked: Sequence[RecommendationAsked]
    ) -> list[list[RecommendedProduct]]:
        """Return the list for each, in the order asked, best first."""
        now = self._clock.now()
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
            lineage=_lineage_of(ground, item.reason, now) if ground else UNKNOWN_LINEAGE,
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


def _lineage_of(ground: str, reason: Grounds, now: datetime) -> Lineage:
    return Lineage(
        provenance=Provenance.OBSERVED,
        confidence=1.0,
        observed_at=now - timedelta(days=reason.days_since or 0),
        sources_agree=True,
        category=_CATEGORIES.get(ground, "product_interest"),
        sensitivity="S1",
    )
