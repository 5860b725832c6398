"""Pauses, resumes, cancels and edits broadcasts, and suppresses people, while messages are leaving.

Orders come at random moments, each on a broadcast that a worker of the product sends just then:
what runs is paused, what is paused is resumed, so that every order changes something. At the moment
an order is recorded, the messages that are past the last gate are noted: at most one for each
connection. The receiving server's files are the oracle: of what the order forbids, nothing arrives
from then on but what was noted; nobody gets anything twice; of broadcasts that were never
cancelled, nobody is missing but those who were suppressed.

An edit changes blocks that all the broadcasts use, and tries to change the broadcast itself. The
former holds for drafts, the latter is refused: all that arrives is as it was when it was started.

Run: ``python tests/faults/orders_under_way.py --orders 240 --messages 100000``.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from broadcast_process import WholeBase
from mail_sink import Behaviour, Taken, count_taken, running_sink

from kikubari.decide.personalise import AnyBlock, EmailTemplateSource, EmailVariant
from kikubari.deliver import (
    AddressHasher,
    Claimed,
    Composed,
    Delivering,
    DeliveryWorker,
    Dispatch,
    MessageState,
    Origin,
    Outbox,
    Recipient,
    Sender,
    Suppressions,
    WorkerSettings,
    list_dispatch_ids,
    parse_public_id,
)
from kikubari.deliver.providers.smtp import SmtpPool, SmtpSettings
from kikubari.journeys import (
    BroadcastDefinition,
    Broadcasts,
    SavedBlocks,
    SavedBlocksDefinition,
)
from kikubari.kit.clock import SystemClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.spec.errors import ConflictError
from kikubari.storage import SqliteStateStore, migrate
from kikubari.testing.deliver import GrantedConsents, ListedRecipients, PlainComposer, person
from kikubari.testing.events import PlainSealing

CONNECTIONS = 4
N_BROADCASTS = 10
_MOST_CANCELLED = 4
_MESSAGES_PER_ORDER = 60
# Orders come while there is something to send: a worker sends two hundred messages a second.
_PAUSE_PER_MESSAGE = 0.0025
_ORDERS = ("turn", "turn", "turn", "turn", "edit", "edit", "suppress", "cancel")
_WAITING = (MessageState.QUEUED, MessageState.SENDING, MessageState.COMMITTING)
_SPELLINGS = ("p{}@example.com", "P{}@EXAMPLE.com", "p{}+news@example.com")


class Findings(msgspec.Struct, kw_only=True):
    """What came of it; lists name message ids."""

    n_orders: dict[str, int]
    n_messages: int
    n_waiting_at_last_order: int
    n_edits_refused: int
    n_past_the_gate: int
    most_past_the_gate: int
    states: dict[str, int]
    n_arrived: int
    duplicates: list[int]
    too_late: list[int]
    missing: list[int]
    edited: list[int]  # arrived otherwise than as they were started
    seconds: float

    @property
    def is_clean(self) -> bool:
        return (
            not (self.duplicates or self.too_late or self.missing or self.edited)
            and self.n_edits_refused == self.n_orders.get("edit", 0)
            and self.most_past_the_gate <= CONNECTIONS
        )


class EditionComposer(PlainComposer):
    """Messages that say which edition of the letter they were made from."""

    async def compose(
        self, dispatch: Dispatch, people: Sequence[tuple[Claimed, Recipient]]
    ) -> list[Composed]:
        edition = _edition_of(dispatch.letter.email.variants["en"].html).encode()
        return [
            msgspec.structs.replace(one, data=b"X-Edition: " + edition + b"\r\n" + one.data)
            for one in await super().compose(dispatch, people)
        ]


def _edition_of(text: str) -> str:
    """Return the number of the only edition that a letter names."""
    [number] = set(re.findall(r"edition (\d+)", text))
    return str(number)


def saved_edition(number: int) -> SavedBlocksDefinition:
    """Return the blocks that all broadcasts use, in some edition."""
    blocks = [
        {"kind": "heading", "id": "h", "text": f"edition {number}"},
        {"kind": "footer", "id": "f", "lines": ["Tea Ltd, Kyoto"]},
    ]
    return SavedBlocksDefinition(name="News", blocks=msgspec.convert(blocks, tuple[AnyBlock, ...]))


def broadcast_with(saved_id: str, name: str) -> BroadcastDefinition:
    """Return a broadcast to everybody that has these blocks."""
    blocks = {"blocks": [{"kind": "saved", "id": "s", "saved_id": saved_id}]}
    variant = msgspec.convert({"subject": "News", "blocks": blocks}, EmailVariant)
    return BroadcastDefinition(
        name=name,
        segment="all",
        template=EmailTemplateSource(variants={"en": variant}, default_language="en"),
        sender=Sender(from_address="news@shop.example"),
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
        ids = TimeOrderedIds()
        self._suppressions = Suppressions(self._store, self._hasher, ids)
        self._saved = SavedBlocks(self._store, self._clock, ids)
        self._blocks = self._saved.create(saved_edition(0)).id
        everybody = WholeBase(1, n_people)
        self._broadcasts = Broadcasts(self._store, self._outbox, everybody, self._clock, ids)
        self._dispatch_of = dict(self._start(f"News {n}") for n in range(N_BROADCASTS))
        self._origins = list(self._dispatch_of)
        self._cancelled: set[Origin] = set()
        self._paused: set[Origin] = set()
        self._suppressed: set[int] = set()
        # What may not arrive, and which of it was there, or past the gate, by then.
        self._forbidden: dict[Origin | int, tuple[Callable[[int], bool], set[int]]] = {}
        self.given: Counter[str] = Counter()
        self.n_waiting_at_last_order = 0
        self.n_edits_refused = 0
        self.past_the_gate: list[int] = []
        self.too_late: list[int] = []
        self._sending = threading.Thread(target=lambda: asyncio.run(self._send(port)))
        self._worker: DeliveryWorker | None = None

    def give(self, n_orders: int) -> None:
        """Give orders to a worker at work; then let it finish what is left."""
        self._sending.start()
        longest = 2 * _PAUSE_PER_MESSAGE * N_BROADCASTS * len(self._people) / n_orders
        for number in range(n_orders):
            time.sleep(self._random.random() * longest)
            if number == n_orders - 1:
                self.n_waiting_at_last_order = sum(map(self._count_waiting, self._origins))
            self._give_one(may_cancel=len(self._cancelled) < _MOST_CANCELLED * number / n_orders)
        for origin in tuple(self._paused):
            self._resume(origin)
        while sum(map(self._count_waiting, self._origins)):
            time.sleep(0.2)
        assert self._worker is not None
        self._worker.stop()
        self._sending.join()
        for what in self._forbidden:
            self._look_after(what)

    def _give_one(self, *, may_cancel: bool) -> None:
        origin = self._random.choice([one for one in self._origins if one not in self._cancelled])
        order = self._random.choice(_ORDERS if may_cancel else _ORDERS[:-1])
        if order == "turn":
            order = "resume" if origin in self._paused else "pause"
        getattr(self, f"_{order}")(origin)
        self.given[order] += 1

    def _pause(self, origin: Origin) -> None:
        self._broadcasts.pause(origin.id)
        self._paused.add(origin)
        self._forbid(origin, lambda one: one >> 32 == self._dispatch_of[origin])

    def _resume(self, origin: Origin) -> None:
        self._look_after(origin)
        del self._forbidden[origin]
        self._broadcasts.resume(origin.id)
        self._paused.discard(origin)

    def _cancel(self, origin: Origin) -> None:
        self._broadcasts.cancel(origin.id)
        self._paused.discard(origin)
        self._cancelled.add(origin)
        self._forbid(origin, lambda one: one >> 32 == self._dispatch_of[origin])

    def _suppress(self, origin: Origin) -> None:
        del origin
        number = self._random.choice(self._people)
        address = self._random.choice(_SPELLINGS).format(number)
        self._suppressions.add(address, at=datetime.now(UTC))
        self._suppressed.add(number)
        if number not in self._forbidden:
            self._forbid(number, lambda one: one & 0xFFFF_FFFF == number)

    def _edit(self, origin: Origin) -> None:
        self._saved.change(self._blocks, saved_edition(1 + self.given["edit"]))
        try:
            self._broadcasts.change(origin.id, broadcast_with(self._blocks, "Other news"))
        except ConflictError:
            self.n_edits_refused += 1

    def _forbid(self, what: Origin | int, is_forbidden: Callable[[int], bool]) -> None:
        """Note what is past the gate, or on the server's disk: nothing else may arrive any more.

        A while later that is looked at, and again when the order is taken back or all is over.
        """
        past = set(filter(is_forbidden, self._list_ids(MessageState.COMMITTING)))
        self._forbidden[what] = (
            is_forbidden,
            past | set(filter(is_forbidden, self._taken.count())),
        )
        self.past_the_gate.append(len(past))
        time.sleep(0.1)
        self._look_after(what)

    def _look_after(self, what: Origin | int) -> None:
        is_forbidden, known = self._forbidden[what]
        self.too_late += sorted(set(filter(is_forbidden, self._taken.count())) - known)

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

    def _start(self, name: str) -> tuple[Origin, int]:
        """Queue a broadcast to everybody; return its messages' origin and their dispatch."""
        broadcast_id = self._broadcasts.create(broadcast_with(self._blocks, name)).id
        self._broadcasts.send(broadcast_id)
        origin = Origin("broadcast", broadcast_id)
        with self._store.read() as connection:
            [dispatch_id] = list_dispatch_ids(connection, origin).values()
        return origin, dispatch_id

    def _count_waiting(self, origin: Origin) -> int:
        states = self._outbox.count(origin).states
        return sum(states.get(state, 0) for state in _WAITING)

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
                composer=EditionComposer(),
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


