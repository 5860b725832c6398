"""One process owns a data folder; others find it and talk to it."""

import fcntl
import os
from pathlib import Path
from typing import IO

import msgspec

from kikubari.spec.errors import ConflictError


class ServerAddress(msgspec.Struct, frozen=True):
    """Where the server of a data folder listens, and the token that opens its admin API."""

    url: str
    token: str
    pid: int


class Presence:
    """The lock on a data folder and the note that tells others where its owner is.

    The lock is the operating system's: it ends with its process, however that ends, so a stale
    note is told from a live one by trying the lock.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock_file: IO[bytes] | None = None

    @property
    def _note(self) -> Path:
        return self._folder / "server.json"

    def take(self) -> None:
        """Become the owner of the folder.

        Raises:
            ConflictError: another process owns it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        lock_file = (self._folder / "server.lock").open("ab")
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock_file.close()
            raise ConflictError(
                f"another process has {self._folder} open",
                hint="Stop it, or give this one another KIKUBARI_HOME. Many workers on one "
                "installation need PostgreSQL (KIKUBARI_DATABASE_URL).",
            ) from error
        self._lock_file = lock_file
        self._note.unlink(missing_ok=True)  # of an owner that was killed

    def announce(self, address: ServerAddress) -> None:
        """Write down where this owner listens, readable for this user only."""
        draft = self._note.with_suffix(".tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(address))
        draft.replace(self._note)

    def is_taken(self) -> bool:
        """Say whether a living process owns the folder."""
        try:
            with (self._folder / "server.lock").open("rb") as lock_file:
                fcntl.flock(lock_file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def find_owner(self) -> ServerAddress | None:
        """Return where the folder's living owner listens; None if nobody does, or not yet."""
        try:
            note = self._note.read_bytes()
        except FileNotFoundError:
            return None
        address = msgspec.json.decode(note, type=ServerAddress)
        return address if self.is_taken() else None

    def release(self) -> None:
        """Give the folder up."""
        if self._lock_file is not None:
            self._note.unlink(missing_ok=True)
            self._lock_file.close()
            self._lock_file = None
