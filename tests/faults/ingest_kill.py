"""Kills a server that takes events in, again and again, and asks the senders what they were told.

The senders are the oracle: each 200 is fsynced to a file of theirs before the next request.
Three ways to die:

- ``--kills N``: at N random moments, while starting or under load;
- ``--points N``: before and after each commit, each insert into the log and each answer;
- ``--calls N``: inside SQLite's own writes and fsyncs, by strace (and, one time in three, the
  disk does not die but the call fails with EIO).

Checked over all of it: every acknowledged messageId is in the log exactly once, positions have no
gap, sending everything again changes nothing, what is derived is what an undisturbed run derives.

Run: ``python tests/faults/ingest_kill.py --kills 200 --points 150 --calls 60``.
"""

import argparse
import itertools
import os
import random
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import msgspec
from shop_load import Load, Told, read_told
from shop_process import Child, Place, Report, listen, set_up, start_shop
from shop_verdict import Verdict, judge
from sqlalchemy import Connection

from kikubari.collect import _http
from kikubari.events import Intake, _repository
from kikubari.events.codec import decode_batch, message_key

STATES = ("nothing waiting", "unanswered", "waiting", "between commits", "mid-commit")
_START_SECONDS = 0.1
_LOAD_SECONDS = 0.3
_CALL_SECONDS = 4.0


class Findings(msgspec.Struct):
    """What came of it."""

    kills_by_state: Counter[str] = msgspec.field(default_factory=Counter)
    points: Counter[str] = msgspec.field(default_factory=Counter)
    n_kills: int = 0
    n_failed_calls: int = 0
    answers: Counter[int] = msgspec.field(default_factory=Counter)
    acknowledged_per_second: float = 0  # events, the times included in which no server stood
    verdict: Verdict | None = None
    after_repetition: Verdict | None = None
    seconds: float = 0

    @property
    def is_clean(self) -> bool:
        return (
            self.verdict is not None
            and self.verdict.is_clean
            and self.verdict == self.after_repetition
        )


class DeathAt:
    """Dies at the n-th point at which a process could die."""

    def __init__(self, number: int, report: Report) -> None:
        self._left = number
        self._report = report
        self._lock = threading.Lock()

    def install(self) -> None:
        """Put points around commits, inserts into the log, and answers."""
        self._surround(Connection, "commit", lambda c: f"commit of {_store_name(c)}")
        self._surround(_repository, "insert_events", lambda *_: "insert into the log")
        self._surround(_http, "respond", lambda *_: "answer")

    def _surround(self, owner: object, name: str, describe: Callable[..., str]) -> None:
        original = getattr(owner, name)

        def between(*args: object) -> object:
            self._pass_by("before " + describe(*args))
            result = original(*args)
            self._pass_by("after " + describe(*args))
            return result

        setattr(owner, name, between)

    def _pass_by(self, point: str) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self._report(point.encode())
                os.kill(os.getpid(), signal.SIGKILL)


def _store_name(connection: Connection) -> str:
    return Path(connection.engine.url.database or "").stem


class Harness:
    """One installation that is killed over and over, under load all the time."""

    def __init__(
        self, folder: Path, *, seed: int, prepare: Callable[[Report], None] | None
    ) -> None:
        self._random = random.Random(seed)
        self._folder = folder
        self._prepare = prepare
        self._place = Place.in_folder(folder)
        self._oracle = folder / "acknowledged"
        self._listener = listen()
        self.findings = Findings()
        write_key = _in_child(lambda: set_up(self._place))
        self._load = Load(self._listener.getsockname(), write_key, self._oracle)

    def kill_at_random(self, n_kills: int) -> None:
        """Kill while starting (one in eight) or up to a third of a second into the load."""
        for _ in range(n_kills):
            child = start_shop(self._place, self._listener, self._prepare)
            if self._random.random() < 0.125:
                time.sleep(self._random.random() * _START_SECONDS)
            else:
                child.wait_ready()
                time.sleep(self._random.random() * _LOAD_SECONDS)
            child.kill()
            self._reap(child)

    def kill_at_points(self, n_kills: int) -> None:
        """Kill at the 1st, 2nd … point; in steps of random size, as they come in rounds."""
        number = 1
        for _ in range(n_kills):

            def prepare(report: Report, number: int = number) -> None:
                DeathAt(number, report).install()

            child = start_shop(self._place, self._listener, prepare)
            reported = child.wait_ready()
            if reported == b"ready":
                reported = child.wait_ready()
            self.findings.points[reported.decode().removeprefix("ready")] += 1
            self._reap(child)
            number += self._random.randint(1, 3)

    def kill_at_calls(self, n_kills: int) -> None:
        """Kill at, or fail, the n-th write or fsync of a thread."""
        for number, call, fault in itertools.islice(_list_calls(self._random), n_kills):
            child = start_shop(self._place, self._listener)
            child.wait_ready()
            tracer = _trace(child.pid, f"inject={call}:{fault}:when={number}")
            if fault.startswith("error"):
                time.sleep(_LOAD_SECONDS)
                self.findings.n_failed_calls += 1
                child.kill()
            elif _is_over(child, _CALL_SECONDS):
                self.findings.points[f"in {call}"] += 1
            else:
                child.kill()  # that many calls did not come
            tracer.wait()
            self._reap(child)

    def finish(self) -> Findings:
        """Let an undisturbed server acknowledge all and judge; repeat all and judge again."""
        found = self.findings
        self._serve_while(self._load.settle)
        told = read_told(self._oracle)
        found.answers = told.statuses
        found.acknowledged_per_second = _rate(told)
        found.kills_by_state["unanswered"] = min(found.n_kills, told.statuses[0])
        found.verdict = judge(self._place, told)
        self._serve_while(self._load.repeat)
        found.after_repetition = judge(self._place, told)
        return found

    def _serve_while(self, work: Callable[[], None]) -> None:
        child = start_shop(self._place, self._listener)
        work()
        child.kill(signal.SIGTERM)
        assert not child.reap()

    def _reap(self, child: Child) -> None:
        assert child.reap(), "the server ended by itself"
        self.findings.n_kills += 1
        self.findings.kills_by_state.update(self._look())

    def _look(self) -> set[str]:
        """Name the states the kill left behind; on copies, as the server must do the recovery."""
        found: set[str] = set()
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            for name in ("state.db", "state.db-wal", "intake.db", "intake.db-wal"):
                if (self._folder / name).exists():
                    shutil.copy(self._folder / name, folder)
            if _is_mid_commit(Path(folder) / "state.db-wal") or _is_mid_commit(
                Path(folder) / "intake.db-wal"
            ):
                found.add("mid-commit")
            bodies = _rows(Path(folder) / "intake.db", "SELECT body FROM inbox")
            found.add("waiting" if bodies else "nothing waiting")
            for (body,) in bodies:
                key = message_key(decode_batch(body)[0].message_id)
                state = Path(folder) / "state.db"
                if _rows(state, "SELECT 1 FROM events WHERE message_key = ?", key):
                    found.add("between commits")
        return found


