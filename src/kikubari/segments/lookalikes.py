"""Others who behave like the members of a segment, and how well that can be told.

A logistic regression with a ridge penalty tells seeds from everybody else, fitted by Newton's
method (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009, 4.4). That some
of the others are alike is no harm: it lowers every score alike and leaves their order (Elkan and
Noto, KDD 2008). Three people in ten, seeds and others, are held back; on them the lift is measured.
"""

from datetime import datetime

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros
from kikubari.segments._matrices import Floats, cross, multiply
from kikubari.segments.behaviour import Behaviour, Scale, read_behaviour
from kikubari.segments.engine import SegmentEngine
from kikubari.segments.lists import LOOKALIKE, StoredList, StoredLists
from kikubari.segments.personas.contracts import Distinction
from kikubari.segments.personas.naming import list_distinctions
from kikubari.segments.sensitive import find_sensitive
from kikubari.spec.conditions import Condition, InSegment, walk
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError
from kikubari.storage import ColumnarStore, StateStore

FEWEST_SEEDS = 100
_SEED = 20_080_824
_HELD_BACK = 0.3
_MOST_SEEDS, _MOST_OTHERS = 20_000, 40_000
_RIDGE = 1.0
_NEWTON_STEPS = 25
_PRECISE = 1e-8
_STEEPEST = 30.0
_CONFIDENT = 1.959963984540054  # 95 %, both sides
_SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
_PEOPLE_AT_ONCE = 100_000
_LONGEST_ID = 85

Mask = NDArray[np.bool_]


class LiftPoint(msgspec.Struct, frozen=True, kw_only=True):
    """How many more held-back seeds the best-scored share holds than as many drawn at random.

    Attributes:
        share: part of all held-back people, best scored first.
        captured: held-back seeds among them.
        lift: part of the held-back seeds, divided by `share`; 1 is chance.
        low: lower end of its 95 % interval (Wilson).
        high: upper end.
    """

    share: float
    captured: int
    lift: float
    low: float
    high: float


class Lookalike(msgspec.Struct, frozen=True, kw_only=True):
    """An audience like a segment.

    Attributes:
        segment_id: whose members are the seeds.
        as_of: the instant the behaviour was looked at.
        n_seeds: members with a deed in the year.
        n_silent_seeds: members without one, of whom nothing can be learnt.
        n_others: people to choose from.
        n_held_back: seeds the lift was measured on.
        size: of the audience.
        auc: chance that a held-back seed scores higher than a held-back other.
        at_size: lift of an audience of this size.
        curve: lift of others.
        is_better_than_chance: whether the interval at this size lies above 1.
        distinctions: what the audience has more or less of than the rest.
        list_id: stored under this id; None for one that was only looked at.
    """

    segment_id: str
    as_of: datetime
    n_seeds: int
    n_silent_seeds: int
    n_others: int
    n_held_back: int
    size: int
    auc: float
    at_size: LiftPoint
    curve: tuple[LiftPoint, ...]
    is_better_than_chance: bool
    distinctions: tuple[Distinction, ...]
    list_id: str | None = None


