"""What recommending takes and gives."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from kikubari.catalog import Product
from kikubari.profiles import SavedThings
from kikubari.spec.errors import InvalidInputError


class NoItemsError(InvalidInputError):
    """There is nothing that recommendations could be learned from."""

    code = "no_items"


class Mode(StrEnum):
    """What may be recommended: everything, or only what the customer has never bought."""

    ALL = "all"
    NEW = "new"


class Reason(StrEnum):
    """Why an item stands in a list: the only thing its sentence may claim."""

    BUY_AGAIN = "buy_again"
    BOUGHT_TOGETHER = "bought_together"
    SIMILAR_CUSTOMERS = "similar_customers"
    TRENDING = "trending"
    POPULAR = "popular"
    VIEWED = "viewed"
    FAVOURITE = "favourite"
    IN_CART = "in_cart"
    COMPARED = "compared"
    SIMILAR = "similar"
    BOUGHT_NEXT = "bought_next"
    SOMETHING_NEW = "something_new"
    LIKE_INTEREST = "like_interest"
    WITH_INTEREST = "with_interest"
    ABOUT_BOUGHT = "about_bought"
    ABOUT_INTEREST = "about_interest"
    TO_READ = "to_read"


class Figure(msgspec.Struct, frozen=True):
    """A mean over customers and its 95 % interval."""

    value: float
    low: float
    high: float


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a way of ranking was worth on windows before the history's end.

    Attributes:
        ranking: its name.
        ndcg: NDCG@10 on the windows.
        gain: over the simple ranking it would replace, by the same customers.
        is_chosen: whether it is what recommends now.
    """

    ranking: str
    ndcg: Figure
    gain: Figure | None = None
    is_chosen: bool = False


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """How good the lists of one ranking were, held against what was bought after.

    Attributes:
        ranking: its name.
        ndcg: at ten; an item bought counts once, all items alike.
        recall: share of what was bought that stood in the ten.
        coverage: share of all items that stood in anybody's ten; its interval is of as many people
            as were judged.
        novelty: mean of -log2 of the share of customers who had bought the item.
        gain: NDCG of the blend less this one's, by the same customers; None for the blend.
    """

    ranking: str
    ndcg: Figure
    recall: Figure
    coverage: Figure
    novelty: Figure
    gain: Figure | None = None


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The blend beside the baselines, on a window that it had not seen.

    Attributes:
        n_skipped: lines of the file without customer, item or time, which were left out.
        seed: of all draws; the same file and seed give the same figures.
    """

    mode: Mode
    horizon_days: float
    n_customers: int
    n_items: int
    n_skipped: int
    seed: int
    seconds_to_fit: float
    chosen: str
    scores: list[Scores]
    trials: list[Trial]


class BlendCard(msgspec.Struct, frozen=True, kw_only=True):
    """What ranks in one mode.

    Attributes:
        mode: what may be listed.
        chosen: name of the ranking.
        trials: what each ranking was worth on windows of the past; empty where too few bought.
    """

    mode: Mode
    chosen: str
    trials: tuple[Trial, ...]


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """What lists were learned from, and how well they did.

    Attributes:
        n_customers, n_items, n_purchases: learned from; a purchase is a customer, item and day.
        first_at, last_at: of the purchases.
        horizon_days: how far ahead the rankings look.
        seed: the same purchases and seed give the same lists.
        seconds: that learning took.
        n_goes_with, n_next_after: pairs of products that enough baskets show.
        blends: by mode.
    """

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
    blends: tuple[BlendCard, ...]


class RecommendationModel(msgspec.Struct, frozen=True, kw_only=True):
    """One learning of recommendations.

    Attributes:
        version: counted from 1.
        as_of: what lies after it was not learned from.
        learned_at: None while it is under way.
        card: None while it is under way.
        is_serving: whether lists of this process rest on it.
    """

    version: int
    as_of: datetime
    learned_at: datetime | None
    card: ModelCard | None
    is_serving: bool = False


class Strategy(StrEnum):
    """What a list of recommendations is meant to do."""

    FOR_YOU = "for_you"
    VIEWED_NOT_BOUGHT = "viewed_not_bought"
    SIMILAR = "similar"
    GOES_WITH = "goes_with"
    NEXT_AFTER = "next_after"
    BUY_AGAIN = "buy_again"
    TRENDING = "trending"
    NEW_FOR_YOU = "new_for_you"
    SAVED_ITEMS = "saved_items"
    COLD_START = "cold_start"
    CONTENT = "content"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for.

    Attributes:
        strategy: what the list is meant to do.
        number: of the person, any they have or had; None for somebody nobody knows.
        seeds: products that the list goes out from (of `similar`, `goes_with`, `next_after`: what
            is looked at, in the cart, just bought). Without any, the person's own latest.
        limit: items at most, 1 to 50.
        excluded: products that must not appear, such as what the same page shows already.
        categories: products of these categories, or below them, only; empty for all.
        min_margin_percent: products known to earn less do not appear.
        falls_back: whether other strategies may fill what this one leaves empty.
    """

    strategy: Strategy
    number: int | None = None
    seeds: tuple[str, ...] = ()
    limit: int = 4
    excluded: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    min_margin_percent: float | None = None
    falls_back: bool = True


