"""Everybody's stage, found anew each hour and told through the log when it changes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import msgspec
from sqlalchemy import Connection

from kikubari.decide.stages import _repository as repository
from kikubari.decide.stages._evidence_rows import Asked, read_evidence, read_told
from kikubari.decide.stages.contracts import LeftOut, LifeStages
from kikubari.decide.stages.inference import Found, infer
from kikubari.decide.stages.telling import Said, say, tell
from kikubari.events import append_in
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event
from kikubari.storage import ColumnarStore, StateStore

_EVERY = timedelta(hours=1)
_EVENTS_PER_WRITE = 2_000


class StageKeeper:
    """Finds everybody's stages anew each hour, and tells what changed.

    Args:
        state: holds the definitions, and the log that stages are told to.
        columnar: the copy that evidence is read from.
        clock: gives now.
        left_out: people of whom nothing is inferred.
        workspace_id: whose customers.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        clock: Clock,
        *,
        left_out: LeftOut,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._clock = clock
        self._left_out = left_out
        self._workspace_id = workspace_id
        self._looked_at: dict[str, tuple[bytes | None, datetime]] = {}

    def step(self) -> bool:
        """Look at definitions that are new, changed, or were last looked at an hour ago."""
        now = self._clock.now()
        with self._state.read() as connection:
            found = repository.list_definitions(connection, self._workspace_id)
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
                self._columnar, f"life_stage.{stages_id}{end}", workspace_id=self._workspace_id
            )
            for end in ("", ".until")
        )
        said = {number: (stage, until.get(number, "")) for number, stage in told.items()}
        events = list(_tell_changes(stages_id, definition, people, said, now))
        for start in range(0, len(events), _EVENTS_PER_WRITE):
            some = events[start : start + _EVENTS_PER_WRITE]
            self._state.write(partial(append_in, events=some, workspace_id=self._workspace_id))
        if definition is None and not events:
            self._state.write(lambda connection: self._forget(connection, stages_id))

    def _forget(self, connection: Connection, stages_id: str) -> None:
        repository.forget_definition(connection, self._workspace_id, stages_id)

    def _find(self, definition: LifeStages, now: datetime) -> dict[int, Found]:
        return find_stages(
            self._columnar,
            definition,
            Asked(now, self._workspace_id),
            left_out=self._left_out,
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


def _tell_changes(
    stages_id: str,
    definition: LifeStages | None,
    people: dict[int, Found],
    told: dict[int, Said],
    now: datetime,
) -> Iterator[Event]:
    """Yield an event for everybody whose stage, or its end, is another than was told."""
    for number in sorted({*people, *told}):
        found = people.get(number)
        said = say(definition, found) if definition is not None and found is not None else None
        if said != told.get(number):
            yield tell(stages_id, number, said, found, now)
