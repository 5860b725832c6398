import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kikubari.collect.imports import (
    AppendResult,
    FileCheckpoints,
    ImportKind,
    ImportProgress,
    ImportReport,
    guess_mapping,
    open_rows,
    run_import,
)
from kikubari.kit.clock import ManualClock
from kikubari.spec.errors import UnavailableError

STARTED_AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


class LogSink:
    """Keeps messages by id as the log does; can fail before or after a batch is kept."""

    def __init__(self) -> None:
        self.log: dict[str, dict[str, Any]] = {}
        self.batches: list[list[dict[str, Any]]] = []
        self.fail_at: int | None = None
        self.fails_after_keeping = False

    def append(self, messages: Sequence[dict[str, Any]], progress: ImportProgress) -> AppendResult:
        fails = self.fail_at == len(self.batches)
        if fails and not self.fails_after_keeping:
            raise UnavailableError("gone")
        self.batches.append(list(messages))
        new = 0
        for message in messages:
            new += message["messageId"] not in self.log
            self.log.setdefault(message["messageId"], json.loads(json.dumps(message)))
        if fails:
            raise UnavailableError("gone before it could answer")
        return AppendResult(new, len(messages) - new)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.log.values())


class Importing:
    """An operator with a folder of files and one log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sink = LogSink()
        self.checkpoints = FileCheckpoints(folder / "checkpoints")
        self.clock = ManualClock(STARTED_AT)

    def file(self, content: str | bytes, name: str = "file.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(
        self,
        kind: str,
        content: str | bytes | Path,
        *,
        name: str = "file.csv",
        maps: dict[str, str] | None = None,
        sets: dict[str, str] | None = None,
        dry_run: bool = False,
        **options: Any,
    ) -> ImportReport:
        path = content if isinstance(content, Path) else self.file(content, name)
        source = open_rows(path)
        mapping = guess_mapping(ImportKind(kind), source, overrides=maps, constants=sets)
        options.setdefault("errors_path", self.errors_path)
        return run_import(
            source,
            mapping,
            None if dry_run else self.sink,
            self.checkpoints,
            clock=self.clock,
            **options,
        )

    @property
    def errors_path(self) -> Path:
        return self.folder / "errors.csv"

    def one(self, kind: str, content: str | bytes | Path, **options: Any) -> dict[str, Any]:
        """Import a file of one message into an empty log and return it."""
        self.sink = LogSink()
        report = self.run(kind, content, **options)
        assert report.first_problems == ()
        (message,) = self.sink.messages
        return message


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


@pytest.fixture
def new_importing(tmp_path: Path) -> Callable[[], Importing]:
    """For hypothesis: a fresh operator for each example."""
    numbers = iter(range(1_000_000))

    def make() -> Importing:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return Importing(folder)

    return make
