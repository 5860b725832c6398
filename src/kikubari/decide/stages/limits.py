"""What may be inferred at all: refused when a definition is made, not when it is used."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import Protocol

import msgspec

from kikubari.decide.guard import Sensitivity, sensitivity_of_name
from kikubari.decide.stages.contracts import Did, LifeStages, Said, Stage, StageRefusedError


class StageLimit(StrEnum):
    """Why a word can be no part of a stage."""

    SPECIAL = "special"  # of a special category: never, not even by own word
    PRIVATE = "private"  # close to the bone: by own word alone


_SAYS = {
    StageLimit.SPECIAL: "belongs to a special category, which is never a stage",
    StageLimit.PRIVATE: "is too private to be guessed from what people do",
}
_HINTS = {
    StageLimit.SPECIAL: "docs/life-stages.md says what may be a stage.",
    StageLimit.PRIVATE: "ask for it: leave `said` and `born` as the only evidence.",
}


class StageRefusal(msgspec.Struct, frozen=True):
    """A word of a definition that nobody may be put into a stage by.

    Attributes:
        stage: its id; empty for the names of the whole.
        word: as it is written; of a product, what the catalogue says of it.
        limit: why.
    """

    stage: str
    word: str
    limit: StageLimit


class Goods(Protocol):
    """What the catalogue says of products."""

    def words_of(self, product_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return titles, categories and stated sensitive classes, of those that are known."""
        ...


class NoGoods:
    """Implements `Goods` where there is no catalogue."""

    def words_of(self, product_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return nothing."""
        del product_ids
        return {}


def list_refusals(definition: LifeStages, goods: Goods) -> list[StageRefusal]:
    """Return the words by which nobody may be put into a stage, as they come.

    Special categories (health, pregnancy, belief and their like) are neither inferred nor told as a
    stage. What is close to the bone, such as children, loss or a move, may be a stage only by own
    word: no evidence of it may be something that people did.
    """
    is_guessed = any(_is_guessed(one) for one in definition.stages)
    named = [("", name, is_guessed) for name in _names_of(definition)]
    ids = {name for stage in definition.stages for name in _products_of(stage)}
    said_of = goods.words_of(ids) if ids else {}
    words = [
        (stage.id, word, _is_guessed(stage))
        for stage in definition.stages
        for word in _words_of(stage, said_of)
    ]
    found = (_refuse(*one) for one in [*named, *words])
    return list(dict.fromkeys(one for one in found if one is not None))


def check_limits(definition: LifeStages, goods: Goods | None = None) -> None:
    """Refuse stages that nobody may be put into, as `list_refusals` says.

    Raises:
        StageRefusedError: says which stage, and which of its words.
    """
    for one in list_refusals(definition, goods or NoGoods())[:1]:
        raise StageRefusedError(
            f"{one.stage or definition.id}: {one.word!r} {_SAYS[one.limit]}",
            hint=_HINTS[one.limit],
        )


def _refuse(stage: str, word: str, is_guessed: bool) -> StageRefusal | None:  # noqa: FBT001 - a fact of the stage
    level = sensitivity_of_name(word)
    if level is Sensitivity.S3:
        return StageRefusal(stage, word, StageLimit.SPECIAL)
    if level is Sensitivity.S2 and is_guessed:
        return StageRefusal(stage, word, StageLimit.PRIVATE)
    return None


def _is_guessed(stage: Stage) -> bool:
    return any(isinstance(one, Did) for one in stage.evidence)


def _names_of(definition: LifeStages) -> tuple[str, ...]:
    return definition.id, definition.name_ja, definition.name_en


def _products_of(stage: Stage) -> Iterator[str]:
    for one in stage.evidence:
        if isinstance(one, Did):
            yield from one.product_ids


def _words_of(stage: Stage, said_of: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield from (stage.id, stage.name_ja, stage.name_en, *stage.categories)
    for one in stage.evidence:
        if isinstance(one, Did):
            yield from (one.event, *one.categories, *one.product_ids)
            for name in one.product_ids:
                yield from said_of.get(name, ())
        else:
            yield one.trait
            if isinstance(one, Said):
                yield one.value
