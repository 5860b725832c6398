"""The event as every room knows it, whatever way it came in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

# One workspace until many are offered; it leads every key from the first migration on.
DEFAULT_WORKSPACE = 1

# Names under which calls other than `track` stand in the log's `type` column.
PAGE_VIEWED = "Page Viewed"
SCREEN_VIEWED = "Screen Viewed"
IDENTIFIED = "Kikubari Identified"
GROUPED = "Kikubari Grouped"
ALIASED = "Kikubari Aliased"


class EventKind(StrEnum):
    """The six calls of the Segment spec."""

    IDENTIFY = "identify"
    TRACK = "track"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"


class Trust(StrEnum):
    """How far what a source says about identity and consent may be believed."""

    PUBLIC = "public"  # a browser write key: anyone can read it in the page's source
    SERVER = "server"  # a secret key, or a file an operator imports
    INTERNAL = "internal"  # this product itself


class Event(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", gc=False
):
    """One validated message, immutable from here on.

    JSON has no cycles, so the collector need not look at the millions of these.

    `properties` holds track/page/screen properties; `traits` holds identify/group traits.
    `number` addresses a profile directly and is only honoured from an INTERNAL source.
    """

    message_id: str
    kind: EventKind
    type: str  # track: the event's name; other kinds: the constants above
    occurred_at: datetime  # client time corrected for clock skew, aware UTC
    received_at: datetime
    source_id: int
    trust: Trust = Trust.SERVER
    user_id: str | None = None
    anonymous_id: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    number: int | None = None
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    context: dict[str, Any] = {}