class Lookalikes:
    """Finds audiences like a segment.

    Args:
        state: store of lists.
        columnar: copy of the log.
        engine: says who the seeds are.
        lists: where audiences are stored.
        clock: says when.
        workspace_id: whose customers.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        engine: SegmentEngine,
        lists: StoredLists,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._engine = engine
        self._lists = lists
        self._clock = clock
        self._workspace_id = workspace_id

    def find(self, segment_id: str, size: int, as_of: datetime | None = None) -> Lookalike:
        """Return what an audience of so many people would be like.

        Raises:
            NotFoundError: there is no such segment.
            InvalidInputError: it selects by something sensitive, has too few members who did
                anything, or there are not as many others.
        """
        return self._find(segment_id, size, as_of)[0]

    def save(
        self, segment_id: str, size: int, name: str, as_of: datetime | None = None
    ) -> tuple[Lookalike, StoredList]:
        """Store the audience as a list, for the condition `list`; raises what `find` raises."""
        if len(segment_id) > _LONGEST_ID:
            raise InvalidInputError(f"the segment's id is longer than {_LONGEST_ID} characters")
        found, audience = self._find(segment_id, size, as_of)
        list_id = f"{LOOKALIKE}{segment_id}"
        stored = self._state.write(
            lambda connection: self._lists.save_in(
                connection,
                list_id,
                audience,
                name_ja=name,
                name_en=name,
                at=self._clock.now(),
            )
        )
        return msgspec.structs.replace(found, list_id=list_id), stored

    def _find(self, segment_id: str, size: int, as_of: datetime | None) -> tuple[Lookalike, BitMap]:
        self._refuse_sensitive(self._engine.definition(segment_id))
        moment = self._engine.moment(as_of)
        at = from_micros(moment.as_of)
        seeds = self._engine.evaluate(InSegment(segment_id), at).members
        behaviour = read_behaviour(
            self._columnar,
            moment,
            left_out=self._engine.list_unprofiled(),
            workspace_id=self._workspace_id,
        )
        is_seed = np.isin(behaviour.numbers, seeds.to_array())
        n_seeds = int(is_seed.sum())
        n_others = len(is_seed) - n_seeds
        _check(n_seeds, n_others, size)
        rng = np.random.default_rng(_SEED)
        is_held = _hold_back(is_seed, rng)
        scores = _score(behaviour, is_seed, is_held, rng)
        chosen = _best(scores, ~is_seed, size)
        held_seeds = is_seed[is_held]
        curve = [_lift(scores[is_held], held_seeds, share) for share in _SHARES]
        at_size = _lift(scores[is_held], held_seeds, size / n_others)
        distinctions = list_distinctions(behaviour, np.where(chosen, 0, 1), 1)[0]
        found = Lookalike(
            segment_id=segment_id,
            as_of=at,
            n_seeds=n_seeds,
            n_silent_seeds=len(seeds) - n_seeds,
            n_others=n_others,
            n_held_back=int(held_seeds.sum()),
            size=size,
            auc=round(_auc(scores[is_held], held_seeds), 4),
            at_size=at_size,
            curve=tuple(curve),
            is_better_than_chance=at_size.low > 1,
            distinctions=distinctions,
        )
        return found, BitMap(behaviour.numbers[chosen])

    def _refuse_sensitive(self, tree: Condition) -> None:
        """Refuse to guess at others what a segment knows of its members and should not spread."""
        waiting, seen = [tree], set()
        while waiting:
            one = waiting.pop()
            for finding in find_sensitive(one):
                if finding.category.level == "special":
                    raise InvalidInputError(
                        f"the segment selects by {finding.category.en}: others like its members"
                        " would be guessed to be so",
                        hint="Look for people like those of another segment.",
                    )
            for _, node in walk(one):
                if isinstance(node, InSegment) and node.segment not in seen:
                    seen.add(node.segment)
                    waiting.append(self._engine.definition(node.segment))


def _check(n_seeds: int, n_others: int, size: int) -> None:
    if n_seeds < FEWEST_SEEDS:
        raise InvalidInputError(
            f"{n_seeds} members did something in the year; {FEWEST_SEEDS} are needed to learn from",
            hint="Choose a larger segment.",
        )
    if n_others < FEWEST_SEEDS:
        raise InvalidInputError("nearly everybody is a member of the segment already")
    if not 0 < size <= n_others:
        raise InvalidInputError(f"an audience can have 1 to {n_others} people")


def _hold_back(is_seed: Mask, rng: np.random.Generator) -> Mask:
    """Return who is held back: the same part of the seeds and of the others."""
    is_held = np.zeros(len(is_seed), dtype=bool)
    for group in (np.flatnonzero(is_seed), np.flatnonzero(~is_seed)):
        is_held[rng.permutation(group)[: round(_HELD_BACK * len(group))]] = True
    return is_held


def _score(behaviour: Behaviour, is_seed: Mask, is_held: Mask, rng: np.random.Generator) -> Floats:
    """Return everybody's score, learnt from those who are not held back."""
    seeds = rng.permutation(np.flatnonzero(is_seed & ~is_held))[:_MOST_SEEDS]
    others = rng.permutation(np.flatnonzero(~is_seed & ~is_held))[:_MOST_OTHERS]
    learnt_from = np.concatenate([seeds, others])
    sample = behaviour.rows(learnt_from)
    scale = Scale.of(sample)
    weights = _fit(scale.apply(sample), is_seed[learnt_from])
    parts = []
    for start in range(0, len(is_seed), _PEOPLE_AT_ONCE):
        some = np.arange(start, min(start + _PEOPLE_AT_ONCE, len(is_seed)))
        scaled = scale.apply(behaviour.rows(some))
        parts.append(multiply(scaled, weights[1:, None])[:, 0] + weights[0])
    return np.concatenate(parts)


