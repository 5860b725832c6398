"""How a shop defines stages: their order, what speaks for each, and how long each lasts."""

from typing import Annotated, Protocol

import msgspec
from msgspec import Meta
from pyroaring import BitMap

from kikubari.spec.errors import InvalidInputError
from kikubari.spec.topics import ORDER_COMPLETED

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Texts = Annotated[tuple[Text, ...], Meta(max_length=100)]
Days = Annotated[int, Meta(ge=0, le=36_500)]
MAX_STAGES = 20
# What the correction says of who is in none of the stages: no stage can be called so.
NO_STAGE = "-"


class StageRefusedError(InvalidInputError):
    """A definition would infer what nobody may infer."""

    code = "life_stage_refused"


class Said(msgspec.Struct, frozen=True, kw_only=True, tag="said", forbid_unknown_fields=True):
    """The person said so: the trait, by own word, has this value."""

    trait: Text
    value: Text


class Born(msgspec.Struct, frozen=True, kw_only=True, tag="born", forbid_unknown_fields=True):
    """A birthday that the person told lies so many days back: from `from_days` until `until_days`.

    Attributes:
        trait: holds the date, such as ``dogs_birthday``.
        from_days: the stage begins at this age.
        until_days: it ends before this age.
    """

    trait: Text
    from_days: Days = 0
    until_days: Days

    def __post_init__(self) -> None:
        """Refuse a stage without a day.

        Raises:
            ValueError: it ends before it begins.
        """
        if self.until_days <= self.from_days:
            raise ValueError("`until_days` is not after `from_days`")


class Did(msgspec.Struct, frozen=True, kw_only=True, tag="did", forbid_unknown_fields=True):
    """The person did something with such goods: a guess, however often.

    Attributes:
        event: its type; what people look at speaks of those who never bought, too.
        categories: of goods; one is enough.
        product_ids: likewise.
        confidence: of one day on which it was done.
    """

    event: Text = ORDER_COMPLETED
    categories: Texts = ()
    product_ids: Texts = ()
    confidence: Annotated[float, Meta(ge=0.05, le=0.9)] = 0.5

    def __post_init__(self) -> None:
        """Refuse evidence of anything at all.

        Raises:
            ValueError: neither categories nor products.
        """
        if not self.categories and not self.product_ids:
            raise ValueError("`did` needs `categories` or `product_ids`")


Evidence = Said | Born | Did


class Stage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One stage.

    Attributes:
        id: value of the trait.
        name_ja: in Japanese.
        name_en: in English.
        evidence: any of it speaks for the stage.
        lasts_days: from the last evidence, where that does not tell an end itself.
        moves_on: when its time is over, people are taken to be in the next stage.
        categories: goods for this stage alone, which recommendations withhold from the others.
    """

    id: Name
    name_ja: Text
    name_en: Text
    evidence: Annotated[tuple[Evidence, ...], Meta(min_length=1, max_length=20)]
    lasts_days: Annotated[int, Meta(ge=1, le=36_500)] = 180
    moves_on: bool = False
    categories: Texts = ()


class LifeStages(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stages in their order. What is found is told as the trait ``life_stage.<id>``.

    Attributes:
        id: names the trait.
        name_ja: in Japanese.
        name_en: in English.
        stages: the earliest first.
        min_confidence: a guess below it is withheld.
    """

    id: Name
    name_ja: Text
    name_en: Text
    stages: Annotated[tuple[Stage, ...], Meta(min_length=2, max_length=MAX_STAGES)]
    min_confidence: Annotated[float, Meta(ge=0.3, le=0.95)] = 0.5

    def __post_init__(self) -> None:
        """Refuse two stages of one name, and a last one that moves on.

        Raises:
            ValueError: the stages do not fit together.
        """
        if len({one.id for one in self.stages}) < len(self.stages):
            raise ValueError("two stages have one id")
        if self.stages[-1].moves_on:
            raise ValueError("after the last stage there is none to move on to")

    @property
    def trait(self) -> str:
        """Name of the trait that tells the stage."""
        return f"life_stage.{self.id}"

    @property
    def until_trait(self) -> str:
        """Name of the trait that tells until which day."""
        return f"{self.trait}.until"

    @property
    def corrected_trait(self) -> str:
        """Name of the trait that holds what staff were told: a stage's id, or `NO_STAGE`."""
        return f"{self.trait}.corrected"


class LeftOut(Protocol):
    """Those whose data is kept and not used."""

    def list_left_out(self) -> BitMap:
        """Return their profile numbers."""
        ...
