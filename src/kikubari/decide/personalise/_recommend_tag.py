"""`recommend`: products that were found for the person before the render, or what stands instead.

A render happens in a sandbox that reaches nothing, so the tag looks nothing up. What it asks for is
written in the template in a form that can be read ahead of time: a strategy and a limit that are
the same for everybody, and a seed that is fixed or a path through facts.
"""

from collections.abc import Iterable
from typing import Any, TextIO

from liquid import RenderContext
from liquid.ast import BlockNode, Node
from liquid.builtin.expressions import Identifier
from liquid.builtin.expressions.path import Path
from liquid.builtin.expressions.primitive import (
    FalseLiteral,
    IntegerLiteral,
    StringLiteral,
    TrueLiteral,
    parse_identifier,
    parse_primitive,
)
from liquid.exceptions import LiquidSyntaxError
from liquid.expression import Expression
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import (
    TOKEN_AS,
    TOKEN_COLON,
    TOKEN_COMMA,
    TOKEN_EOF,
    TOKEN_LIMIT,
    TOKEN_TAG,
    TOKEN_WORD,
    Token,
)

from kikubari.decide.personalise._context import RecordingContext
from kikubari.decide.personalise._nodes import Consulting
from kikubari.decide.personalise.contracts import (
    MAX_RECOMMENDED,
    SEEDED_STRATEGIES,
    STRATEGIES,
    RecommendationNeed,
    RecommendedProduct,
)
from kikubari.decide.personalise.record import RecordedMapping, Recorder

_ELSE, _END = "else", "endrecommend"
_DEFAULT_NAME = "items"
_DEFAULT_LIMIT = 4
_OPTIONS = frozenset({"seed", "limit", "fill"})
_Options = dict[str, Expression]


class RecommendNode(Node):
    """Renders its block with the products found, or what follows `else` when there are none."""

    __slots__ = ("alias", "block", "default", "need", "seed")

    def __init__(
        self,
        token: Token,
        need: RecommendationNeed,
        *,
        alias: Identifier,
        seed: Expression | None,
        block: BlockNode,
        default: BlockNode | None,
    ) -> None:
        super().__init__(token)
        self.need = need
        self.alias = alias
        self.seed = Consulting(seed) if seed is not None else None
        self.block = block
        self.default = default
        self.blank = block.blank and (default is None or default.blank)

    def find(self, context: Any) -> list[Any]:
        """Return the products as templates see them, and note the facts that they rest on."""
        assert isinstance(context, RecordingContext)  # noqa: S101 - our templates make no other
        if self.seed is not None:
            self.seed.evaluate(context)  # notes which fact the products were found by
        recorder = context.recorder
        taken = recorder.take_recommended(self.need)
        if not taken:
            recorder.absent[f"recommended.{self.need.strategy}"] = None
        return [_shown(path, one, recorder, context.settings.language) for path, one in taken]

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Render the block or what stands instead."""
        items = self.find(context)
        if not items:
            return self.default.render(context, buffer) if self.default else 0
        with context.extend({self.alias: items}):
            return self.block.render(context, buffer)

    def children(
        self, static_context: RenderContext, *, include_partials: bool = True
    ) -> list[Node]:
        """Return both blocks, for static analysis."""
        del static_context, include_partials
        return [self.block] if self.default is None else [self.block, self.default]

    def expressions(self) -> Iterable[Expression]:
        """Return the seed, for static analysis."""
        return [] if self.seed is None else [self.seed]

    def block_scope(self) -> Iterable[Identifier]:
        """Return the name of the list, for static analysis."""
        return [self.alias]


def _shown(path: str, found: RecommendedProduct, recorder: Recorder, language: str) -> Any:
    """Return one product in the reader's language; what it rests on is recorded as it is read."""
    is_ja = language.startswith("ja")
    product = dict(found.product)
    if is_ja:
        product["title"] = product.get("title_ja") or product.get("title")
    product["reason"] = found.reason_ja if is_ja else found.reason_en
    if not path:
        return product
    recorder.consulted[path] = None
    return RecordedMapping(product, path, recorder)


