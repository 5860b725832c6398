"""The delivery worker: claim, load, judge, compose, send, record; as one pipeline.

Each stage runs ahead of the next by a bounded amount, so memory is bounded too. A message that
cannot be made or is refused never holds up another.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from kikubari.deliver import queue
from kikubari.deliver.answers import settle_answer
from kikubari.deliver.coalescer import Coalescer
from kikubari.deliver.contracts import (
    Claimed,
    Composed,
    Dispatch,
    Mark,
    MessageState,
    Recipient,
    Settled,
)
from kikubari.deliver.delivering import Delivering, WorkerSettings
from kikubari.deliver.gate import Gate, last_gate
from kikubari.deliver.loading import Loader
from kikubari.deliver.reasons import Reason
from kikubari.deliver.recording import Recorder
from kikubari.deliver.stages import Stages
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, UnavailableError

T = TypeVar("T")
_STOPPED_STATES = {
    Reason.RENDER_FAILED: MessageState.FAILED,
    Reason.GUARD_HELD: MessageState.QUEUED,
}
# What is held for a better moment is judged again after this.
_HELD_FOR = timedelta(hours=1)
_SWEEP_SECONDS = 5.0


class _Chunk(msgspec.Struct, frozen=True):
    dispatch: Dispatch
    people: list[tuple[Claimed, Recipient]]


class _Outgoing(msgspec.Struct, frozen=True):
    dispatch: Dispatch
    message: Claimed
    recipient: Recipient
    composed: Composed


class DeliveryWorker:
    """Sends what is due.

    Args:
        with_: stores, people, transport.
        name: unique for each process start; claims are made in its name.
        is_alone: no other worker exists, so whatever is in flight at the start was left behind.
        settings: sizes and times.
        gate: the last gate, if it is to be another than `gate.last_gate` with these checks.
        workspace_id: whose outbox.
    """

    def __init__(
        self,
        with_: Delivering,
        *,
        name: str,
        is_alone: bool,
        settings: WorkerSettings | None = None,
        gate: Gate | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._with = with_
        self._name = name
        self._is_alone = is_alone
        self._settings = settings or WorkerSettings()
        self._workspace_id = workspace_id
        self.stages = Stages()
        self._loader = Loader(with_, self.stages, workspace_id=workspace_id)
        recorder = Recorder(
            gate
            or last_gate(with_.consents, content=with_.content_checks, timing=with_.timing_checks),
            with_.sealing,
            with_.clock,
            coupons=with_.coupons,
            workspace_id=workspace_id,
        )
        self._coalescer = Coalescer(
            with_.store,
            recorder,
            self.stages,
            gather_seconds=self._settings.gather_seconds,
            retry_seconds=self._settings.retry_seconds,
        )
        # Whether a claim was cut short: it may have been made, and nobody knows of it.
        self._lost_claim = False
        self._in_flight: set[int] = set()
        self._stopping = asyncio.Event()
        self._claims: asyncio.Queue[queue.Claim | None] = asyncio.Queue(1)
        self._chunks: asyncio.Queue[_Chunk | None] = asyncio.Queue(self._settings.composers)
        self._outgoing: asyncio.Queue[_Outgoing | None] = asyncio.Queue(
            2 * self._settings.connections
        )

    def stop(self) -> None:
        """Claim no more; `run` ends when what is under way is done."""
        self._stopping.set()

    async def run(self, *, until_idle: bool = False) -> None:
        """Recover what was left behind, then send until stopped.

        Args:
            until_idle: end when nothing is due any more.

        Raises:
            UnavailableError: the store is away at the start.
        """
        await self._write(partial(queue.recover, lost_before=self._lost_before()))
        with self.stages.measure("smtp"):
            async with asyncio.TaskGroup() as background:
                writer = background.create_task(self._coalescer.run())
                keepers = [
                    background.create_task(self._keep()),
                    background.create_task(self._sweep()),
                ]
                try:
                    await self._pipeline(until_idle=until_idle)
                finally:
                    self._coalescer.close()
                    await writer
                    for one in keepers:
                        one.cancel()

    async def _pipeline(self, *, until_idle: bool) -> None:
        async with asyncio.TaskGroup() as stages:
            stages.create_task(self._claim(until_idle=until_idle))
            stages.create_task(self._prepare())
            stages.create_task(self._compose_all())
            for _ in range(self._settings.connections):
                stages.create_task(self._send())

    # Claim

    async def _claim(self, *, until_idle: bool) -> None:
        while not self._stopping.is_set():
            try:
                claims = await self._claim_batch()
            except UnavailableError:
                self._lost_claim = True
                await self._idle()
                continue
            for claim in claims:
                self._in_flight.update(message.id for message in claim.messages)
                await self._claims.put(claim)
            if not claims:
                if until_idle:
                    break
                await self._idle()
        await self._claims.put(None)

    async def _claim_batch(self) -> list[queue.Claim]:
        if self._lost_claim:
            known = self._in_flight | self._coalescer.list_unwritten()
            await self._write(partial(queue.take_back, worker=self._name, known=known))
            self._lost_claim = False
        return await self._write(
            partial(
                queue.claim,
                worker=self._name,
                now=self._with.clock.now(),
                lease=self._settings.lease,
                limit=self._settings.batch,
            ),
            stage="claim",
        )

    async def _idle(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.idle_seconds):
                await self._stopping.wait()

    # Load and judge

    async def _prepare(self) -> None:
        while (claim := await self._claims.get()) is not None:
            try:
                loaded = await asyncio.to_thread(self._loader.load, claim)
            except UnavailableError:
                # Back into the queue as soon as there is one again.
                back = [Settled(message=m, state=MessageState.QUEUED) for m in claim.messages]
                self._finish(*back)
                continue
            self._finish(*loaded.settled)
            for at in range(0, len(loaded.people), self._settings.chunk):
                people = loaded.people[at : at + self._settings.chunk]
                await self._chunks.put(_Chunk(loaded.dispatch, people))
        for _ in range(self._settings.composers):
            await self._chunks.put(None)

    # Compose

    async def _compose_all(self) -> None:
        async with asyncio.TaskGroup() as composers:
            for _ in range(self._settings.composers):
                composers.create_task(self._compose())
        for _ in range(self._settings.connections):
            await self._outgoing.put(None)

    async def _compose(self) -> None:
        while (chunk := await self._chunks.get()) is not None:
            composed = await self._with.composer.compose(chunk.dispatch, chunk.people)
            self.stages.add("compose", sum(one.cpu_seconds for one in composed))
            for (message, person), one in zip(chunk.people, composed, strict=True):
                if one.stopped_by is None:
                    await self._outgoing.put(_Outgoing(chunk.dispatch, message, person, one))
                else:
                    self._finish(self._settle_unmade(message, one.stopped_by, one))

    def _settle_unmade(self, message: Claimed, reason: Reason, composed: Composed) -> Settled:
        state = _STOPPED_STATES.get(reason, MessageState.SKIPPED)
        is_held = state is MessageState.QUEUED
        return Settled(
            message=message,
            state=state,
            reason=reason,
            due_at=self._with.clock.now() + _HELD_FOR if is_held else None,
            guard=composed.guard,
            record=b"" if is_held else composed.record,
        )

    # Send

    async def _send(self) -> None:
        while (outgoing := await self._outgoing.get()) is not None:
            settled = await self._send_one(outgoing)
            # Before the next message of this connection can ask to be marked: the answer is then
            # recorded no later than that mark.
            if settled is not None:
                self._finish(settled)
            self._in_flight.discard(outgoing.message.id)

    async def _send_one(self, outgoing: _Outgoing) -> Settled | None:
        message = outgoing.message
        mark = Mark(
            message=message,
            address_key=self._with.hasher.hash(outgoing.recipient.address),
            record=outgoing.composed.record,
            time=outgoing.recipient.time,
        )
        try:
            outcome = await self._with.transport.send(
                self._envelope_sender(outgoing),
                outgoing.recipient.address,
                outgoing.composed.data,
                before_final_dot=partial(self._coalescer.mark, mark),
            )
        except InvalidInputError:
            return Settled(
                message=message, state=MessageState.SKIPPED, reason=Reason.ADDRESS_INVALID
            )
        except UnavailableError:
            return Settled(message=message, state=MessageState.QUEUED)
        if self._with.throttle is not None:
            address = outgoing.recipient.address
            self._with.throttle.learn(address, outcome, self._with.clock.now())
        settled = settle_answer(
            message,
            outcome,
            resends_unknown=outgoing.dispatch.letter.resends_unknown,
            is_tracked=outgoing.recipient.is_tracked and outgoing.dispatch.letter.has_tracking,
            now=self._with.clock.now(),
            jitter=self._with.jitter,
        )
        if settled is None:
            return None
        return msgspec.structs.replace(settled, guard=outgoing.composed.guard)

    def _envelope_sender(self, outgoing: _Outgoing) -> str:
        from_address = outgoing.dispatch.letter.sender.from_address
        path = self._with.return_path
        return path.make(outgoing.message.id, from_address) if path else from_address

    def _finish(self, *settled: Settled) -> None:
        self._coalescer.settle(*settled)
        self._in_flight.difference_update(one.message.id for one in settled)

    # Keep

    async def _keep(self) -> None:
        """Prolong our own leases, take over what others lost."""
        while True:
            with suppress(UnavailableError):
                await self._write(
                    partial(
                        queue.prolong,
                        ids=list(self._in_flight),
                        worker=self._name,
                        now=self._with.clock.now(),
                        lease=self._settings.lease,
                    )
                )
                await self._write(partial(queue.recover, lost_before=self._with.clock.now()))
            await asyncio.sleep(self._settings.lease.total_seconds() / 3)

    async def _sweep(self) -> None:
        """Write down what was cancelled: who cancelled wants to see it."""
        while True:
            with suppress(UnavailableError):
                while await self._write(partial(queue.sweep_cancelled, coupons=self._with.coupons)):
                    pass
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _write(self, work: Callable[..., T], *, stage: str = "keep") -> T:
        def measured(connection: Connection) -> T:
            with self.stages.measure(stage):
                return work(connection, workspace_id=self._workspace_id)

        return await asyncio.wrap_future(self._with.store.submit(measured))

    def _lost_before(self) -> datetime | None:
        return None if self._is_alone else self._with.clock.now()
