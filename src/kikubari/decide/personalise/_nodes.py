"""Liquid constructs that point the recorder's sink at the right place, and caps on ranges."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TextIO, cast

from liquid import Markup, RenderContext
from liquid.ast import ConditionalBlockNode, Node
from liquid.builtin.expressions import LoopExpression
from liquid.builtin.expressions.path import Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.assign_tag import AssignNode, AssignTag
from liquid.builtin.tags.capture_tag import CaptureNode, CaptureTag
from liquid.builtin.tags.case_tag import CaseNode, CaseTag, MultiExpressionBlockNode
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.builtin.tags.if_tag import IfNode, IfTag
from liquid.builtin.tags.tablerow_tag import TablerowNode, TablerowTag
from liquid.builtin.tags.unless_tag import UnlessNode, UnlessTag
from liquid.exceptions import ResourceLimitError
from liquid.expression import Expression
from liquid.stringify import to_liquid_string

from kikubari.decide.personalise._context import RecordingContext
from kikubari.decide.personalise.locale_text import as_money, money_text
from kikubari.decide.personalise.record import (
    Paths,
    RecordedList,
    RecordedMapping,
    Tainted,
)
from kikubari.kit.money import Money

MAX_RANGE = 10_000

_SELF_AWARE = (RecordedMapping, RecordedList, Tainted)


def _recording(context: RenderContext) -> RecordingContext:
    assert isinstance(context, RecordingContext)  # noqa: S101 - our templates make no other
    return context


class Consulting(Expression):
    """An expression whose reads steer the render and print nothing."""

    __slots__ = ("inner",)

    def __init__(self, inner: Expression) -> None:
        super().__init__(inner.token)
        self.inner = inner

    def __str__(self) -> str:
        return str(self.inner)

    def evaluate(self, context: RenderContext) -> object:
        """Evaluate with the sink at `consulted`."""
        recorder = _recording(context).recorder
        outer = recorder.sink
        recorder.sink = recorder.consulted
        try:
            return self.inner.evaluate(context)
        finally:
            recorder.sink = outer

    def children(self) -> list[Expression]:
        """Return the wrapped expression, for static analysis."""
        return [self.inner]


def _consult_in(blocks: Iterable[Node]) -> None:
    for block in blocks:
        if isinstance(block, ConditionalBlockNode | MultiExpressionBlockNode):
            block.expression = Consulting(block.expression)


class RecordingIfNode(IfNode):
    """`if`, its conditions consulting."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.condition = Consulting(self.condition)
        _consult_in(self.alternatives)


class RecordingUnlessNode(UnlessNode):
    """`unless`, its conditions consulting."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.condition = Consulting(self.condition)
        _consult_in(self.alternatives)


class RecordingCaseNode(CaseNode):
    """`case`, its comparisons consulting."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        _consult_in(self.blocks)


class RecordingAssignNode(AssignNode):
    """`assign`: the variable remembers the facts it was made from."""

    def render_to_output(self, context: RenderContext, _: TextIO) -> int:
        """Evaluate with a sink of its own and box the value with what was read."""
        recorder = _recording(context).recorder
        outer = recorder.sink
        seen: Paths = {}
        recorder.sink = seen
        try:
            value = self.expression.evaluate(context)
        finally:
            recorder.sink = outer
            recorder.consulted.update(seen)
        context.assign(self.name, _box(value, seen))
        return 0


class RecordingCaptureNode(CaptureNode):
    """`capture`: the text remembers the facts printed into it."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Render the block and keep its text."""
        self.keep(context, buffer, self.block.render)
        return 0

    def keep(
        self,
        context: RenderContext,
        buffer: TextIO,
        render: Callable[[RenderContext, TextIO], object],
    ) -> None:
        """Render into a buffer with a sink of its own and box the text with what was read."""
        recorder = _recording(context).recorder
        inner = context.get_buffer(buffer)
        outer = recorder.sink
        seen: Paths = {}
        recorder.sink = seen
        try:
            render(context, inner)
        finally:
            recorder.sink = outer
            recorder.consulted.update(seen)
        text = inner.getvalue()
        context.assign(self.name, _box(Markup(text) if context.autoescape else text, seen))


def _box(value: object, paths: Paths) -> object:
    return value if not paths or isinstance(value, _SELF_AWARE) else Tainted(value, paths)


