"""What letters are told of a recommendation: the product, why, and what it rests on."""

from datetime import UTC, datetime, timedelta

import pytest

from kikubari.app.recommended import LetterRecommendations, ground_of
from kikubari.catalog import Product
from kikubari.decide.personalise import UNKNOWN_LINEAGE, Provenance, RecommendationAsked
from kikubari.decide.recommend import (
    Grounds,
    Reason,
    Recommendation,
    Recommendations,
    Request,
    Strategy,
    Suggestion,
    SuggestionAsked,
    SuggestionKind,
    SuggestionReason,
)
from kikubari.kit.clock import ManualClock
from kikubari.kit.money import Money

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class OneProduct:
    """Recommends one product for each request, for a reason."""

    def __init__(self, reason: Grounds) -> None:
        self.reason = reason
        self.requests: list[Request] = []

    def recommend(self, request):
        return self.recommend_many([request])[0]

    def recommend_many(self, requests):
        self.requests += requests
        product = Product(
            product_id="tea",
            updated_at=NOW,
            title="Tea",
            title_ja="お茶",
            price=Money(1_200, "JPY"),
            url="/products/tea",
        )
        item = Recommendation(
            product=product, strategy=Strategy.TRENDING, score=1.0, reason=self.reason
        )
        return [Recommendations(items=(item,)) for _ in requests]


class Suggested:
    """Suggests the same to everybody, and remembers what it was asked."""

    def __init__(self, *suggestions: Suggestion) -> None:
        self.suggestions = list(suggestions)
        self.asked: list[SuggestionAsked] = []

    def suggest_many(self, asked):
        self.asked += asked
        return [self.suggestions for _ in asked]


def letters_of(shop, suggests=None):
    return LetterRecommendations(
        shop, ManualClock(NOW), suggests=suggests or Suggested(), base_url="https://shop.example"
    )


def asked(**more):
    return RecommendationAsked(number=7, strategy="goes_with", **more)


def test_a_letter_gets_the_product_whole_and_why_in_both_languages():
    shop = OneProduct(Grounds(code=Reason.VIEWED, days_since=3))
    letters = letters_of(shop)
    [[shown]] = letters.recommend_many([asked(seeds=("cup",), limit=3, fills=True)])
    assert shop.requests == [
        Request(strategy=Strategy.GOES_WITH, number=7, seeds=("cup",), limit=3, falls_back=True)
    ]
    assert shown.product == {
        "product_id": "tea",
        "title": "Tea",
        "title_ja": "お茶",
        "price": {"amount_minor": 1_200, "currency": "JPY"},
        "image_url": "",
        "url": "https://shop.example/products/tea",
    }
    assert (shown.strategy, shown.code) == ("trending", "viewed")
    assert (shown.reason_ja, shown.reason_en) == (
        "最近ご覧になった商品です",
        "You looked at this recently",
    )
    assert shown.ground == "viewed"
    assert shown.lineage.provenance is Provenance.OBSERVED
    assert shown.lineage.observed_at == NOW - timedelta(days=3)
    assert shown.lineage.category == "product_interest"


@pytest.mark.parametrize("code", list(Reason))
def test_every_reason_has_a_ground_or_says_nothing_of_the_person(code):
    ground = ground_of(Grounds(code=code))
    assert bool(ground) is (code not in {Reason.TRENDING, Reason.POPULAR, Reason.TO_READ})


@pytest.mark.parametrize(
    ("reason", "seeds", "ground"),
    [
        (Grounds(code=Reason.BOUGHT_TOGETHER, seed="cup"), (), "purchases"),
        # What goes with a product that the letter names: the letter's own fact is recorded.
        (Grounds(code=Reason.BOUGHT_TOGETHER, seed="cup"), ("cup",), ""),
        (Grounds(code=Reason.BOUGHT_TOGETHER, seed="pot"), ("cup",), "purchases"),
        (Grounds(code=Reason.SIMILAR, seed="cup"), (), "viewed"),
        (Grounds(code=Reason.POPULAR, category="Tea"), (), "viewed"),
        (Grounds(code=Reason.POPULAR, category="Tea"), ("cup",), ""),
        (Grounds(code=Reason.TRENDING, place="Kyoto"), (), "place"),
        (Grounds(code=Reason.IN_CART), (), "cart"),
        (Grounds(code=Reason.FAVOURITE), (), "favourites"),
    ],
)
def test_what_it_rests_on(reason, seeds, ground):
    assert ground_of(reason, seeds=seeds) == ground


