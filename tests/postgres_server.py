"""A throw-away PostgreSQL for one test session, from Debian's packages, and data bases on it."""

import os
import shutil
import socket
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url

SETTINGS = "-c fsync=off -c full_page_writes=off -c shared_buffers=64MB -c max_connections=200"


def find_binaries() -> Path | None:
    """Return the folder with initdb and pg_ctl of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class PostgresServer:
    """A server of its own in an empty folder, listening on a free loopback port.

    Args:
        binaries: folder with initdb and pg_ctl.
        folder: of the cluster, its log and its socket.
        settings: options of the server; by default it is fast and forgets on power loss.
    """

    def __init__(self, binaries: Path, folder: Path, settings: str = SETTINGS) -> None:
        port = _free_port()
        cluster = folder / "cluster"
        cluster.mkdir(parents=True)
        as_user = _become_postgres(folder)
        self.url = f"postgresql://kikubari@127.0.0.1:{port}/postgres"
        self._control = [*as_user, binaries / "pg_ctl", "-D", cluster, "-w", "-l"]
        self._control += [folder / "postgres.log"]
        self._options = ["-o", f"-h 127.0.0.1 -p {port} -k {folder} {settings}"]
        make = [binaries / "initdb", "-D", cluster, "-U", "kikubari", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*as_user, *make], check=True, capture_output=True)

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._run(*self._options, "start")

    def stop(self) -> None:
        """Drop everything where it is, as a power cut would but for the disk's own cache."""
        self._run("-m", "immediate", "stop")

    def _run(self, *arguments: str) -> None:
        # Into a file: a pipe would be inherited by the server and never end.
        subprocess.run(
            [*self._control, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def running_postgres(binaries: Path, folder: Path, settings: str = SETTINGS) -> Iterator[str]:
    """Start a server; yields its address."""
    server = PostgresServer(binaries, folder, settings)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@contextmanager
def own_database(server: str, original: str | None = None) -> Iterator[str]:
    """Make a data base on a server, empty or a copy of another; yields its address."""
    name = f"own_{uuid.uuid4().hex}"
    template = make_url(original).database if original else "template1"
    # Copying files beats logging their content where nothing waits for the disk.
    _command(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _command(server, f"DROP DATABASE {name} WITH (FORCE)")


def _command(server: str, statement: str) -> None:
    address = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _become_postgres(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: hand the folder to the account Debian made for it."""
    if os.geteuid() != 0:
        return []
    for parent in (folder, *folder.parents):
        if parent.stat().st_mode & 0o005 != 0o005 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    subprocess.run(["chown", "-R", "postgres", folder], check=True)
    return ["runuser", "-u", "postgres", "--"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
