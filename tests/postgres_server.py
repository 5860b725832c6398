"""A throw-away PostgreSQL for one test session, from Debian's packages."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = "-c fsync=off -c full_page_writes=off -c shared_buffers=64MB -c max_connections=200"


def find_binaries() -> Path | None:
    """Return the folder with initdb and pg_ctl of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def running_postgres(binaries: Path, folder: Path) -> Iterator[str]:
    """Start a server on a free loopback port; yields its address."""
    port = _free_port()
    cluster = folder / "cluster"
    cluster.mkdir(parents=True)
    as_user = _become_postgres(folder)
    run = ["initdb", "-D", str(cluster), "-U", "kikubari", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*as_user, binaries / run[0], *run[1:]], check=True, capture_output=True)
    control = [*as_user, binaries / "pg_ctl", "-D", str(cluster), "-w"]
    options = f"-h 127.0.0.1 -p {port} -k {folder} {SETTINGS}"
    log = folder / "postgres.log"
    subprocess.run([*control, "-l", log, "-o", options, "start"], check=True, capture_output=True)
    try:
        yield f"postgresql://kikubari@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)


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
