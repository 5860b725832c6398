"""What a worker says of its items: results, failures, and octets in pieces that return."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

Out = TypeVar("Out")

# Of one template: some dozens in each of its languages. A worker that sends more is not ours.
_MOST_PIECES = 2_048


class FailureReason(StrEnum):
    """Why an item has no result."""

    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    ERROR = "error"  # the function raised; `code` says which expected fault, if it was one


class Done(msgspec.Struct, Generic[Out], frozen=True):
    """What the function returned."""

    value: Out


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no value; `code` is stable, `message` for people."""

    reason: FailureReason
    code: str
    message: str


class Returning(bytes):
    """Octets that return in other results: they travel once, and come out the same object."""

    __slots__ = ()


class InPieces(msgspec.Struct, Generic[Out], frozen=True):
    """A result with octets beside it, in pieces of which some are `Returning`."""

    value: Out
    pieces: Sequence[bytes]


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a worker says of one item: the encoded result, or a failure.

    Of octets in pieces, `pieces` holds them, or the places of those sent before: in the order of
    `news`, counted since the worker got its shared value.
    """

    value: msgspec.Raw = msgspec.Raw()
    failed: Failed | None = None
    news: tuple[bytes, ...] = ()
    pieces: tuple[int | bytes, ...] = ()


class SentPieces:
    """The worker's list of the pieces it has sent, for one shared value."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}

    def reply(self, value: msgspec.Raw, pieces: Sequence[bytes]) -> Reply:
        """Return a reply that names pieces sent before by their places."""
        news: list[bytes] = []
        named: list[int | bytes] = []
        for one in pieces:
            if type(one) is not Returning:
                named.append(one)
                continue
            place = self._places.get(one)
            if place is None and len(self._places) < _MOST_PIECES:
                place = self._places[one] = len(self._places)
                news.append(bytes(one))
            named.append(bytes(one) if place is None else place)
        return Reply(value, news=tuple(news), pieces=tuple(named))


class KnownPieces:
    """The pool's list of the pieces that a worker has sent, the same objects each time."""

    def __init__(self) -> None:
        self._known: list[Returning] = []

    def complete(self, reply: Reply) -> Reply:
        """Return a reply with octets in all places; of one that makes no sense, that."""
        if not reply.pieces:
            return reply
        self._known += map(Returning, reply.news)
        try:
            pieces = [self._known[one] if isinstance(one, int) else one for one in reply.pieces]
        except IndexError:
            pieces = []
        if not pieces or len(self._known) > _MOST_PIECES:
            return lost(FailureReason.CRASHED, "bad reply: pieces nobody sent")
        return Reply(reply.value, pieces=tuple(pieces))


def lost(reason: FailureReason, message: str) -> Reply:
    """Return what is said of an item whose worker said nothing, or nonsense."""
    return Reply(failed=Failed(reason=reason, code=f"sandbox_{reason}", message=message))
