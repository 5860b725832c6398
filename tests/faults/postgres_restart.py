"""Restarts PostgreSQL without warning under a server that takes events in, and under a broadcast.

The product's process lives on; what it loses is every connection, in the middle of whatever it
was doing, again and again (``pg_ctl -m immediate``, then recovery from the write-ahead log).

Checked for ingestion: refusals are 503 with Retry-After, nobody's connection breaks, every
acknowledged event is in the log once. For the broadcast: the receiving server has every message
once; what it has is recorded as sent or unknown; nobody is missing; at most one message per SMTP
connection and restart is unknown. For both: work goes on by itself.

Run: ``python tests/faults/postgres_restart.py --restarts 67 --beside 3``: three installations at
once, each with a server of its own.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from beside import run_beside
from mail_sink import Behaviour, running_sink
from sending_process import (
    CONNECTIONS,
    MailVerdict,
    Role,
    judge_mail,
    prepare,
    start_broadcast,
    start_sender,
    wait_until_settled,
)
from shop_load import Answer, Load, read_told
from shop_process import Child, Place, listen, set_up, start_shop
from shop_verdict import Verdict, judge

from postgres_server import PostgresServer, find_binaries

_PEOPLE_PER_RESTART = 60
_RESUME_SECONDS = 30.0
# Small, yet durable: what is acknowledged here must survive.
_SETTINGS = "-c shared_buffers=32MB -c max_connections=60"


class Ingestion(msgspec.Struct, kw_only=True):
    """What came of the events."""

    n_restarts: int
    answers: dict[int, int]
    n_without_retry_after: int
    longest_pause_seconds: float  # between a server that is back and the first 200
    verdict: Verdict

    @property
    def is_clean(self) -> bool:
        return (
            self.verdict.is_clean
            and self.answers.keys() <= {200, 503}
            and self.n_without_retry_after == 0
            and self.longest_pause_seconds <= _RESUME_SECONDS
        )


class Sending(msgspec.Struct, kw_only=True):
    """What came of the broadcast."""

    n_restarts: int
    mail: MailVerdict
    next_message_after_seconds: float  # between the last return of the server and a message
    finished_after_seconds: float

    @property
    def is_clean(self) -> bool:
        unknown = self.mail.states.get("unknown", 0)
        return (
            self.mail.is_clean
            and unknown <= CONNECTIONS * self.n_restarts
            and self.next_message_after_seconds <= _RESUME_SECONDS
        )


class Findings(msgspec.Struct):
    """Both."""

    ingestion: Ingestion
    sending: Sending

    @property
    def is_clean(self) -> bool:
        return self.ingestion.is_clean and self.sending.is_clean


class NotInstalledError(Exception):
    """This machine has no PostgreSQL server."""


@contextmanager
def durable_postgres(folder: Path) -> Iterator[PostgresServer]:
    """Start a server that keeps what it commits.

    Raises:
        NotInstalledError: there is none on this machine.
    """
    binaries = find_binaries()
    if binaries is None:
        raise NotInstalledError("PostgreSQL is not installed: apt-get install postgresql")
    server = PostgresServer(binaries, folder / "postgres", _SETTINGS)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def restart_often(server: PostgresServer, n_restarts: int, seed: int) -> list[float]:
    """Restart at random moments; return when the server was back."""
    randomness = random.Random(seed)
    back = []
    for _ in range(n_restarts):
        time.sleep(0.2 + randomness.random())
        server.stop()
        time.sleep(randomness.random() * 0.5)
        server.start()
        back.append(time.monotonic())
    return back


def check_ingestion(
    server: PostgresServer, folder: Path, n_restarts: int, seed: int = 1
) -> Ingestion:
    """Restart under the load of events."""
    place = Place(keys=folder / "instance.key", database_url=server.url)
    listener = listen()
    made = Child(lambda report: report(set_up(place).encode()))
    write_key = made.wait_ready().decode()
    made.reap()
    shop = start_shop(place, listener)
    shop.wait_ready()
    load = Load(listener.getsockname(), write_key, folder / "acknowledged")
    back = restart_often(server, n_restarts, seed=2 * seed)
    load.settle()
    assert shop.is_alive()
    shop.kill(signal.SIGTERM)
    shop.reap()
    load.end()
    told = read_told(folder / "acknowledged")
    refused = [answer for answer in told.answers if answer.status != 200]
    return Ingestion(
        n_restarts=n_restarts,
        answers=dict(told.statuses),
        n_without_retry_after=sum(not answer.retry_after.isdigit() for answer in refused),
        longest_pause_seconds=round(_longest_pause(told.answers, back), 2),
        verdict=judge(place, told),
    )


def _longest_pause(answers: list[Answer], back: list[float]) -> float:
    """Return the longest time from a return of the data base to the next acknowledgement."""
    good = [answer.at for answer in answers if answer.status == 200]
    return max(min((at for at in good if at > since), default=1e9) - since for since in back)


# The broadcast


def check_sending(server: PostgresServer, folder: Path, n_restarts: int, seed: int = 1) -> Sending:
    """Restart under a broadcast."""
    n_people = _PEOPLE_PER_RESTART * (n_restarts + 1)
    sunk = folder / "sink"
    prepare(server.url)
    start_broadcast(server.url, n_people)
    with running_sink(sunk, 1, Behaviour()) as port:
        role = Role(
            database_url=server.url, n_people=n_people, name="a", smtp_port=port, queues=True
        )
        sender = start_sender(role)
        back = restart_often(server, n_restarts, seed=2 * seed + 1)
        back_at = time.time()
        finished = wait_until_settled(server.url, patience=2 * _RESUME_SECONDS) - back[-1]
        assert sender.is_alive()
        sender.kill()
        sender.reap()
    return Sending(
        n_restarts=n_restarts,
        mail=judge_mail(server.url, sunk, n_people),
        next_message_after_seconds=round(_next_message(sunk, back_at) - back_at, 2),
        finished_after_seconds=round(finished, 2),
    )


def _next_message(sunk: Path, since: float) -> float:
    """Return when the receiving server took the next message, by the wall clock."""
    written = (path.stat().st_mtime for path in sunk.glob("*.eml"))
    return min((at for at in written if at > since), default=1e12)


def check(folder: Path, *, n_restarts: int, seed: int = 1) -> Findings:
    """Restart a server of our own under both, in an empty folder."""
    with durable_postgres(folder / "a") as server:
        (folder / "events").mkdir()
        ingestion = check_ingestion(server, folder / "events", n_restarts, seed)
        sending = check_sending(server, folder, n_restarts, seed)
    return Findings(ingestion, sending)


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--restarts", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beside", type=int, default=1, help="so many installations at once")
    options = parser.parse_args()
    if options.beside > 1:
        each = ["--restarts", str(options.restarts)]
        found, is_clean = run_beside(__file__, each, options.beside)
        print(json.dumps(found, indent=2))
        sys.exit(not is_clean)
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = check(Path(folder), n_restarts=options.restarts, seed=options.seed)
        except NotInstalledError as error:
            sys.exit(str(error))
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
