"""What a broadcast's definition must be, and the letter it makes."""

import re
from collections.abc import Mapping

import msgspec

from kikubari.decide.personalise import (
    AnyBlock,
    EmailVariant,
    Footer,
    compile_email,
    fill_in,
    walk,
)
from kikubari.deliver import BroadcastDefaults, Letter, Purpose
from kikubari.journeys.contracts import BroadcastDefinition
from kikubari.spec.errors import InvalidInputError

# A way out must stand in the message itself, not only in its headers.
_WAY_OUT = re.compile(r"\b(?:unsubscribe_url|preferences_url)\b")


def letter_of(definition: BroadcastDefinition) -> Letter:
    """Return the letter that a definition makes.

    Raises:
        TemplateError: with the place in the author's source.
    """
    return Letter(
        email=compile_email(definition.template),
        sender=definition.sender,
        purpose=definition.purpose,
        topic=definition.topic,
        resends_unknown=definition.resends_unknown,
        has_tracking=definition.has_tracking is not False,
        at_best_hour=definition.at_best_hour is True,
    )


def with_defaults(
    definition: BroadcastDefinition, defaults: BroadcastDefaults
) -> BroadcastDefinition:
    """Return a definition in which nothing is left open."""
    is_marketing = definition.purpose is Purpose.MARKETING
    has_tracking, at_best_hour = definition.has_tracking, definition.at_best_hour
    return msgspec.structs.replace(
        definition,
        has_tracking=defaults.has_tracking if has_tracking is None else has_tracking,
        at_best_hour=(
            is_marketing and defaults.at_best_hour if at_best_hour is None else at_best_hour
        ),
    )


def check_definition(definition: BroadcastDefinition) -> None:
    """Refuse what no broadcast may be.

    Raises:
        TemplateError: with the place in the author's source.
        InvalidInputError: no name, no way to unsubscribe in a marketing template.
    """
    if not definition.name.strip():
        raise InvalidInputError("a broadcast needs a name")
    if definition.purpose is Purpose.MARKETING:
        if definition.resends_unknown:
            raise InvalidInputError(
                "only a transactional letter may be sent again when its answer was lost",
                hint="A second copy of a marketing message is worse than a missing one.",
            )
        for language, variant in definition.template.variants.items():
            if not _has_way_out(variant, definition.template.saved):
                raise InvalidInputError(
                    f"the {language} template has no link to unsubscribe",
                    hint="Link to {{ unsubscribe_url }} or {{ preferences_url }}.",
                )
    letter_of(definition)


def _has_way_out(variant: EmailVariant, saved: Mapping[str, tuple[AnyBlock, ...]]) -> bool:
    if variant.blocks is None:
        return _WAY_OUT.search(variant.mjml or variant.html or "") is not None
    return any(isinstance(block, Footer) for block in walk(fill_in(variant.blocks, saved)))
