"""Whom time alone moves in or out of a leaf, each at an instant of their own, looked up ahead.

Edges in time (`changes`) are as far from an event for everybody; here the distance is a person's
own. Once a day everybody's next instants are asked for; after that, those of people with news.
"""

import heapq

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.segments.compile import compile_crossings
from kikubari.segments.moment import Moment
from kikubari.segments.reads import CROSSINGS_AHEAD
from kikubari.spec.conditions import Due
from kikubari.storage import ColumnarStore, QueryBudget

_RECORD = np.dtype([("person", "<u4"), ("at", "<i8")])
_BUDGET = {**QueryBudget.LIVE, "max_threads": 1}


class Crossings:
    """The instants ahead at which somebody may enter or leave one leaf.

    An instant that news made wrong stays: whoever is asked about once too often is where they were.
    """

    def __init__(self, leaf: Due, columnar: ColumnarStore, workspace_id: int) -> None:
        self._leaf = leaf
        self._columnar = columnar
        self._workspace_id = workspace_id
        self._ahead: list[tuple[int, int]] = []
        self._until = 0

    def renew(self, moment: Moment) -> None:
        """Look up everybody's instants of the next day."""
        self._until = moment.as_of + CROSSINGS_AHEAD
        self._ahead = self._find(moment, None)
        heapq.heapify(self._ahead)

    def note(self, moment: Moment, numbers: list[int]) -> None:
        """Look up those of the people with these numbers, whose rows are others now."""
        for one in self._find(moment, numbers):
            heapq.heappush(self._ahead, one)

    def take(self, as_of: int) -> BitMap:
        """Return whoever's instant has come since the last call."""
        people = BitMap()
        while self._ahead and self._ahead[0][0] <= as_of:
            people.add(heapq.heappop(self._ahead)[1])
        return people

    def _find(self, moment: Moment, numbers: list[int] | None) -> list[tuple[int, int]]:
        query = compile_crossings(self._leaf, self._workspace_id, moment, self._until, numbers)
        found: NDArray[np.void] = self._columnar.query_records(
            query.sql, query.parameters, _RECORD, budget=_BUDGET
        )
        return list(zip(found["at"].tolist(), found["person"].tolist(), strict=True))
