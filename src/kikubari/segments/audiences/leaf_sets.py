"""Sets of people for an editor: every answer of one editing moment is kept and reused."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import reduce

from pyroaring import BitMap

from kikubari.segments.audiences.sessions import Ticket
from kikubari.segments.compile import compile_leaf
from kikubari.segments.contracts import Definitions, Erasures, Lists, NoErasures
from kikubari.segments.derive import derive
from kikubari.segments.moment import Moment
from kikubari.spec.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Everyone,
    InList,
    InSegment,
    LeafCondition,
    Not,
    digest_of,
)
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError
from kikubari.storage import ColumnarStore, QueryBudget, QueryCancelledError

# A bitmap of a million people takes at most 130 kB.
_MAX_KEPT = 600
_EVERYONE = Everyone()
_NO_ERASURES = NoErasures()


class LeafSets:
    """Answers conditions for an instant that the editor holds fixed.

    While somebody edits, the instant stays the same, so that a changed condition is the only
    question that is asked anew, however many events arrive meanwhile.

    Args:
        columnar: copy of the log.
        lists: static lists.
        definitions: stored segments.
        erasures: says when rows were deleted.
        workspace_id: whose rows are read.
        budget: of one query.
    """

    def __init__(
        self,
        columnar: ColumnarStore,
        *,
        lists: Lists,
        definitions: Definitions,
        erasures: Erasures = _NO_ERASURES,
        workspace_id: int = DEFAULT_WORKSPACE,
        budget: Mapping[str, int] = QueryBudget.EDIT,
    ) -> None:
        self._columnar = columnar
        self._lists = lists
        self._definitions = definitions
        self._erasures = erasures
        self._generation = erasures.generation()
        self._workspace_id = workspace_id
        self._budget = budget
        self._kept: OrderedDict[tuple[str, int], BitMap] = OrderedDict()
        self._asking: dict[tuple[str, int], threading.Lock] = {}
        self._lock = threading.Lock()

    def notice_erasures(self) -> None:
        """Forget every answer if rows were deleted since: somebody was erased."""
        generation = self._erasures.generation()
        with self._lock:
            if generation != self._generation:
                self._generation = generation
                self._kept.clear()

    def find(self, leaf: Condition, moment: Moment) -> BitMap | None:
        """Return the people a condition holds for, if that was asked before."""
        key = (digest_of(leaf), moment.as_of)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        return found

    def everyone(self, moment: Moment, ticket: Ticket) -> BitMap:
        """Return everybody there is."""
        return self.members(_EVERYONE, moment, ticket)

    def members(self, condition: Condition, moment: Moment, ticket: Ticket) -> BitMap:
        """Return the people a condition holds for.

        Raises:
            SupersededError: a newer edit came.
            QueryTooHeavyError: a question is over its budget.
            InvalidInputError: segments refer to each other in a circle.
            NotFoundError: it refers to a segment or list that does not exist.
        """
        return self._members(condition, moment, ticket, ())

    def _members(
        self, condition: Condition, moment: Moment, ticket: Ticket, inside: tuple[str, ...]
    ) -> BitMap:
        def below(one: Condition) -> BitMap:
            return self._members(one, moment, ticket, inside)

        match condition:
            case AllOf(of=of):
                return reduce(BitMap.__and__, map(below, of))
            case AnyOf(of=of):
                return reduce(BitMap.__or__, map(below, of))
            case Not(of=one):
                return self.everyone(moment, ticket) - below(one)
            case InSegment(segment=segment):
                if segment in inside:
                    circle = " → ".join([*inside, segment])
                    raise InvalidInputError(f"segments refer to each other in a circle: {circle}")
                tree = self._definitions.definition(segment)
                return self._members(tree, moment, ticket, (*inside, segment))
            case InList(list_id=list_id):
                return self._lists.members(list_id) & self.everyone(moment, ticket)
        derived = derive(condition)
        if derived is not condition:
            return self._keep(condition, moment, lambda: below(derived))
        return self._keep(condition, moment, lambda: self._ask(condition, moment, ticket))

    def _keep(self, leaf: Condition, moment: Moment, answer: Callable[[], BitMap]) -> BitMap:
        key = (digest_of(leaf), moment.as_of)
        with self._lock:
            asking = self._asking.setdefault(key, threading.Lock())
        # Questions about one edit come together: the second waits for the first one's answer.
        with asking:
            found = self.find(leaf, moment)
            if found is None:
                generation = self._generation
                found = answer()
                self._put(key, found, generation)
        with self._lock:
            self._asking.pop(key, None)
        return found

    def _put(self, key: tuple[str, int], found: BitMap, generation: int) -> None:
        with self._lock:
            if generation != self._generation:
                return  # read before somebody was erased
            self._kept[key] = found
            while len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)

    def _ask(self, leaf: LeafCondition, moment: Moment, ticket: Ticket) -> BitMap:
        ticket.check()
        query = compile_leaf(leaf, self._workspace_id, moment)
        try:
            found = self._columnar.query_bitmap(
                query.sql, query.parameters, budget=self._budget, label=ticket.label
            )
        except QueryCancelledError:
            ticket.check()
            raise
        return self.everyone(moment, ticket) - found if query.is_complement else found
