"""What a draft says that will no longer be true when it goes: over, ended, gone or sold out."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from kikubari.catalog import Product
from kikubari.decide.offers import Offer
from kikubari.decide.personalise import (
    Block,
    Countdown,
    EmailTemplateSource,
    Problem,
    Products,
    Severity,
    fill_in,
    walk,
)
from kikubari.journeys.contracts import BroadcastDefinition
from kikubari.kit.clock import Clock
from kikubari.kit.instants import parse_instant

# A product that is named in a block itself; anything else is found for each reader.
_FIXED_PRODUCT = re.compile(r"\s*'([^']+)'\s*")


class Freshness:
    """Compares what is fixed in a draft with how things stand when it goes.

    Args:
        find_offers: offers by id.
        load_products: products by id.
        clock: says when now is.
        zone: the shop's, in which offers end.
    """

    def __init__(
        self,
        find_offers: Callable[[Collection[str]], Mapping[str, Offer]],
        load_products: Callable[[Collection[str]], Mapping[str, Product]],
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._find_offers = find_offers
        self._load_products = load_products
        self._clock = clock
        self._zone = zone

    def check(
        self, definition: BroadcastDefinition, template: EmailTemplateSource
    ) -> list[Problem]:
        """Return warnings, each with its block and language where it has any.

        Args:
            definition: the draft; one that repeats is looked at as of its first time.
            template: its words, with saved blocks filled in.
        """
        start_at, now = definition.timing.start_at, self._clock.now()
        goes_at = max(now, start_at) if start_at else now
        return [*self._check_offers(definition, goes_at), *self._check_blocks(template, goes_at)]

    def _check_offers(
        self, definition: BroadcastDefinition, goes_at: datetime
    ) -> Iterator[Problem]:
        rules = definition.coupon.rules if definition.coupon else ()
        goes_on = goes_at.astimezone(self._zone).date()
        for offer in self._find_offers({rule.offer for rule in rules}).values():
            ends_on = offer.definition.validity.ends_on
            if ends_on is not None and ends_on < goes_on and not offer.is_ended:
                name = offer.definition.name
                message = f"{name!r} is over on {ends_on}, before this goes"
                yield Problem(severity=Severity.WARNING, code="offer_over", message=message)

    def _check_blocks(self, template: EmailTemplateSource, goes_at: datetime) -> Iterator[Problem]:
        for language, variant in template.variants.items():
            if variant.blocks is None:
                continue
            blocks = list(walk(fill_in(variant.blocks, template.saved)))
            named = {one.id: found for one in blocks if (found := _fixed_product(one))}
            products = self._load_products(set(named.values())) if named else {}
            for one in blocks:
                if isinstance(one, Countdown) and _is_over(one, goes_at):
                    message = f"the countdown to {one.until!r} is over before this goes"
                    yield _warn("countdown_over", message, one, language)
                elif one.id in named:
                    yield from _check_product(named[one.id], products, one, language)


def _check_product(
    product_id: str, products: Mapping[str, Product], block: Block, language: str
) -> Iterator[Problem]:
    product = products.get(product_id)
    if product is None or product.is_gone:
        message = f"the product {product_id!r} is not in the shop"
        yield _warn("product_gone", message, block, language)
    elif not product.is_for_sale:
        message = f"the product {product_id!r} is sold out"
        yield _warn("product_sold_out", message, block, language)


def _is_over(block: Countdown, goes_at: datetime) -> bool:
    """Say whether an instant that is written down has passed; Liquid prints one for each reader."""
    try:
        return parse_instant(block.until.strip()) <= goes_at
    except ValueError:
        return False


def _fixed_product(block: Block) -> str:
    found = _FIXED_PRODUCT.fullmatch(block.seed) if isinstance(block, Products) else None
    return found[1] if found else ""


def _warn(code: str, message: str, block: Block, language: str) -> Problem:
    return Problem(
        severity=Severity.WARNING,
        code=code,
        message=message,
        part="blocks",
        block=block.id,
        language=language,
    )