def list_edited(sunk: Path) -> list[int]:
    """Return messages of another edition than the one that was started."""
    heads = (path.read_text().partition("\n\n")[0] for path in sunk.glob("*.eml"))
    return [
        int(head.partition("X-Id: ")[2].split()[0])
        for head in heads
        if "X-Edition: 0\n" not in head
    ]


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
        edited = list_edited(sunk)
        orders.close()
    return Findings(
        n_orders=dict(orders.given),
        n_messages=len(states),
        n_waiting_at_last_order=orders.n_waiting_at_last_order,
        n_edits_refused=orders.n_edits_refused,
        n_past_the_gate=sum(orders.past_the_gate),
        most_past_the_gate=max(orders.past_the_gate, default=0),
        states=dict(Counter(state.value for state in states.values())),
        n_arrived=arrived.total(),
        duplicates=sorted(i for i, times in arrived.items() if times > 1),
        too_late=orders.too_late,
        missing=missing,
        edited=edited,
        seconds=round(time.monotonic() - started, 1),
    )


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=40)
    parser.add_argument("--messages", type=int, help="default: sixty for each order")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        n_messages = options.messages or _MESSAGES_PER_ORDER * options.orders
        found = check(Path(folder), n_orders=options.orders, n_messages=n_messages)
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
