"""Ids that come out the same whenever the same thing is read again."""

import sqlite3
from hashlib import blake2b
from types import TracebackType
from typing import Any, Self

import msgspec

from kikubari.collect.imports.contracts import ImportKind, WireMessage

_KEY_MASK = (1 << 63) - 1  # SQLite's integers are signed
# Sorted keys: the order of a file's columns is no part of what it says.
_encode = msgspec.json.Encoder(order="deterministic").encode


class OccurrenceCounter:
    """How often each 63-bit key was seen, in bounded memory, however many there are.

    The counts stand in SQLite's nameless temporary database: up to 16 MB of it in memory, beyond
    that in a file the system removes by itself. Keys are parts of hashes: among 100 million, two
    different ones coincide with a chance of one in two thousand, and then the second gets the
    ordinal 1 instead of 0 in an id that its full hash keeps apart.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode=OFF",
            "PRAGMA synchronous=OFF",
            "PRAGMA cache_size=-16384",
            "CREATE TABLE seen (key INTEGER PRIMARY KEY, count INTEGER NOT NULL)",
            "BEGIN",
        ):
            self._database.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._database.close()

    def count_again(self, digest: bytes) -> int:
        """Return how often this digest was counted before, and count it."""
        key = int.from_bytes(digest[:8], "big") & _KEY_MASK
        row = self._database.execute(
            "INSERT INTO seen VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET count = count + 1"
            " RETURNING count - 1",
            (key,),
        ).fetchone()
        return int(row[0])


class MessageIds:
    """Gives messages their ids.

    An id is a hash of the kind and of everything the message says. Only events also get their
    ordinal among identical ones, because two identical events are two events: the other kinds
    state how something is, and saying it twice changes nothing.
    """

    def __init__(self, kind: ImportKind, counter: OccurrenceCounter) -> None:
        self._kind = kind
        self._prefix = f"import-{kind.value}-"
        self._person = kind.value.encode()
        self._counter = counter

    def stamp(self, message: WireMessage) -> bytes:
        """Set `messageId` unless there is one, and return the message's JSON without it.

        Raises:
            RecursionError: nested too deeply.
        """
        encoded = _encode(message)
        if "messageId" not in message:
            digest = blake2b(encoded, digest_size=16, person=self._person)
            message["messageId"] = self._prefix + digest.hexdigest() + self._ordinal(digest)
        return encoded

    def _ordinal(self, digest: Any) -> str:
        if self._kind is not ImportKind.EVENTS:
            return ""
        ordinal = self._counter.count_again(digest.digest())
        return f"-{ordinal}" if ordinal else ""
