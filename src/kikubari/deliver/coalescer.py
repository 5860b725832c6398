"""Gathers what many connections want written into few durable commits."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import Connection

from kikubari.deliver.contracts import Mark, MessageState, Settled
from kikubari.deliver.recording import Recorded, Recorder
from kikubari.deliver.stages import Stages
from kikubari.spec.errors import UnavailableError
from kikubari.storage import StateStore

# How long the first of a group waits for company: about the time of one commit.
GATHER_SECONDS = 0.003
RETRY_SECONDS = 0.5

_Waiting = tuple[Mark, "asyncio.Future[bool]"]


class Coalescer:
    """Writes answers and marks of all connections in shared units, in the order they came.

    Answers are kept until they are durable, however long the store is away: forgetting one would
    turn a sent message into an unknown one.
    """

    def __init__(
        self,
        store: StateStore,
        recorder: Recorder,
        stages: Stages,
        *,
        gather_seconds: float = GATHER_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._stages = stages
        self._gather_seconds = gather_seconds
        self._retry_seconds = retry_seconds
        self._settled: list[Settled] = []
        self._writing: list[Settled] = []
        self._marks: list[_Waiting] = []
        self._work = asyncio.Event()
        self._is_closing = False

    def settle(self, *settled: Settled) -> None:
        """Hand over what became of messages; returns at once."""
        self._settled += settled
        self._work.set()

    def list_unwritten(self) -> set[int]:
        """Return messages whose answers are not known to be durable yet."""
        return {one.message.id for one in (*self._settled, *self._writing)}

    async def mark(self, mark: Mark) -> bool:
        """Return True once it is durably recorded that this message is about to leave.

        False: it must not leave; what becomes of it is recorded already.
        """
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._marks.append((mark, future))
        self._work.set()
        return await future

    def close(self) -> None:
        """Let `run` end when all is written."""
        self._is_closing = True
        self._work.set()

    async def run(self) -> None:
        """Write units until closed."""
        while True:
            await self._work.wait()
            self._work.clear()
            if self._settled or self._marks:
                if not self._is_closing:
                    await asyncio.sleep(self._gather_seconds)
                await self._write_unit()
            if self._settled or self._marks or self._is_closing:
                self._work.set()
            if self._is_closing and not self._settled and not self._marks:
                return

    async def _write_unit(self) -> None:
        settled, self._settled = self._settled, []
        self._writing = settled
        waiting, self._marks = self._marks, []
        marks = [mark for mark, _ in waiting]

        def work(connection: Connection) -> Recorded:
            with self._stages.measure("commit"):
                return self._recorder.record(connection, settled, marks)

        try:
            recorded = await asyncio.wrap_future(self._store.submit(work))
        except UnavailableError:
            # Whether the marks were kept is unknown, but that nothing left is certain.
            unsent = [Settled(message=m.message, state=MessageState.QUEUED) for m in marks]
            self._settled = [*settled, *unsent, *self._settled]
            self._writing = []
            _answer(waiting, frozenset())
            await asyncio.sleep(self._retry_seconds)
            return
        except BaseException as error:
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
            raise
        self._writing = []
        _answer(waiting, recorded.passed)


def _answer(waiting: Sequence[_Waiting], passed: frozenset[int]) -> None:
    for mark, future in waiting:
        if not future.done():
            future.set_result(mark.message.id in passed)
