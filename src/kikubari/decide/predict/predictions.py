"""Everybody's forecasts in the product: learned in the background, told through the log.

A forecast is knowledge, so it travels as an event, a computed trait of the person with the model's
version, as of when it was made. Segments read it as the condition `prediction`; merging, erasing
and looking back need nothing of their own. A model is learned and told step by step; whoever dies
under way begins again as of the same instant, and what the log has already it does not take twice.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.decide.predict import _repository as repository
from kikubari.decide.predict._orders import count_orders, read_orders
from kikubari.decide.predict._repository import Found
from kikubari.decide.predict.contracts import Forecasts, PurchaseCard
from kikubari.decide.predict.occasions import gather_occasions, stand_at
from kikubari.decide.predict.purchases import PurchaseModel, fit_purchases
from kikubari.events import append_in
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID, TRAIT_COMPUTED
from kikubari.storage import ColumnarStore, StateStore

HORIZON = timedelta(days=90)
RENEWED_AFTER = timedelta(days=7)
_RETRIED_AFTER = timedelta(hours=1)
# After a start others go first: who looks at the console waits for them, nobody for this.
_SETTLING = timedelta(minutes=10)
_EVENTS_PER_WRITE = 2_000
_CHUNK = 50_000
_DECILES = 10
_LONGEST_DAYS = 3_650.0


class LeftOut(Protocol):
    """Those whose data is kept and not used."""

    def list_left_out(self) -> BitMap:
        """Return their profile numbers."""
        ...


class PredictionModel(msgspec.Struct, frozen=True, kw_only=True):
    """The card of a model of purchases.

    Attributes:
        version: counted from 1.
        as_of: what lies after it was not looked at.
        told_at: when the last forecast was in the log; None while under way.
        n_told: forecasts in the log.
        card: data, window, quality and calibration; None before it is learned.
    """

    version: int
    as_of: datetime
    told_at: datetime | None
    n_told: int
    card: PurchaseCard | None


class PersonPrediction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is expected of a person, as told in the traits `predicted_…`.

    Attributes:
        model_version: that said so.
        horizon_days: that it is about.
        purchases: days on which something is bought.
        purchases_low: at least 80 of 100 lie between this and `purchases_high`.
        purchases_high: likewise.
        value_minor: worth of the purchases, in minor units of the base currency.
        value_low_minor: likewise between.
        value_high_minor: likewise.
        value_decile: 10 for the tenth of customers with most value ahead, 1 for the least.
        alive: probability of not having left for good.
        churn: probability of no purchase in the horizon.
        next_purchase: as likely before this day as after; None for who has more likely left.
    """

    model_version: int
    horizon_days: int
    purchases: float
    purchases_low: int
    purchases_high: int
    value_minor: int
    value_low_minor: int
    value_high_minor: int
    value_decile: int
    alive: float
    churn: float
    next_purchase: date | None = None


class Predictions:
    """Learns everybody's forecasts anew when that is due, and tells them.

    Args:
        state: holds the cards, and the log that forecasts go to.
        columnar: the copy that orders are read from.
        clock: says when a model is due.
        left_out: people of whom nothing is forecast and from whom nothing is learned.
        workspace_id: whose customers.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        clock: Clock,
        *,
        left_out: LeftOut,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._clock = clock
        self._left_out = left_out
        self._workspace_id = workspace_id
        self._started_at = clock.now()
        self._telling: _Telling | None = None

    def ask(self) -> PredictionModel:
        """Want a new model now; one that is under way already is the answer."""

        def work(connection: Connection) -> Found:
            waiting = repository.find_newest(connection, self._workspace_id, is_told=False)
            if waiting is None:
                as_of_us = to_micros(self._clock.now())
                repository.insert_model(connection, self._workspace_id, as_of_us=as_of_us)
                waiting = repository.find_newest(connection, self._workspace_id, is_told=False)
            assert waiting is not None  # noqa: S101 - written in this transaction
            return waiting

        return _model_of(self._state.write(work))

    def list_models(self, *, limit: int) -> list[PredictionModel]:
        """Return the cards of models, newest first."""
        with self._state.read() as connection:
            found = repository.list_models(connection, self._workspace_id, limit=limit)
        return [_model_of(one) for one in found]

    def step(self) -> bool:
        """Learn a model if one is due, or tell some of its forecasts; say if there is more."""
        if self._telling is None:
            asked = self._find_asked()
            if asked is None:
                return False
            self._telling = self._learn(asked)
        if self._telling.go_on():
            return True
        self._telling = None
        return False

    def _find_asked(self) -> Found | None:
        with self._state.read() as connection:
            asked = repository.find_newest(connection, self._workspace_id, is_told=False)
            last = repository.find_newest(connection, self._workspace_id, is_told=True)
        if asked is not None or not self._is_due(last):
            return asked
        self.ask()
        with self._state.read() as connection:
            return repository.find_newest(connection, self._workspace_id, is_told=False)

    def _is_due(self, last: Found | None) -> bool:
        now = self._clock.now()
        if now - self._started_at < _SETTLING:
            return False
        if last is None:
            return count_orders(self._columnar, workspace_id=self._workspace_id) > 0
        card = _card_of(last)
        is_withheld = card is not None and card.withheld is not None
        age = now - from_micros(last.as_of_us)
        return age >= (_RETRIED_AFTER if is_withheld else RENEWED_AFTER)

    def _learn(self, asked: Found) -> "_Telling":
        as_of = from_micros(asked.as_of_us)
        history = read_orders(self._columnar, as_of, workspace_id=self._workspace_id)
        people = history.customers.to_numpy()
        is_used = ~np.isin(people, self._left_out.list_left_out().to_array())
        occasions = gather_occasions(history, as_of).of_customers(is_used)
        model = fit_purchases(occasions, HORIZON)
        card = model.card if isinstance(model, PurchaseModel) else model
        forecasts: Iterator[Forecasts] = iter(())
        edges = np.zeros(0)
        if isinstance(model, PurchaseModel):
            at = stand_at(occasions, 0)
            parts = [slice(start, start + _CHUNK) for start in range(0, len(at), _CHUNK)]
            said = (model.forecast(at.chosen(part)) for part in parts)
            worth = np.concatenate([one.expected_value for one in said])
            edges = np.quantile(worth, np.arange(1, _DECILES) / _DECILES)
            forecasts = (model.forecast(at.chosen(part)) for part in parts)
        body = msgspec.json.encode(card)
        self._state.write(
            lambda connection: repository.change_model(
                connection, self._workspace_id, asked.version, card=body
            )
        )
        events = _Statements(asked.version, as_of, card, people, edges).events(forecasts)
        return _Telling(self._state, self._clock, self._workspace_id, asked.version, events)


class _Telling:
    """Writes a model's forecasts to the log, so many in a transaction."""

    def __init__(
        self,
        state: StateStore,
        clock: Clock,
        workspace_id: int,
        version: int,
        events: Iterator[Event],
    ) -> None:
        self._state = state
        self._clock = clock
        self._workspace_id = workspace_id
        self._version = version
        self._events = events
        self._n_told = 0

    def go_on(self) -> bool:
        """Write the next; return whether there may be more."""
        now = self._clock.now()
        some = [
            msgspec.structs.replace(one, received_at=now)
            for one, _ in zip(self._events, range(_EVENTS_PER_WRITE), strict=False)
        ]
        values = {"n_told": self._n_told + len(some)}
        if not some:
            values["told_us"] = to_micros(now)

        def work(connection: Connection) -> None:
            append_in(connection, some, workspace_id=self._workspace_id)
            repository.change_model(connection, self._workspace_id, self._version, **values)

        self._state.write(work)
        self._n_told += len(some)
        return bool(some)


