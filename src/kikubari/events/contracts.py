"""What the log gives, and the little it needs from rooms above it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection

from kikubari.spec.envelope import Event


class SequencedEvent(msgspec.Struct, frozen=True, gc=False):
    """An event with its place in the log.

    `number` is the number of the event's strongest identifier, for ever; who that number is now
    is the business of `profiles`. 0 means the event is about nobody.
    """

    position: int
    number: int
    event: Event


class Numbering(Protocol):
    """Says whose events these are; implemented by `profiles`."""

    def number(self, connection: Connection, events: Sequence[Event]) -> list[int]:
        """Return the dense number of each event's strongest identifier, 0 for nobody."""
        ...


class Sealing(Protocol):
    """Seals payloads with a key per person; forgetting the key erases the payload."""

    def seal(
        self, connection: Connection, numbers: Sequence[int], payloads: Sequence[bytes]
    ) -> list[bytes]:
        """Return each payload sealed with the key of its number, making keys as needed."""
        ...

    def open(
        self, connection: Connection, numbers: Sequence[int], sealed: Sequence[bytes]
    ) -> list[bytes | None]:
        """Return each payload, None where the key was forgotten."""
        ...


class Projection(Protocol):
    """State derived from the log, kept in the transaction that extends the log.

    `apply` must not depend on how events are cut into batches, nor on their order.
    """

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Take in events that are new to the log."""
        ...


class Move(msgspec.Struct, frozen=True):
    """A number that became somebody else (or itself again, when `profile` == `number`)."""

    number: int
    profile: int
    version: int  # grows with every move


class Moves(Protocol):
    """Merges and unmerges as the columnar copy needs them; implemented by `profiles`."""

    def list_moves(self, connection: Connection, *, after_version: int, limit: int) -> list[Move]:
        """Return moves with a higher version, in order of version."""
        ...


class RangeEncoding(Protocol):
    """Turns ranges of the log into rows as the columnar engine takes them."""

    def encode(self, first: int, last: int, *, then: int | None = None) -> Mapping[str, bytes]:
        """Return the encoded rows of each table that has any for the range first..last.

        Args:
            first: position of the first event.
            last: of the last.
            then: last position of the range that will be asked for next, if the log has it: work
                on it may begin meanwhile.
        """
        ...


class TraitAssertion(msgspec.Struct, frozen=True):
    """One source's statement about a person. A value of None withdraws the trait."""

    name: str
    value: Any
    provenance: str  # declared | observed | inferred_self | inferred_group | third_party
    confidence: float  # 0..1
    is_verified: bool
    is_simulated: bool


class ConsentAssertion(msgspec.Struct, frozen=True):
    """One entry of the consent ledger as an event states it."""

    purpose: str  # marketing | tracking | profiling | enrichment
    channel: str  # email, sms, …; empty: every channel
    status: str  # granted | denied | withdrawn
    wording_version: str
    source: str
    proof: str
