"""A parsed template as a chain of Python functions, made once and run for every message.

The library walks its tree anew for each render: six calls and a sum for a piece of fixed text, a
list built for every path. Here each node becomes one function that knows its constants; what is
rare (`case`, `tablerow`, `cycle`, `render` …) stays the library's own node. What is rendered, which
limits hold and what is recorded are the same either way: the public Liquid cases are run through
both.
"""

from collections.abc import Callable
from functools import cached_property
from io import StringIO
from typing import Any, TextIO, cast

from liquid import BoundTemplate, Environment, Markup, RenderContext, escape
from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.expressions.arguments import KeywordArgument
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.expressions.primitive import Literal, StringLiteral
from liquid.builtin.tags.for_tag import ForLoop
from liquid.exceptions import (
    BreakLoop,
    ContinueLoop,
    FilterArgumentError,
    LiquidError,
    LiquidInterrupt,
    LiquidSyntaxError,
    LiquidTypeError,
)
from liquid.expression import Expression
from liquid.output import NullIO
from liquid.stringify import to_liquid_string

from kikubari.decide.personalise._context import CappedBuffer, RecordingContext, room_of
from kikubari.decide.personalise._fence_tags import FENCE_NODES, FenceNode
from kikubari.decide.personalise._nodes import (
    Consulting,
    RecordingCaptureNode,
    RecordingForNode,
    RecordingIfNode,
    RecordingLoop,
    RecordingOutputNode,
    RecordingUnlessNode,
    SteadyPath,
    shown,
)
from kikubari.decide.personalise._recommend_tag import RecommendNode
from kikubari.decide.personalise.record import RecordedMapping
from kikubari.kit.money import Money

Step = Callable[[Any, Any], object]
Value = Callable[[Any], object]
_Applied = Callable[[object, Any], object]
_PLAIN = frozenset({str, int, float, bool})
_ROOT_AND_NAME = 2


class RecordingTemplate(BoundTemplate):
    """A parsed template that renders in a recording context, by functions made on first use."""

    context_class = RecordingContext

    @cached_property
    def fixed_text(self) -> str | None:
        """What every render gives, where nothing in the source is anybody's own."""
        if not all(type(node) is ContentNode for node in self.nodes):
            return None
        text = "".join([cast("ContentNode", node).text for node in self.nodes])
        return text if len(text) <= room_of(self.env.output_stream_limit) else None

    @cached_property
    def _program(self) -> list[tuple[Step, Node]]:
        return [(_step(node, self.env), node) for node in self.nodes]

    def new_buffer(self) -> CappedBuffer:
        """Return an empty buffer as large as the environment allows."""
        return CappedBuffer(room_of(self.env.output_stream_limit))

    def _get_buffer(self) -> StringIO:
        return cast("StringIO", self.new_buffer())

    def render_with_context(
        self,
        context: RenderContext,
        buffer: Any,
        *args: Any,
        partial: bool = False,
        block_scope: bool = False,
        **named: Any,
    ) -> None:
        """Render as the library does: every error leaves with the place of its node."""
        namespace = self.make_partial_namespace(partial, dict(*args, **named))
        with context.extend(namespace=namespace):
            for step, node in self._program:
                try:
                    step(context, buffer)
                except LiquidInterrupt as error:
                    if partial and not block_scope:
                        raise
                    # A `break` without a loop around it.
                    sentence = f"unexpected '{error}'"
                    self.env.error(LiquidSyntaxError(sentence, token=node.token))
                except LiquidError as error:
                    self.env.error(error, token=node.token)


def _step(node: Node, env: Environment) -> Step:
    maker = _MAKERS.get(type(node))
    # What may be forbidden inside a snippet (`include`) is never among those made here.
    return node.render if maker is None else maker(node, env)


def _content(node: ContentNode, env: Environment) -> Step:
    del env
    text = node.text

    def write(_: RenderContext, buffer: TextIO) -> object:
        return buffer.write(text)

    return write


def _output(node: RecordingOutputNode, env: Environment) -> Step:
    value = _value(node.expression, env)
    is_escaped = env.autoescape

    def write(context: Any, buffer: TextIO) -> object:
        found: Any = value(context)
        kind = type(found)
        if kind is str:
            return buffer.write(escape(found) if is_escaped else found)
        if kind is Money or kind is dict:
            found = shown(found, context.settings.language)
        return buffer.write(to_liquid_string(found, is_escaped))

    return write


def _block(block: BlockNode, env: Environment) -> Step:
    steps = [_step(node, env) for node in block.nodes]
    if env.suppress_blank_control_flow_blocks and block.blank:

        def run_silently(context: RenderContext, _: TextIO) -> object:
            nothing = NullIO()
            for step in steps:
                step(context, nothing)
            return None

        return run_silently
    if len(steps) == 1:
        return steps[0]

    def run(context: RenderContext, buffer: TextIO) -> object:
        for step in steps:
            step(context, buffer)
        return None

    return run


def _nothing(_: RenderContext, __: TextIO) -> object:
    return None


def _choice(node: RecordingIfNode | RecordingUnlessNode, env: Environment) -> Step:
    wanted = isinstance(node, RecordingIfNode)
    condition = _condition(node.condition)
    consequence = _block(node.consequence, env)
    otherwise = _block(node.default, env) if node.default else _nothing
    branches = [(_condition(one.expression), _block(one.block, env)) for one in node.alternatives]

    def run(context: RenderContext, buffer: TextIO) -> object:
        if bool(condition(context)) is wanted:
            return consequence(context, buffer)
        for is_met, block in branches:
            if is_met(context):
                return block(context, buffer)
        return otherwise(context, buffer)

    return run


