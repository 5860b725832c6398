"""Whole feeds: what a shop no longer has is what its feed no longer names."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

import msgspec

from kikubari.collect.imports.contracts import (
    ImportOptions,
    Mapping,
    Row,
    WireMessage,
)
from kikubari.collect.imports.importer import product_converter
from kikubari.collect.imports.readers import RowSource
from kikubari.collect.imports.rows_to_messages import Outcome, track
from kikubari.kit.instants import format_instant
from kikubari.spec.errors import ConflictError
from kikubari.spec.topics import PRODUCT_UPDATED

DEFAULT_MAX_GONE_PERCENT = 20.0


class KnownProduct(msgspec.Struct, frozen=True):
    """A product the shop has, as the server knows it, with the variants it has."""

    product_id: str
    variant_ids: tuple[str, ...] = ()


class Named(msgspec.Struct):
    """What a feed names.

    Attributes:
        variants: product id → its variants.
        spared: products with a bad row: what is missing of them may have been in it.
        n_unknown: rows of which it cannot be told what they are about.
    """

    variants: dict[str, set[str]] = {}
    spared: set[str] = set()
    n_unknown: int = 0


def list_named(source: RowSource, mapping: Mapping, options: ImportOptions, now: datetime) -> Named:
    """Read a products file through and return what it names."""
    converter = product_converter(mapping, options, now)
    named = Named()
    for row in source.iter_rows():
        outcomes = converter.add(row) if isinstance(row, Row) else converter.add_unreadable(row)
        for outcome in outcomes:
            _take(named, outcome)
    for outcome in converter.finish():
        _take(named, outcome)
    return named


def list_gone(
    known: Iterable[KnownProduct], named: Named, *, max_gone_percent: float
) -> list[dict[str, str]]:
    """Return the products, and of those that stay the variants, which a whole feed lacks.

    Raises:
        ConflictError: so many would go that the feed is rather cut short, or rows cannot be read.
    """
    if named.n_unknown:
        raise ConflictError(
            f"{named.n_unknown:,} rows do not say which product they are about, so that the feed"
            " cannot be taken for whole; nothing was imported",
            hint="correct the feed, or import it without --complete",
        )
    products, variants, n_known = [], [], 0
    for one in known:
        n_known += 1
        if one.product_id in named.spared:
            continue
        given = named.variants.get(one.product_id)
        if given is None:
            products.append({"product_id": one.product_id})
        else:
            variants += [
                {"product_id": one.product_id, "variant_id": variant_id}
                for variant_id in one.variant_ids
                if variant_id not in given
            ]
    if len(products) * 100 > max_gone_percent * n_known:
        raise ConflictError(
            f"{len(products):,} of {n_known:,} products are not in the feed, more than"
            f" {max_gone_percent:g} %: it may be cut short; nothing was imported",
            hint="if they are really gone: --max-gone with a higher percentage",
        )
    return products + variants


def gone_messages(gone: Iterable[dict[str, str]], at: datetime) -> list[WireMessage]:
    """Return statements that products and variants are no longer in the shop."""
    instant = format_instant(at)
    messages = []
    for one in gone:
        message = track(PRODUCT_UPDATED, {**one, "is_gone": True})
        encoded = msgspec.json.encode([one, instant], order="deterministic")
        digest = blake2b(encoded, digest_size=16, person=b"gone").hexdigest()
        messages.append({**message, "timestamp": instant, "messageId": f"import-gone-{digest}"})
    return messages


def _take(named: Named, outcome: Outcome) -> None:
    for message in outcome.messages:
        said = message["properties"]
        variants = named.variants.setdefault(said["product_id"], set())
        if "variant_id" in said:
            variants.add(said["variant_id"])
    if outcome.problems and outcome.about:
        named.spared.add(outcome.about)
    elif outcome.problems and not outcome.messages:
        named.n_unknown += 1
