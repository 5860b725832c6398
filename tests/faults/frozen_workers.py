"""Eight workers and two schedulers on one PostgreSQL; now and then one of them freezes.

SIGSTOP takes a process out wherever it is: with messages it has claimed, with a body under way,
in the middle of a transaction. It sleeps for more than twice its lease, the others take over what
it had, and then it wakes and goes on with what it was about to do. Another is killed each time.

The receiving server is the oracle: nobody got the message twice, nobody is missing, what it took
is recorded as sent or unknown; at most one message per connection of a process that was frozen or
killed is unknown; the others never stand still for long.

Run: ``python tests/faults/frozen_workers.py --freezes 20``. ``--broken`` takes away the fence: it
must then fail.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import msgspec
from mail_sink import Behaviour, running_sink
from postgres_restart import NotInstalledError, durable_postgres
from sending_process import (
    MailVerdict,
    Role,
    count_settled,
    judge_mail,
    prepare,
    start_broadcast,
    start_sender,
    wait_until_settled,
)
from shop_process import Child

from kikubari.deliver import WorkerSettings

N_WORKERS = 8
N_SCHEDULERS = 2
CONNECTIONS = 2
LEASE = timedelta(seconds=2)
_FROZEN_SECONDS = 2.2 * LEASE.total_seconds()
# The server thinks for so long that a broadcast lasts through all freezes.
_THINK_SECONDS = 0.4
_PEOPLE_PER_FREEZE = 400
_LONGEST_STANDSTILL = 30.0


class Findings(msgspec.Struct, kw_only=True):
    """What came of it."""

    n_freezes: int
    n_kills: int
    longest_standstill_seconds: float  # without any message reaching an end, while one was frozen
    mail: MailVerdict
    seconds: float

    @property
    def is_clean(self) -> bool:
        touched = self.n_freezes + self.n_kills
        return (
            self.mail.is_clean
            and self.mail.n_taken_over > 0
            and self.mail.states.get("unknown", 0) <= CONNECTIONS * touched
            and self.longest_standstill_seconds <= _LONGEST_STANDSTILL
        )


class Crowd:
    """The processes of the installation."""

    def __init__(self, role: Role, seed: int) -> None:
        self._role = role
        self._random = random.Random(seed)
        self._n_started = 0
        self._workers = [self._start_worker() for _ in range(N_WORKERS)]
        self._schedulers = [self._start_scheduler() for _ in range(N_SCHEDULERS)]

    def freeze(self) -> float:
        """Freeze a worker, and every other time a scheduler; returns the longest standstill."""
        frozen = [self._random.choice(self._workers)]
        if self._random.random() < 0.5:
            frozen.append(self._random.choice(self._schedulers))
        for child in frozen:
            child.kill(signal.SIGSTOP)
        longest = self._watch(_FROZEN_SECONDS)
        for child in frozen:
            child.kill(signal.SIGCONT)
        return longest

    def replace(self) -> None:
        """Kill a worker and start another."""
        victim = self._random.randrange(N_WORKERS)
        self._end(self._workers[victim])
        self._workers[victim] = self._start_worker()

    def end(self) -> None:
        for child in (*self._workers, *self._schedulers):
            assert child.is_alive()
            self._end(child)

    def _watch(self, seconds: float) -> float:
        longest, since = 0.0, time.monotonic()
        settled = count_settled(self._role.database_url)
        end = since + seconds
        while time.monotonic() < end:
            time.sleep(0.1)
            now, count = time.monotonic(), count_settled(self._role.database_url)
            if count > settled:
                longest, since, settled = max(longest, now - since), now, count
        return max(longest, time.monotonic() - since)

    @staticmethod
    def _end(child: Child) -> None:
        child.kill()
        child.reap()

    def _start_worker(self) -> Child:
        return start_sender(msgspec.structs.replace(self._role, name=self._next_name()))

    def _start_scheduler(self) -> Child:
        changes = {"name": self._next_name(), "smtp_port": 0, "queues": True}
        return start_sender(msgspec.structs.replace(self._role, **changes))

    def _next_name(self) -> str:
        self._n_started += 1
        return f"process-{self._n_started}"


def check(folder: Path, *, n_freezes: int, is_fenced: bool = True, seed: int = 1) -> Findings:
    """Freeze and kill in an empty folder."""
    started = time.monotonic()
    n_people = _PEOPLE_PER_FREEZE * n_freezes
    sunk = folder / "sink"
    with durable_postgres(folder) as server:
        prepare(server.url)
        with running_sink(sunk, seed, Behaviour(think_seconds=_THINK_SECONDS)) as port:
            role = Role(
                database_url=server.url,
                n_people=n_people,
                name="",
                smtp_port=port,
                settings=WorkerSettings(connections=CONNECTIONS, lease=LEASE, batch=16, chunk=4),
                is_fenced=is_fenced,
            )
            crowd = Crowd(role, seed)
            start_broadcast(server.url, n_people)
            time.sleep(1)  # until everybody has something to do
            standstills = []
            for _ in range(n_freezes):
                standstills.append(crowd.freeze())
                crowd.replace()
            wait_until_settled(server.url, patience=_LONGEST_STANDSTILL if is_fenced else 5)
            crowd.end()
        mail = judge_mail(server.url, sunk, n_people)
    return Findings(
        n_freezes=n_freezes,
        n_kills=n_freezes,
        longest_standstill_seconds=round(max(standstills), 2),
        mail=mail,
        seconds=round(time.monotonic() - started, 1),
    )


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--freezes", type=int, default=3)
    parser.add_argument("--broken", action="store_true", help="without the fence")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = check(Path(folder), n_freezes=options.freezes, is_fenced=not options.broken)
        except NotInstalledError as error:
            sys.exit(str(error))
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
