"""Both evaluators side by side over one generated shop."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from focused import FOCUS_AS_OFS, FOCUSED
from msgspec import structs
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
from trees import LEAVES, SEGMENTS

from kikubari.kit.clock import ManualClock
from kikubari.segments._evaluate_numbers import ranked_value
from kikubari.segments.contracts import BaseValues
from kikubari.segments.engine import SegmentEngine
from kikubari.segments.evaluate import evaluate
from kikubari.segments.measures import rank_of
from kikubari.segments.moment import Moment
from kikubari.segments.person import View
from kikubari.spec.conditions import (
    Condition,
    Percentile,
    convert_condition,
    digest_of,
    walk,
)
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

    def as_set(self, condition: Condition, as_of: datetime, known_at: datetime | None) -> BitMap:
        return self.engine.evaluate(condition, as_of, known_at).members

    def one_by_one(
        self, condition: Condition, as_of: datetime, known_at: datetime | None
    ) -> BitMap:
        moment = self.engine.moment(as_of, known_at)
        base = self.engine.base_values(condition, moment)
        base = structs.replace(base, thresholds=self._thresholds(base, condition, moment))
        return BitMap(
            person.profile
            for person in self.population.people
            if evaluate(condition, person, base, moment)
        )

    def _thresholds(
        self, base: BaseValues, condition: Condition, moment: Moment
    ) -> dict[str, int | None]:
        """Rank everybody here instead of asking the engine for the edges."""
        trees = [condition, *base.segments.values()]
        leaves = [node for tree in trees for _, node in walk(tree) if isinstance(node, Percentile)]
        return {digest_of(leaf): self._threshold(leaf, moment) for leaf in leaves}

    def _threshold(self, leaf: Percentile, moment: Moment) -> int | None:
        values = (ranked_value(leaf, View(person, moment)) for person in self.population.people)
        ranked = sorted(
            (value for value in values if value is not None),
            reverse=leaf.top_percent is not None,
        )
        return ranked[rank_of(len(ranked), leaf.share) - 1] if ranked else None


def cases(name: str, n: int = 24) -> Iterator[tuple[Condition, datetime, datetime | None]]:
    """Yield the same conditions of one leaf type, or of one focus, at every run."""
    if name in FOCUSED:
        for as_of in FOCUS_AS_OFS.get(name, AS_OFS[-1:]):
            for value in FOCUSED[name]():
                yield convert_condition(value), as_of, None
        return
    rng = random.Random(f"leaf {name}")
    for _ in range(n):
        condition = convert_condition(LEAVES[name](rng))
        yield condition, *instants(rng)


def instants(rng: random.Random) -> tuple[datetime, datetime | None]:
    return rng.choice(AS_OFS), rng.choice(KNOWN_ATS)
