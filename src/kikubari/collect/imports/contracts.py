"""What file import speaks: rows in, wire messages out, and what it needs from others."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Any, Protocol

import msgspec

# A Segment-shaped message as the tracking API takes it (camelCase keys).
WireMessage = dict[str, Any]

# One message, as JSON; /v1/import takes twice as much.
MAX_MESSAGE_BYTES = 128 * 1024
# One row of a file, quotes and ignored columns included.
MAX_RECORD_BYTES = 128 * 1024
MAX_COLUMNS = 2_000

IGNORE = "-"


class ImportKind(StrEnum):
    """What one row of a file says."""

    CUSTOMERS = "customers"
    EVENTS = "events"
    ORDERS = "orders"
    PRODUCTS = "products"
    CONSENTS = "consents"
    SUPPRESSIONS = "suppressions"


class FileFormat(StrEnum):
    """How a file is written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"
    XML = "xml"


class Position(msgspec.Struct, frozen=True):
    """Where the next row starts: enough to take up reading again.

    `offset` counts bytes of the (unpacked) text for CSV and JSONL, rows for Parquet and XLSX.
    `line` is the number of the last line read, the header counting as line 1.
    """

    offset: int = 0
    line: int = 0


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row as found. Text files give strings, the others JSON-like values.

    `line` is where the row starts; `next` is where the one after it does.
    """

    line: int
    values: dict[str, Any]
    next: Position


class Problem(msgspec.Struct, frozen=True):
    """Why something in a file was not taken: `code` is stable, `reason` is a sentence."""

    line: int
    code: str
    reason: str
    column: str = ""
    value: str = ""


class UnreadableRow(msgspec.Struct, frozen=True):
    """A row that could not be read at all; reading goes on at `next`."""

    problem: Problem
    next: Position


class ColumnMapping(msgspec.Struct, frozen=True):
    """What one column means.

    `field` is a canonical field, `traits.x` / `properties.x` / `products.x` / `context.x`, or `-`
    to leave the column out. `confidence` runs from 0 to 1; `origin` says who decided: header
    (the exact name), synonym, own_name (kept under its own name), user.
    """

    column: str
    field: str
    confidence: float
    origin: str
    samples: tuple[str, ...] = ()


class Mapping(msgspec.Struct, frozen=True):
    """What every column of a file means, and values the file leaves unsaid.

    `constants` fills a field in rows where it is absent or blank (``{"currency": "JPY"}``).
    """

    kind: ImportKind
    columns: tuple[ColumnMapping, ...]
    constants: dict[str, str] = {}


class ImportOptions(msgspec.Struct, frozen=True):
    """How to read values.

    Attributes:
        zone: time zone of instants written without one.
        provenance: how the traits of customers are known (`declared`, `observed`, …).
        as_of: the instant a customers, products, consents or suppressions file was true, for
            rows without an own time. Given, it is part of each row's identity; left out, the
            start of the import is used and a row's identity is its content alone.
    """

    zone: tzinfo = UTC
    provenance: str = "declared"
    as_of: datetime | None = None


class ImportProgress(msgspec.Struct, frozen=True):
    """How far an import has come; `bytes_read` and `bytes_total` are of the file on disk."""

    rows: int
    messages: int
    problems: int
    bytes_read: int
    bytes_total: int


class RejectedMessage(msgspec.Struct, frozen=True):
    """A message the server did not take: its index in the batch, and why."""

    index: int
    code: str
    reason: str


class AppendResult(msgspec.Struct, frozen=True):
    """What became of a batch. `duplicates` is None where the server cannot tell yet."""

    accepted: int
    duplicates: int | None = None
    rejected: tuple[RejectedMessage, ...] = ()


class ImportSink(Protocol):
    """Where messages go: the running server, or the log of this process."""

    def append(self, messages: Sequence[WireMessage], progress: ImportProgress) -> AppendResult:
        """Return only when the batch is durable.

        Raises:
            UnavailableError: not just now; nothing of the batch counts as taken.
        """
        ...


class Novelty(Protocol):
    """Knows what stands already, so that of a feed only what changed is sent."""

    def select_new(self, messages: Sequence[WireMessage]) -> Sequence[int]:
        """Return the indexes of those messages that would change anything."""
        ...


class Checkpoint(msgspec.Struct, frozen=True):
    """How much of a file the sink has acknowledged."""

    position: Position
    started_at: datetime
    rows: int = 0
    messages: int = 0
    accepted: int = 0
    duplicates: int | None = 0
    unchanged: int = 0
    problems: int = 0
    problem_codes: dict[str, int] = {}
    error_file_bytes: int = 0


class CheckpointStore(Protocol):
    """Keeps one checkpoint per (file content, kind, mapping, options)."""

    def find_checkpoint(self, key: str) -> Checkpoint | None:
        """Return the checkpoint under this key, or None."""
        ...

    def save_checkpoint(self, key: str, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint, durably, all or nothing."""
        ...

    def remove_checkpoint(self, key: str) -> None:
        """Forget it: the import is complete."""
        ...


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did. `problems` counts rows not taken, `problem_codes` says why.

    `unchanged` counts messages that said what stood already and were not sent; `gone` counts
    products and variants that a whole feed no longer had.
    """

    kind: ImportKind
    mapping: Mapping
    dry_run: bool
    rows: int
    messages: int
    accepted: int
    duplicates: int | None
    problems: int
    problem_codes: dict[str, int]
    first_problems: tuple[Problem, ...]
    error_file: str | None
    resumed_from_line: int | None
    unchanged: int = 0
    gone: int = 0

    def exit_status(self, *, is_strict: bool = False) -> int:
        """Return 0, or 1 when rows were there and none could be used (strict: any problem)."""
        is_failure = self.problems > 0 and (is_strict or self.messages == 0)
        return int(is_failure)