class RecommendTag(Tag):
    """``{% recommend 'goes_with' as pairs, seed: trigger.product_id, limit: 4 %}``."""

    name = "recommend"
    end = _END

    def parse(self, stream: TokenStream) -> Node:
        """Parse the head, the block and what stands instead."""
        token = stream.eat(TOKEN_TAG)
        tokens = stream.into_inner(tag=token)
        strategy = parse_primitive(self.env, tokens)
        alias = Identifier(_DEFAULT_NAME, token=token)
        if tokens.current.kind == TOKEN_AS:
            next(tokens)
            tokens.expect(TOKEN_WORD)
            alias = parse_identifier(self.env, tokens)
        options = self._options(tokens)
        need, seed = _read_need(strategy, options, token)
        parse_block = get_parser(self.env).parse_block
        block = parse_block(stream, frozenset({_ELSE, _END}))
        default = None
        if stream.current.is_tag(_ELSE):
            next(stream)
            default = parse_block(stream, frozenset({_END}))
        stream.expect(TOKEN_TAG, value=_END)
        return RecommendNode(token, need, alias=alias, seed=seed, block=block, default=default)

    def _options(self, tokens: TokenStream) -> _Options:
        """Parse what is named; the library's own parser knows `limit` as a word of loops only."""
        options: _Options = {}
        while tokens.current.kind != TOKEN_EOF:
            if tokens.current.kind == TOKEN_COMMA:
                next(tokens)
            token = next(tokens)
            if token.kind not in {TOKEN_LIMIT, TOKEN_WORD}:
                raise LiquidSyntaxError(f"expected 'seed: …', found {token.value!r}", token=token)
            if token.value not in _OPTIONS:
                raise LiquidSyntaxError(f"recommend takes no {token.value!r}", token=token)
            tokens.eat(TOKEN_COLON)
            options[token.value] = parse_primitive(self.env, tokens)
        return options


def _read_need(
    strategy: Expression, options: _Options, token: Token
) -> tuple[RecommendationNeed, Expression | None]:
    """Return what the head asks for, and the seed as an expression.

    Raises:
        LiquidSyntaxError: what it asks for is unknown, or not known before the render.
    """
    if not isinstance(strategy, StringLiteral) or strategy.value not in STRATEGIES:
        raise LiquidSyntaxError(
            f"there is no strategy {strategy}: one of {', '.join(STRATEGIES)}", token=token
        )
    seed = options.get("seed")
    if seed is not None and strategy.value not in SEEDED_STRATEGIES:
        raise LiquidSyntaxError(
            f"{strategy.value!r} goes out from no product: leave out 'seed'", token=token
        )
    need = RecommendationNeed(
        strategy=strategy.value,
        seed=_read_seed(seed, token),
        limit=_read_limit(options),
        fills=_read_fill(options),
    )
    return need, seed


def _read_seed(seed: Expression | None, token: Token) -> tuple[str | int, ...] | str:
    match seed:
        case None:
            return ()
        case StringLiteral():
            return seed.value
        case Path() if not any(isinstance(one, Path) for one in seed.path):
            return tuple(one for one in seed.path if not isinstance(one, Path))
    raise LiquidSyntaxError(
        f"the seed {seed} must be a product's id, or a path such as trigger.product_id",
        token=token,
    )


def _read_limit(options: _Options) -> int:
    given = options.get("limit")
    if given is None:
        return _DEFAULT_LIMIT
    if isinstance(given, IntegerLiteral) and 1 <= given.value <= MAX_RECOMMENDED:
        return given.value
    raise LiquidSyntaxError(
        f"the limit must be a number from 1 to {MAX_RECOMMENDED}", token=given.token
    )


def _read_fill(options: _Options) -> bool:
    given = options.get("fill")
    if given is None:
        return False
    if isinstance(given, TrueLiteral | FalseLiteral):
        return isinstance(given, TrueLiteral)
    raise LiquidSyntaxError("fill must be true or false", token=given.token)
