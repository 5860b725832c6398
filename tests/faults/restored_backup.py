"""Takes back-ups of a shop in the middle of sending, restores them, and lets the copies send.

The original sends everything, before and after each back-up. Each copy is restored by the
product's own command and then does what an installation does at its start: it goes on queueing
what is unfinished, delivers all that is due, and sends one new broadcast.

The one receiving server is the oracle: nobody got a message twice, from whomever; new broadcasts
of the copies arrived whole. A copy that is not restored but just started sends nothing at all;
one that was copied by hand, without the product knowing, does send twice: the harness must see it.

Run: ``python tests/faults/restored_backup.py --backups 20``.
"""

import argparse
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
from broadcast_process import DEFINITION, Job, deliver, fork, reap
from mail_sink import Behaviour, count_taken, running_sink

from kikubari.app.backup import back_up, restore
from kikubari.app.secrets import load_instance_key
from kikubari.app.settings import Settings
from kikubari.storage import SqliteStateStore, copy_sqlite, migrate

PEOPLE = 40
CONNECTIONS = 3
_THINK_SECONDS = 0.05


class Findings(msgspec.Struct, kw_only=True):
    """What came of it."""

    n_backups: int
    n_waiting: int  # messages that waited in the back-ups, all together
    n_given_up: int  # of which the restored copies said so
    n_delivered: int
    duplicates: list[int]
    n_sent_unrestored: int
    n_missing_after: int  # people whom a restored copy's new broadcast did not reach
    seconds: float

    @property
    def is_clean(self) -> bool:
        return (
            not (self.duplicates or self.n_sent_unrestored or self.n_missing_after)
            and self.n_waiting > 0
            and self.n_given_up == self.n_waiting
        )


class Shop:
    """The original, its back-ups, and the server that all of them send to."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self._runs = 0
        self.settings = Settings(home=str(folder / "shop"))
        self._in_child(self._make)

    def back_up_while_sending(self, copy: Callable[[Path], object]) -> Path:
        """Begin a broadcast, copy the shop in the middle of it, and let it go on to the end."""
        target = self._folder / f"backup-{self._runs}"
        job = self._next(self.settings, PEOPLE)
        child, report = fork(lambda _report: deliver(job))
        time.sleep(0.4)
        self._in_child(lambda: copy(target))
        reap(child, report)
        return target

    def restore(self, backup: Path) -> tuple[Settings, int]:
        """Restore a back-up beside the original; returns it and how much it gave up."""
        settings = self._new_home(backup)
        given_up = self._in_child(lambda: restore(settings, backup).n_messages_given_up)
        return settings, given_up

    def put_in_place(self, backup: Path) -> Settings:
        """Copy a back-up's files, as somebody would who does not know the command."""
        settings = self._new_home(backup)
        for file in backup.iterdir():
            shutil.copy(file, settings.folder / file.name)
        return settings

    def send(self, settings: Settings, n_people: int) -> range:
        """Deliver what an installation has to, and a new broadcast; returns whom that is for."""
        job = self._next(settings, n_people)
        reap(*fork(lambda _report: deliver(job)))
        return range(job.first, job.first + n_people)

    def count_waiting(self, backup: Path) -> int:
        """Return how many messages a back-up holds that are on their way."""
        with closing(sqlite3.connect(backup / "state.db")) as connection:
            waiting = (
                "SELECT count(*) FROM messages WHERE state IN ('queued', 'sending', 'committing')"
            )
            return int(connection.execute(waiting).fetchone()[0])

    def _new_home(self, backup: Path) -> Settings:
        folder = self._folder / f"{backup.name}-home"
        folder.mkdir()
        shutil.copytree(self.settings.keys_folder, folder / "keys")
        return Settings(home=str(folder))

    def _next(self, settings: Settings, n_people: int) -> Job:
        self._runs += 1
        database = settings.folder / "state.db"
        return Job(database, self._port, self._runs, n_people, CONNECTIONS, DEFINITION)

    def _make(self) -> None:
        self.settings.keys_folder.mkdir(parents=True)
        load_instance_key(self.settings.keys_folder)
        for name in ("state", "intake"):
            store = SqliteStateStore(self.settings.folder / f"{name}.db")
            migrate(store)
            store.close()

    @staticmethod
    def _in_child(work: Callable[[], object]) -> int:
        """Run in a child: a fork must not copy the threads of a store."""

        def tell(report: int) -> None:
            os.write(report, str(work()).encode())

        _, text = reap(*fork(tell))
        return int(text) if text.isdigit() else 0


def check(folder: Path, *, n_backups: int, seed: int = 1) -> Findings:
    """Back up and restore in an empty folder."""
    started = time.monotonic()
    sunk = folder / "sink"
    n_waiting = n_given_up = n_unrestored = 0
    newcomers: list[int] = []
    with running_sink(sunk, seed, Behaviour(think_seconds=_THINK_SECONDS)) as port:
        shop = Shop(folder, port)
        for _ in range(n_backups):
            backup = shop.back_up_while_sending(lambda to: back_up(shop.settings, to))
            n_waiting += shop.count_waiting(backup)
            before = count_taken(sunk).total()
            shop.send(shop.put_in_place(backup), 0)
            n_unrestored += count_taken(sunk).total() - before
            shutil.rmtree(folder / f"{backup.name}-home")
            settings, given_up = shop.restore(backup)
            n_given_up += given_up
            newcomers += shop.send(settings, PEOPLE)
    arrived = people_reached(sunk)
    return Findings(
        n_backups=n_backups,
        n_waiting=n_waiting,
        n_given_up=n_given_up,
        n_delivered=arrived.total(),
        duplicates=sorted(n for n, times in arrived.items() if times > 1),
        n_sent_unrestored=n_unrestored,
        n_missing_after=len(set(newcomers) - arrived.keys()),
        seconds=round(time.monotonic() - started, 1),
    )


def check_by_hand(folder: Path) -> list[int]:
    """Copy the data base with other means than ours; return who got a message twice."""
    sunk = folder / "sink"
    with running_sink(sunk, 1, Behaviour(think_seconds=_THINK_SECONDS)) as port:
        shop = Shop(folder, port)

        def copy(target: Path) -> None:
            target.mkdir()
            copy_sqlite(shop.settings.folder / "state.db", target / "state.db")

        shop.send(shop.put_in_place(shop.back_up_while_sending(copy)), 0)
    return sorted(n for n, times in people_reached(sunk).items() if times > 1)


def people_reached(sunk: Path) -> Counter[int]:
    """Return how many messages each person got; nobody is to get more than one."""
    reached: Counter[int] = Counter()
    for message_id, times in count_taken(sunk).items():
        reached[message_id & 0xFFFF_FFFF] += times
    return reached


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backups", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = check(Path(folder), n_backups=options.backups)
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
