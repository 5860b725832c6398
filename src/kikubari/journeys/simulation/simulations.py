"""Simulations that are asked for, run behind and are kept."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from kikubari.journeys.definition import JourneyDefinition, JourneyFaultError
from kikubari.journeys.running import Journeys
from kikubari.journeys.simulation import _repository as repository
from kikubari.journeys.simulation.comparing import expect_effect, read_real
from kikubari.journeys.simulation.contracts import (
    PastHoldouts,
    Simulation,
    SimulationRequest,
    SimulationResult,
    SimulationState,
)
from kikubari.journeys.simulation.simulate import Past, check_span, simulate
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import KikubariError, NotFoundError
from kikubari.storage import StateStore

_USUAL = timedelta(days=90)
# A simulation that nobody has said anything of for so long ended with its process.
_ALIVE = timedelta(minutes=5)
_TELLS = timedelta(seconds=2)
_INTERRUPTED = "the process that ran it ended; ask for it again"
_decode_result = msgspec.json.Decoder(SimulationResult).decode
_decode_definition = msgspec.json.Decoder(JourneyDefinition).decode


class _ClosedError(Exception):
    """The process ends."""


class _CancelledError(Exception):
    """Somebody does not want to know any more."""


class Simulations:
    """Runs simulations of drafts, one after the other, and keeps what they found.

    Args:
        store: of what they found.
        past: what they read; made anew for each, and nothing of it is written to.
        journeys: has the drafts.
        holdouts: what earlier holdouts told.
        clock: when it is.
        ids: names simulations.
        workspace_id: whose.
    """

    def __init__(
        self,
        store: StateStore,
        past: Callable[[], Past],
        *,
        journeys: Journeys,
        holdouts: PastHoldouts,
        clock: Clock,
        ids: IdFactory,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._past = past
        self._journeys = journeys
        self._holdouts = holdouts
        self._clock = clock
        self._ids = ids
        self._workspace_id = workspace_id
        self._closing = threading.Event()
        self._runner = ThreadPoolExecutor(1, thread_name_prefix="simulation")

    def start(self, journey_id: str, request: SimulationRequest) -> Simulation:
        """Begin to simulate a journey's draft; the answer comes at once, the result later.

        Raises:
            NotFoundError: no such journey.
            JourneyFaultError: it cannot run; with every fault and its place.
            InvalidInputError: there is nothing between the two instants, or too much.
        """
        draft = self._journeys.get_draft(journey_id)
        if draft.faults:
            first = draft.faults[0]
            raise JourneyFaultError(
                f"{first.path}: {first.message}",
                hint=first.message,
                detail=msgspec.to_builtins(draft.faults),
            )
        now = self._clock.now()
        until = min(request.until or now, now)
        since = request.since or until - _USUAL
        check_span(since=since, until=until)
        simulation_id = self._ids.new_id("sim")
        self._store.write(
            lambda connection: repository.add(
                connection,
                workspace_id=self._workspace_id,
                id=simulation_id,
                journey_id=journey_id,
                state=SimulationState.RUNNING.value,
                since_us=to_micros(since),
                until_us=to_micros(until),
                started_us=to_micros(now),
                touched_us=to_micros(now),
                progress=0.0,
                definition=msgspec.json.encode(draft.definition),
                result=None,
                problem="",
            )
        )
        self._runner.submit(
            self._run, simulation_id, journey_id, draft.definition, since=since, until=until
        )
        return self.get(simulation_id)

    def get(self, simulation_id: str) -> Simulation:
        """Return a simulation as it stands.

        Raises:
            NotFoundError: no such simulation.
        """
        with self._store.read() as connection:
            row = repository.find(connection, self._workspace_id, simulation_id)
        if row is None:
            raise NotFoundError(f"there is no simulation {simulation_id}")
        return self._view(row)

    def cancel(self, simulation_id: str) -> Simulation:
        """End a simulation that runs; one that has ended stays as it is.

        Raises:
            NotFoundError: no such simulation.
        """
        self._change(simulation_id, state=SimulationState.CANCELLED)
        return self.get(simulation_id)

    def list_newest(self, journey_id: str, *, limit: int = 20) -> list[Simulation]:
        """Return the newest simulations of a journey."""
        with self._store.read() as connection:
            rows = repository.list_newest(connection, self._workspace_id, journey_id, limit=limit)
        return [self._view(row) for row in rows]

    def close(self) -> None:
        """End what is under way."""
        self._closing.set()
        self._runner.shutdown(cancel_futures=True)

    def _view(self, row: repository.Found) -> Simulation:
        state, problem = SimulationState(row.state), row.problem
        silent = self._clock.now() - from_micros(row.touched_us)
        if state is SimulationState.RUNNING and silent > _ALIVE:
            state, problem = SimulationState.FAILED, _INTERRUPTED
        return Simulation(
            id=row.id,
            journey_id=row.journey_id,
            state=state,
            since=from_micros(row.since_us),
            until=from_micros(row.until_us),
            started_at=from_micros(row.started_us),
            progress=row.progress,
            definition=_decode_definition(row.definition),
            result=None if row.result is None else _decode_result(row.result),
            problem=problem,
        )

    def _run(
        self,
        simulation_id: str,
        journey_id: str,
        definition: JourneyDefinition,
        *,
        since: datetime,
        until: datetime,
    ) -> None:
        tell = self._teller(simulation_id)
        try:
            tell(0)
            result = simulate(
                self._past(),
                definition,
                journey_id=journey_id,
                since=since,
                until=until,
                progress=tell,
            )
        except _CancelledError:
            return
        except _ClosedError:
            self._change(simulation_id, state=SimulationState.FAILED, problem=_INTERRUPTED)
        except KikubariError as error:
            self._change(simulation_id, state=SimulationState.FAILED, problem=error.message)
        except Exception as error:  # whatever it was, who waits for it is told
            problem = f"{type(error).__name__}: {error}"
            self._change(simulation_id, state=SimulationState.FAILED, problem=problem)
            raise
        else:
            result = self._compared(result, journey_id, definition)
            self._change(
                simulation_id,
                state=SimulationState.DONE,
                progress=1.0,
                result=msgspec.json.encode(result),
            )

    def _compared(
        self, result: SimulationResult, journey_id: str, definition: JourneyDefinition
    ) -> SimulationResult:
        """Return a result beside what the journey really did, and what its holdout told."""
        real = read_real(
            self._store,
            journey_id,
            definition,
            since=result.since,
            until=result.until,
            workspace_id=self._workspace_id,
        )
        told = self._holdouts.find(journey_id)
        effect = expect_effect(result, told, self._holdouts.find_bounds)
        return msgspec.structs.replace(result, real=real, effect=effect)

    def _teller(self, simulation_id: str) -> Callable[[float], None]:
        told_at: datetime | None = None

        def tell(progress: float) -> None:
            nonlocal told_at
            if self._closing.is_set():
                raise _ClosedError
            now = self._clock.now()
            if told_at is None or now - told_at >= _TELLS:
                told_at = now
                if not self._change(simulation_id, progress=progress):
                    raise _CancelledError

        return tell

    def _change(self, simulation_id: str, **values: object) -> bool:
        """Write to a simulation that runs; say whether it still did."""

        def work(connection: Connection) -> bool:
            return repository.change(
                connection,
                self._workspace_id,
                simulation_id,
                while_in=SimulationState.RUNNING.value,
                touched_us=to_micros(self._clock.now()),
                **values,
            )

        return self._store.write(work)