def _condition(expression: Expression) -> Value:
    assert isinstance(expression, Consulting)  # noqa: S101 - our nodes wrap all of theirs
    evaluate = expression.inner.evaluate

    def consult(context: Any) -> object:
        recorder = context.recorder
        outer = recorder.sink
        recorder.sink = recorder.consulted
        try:
            return evaluate(context)
        finally:
            recorder.sink = outer

    return consult


def _for(node: RecordingForNode, env: Environment) -> Step:
    loop = node.expression
    assert isinstance(loop, RecordingLoop)  # noqa: S101 - our node wraps its own
    name = loop.identifier
    block = _block(node.block, env)
    otherwise = _block(node.default, env) if node.default else _nothing

    def run(context: Any, buffer: TextIO) -> object:
        items, length = loop.evaluate(context)
        if not length:
            return otherwise(context, buffer)
        forloop = ForLoop(name=loop.title, it=items, length=length, parentloop=context.parentloop())
        namespace: dict[str, object] = {"forloop": forloop, name: None}
        with context.loop(namespace, forloop):
            for item in forloop:
                namespace[name] = item
                try:
                    block(context, buffer)
                except ContinueLoop:
                    continue
                except BreakLoop:
                    break
        return None

    return run


def _recommend(node: RecommendNode, env: Environment) -> Step:
    block = _block(node.block, env)
    otherwise = _block(node.default, env) if node.default else _nothing
    find, name = node.find, node.alias

    def run(context: Any, buffer: TextIO) -> object:
        items = find(context)
        if not items:
            return otherwise(context, buffer)
        with context.extend({name: items}):
            return block(context, buffer)

    return run


def _capture(node: RecordingCaptureNode, env: Environment) -> Step:
    block = _block(node.block, env)

    def run(context: Any, buffer: TextIO) -> object:
        node.keep(context, buffer, block)
        return None

    return run


def _fence(node: FenceNode, env: Environment) -> Step:
    passed = node.passed
    if all(type(one) is ContentNode for one in node.block.nodes):
        fixed = passed("".join([cast("ContentNode", one).text for one in node.block.nodes]))
        return lambda _, buffer: buffer.write(fixed)
    block = _block(node.block, env)

    def run(context: RenderContext, buffer: TextIO) -> object:
        inner = context.get_buffer(buffer)
        block(context, inner)
        return buffer.write(passed(inner.getvalue()))

    return run


def _value(expression: Expression, env: Environment) -> Value:
    if type(expression) is SteadyPath:
        return _path(expression)
    if type(expression) is not FilteredExpression:
        return expression.evaluate
    left = _value(expression.left, env)
    if not expression.filters:
        return left
    filters = [_filter(one, env) for one in expression.filters]
    if len(filters) == 1:
        (only,) = filters
        return lambda context: only(left(context), context)

    def evaluate(context: RenderContext) -> object:
        value = left(context)
        for apply in filters:
            value = apply(value, context)
        return value

    return evaluate


def _path(expression: SteadyPath) -> Value:
    """Return what finds ``root.name``, the way most paths are, in one call instead of five.

    It answers for a plain value that is there; whatever else stands there goes the long way,
    which reads and notes the same once more.
    """
    evaluate = expression.evaluate
    segments = expression.path
    if len(segments) != _ROOT_AND_NAME or not all(type(one) is str for one in segments):
        return evaluate
    root, name = segments

    def find(context: Any) -> object:
        holder: Any = context.scope.get(root)
        if type(holder) is RecordedMapping:
            value = dict.get(holder, name)
            # Neither absent, nor empty, nor anything that is yet to be wrapped.
            if type(value) in _PLAIN and value != "":
                holder.recorder.sink[f"{holder.path}.{name}"] = None
                return value
        return evaluate(context)

    return find


def _filter(node: Filter, env: Environment) -> _Applied:
    function = env.filters.get(node.name)
    if function is None:
        return node.evaluate  # which says so, with its place
    needs_context = getattr(function, "with_context", False)
    common = {"environment": env} if getattr(function, "with_environment", False) else {}
    arguments = _arguments(node, env)

    def apply(left: object, context: Any) -> object:
        positional, named = arguments(context) if callable(arguments) else arguments
        if needs_context:
            named = {**named, "context": context}
        try:
            return function(left, *positional, **named, **common)
        except TypeError as error:
            raise LiquidTypeError(f"{node.name}: {error}", token=node.token) from error
        except (LiquidTypeError, FilterArgumentError) as error:
            error.token = node.token
            raise

    return apply


_Arguments = tuple[list[object], dict[str, object]]


def _arguments(node: Filter, env: Environment) -> _Arguments | Callable[[Any], _Arguments]:
    """Return a filter's arguments, or what finds them when they are not the same for everybody."""
    positional: list[object] = []
    named: dict[str, object] = {}
    for one in node.args:
        literal = one.value
        if not isinstance(literal, Literal):
            return node.evaluate_args
        is_markup = env.autoescape and isinstance(literal, StringLiteral)
        value = Markup(literal.value) if is_markup else literal.value
        if isinstance(one, KeywordArgument):
            named[one.name] = value
        else:
            positional.append(value)
    return positional, named


_MAKERS: dict[type[Node], Callable[[Any, Environment], Step]] = {
    ContentNode: _content,
    RecordingOutputNode: _output,
    RecordingIfNode: _choice,
    RecordingUnlessNode: _choice,
    RecordingForNode: _for,
    RecordingCaptureNode: _capture,
    RecommendNode: _recommend,
    **dict.fromkeys(FENCE_NODES, _fence),
}