class Grounds(msgspec.Struct, frozen=True, kw_only=True):
    """Why an item was recommended, and the facts that this rests on; see `reason_sentence`.

    Attributes:
        code: stable.
        seed: id of the product that it goes with, resembles or follows.
        seed_title, seed_title_ja: of that product.
        days_since: since it was viewed, saved or last bought by the person, or since `seed` was;
            of `to_read`, since it came out.
        usual_days: between the person's purchases of it.
        share: of the buyers of `seed` who bought it too, or next; 0 to 1.
        n_buyers: people who bought it lately.
        category, category_ja: that the person buys or looks at, or it is popular in, or about.
        place: prefecture or country that `n_buyers` is of.
        interest: what the person did with `seed`, of which no purchase is meant: viewed, saved.
    """

    code: Reason
    seed: str | None = None
    seed_title: str | None = None
    seed_title_ja: str | None = None
    days_since: int | None = None
    usual_days: int | None = None
    share: float | None = None
    n_buyers: int | None = None
    category: str | None = None
    category_ja: str | None = None
    place: str | None = None
    interest: Reason | None = None


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """A product, or something to read, for a person.

    Attributes:
        product: as the catalogue has it.
        strategy: that supplied it, which is another than asked for when that one had too few.
        score: orders the items of one strategy in one list; compares with nothing else.
        reason: why.
    """

    product: Product
    strategy: Strategy
    score: float
    reason: Grounds

    @property
    def product_id(self) -> str:
        """Return the id of the product."""
        return self.product.product_id


class Recommendations(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a request.

    Attributes:
        items: best first; none twice.
        fell_back_to: strategies beside the one asked for that items came from, in order.
        model_version: of what was learned that the lists rest on; None if nothing is learned yet.
    """

    items: tuple[Recommendation, ...] = ()
    fell_back_to: tuple[Strategy, ...] = ()
    model_version: int | None = None


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody lives; empty where unknown.

    Attributes:
        country: ISO 3166-1 alpha-2.
        area: prefecture or region, as the shop writes it.
    """

    country: str = ""
    area: str = ""


class Shopper(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known of a person before anything is recommended.

    Attributes:
        number: canonical.
        numbers: all that are theirs.
        is_profiled: whether what they did may be used for a choice made for them.
        is_tracked: whether what they only looked at may be.
        withheld: categories of goods that are for another stage of life than theirs.
        stages: of life that they are known to be in, by id, in small letters.
        other_stages: beside those in the same definitions.
    """

    number: int
    numbers: tuple[int, ...]
    is_profiled: bool = True
    is_tracked: bool = True
    withheld: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    other_stages: frozenset[str] = frozenset()


class Shoppers(Protocol):
    """Knows people; implemented above, where consents and limits are known too."""

    def load(self, numbers: Collection[int]) -> Mapping[int, Shopper]:
        """Return people by the numbers asked for; those nobody has are left out."""
        ...

    def load_homes(self, people: Collection[int]) -> Mapping[int, Home]:
        """Return where people live, by canonical number."""
        ...

    def load_saved(self, people: Collection[int]) -> Mapping[int, SavedThings]:
        """Return what people have saved, by canonical number."""
        ...


class SensitiveProducts(Protocol):
    """Knows what says too much about whoever it is recommended to."""

    def is_sensitive(self, product: Product) -> bool:
        """Say whether a product must not be recommended by what is known of somebody."""
        ...


class Recommender(Protocol):
    """Recommends products to people. Safe to call from any thread."""

    def recommend(self, request: Request) -> Recommendations:
        """Return what one person gets."""
        ...

    def recommend_many(self, requests: Sequence[Request]) -> list[Recommendations]:
        """Return what many people get, in the order asked: for broadcasts, a read for all."""
        ...