def read_prediction(traits: dict[str, Any]) -> PersonPrediction | None:
    """Return what is expected of a person.

    Args:
        traits: computed by the product itself, by name; None as value is a trait withdrawn.
    """
    told = {
        name: traits[f"predicted_{name}"]
        for name in PersonPrediction.__struct_fields__
        if traits.get(f"predicted_{name}") is not None
    }
    return msgspec.convert(told, PersonPrediction) if "churn" in told else None


@dataclass(frozen=True, eq=False)
class _Statements:
    """How a model's forecasts are told of people.

    Attributes:
        version: of the model.
        as_of: when the forecasts are of.
        card: of the model.
        people: profile numbers by place in the history.
        edges: of the tenths of customers by the value that is expected.
    """

    version: int
    as_of: datetime
    card: PurchaseCard
    people: NDArray[np.uint32]
    edges: NDArray[np.float64]

    def events(self, forecasts: Iterator[Forecasts]) -> Iterator[Event]:
        """Yield an event for each forecast."""
        quality = self.card.quality
        confidence = round(1 - quality.reliability.expected_error, 4) if quality else 0.0
        context = {"kikubari": {"provenance": "inferred_self", "confidence": confidence}}
        for part in forecasts:
            for index, customer in enumerate(part.customer):
                number = int(self.people[customer])
                yield Event(
                    message_id=f"prediction:{self.version}:{number}",
                    kind=EventKind.TRACK,
                    type=TRAIT_COMPUTED,
                    occurred_at=self.as_of,
                    received_at=self.as_of,
                    source_id=INTERNAL_SOURCE_ID,
                    trust=Trust.INTERNAL,
                    number=number,
                    traits=self._traits(part, index),
                    context=context,
                )

    def _traits(self, part: Forecasts, index: int) -> dict[str, Any]:
        days = float(part.next_days[index])
        has_date = math.isfinite(days) and days <= _LONGEST_DAYS
        value, low, high = (
            round(float(np.nan_to_num(one[index])))
            for one in (part.expected_value, part.value_low, part.value_high)
        )
        said = PersonPrediction(
            model_version=self.version,
            horizon_days=self.card.horizon.days,
            purchases=round(float(part.expected[index]), 2),
            purchases_low=int(part.low[index]),
            purchases_high=int(part.high[index]),
            value_minor=value,
            value_low_minor=low,
            value_high_minor=high,
            value_decile=int(np.searchsorted(self.edges, part.expected_value[index], "right")) + 1,
            alive=round(float(part.alive[index]), 3),
            churn=round(float(part.churn[index]), 3),
            next_purchase=(self.as_of + timedelta(days=days)).date() if has_date else None,
        )
        # An absent day is told too: it withdraws the one that an earlier model may have named.
        told: dict[str, Any] = {"next_purchase": None, **msgspec.to_builtins(said)}
        return {f"predicted_{name}": one for name, one in told.items()}


def _model_of(row: Found) -> PredictionModel:
    return PredictionModel(
        version=row.version,
        as_of=from_micros(row.as_of_us),
        told_at=from_micros(row.told_us) if row.told_us is not None else None,
        n_told=row.n_told,
        card=_card_of(row),
    )


def _card_of(row: Found) -> PurchaseCard | None:
    return msgspec.json.decode(row.card, type=PurchaseCard) if row.card is not None else None
