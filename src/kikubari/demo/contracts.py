"""What the demo shop hands over: files to import, and in which order."""

from pathlib import Path
from typing import Protocol

import msgspec


class DemoFile(msgspec.Struct, frozen=True):
    """One file for `kikubari import KIND PATH`.

    Attributes:
        kind: products, customers, consents, suppressions, orders or events.
        path: where it was written.
        rows: data rows in it, the header not counted.
    """

    kind: str
    path: Path
    rows: int


class DemoShop(msgspec.Struct, frozen=True):
    """All files of the shop.

    Attributes:
        files: in the order in which to import them.
        visitors: undated messages, one a line, to send to the tracking API when journeys run.
    """

    files: tuple[DemoFile, ...]
    visitors: Path

    @property
    def rows(self) -> int:
        """Data rows over all files."""
        return sum(file.rows for file in self.files)


class Progress(Protocol):
    """Told after each finished file, to draw a progress bar."""

    def __call__(self, done: int, total: int, name: str) -> None:
        """Take files done, files in all, and the name of the one just finished."""
        ...
