"""What may be wrong: R06, R07, R08, R21, R24, R32."""

import re
from collections.abc import Iterator

from kikubari.decide.guard.contracts import Sensitivity
from kikubari.decide.guard.reading import FactReading, Reading
from kikubari.decide.guard.rules.rule import Judge, Objection, block, warn
from kikubari.decide.guard.signs import Sign
from kikubari.decide.guard.vocabulary import normalise

_GROUP = re.compile(
    r"\b(?:cluster|cohort|segment|lookalike|look alike|persona|demographic\w*|group|household type"
    r"|neighbou?rhood|(?:area|postcode|zip|district) (?:type|profile|average|class|income|wealth"
    r"|spend\w*|age)|peer\w*"
    r"|people like|similar (?:people|customers|users)|mosaic|acorn|archetype|audience)\b"
    r"|クラスタ|セグメント|ペルソナ|類似|世代"
)


# To print a guess at these is to tell people what they are.
_OF_THE_PERSON = frozenset({"gender", "finance_basic"})


def judge_stated_guess(reading: Reading) -> Iterator[Objection]:
    """R06: a guess about an interest is not told as a fact."""
    for fact in reading.guesses():
        is_told = _states(reading) or (fact.is_rendered and fact.family in _OF_THE_PERSON)
        if fact.level is Sensitivity.S1 and not _is_group(fact) and is_told:
            yield warn(fact.name)
    if reading.is_marketing and not (reading.facts or reading.copy.owns) and _states(reading):
        yield warn(reading.copy.where(Sign.STATES))


def judge_confidence(reading: Reading) -> Iterator[Objection]:
    """R07: an unsure guess gives way to what suits everybody, or to a question."""
    for fact in reading.facts:
        if fact.is_declared or fact.is_address:
            continue
        # A guess that nobody has measured is unsure; what was observed is what it is.
        confidence = fact.use.confidence
        if confidence is None:
            confidence = 1.0 if fact.is_observed else 0.0
        if confidence >= reading.policy.min_confidence:
            continue
        if fact.is_close:
            yield block(fact.name)
        elif Sign.ASKS_BACK not in reading.copy.signs:
            yield warn(fact.name)


def judge_agreement(reading: Reading) -> Iterator[Objection]:
    """R08: where sources disagree, ask or leave it; asking about something delicate is no way."""
    for fact in reading.facts:
        if fact.use.sources_agree is not False:
            continue
        if fact.is_close:
            yield block(fact.name)
        elif Sign.ASKS_BACK not in reading.copy.signs:
            yield warn(fact.name)


def judge_openness(reading: Reading) -> Iterator[Objection]:
    """R21: who personalises by what people did or by guesses says so, with a way to stop it."""
    if not reading.is_marketing or reading.context.why_link:
        return
    for fact in reading.facts:
        if not (fact.is_declared or fact.is_address):
            yield warn(fact.name)


def judge_age(reading: Reading) -> Iterator[Objection]:
    """R24: facts grow old: interests in months, what people said in years; asking again is fine."""
    if Sign.ASKS_BACK in reading.copy.signs:
        return
    for fact in reading.facts:
        days = reading.context.data_age_days.get(fact.name)
        is_lasting = fact.is_declared or fact.family == "transactional"
        life = reading.policy.declared_days if is_lasting else reading.policy.interest_days
        if days is not None and days > life and not fact.is_address:
            yield warn(fact.name)


def judge_group(reading: Reading) -> Iterator[Objection]:
    """R32: what holds for a group is not said of the person."""
    speaks = Sign.GROUPS in reading.copy.signs
    is_said = speaks or _states(reading)
    for fact in reading.guesses():
        if (is_said or fact.is_rendered) and (speaks or _is_group(fact)):
            yield block(fact.name)
    if speaks and not reading.facts and reading.is_marketing:
        told = _sentence_on_groups(reading)
        if told:
            yield block(told)


def _is_group(fact: FactReading) -> bool:
    return bool(_GROUP.search(normalise(f"{fact.name} {fact.use.category}")))


def _sentence_on_groups(reading: Reading) -> str:
    """Return a sentence that counts the reader into a group, leaving nothing open."""
    return next(
        (
            one.text
            for one in reading.copy.sentences
            if Sign.GROUPS in one.signs
            and not one.signs & {Sign.SUPPOSES, Sign.HEDGES, Sign.INVITES}
        ),
        "",
    )


def _states(reading: Reading) -> bool:
    """Say whether a sentence says what the reader is or likes, not just what they might."""
    return any(
        Sign.STATES in one.signs
        and not one.signs & {Sign.SUPPOSES, Sign.HEDGES}
        and not one.text.rstrip().endswith("?")
        for one in reading.copy.sentences
    )


JUDGES: dict[str, Judge] = {
    "R06": judge_stated_guess,
    "R07": judge_confidence,
    "R08": judge_agreement,
    "R21": judge_openness,
    "R24": judge_age,
    "R32": judge_group,
}
