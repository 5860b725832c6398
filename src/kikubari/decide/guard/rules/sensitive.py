"""What is close to the bone: R03, R04, R05, R11, R12, R17, R18."""

import re
from collections.abc import Iterator

from kikubari.decide.guard.claims import matters_in
from kikubari.decide.guard.contracts import Sensitivity
from kikubari.decide.guard.copy_check import Copy, Sentence
from kikubari.decide.guard.reading import FactReading, Reading
from kikubari.decide.guard.rules.rule import Judge, Objection, block, warn
from kikubari.decide.guard.signs import Sign
from kikubari.decide.guard.vocabulary import (
    are_related,
    families,
    family_of_category,
    normalise,
)

_SPECIAL = frozenset(n for n, f in families().items() if f.level is Sensitivity.S3)
_CLOSE = frozenset(n for n, f in families().items() if f.level is Sensitivity.S2)
# To earn on these is to lean on somebody's weakness, whatever the words.
_WEAKNESS = frozenset({"hardship", "addiction"})
_DISTRESS = _WEAKNESS | {"mental_health", "health", "bereavement", "relationship"}
_PLACES = re.compile(
    r"\b(?:clinic|hospital|church|mosque|synagogue|temple|shelter|court|rehab|school|casino"
    r"|prison|pharmacy|funeral|cemetery|job cent(?:re|er))\b|病院|教会|学校"
)
# Finer than the town: nobody needs it to recommend something.
_FINE_PLACES = re.compile(
    r"\b(?:street|block|building|neighbou?rhood|district|quarter|ward|postcode|postal code|zip"
    r"|zip code|chome|home|floor|address)\b|町名|丁目|番地|郵便番号"
)
_GIFTS = re.compile(r"\b(?:gift|gifts|present|surprise|engagement ring)\b|贈り物|プレゼント|ギフト")
# What the shop gives away or wraps says nothing of whom the person thinks of.
_GIVEAWAY = re.compile(
    r"\b(?:free gift|gift[- ]?(?:wrap\w*|box(?:es)?|receipts?))\b"
    r"|(?:送料|ポイント|もれなく|全員に|抽選で|無料)[^。]{0,10}プレゼント|ギフト(?:包装|ラッピング|カード)",
    re.IGNORECASE,
)
_YOUNG = re.compile(
    r"\b(?:minors?|child|children|kids?|teens?|teenager|under ?\d*|young|youth|adolescent|pupil"
    r"|school ?(?:age|child))\b|未成年|児童|生徒"
)
_ADULT_AGE = 18
_TELLING = frozenset({Sign.COUNTS, Sign.WATCHES, Sign.NOTICES, Sign.PRESSES})
# Whom a guess about these has chosen takes any word about themselves for knowledge.
_TURNS = frozenset({"life_event", "relationship", "children", "bereavement"}) | _WEAKNESS
_HINTING = frozenset({Sign.LIFE, Sign.SAYS_YOU, Sign.COMFORTS})
_OPEN = frozenset({Sign.SUPPOSES, Sign.HEDGES, Sign.DISCLOSES, Sign.ASKS_BACK})
_PLAIN_TOPICS = frozenset({"transactional", "basic", "preference", "contact"})


def judge_special_guess(reading: Reading) -> Iterator[Objection]:
    """R03: nobody concludes a special category, not even to choose; nor do words assume one."""
    for fact in reading.guesses():
        if fact.level is Sensitivity.S3:
            yield block(fact.name)
    for family in sorted(reading.copy.owns & _SPECIAL):
        if not reading.told_by_person(family) and not _has(reading, family):
            yield block(_sentence(reading.copy, family))


def judge_special_consent(reading: Reading) -> Iterator[Objection]:
    """R04: a special category needs explicit consent to this use; children deserve a thought."""
    if not reading.is_marketing:
        return
    for fact in reading.facts:
        is_special = fact.level is Sensitivity.S3
        if fact.is_guess or not (is_special or fact.family == "children"):
            continue
        if reading.allows(fact) or _is_plain_reminder(reading, fact):
            continue
        yield block(fact.name) if is_special else warn(fact.name)


def judge_close_guess(reading: Reading) -> Iterator[Objection]:
    """R05: a life event that nobody told us is not said, nor hinted at."""
    for fact in reading.guesses():
        if fact.level is Sensitivity.S2 and (fact.is_rendered or _implies(reading.copy, fact)):
            yield block(fact.name)
    for family in sorted(reading.copy.owns & _CLOSE):
        if not reading.told_by_person(family) and not _has(reading, family):
            sentence = _sentence(reading.copy, family)
            yield block(sentence) if family in reading.copy.asserts else warn(sentence)


def judge_place(reading: Reading) -> Iterator[Objection]:
    """R11: a precise place only where invited, a sensitive place never."""
    places = [fact for fact in reading.facts if _is_place(fact)]
    for fact in places:
        is_sensitive = _PLACES.search(normalise(fact.name)) is not None
        if (
            is_sensitive
            or Sign.SENSITIVE_PLACE in reading.copy.signs
            or (fact.family == "location_precise" and not _allows_place(reading, fact))
        ):
            yield block(fact.name)
        elif reading.is_marketing and (
            Sign.EXACT_PLACE in reading.copy.signs
            or (fact.is_rendered and _FINE_PLACES.search(normalise(fact.name)))
        ):
            yield warn(fact.name)
    if not places and reading.is_marketing:
        telling = [
            one.text
            for one in reading.copy.sentences
            if Sign.EXACT_PLACE in one.signs and Sign.SAYS_YOU in one.signs
        ]
        if telling:
            yield warn(telling[0])


