"""How many are in each stage, and why somebody is; what they told staff comes before all else."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from kikubari.decide.stages._evidence_rows import Asked, correction, count_told, read_evidence
from kikubari.decide.stages.contracts import LifeStages
from kikubari.decide.stages.inference import CORRECTED, NOWHERE, Found, Seen, infer
from kikubari.decide.stages.keeper import find_stages
from kikubari.decide.stages.surroundings import StageSurroundings
from kikubari.decide.stages.telling import say, tell
from kikubari.events import append_in
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.errors import ConflictError, NotFoundError


class StageCount(msgspec.Struct, frozen=True):
    """How many people are in a stage.

    Attributes:
        stage: its id.
        n_declared: by own word.
        n_guessed: by what they do.
    """

    stage: str
    n_declared: int
    n_guessed: int


class StageEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """Something that speaks for a stage of a person.

    Attributes:
        stage: its id; None for none of them, which only a correction says.
        evidence: place in the stage's definition; None where staff were told.
        at: when it last spoke, or the age began.
        until: then it speaks no more.
        n_days: on which it was seen.
        confidence: 0..1, of all those days.
        is_declared: the person's own word.
        is_over: it speaks no more.
    """

    stage: str | None
    evidence: int | None
    at: datetime
    until: datetime
    n_days: int
    confidence: float
    is_declared: bool
    is_over: bool


class PersonStage(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody is in a definition, and why.

    Attributes:
        definition: the stages.
        stage: id of the one they are in; None where nothing is sure enough.
        confidence: of it, 0..1.
        until: the end of it, unless something else is known by then.
        is_declared: by own word, else a guess.
        evidence: all that speaks or spoke for any stage, the newest first.
        is_left_out: nothing is inferred of this person, who limits or objects to it.
    """

    definition: LifeStages
    stage: str | None = None
    confidence: float | None = None
    until: datetime | None = None
    is_declared: bool = False
    evidence: list[StageEvidence] = []
    is_left_out: bool = False


class StagePeople:
    """Reads who is in which stage, and corrects it.

    Args:
        around: what is read and written.
    """

    def __init__(self, around: StageSurroundings) -> None:
        self._around = around

    def count(self, definition: LifeStages) -> list[StageCount]:
        """Return how many are told to be in each stage: what segments and messages read."""
        told = count_told(
            self._around.columnar, definition.trait, workspace_id=self._around.workspace_id
        )
        return [StageCount(one.id, *told.get(one.id, (0, 0))) for one in definition.stages]

    def try_out(self, definition: LifeStages) -> list[StageCount]:
        """Return how many would be in each stage if this were the definition; nothing is told."""
        asked = Asked(self._around.clock.now(), self._around.workspace_id)
        found = find_stages(
            self._around.columnar, definition, asked, left_out=self._around.left_out
        ).values()
        n = Counter((one.stage, one.is_declared) for one in found)
        return [
            StageCount(one.id, n[place, True], n[place, False])
            for place, one in enumerate(definition.stages)
        ]

    def explain(
        self, definitions: Iterable[LifeStages], number: int, numbers: Collection[int]
    ) -> list[PersonStage]:
        """Return where somebody is in each definition, and why.

        Args:
            definitions: of the shop.
            number: canonical number of the person.
            numbers: all that the person has.
        """
        if number in self._around.left_out.list_left_out():
            return [PersonStage(definition=one, is_left_out=True) for one in definitions]
        now = self._around.clock.now()
        return [
            _explain(one, self._read(one, number, numbers, now), to_micros(now))
            for one in definitions
        ]

    def correct(
        self,
        definition: LifeStages,
        number: int,
        numbers: Collection[int],
        *,
        stage: str | None,
        by: str,
    ) -> PersonStage:
        """Write down what somebody told staff; it counts as their own word, at once.

        Args:
            definition: in which they are.
            number: canonical number of the person.
            numbers: all that the person has.
            stage: id of a stage, `NO_STAGE` for none of them, None to take a correction back.
            by: who was told.

        Raises:
            NotFoundError: the definition has no such stage.
            ConflictError: nothing may be inferred of this person.
        """
        if number in self._around.left_out.list_left_out():
            raise ConflictError("this customer's data is restricted: no stage is kept of them")
        now = self._around.clock.now()
        now_us = to_micros(now)
        seen = [
            one for one in self._read(definition, number, numbers, now) if one.evidence != CORRECTED
        ]
        if stage is not None:
            told = correction(definition, stage, now_us)
            if told is None:
                raise NotFoundError(f"{definition.id} has no stage {stage!r}")
            seen.append(told)
        found = infer(definition, seen, now_us)
        event = tell(
            definition.id,
            number,
            say(definition, found, self._around.zone) if found is not None else None,
            found,
            now,
            more={definition.corrected_trait: stage},
            by=by,
        )
        self._around.state.write(
            lambda connection: append_in(
                connection, [event], workspace_id=self._around.workspace_id
            )
        )
        return _explain(definition, seen, now_us)

    def _read(
        self, definition: LifeStages, number: int, numbers: Collection[int], now: datetime
    ) -> list[Seen]:
        asked = Asked(now, self._around.workspace_id, numbers)
        return read_evidence(self._around.columnar, definition, asked).get(number, [])


def _explain(definition: LifeStages, seen: list[Seen], now_us: int) -> PersonStage:
    found: Found | None = infer(definition, seen, now_us)
    newest = sorted(seen, key=lambda one: (one.at_us, one.stage), reverse=True)
    evidence = [_say_evidence(definition, one, now_us) for one in newest]
    if found is None:
        return PersonStage(definition=definition, evidence=evidence)
    return PersonStage(
        definition=definition,
        stage=definition.stages[found.stage].id,
        confidence=found.confidence,
        until=from_micros(found.until_us),
        is_declared=found.is_declared,
        evidence=evidence,
    )


def _say_evidence(definition: LifeStages, one: Seen, now_us: int) -> StageEvidence:
    return StageEvidence(
        stage=None if one.stage == NOWHERE else definition.stages[one.stage].id,
        evidence=None if one.evidence == CORRECTED else one.evidence,
        at=from_micros(one.at_us),
        until=from_micros(one.until_us),
        n_days=one.n_days,
        confidence=one.confidence,
        is_declared=one.is_declared,
        is_over=one.until_us <= now_us,
    )
