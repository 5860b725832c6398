"""What the guard learns of a broadcast's audience: which facts chose the people."""

from collections.abc import Callable, Iterator
from typing import Any

from kikubari.decide.guard import FactOfUse, list_selecting
from kikubari.spec.conditions import Condition, InList, InSegment, convert_condition, walk
from kikubari.spec.errors import NotFoundError


class SegmentFacts:
    """Lists the facts that a segment, and the segments it is made of, look at.

    Args:
        definition: returns a segment's tree by its id; raises NotFoundError.
    """

    def __init__(self, definition: Callable[[str], Condition]) -> None:
        self._definition = definition

    def list(self, segment: str | dict[str, Any]) -> tuple[FactOfUse, ...]:
        """Return the facts of a stored segment, by its id, or of a condition tree.

        Raises:
            NotFoundError: no segment by that id.
            InvalidInputError: not a condition tree.
        """
        if isinstance(segment, str):
            tree, seen = self._definition(segment), {segment}
        else:
            tree, seen = convert_condition(segment), set()
        return self._gather(tree, seen)

    def list_of(self, tree: Condition) -> tuple[FactOfUse, ...]:
        """Return the facts of a tree that was read already; a segment that is gone has none."""
        return self._gather(tree, set())

    def lists_of(self, tree: Condition) -> frozenset[str]:
        """Return the ids of the lists that a tree, and the segments in it, look at."""
        return frozenset(
            node.list_id
            for one in self._trees(tree, set())
            for _, node in walk(one)
            if isinstance(node, InList)
        )

    def check(self, segment: str | dict[str, Any]) -> None:
        """Refuse what cannot be evaluated: a stored segment by its id, or a condition tree.

        Raises:
            NotFoundError: no segment by that id, or by one that a tree refers to.
            InvalidInputError: not a condition tree.
        """
        waiting: list[Condition] = [
            InSegment(segment) if isinstance(segment, str) else convert_condition(segment)
        ]
        seen: set[str] = set()
        while waiting:
            for _, node in walk(waiting.pop()):
                if isinstance(node, InSegment) and node.segment not in seen:
                    seen.add(node.segment)
                    waiting.append(self._definition(node.segment))

    def _gather(self, tree: Condition, seen: set[str]) -> tuple[FactOfUse, ...]:
        facts = {
            fact.attribute: fact for one in self._trees(tree, seen) for fact in list_selecting(one)
        }
        return tuple(facts.values())

    def _trees(self, tree: Condition, seen: set[str]) -> Iterator[Condition]:
        yield tree
        for _, node in walk(tree):
            if isinstance(node, InSegment) and node.segment not in seen:
                seen.add(node.segment)
                try:
                    inner = self._definition(node.segment)
                except NotFoundError:
                    continue  # gone since; evaluating the audience says so
                yield from self._trees(inner, seen)
