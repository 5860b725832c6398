"""Judges messages by all rules."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from kikubari.decide.guard.contracts import Finding, Level, Message, Verdict
from kikubari.decide.guard.policy import LAW, GuardPolicy
from kikubari.decide.guard.reading import Reading
from kikubari.decide.guard.rules import (
    guesses,
    hinting,
    moment,
    permission,
    sensitive,
    value,
    wording,
)
from kikubari.decide.guard.rules.rule import Judge, Objection, Rule

_JUDGES: Mapping[str, Judge] = {
    rule: judge
    for group in (permission, sensitive, guesses, wording, moment, value, hinting)
    for rule, judge in group.JUDGES.items()
}


@cache
def list_rules() -> Mapping[str, Rule]:
    """Return all rules by id: R01 to R32, P01 (the shop's policy) and W01 (learnt weights)."""
    text = (files("kikubari.decide.guard") / "rules.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Rule])


class Guard:
    """Judges messages; a policy may make it stricter."""

    def __init__(self, policy: GuardPolicy = LAW) -> None:
        self._policy = policy

    def judge(self, message: Message) -> Verdict:
        """Return the worst that any rule finds, with all findings, worst first."""
        reading = Reading(message, self._policy)
        findings = [
            self._finding(rule, objection)
            for rule, judge in _JUDGES.items()
            for objection in judge(reading)
        ]
        findings = _without_second_opinion(findings)
        findings.sort(key=lambda one: (-one.level.rank, one.rule))
        return Verdict(findings[0].level if findings else Level.OK, tuple(findings))

    def _finding(self, rule_id: str, objection: Objection) -> Finding:
        rule = list_rules()[rule_id]
        least = self._policy.levels.get(rule_id, objection.level)
        return Finding(
            rule=rule_id,
            level=max(objection.level, least, key=lambda one: one.rank),
            reason=rule.reason,
            mend=rule.mend,
            subject=objection.subject,
        )


def _without_second_opinion(findings: list[Finding]) -> list[Finding]:
    """Return findings without those of the weights where a rule keeps the message back itself."""
    if any(one.level.rank >= Level.HOLD.rank for one in findings if one.rule not in hinting.JUDGES):
        return [one for one in findings if one.rule not in hinting.JUDGES]
    return findings
