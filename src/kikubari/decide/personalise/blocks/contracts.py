"""A message as blocks: what the editor edits, files hold and `to_mjml` compiles."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec.structs import replace

Colour = Annotated[str, msgspec.Meta(pattern=r"^(#[0-9a-fA-F]{6})?$")]
Identity = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
StrategyName = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{0,30}$")]
Width = Annotated[int, msgspec.Meta(ge=320, le=800)]
Percent = Annotated[int, msgspec.Meta(ge=1, le=100)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=200)]
_FEWEST_COLUMNS, _MOST_COLUMNS = 2, 4


class Font(StrEnum):
    """Families that mail clients have; Japanese faces come first in a Japanese message."""

    SANS = "sans"
    SERIF = "serif"


class Align(StrEnum):
    """Where lines, pictures and buttons stand."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Space(StrEnum):
    """Room above and below a block."""

    NONE = "none"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class _Strict(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Takes no field it does not know: a typing error in a file must not pass for a default."""


class Theme(_Strict, frozen=True, kw_only=True):
    """Colours, type and measures of a whole message; `width` and `radius` are in CSS pixels."""

    page: Colour = "#f6f3ec"
    paper: Colour = "#ffffff"
    ink: Colour = "#2b2a27"
    muted: Colour = "#6b665c"
    accent: Colour = "#2d4a7c"
    on_accent: Colour = "#ffffff"
    font: Font = Font.SANS
    width: Width = 600
    radius: Pixels = 4


class Span(_Strict, frozen=True, kw_only=True):
    """A run of text in one dress. Liquid may stand in `text` and `href`; a line end is a break."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    colour: Colour = ""
    href: str = ""


class ParagraphKind(StrEnum):
    """A paragraph, or a point of a list; points that follow each other are one list."""

    PLAIN = "plain"
    BULLET = "bullet"
    NUMBER = "number"


class Paragraph(_Strict, frozen=True, kw_only=True):
    """Spans that make one paragraph."""

    spans: tuple[Span, ...] = ()
    kind: ParagraphKind = ParagraphKind.PLAIN


class Block(_Strict, frozen=True, kw_only=True, tag_field="kind"):
    """What every block has.

    Attributes:
        id: stays with the block through edits and moves, so that versions can be compared.
        when: a Liquid condition such as ``customer.points > 100``; empty shows it to everybody.
        background: behind the block; empty is the theme's paper.
        space: above and below.
    """

    id: Identity
    when: str = ""
    background: Colour = ""
    space: Space = Space.SMALL


class Heading(Block, frozen=True, kw_only=True, tag="heading"):
    """A heading of level 1 to 3."""

    text: str
    level: Annotated[int, msgspec.Meta(ge=1, le=3)] = 1
    align: Align = Align.LEFT


class Text(Block, frozen=True, kw_only=True, tag="text"):
    """Paragraphs and lists."""

    paragraphs: tuple[Paragraph, ...]
    align: Align = Align.LEFT
    is_small: bool = False


class Image(Block, frozen=True, kw_only=True, tag="image"):
    """A picture. `alt` is empty only where it adds nothing to the words around it.

    `height` belongs to `width`, in CSS pixels: room is kept for it before it has come.
    """

    src: str
    alt: str = ""
    is_decorative: bool = False
    href: str = ""
    width: Annotated[int, msgspec.Meta(ge=8, le=800)] | None = None
    height: Annotated[int, msgspec.Meta(ge=1, le=16_384)] | None = None
    align: Align = Align.CENTER


class Button(Block, frozen=True, kw_only=True, tag="button"):
    """A link that asks to be followed."""

    label: str
    href: str
    align: Align = Align.CENTER
    is_outlined: bool = False
    is_wide: bool = False


class Divider(Block, frozen=True, kw_only=True, tag="divider"):
    """A thin line."""


class Spacer(Block, frozen=True, kw_only=True, tag="spacer"):
    """Nothing, of a height in CSS pixels."""

    height: Pixels = 24


class Products(Block, frozen=True, kw_only=True, tag="products"):
    """Products from a list that the render knows, or those that a strategy finds for each reader.

    Each has `title` (and `title_ja`), `image_url`, `url` and `price`. Where the list is empty the
    block is not there; at most `limit` are shown, `columns` to a row.

    Attributes:
        source: the list, such as ``customer.favourite_category_products``.
        strategy: in its place, a strategy of the tag `recommend`.
        seed: what the strategy goes out from: a path such as ``trigger.products``, or the id of a
            product in single quotes; empty: from what the reader bought or looked at last.
        title: words above the list, which are there only with it.
        fills: other strategies may fill what this one leaves empty.
        shows_reason: under each product, why it is there; of a strategy only.
        shows_refusal: under each product, a link to say that it is not for them; likewise.
    """

    source: str = ""
    strategy: StrategyName = ""
    seed: str = ""
    title: str = ""
    fills: bool = False
    shows_reason: bool = False
    shows_refusal: bool = False
    limit: Annotated[int, msgspec.Meta(ge=1, le=12)] = 3
    columns: Annotated[int, msgspec.Meta(ge=1, le=3)] = 3
    shows_price: bool = True
    label: str = ""  # of a button under each; none when empty


class Countdown(Block, frozen=True, kw_only=True, tag="countdown"):
    """Days or hours left until an instant, as of the moment the message is made.

    Attributes:
        until: an ISO 8601 instant with its offset, or Liquid that prints one.
        text: the sentence, in which ``{{ left }}`` is what is left.
        ended: what stands there afterwards; the block is gone when empty.
    """

    until: str
    text: str
    ended: str = ""
    align: Align = Align.CENTER


class Coupon(Block, frozen=True, kw_only=True, tag="coupon"):
    """A code and what it is good for; without a code (Liquid may print none) it is not there.

    Attributes:
        code: Liquid, or the same for everybody; empty is ``{{ coupon.code }}``, the person's own
            of the offers that the message is sent with.
        instead: what stands there for who gets no code.
    """

    code: str
    title: str
    terms: str = ""
    instead: str = ""


class Reason(Block, frozen=True, kw_only=True, tag="reason"):
    """Why this person gets this message, in their language, from recorded facts."""


class Footer(Block, frozen=True, kw_only=True, tag="footer"):
    """Who sends it, where they are, and the ways out, which no footer can be without."""

    lines: tuple[str, ...] = ()
    preferences_label: str = ""  # in the message's language when empty
    unsubscribe_label: str = ""


class SavedBlock(Block, frozen=True, kw_only=True, tag="saved"):
    """Blocks that are kept apart and used in many messages, by the id they were saved under."""

    saved_id: str


Leaf = Heading | Text | Image | Button | Divider | Spacer | Countdown | Coupon


class Column(_Strict, frozen=True, kw_only=True):
    """One column; without a width all columns share alike. `width` is in per cent of the row."""

    id: Identity
    blocks: tuple[Leaf, ...] = ()
    width: Percent | None = None


class Columns(Block, frozen=True, kw_only=True, tag="columns"):
    """Two to four columns; on a phone one above the other, unless they are kept side by side."""

    columns: tuple[Column, ...]
    stays_beside: bool = False

    def __post_init__(self) -> None:
        """Count the columns; a bound in the type would hide theirs from the API's description.

        Raises:
            ValueError: fewer than two or more than four.
        """
        if not _FEWEST_COLUMNS <= len(self.columns) <= _MOST_COLUMNS:
            raise ValueError("a row has two to four columns")


AnyBlock = Leaf | Products | Reason | Footer | SavedBlock | Columns


class Document(_Strict, frozen=True, kw_only=True):
    """The body of one language of a message."""

    blocks: tuple[AnyBlock, ...]
    theme: Theme = Theme()


def walk(document: Document) -> Iterator[Block]:
    """Yield every block, those in columns after the row they stand in."""
    for block in document.blocks:
        yield block
        if isinstance(block, Columns):
            for column in block.columns:
                yield from column.blocks


def fill_in(document: Document, saved: Mapping[str, tuple[AnyBlock, ...]]) -> Document:
    """Put what was saved in the place of each saved block that is known.

    What is put in gets ids that begin with the saved block's own, so that none stands twice.
    """
    blocks: list[AnyBlock] = []
    for block in document.blocks:
        if not isinstance(block, SavedBlock) or block.saved_id not in saved:
            blocks.append(block)
            continue
        for one in saved[block.saved_id]:
            when = " and ".join(filter(None, (block.when, one.when)))
            blocks.append(replace(one, id=f"{block.id}-{one.id}", when=when))
    return replace(document, blocks=tuple(blocks))
