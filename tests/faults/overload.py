"""Offers a server ten times the events it was asked to take before, and looks at its manners.

First a few clients send at ease: that gives the time an answer takes. Then ten times as many send
without any pause, and the log falls behind until no more may wait for it. Then they stop.

Checked: every answer is 200, 429 or 503; those that refuse say by Retry-After when to come back;
the same process goes on; every acknowledged event is in the log once; within 60 seconds of the
end of it an answer takes as long as before.

Run: ``python tests/faults/overload.py --seconds 60``.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import msgspec
from shop_load import Answer, Load, read_told
from shop_process import Child, Place, listen, set_up, start_shop
from shop_verdict import Verdict, judge

CLIENTS = 4
_BATCH = 20
_TIMES = 10
# At ten million, as the product has it, this would take an hour.
_MAX_WAITING = 400
_RECOVERY_SECONDS = 60.0
# Twice as long, or so short that nobody could tell.
_AS_BEFORE = 2.0
_UNNOTICED_SECONDS = 0.05


class Findings(msgspec.Struct, kw_only=True):
    """What came of it; times are 95th percentiles of the wait for a 200, in milliseconds."""

    offered_times: float  # requests a second, compared with before
    answers: dict[int, int]
    n_without_retry_after: int
    wait_before_ms: float
    wait_during_ms: float
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
        )


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
    server = start_shop(place, listener)
    server.wait_ready()
    oracle = folder / "acknowledged"

    def load(name: str, clients: int, pause: float) -> Load:
        return Load(
            listener.getsockname(),
            write_key,
            oracle,
            clients=clients,
            batch=_BATCH,
            pause=pause,
            name=name,
        )

    marks = [time.monotonic()]
    at_ease = load("before", CLIENTS, 0.2)
    time.sleep(3)
    at_ease.settle()
    at_ease.end()
    marks.append(time.monotonic())
    crowd = load("crowd", _TIMES * CLIENTS, 0.0)
    time.sleep(seconds)
    crowd.settle()
    crowd.end()
    marks.append(time.monotonic())
    before, during = _cut_at(read_told(oracle).answers, marks)
    wait_before = _wait(before)
    after = load("after", CLIENTS, 0.2)
    recovered = _wait_until_as_before(oracle, marks[-1], wait_before)
    after.settle()
    after.end()
    assert server.is_alive()
    server.kill(signal.SIGTERM)
    server.reap()
    told = read_told(oracle)
    refused = [answer for answer in told.answers if answer.status != 200]
    rates = [
        len(some) / (end - start)
        for some, start, end in zip((before, during), marks, marks[1:], strict=False)
    ]
    return Findings(
        offered_times=round(rates[1] / rates[0], 1),
        answers=dict(Counter(answer.status for answer in told.answers)),
        n_without_retry_after=sum(not answer.retry_after.isdigit() for answer in refused),
        wait_before_ms=round(wait_before * 1_000, 1),
        wait_during_ms=round(_wait(during) * 1_000, 1),
        recovered_after_seconds=round(recovered, 1),
        verdict=judge(place, told),
    )


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
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = check(Path(folder), seconds=options.seconds)
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
