"""Product files against the catalogue of a running server: what is new in them, what is gone."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from kikubari.cli.connection import AdminClient
from kikubari.collect.imports import (
    ImportOptions,
    ImportProgress,
    ImportReport,
    ImportSink,
    KnownProduct,
    Mapping,
    RowSource,
    WireMessage,
    gone_messages,
    list_gone,
    list_named,
)

_PAGE = 1_000
_BATCH = 500
_PATIENCE_SECONDS = 60.0


class ServerCatalogue:
    """Implements `Novelty` on the admin API, and says what the shop has."""

    def __init__(self, client: AdminClient) -> None:
        self._client = client

    def select_new(self, messages: Sequence[WireMessage]) -> list[int]:
        """Return the indexes of those messages that would change anything."""
        statements = [message["properties"] for message in messages]
        answer = self._client.post("/api/catalogue/changes", {"statements": statements})
        found: list[int] = answer["indexes"]
        return found

    def iter_known(self) -> Iterator[KnownProduct]:
        """Yield every product in the shop."""
        after = ""
        while True:
            items = self._client.get("/api/catalogue/items", after=after, limit=_PAGE)["items"]
            for one in items:
                if not one["is_gone"]:
                    yield KnownProduct(one["product_id"], tuple(one["variant_ids"]))
            if len(items) < _PAGE:
                return
            after = items[-1]["product_id"]

    def wait_until_known(self) -> None:
        """Wait until what was sent before is in the catalogue; not for ever."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            consumers = self._client.get("/healthz")["consumers"]
            if not any(one["lag"] for one in consumers if one["name"] == "sequencer"):
                return
            time.sleep(0.1)


def find_gone(
    catalogue: ServerCatalogue,
    source: RowSource,
    mapping: Mapping,
    options: ImportOptions,
    *,
    max_gone_percent: float,
) -> list[dict[str, str]]:
    """Return what a whole feed no longer has.

    Raises:
        ConflictError: the feed is rather cut short.
    """
    named = list_named(source, mapping, options, options.as_of or datetime.now(UTC))
    return list_gone(catalogue.iter_known(), named, max_gone_percent=max_gone_percent)


def send_gone(
    sink: ImportSink,
    gone: Sequence[dict[str, str]],
    report: ImportReport,
    options: ImportOptions,
    tell: Callable[[ImportProgress], None],
) -> ImportReport:
    """State what is gone; return the report with it."""
    messages = gone_messages(gone, options.as_of or datetime.now(UTC))
    done = ImportProgress(report.rows, report.messages, report.problems, 1, 1)
    for first in range(0, len(messages), _BATCH):
        sink.append(messages[first : first + _BATCH], done)
        tell(done)
    return msgspec.structs.replace(report, gone=len(gone))
