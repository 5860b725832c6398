"""Everybody's forecasts in the product: learned in the background, told through the log.

A forecast is knowledge, so it travels as an event, a computed trait of the person with the model's
version, as of when it was made. Segments read it as the condition `prediction`; merging, erasing
and looking back need nothing of their own. A model is learned and told step by step; whoever dies
under way begins again as of the same instant, and what the log has already it does not take twice.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from kikubari.decide.predict import _repository as repository
from kikubari.decide.predict._orders import count_orders
from kikubari.decide.predict._repository import Found
from kikubari.decide.predict.contracts import LeftOut, PurchaseCard
from kikubari.decide.predict.learning import (
    Concluding,
    OtherCards,
    Question,
    conclude,
    gather,
    tell,
)
from kikubari.decide.predict.telling import Telling
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, StateStore

RENEWED_AFTER = timedelta(days=7)
_RETRIED_AFTER = timedelta(hours=1)
# After a start others go first: who looks at the console waits for them, nobody for this.
_SETTLING = timedelta(minutes=10)


class PredictionModel(msgspec.Struct, frozen=True, kw_only=True):
    """The card of a model of purchases.

    Attributes:
        version: counted from 1.
        as_of: what lies after it was not looked at.
        told_at: when the last forecast was in the log; None while under way.
        n_told: forecasts in the log.
        card: of purchases: data, window, quality and calibration; None before it is learned.
        others: the cards of what is told beside it.
    """

    version: int
    as_of: datetime
    told_at: datetime | None
    n_told: int
    card: PurchaseCard | None
    others: OtherCards = OtherCards()


class Predictions:
    """Learns everybody's forecasts anew when that is due, and tells them.

    Args:
        state: holds the cards, and the log that forecasts go to.
        columnar: the copy that orders are read from.
        clock: says when a model is due.
        zone: of the shop, in which days are named.
        left_out: people of whom nothing is forecast and from whom nothing is learned.
        concluding: does the heavy work.
        workspace_id: whose customers.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        clock: Clock,
        *,
        zone: ZoneInfo,
        left_out: LeftOut,
        concluding: Concluding = conclude,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._clock = clock
        self._zone = zone
        self._left_out = left_out
        self._concluding = concluding
        self._workspace_id = workspace_id
        self._started_at = clock.now()
        self._telling: Telling | None = None

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

    def _learn(self, asked: Found) -> Telling:
        as_of = from_micros(asked.as_of_us)
        question = Question(asked.version, as_of, self._zone, self._workspace_id)
        evidence = gather(self._columnar, question, self._left_out.list_left_out())
        found = self._concluding(evidence)
        card, others = msgspec.json.encode(found.card), msgspec.json.encode(found.others)
        self._state.write(
            lambda connection: repository.change_model(
                connection, self._workspace_id, asked.version, card=card, others=others
            )
        )
        events = tell(question, evidence, found)
        return Telling(self._state, self._clock, self._workspace_id, asked.version, events)


def _model_of(row: Found) -> PredictionModel:
    return PredictionModel(
        version=row.version,
        as_of=from_micros(row.as_of_us),
        told_at=from_micros(row.told_us) if row.told_us is not None else None,
        n_told=row.n_told,
        card=_card_of(row),
        others=(
            msgspec.json.decode(row.others, type=OtherCards)
            if row.others is not None
            else OtherCards()
        ),
    )


def _card_of(row: Found) -> PurchaseCard | None:
    return msgspec.json.decode(row.card, type=PurchaseCard) if row.card is not None else None
