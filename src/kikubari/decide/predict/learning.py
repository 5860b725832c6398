"""All that is learned of a shop's customers at one instant, and the events that tell it.

In three parts: what is read from the copy, what is concluded from it, and how that is told. The
middle one is the heavy work; it needs nothing but what was read, so it may be done anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.decide.predict._fitting import Floats
from kikubari.decide.predict._lines import Lines, read_lines
from kikubari.decide.predict._orders import read_orders
from kikubari.decide.predict.contracts import Forecasts, PurchaseCard
from kikubari.decide.predict.goods import DueGoods, GoodsCard, forecast_goods
from kikubari.decide.predict.goods_statements import GoodsStatements
from kikubari.decide.predict.habits import (
    HabitCards,
    HabitRows,
    Habits,
    learn_habits,
    read_habit_rows,
)
from kikubari.decide.predict.occasions import Occasions, gather_occasions, stand_at
from kikubari.decide.predict.person_prediction import PurchaseStatements
from kikubari.decide.predict.purchases import PurchaseModel, fit_purchases
from kikubari.spec.envelope import Event
from kikubari.storage import ColumnarStore

HORIZON = timedelta(days=90)
_CHUNK = 50_000
_DECILES = 10


class OtherCards(msgspec.Struct, frozen=True, kw_only=True):
    """The cards of what is told beside purchases; None before it is learned.

    Attributes:
        products: that run low.
        categories: that run low as a whole.
        habits: categories, discounts, hours and weekdays that people lean to.
    """

    products: GoodsCard | None = None
    categories: GoodsCard | None = None
    habits: HabitCards | None = None


@dataclass(frozen=True)
class Question:
    """What is to be learned.

    Attributes:
        version: of the model.
        as_of: what lies after it is not looked at.
        zone: of the shop.
        workspace_id: whose customers.
    """

    version: int
    as_of: datetime
    zone: ZoneInfo
    workspace_id: int


@dataclass(frozen=True, eq=False)
class Evidence:
    """What everybody did before an instant, those left out apart.

    Attributes:
        as_of: the instant.
        people: profile numbers, by place in `occasions`.
        occasions: days on which they bought.
        lines: what they bought.
        habits: when they did something, and at which prices they bought.
    """

    as_of: datetime
    people: NDArray[np.uint32]
    occasions: Occasions
    lines: Lines
    habits: HabitRows


@dataclass(frozen=True, eq=False)
class Conclusions:
    """What the evidence says of everybody.

    Attributes:
        card: of purchases.
        others: of what is told beside them.
        forecasts: of purchases, some customers in each; none where they are withheld.
        edges: of the tenths of customers by the value that is expected.
        products: that run low; places in `Lines.products`.
        categories: that run low as a whole; places in `category_names`.
        category_names: of all that was bought.
        habits: what each person leans to.
    """

    card: PurchaseCard
    others: OtherCards
    forecasts: tuple[Forecasts, ...]
    edges: Floats
    products: DueGoods
    categories: DueGoods
    category_names: tuple[str, ...]
    habits: Habits


class Concluding(Protocol):
    """Does the heavy work, wherever it stalls nobody."""

    def __call__(self, evidence: Evidence) -> Conclusions:
        """Return what the evidence says."""
        ...


def gather(store: ColumnarStore, asked: Question, left_out: BitMap) -> Evidence:
    """Read what is learned from; nothing of those left out."""
    nobody = np.array(left_out, dtype=np.uint32)
    history = read_orders(store, asked.as_of, workspace_id=asked.workspace_id)
    people = history.customers.to_numpy()
    lines = read_lines(store, asked.as_of, workspace_id=asked.workspace_id)
    return Evidence(
        as_of=asked.as_of,
        people=people,
        occasions=gather_occasions(history, asked.as_of).of_customers(~np.isin(people, nobody)),
        lines=lines.without(nobody),
        habits=read_habit_rows(
            store,
            asked.as_of,
            zone=asked.zone,
            nobody=nobody,
            workspace_id=asked.workspace_id,
        ),
    )


def conclude(evidence: Evidence) -> Conclusions:
    """Learn in this process; implements `Concluding`."""
    card, forecasts = _forecast_purchases(evidence.occasions)
    products = forecast_goods(evidence.lines.by_product(evidence.as_of))
    by_category, names = evidence.lines.by_category(evidence.as_of)
    categories = forecast_goods(by_category)
    habits = learn_habits(evidence.habits, evidence.lines, evidence.as_of)
    return Conclusions(
        card=card,
        others=OtherCards(products=products.card, categories=categories.card, habits=habits.cards),
        forecasts=forecasts,
        edges=_find_edges(forecasts),
        products=products.due,
        categories=categories.due,
        category_names=tuple(names),
        habits=habits,
    )


def tell(asked: Question, evidence: Evidence, found: Conclusions) -> Iterator[Event]:
    """Return the events that tell what was concluded, made as they are asked for."""
    lines = evidence.lines
    purchases = PurchaseStatements(
        asked.version, asked.as_of, asked.zone, found.card, evidence.people, found.edges
    )
    goods = GoodsStatements(asked.version, asked.as_of, asked.zone, lines.people)
    return chain(
        purchases.events(iter(found.forecasts)),
        goods.of_products(found.products, lines.products, lines.categories),
        goods.of_categories(found.categories, found.category_names),
        found.habits.events(asked.version, asked.as_of),
    )


def _forecast_purchases(occasions: Occasions) -> tuple[PurchaseCard, tuple[Forecasts, ...]]:
    model = fit_purchases(occasions, HORIZON)
    if not isinstance(model, PurchaseModel):
        return model, ()
    at = stand_at(occasions, 0)
    parts = (slice(start, start + _CHUNK) for start in range(0, len(at), _CHUNK))
    return model.card, tuple(model.forecast(at.chosen(part)) for part in parts)


def _find_edges(forecasts: tuple[Forecasts, ...]) -> Floats:
    if not forecasts:
        return np.zeros(0)
    worth = np.concatenate([one.expected_value for one in forecasts])
    edges: Floats = np.quantile(worth, np.arange(1, _DECILES) / _DECILES)
    return edges