def _fit(values: Floats, is_seed: Mask) -> Floats:
    """Return intercept and coefficients; both classes weigh the same."""
    design = np.hstack([np.ones((len(values), 1)), values])
    target = is_seed.astype(np.float64)
    n_seeds = target.sum()
    weight = np.where(is_seed, 0.5 / n_seeds, 0.5 / (len(target) - n_seeds)) * len(target)
    penalty = np.full(design.shape[1], _RIDGE)
    penalty[0] = 0.0
    found: Floats = np.zeros(design.shape[1])
    for _ in range(_NEWTON_STEPS):
        chance = 1 / (
            1 + np.exp(-np.clip(multiply(design, found[:, None])[:, 0], -_STEEPEST, _STEEPEST))
        )
        slope = cross(design, (weight * (target - chance))[:, None])[:, 0] - penalty * found
        bend = cross(design * (weight * chance * (1 - chance))[:, None], design)
        step = np.linalg.solve(bend + np.diag(penalty + _PRECISE), slope)
        found = found + step
        if np.abs(step).max() < _PRECISE:
            break
    return found


def _best(scores: Floats, is_candidate: Mask, size: int) -> Mask:
    """Return the best-scored candidates; of equals, those with the lower number."""
    candidates = np.flatnonzero(is_candidate)
    order = np.argsort(-scores[candidates], kind="stable")
    chosen = np.zeros(len(scores), dtype=bool)
    chosen[candidates[order[:size]]] = True
    return chosen


def _lift(scores: Floats, is_seed: Mask, share: float) -> LiftPoint:
    n_top = max(1, round(share * len(scores)))
    share = n_top / len(scores)
    top = np.argsort(-scores, kind="stable")[:n_top]
    captured, n_seeds = int(is_seed[top].sum()), int(is_seed.sum())
    low, high = wilson(captured, n_seeds)
    return LiftPoint(
        share=round(share, 6),
        captured=captured,
        lift=round(captured / n_seeds / share, 3),
        low=round(low / share, 3),
        high=round(high / share, 3),
    )


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, J. Am. Stat. Assoc. 22, 1927)."""
    square = _CONFIDENT**2
    middle = (hits + square / 2) / (of + square)
    half = _CONFIDENT / (of + square) * float(np.sqrt(hits * (of - hits) / of + square / 4))
    # Exact at both ends, where rounding would leave a trace.
    return middle - half if hits else 0.0, middle + half if hits < of else 1.0


def _auc(scores: Floats, is_seed: Mask) -> float:
    """Return the area under the ROC curve by ranks (Mann and Whitney, 1947); ties share a rank."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n_seeds = int(is_seed.sum())
    above = float(ranks[is_seed].sum()) - n_seeds * (n_seeds + 1) / 2
    return above / (n_seeds * (len(scores) - n_seeds))
