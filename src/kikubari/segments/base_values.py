"""What one person's evaluation needs to know of everyone else, gathered once for a tree."""

from collections.abc import Callable

from pyroaring import BitMap

from kikubari.segments.contracts import BaseValues, Definitions, Lists
from kikubari.spec.conditions import Condition, InList, InSegment, Percentile, digest_of, walk


def gather_base_values(
    tree: Condition,
    *,
    definitions: Definitions,
    lists: Lists,
    edge_of: Callable[[Percentile], int | None],
    position: int = 0,
) -> BaseValues:
    """Return the base values of a tree and of every segment behind it.

    Args:
        tree: the condition.
        definitions: of segments that it refers to.
        lists: that it refers to.
        edge_of: returns the edge of a percentile, None if nobody has a value.
        position: of the log, that the values are taken at.

    Raises:
        NotFoundError: it refers to a segment or list that does not exist.
    """
    segments: dict[str, Condition] = {}
    edges: dict[str, int | None] = {}
    members: dict[str, BitMap] = {}
    waiting = [tree]
    while waiting:
        for _, node in walk(waiting.pop()):
            if isinstance(node, InSegment) and node.segment not in segments:
                segments[node.segment] = definitions.definition(node.segment)
                waiting.append(segments[node.segment])
            elif isinstance(node, InList):
                members[node.list_id] = lists.members(node.list_id)
            elif isinstance(node, Percentile):
                edges[digest_of(node)] = edge_of(node)
    return BaseValues(edges, members, segments, position)
