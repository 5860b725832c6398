"""Lets a worker of the version before wake up on a data base that was upgraded while it slept.

It is frozen in the middle of a broadcast and loses its connections, as behind a line that broke;
then the next version brings the data to its schema, and the worker goes on.

Checked: it says ``schema_changed`` and sends nothing but what was past the last gate before; while
it had its connections, the upgrade was refused; in the end a worker of the next version has sent
the rest: nobody anything twice, nobody missing, and no message stuck.

Run: ``python tests/faults/old_worker.py --people 300``.
"""

import argparse
import importlib
import re
import shutil
import signal
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import msgspec
import psycopg
from mail_sink import Behaviour, count_taken, running_sink
from postgres_restart import NotInstalledError, durable_postgres
from sending_process import (
    CONNECTIONS,
    MailVerdict,
    Role,
    count_settled,
    judge_mail,
    play,
    prepare,
    start_broadcast,
    wait_until_settled,
)
from shop_process import Child, Report

from kikubari.deliver import WorkerSettings
from kikubari.spec.errors import KikubariError
from kikubari.storage import PostgresStateStore, migrate
from kikubari.storage.migrate import SCRIPTS

_NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("messages", sa.Column("weight", sa.Integer, server_default="0"))
"""
_LEASE = timedelta(seconds=6)
# Longer than a delivery that failed waits before it begins again.
_WATCHED_SECONDS = 7.0


class Findings(msgspec.Struct, kw_only=True):
    """What came of it.

    Attributes:
        upgrade_while_at_work: what the next version said while the worker was connected.
        worker_said: what the worker's store said when it woke.
        n_sent_before: messages the server had when the worker was frozen.
        n_past_the_gate: messages that were past the gate then.
        n_sent_by_old: messages that arrived from then on, before the next version began to send.
    """

    upgrade_while_at_work: str
    worker_said: str
    n_sent_before: int
    n_past_the_gate: int
    n_sent_by_old: int
    mail: MailVerdict

    @property
    def is_clean(self) -> bool:
        return (
            self.upgrade_while_at_work == "conflict"
            and self.worker_said == "schema_changed"
            and self.n_sent_by_old <= self.n_past_the_gate <= CONNECTIONS
            and self.mail.is_clean
            and self.mail.states.get("unknown", 0) <= CONNECTIONS
        )


def write_next_version(folder: Path) -> Path:
    """Write the migrations of a version that comes after this one; return their folder."""
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    [first] = (folder / "versions").glob("0*.py")
    [revision] = re.findall(r'^revision.* = "(\w+)"', first.read_text(), re.MULTILINE)
    (folder / "versions" / "0002_next.py").write_text(_NEXT.replace("{before}", revision))
    return folder


def _be_next_version(scripts: Path) -> None:
    # The package has a function of the module's name.
    importlib.import_module("kikubari.storage.migrate")
    sys.modules["kikubari.storage.migrate"].SCRIPTS = scripts  # type: ignore[attr-defined]


def upgrade(database_url: str, scripts: Path) -> str:
    """Start the next version; return the code of its refusal, or ``done``."""

    def work(report: Report) -> None:
        _be_next_version(scripts)
        store = PostgresStateStore(database_url)
        try:
            migrate(store)
        except KikubariError as error:
            report(error.code.encode())
        else:
            report(b"done")
        store.close()

    child = Child(work)
    said = child.wait_ready().decode()
    child.reap()
    return said


def start_worker(role: Role, scripts: Path | None = None) -> Child:
    """Start a worker, of the next version if `scripts` are given; it reports what stops it."""

    def work(report: Report) -> None:
        if scripts is not None:
            _be_next_version(scripts)
        store = play(role)
        report(b"ready")
        while True:
            try:
                store.refuse_if_outdated()
            except KikubariError as error:
                report(error.code.encode())
                signal.pause()
            time.sleep(0.05)

    child = Child(work)
    assert child.wait_ready() == b"ready"
    return child


def cut_off(database_url: str) -> None:
    """End all connections to the data base but one's own."""
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {others}"
        )


def count_committing(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM messages WHERE state = 'committing'"
        ).fetchone()
    return int(row[0]) if row else 0


def check(folder: Path, *, n_people: int) -> Findings:
    """Upgrade under a broadcast, in an empty folder."""
    scripts = write_next_version(folder / "next")
    sunk = folder / "sink"
    with durable_postgres(folder / "a") as server, running_sink(sunk, 1, Behaviour()) as port:
        prepare(server.url)
        start_broadcast(server.url, n_people)
        role = Role(
            database_url=server.url,
            n_people=n_people,
            name="old",
            smtp_port=port,
            queues=True,
            settings=WorkerSettings(connections=CONNECTIONS, batch=20, lease=_LEASE),
        )
        old = start_worker(role)
        while count_settled(server.url) < n_people // 5:
            time.sleep(0.02)
        while_at_work = upgrade(server.url, scripts)
        old.kill(signal.SIGSTOP)
        cut_off(server.url)
        time.sleep(1)  # what is on the wire arrives
        n_before = count_taken(sunk).total()
        n_past = count_committing(server.url)
        assert upgrade(server.url, scripts) == "done"
        old.kill(signal.SIGCONT)
        said = old.wait_ready().decode()
        time.sleep(_WATCHED_SECONDS)
        n_by_old = count_taken(sunk).total() - n_before
        new = start_worker(msgspec.structs.replace(role, name="new"), scripts)
        wait_until_settled(server.url, patience=60)
        for worker in (old, new):
            worker.kill()
            worker.reap()
        mail = judge_mail(server.url, sunk, n_people)
    return Findings(
        upgrade_while_at_work=while_at_work,
        worker_said=said,
        n_sent_before=n_before,
        n_past_the_gate=n_past,
        n_sent_by_old=n_by_old,
        mail=mail,
    )


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = check(Path(folder), n_people=options.people)
        except NotInstalledError as error:
            sys.exit(str(error))
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