class RecordingLoop(LoopExpression):
    """A loop head: reading the list consults it; each item carries the paths it came by.

    Attributes:
        title: what Liquid calls this loop, written out once.
    """

    __slots__ = ("title",)

    def __init__(self, loop: LoopExpression) -> None:
        super().__init__(
            loop.token,
            loop.identifier,
            loop.iterable,
            limit=loop.limit,
            offset=loop.offset,
            reversed_=loop.reversed,
            cols=loop.cols,
        )
        self.title = f"{self.identifier}-{self.iterable}"

    def evaluate(self, context: RenderContext) -> tuple[Iterator[object], int]:
        """Return the items, boxed where they are not recorders themselves, and their number."""
        recording = _recording(context)
        recorder = recording.recorder
        outer = recorder.sink
        seen: Paths = {}
        recorder.sink = seen
        try:
            items, length = super().evaluate(context)
        finally:
            recorder.sink = outer
            recorder.consulted.update(seen)
        recording.loop_paths = seen
        return (_boxed(items, seen) if seen else items), length

    def _slice(
        self,
        it: Iterator[object],
        length: int,
        context: RenderContext,
        *,
        limit: int | None,
        offset: int | str | None,
    ) -> tuple[Iterator[object], int]:
        """Do what the library does, without writing out the loop's name for every message."""
        start = context.stopindex(self.title) if offset == "continue" else int(offset or 0)
        first = min(max(start, 0), length)
        last = length if limit is None else min(limit + start or length, length)
        context.stopindex(key=self.title, index=last)
        items: Iterator[object] = islice(it, first, last)
        if self.reversed:
            items = reversed(list(items))
        return items, max(last - first, 0)

    def _to_iter(self, obj: object, context: RenderContext) -> tuple[Iterator[Any], int]:
        if isinstance(obj, RecordedMapping | RecordedList):
            boxed = obj.boxed()
            return iter(boxed), len(boxed)
        return super()._to_iter(obj, context)


def _boxed(items: Iterable[object], paths: Paths) -> Iterator[object]:
    return (_box(item, paths) for item in items)


class RecordingForNode(ForNode):
    """`for` over facts."""

    def __init__(self, token: Any, expression: LoopExpression, *args: Any, **named: Any) -> None:
        super().__init__(token, RecordingLoop(expression), *args, **named)


class RecordingTablerowNode(TablerowNode):
    """`tablerow` over facts."""

    def __init__(self, token: Any, expression: LoopExpression, *args: Any, **named: Any) -> None:
        super().__init__(token, RecordingLoop(expression), *args, **named)


class RecordingOutputNode(OutputNode):
    """`{{ … }}`: amounts of money print in the reader's language."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write the value as text."""
        value = self.expression.evaluate(context)
        kind = type(value)
        if kind is Money or kind is dict:
            value = shown(value, _recording(context).settings.language)
        return buffer.write(to_liquid_string(value, context.autoescape))


def shown(value: object, language: str) -> object:
    """Write an amount of money, also one that travelled as a mapping; leave the rest."""
    amount = as_money(value)
    return value if amount is None else money_text(amount, language)


class RecordingOutput(Output):
    """Registers the output node."""

    node_class = RecordingOutputNode


class RecordingIfTag(IfTag):
    """Registers `if`."""

    node_class = RecordingIfNode


class RecordingUnlessTag(UnlessTag):
    """Registers `unless`."""

    node_class = RecordingUnlessNode


class RecordingCaseTag(CaseTag):
    """Registers `case`."""

    node_class = RecordingCaseNode


class RecordingAssignTag(AssignTag):
    """Registers `assign`."""

    node_class = RecordingAssignNode


class RecordingCaptureTag(CaptureTag):
    """Registers `capture`."""

    node_class = RecordingCaptureNode


class RecordingForTag(ForTag):
    """Registers `for`."""

    node_class = RecordingForNode


class RecordingTablerowTag(TablerowTag):
    """Registers `tablerow`."""

    node_class = RecordingTablerowNode


RECORDING_TAGS = (
    RecordingOutput,
    RecordingIfTag,
    RecordingUnlessTag,
    RecordingCaseTag,
    RecordingAssignTag,
    RecordingCaptureTag,
    RecordingForTag,
    RecordingTablerowTag,
)


class CappedRange(RangeLiteral):
    """``(a..b)`` of at most `MAX_RANGE` numbers; filters would build all of a larger one."""

    __slots__ = ()

    def _make_range(self, start: Any, stop: Any) -> range:
        numbers = super()._make_range(start, stop)
        # Not len(): it overflows on the very ranges this is about.
        if numbers.stop - numbers.start > MAX_RANGE:
            raise ResourceLimitError(
                f"a range may hold at most {MAX_RANGE:,} numbers", token=self.token
            )
        return numbers


class SteadyPath(Path):
    """A path without variables in its brackets: its segments are the same for everybody."""

    __slots__ = ()

    def evaluate(self, context: RenderContext) -> object:
        """Return what stands there."""
        return context.get(self.path, token=self.token)  # type: ignore[arg-type]  # only read


def settle_tree(nodes: Iterable[Node], context: RenderContext) -> None:
    """Turn every range in a parsed template into a capped one, and paths that can be steady.

    The parser makes both in static methods that no environment can replace, so the tree is
    changed after parsing; each new class has the layout of the old one.
    """
    for node in nodes:
        for expression in node.expressions():
            _settle(expression)
        settle_tree(node.children(context, include_partials=False), context)


def _settle(expression: Expression) -> None:
    kind = type(expression)
    if kind is RangeLiteral:
        expression.__class__ = CappedRange
    elif kind is Path and not any(isinstance(s, Path) for s in cast("Path", expression).path):
        expression.__class__ = SteadyPath
    for child in expression.children():
        _settle(child)
