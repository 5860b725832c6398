"""The delivery worker: claim, load, judge, compose, send, record; as one pipeline.

Each stage runs ahead of the next by a bounded amount, so memory is bounded too. A message that
cannot be made or is refused never holds up another.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from kikubari.deliver import queue
from kikubari.deliver.answers import settle_answer
from kikubari.deliver.coalescer import GATHER_SECONDS, RETRY_SECONDS, Coalescer
from kikubari.deliver.contracts import (
    EMAIL,
    Claimed,
    Composed,
    Composer,
    Consents,
    Coupons,
    Dispatch,
    DispatchState,
    Mark,
    MessageState,
    PersonTime,
    Purpose,
    Recipient,
    Recipients,
    Settled,
    Transport,
    Verdict,
)
from kikubari.deliver.gate import Candidate, Check, Gate, early_gate, judge_recipient, last_gate
from kikubari.deliver.providing import provide_coupons
from kikubari.deliver.reasons import Reason
from kikubari.deliver.recording import Recorder, settle_verdict
from kikubari.deliver.retry import Jitter
from kikubari.deliver.return_path import ReturnPath
from kikubari.deliver.stages import Stages
from kikubari.deliver.suppression import AddressHasher
from kikubari.deliver.throttle import Throttle, hold_back
from kikubari.events import Sealing
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, UnavailableError
from kikubari.storage import StateStore

T = TypeVar("T")
_DISPATCHES_KEPT = 64
_STOPPED_STATES = {
    Reason.RENDER_FAILED: MessageState.FAILED,
    Reason.GUARD_HELD: MessageState.QUEUED,
}
# What is held for a better moment is judged again after this.
_HELD_FOR = timedelta(hours=1)


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How much of what at a time.

    Attributes:
        connections: messages under way at once; as many as the transport has sessions.
        batch: messages claimed and loaded together.
        chunk: messages composed together.
        composers: chunks composed at once.
        lease: how long a claim holds without a sign of life.
        idle_seconds: how often to look for work when there was none.
        gather_seconds: how long to wait for company before a commit.
        retry_seconds: how long to leave a store alone that is away.
    """

    connections: int = 10
    batch: int = 200
    chunk: int = 20
    composers: int = 2
    lease: timedelta = timedelta(seconds=60)
    idle_seconds: float = 0.5
    gather_seconds: float = GATHER_SECONDS
    retry_seconds: float = RETRY_SECONDS


class Delivering(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker works with.

    Attributes:
        early_checks: of the gate before rendering, on whether now is the time.
        content_checks: of the last gate, on what a message says.
        timing_checks: of the last gate, on whether now is the time; see `gate.last_gate`.
    """

    store: StateStore
    recipients: Recipients
    consents: Consents
    sealing: Sealing
    composer: Composer
    transport: Transport
    hasher: AddressHasher
    clock: Clock
    jitter: Jitter = random.random
    early_checks: tuple[Check, ...] = ()
    content_checks: tuple[Check, ...] = ()
    timing_checks: tuple[Check, ...] = ()
    throttle: Throttle | None = None  # none: as fast as it goes
    return_path: ReturnPath | None = None  # none: bounces go to the From address
    coupons: Coupons | None = None  # none: no message brings any


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
        self._early_gate = early_gate(with_.consents, timing=with_.early_checks)
        self.stages = Stages()
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
        self._dispatches: dict[int, Dispatch] = {}
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
                keeper = background.create_task(self._keep())
                try:
                    await self._pipeline(until_idle=until_idle)
                finally:
                    self._coalescer.close()
                    await writer
                    keeper.cancel()

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
                dispatch, people, refused = await asyncio.to_thread(self._load, claim)
            except UnavailableError:
                # Back into the queue as soon as there is one again.
                back = [Settled(message=m, state=MessageState.QUEUED) for m in claim.messages]
                self._finish(*back)
                continue
            self._finish(*refused)
            for at in range(0, len(people), self._settings.chunk):
                await self._chunks.put(_Chunk(dispatch, people[at : at + self._settings.chunk]))
        for _ in range(self._settings.composers):
            await self._chunks.put(None)

    def _load(
        self, claim: queue.Claim
    ) -> tuple[Dispatch, list[tuple[Claimed, Recipient]], list[Settled]]:
        with self.stages.measure("load"):
            dispatch = self._dispatch(claim.dispatch_id)
            loaded = self._with.recipients.load(
                [message.number for message in claim.messages], workspace_id=self._workspace_id
            )
            verdicts: dict[int, Verdict] = {}
            people: list[tuple[Claimed, Recipient]] = []
            for message in claim.messages:
                person = loaded.get(message.number)
                verdict = judge_recipient(person, to_claimed=dispatch.letter.to_claimed)
                if verdict is not None:
                    verdicts[message.id] = verdict
                elif person is not None:
                    people.append((message, person))
            verdicts.update(self._judge(dispatch, people))
            if self._with.throttle is not None and dispatch.letter.purpose is Purpose.MARKETING:
                asking = [one for one in people if one[0].id not in verdicts]
                verdicts.update(hold_back(self._with.throttle, asking, self._with.clock.now()))
            going = [one for one in people if one[0].id not in verdicts]
            going, stopped = provide_coupons(self._with.coupons, dispatch.letter, going)
        times = {message.id: person.time for message, person in people}
        refused = [
            settle_verdict(message, verdict, times.get(message.id, PersonTime()))
            for message in claim.messages
            if (verdict := verdicts.get(message.id)) is not None
        ]
        return dispatch, going, [*refused, *stopped]

    def _judge(
        self, dispatch: Dispatch, people: Sequence[tuple[Claimed, Recipient]]
    ) -> dict[int, Verdict]:
        candidates = [
            Candidate(
                message_id=message.id,
                dispatch_id=dispatch.id,
                dispatch_state=DispatchState.RUNNING,
                number=message.number,
                address_key=self._with.hasher.hash(person.address),
                purpose=dispatch.letter.purpose,
                channel=EMAIL,
                workspace_id=self._workspace_id,
                topic=dispatch.letter.topic,
                at_best_hour=dispatch.letter.at_best_hour,
                time=person.time,
                held_at=message.held_at,
            )
            for message, person in people
        ]
        with self._with.store.read() as connection:
            return self._early_gate.judge(connection, candidates)

    def _dispatch(self, dispatch_id: int) -> Dispatch:
        """Return a dispatch with its letter, which never changes."""
        if dispatch_id not in self._dispatches:
            with self._with.store.read() as connection:
                found = queue.load_dispatches(
                    connection, [dispatch_id], workspace_id=self._workspace_id
                )
            if len(self._dispatches) >= _DISPATCHES_KEPT:
                self._dispatches.clear()
            self._dispatches.update(found)
        return self._dispatches[dispatch_id]

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
        """Prolong our own leases, take over what others lost, write down what was cancelled."""
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
                while await self._write(partial(queue.sweep_cancelled, coupons=self._with.coupons)):
                    pass
            await asyncio.sleep(self._settings.lease.total_seconds() / 3)

    async def _write(self, work: Callable[..., T], *, stage: str = "keep") -> T:
        def measured(connection: Connection) -> T:
            with self.stages.measure(stage):
                return work(connection, workspace_id=self._workspace_id)

        return await asyncio.wrap_future(self._with.store.submit(measured))

    def _lost_before(self) -> datetime | None:
        return None if self._is_alone else self._with.clock.now()
