"""What goes into a render and what comes out: facts, templates, messages, problems."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from kikubari.decide.personalise.blocks.contracts import AnyBlock, Document


class Provenance(StrEnum):
    """How a fact about a person came to be known."""

    DECLARED = "declared"  # the person said so
    OBSERVED = "observed"  # they did it with us
    INFERRED = "inferred"  # we guessed
    THIRD_PARTY = "third_party"  # somebody else said so


class Lineage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a fact comes from; None means not known, which readers must take as the stricter case.

    `confidence` is 0..1, `observed_at` an aware UTC instant, `sensitivity` one of S0..S3,
    `category` a name such as ``health`` or ``purchase``.
    """

    provenance: Provenance | None = None
    confidence: float | None = None
    observed_at: datetime | None = None
    sources_agree: bool | None = None
    category: str | None = None
    sensitivity: str | None = None


UNKNOWN_LINEAGE = Lineage()
# What the tag `recommend` knows; the first go out from a product.
SEEDED_STRATEGIES = ("similar", "goes_with", "next_after")
# Where to look next: names without a price, a picture or an id.
SUGGESTIONS = ("categories", "searches")
STRATEGIES = (
    *("for_you", "viewed_not_bought", "buy_again", "trending", "new_for_you", "saved_items"),
    *("cold_start", "content", *SEEDED_STRATEGIES, *SUGGESTIONS),
)
MAX_RECOMMENDED = 12
# Most of what facts are made of: passed on without looking into it.
_SCALARS = frozenset({str, int, float, bool, type(None)})


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One fact with its lineage, as profiles hand it over; `value` may be a list or mapping."""

    value: Any
    lineage: Lineage = UNKNOWN_LINEAGE


class RecommendationNeed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A list of products that a template shows.

    Attributes:
        strategy: one of `STRATEGIES`.
        seed: the product it goes out from: an id, or a path through facts; empty: none is named.
        limit: products at most; one tag shows no more than `MAX_RECOMMENDED`.
        fills: whether other strategies may fill what this one leaves empty.
    """

    strategy: str
    seed: tuple[str | int, ...] | str = ()
    limit: int = 4
    fills: bool = False

    @property
    def key(self) -> str:
        """Return what tells this list from others of a template; its length does not."""
        return repr((self.strategy, self.seed, self.fills))


class RecommendationAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A list that is wanted for one person; `seeds` are ids of products."""

    number: int
    strategy: str
    seeds: tuple[str, ...] = ()
    limit: int = 4
    fills: bool = False


class RecommendedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product found for a person, or one of `SUGGESTIONS`.

    Attributes:
        product: as templates see it, with `product_id`; of a suggestion its names, the rest empty.
        strategy: that found it.
        code: stable code of why.
        reason_ja, reason_en: why, as the reader may read it.
        ground: what is known of the person that it rests on, such as ``viewed``; empty: nothing.
        lineage: of that.
    """

    product: dict[str, Any]
    strategy: str
    code: str
    reason_ja: str
    reason_en: str
    ground: str = ""
    lineage: Lineage = UNKNOWN_LINEAGE


class Recommends(Protocol):
    """Finds products for people."""

    def recommend_many(
        self, asked: Sequence[RecommendationAsked]
    ) -> Sequence[Sequence[RecommendedProduct]]:
        """Return the list for each, in the order asked, best first."""
        ...


class Facts(msgspec.Struct, frozen=True):
    """What a template may read about one person.

    `values` maps root names (``customer``, ``cart`` …) to plain values; `lineage` maps paths such
    as ``customer.last_order.products[0].name`` to lineage, which also holds for what lies below.
    `recommended` holds the products found for each `RecommendationNeed`, by its key.
    """

    values: dict[str, Any] = {}
    lineage: dict[str, Lineage] = {}
    recommended: dict[str, tuple[RecommendedProduct, ...]] = {}


class Use(StrEnum):
    """What a render did with a fact."""

    PRINTED = "printed"  # its value may show in the output
    CONSULTED = "consulted"  # it steered a condition, a loop or a choice
    ABSENT = "absent"  # it was looked up and was not there, null or empty


class Part(StrEnum):
    """The parts of a message; a lock screen shows the first two."""

    SUBJECT = "subject"
    PREHEADER = "preheader"
    HTML = "html"
    TEXT = "text"


