"""Both evaluators side by side over one generated shop."""

import random
from datetime import UTC, datetime

from population import (
    AS_OFS,
    KNOWN_ATS,
    ZONE,
    FixedDefinitions,
    FixedLists,
    FixedProgress,
    Population,
)
from pyroaring import BitMap
from trees import SEGMENTS

from kikubari.kit.clock import ManualClock
from kikubari.segments.engine import SegmentEngine
from kikubari.segments.evaluate import evaluate
from kikubari.spec.conditions import Condition, convert_condition
from kikubari.storage import ColumnarStore

CLOCK_START = datetime(2026, 3, 10, tzinfo=UTC)


class Shop:
    def __init__(self, store: ColumnarStore, *, seed: int, n_people: int) -> None:
        self.store = store
        self.population = Population(seed, n_people)
        self.population.load(store)
        self.progress = FixedProgress()
        self.clock = ManualClock(CLOCK_START)
        self.engine = self.new_engine()

    def new_engine(self) -> SegmentEngine:
        definitions = {name: convert_condition(value) for name, value in SEGMENTS.items()}
        return SegmentEngine(
            self.store,
            progress=self.progress,
            lists=FixedLists(self.population.lists),
            definitions=FixedDefinitions(definitions),
            clock=self.clock,
            zone=ZONE,
        )

    def as_set(
        self, condition: Condition, as_of: datetime, known_at: datetime | None
    ) -> BitMap:
        return self.engine.evaluate(condition, as_of, known_at).members

    def one_by_one(
        self, condition: Condition, as_of: datetime, known_at: datetime | None
    ) -> BitMap:
        moment = self.engine.moment(as_of, known_at)
        base = self.engine.base_values(condition, moment)
        return BitMap(
            person.profile
            for person in self.population.people
            if evaluate(condition, person, base, moment)
        )


def instants(rng: random.Random) -> tuple[datetime, datetime | None]:
    return rng.choice(AS_OFS), rng.choice(KNOWN_ATS)
