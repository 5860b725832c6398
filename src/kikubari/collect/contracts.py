"""What crosses this room's door: sources, and what was refused."""

from concurrent.futures import Future
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from kikubari.spec.envelope import Event, Trust


class SourceKind(StrEnum):
    """Where a write key is kept, which decides how far it is believed."""

    SERVER = "server"  # secret: on the shop's own machines
    BROWSER = "browser"  # public: anybody can read it in the page


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A place events come from, known by its write key.

    A browser source with `allowed_origins` refuses pages of other origins; an empty tuple
    allows every origin. Until `previous_until` the key before the last rotation works as well.
    """

    id: int
    name: str
    kind: SourceKind
    # Only its hash is stored for a server, so this is known at the moment it is made alone. A
    # browser's is public: it is kept, sealed, to be shown again.
    write_key: str | None
    key_end: str
    allowed_origins: tuple[str, ...] = ()
    # Names of track events, and `identify`, `page`, `screen`, `group`, `alias`; empty: all.
    allowed_events: tuple[str, ...] = ()
    # In each process; None: as many as come.
    events_per_minute: int | None = None
    created_at: datetime
    previous_until: datetime | None = None

    @property
    def trust(self) -> Trust:
        """How far identity and consent from this source are believed."""
        return Trust.PUBLIC if self.kind is SourceKind.BROWSER else Trust.SERVER


class SourceLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source may send: from where, which events, how many. See `Source`."""

    allowed_origins: tuple[str, ...] = ()
    allowed_events: tuple[str, ...] = ()
    events_per_minute: int | None = None


class Rejection(msgspec.Struct, frozen=True):
    """Why a message was not taken. `path` points at the fault, such as ``$.properties``."""

    code: str
    reason: str
    path: str = "$"


class RejectedMessage(msgspec.Struct, frozen=True):
    """A message that was not taken, as the sender and the engineer are told about it.

    `excerpt` shows the message's shape with its values replaced by their kinds: what was
    refused is outside the log, where erasing a person could not find it.
    """

    rejection: Rejection
    index: int
    message_id: str | None
    excerpt: str


class RejectedEvent(msgspec.Struct, frozen=True):
    """A stored rejection."""

    id: int
    source_id: int
    at: datetime
    code: str
    reason: str
    path: str
    message_id: str | None
    excerpt: str


class RejectionCount(msgspec.Struct, frozen=True):
    """How many stored rejections a source has for one code, and when the newest came."""

    source_id: int
    code: str
    n_events: int
    last_at: datetime


class Inspection(Protocol):
    """The tracking plan's eye on one request."""

    def judge(self, event: Event) -> Rejection | None:
        """Return why the plan refuses an event, None if it is taken."""
        ...

    def store(self) -> "Future[None] | None":
        """Store what was seen; the future ends after the durable commit. None if nothing was."""
        ...


class Gate(Protocol):
    """Where messages meet the tracking plan."""

    def begin(self, source: Source, at: datetime) -> Inspection | None:
        """Return the inspection of one request, None while there is nothing to look for."""
        ...
