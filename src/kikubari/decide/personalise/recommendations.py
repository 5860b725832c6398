"""What a template wants recommended, read from it before any render, and given to a render."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from liquid import BoundTemplate, RenderContext
from liquid.ast import Node
from liquid.exceptions import TemplateNotFoundError

from kikubari.decide.personalise._recommend_tag import RecommendNode
from kikubari.decide.personalise.contracts import (
    Facts,
    RecommendationAsked,
    RecommendationNeed,
    RecommendedProduct,
    Recommends,
)
from kikubari.decide.personalise.errors import TemplateError, line_and_column

# A whole order may be what a list goes out from.
_MOST_SEEDS = 20
_MOST_ASKED = 50
# A render goes no deeper either; and nobody writes a message of more.
_DEEPEST = 30
_MOST_NODES = 20_000


def list_needs(templates: Iterable[BoundTemplate]) -> tuple[RecommendationNeed, ...]:
    """Return what parsed templates want recommended, each list once.

    A list that stands several times in a template goes on where it stopped, so its limits add up;
    of templates that are parts of one message, the one that shows most decides.

    Raises:
        TemplateError: a seed that is made in the template: nobody knows it before the render; or
            snippets that take in one another without end.
    """
    needs: dict[str, RecommendationNeed] = {}
    for template in templates:
        context = RenderContext(template)
        made = frozenset(_assigned(template.nodes, context))
        limits: Counter[str] = Counter()
        for node in _Walk(context).find(template.nodes, made):
            need = node.need
            limits[need.key] += need.limit
            known = needs.setdefault(need.key, need)
            if known.limit < limits[need.key]:
                needs[need.key] = msgspec.structs.replace(known, limit=limits[need.key])
    return tuple(needs.values())


def with_recommendations(
    needs: Sequence[RecommendationNeed],
    people: Sequence[tuple[int, Facts]],
    recommends: Recommends,
) -> list[Facts]:
    """Return each person's facts with the products that a template shows them.

    All are asked for at once. A list is as much longer as those before it are long, so that it is
    not too short when what they show is left out of it.

    Args:
        needs: of the template.
        people: number and facts of each.
        recommends: finds products.
    """
    asked = [
        (at, need.key, one)
        for at, (number, facts) in enumerate(people)
        for need, room in _with_room(needs)
        if (one := _asked(number, need, room, facts)) is not None
    ]
    found = recommends.recommend_many([one for _, _, one in asked]) if asked else []
    lists: list[dict[str, tuple[RecommendedProduct, ...]]] = [{} for _ in people]
    for (at, key, _), products in zip(asked, found, strict=True):
        lists[at][key] = tuple(products)
    return [
        msgspec.structs.replace(facts, recommended=recommended)
        for (_, facts), recommended in zip(people, lists, strict=True)
    ]


def _assigned(nodes: Iterable[Node], context: RenderContext) -> Iterator[str]:
    for node in nodes:
        yield from node.template_scope()
        yield from _assigned(node.children(context, include_partials=False), context)


class _Walk:
    """Goes through a template and the snippets it takes in, for the tags among its nodes."""

    def __init__(self, context: RenderContext) -> None:
        self._context = context
        self._left = _MOST_NODES

    def find(
        self, nodes: Iterable[Node], made: frozenset[str], depth: int = 0
    ) -> Iterator[RecommendNode]:
        """Yield the tags, refusing those whose seed is one of the names made around them."""
        for node in nodes:
            self._left -= 1
            if self._left < 0:
                raise TemplateError(
                    "its snippets take in one another too often",
                    hint="a snippet that takes itself in never ends",
                )
            if isinstance(node, RecommendNode):
                _refuse_made(node, made)
                yield node
            partial = node.partial_scope()
            inner = made.union(node.block_scope(), partial.in_scope if partial else ())
            yield from self.find(self._children(node, depth), inner, depth + 1)

    def _children(self, node: Node, depth: int) -> Iterable[Node]:
        """Return what stands in a node; of a snippet that is not there the render tells."""
        if depth >= _DEEPEST:
            return ()
        try:
            return list(node.children(self._context))
        except TemplateNotFoundError:
            return ()


def _refuse_made(node: RecommendNode, made: frozenset[str]) -> None:
    seed = node.need.seed
    if isinstance(seed, str) or not seed or seed[0] not in made:
        return
    line, column = line_and_column(node.token.source, node.token.start_index)
    raise TemplateError(
        f"the seed {seed[0]!r} is made in the template, and not known when products are found",
        line=line,
        column=column,
        hint="go out from a fact, such as trigger.product_id",
    )


def _with_room(
    needs: Iterable[RecommendationNeed],
) -> Iterator[tuple[RecommendationNeed, int]]:
    before = 0
    for need in needs:
        yield need, min(need.limit + before, _MOST_ASKED)
        before += need.limit


def _asked(
    number: int, need: RecommendationNeed, limit: int, facts: Facts
) -> RecommendationAsked | None:
    """Return what to ask for a person; nothing where the list has nothing to go out from."""
    seeds: tuple[str, ...] = ()
    if need.seed:
        found = need.seed if isinstance(need.seed, str) else _at(facts.values, need.seed)
        seeds = tuple(dict.fromkeys(_products_in(found)))[:_MOST_SEEDS]
        if not seeds:
            return None
    return RecommendationAsked(
        number=number, strategy=need.strategy, seeds=seeds, limit=limit, fills=need.fills
    )


def _at(value: Any, path: Iterable[str | int]) -> Any:
    """Return what stands at a path of plain values, None where there is nothing."""
    for segment in path:
        key: Any = segment
        if isinstance(value, list):
            key = {"first": 0, "last": -1}.get(str(segment), segment)
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _products_in(value: Any) -> Iterator[str]:
    """Yield ids of products: of one, of something that names one, of a list of either."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, Mapping):
        yield from _products_in(value.get("product_id"))
    elif isinstance(value, list):
        for one in value:
            if not isinstance(one, list):
                yield from _products_in(one)
