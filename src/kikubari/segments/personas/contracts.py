"""What persona finding gives."""

from datetime import datetime
from typing import Literal

import msgspec

from kikubari.segments.behaviour import Feature

Source = Literal["found", "defined"]
# Why no personas are shown: too few people, nothing that chance does not explain, or clusters that
# other customers of the same kind would not form again.
NothingFound = Literal["too_few_people", "no_structure", "unstable"]


class Distinction(msgspec.Struct, frozen=True, kw_only=True):
    """What a persona has more or less of than everybody else.

    Attributes:
        feature: which number.
        effect: difference of the means in standard deviations of all (Cohen's d).
        here: mean in the persona, in the feature's own unit (a share, days, orders, minor units);
            of amounts the geometric mean.
        elsewhere: that of everybody else.
        ja: in Japanese words.
        en: in English words.
    """

    feature: Feature
    effect: float
    here: float
    elsewhere: float
    ja: str
    en: str


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of customer; everybody is of at most one.

    Attributes:
        id: stays the same as long as most members do.
        name_ja: made from what distinguishes it, or chosen.
        name_en: likewise.
        list_id: of the stored list of members, for the condition `list`.
        size: how many members.
        share: of everybody who was assigned.
        jaccard: how alike the cluster is in resampled data, 0..1; None for one that was defined.
        distinctions: strongest first; none for one that was defined.
        segment_id: what a defined one is; None for the default and for those that were found.
    """

    id: str
    name_ja: str
    name_en: str
    list_id: str
    size: int
    share: float
    jaccard: float | None = None
    distinctions: tuple[Distinction, ...] = ()
    segment_id: str | None = None


class PersonaSet(msgspec.Struct, frozen=True, kw_only=True):
    """Personas as they were assigned at one instant.

    Attributes:
        source: found in behaviour, or defined by a member of the team.
        version: counts assignments, from 1.
        made_at: when.
        as_of: the instant the behaviour was looked at.
        n_people: everybody who did anything in the year, or all customers.
        personas: largest first; in order of priority, the default last, when defined.
        n_hidden: people of clusters too unstable to show.
        rand: mean adjusted Rand index over resamples; None when defined or nothing was found.
        nothing: why there are none.
    """

    source: Source
    version: int
    made_at: datetime
    as_of: datetime
    n_people: int
    personas: tuple[Persona, ...]
    n_hidden: int = 0
    rand: float | None = None
    nothing: NothingFound | None = None


class PersonaRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A persona that somebody defines: its name, and the segment whose members it takes."""

    name: str
    segment_id: str


class PersonaRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Personas in order of priority: of several that fit, the first is taken.

    `default_name` is of those whom none fits.
    """

    rules: tuple[PersonaRule, ...]
    default_name: str
