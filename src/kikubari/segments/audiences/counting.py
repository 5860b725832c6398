"""How many people each node of an edited tree holds, and which condition cuts how many."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import accumulate

from pyroaring import BitMap

from kikubari.segments.audiences.contracts import (
    DraftProblem,
    Funnel,
    FunnelStep,
    NodeCount,
)
from kikubari.segments.audiences.drafts import Draft, DraftNode
from kikubari.segments.audiences.leaf_sets import LeafSets
from kikubari.segments.audiences.sessions import Ticket
from kikubari.segments.moment import Moment
from kikubari.storage import QueryTooHeavyError

Combine = Callable[[BitMap, BitMap], BitMap]


class CountedDraft:
    """The people of an edited tree, node by node.

    Attributes:
        everyone: everybody there is.
        sets: people of each node that is complete, by its path.
        fresh: paths of leaves that were asked anew.
        problems: parts left out: incomplete, or too heavy to ask.
    """

    def __init__(
        self,
        draft: Draft,
        everyone: BitMap,
        sets: Mapping[str, BitMap],
        fresh: frozenset[str],
        problems: Sequence[DraftProblem],
    ) -> None:
        self.draft = draft
        self.everyone = everyone
        self.sets = sets
        self.fresh = fresh
        self.problems = tuple(problems)

    @property
    def members(self) -> BitMap | None:
        """Everybody in the tree; None if nothing of it is complete."""
        return self.sets.get(self.draft.root.path)

    def nodes(self) -> tuple[NodeCount, ...]:
        """Return every node with its own count."""
        return tuple(
            NodeCount(
                node.path,
                node.kind,
                len(self.sets[node.path]) if node.path in self.sets else None,
                node.path in self.fresh,
            )
            for node in self.draft.root.walk()
        )


def count_draft(draft: Draft, leaf_sets: LeafSets, moment: Moment, ticket: Ticket) -> CountedDraft:
    """Return the people of every node; what cannot be asked is left out of its group."""
    everyone = leaf_sets.everyone(moment, ticket)
    counting = _Counting(leaf_sets, moment, ticket, everyone)
    counting.members(draft.root)
    return CountedDraft(
        draft,
        everyone,
        counting.sets,
        frozenset(counting.fresh),
        (*draft.problems, *counting.problems),
    )


class _Counting:
    def __init__(
        self, leaf_sets: LeafSets, moment: Moment, ticket: Ticket, everyone: BitMap
    ) -> None:
        self._leaf_sets = leaf_sets
        self._moment = moment
        self._ticket = ticket
        self._everyone = everyone
        self.sets: dict[str, BitMap] = {}
        self.fresh: set[str] = set()
        self.problems: list[DraftProblem] = []

    def members(self, node: DraftNode) -> BitMap | None:
        found = self._leaf(node) if node.kind == "leaf" else self._group(node)
        if found is not None:
            self.sets[node.path] = found
        return found

    def _leaf(self, node: DraftNode) -> BitMap | None:
        if node.leaf is None:
            return None
        if self._leaf_sets.find(node.leaf, self._moment) is None:
            self.fresh.add(node.path)
        try:
            return self._leaf_sets.members(node.leaf, self._moment, self._ticket)
        except QueryTooHeavyError as error:
            self.problems.append(DraftProblem(node.path, "too_heavy", error.message))
            return None

    def _group(self, node: DraftNode) -> BitMap | None:
        inner = [found for one in node.of if (found := self.members(one)) is not None]
        if not inner:
            return None
        if node.kind == "not":
            return self._everyone - inner[0]
        return reduce(BitMap.__and__ if node.kind == "all" else BitMap.__or__, inner)


def funnel_of(counted: CountedDraft) -> Funnel:
    """Return what each condition of the outermost group does to the number of people."""
    root = counted.draft.root
    is_group = root.kind in {"all", "any"}
    nodes = [one for one in (root.of if is_group else (root,)) if one.path in counted.sets]
    sets = [counted.sets[one.path] for one in nodes]
    members = counted.members or BitMap()
    if not nodes:
        return Funnel(len(counted.everyone), len(members), root.kind, (), None)
    combine: Combine = BitMap.__or__ if root.kind == "any" else BitMap.__and__
    nothing = BitMap() if root.kind == "any" else counted.everyone
    left = list(accumulate(sets, combine))
    without = _without_each(sets, combine, nothing)
    steps = tuple(
        FunnelStep(node.path, len(alone), len(remaining), len(others))
        for node, alone, remaining, others in zip(nodes, sets, left, without, strict=True)
    )
    return Funnel(
        len(counted.everyone), len(members), root.kind, steps, _most_cutting(steps, members)
    )


def _without_each(sets: Sequence[BitMap], combine: Combine, nothing: BitMap) -> list[BitMap]:
    """Return all sets combined but one, for each: of n sets in 3n combinations, not n²."""
    before = list(accumulate(sets, combine, initial=nothing))[:-1]
    after = list(accumulate(reversed(sets), combine, initial=nothing))[:-1][::-1]
    return [combine(left, right) for left, right in zip(before, after, strict=True)]


def _most_cutting(steps: Sequence[FunnelStep], members: BitMap) -> str | None:
    best = max(steps, key=lambda step: step.without)
    return best.path if len(steps) > 1 and best.without > len(members) else None