class FactUse(msgspec.Struct, frozen=True, kw_only=True):
    """One fact that a render used, in the strongest way it did, and in which parts."""

    path: str
    use: Use
    parts: tuple[Part, ...] = ()
    lineage: Lineage = UNKNOWN_LINEAGE


class RenderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Language, zone and currency that filters format with, and the instant that is now.

    `timezone` is the customer's zone, or the shop's where that is unknown; `currency` is the
    shop's, for amounts that carry none.
    """

    language: str = "en"
    timezone: str = "UTC"
    currency: str = "JPY"
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)


class EmailVariant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One language of an e-mail as its author wrote it: exactly one of `blocks`, `mjml`, `html`.

    Without `text` the text part is derived from the HTML.
    """

    subject: str
    preheader: str = ""
    blocks: Document | None = None
    mjml: str | None = None
    html: str | None = None
    text: str | None = None


class EmailTemplateSource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An e-mail in its languages; `default_language` serves everybody without a variant."""

    variants: dict[str, EmailVariant]
    default_language: str
    snippets: dict[str, str] = {}  # for {% render 'name' %}
    saved: dict[str, tuple[AnyBlock, ...]] = {}  # what stands for each saved block


class CompiledVariant(msgspec.Struct, frozen=True, kw_only=True):
    """Four Liquid templates, MJML and CSS already worked in, unsafe spots already fenced."""

    subject: str
    preheader: str
    html: str
    text: str


class CompiledEmail(msgspec.Struct, frozen=True, kw_only=True):
    """A template ready to render, the same for everybody; `version` is a hash of its content."""

    version: str
    default_language: str
    variants: dict[str, CompiledVariant]
    snippets: dict[str, str] = {}
    warnings: tuple[str, ...] = ()
    needs: tuple[RecommendationNeed, ...] = ()


class ShownProduct(msgspec.Struct, frozen=True):
    """A recommended product that a message shows: which strategy found it, and why (a code).

    The `product_id` of a suggestion is its strategy and its name: ``categories:Tea``.
    """

    product_id: str
    strategy: str
    code: str


class RenderedEmail(msgspec.Struct, frozen=True, kw_only=True):
    """One person's message, with every fact about them that it used."""

    language: str
    subject: str
    preheader: str
    html: str
    text: str
    facts: tuple[FactUse, ...]
    recommended: tuple[ShownProduct, ...] = ()


class Severity(StrEnum):
    """Whether a problem stops a launch."""

    ERROR = "error"
    WARNING = "warning"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with a template.

    `line` and `column` count from 1, 0 means nowhere; `block` is the id of the block at fault.
    """

    severity: Severity
    code: str
    message: str
    language: str = ""
    part: str = ""
    line: int = 0
    column: int = 0
    block: str = ""


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A fact the template looks up that `missing` of `of` people do not have."""

    path: str
    missing: int
    of: int

    def __str__(self) -> str:
        return f"{self.path}: missing for {self.missing:,} of {self.of:,} people"


class LintReport(msgspec.Struct, frozen=True, kw_only=True):
    """What lint found; `people` were rendered, `failed` of them could not be."""

    problems: tuple[Problem, ...]
    missing: tuple[Missing, ...]
    people: int
    failed: int

    @property
    def is_ready(self) -> bool:
        """Whether nothing found would stop a launch."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def gather_facts(tree: Mapping[str, object]) -> Facts:
    """Split a tree whose leaves may be `Fact` into plain values and lineage by path.

    Values come out as dicts, lists and scalars, ready to travel between processes.
    """
    lineage: dict[str, Lineage] = {}
    values = {name: _plain(value, name, lineage) for name, value in tree.items()}
    return Facts(values, lineage)


def _plain(value: object, path: str, lineage: dict[str, Lineage]) -> object:
    if isinstance(value, Fact):
        if value.lineage is not UNKNOWN_LINEAGE:
            lineage[path] = value.lineage
        return _plain(value.value, path, lineage)
    if isinstance(value, dict):
        return {
            str(k): v if type(v) in _SCALARS else _plain(v, f"{path}.{k}", lineage)
            for k, v in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [
            v if type(v) in _SCALARS else _plain(v, f"{path}[{i}]", lineage)
            for i, v in enumerate(value)
        ]
    if isinstance(value, Mapping):
        return _plain(dict(value), path, lineage)
    return value
