"""Everybody's stage, found anew each hour and told through the log when it changes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

import msgspec
from sqlalchemy import Connection

from kikubari.decide.stages import _repository as repository
from kikubari.decide.stages._evidence_rows import Asked, read_evidence, read_told
from kikubari.decide.stages.contracts import LeftOut, LifeStages
from kikubari.decide.stages.inference import Found, infer
from kikubari.decide.stages.surroundings import StageSurroundings
from kikubari.decide.stages.telling import Said, say, tell
from kikubari.events import append_in
from kikubari.kit.instants import to_micros
from kikubari.storage import ColumnarStore

_EVERY = timedelta(hours=1)
_EVENTS_PER_WRITE = 2_000


class StageKeeper:
    """Finds everybody's stages anew each hour, and tells what changed.

    Args:
        around: what is read and written.
    """

    def __init__(self, around: StageSurroundings) -> None:
        self._around = around
        self._looked_at: dict[str, tuple[bytes | None, datetime]] = {}

    def step(self) -> bool:
        """Look at definitions that are new, changed, or were last looked at an hour ago."""
        now = self._around.clock.now()
        with self._around.state.read() as connection:
            found = repository.list_definitions(connection, self._around.workspace_id)
        for stages_id, body in found:
            before, at = self._looked_at.get(stages_id, (None, None))
            if at is not None and before == body and now - at < _EVERY:
                continue
            definition = msgspec.json.decode(body, type=LifeStages) if body is not None else None
            self._look_at(stages_id, definition, now)
            self._looked_at[stages_id] = (body, now)
        return False

    def _look_at(self, stages_id: str, definition: LifeStages | None, now: datetime) -> None:
        people = self._find(definition, now) if definition is not None else {}
        told, until = (
            read_told(
                self._around.columnar,
                f"life_stage.{stages_id}{end}",
                workspace_id=self._around.workspace_id,
            )
            for end in ("", ".until")
        )
        said = {number: (stage, until.get(number, "")) for number, stage in told.items()}
        events = [
            tell(stages_id, number, now_said, people.get(number), now)
            for number, now_said in self._say_all(definition, people, said)
            if now_said != said.get(number)
        ]
        for start in range(0, len(events), _EVENTS_PER_WRITE):
            some = events[start : start + _EVENTS_PER_WRITE]
            self._around.state.write(
                partial(append_in, events=some, workspace_id=self._around.workspace_id)
            )
        if definition is None and not events:
            self._around.state.write(lambda connection: self._forget(connection, stages_id))

    def _say_all(
        self, definition: LifeStages | None, people: Mapping[int, Found], told: Iterable[int]
    ) -> Iterator[tuple[int, Said | None]]:
        """Yield what is to be said now of everybody who is in a stage or was told to be."""
        for number in sorted({*people, *told}):
            found = people.get(number)
            if definition is None or found is None:
                yield number, None
            else:
                yield number, say(definition, found, self._around.zone)

    def _forget(self, connection: Connection, stages_id: str) -> None:
        repository.forget_definition(connection, self._around.workspace_id, stages_id)

    def _find(self, definition: LifeStages, now: datetime) -> dict[int, Found]:
        return find_stages(
            self._around.columnar,
            definition,
            Asked(now, self._around.workspace_id),
            left_out=self._around.left_out,
        )


def find_stages(
    columnar: ColumnarStore, definition: LifeStages, asked: Asked, *, left_out: LeftOut
) -> dict[int, Found]:
    """Return the stages of everybody of whom one is known surely enough."""
    evidence = read_evidence(columnar, definition, asked)
    nobody = left_out.list_left_out()
    found = {
        person: infer(definition, seen, to_micros(asked.as_of))
        for person, seen in evidence.items()
        if person not in nobody
    }
    return {person: one for person, one in found.items() if one is not None}