def test_what_is_popular_tells_nothing_of_the_person():
    shop = OneProduct(Grounds(code=Reason.POPULAR))
    letters = letters_of(shop)
    [[shown]] = letters.recommend_many([asked()])
    assert (shown.ground, shown.lineage) == ("", UNKNOWN_LINEAGE)


def test_purchases_are_purchases():
    shop = OneProduct(Grounds(code=Reason.BUY_AGAIN, days_since=40))
    letters = letters_of(shop)
    [[shown]] = letters.recommend_many([asked()])
    assert (shown.ground, shown.lineage.category) == ("purchases", "purchase")


def suggestion(reason=SuggestionReason.VIEWED, **more):
    told = {"kind": SuggestionKind.CATEGORIES, "name": "Tea > Green tea", "name_ja": "お茶 > 緑茶"}
    return Suggestion(**(told | more), reason=reason)


def test_suggestions_come_between_products_in_the_order_asked():
    shop = OneProduct(Grounds(code=Reason.POPULAR))
    words = Suggested(suggestion(days_since=4))
    searches = RecommendationAsked(number=8, strategy="searches", limit=2)
    categories = RecommendationAsked(number=7, strategy="categories", limit=5)
    lists = letters_of(shop, words).recommend_many([searches, asked(), categories])
    assert words.asked == [
        SuggestionAsked(SuggestionKind.SEARCHES, 8, 2),
        SuggestionAsked(SuggestionKind.CATEGORIES, 7, 5),
    ]
    assert [one.product["title"] for [one] in lists] == ["Green tea", "Tea", "Green tea"]
    [shown] = lists[2]
    nothing = {"product_id": "", "image_url": "", "url": ""}
    assert shown.product == {"title": "Green tea", "title_ja": "緑茶", **nothing}
    assert (shown.strategy, shown.code) == ("categories", "viewed")
    assert shown.reason_en == "You looked at things from here"
    assert (shown.ground, shown.lineage.category) == ("viewed", "product_interest")
    assert shown.lineage.observed_at == NOW - timedelta(days=4)


@pytest.mark.parametrize(
    ("found", "ground", "en", "ja"),
    [
        (
            suggestion(SuggestionReason.BOUGHT),
            "purchases",
            "You have bought from here",
            "お買い上げのあるカテゴリーです",
        ),
        (
            suggestion(SuggestionReason.SAVED),
            "saved",
            "You saved something from here",
            "保存された商品のカテゴリーです",
        ),
        (
            suggestion(SuggestionReason.POPULAR),
            "",
            "Popular in this shop",
            "よく選ばれているカテゴリーです",
        ),
        # What is popular near somebody says where they live.
        (
            suggestion(SuggestionReason.POPULAR, place="JP"),
            "place",
            "Popular in Japan",
            "日本でよく選ばれているカテゴリーです",
        ),
        (
            suggestion(
                SuggestionReason.BOUGHT, kind=SuggestionKind.SEARCHES, name="gyokuro", name_ja=None,
                category="Tea > Green tea", category_ja="緑茶",
            ),
            "purchases",
            "Leads many people to Green tea, which you have bought from",
            "お買い上げの「緑茶」の商品に、多くの方がこの言葉でたどり着いています",
        ),
    ],
)  # fmt: skip
def test_a_suggestion_says_what_it_rests_on_and_no_more(found, ground, en, ja):
    shop = OneProduct(Grounds(code=Reason.POPULAR))
    asked_for = RecommendationAsked(number=7, strategy=found.kind.value)
    [[shown]] = letters_of(shop, Suggested(found)).recommend_many([asked_for])
    assert (shown.ground, shown.reason_en, shown.reason_ja) == (ground, en, ja)
    assert (shown.lineage == UNKNOWN_LINEAGE) is (not ground)
