"""Versions that people may be on, kept ready: a version never changes once it is published."""

import threading

import msgspec
from sqlalchemy import Connection

from kikubari.journeys.definition import JourneyDefinition
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.contracts import JourneyState
from kikubari.journeys.running.program import Program
from kikubari.storage import StateStore

decode_definition = msgspec.json.Decoder(JourneyDefinition).decode


class Live(msgspec.Struct, frozen=True):
    """A journey that was published, with all its versions; the last one lets people in."""

    no: int
    id: str
    state: JourneyState
    programs: dict[int, Program]

    @property
    def newest(self) -> Program:
        """The live version."""
        return self.programs[max(self.programs)]


class Programs:
    """Loads versions and keeps them.

    Args:
        store: of the journeys.
        workspace_id: whose.
    """

    def __init__(self, store: StateStore, *, workspace_id: int) -> None:
        self._store = store
        self._workspace_id = workspace_id
        self._kept: dict[tuple[int, int], Program] = {}
        self._lock = threading.Lock()

    def list_live(self) -> dict[int, Live]:
        """Return every journey that was published and not cancelled, by number."""
        with self._store.read() as connection:
            return self.list_live_in(connection)

    def list_live_in(self, connection: Connection) -> dict[int, Live]:
        """Return the same within a transaction."""
        rows = repository.list_journeys(
            connection,
            self._workspace_id,
            states=(JourneyState.RUNNING, JourneyState.PAUSED, JourneyState.DRAINING),
        )
        missing = [row.no for row in rows if (row.no, row.version) not in self._kept]
        if missing:
            names = {row.no: (row.id, repository.decode_names(row.names)) for row in rows}
            for found in repository.list_versions(connection, self._workspace_id, missing):
                journey_id, known = names[found.journey_no]
                program = Program(
                    found.journey_no,
                    journey_id,
                    found.version,
                    decode_definition(found.definition),
                    known,
                )
                with self._lock:
                    self._kept[found.journey_no, found.version] = program
        return {
            row.no: Live(
                row.no,
                row.id,
                JourneyState(row.state),
                {version: self._kept[row.no, version] for version in range(1, row.version + 1)},
            )
            for row in rows
        }
