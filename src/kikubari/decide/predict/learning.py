"""All that is learned of a shop's customers at one instant, and the events that tell it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.decide.predict._lines import Lines, read_lines
from kikubari.decide.predict._orders import read_orders
from kikubari.decide.predict.contracts import Forecasts, PurchaseCard
from kikubari.decide.predict.goods import GoodsCard, forecast_goods
from kikubari.decide.predict.goods_statements import GoodsStatements
from kikubari.decide.predict.habits import HabitCards, learn_habits
from kikubari.decide.predict.occasions import gather_occasions, stand_at
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
class Learned:
    """What was learned: cards, and the events that tell the forecasts, made as they are asked."""

    card: PurchaseCard
    others: OtherCards
    events: Iterator[Event]


def learn(store: ColumnarStore, asked: Question, left_out: BitMap) -> Learned:
    """Learn from what everybody did before an instant, those left out apart."""
    nobody = np.array(left_out, dtype=np.uint32)
    card, purchases = _learn_purchases(store, asked, nobody)
    lines = read_lines(store, asked.as_of, workspace_id=asked.workspace_id).without(nobody)
    others, goods = _learn_goods(lines, asked)
    habits = learn_habits(
        store,
        lines,
        asked.as_of,
        zone=asked.zone,
        nobody=nobody,
        workspace_id=asked.workspace_id,
    )
    others = msgspec.structs.replace(others, habits=habits.cards)
    told = habits.events(asked.version, asked.as_of)
    return Learned(card, others, chain(purchases, goods, told))


def _learn_purchases(
    store: ColumnarStore, asked: Question, nobody: NDArray[np.uint32]
) -> tuple[PurchaseCard, Iterator[Event]]:
    history = read_orders(store, asked.as_of, workspace_id=asked.workspace_id)
    people = history.customers.to_numpy()
    occasions = gather_occasions(history, asked.as_of).of_customers(~np.isin(people, nobody))
    model = fit_purchases(occasions, HORIZON)
    if not isinstance(model, PurchaseModel):
        return model, iter(())
    at = stand_at(occasions, 0)
    parts = [slice(start, start + _CHUNK) for start in range(0, len(at), _CHUNK)]

    def forecasts() -> Iterator[Forecasts]:
        return (model.forecast(at.chosen(part)) for part in parts)

    worth = np.concatenate([one.expected_value for one in forecasts()])
    edges = np.quantile(worth, np.arange(1, _DECILES) / _DECILES)
    said = PurchaseStatements(asked.version, asked.as_of, asked.zone, model.card, people, edges)
    return model.card, said.events(forecasts())


def _learn_goods(lines: Lines, asked: Question) -> tuple[OtherCards, Iterator[Event]]:
    products = forecast_goods(lines.by_product(asked.as_of))
    by_category, names = lines.by_category(asked.as_of)
    categories = forecast_goods(by_category)
    said = GoodsStatements(asked.version, asked.as_of, asked.zone, lines.people)
    events = chain(
        said.of_products(products.due, lines.products, lines.categories),
        said.of_categories(categories.due, names),
    )
    return OtherCards(products=products.card, categories=categories.card), events
