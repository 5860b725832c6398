"""Checkpoints as small files in a folder."""

import os
from pathlib import Path

import msgspec

from kikubari.collect.imports.contracts import Checkpoint
from kikubari.spec.errors import UnavailableError


class FileCheckpoints:
    """One JSON file for each unfinished import, replaced whole: a crash leaves old or new.

    Keys are hex digests, so they are safe as file names. The folder is made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_checkpoint(self, key: str) -> Checkpoint | None:
        """Return the checkpoint; one that cannot be read is none, since starting over is safe."""
        try:
            return msgspec.json.decode(self._path(key).read_bytes(), type=Checkpoint)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def save_checkpoint(self, key: str, checkpoint: Checkpoint) -> None:
        """Write, sync, rename. A rename lost with the power leaves the older checkpoint.

        Raises:
            UnavailableError: the folder cannot be written (disk full).
        """
        path = self._path(key)
        draft = path.with_suffix(".draft")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as stream:
                stream.write(msgspec.json.encode(checkpoint))
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(path)
        except OSError as error:
            raise UnavailableError(f"the import's checkpoint cannot be saved: {error}") from error

    def remove_checkpoint(self, key: str) -> None:
        """Delete the file, if it is there."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"