def _is_place(fact: FactReading) -> bool:
    """Say whether it is where somebody is, whatever else its name gives away."""
    families_of_it = {fact.family, family_of_category(fact.use.category or "")}
    return bool(families_of_it & {"location_precise", "location_coarse"})


def judge_onlookers(reading: Reading) -> Iterator[Objection]:
    """R12: what is delicate, or a gift, is not shown where others look."""
    if not reading.is_private:
        yield from _exposed(reading, reading.copy, is_all_rendered=True)
    elif reading.channel in {"email", "push"} and reading.subject.sentences:
        yield from _exposed(reading, reading.subject, is_all_rendered=False)


def judge_lever(reading: Reading) -> Iterator[Objection]:
    """R17: distress sells nothing."""
    if not reading.is_marketing:
        return
    for fact in reading.facts:
        if (fact.family in _WEAKNESS and not _is_help(reading, fact)) or (
            fact.family in _DISTRESS and Sign.PRESSES in reading.copy.signs
        ):
            yield block(fact.name)
    if Sign.PRESSES in reading.copy.signs:
        yield block(reading.copy.where(Sign.PRESSES))
    elif any(
        not reading.told_by_person(one) and not reading.allows_family(one)
        for one in reading.copy.owns & _WEAKNESS
    ):
        yield block()


def _is_help(reading: Reading, fact: FactReading) -> bool:
    """Say whether the person asked for help with it, said so, and it serves them first."""
    context = reading.context
    gain = (context.customer_value, context.marketer_value)
    return (
        fact.is_declared and reading.allows(fact) and gain in {("high", "low"), ("high", "medium")}
    )


def judge_minors(reading: Reading) -> Iterator[Objection]:
    """R18: no profiling of children."""
    if _is_young(reading.context.recipient_age) and reading.is_marketing:
        for fact in reading.facts:
            if not (fact.is_address or (fact.is_declared and fact.family in _PLAIN_TOPICS)):
                yield block(fact.name)


def _is_young(age: str | int) -> bool:
    """Say whether an age in years, a span of years or a word for it is below that of an adult."""
    if isinstance(age, int):
        return age < _ADULT_AGE
    years = [int(one) for one in re.findall(r"\d+", age)]
    if years and not re.search(r"[+<]|over|under", age):
        return min(years) < _ADULT_AGE
    return bool(_YOUNG.search(normalise(age)))


def _has(reading: Reading, family: str) -> bool:
    """Say whether a fact of the family is used: then the rules about facts judge it."""
    return any(are_related(fact.family, family) for fact in reading.facts)


def _sentence(copy: Copy, family: str) -> str:
    return next((one.text for one in copy.sentences if family in one.owns), "")


def _implies(copy: Copy, fact: FactReading) -> bool:
    """Say whether words connect the reader with what the fact is about."""
    for one in copy.sentences:
        # Who was chosen by a guess is spoken to by any word about it, unless it is left open.
        is_open = Sign.SUPPOSES in one.signs
        topics = one.owns if is_open else one.mentions | matters_in(one.text)
        if any(are_related(fact.family, topic) for topic in topics):
            return True
        if fact.family in _TURNS and not one.signs & _OPEN and one.signs & _HINTING:
            return True
    return False


def _is_plain_reminder(reading: Reading, fact: FactReading) -> bool:
    """Say whether it reminds of the person's own purchase, plainly and where nobody looks."""
    is_own = fact.is_purchase or (fact.is_observed and Sign.REORDERS in reading.copy.signs)
    return (
        is_own
        and reading.is_private
        and not reading.copy.signs & _TELLING
        and not any(are_related(fact.family, topic) for topic in _asserted_of_person(reading))
    )


def _asserted_of_person(reading: Reading) -> frozenset[str]:
    """Return what sentences say of the person other than naming what they bought."""
    return frozenset(
        topic
        for one in reading.copy.sentences
        if Sign.REORDERS not in one.signs or Sign.STATES in one.signs
        for topic in one.owns
    )


def _allows_place(reading: Reading, fact: FactReading) -> bool:
    return reading.allows(fact) or reading.allows_family("location")


def _exposed(reading: Reading, copy: Copy, *, is_all_rendered: bool) -> Iterator[Objection]:
    for fact in reading.facts:
        is_here = fact.family == "location_precise" and _allows_place(reading, fact)
        is_shown = (is_all_rendered and fact.is_rendered) or any(
            are_related(fact.family, topic) for topic in copy.mentions
        )
        if (fact.is_close and is_shown and not is_here) or (
            is_all_rendered and fact.is_rendered and _GIFTS.search(normalise(fact.name))
        ):
            yield block(fact.name)
    if not is_all_rendered:
        return
    if copy.mentions & _SPECIAL or (copy.ties & _CLOSE):
        yield block()
    elif Sign.GIFT in copy.signs or any(_names_gift(reading, one) for one in copy.sentences):
        yield block(copy.where(Sign.GIFT, Sign.GIFT_WORD))


def _names_gift(reading: Reading, sentence: Sentence) -> bool:
    """Say whether it speaks of a present beside what the person ordered, saved or looked at."""
    return (
        Sign.GIFT_WORD in sentence.signs
        and not _GIVEAWAY.search(sentence.text)
        and any(
            fact.family == "transactional"
            or (fact.is_rendered and fact.family == "product_interest")
            for fact in reading.facts
        )
    )


JUDGES: dict[str, Judge] = {
    "R03": judge_special_guess,
    "R04": judge_special_consent,
    "R05": judge_close_guess,
    "R11": judge_place,
    "R12": judge_onlookers,
    "R17": judge_lever,
    "R18": judge_minors,
}
