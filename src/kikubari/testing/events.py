"""Twins of what the log needs from rooms above it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from kikubari.events import Move
from kikubari.spec.envelope import Event


class CountingNumbers:
    """Numbering by userId, else anonymousId, in order of first sight."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, connection: Connection, events: Sequence[Event]) -> list[int]:
        """Return a number per distinct id, from 1; 0 for events without one."""
        del connection
        return [self._number_of(event) for event in events]

    def _number_of(self, event: Event) -> int:
        if event.number is not None:
            return event.number
        identifier = event.user_id or event.anonymous_id
        if identifier is None:
            return 0
        return self.numbers.setdefault(identifier, len(self.numbers) + 1)


class PlainSealing:
    """Sealing that only marks payloads, and can forget people."""

    def __init__(self) -> None:
        self.forgotten: set[int] = set()

    def seal(
        self, connection: Connection, numbers: Sequence[int], payloads: Sequence[bytes]
    ) -> list[bytes]:
        """Return the payloads with a mark in front."""
        del connection, numbers
        return [b"sealed:" + payload for payload in payloads]

    def open(
        self, connection: Connection, numbers: Sequence[int], sealed: Sequence[bytes]
    ) -> list[bytes | None]:
        """Return the payloads of people who are not forgotten."""
        del connection
        return [
            None if number in self.forgotten else body.removeprefix(b"sealed:")
            for number, body in zip(numbers, sealed, strict=True)
        ]


class ListedMoves:
    """Moves from a list."""

    def __init__(self) -> None:
        self.moves: list[Move] = []

    def list_moves(self, connection: Connection, *, after_version: int, limit: int) -> list[Move]:
        """Return the moves of higher version."""
        del connection
        return [move for move in self.moves if move.version > after_version][:limit]
