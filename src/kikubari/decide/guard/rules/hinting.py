"""What words only sound like: W01."""

from collections.abc import Iterator

from kikubari.decide.guard.contracts import Sensitivity
from kikubari.decide.guard.hints import telling_phrases
from kikubari.decide.guard.reading import Reading
from kikubari.decide.guard.rules.rule import Judge, Objection, hold
from kikubari.decide.guard.signs import Sign


def judge_hints(reading: Reading) -> Iterator[Objection]:
    """W01: what sounds like a remark on the reader's own life waits for its author.

    Words beside something delicate that the person told are judged by what was told and allowed.
    """
    if not reading.is_marketing or any(
        fact.level.rank >= Sensitivity.S2.rank and (fact.is_declared or fact.is_purchase)
        for fact in reading.facts
    ):
        return
    sentence = reading.copy.where(Sign.HINTS)
    if sentence:
        phrases = " … ".join(telling_phrases(sentence))
        yield hold(f"{sentence} [{phrases}]" if phrases else sentence)


JUDGES: dict[str, Judge] = {"W01": judge_hints}
