"""What an adviser says of a segment."""

from typing import Literal

import msgspec

from kikubari.spec.conditions import Condition

# problem: do not use it like this. caution: know what you do. note: could be better.
Severity = Literal["problem", "caution", "note"]
Code = Literal[
    "empty",
    "contradictory",
    "contradictory_branch",
    "too_narrow_to_matter",
    "too_narrow_to_measure",
    "nearly_everyone",
    "always_true",
    "cuts_nobody",
    "adds_nobody",
    "implied",
    "repeated",
    "double_negation",
    "hardly_reachable",
    "same_as_segment",
    "overlaps_segment",
    "sensitive_special",
    "sensitive_delicate",
    "sensitive_proxy",
]


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of advice.

    Attributes:
        code: stable; docs/segments.md says what each means.
        severity: how much it matters.
        path: of the condition it is about; `$` for the whole segment.
        other_path: of the second condition it is about, if any.
        text_ja: what was found, in Japanese.
        text_en: the same in English.
        todo_ja: what to do about it.
        todo_en: the same in English.
        fix: the tree changed accordingly, ready to use; None where only a person can decide.
    """

    code: Code
    severity: Severity
    path: str
    other_path: str | None = None
    text_ja: str
    text_en: str
    todo_ja: str
    todo_en: str
    fix: Condition | None = None


class Power(msgspec.Struct, frozen=True):
    """What an experiment on an audience could show.

    Attributes:
        people: in both halves together.
        base_rate: share that does what is hoped for without the message.
        smallest_effect: smallest difference of the shares that would be seen; None if none would.
        relative: the same as a part of the base rate.
    """

    people: int
    base_rate: float
    smallest_effect: float | None
    relative: float | None


class Advised(msgspec.Struct, frozen=True):
    """All advice, what matters most first, and what could be measured."""

    advice: tuple[Advice, ...]
    power: Power | None
