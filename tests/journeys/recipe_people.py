"""People whom recipes are tried on: with every fact that a message may read, and with none."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from kikubari.app.recommended import LetterRecommendations
from kikubari.catalog import Product
from kikubari.decide.personalise import Fact, Facts, Lineage, Provenance, gather_facts
from kikubari.decide.recommend import (
    Grounds,
    Reason,
    Recommendation,
    Recommendations,
    Request,
    Strategy,
    Suggestion,
    SuggestionAsked,
)
from kikubari.kit.clock import ManualClock
from kikubari.kit.money import Money

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # noon in Tokyo
SHOP = {
    "name": "茶舗きくばり",
    "url": "https://shop.example",
    "address": "京都市下京区 1-2-3",
    "contact": "help@shop.example",
}
CONTENT: dict[str, Any] = {
    "shop": SHOP,
    "unsubscribe_url": "https://m.example/u/1",
    "preferences_url": "https://m.example/p/1",
    "reason": "",
    "coupon": {},
}
KNOWN_NAMES = ("customer", "trigger", "cart", "favourites", "viewed", "last_order")
COUPON = {
    "code": "TEA-4CFH-9KQX-W7DM",
    "benefit": "送料無料",
    "expires_at": "2026-12-05T00:00:00+00:00",
}
_BEHAVIOUR = Lineage(
    provenance=Provenance.OBSERVED,
    confidence=1.0,
    observed_at=NOW,
    sources_agree=True,
    category="product_interest",
    sensitivity="S1",
)
_PURCHASE = Lineage(
    provenance=Provenance.OBSERVED,
    confidence=1.0,
    observed_at=NOW,
    sources_agree=True,
    category="purchase",
    sensitivity="S1",
)
_DECLARED = Lineage(provenance=Provenance.DECLARED, confidence=1.0, observed_at=NOW)


def product(number: int) -> dict[str, Any]:
    return {
        "product_id": f"P{number}",
        "title": f"Kettle of cast iron, number {number}",
        "title_ja": f"鉄瓶 {number}号",
        "price": {"amount_minor": 5_800 + number, "currency": "JPY"},
        "image_url": f"https://shop.example/images/P{number}.jpg",
        "url": f"https://shop.example/products/P{number}",
    }


def ordered(number: int) -> dict[str, Any]:
    one = product(number)
    return {
        "title": one["title"],
        "title_ja": one["title_ja"],
        "quantity": number,
        "amount": {"amount_minor": 1_300 * number, "currency": "JPY"},
    }


def somebody(language: str) -> Facts:
    """Return the facts of a person of whom everything is known."""
    shelf = [product(n) for n in range(1, 13)]
    return gather_facts(
        {
            "customer": {
                "language": Fact(value=language, lineage=_DECLARED),
                "first_name": Fact(value="花子", lineage=_DECLARED),
                "last_name": Fact(value="山田", lineage=_DECLARED),
                "last_store": Fact(value="京都本店", lineage=_PURCHASE),
                "last_staff": Fact(value="鈴木", lineage=_PURCHASE),
                "favourite_category": Fact(value="Tea", lineage=_PURCHASE),
                "favourite_category_ja": Fact(value="お茶", lineage=_PURCHASE),
                "favourite_category_products": Fact(value=shelf, lineage=_PURCHASE),
            },
            "cart": Fact(value={"products": shelf}, lineage=_BEHAVIOUR),
            "favourites": Fact(value={"products": shelf}, lineage=_BEHAVIOUR),
            "viewed": Fact(value={"products": shelf}, lineage=_BEHAVIOUR),
            "last_order": Fact(value={"products": shelf}, lineage=_PURCHASE),
            "trigger": Fact(
                value={
                    "order_id": "A-1001",
                    "cart_id": "c-1",
                    "url": "https://shop.example/products/P1",
                    "closes_on": "2026-12-24",
                    "products": shelf,
                    "lines": [ordered(n) for n in range(1, 24)],
                    "amounts": {
                        name: {"amount_minor": minor, "currency": "JPY"}
                        for name, minor in (
                            ("total", 98_600),
                            ("shipping", 600),
                            ("old_price", 6_400),
                            ("new_price", 5_801),
                        )
                    },
                },
                lineage=_BEHAVIOUR,
            ),
        }
    )


def nobody() -> Facts:
    """Return the facts of a person of whom nothing is known."""
    return Facts({"customer": {}, "trigger": {}})


_SEED = {"seed": "P1", "seed_title": "Kettle of cast iron", "seed_title_ja": "鉄瓶"}
_CATEGORY = {"category": "Tea", "category_ja": "お茶"}
# Every reason that an item of a strategy may have.
_GROUNDS = {
    Strategy.FOR_YOU: (
        Grounds(code=Reason.SIMILAR_CUSTOMERS),
        Grounds(code=Reason.BUY_AGAIN, days_since=40, usual_days=45),
        Grounds(code=Reason.BOUGHT_TOGETHER, share=0.2, **_SEED),
    ),
    Strategy.NEW_FOR_YOU: (
        Grounds(code=Reason.SOMETHING_NEW, **_CATEGORY),
        Grounds(code=Reason.SIMILAR_CUSTOMERS),
        Grounds(code=Reason.TRENDING, n_buyers=40, place="京都府"),
    ),
    Strategy.VIEWED_NOT_BOUGHT: (Grounds(code=Reason.VIEWED, days_since=3),) * 3,
    Strategy.SIMILAR: (Grounds(code=Reason.SIMILAR, **_SEED),) * 3,
    Strategy.GOES_WITH: (Grounds(code=Reason.BOUGHT_TOGETHER, share=0.3, **_SEED),) * 3,
    Strategy.NEXT_AFTER: (Grounds(code=Reason.BOUGHT_NEXT, share=0.1, **_SEED),) * 3,
    Strategy.TRENDING: (Grounds(code=Reason.TRENDING, n_buyers=40),) * 3,
    Strategy.COLD_START: (Grounds(code=Reason.POPULAR, n_buyers=90, **_CATEGORY),) * 3,
    Strategy.CONTENT: (
        Grounds(code=Reason.ABOUT_BOUGHT, days_since=9, **_CATEGORY, **_SEED),
        Grounds(code=Reason.TO_READ, days_since=3),
    ),
}


class _EveryReason:
    """Recommends three products for whatever is asked, for each reason the strategy has."""

    def recommend(self, request: Request) -> Recommendations:
        """Return what one person gets."""
        return Recommendations(
            items=tuple(
                Recommendation(
                    product=Product(
                        product_id=f"R{number}",
                        updated_at=NOW,
                        title=f"Tea caddy, number {number}",
                        title_ja=f"茶筒 {number}号",
                        price=Money(2_400, "JPY"),
                        image_url=f"/images/R{number}.jpg",
                        url=f"/products/R{number}",
                    ),
                    strategy=request.strategy,
                    score=1.0,
                    reason=grounds,
                )
                for number, grounds in enumerate(_GROUNDS[request.strategy])
            )
        )

    def recommend_many(self, requests: Sequence[Request]) -> list[Recommendations]:
        """Return what many people get."""
        return [self.recommend(one) for one in requests]


class _NoSuggestions:
    """Suggests nothing: recipes ask for no categories and no searches."""

    def suggest_many(self, asked: Sequence[SuggestionAsked]) -> list[list[Suggestion]]:
        """Return what suits each."""
        return [[] for _ in asked]


SHELF = LetterRecommendations(
    _EveryReason(),
    ManualClock(NOW),
    suggests=_NoSuggestions(),
    base_url="https://shop.example",
)
