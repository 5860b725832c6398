"""Sends to servers that refuse, hang up or fall silent at every phase of the dialogue.

One recipient in ten has a fate of each kind: at RCPT, at DATA and after the final dot the server
says "later", "never" or 421, drops the line or says nothing, once before and once after the
message is on its disk. Besides that, sessions go wrong at the greeting, EHLO and MAIL. Everybody
shares the same few connections.

The receiving server's files are the oracle. Checked for each recipient: how often the message
arrived, how often it was tried, and what our records say of it; of those to whom the server says
"later" for ever, that it was tried for four days at least.

Run: ``python tests/faults/bad_servers.py --people 3000``.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from mail_sink import (
    DROP,
    STALL,
    TAKEN_DROP,
    TAKEN_STALL,
    Behaviour,
    count_taken,
    list_faults,
    running_sink,
)
from sqlalchemy import Connection

from kikubari.deliver import (
    AddressHasher,
    Delivering,
    DeliveryWorker,
    MessageState,
    MessageView,
    Origin,
    Outbox,
    Reason,
    WorkerSettings,
    enqueue,
    open_dispatch,
)
from kikubari.deliver.providers.smtp import Backoff, SmtpPool, SmtpSettings, SmtpTimeouts
from kikubari.deliver.retry import SCHEDULE
from kikubari.kit.clock import ManualClock
from kikubari.storage import SqliteStateStore, migrate
from kikubari.testing.deliver import (
    GrantedConsents,
    ListedRecipients,
    PlainComposer,
    letter,
    person,
)
from kikubari.testing.events import PlainSealing

CONNECTIONS = 6
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ORIGIN = Origin("broadcast", "brd_1")
LATER, NEVER, CLOSING = "451 4.3.0 later", "550 5.1.1 never", "421 4.3.2 closing"
# The product waits as RFC 5321 says; here the silence is as long to it, and shorter to us.
_SILENCE = 1.0
_TIMEOUTS = SmtpTimeouts(
    connect=_SILENCE, greeting=_SILENCE, command=_SILENCE, data=_SILENCE, final_dot=_SILENCE
)
_IMPATIENT = Backoff(first=0.05, most=0.2)
_FOR_EVER = 1_000
_SESSION_FAULTS = {
    "greeting": ["554 5.3.2 not now", CLOSING, DROP, STALL],
    "ehlo": [CLOSING, DROP, STALL],
    "mail": [LATER, CLOSING, DROP, STALL],
}


class Fate(msgspec.Struct, frozen=True):
    """What the server does to a recipient, and what has to come of it."""

    phase: str
    script: list[str]
    state: MessageState
    reason: Reason | None = None
    n_arrived: int = 0

    @property
    def tries(self) -> range:
        """Return how often the server may get the chance; a fault at MAIL is a try as well."""
        if len(self.script) > 1:
            return range(len(SCHEDULE) // 2, len(SCHEDULE) + 2)
        return range(len(self.script), len(self.script) + 1)

    @property
    def name(self) -> str:
        times = " for ever" if len(self.script) > 1 else ""
        return f"{self.phase}: {self.script[0]}{times}"


def _fates() -> list[Fate]:
    """Return every combination of phase and fault."""
    fates = []
    for phase in ("rcpt", "data", "final_dot"):
        fates.append(Fate(phase, [NEVER], MessageState.FAILED, Reason.REFUSED))
        fates += [Fate(phase, [one], MessageState.SENT, n_arrived=1) for one in (LATER, CLOSING)]
    for phase in ("rcpt", "data"):
        fates += [Fate(phase, [one], MessageState.SENT, n_arrived=1) for one in (DROP, STALL)]
    unknown = (MessageState.UNKNOWN, Reason.OUTCOME_UNKNOWN)
    fates += [Fate("final_dot", [one], *unknown) for one in (DROP, STALL)]
    fates += [Fate("final_dot", [one], *unknown, 1) for one in (TAKEN_DROP, TAKEN_STALL)]
    given_up = (MessageState.FAILED, Reason.RETRIES_EXHAUSTED)
    fates.append(Fate("rcpt", [LATER] * _FOR_EVER, *given_up))
    return fates


FATES = _fates()
_WELL = Fate("", [], MessageState.SENT, n_arrived=1)


def fate_of(number: int) -> Fate:
    """Return a fate of every kind to one in twenty each, and none to the rest."""
    place = number % 20
    return FATES[place] if place < len(FATES) else _WELL


class Findings(msgspec.Struct, kw_only=True):
    """What came of it; `wrong` says of whom something else came than should have."""

    n_people: int
    n_faults: dict[str, int]
    states: dict[str, int]
    n_arrived: int
    wrong: list[str]
    shortest_patience_days: float  # until a recipient was given up to whom it is always "later"
    seconds: float

    @property
    def is_clean(self) -> bool:
        return not self.wrong and self.shortest_patience_days >= 4


class Installation:
    """One outbox with one worker after the other on a clock that is moved on."""

    def __init__(self, folder: Path, port: int, n_people: int) -> None:
        self._store = SqliteStateStore(folder / "state.db")
        migrate(self._store)
        self._clock = ManualClock(START)
        self._port = port
        self._numbers = range(1, n_people + 1)
        self._outbox = Outbox(self._store, PlainSealing(), self._clock)
        self._store.write(self._enqueue)
        self._given_up: dict[int, datetime] = {}

    def send_all(self) -> None:
        """Deliver what is due, move on to when something is due again, until nothing waits."""
        while True:
            asyncio.run(self._deliver())
            waiting = list(self.list_messages(MessageState.QUEUED))
            for one in self.list_messages(MessageState.FAILED):
                self._given_up.setdefault(one.number, self._clock.now())
            if not waiting:
                return
            due = min(one.due_at for one in waiting if one.due_at)
            self._clock.advance(max(due - self._clock.now(), timedelta(minutes=1)))

    def list_messages(self, state: MessageState | None = None) -> Iterator[MessageView]:
        """Return what our records say."""
        return iter(self._outbox.list_messages(ORIGIN, state=state, limit=1_000_000))

    def patience(self) -> timedelta:
        """Return how long it took at least until somebody was given up after many tries."""
        tried = [n for n in self._given_up if len(fate_of(n).script) > 1]
        return min((self._given_up[n] - START for n in tried), default=timedelta())

    def close(self) -> None:
        self._store.close()

    def _enqueue(self, connection: Connection) -> None:
        dispatch_id = open_dispatch(connection, ORIGIN, letter(), now=START)
        enqueue(connection, dispatch_id, self._numbers, now=START)

    async def _deliver(self) -> None:
        pool = SmtpPool(
            SmtpSettings(host="127.0.0.1", port=self._port, starttls="none"),
            size=CONNECTIONS,
            timeouts=_TIMEOUTS,
            backoff=_IMPATIENT,
        )
        worker = DeliveryWorker(
            Delivering(
                store=self._store,
                recipients=ListedRecipients(person(number) for number in self._numbers),
                consents=GrantedConsents(self._numbers),
                sealing=PlainSealing(),
                composer=PlainComposer(),
                transport=pool,
                hasher=AddressHasher(b"k" * 32),
                clock=self._clock,
                jitter=lambda: 0.0,
            ),
            name=f"at {self._clock.now()}",
            is_alone=True,
            settings=WorkerSettings(connections=CONNECTIONS),
        )
        await worker.run(until_idle=True)
        await pool.close()


def check(folder: Path, *, n_people: int, seed: int = 1) -> Findings:
    """Send to everybody in an empty folder."""
    started = time.monotonic()
    people = range(1, n_people + 1)
    behaviour = Behaviour(
        think_seconds=0.002,
        share_of_sessions=0.1,
        session_faults=_SESSION_FAULTS,
        fates={n: (fate.phase, fate.script) for n in people if (fate := fate_of(n)).script},
    )
    sunk = folder / "sink"
    with running_sink(sunk, seed, behaviour) as port:
        installation = Installation(folder, port, n_people)
        installation.send_all()
        messages = list(installation.list_messages())
        patience = installation.patience()
        installation.close()
    faults = list_faults(sunk)
    arrived = Counter({i & 0xFFFF_FFFF: times for i, times in count_taken(sunk).items()})
    tried = Counter(number for _, number, _ in faults)
    kinds = Counter(f"{phase}: {action}" for phase, _, action in faults)
    return Findings(
        n_people=n_people,
        n_faults=dict(sorted(kinds.items())),
        states=dict(Counter(one.state.value for one in messages)),
        n_arrived=arrived.total(),
        wrong=[
            text
            for one in messages
            if (text := _compare(one, arrived[one.number], tried[one.number]))
        ],
        shortest_patience_days=round(patience / timedelta(days=1), 2),
        seconds=round(time.monotonic() - started, 1),
    )


def _compare(message: MessageView, n_arrived: int, n_faults: int) -> str:
    """Return what is wrong with what became of a message; empty if nothing is."""
    fate = fate_of(message.number)
    reason = message.reason if message.state is not MessageState.SENT else None
    found = (message.state, reason, n_arrived)
    expected = (fate.state, fate.reason, fate.n_arrived)
    if found == expected and n_faults in fate.tries:
        return ""
    return f"{fate.name}: {found} after {n_faults} faults, not {expected}"


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = check(Path(folder), n_people=options.people)
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
