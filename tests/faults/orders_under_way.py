"""Pauses, resumes and cancels broadcasts, and suppresses people, while messages are leaving.

Orders come at random moments, each on what a worker of the product sends just then. At the moment
an order is recorded, the messages that are past the last gate are noted: at most one for each
connection. The receiving server's files are the oracle: of what the order forbids, nothing arrives
from then on but what was noted; nobody gets anything twice; of broadcasts that were never
cancelled, nobody is missing but those who were suppressed.

Run: ``python tests/faults/orders_under_way.py --orders 200 --messages 100000``.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from mail_sink import Behaviour, Taken, count_taken, running_sink
from sqlalchemy import Connection

from kikubari.deliver import (
    AddressHasher,
    Delivering,
    DeliveryWorker,
    MessageState,
    Origin,
    Outbox,
    Suppressions,
    WorkerSettings,
    enqueue,
    open_dispatch,
    parse_public_id,
)
from kikubari.deliver.providers.smtp import SmtpPool, SmtpSettings
from kikubari.kit.clock import SystemClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.storage import SqliteStateStore, migrate
from kikubari.testing.deliver import (
    GrantedConsents,
    ListedRecipients,
    PlainComposer,
    letter,
    person,
)
from kikubari.testing.events import PlainSealing

CONNECTIONS = 4
N_BROADCASTS = 5
_MESSAGES_PER_ORDER = 30
# Orders come all through the sending: a worker sends some two hundred messages a second.
_PAUSE_PER_MESSAGE = 0.0033
_SPELLINGS = ("p{}@example.com", "P{}@EXAMPLE.com", "p{}+news@example.com")


class Findings(msgspec.Struct, kw_only=True):
    """What came of it; lists name message ids."""

    n_orders: dict[str, int]
    n_messages: int
    n_past_the_gate: int
    most_past_the_gate: int
    states: dict[str, int]
    n_arrived: int
    duplicates: list[int]
    too_late: list[int]
    missing: list[int]
    seconds: float

    @property
    def is_clean(self) -> bool:
        return (
            not (self.duplicates or self.too_late or self.missing)
            and self.most_past_the_gate <= CONNECTIONS
        )


class Orders:
    """Who gives orders while a worker sends."""

    def __init__(self, folder: Path, sunk: Path, port: int, n_people: int, seed: int) -> None:
        self._random = random.Random(seed)
        self._taken = Taken(sunk)
        self._clock = SystemClock()
        self._people = range(1, n_people + 1)
        self._store = SqliteStateStore(folder / "state.db")
        migrate(self._store)
        self._hasher = AddressHasher(b"k" * 32)
        self._outbox = Outbox(self._store, PlainSealing(), self._clock)
        self._suppressions = Suppressions(self._store, self._hasher, TimeOrderedIds())
        self._origins = [Origin("broadcast", f"brd_{n}") for n in range(N_BROADCASTS)]
        self._dispatch_of = {origin: self._start(origin) for origin in self._origins}
        self._cancelled: set[Origin] = set()
        self._suppressed: set[int] = set()
        self.given: Counter[str] = Counter()
        self.past_the_gate: list[int] = []
        self.too_late: list[int] = []
        self._sending = threading.Thread(target=lambda: asyncio.run(self._send(port)))
        self._worker: DeliveryWorker | None = None

    def give(self, n_orders: int) -> None:
        """Give orders to a worker at work; then let it finish what is left."""
        self._sending.start()
        longest = _PAUSE_PER_MESSAGE * N_BROADCASTS * len(self._people) / n_orders
        for _ in range(n_orders):
            time.sleep(self._random.random() * longest)
            self._give_one()
        for origin in set(self._origins) - self._cancelled:
            self._outbox.resume(origin)
        while not self._is_over():
            time.sleep(0.2)
        assert self._worker is not None
        self._worker.stop()
        self._sending.join()

    def _give_one(self) -> None:
        origin = self._random.choice(self._origins)
        order = self._random.choice(("pause", "pause", "resume", "resume", "suppress", "cancel"))
        if order == "suppress":
            number = self._random.choice(self._people)
            address = self._random.choice(_SPELLINGS).format(number)
            self._suppressions.add(address, at=datetime.now(UTC))
            self._suppressed.add(number)
            self._watch(lambda one: one & 0xFFFF_FFFF == number)
        elif origin in self._cancelled or (order == "cancel" and len(self._cancelled) > 1):
            return
        else:
            getattr(self._outbox, order)(origin)
            if order == "cancel":
                self._cancelled.add(origin)
            if order != "resume":
                self._watch(lambda one: one >> 32 == self._dispatch_of[origin])
        self.given[order] += 1

    def _watch(self, is_forbidden: Callable[[int], bool]) -> None:
        """Note what is past the gate, and look a while later what arrived nevertheless.

        From the order on, nothing passes the gate: what is neither past it nor on the server's
        disk by now must not arrive any more.
        """
        past = set(filter(is_forbidden, self._list_ids(MessageState.COMMITTING)))
        arrived = set(filter(is_forbidden, self._taken.count()))
        time.sleep(0.1)
        late = set(filter(is_forbidden, self._taken.count())) - arrived - past
        self.too_late += sorted(late)
        self.past_the_gate.append(len(past))

    def judge(self) -> dict[int, MessageState]:
        """Return what our records say of each message."""
        found = {}
        for origin in self._origins:
            for one in self._outbox.list_messages(origin, limit=1_000_000):
                message_id = parse_public_id(one.id)
                assert message_id is not None
                found[message_id] = one.state
        return found

    def list_missing(self, arrived: Iterable[int]) -> list[int]:
        """Return messages that nothing forbade and that did not arrive."""
        due = {
            self._dispatch_of[origin] << 32 | number
            for origin in set(self._origins) - self._cancelled
            for number in set(self._people) - self._suppressed
        }
        return sorted(due - set(arrived))

    def close(self) -> None:
        self._store.close()

    def _start(self, origin: Origin) -> int:
        now = self._clock.now()

        def work(connection: Connection) -> int:
            dispatch_id = open_dispatch(connection, origin, letter(), now=now)
            enqueue(connection, dispatch_id, self._people, now=now)
            return dispatch_id

        return self._store.write(work)

    def _is_over(self) -> bool:
        return all(self._outbox.count(origin).is_settled for origin in self._origins)

    def _list_ids(self, state: MessageState) -> list[int]:
        return [
            parse_public_id(one.id) or 0
            for origin in self._origins
            for one in self._outbox.list_messages(origin, state=state, limit=1_000)
        ]

    async def _send(self, port: int) -> None:
        pool = SmtpPool(
            SmtpSettings(host="127.0.0.1", port=port, starttls="none"), size=CONNECTIONS
        )
        self._worker = DeliveryWorker(
            Delivering(
                store=self._store,
                recipients=ListedRecipients(person(number) for number in self._people),
                consents=GrantedConsents(self._people),
                sealing=PlainSealing(),
                composer=PlainComposer(),
                transport=pool,
                hasher=self._hasher,
                clock=self._clock,
            ),
            name="worker",
            is_alone=True,
            settings=WorkerSettings(connections=CONNECTIONS, batch=20, idle_seconds=0.02),
        )
        await self._worker.run()
        await pool.close()


def check(folder: Path, *, n_orders: int, n_messages: int, seed: int = 1) -> Findings:
    """Give orders in an empty folder."""
    started = time.monotonic()
    sunk = folder / "sink"
    n_people = n_messages // N_BROADCASTS
    with running_sink(sunk, seed, Behaviour(think_seconds=0.04)) as port:
        orders = Orders(folder, sunk, port, n_people, seed)
        orders.give(n_orders)
        arrived = count_taken(sunk)
        states = orders.judge()
        missing = orders.list_missing(arrived)
        orders.close()
    return Findings(
        n_orders=dict(orders.given),
        n_messages=len(states),
        n_past_the_gate=sum(orders.past_the_gate),
        most_past_the_gate=max(orders.past_the_gate, default=0),
        states=dict(Counter(state.value for state in states.values())),
        n_arrived=arrived.total(),
        duplicates=sorted(i for i, times in arrived.items() if times > 1),
        too_late=orders.too_late,
        missing=missing,
        seconds=round(time.monotonic() - started, 1),
    )


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=40)
    parser.add_argument("--messages", type=int, help="default: thirty for each order")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        n_messages = options.messages or _MESSAGES_PER_ORDER * options.orders
        found = check(Path(folder), n_orders=options.orders, n_messages=n_messages)
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