def _rate(told: Told) -> float:
    took = told.answers[-1].at - told.answers[0].at
    return round(len(told.acknowledged) / took, 1)


def _rows(path: Path, sql: str, *parameters: object) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, parameters).fetchall()


def _is_mid_commit(wal: Path) -> bool:
    """Say whether the last frames written to a WAL lack the one that commits them."""
    data = wal.read_bytes() if wal.exists() else b""
    page_size, salt = int.from_bytes(data[8:12], "big"), data[16:24]
    last_commit = True
    for at in range(32, len(data) - 24 - page_size + 1, 24 + page_size):
        if data[at + 8 : at + 16] != salt:
            break
        last_commit = data[at + 4 : at + 8] != bytes(4)
    return not last_commit


def _list_calls(randomness: random.Random) -> "itertools.chain[tuple[int, str, str]]":
    """Yield (n, call, fault) without end."""

    def pick() -> tuple[int, str, str]:
        call = randomness.choice(["fdatasync", "pwrite64"])
        fault = randomness.choice(["signal=SIGKILL", "signal=SIGKILL", "error=EIO"])
        return randomness.randint(1, 12 if call == "fdatasync" else 60), call, fault

    return itertools.chain.from_iterable([pick()] for _ in itertools.count())


def _trace(pid: int, injection: str) -> "subprocess.Popen[bytes]":
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(pid)]
    command += ["-e", "trace=fdatasync,pwrite64", "-e", injection]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def _is_over(child: Child, seconds: float) -> bool:
    """Say whether a child ends within a time."""
    return bool(select.select([child.reports], [], [], seconds)[0])


def _in_child(work: Callable[[], str]) -> str:
    """Return what `work` returns in a child: it starts threads, and we must fork later."""
    child = Child(lambda report: report(work().encode()))
    answer = child.wait_ready().decode()
    child.reap()
    return answer


def answer_too_early(_report: Report) -> None:
    """Break the product: acknowledge before the commit. The harness must see it."""
    append = Intake.append

    def append_late(self: Intake, *args: object, **kwargs: object) -> object:
        threading.Timer(0.03, append, (self, *args), kwargs).start()
        done = Future()
        done.set_result(None)
        return done

    Intake.append = append_late  # type: ignore[method-assign]


def check(
    folder: Path,
    *,
    kills: int,
    points: int = 0,
    calls: int = 0,
    seed: int = 1,
    prepare: Callable[[Report], None] | None = None,
) -> Findings:
    """Kill an installation in an empty folder, and judge."""
    started = time.monotonic()
    harness = Harness(folder, seed=seed, prepare=prepare)
    harness.kill_at_random(kills)
    harness.kill_at_points(points)
    harness.kill_at_calls(calls)
    found = harness.finish()
    found.seconds = round(time.monotonic() - started, 1)
    return found


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--points", type=int, default=24)
    parser.add_argument("--calls", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broken", action="store_true", help="acknowledge before the commit")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = check(
            Path(folder),
            kills=options.kills,
            points=options.points,
            calls=options.calls,
            seed=options.seed,
            prepare=answer_too_early if options.broken else None,
        )
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
