"""What crosses this room's door: sources, and what was refused."""

from datetime import datetime
from enum import StrEnum

import msgspec

from kikubari.spec.envelope import Trust


class SourceKind(StrEnum):
    """Where a write key is kept, which decides how far it is believed."""

    SERVER = "server"  # secret: on the shop's own machines
    BROWSER = "browser"  # public: anybody can read it in the page


class Source(msgspec.Struct, frozen=True):
    """A place events come from, known by its write key.

    A browser source with `allowed_origins` refuses pages of other origins; an empty tuple
    allows every origin. Until `previous_until` the key before the last rotation works as well.
    """

    id: int
    name: str
    kind: SourceKind
    write_key: str
    allowed_origins: tuple[str, ...]
    created_at: datetime
    previous_write_key: str | None = None
    previous_until: datetime | None = None

    @property
    def trust(self) -> Trust:
        """How far identity and consent from this source are believed."""
        return Trust.PUBLIC if self.kind is SourceKind.BROWSER else Trust.SERVER


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
