"""All that can be said for and against a segment before it is used."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec
from babel.numbers import format_decimal, format_percent

from kikubari.segments.advice.contracts import Advice, Advised, Code, Power, Severity
from kikubari.segments.advice.logic import Proof, prove
from kikubari.segments.advice.power import measurable
from kikubari.segments.advice.trees import node_at, replaced, without
from kikubari.segments.audiences import Funnel, Overlaps, Reach
from kikubari.segments.builtin import find_builtin
from kikubari.segments.explanation import Explainer, Language
from kikubari.segments.sensitive import Finding, Level, find_sensitive
from kikubari.spec.conditions import Condition, InSegment, Not, TraitIs

# Below this many people, an evening of work on a message reaches fewer than it takes to notice.
MIN_PEOPLE = 50
# A rise smaller than half of what happens anyway is what good messages bring.
MAX_RELATIVE_EFFECT = 0.5
NEARLY_EVERYONE = 0.95
HARDLY_REACHABLE = 0.2
SAME_SHARE = 0.9
OVERLAP_SHARE = 0.5
_ORDER: Sequence[Severity] = ("problem", "caution", "note")
_GUESSED = {"inferred_self", "inferred_group", "third_party"}
_LOCALES: Mapping[Language, str] = {"ja": "ja_JP", "en": "en_GB"}
_MAX_OVERLAPS = 3
_SENSITIVE: Mapping[Level, Code] = {
    "special": "sensitive_special",
    "delicate": "sensitive_delicate",
    "proxy": "sensitive_proxy",
}


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a piece of advice says in both languages."""

    ja: str
    en: str
    todo_ja: str
    todo_en: str


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted of the segment; None for what was not asked.

    Attributes:
        everyone: people there are at all.
        total: people in the segment.
        funnel: what each outermost condition does.
        reach: whom messages would reach.
        overlaps: what it shares with other segments.
        base_rate: share of everyone who order within a month anyway.
    """

    everyone: int
    total: int
    funnel: Funnel | None = None
    reach: Reach | None = None
    overlaps: Overlaps | None = None
    base_rate: float = 0.02


@cache
def wordings() -> Mapping[str, Wording]:
    """Return what each piece of advice says."""
    file = files("kikubari.segments.advice") / "words.toml"
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), dict[str, Wording])


class Adviser:
    """Advises on segments.

    Args:
        explainer: says conditions in words.
    """

    def __init__(self, explainer: Explainer) -> None:
        self._explainer = explainer

    def advise(self, tree: Condition, numbers: Numbers) -> Advised:
        """Return all advice on a complete tree, what matters most first."""
        power = measurable(numbers.total, numbers.base_rate) if numbers.total > 1 else None
        proofs = list(prove(tree))
        found = [self._proved(proof, tree) for proof in proofs]
        found += self._sensitive(tree)
        found += self._sized(numbers, power)
        found += self._steps(tree, numbers, {one.path for one in proofs})
        found += self._met(numbers)
        found.sort(key=lambda one: _ORDER.index(one.severity))
        return Advised(tuple(found), power)

    # What the tree proves

    def _proved(self, proof: Proof, tree: Condition) -> Advice:
        severity: Severity = "note"
        if proof.kind in {"contradictory", "contradictory_branch", "always_true"}:
            severity = "problem" if proof.kind == "contradictory" else "caution"
        wording = (
            proof.kind
            if proof.other_path or proof.kind == "double_negation"
            else ("contradictory_alone")
        )
        return self._say(
            proof.kind,
            severity,
            proof.path,
            wording=wording,
            other_path=proof.other_path,
            fix=_fix_of(proof, tree),
            condition=node_at(tree, proof.path),
            other=node_at(tree, proof.other_path) if proof.other_path else None,
        )

    # What is counted

    def _sized(self, numbers: Numbers, power: Power | None) -> Iterator[Advice]:
        total, everyone = numbers.total, numbers.everyone
        if not total:
            yield self._say("empty", "problem")
            return
        if total < MIN_PEOPLE:
            yield self._say("too_narrow_to_matter", "caution", people=total)
        if everyone and total / everyone >= NEARLY_EVERYONE:
            yield self._say("nearly_everyone", "note", share=total / everyone)
        if power is not None and (power.relative is None or power.relative > MAX_RELATIVE_EFFECT):
            visible = (
                1.0 if power.smallest_effect is None else (power.base_rate + power.smallest_effect)
            )
            yield self._say(
                "too_narrow_to_measure",
                "note",
                people=total,
                base=power.base_rate,
                visible=visible,
            )

    def _steps(self, tree: Condition, numbers: Numbers, proved: set[str]) -> Iterator[Advice]:
        """Tell which outermost condition does nothing, unless that was proved already."""
        funnel = numbers.funnel
        if funnel is None or len(funnel.steps) < 2 or not funnel.total:  # noqa: PLR2004 - one alone is the segment
            return
        code: Code = "cuts_nobody" if funnel.joint == "all" else "adds_nobody"
        for step in funnel.steps:
            if step.without == funnel.total and step.path not in proved:
                yield self._say(
                    code,
                    "note",
                    step.path,
                    condition=node_at(tree, step.path),
                    fix=without(tree, step.path),
                )

    def _met(self, numbers: Numbers) -> Iterator[Advice]:
        reach, overlaps = numbers.reach, numbers.overlaps
        if reach is not None and reach.total and reach.anywhere / reach.total < HARDLY_REACHABLE:
            yield self._say(
                "hardly_reachable",
                "caution",
                people=reach.total,
                reached=reach.anywhere,
                share=reach.anywhere / reach.total,
            )
        if overlaps is None or not overlaps.total:
            return
        told = 0
        for one in overlaps.overlaps:
            together = overlaps.total + one.size - one.shared
            titles: dict[Language, str] = {"ja": one.title_ja, "en": one.title_en}
            if one.shared / together >= SAME_SHARE:
                share = one.shared / together
                fix = InSegment(one.segment_id)
                yield self._say("same_as_segment", "note", title=titles, share=share, fix=fix)
            elif (
                find_builtin(one.segment_id) is None
                and told < _MAX_OVERLAPS
                and one.shared / overlaps.total >= OVERLAP_SHARE
            ):
                told += 1
                share = one.shared / overlaps.total
                yield self._say("overlaps_segment", "note", title=titles, share=share)

    # What it is about

    def _sensitive(self, tree: Condition) -> Iterator[Advice]:
        for finding in find_sensitive(tree):
            names: dict[Language, str] = {"ja": finding.category.ja, "en": finding.category.en}
            yield self._say(
                _SENSITIVE[finding.category.level],
                _severity(finding, node_at(tree, finding.path)),
                finding.path,
                word=finding.text,
                category=names,
            )

    def _say(
        self,
        code: Code,
        severity: Severity,
        path: str = "$",
        *,
        wording: str | None = None,
        other_path: str | None = None,
        fix: Condition | None = None,
        **values: object,
    ) -> Advice:
        said = wordings()[wording or code]
        ja = {name: self._shown(value, "ja") for name, value in values.items()}
        en = {name: self._shown(value, "en") for name, value in values.items()}
        return Advice(
            code=code,
            severity=severity,
            path=path,
            other_path=other_path,
            text_ja=said.ja.format_map(ja),
            text_en=said.en.format_map(en),
            todo_ja=said.todo_ja,
            todo_en=said.todo_en,
            fix=fix,
        )

    def _shown(self, value: object, language: Language) -> str:
        match value:
            case msgspec.Struct():
                said = self._explainer.leaf(value, language)  # type: ignore[arg-type]  # a condition
                return f"「{said}」" if language == "ja" else f"“{said}”"
            case dict():
                return str(value[language])
            case float():
                pattern = "0.0%" if value < 0.1 else "0%"  # noqa: PLR2004 - 9.9 % needs its decimal
                return str(format_percent(value, pattern, locale=_LOCALES[language]))
            case int():
                return str(format_decimal(value, locale=_LOCALES[language]))
        return str(value)


def _fix_of(proof: Proof, tree: Condition) -> Condition | None:
    match proof.kind:
        case "implied" | "repeated" | "contradictory_branch":
            return without(tree, proof.path)
        case "double_negation":
            node = node_at(tree, proof.path)
            inner = node.of.of if isinstance(node, Not) and isinstance(node.of, Not) else node
            return replaced(tree, proof.path, inner)
    return None


def _severity(finding: Finding, node: Condition) -> Severity:
    if finding.category.level == "proxy":
        return "note"
    is_guessed = isinstance(node, TraitIs) and bool(_GUESSED & set(node.provenance))
    if finding.category.level == "special":
        # A declared answer may be used with explicit consent, anything else never.
        is_declared = isinstance(node, TraitIs) and node.provenance == ("declared",)
        return "caution" if is_declared else "problem"
    return "problem" if is_guessed else "caution"
