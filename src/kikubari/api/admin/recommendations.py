"""What would be recommended to a customer and why, and the models behind it."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.decide.recommend import (
    MOST_ITEMS,
    Figure,
    Grounds,
    Recommendation,
    RecommendationModel,
    Request,
    Strategy,
    reason_sentence,
)
from kikubari.kit.money import Money

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Ids = Annotated[list[Annotated[str, msgspec.Meta(max_length=500)]], msgspec.Meta(max_length=200)]


class RecommendationRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to recommend to whom.

    Attributes:
        profile: id or an identifier of the customer; null for somebody nobody knows.
        strategy: what the list is meant to do.
        seeds: products it goes out from; by default the customer's own latest.
        limit: items at most.
        excluded: products that must not appear.
        categories: only products in them, or below.
        min_margin_percent: without products that are known to earn less.
        falls_back: whether other strategies may fill what this one leaves empty.
    """

    profile: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    strategy: Strategy = Strategy.FOR_YOU
    seeds: Ids = []
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_ITEMS)] = 4
    excluded: Ids = []
    categories: Ids = []
    min_margin_percent: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None
    falls_back: bool = True


class RecommendedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product as lists show it."""

    product_id: str
    title: str | None
    title_ja: str | None
    category: str | None
    category_ja: str | None
    price: Money | None
    list_price: Money | None
    stock: int | None
    image_url: str | None
    url: str | None


class RecommendationReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a product stands in a list: the facts, and a sentence that claims no more."""

    facts: Grounds
    ja: str
    en: str


class RecommendedItem(msgspec.Struct, frozen=True, kw_only=True):
    """A product, which strategy supplied it, and why."""

    product: RecommendedProduct
    strategy: Strategy
    score: float
    reason: RecommendationReason


class RecommendationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer would be recommended now.

    Attributes:
        items: best first.
        fell_back_to: other strategies that filled the list, in order.
        model_version: of what was learned; null as long as nothing is.
    """

    items: list[RecommendedItem]
    fell_back_to: list[Strategy]
    model_version: int | None


class RankingTrial(msgspec.Struct, frozen=True, kw_only=True):
    """What a way of ranking was worth on windows of the past; one of them is chosen."""

    ranking: str
    ndcg: Figure
    gain: Figure | None
    is_chosen: bool


class RankingCard(msgspec.Struct, frozen=True, kw_only=True):
    """What ranks in one mode, `all` or only what is `new` to the customer."""

    mode: Literal["all", "new"]
    chosen: str
    trials: list[RankingTrial]


class RecommendationCard(msgspec.Struct, frozen=True, kw_only=True):
    """What lists were learned from, and how well they did; see `recommend.ModelCard`."""

    n_customers: int
    n_items: int
    n_purchases: int
    first_at: datetime
    last_at: datetime
    horizon_days: float
    seed: int
    seconds: float
    n_goes_with: int
    n_next_after: int
    blends: list[RankingCard]


class RecommendationModelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One learning of recommendations; no `card` while it is under way."""

    version: int
    as_of: datetime
    learned_at: datetime | None
    card: RecommendationCard | None
    is_serving: bool


@post("/recommendations", guards=[requires("read")], sync_to_thread=True, status_code=200)
def recommend(
    services: NamedDependency[Services], data: JSONBody[RecommendationRequest]
) -> RecommendationAnswer:
    """Say what a customer would be recommended now, and why; nothing is sent or kept."""
    number = None
    if data.profile is not None:
        with services.store.read() as connection:
            number = services.profiles.get_profile(connection, data.profile).number
    found = services.recommending.recommend(
        Request(
            strategy=data.strategy,
            number=number,
            seeds=tuple(data.seeds),
            limit=data.limit,
            excluded=tuple(data.excluded),
            categories=tuple(data.categories),
            min_margin_percent=data.min_margin_percent,
            falls_back=data.falls_back,
        )
    )
    return RecommendationAnswer(
        items=[_item_of(one) for one in found.items],
        fell_back_to=list(found.fell_back_to),
        model_version=found.model_version,
    )


@get("/recommendations/models", guards=[requires("read")], sync_to_thread=True)
def list_recommendation_models(
    services: NamedDependency[Services], limit: Limit = 20
) -> list[RecommendationModelAnswer]:
    """List the cards of models, newest first: data, window, what each ranking was worth."""
    return [_told(one) for one in services.recommending.list_models(limit=limit)]


@post("/recommendations/models", guards=[requires("write")], sync_to_thread=True, status_code=202)
def ask_for_recommendation_model(
    services: NamedDependency[Services],
) -> RecommendationModelAnswer:
    """Learn recommendations anew in the background; one at a time."""
    return _told(services.recommending.ask())


def _told(model: RecommendationModel) -> RecommendationModelAnswer:
    return msgspec.convert(model, RecommendationModelAnswer, from_attributes=True)


def _item_of(one: Recommendation) -> RecommendedItem:
    product = msgspec.structs.asdict(one.product)
    return RecommendedItem(
        product=RecommendedProduct(
            **{name: product[name] for name in RecommendedProduct.__struct_fields__}
        ),
        strategy=one.strategy,
        score=one.score,
        reason=RecommendationReason(
            facts=one.reason,
            ja=reason_sentence(one.reason, "ja"),
            en=reason_sentence(one.reason, "en"),
        ),
    )


recommendation_handlers = [
    recommend,
    list_recommendation_models,
    ask_for_recommendation_model,
]
