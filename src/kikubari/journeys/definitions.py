"""What a broadcast's definition must be, and the letter it makes."""

import re
from collections.abc import Callable, Iterator, Mapping

import msgspec

from kikubari.decide.personalise import (
    AnyBlock,
    EmailTemplateSource,
    EmailVariant,
    Footer,
    compile_email,
    fill_in,
    walk,
)
from kikubari.deliver import BroadcastDefaults, Letter, Purpose
from kikubari.journeys.contracts import BroadcastDefinition
from kikubari.spec.errors import InvalidInputError, NotFoundError

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
        gives=definition.gives and definition.coupon is None,
    )


def list_letters(definition: BroadcastDefinition) -> Iterator[tuple[str, BroadcastDefinition]]:
    """Yield the name of each letter and a definition that makes it alone; one has no name."""
    experiment = definition.experiment
    if experiment is None:
        yield "", definition
        return
    templates = (definition.template, *(one.template for one in experiment.others))
    for name, template in zip(experiment.letters, templates, strict=True):
        yield name, msgspec.structs.replace(definition, template=template, experiment=None)


def find_letter(definition: BroadcastDefinition, name: str) -> BroadcastDefinition:
    """Return a definition that makes one letter alone; the broadcast's own has an empty name, too.

    Raises:
        NotFoundError: no letter by that name.
    """
    letters = dict(list_letters(definition))
    found = letters.get(name or next(iter(letters)))
    if found is None:
        raise NotFoundError(f"the broadcast has no letter {name}")
    return found


def in_language(definition: BroadcastDefinition, language: str) -> BroadcastDefinition:
    """Return a definition whose letter is in one language alone, whoever reads it.

    Raises:
        NotFoundError: the letter is not written in it.
    """
    template = definition.template
    variant = template.variants.get(language)
    if variant is None:
        raise NotFoundError(
            f"the letter is not written in {language}",
            hint=f"It is in {', '.join(sorted(template.variants))}.",
        )
    alone = msgspec.structs.replace(
        template, variants={language: variant}, default_language=language
    )
    return msgspec.structs.replace(definition, template=alone)


def map_templates(
    definition: BroadcastDefinition, change: Callable[[EmailTemplateSource], EmailTemplateSource]
) -> BroadcastDefinition:
    """Return a definition with the template of each of its letters changed."""
    experiment = definition.experiment
    if experiment is not None:
        others = tuple(
            msgspec.structs.replace(one, template=change(one.template)) for one in experiment.others
        )
        experiment = msgspec.structs.replace(experiment, others=others)
    return msgspec.structs.replace(
        definition, template=change(definition.template), experiment=experiment
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
        InvalidInputError: no name, no way to unsubscribe in a marketing template, a goal of
            clicks where none are counted.
    """
    if not definition.name.strip():
        raise InvalidInputError("a broadcast needs a name")
    experiment = definition.experiment
    if experiment and experiment.goal.kind == "click" and definition.has_tracking is False:
        raise InvalidInputError(
            "this broadcast counts no clicks, so they cannot be the goal of its experiment",
            hint="Choose orders or another event, or let clicks be counted.",
        )
    for name, letter in list_letters(definition):
        _check_letter(letter, f" of letter {name}" if name else "")


def _check_letter(definition: BroadcastDefinition, of_which: str) -> None:
    if definition.purpose is Purpose.MARKETING:
        if definition.resends_unknown:
            raise InvalidInputError(
                "only a transactional letter may be sent again when its answer was lost",
                hint="A second copy of a marketing message is worse than a missing one.",
            )
        for language, variant in definition.template.variants.items():
            if not _has_way_out(variant, definition.template.saved):
                raise InvalidInputError(
                    f"the {language} template{of_which} has no link to unsubscribe",
                    hint="Link to {{ unsubscribe_url }} or {{ preferences_url }}.",
                )
    letter_of(definition)


def _has_way_out(variant: EmailVariant, saved: Mapping[str, tuple[AnyBlock, ...]]) -> bool:
    if variant.blocks is None:
        return _WAY_OUT.search(variant.mjml or variant.html or "") is not None
    return any(isinstance(block, Footer) for block in walk(fill_in(variant.blocks, saved)))
