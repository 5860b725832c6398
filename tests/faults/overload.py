"""Offers a server ten times the events it can take in, and looks at its manners.

First a few clients send at ease: that gives the time an answer takes, and the time that letters
take which customers wait for. Then they send without pause, until no more may wait for the log:
that gives its capacity. Then ten times as many send much larger batches. Then they stop.

Checked: every answer is 200, 429 or 503; those that refuse say by Retry-After when to come back;
the same process goes on; every acknowledged event is in the log once; of the letters none is lost
or doubled; within 60 seconds of the end of it an answer takes as long as before. ``--strict``: it
was ten times as much, and the 95th percentile of the wait for a letter at most doubled.

Run: ``python tests/faults/overload.py --seconds 60 --strict``.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import msgspec
from mail_beside import Mailer, read_mailed
from mail_sink import Behaviour, running_sink
from shop_load import Answer, Load, read_told
from shop_process import Child, Place, listen, set_up, start_shop
from shop_verdict import Verdict, judge

CLIENTS = 4
_BATCH = 20
_TIMES = 10
# At ten million, as the product has it, this would take an hour.
_MAX_WAITING = 20_000
_LARGE_BATCH = 500
# Batches that a client sends again and again before it makes another.
_PATIENCE = 2
_RECOVERY_SECONDS = 60.0
# Twice as long, or so short that nobody could tell.
_AS_BEFORE = 2.0
_UNNOTICED_SECONDS = 0.05


class Findings(msgspec.Struct, kw_only=True):
    """What came of it; times are 95th percentiles, in milliseconds.

    Attributes:
        capacity: events a second that the log took in, as many as came.
        offered_times: of that, how many were offered.
        wait_before_ms, wait_during_ms: for a 200.
        mail_before_ms, mail_during_ms: of a letter, from the wish to the receiving server's disk.
    """

    capacity: int
    offered_times: float
    answers: dict[int, int]
    n_without_retry_after: int
    wait_before_ms: float
    wait_during_ms: float
    n_mails: int
    n_mails_lost: int
    n_mails_doubled: int
    mail_before_ms: float
    mail_during_ms: float
    recovered_after_seconds: float
    verdict: Verdict

    @property
    def is_clean(self) -> bool:
        return (
            self.verdict.is_clean
            and self.answers.keys() <= {200, 429, 503}
            and self.answers.keys() & {429, 503} != set()
            and self.n_without_retry_after == 0
            and self.recovered_after_seconds <= _RECOVERY_SECONDS
            and self.n_mails_lost == self.n_mails_doubled == 0
        )

    @property
    def is_as_promised(self) -> bool:
        """Whether it was as much as it should be, and letters were as soon as they should be."""
        return (
            self.is_clean
            and self.offered_times >= _TIMES
            and self.mail_during_ms <= _AS_BEFORE * self.mail_before_ms
        )


class _Marks:
    """When each part began, by the clock of the clients and by the wall."""

    def __init__(self) -> None:
        self.steady: list[float] = []
        self.wall: list[float] = []

    def set(self) -> None:
        self.steady.append(time.monotonic())
        self.wall.append(time.time())


def check(folder: Path, *, seconds: float) -> Findings:
    """Overload a server of our own, in an empty folder."""
    place = Place(
        keys=folder / "instance.key",
        state=folder / "state.db",
        intake=folder / "intake.db",
        max_waiting=_MAX_WAITING,
    )
    listener = listen()
    made = Child(lambda report: report(set_up(place).encode()))
    write_key = made.wait_ready().decode()
    made.reap()
    asked, sunk, oracle = folder / "asked", folder / "sink", folder / "acknowledged"

    @contextmanager
    def load(name: str, clients: int, pause: float, batch: int = _BATCH) -> Iterator[None]:
        address = listener.getsockname()
        crowd = Load(
            address,
            write_key,
            oracle,
            clients=clients,
            batch=batch,
            pause=pause,
            patience=_PATIENCE,
            name=name,
        )
        yield
        crowd.settle()
        crowd.end()

    with running_sink(sunk, 1, Behaviour(think_seconds=0.0)) as port:
        server = start_shop(place, listener, beside=Mailer(asked, port).start)
        server.wait_ready()
        marks = _Marks()
        marks.set()
        with load("before", CLIENTS, 0.2):
            time.sleep(_quiet_seconds(seconds))
        marks.set()
        with load("capacity", CLIENTS, 0.0, 100):
            time.sleep(_quiet_seconds(seconds))
        marks.set()
        with load("crowd", _TIMES * CLIENTS, 0.0, _LARGE_BATCH):
            time.sleep(seconds)
            marks.set()
        ended = time.monotonic()
        parts = _cut_at(read_told(oracle).answers, marks.steady)
        with load("after", CLIENTS, 0.2):
            recovered = _wait_until_as_before(oracle, ended, _wait(parts[0]))
        assert server.is_alive()
        mailed = read_mailed(asked, sunk, until=time.time(), patience=_RECOVERY_SECONDS)
        server.kill(signal.SIGTERM)
        server.reap()
    told = read_told(oracle)
    capacity = _log_rate(parts[1])
    crowd_seconds = marks.steady[3] - marks.steady[2]
    return Findings(
        capacity=round(capacity),
        offered_times=round(_count(parts[2]) / crowd_seconds / capacity, 1),
        answers=dict(Counter(answer.status for answer in told.answers)),
        n_without_retry_after=sum(
            not one.retry_after.isdigit() for one in told.answers if one.status != 200
        ),
        wait_before_ms=round(_wait(parts[0]) * 1_000, 1),
        wait_during_ms=round(_wait(parts[2]) * 1_000, 1),
        n_mails=len(mailed.waits),
        n_mails_lost=len(mailed.lost),
        n_mails_doubled=len(mailed.doubled),
        mail_before_ms=round(mailed.percentile(*marks.wall[0:2]) * 1_000, 1),
        mail_during_ms=round(mailed.percentile(*marks.wall[2:4]) * 1_000, 1),
        recovered_after_seconds=round(recovered, 1),
        verdict=judge(place, told, mails=True),
    )


def _quiet_seconds(seconds: float) -> float:
    """Return how long to look at what is usual."""
    return min(20.0, max(5.0, seconds / 2))


def _count(answers: list[Answer]) -> int:
    """Return how many events were offered."""
    return sum(len(one.ids) for one in answers)


def _log_rate(answers: list[Answer]) -> float:
    """Return events a second that were taken from when no more might wait for the log."""
    refused = [one.at for one in answers if one.status == 429]
    start = refused[0] if refused else answers[0].at
    taken = [one for one in answers if one.status == 200 and one.at >= start]
    return _count(taken) / (answers[-1].at - start)


def _cut_at(answers: list[Answer], marks: list[float]) -> list[list[Answer]]:
    """Return the answers between each two marks."""
    return [[one for one in answers if start <= one.at < end] for start, end in pairwise(marks)]


def _wait(answers: list[Answer]) -> float:
    """Return the 95th percentile of the wait for a 200, in seconds."""
    waits = sorted(one.seconds for one in answers if one.status == 200)
    return waits[int(0.95 * (len(waits) - 1))] if waits else float("inf")


def _wait_until_as_before(oracle: Path, since: float, wait_before: float) -> float:
    """Return after how long a second passed in which answers took as long as before."""
    enough = max(_AS_BEFORE * wait_before, _UNNOTICED_SECONDS)
    while time.monotonic() < since + 2 * _RECOVERY_SECONDS:
        time.sleep(1)
        now = time.monotonic()
        [latest] = _cut_at(read_told(oracle).answers, [now - 1, now])
        is_served = len(latest) >= CLIENTS and all(one.status == 200 for one in latest)
        if is_served and _wait(latest) <= enough:
            return now - since
    return float("inf")


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="how long it is too much")
    parser.add_argument(
        "--strict", action="store_true", help="judge times, too: nothing else may run meanwhile"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = check(Path(folder), seconds=options.seconds)
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not (found.is_as_promised if options.strict else found.is_clean))


if __name__ == "__main__":
    main()
