"""How much a fact is still worth: its age against the half-life of facts of its kind.

A fact that was certain when it was said is worth half after one half-life, a quarter after two.
The half-lives are starting values by judgement, not measurements; a shop that knows better passes
its own.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from kikubari.profiles.contracts import TraitFact

_YEAR = 365.0


class FactKind(StrEnum):
    """What sort of fact a trait is."""

    LASTING = "lasting"  # who somebody is: hardly changes
    CONTACT = "contact"  # where and how they are reached
    SETTING = "setting"  # what they chose here: language, currency
    STANDING = "standing"  # where they stand with the shop: tier, points
    TASTE = "taste"  # what they like
    SITUATION = "situation"  # what their life is like just now
    OTHER = "other"


# Days after which a fact of the kind is worth half; None: it does not age.
HALF_LIVES: Mapping[FactKind, float | None] = {
    FactKind.LASTING: None,
    FactKind.CONTACT: 3 * _YEAR,
    FactKind.SETTING: 5 * _YEAR,
    FactKind.STANDING: 90.0,
    FactKind.TASTE: _YEAR,
    FactKind.SITUATION: 120.0,
    FactKind.OTHER: 2 * _YEAR,
}
# What was inferred rather than said ages twice as fast.
_INFERRED = frozenset({"inferred_self", "inferred_group"})
_KINDS: tuple[tuple[FactKind, re.Pattern[str]], ...] = (
    (FactKind.LASTING, re.compile(r"name|birth|gender|nationality|^created|^signup|acquisition")),
    (
        FactKind.CONTACT,
        re.compile(r"email|phone|address|postal|postcode|prefecture|region|city|country|street"),
    ),
    (FactKind.STANDING, re.compile(r"tier|points|loyalty|rank|member|status|balance")),
    (
        FactKind.SITUATION,
        re.compile(r"stage|intent|occasion|household|children|pregnan|moving|wedding|pet"),
    ),
    (
        FactKind.TASTE,
        re.compile(
            r"interest|favou?rite|preferen|likes|size|colou?r|style|value|hobby|taste|drink"
        ),
    ),
    (FactKind.SETTING, re.compile(r"language|locale|currency|time_?zone|channel|opt")),
)
AGEING_BELOW = 0.5
STALE_BELOW = 0.25


class Freshness(msgspec.Struct, frozen=True):
    """What a fact is worth now.

    Attributes:
        kind: of fact.
        age_days: since it was last said.
        half_life_days: None: facts of this kind do not age.
        freshness: 0..1, halved with every half-life.
        confidence: as stated, times freshness.
        state: fresh, ageing (less than half left) or stale (less than a quarter).
    """

    kind: FactKind
    age_days: int
    half_life_days: float | None
    freshness: float
    confidence: float
    state: str


def kind_of(trait: str) -> FactKind:
    """Return what sort of fact a trait is, by its name."""
    name = trait.lower()
    return next((kind for kind, pattern in _KINDS if pattern.search(name)), FactKind.OTHER)


def judge_freshness(
    fact: TraitFact,
    *,
    now: datetime,
    half_lives: Mapping[FactKind, float | None] = HALF_LIVES,
) -> Freshness:
    """Return what a fact is worth now."""
    kind = kind_of(fact.name)
    half_life = half_lives[kind]
    if half_life is not None and fact.provenance in _INFERRED:
        half_life /= 2
    age = max(now - fact.at, timedelta(0))
    left = 1.0 if half_life is None else 0.5 ** (age / timedelta(days=half_life))
    state = "stale" if left < STALE_BELOW else "ageing" if left < AGEING_BELOW else "fresh"
    return Freshness(
        kind, age.days, half_life, round(left, 3), round(left * fact.confidence, 3), state
    )
