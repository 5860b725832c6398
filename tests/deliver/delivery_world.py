"""A small delivery installation for tests: people, consent, a worker, a scripted server."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from kikubari.deliver import (
    AddressHasher,
    Check,
    Composed,
    Coupons,
    Delivering,
    DeliveryWorker,
    Letter,
    MessageState,
    Origin,
    Outbox,
    WorkerSettings,
    enqueue,
    open_dispatch,
)
from kikubari.deliver.providers.smtp import SmtpOutcome
from kikubari.deliver.throttle import Throttle
from kikubari.events import EventLog, Sequencer
from kikubari.kit.clock import ManualClock
from kikubari.storage import StateStore
from kikubari.testing.deliver import (
    GrantedConsents,
    ListedRecipients,
    PlainComposer,
    ScriptedTransport,
    letter,
    person,
)
from kikubari.testing.events import CountingNumbers, PlainSealing

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ORIGIN = Origin("broadcast", "brd_1")


class World:
    def __init__(
        self,
        store: StateStore,
        numbers: Iterable[int] = range(1, 11),
        *,
        answers: dict[str, Sequence[SmtpOutcome]] | None = None,
        stopped: dict[int, Composed] | None = None,
    ) -> None:
        self.store = store
        self.numbers = sorted(numbers)
        self.clock = ManualClock(NOW)
        self.sealing = PlainSealing()
        self.consents = GrantedConsents(self.numbers)
        self.recipients = ListedRecipients(person(number) for number in self.numbers)
        self.transport = ScriptedTransport(answers)
        self.hasher = AddressHasher(b"k" * 32)
        self.composer = PlainComposer(stopped)
        self.outbox = Outbox(store, self.sealing, self.clock)
        self.checks: dict[str, tuple[Check, ...]] = {}
        self.throttle: Throttle | None = None
        self.coupons: Coupons | None = None
        self._workers = 0

    def enqueue(
        self,
        numbers: Iterable[int] | None = None,
        *,
        origin: Origin = ORIGIN,
        of: Letter | None = None,
    ) -> int:
        chosen = self.numbers if numbers is None else list(numbers)

        def work(connection) -> int:
            dispatch_id = open_dispatch(connection, origin, of or letter(), now=self.clock.now())
            enqueue(connection, dispatch_id, chosen, now=self.clock.now())
            return dispatch_id

        return self.store.write(work)

    def worker(self, *, is_alone: bool = True, **settings: object) -> DeliveryWorker:
        self._workers += 1
        return DeliveryWorker(
            Delivering(
                store=self.store,
                recipients=self.recipients,
                consents=self.consents,
                sealing=self.sealing,
                composer=self.composer,
                transport=self.transport,
                hasher=self.hasher,
                clock=self.clock,
                jitter=lambda: 0.0,
                throttle=self.throttle,
                coupons=self.coupons,
                **self.checks,
            ),
            name=f"worker-{self._workers}",
            is_alone=is_alone,
            settings=WorkerSettings(**{"connections": 3, "gather_seconds": 0.0, **settings}),
        )

    def deliver(self, **settings: object) -> None:
        """Run a worker until nothing is due."""

        async def run() -> None:
            await self.worker(**settings).run(until_idle=True)

        asyncio.run(run())

    def states(self, origin: Origin = ORIGIN) -> dict[MessageState, int]:
        return self.outbox.count(origin).states

    def events(self) -> list:
        sequencer = Sequencer(self.store, [self.store], CountingNumbers(), self.sealing)
        while sequencer.run_once().n_new:
            pass
        log = EventLog(self.store, self.sealing)
        return log.read_range(1, log.position())

    @property
    def reached(self) -> list[str]:
        return sorted(address for address, _ in self.transport.accepted)
