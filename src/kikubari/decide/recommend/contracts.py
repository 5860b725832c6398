"""What recommending takes and gives."""

from enum import StrEnum

import msgspec

from kikubari.spec.errors import InvalidInputError


class NoItemsError(InvalidInputError):
    """There is nothing that recommendations could be learned from."""

    code = "no_items"


class Mode(StrEnum):
    """What may be recommended: everything, or only what the customer has never bought."""

    ALL = "all"
    NEW = "new"


class Reason(StrEnum):
    """Why an item stands in a list."""

    BUY_AGAIN = "buy_again"
    BOUGHT_TOGETHER = "bought_together"
    SIMILAR_CUSTOMERS = "similar_customers"
    TRENDING = "trending"


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
        coverage: share of all items that stood in anybody's ten.
        novelty: mean of -log2 of the share of customers who had bought the item.
        gain: NDCG of the blend less this one's, by the same customers; None for the blend.
    """

    ranking: str
    ndcg: Figure
    recall: Figure
    coverage: float
    novelty: Figure
    gain: Figure | None = None


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The blend beside the baselines, on a window that it had not seen."""

    mode: Mode
    horizon_days: float
    n_customers: int
    n_items: int
    seconds_to_fit: float
    chosen: str
    scores: list[Scores]
    trials: list[Trial]
