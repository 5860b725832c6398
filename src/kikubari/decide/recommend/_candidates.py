"""Candidates of customers, and what is known of each: the features that rankings weigh."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend._own import OF_ITEM, OF_PERSON, Own
from kikubari.decide.recommend._relations import (
    FADING_DAYS,
    Relations,
    learn_relations,
    with_everybody,
)
from kikubari.decide.recommend._rows import Rows, gather_rows, score
from kikubari.decide.recommend._selling import OF_SALES, describe_items
from kikubari.decide.recommend.contracts import Mode
from kikubari.decide.recommend.purchases import Purchases

# Of each way of finding candidates, and of what a customer bought.
_FOUND_EACH = 70
_OWN = 250
_POPULAR = ("pop_7", "pop_14", "pop")

# What goes with purchases that fade by half in so many days.
_TOGETHER_DAYS = 60.0
_RELATED = ("next_up", "likes", "lately", "together", "with_last")
FEATURES = (*OF_ITEM, *_RELATED, *(f"{name}_z" for name in _RELATED), *OF_SALES, *OF_PERSON)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Rows of candidates, by customer.

    Attributes:
        row: int64, place among the customers asked for, ascending.
        item: int64.
        features: float32, a column per name in FEATURES.
    """

    row: NDArray[np.int64]
    item: NDArray[np.int64]
    features: NDArray[np.float32]

    def column(self, name: str) -> NDArray[np.float32]:
        """Return a feature of every candidate."""
        return self.features[:, FEATURES.index(name)]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All that is known on a day, ready to find candidates for anybody.

    Attributes:
        known: purchases before the day.
        relations: of items.
        about_items: float32, a row per item and a column per name in OF_SALES.
        horizon_days: how far ahead is asked.
    """

    known: Purchases
    relations: Relations
    about_items: NDArray[np.float32]
    horizon_days: float

    @classmethod
    def take(cls, known: Purchases, *, horizon_days: float, seed: int) -> Self:
        """Return what purchases say; `seed`: of the sample that speaks for a large shop."""
        return cls(
            known,
            learn_relations(known, horizon_days=horizon_days, seed=seed),
            describe_items(known, horizon_days),
            horizon_days,
        )

    def without_customers(self) -> Self:
        """Return what is known of items alone."""
        nobody = replace(
            self.known,
            n_customers=0,
            customer=self.known.customer[:0],
            item=self.known.item[:0],
            day=self.known.day[:0],
        )
        return replace(self, known=nobody)

    def find(self, customers: NDArray[np.int64], mode: Mode) -> Candidates:
        """Return candidates of customers, who may be unknown: then what is popular."""
        begins, ends = self._starts[customers], self._starts[customers + 1]
        lengths = ends - begins
        place = (
            np.repeat(begins, lengths)
            + np.arange(lengths.sum())
            - np.repeat(np.cumsum(lengths) - lengths, lengths)
        )
        row = np.repeat(np.arange(len(customers)), lengths)
        return self.find_by_history(
            row, self.known.item[place], self.known.day[place], len(customers), mode
        )

    def find_by_history(
        self,
        row: NDArray[np.int64],
        item: NDArray[np.int32],
        day: NDArray[np.float32],
        n_rows: int,
        mode: Mode,
    ) -> Candidates:
        """Return candidates of people by what they bought, whether or not it was learned from.

        Args:
            row: ascending numbers of people, below `n_rows`.
            item: what each bought.
            day: and when, ascending for each, at most once a whole day.
            n_rows: how many people.
            mode: what may be a candidate.
        """
        own = Own(row, item, day, self.known.end_day, self.known.n_items)
        related = self._relate(own, n_rows)
        keys = self._choose(own, related, n_rows, mode)
        who, what = keys // self.known.n_items, keys % self.known.n_items
        place = self.relations.place[what]
        features = np.concatenate(
            [
                own.describe(keys),
                *_look_up(related, who, place),
                self.about_items[what],
                own.describe_people(n_rows, self.horizon_days)[who],
            ],
            axis=1,
            dtype=np.float32,
        )
        return Candidates(who, what, features)

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return self.known.starts()

    @cached_property
    def _popular(self) -> list[NDArray[np.int64]]:
        sales = self.about_items[self.relations.items]
        return [
            np.argsort(-sales[:, OF_SALES.index(name)], kind="stable")[:_FOUND_EACH]
            for name in _POPULAR
        ]

    def _relate(self, own: Own, n_rows: int) -> list[NDArray[np.float32]]:
        tables = self.relations
        is_inside = tables.place[own.item] >= 0
        row, place = own.row[is_inside], tables.place[own.item[is_inside]].astype(np.int64)

        def rows(weight: NDArray[np.float64] | None) -> Rows:
            return gather_rows(row, place, weight, n_rows=n_rows, n_columns=len(tables.items))

        bought = rows(None)
        lately, fading = (
            rows(own.fading(days)[is_inside]) for days in (FADING_DAYS, _TOGETHER_DAYS)
        )
        last = rows(own.in_last[is_inside].astype(np.float64))
        return [
            score(with_everybody(bought.scaled()), tables.next_up),
            score(bought, tables.likes),
            score(lately, tables.lately),
            score(fading, tables.together),
            score(last, tables.together),
        ]

    def _choose(
        self, own: Own, related: list[NDArray[np.float32]], n_rows: int, mode: Mode
    ) -> NDArray[np.int64]:
        n_items = len(self.relations.items)
        n_found = min(_FOUND_EACH, n_items)
        is_chosen = np.zeros((n_rows, n_items), dtype=bool)
        for places in self._popular:
            is_chosen[:, places] = True
        inside = self.relations.place[own.item]
        if mode is Mode.NEW:
            related = [np.array(one) for one in related]
        for one in related:
            if mode is Mode.NEW:
                one[own.row[inside >= 0], inside[inside >= 0]] = -np.inf
            top = np.argpartition(-one, n_found - 1, axis=1)[:, :n_found]
            np.put_along_axis(is_chosen, top, values=True, axis=1)
        row, place = np.nonzero(is_chosen)
        keys = row * self.known.n_items + self.relations.items[place]
        if mode is Mode.NEW:
            return np.setdiff1d(keys, own.keys, assume_unique=True)
        return np.union1d(keys, own.list_favourites(_OWN))


def _look_up(
    related: list[NDArray[np.float32]], row: NDArray[np.int64], place: NDArray[np.int32]
) -> list[NDArray[np.float32]]:
    """Return the scores at the candidates, as they are and by how far above a person's usual."""
    inside = place >= 0
    plain = np.zeros((len(row), len(related)), dtype=np.float32)
    standard = np.zeros_like(plain)
    for column, one in enumerate(related):
        plain[inside, column] = one[row[inside], place[inside]]
        mean, spread = one.mean(1), one.std(1) + np.float32(1e-6)
        standard[inside, column] = ((plain[:, column] - mean[row]) / spread[row])[inside]
    return [plain, standard]
