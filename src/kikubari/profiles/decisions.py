"""Merging and unmerging by hand: a member's decision is an event like any other."""

from collections.abc import Mapping
from datetime import datetime

from kikubari.profiles.identifiers import EXTERNAL_PREFIX, Identifier, Reference, rank_of
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.errors import InvalidInputError
from kikubari.spec.topics import INTERNAL_SOURCE_ID, PROFILES_MERGED, PROFILES_UNMERGED


def decision_event(
    left: Identifier,
    right: Identifier,
    *,
    is_merge: bool,
    by: str,
    explanation: str,
    message_id: str,
    decided_at: datetime,
) -> Event:
    """Return the event that joins two identifiers, or keeps them apart, from now on.

    It wins over all evidence and limits until a later decision about the same two. Taking a
    merge back restores what the evidence alone says, exactly.

    Raises:
        InvalidInputError: twice the same, two devices, or no explanation.
    """
    if left == right:
        raise InvalidInputError("a decision needs two different identifiers")
    if rank_of(left.kind) == rank_of("anonymous_id") == rank_of(right.kind):
        raise InvalidInputError(
            "two devices cannot be merged with each other",
            hint="Merge each of them with the person they belong to.",
        )
    if not explanation.strip():
        raise InvalidInputError("a decision needs an explanation", hint="Say why in a sentence.")
    return Event(
        message_id=message_id,
        kind=EventKind.TRACK,
        type=PROFILES_MERGED if is_merge else PROFILES_UNMERGED,
        occurred_at=decided_at,
        received_at=decided_at,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        properties={
            "identifiers": [{"kind": one.kind, "value": one.value} for one in (left, right)],
            "by": by,
            "explanation": explanation,
        },
    )


def list_decided(event: Event) -> list[Reference]:
    """Return the two identifiers a decision is about, nothing if the event is malformed."""
    entries = event.properties.get("identifiers")
    if not isinstance(entries, list):
        return []
    found = [
        (entry["kind"], entry["value"])
        for entry in entries
        if isinstance(entry, Mapping)
        and isinstance(entry.get("kind"), str)
        and isinstance(entry.get("value"), str)
        and _is_kind(entry["kind"])
    ]
    return found if len(found) == 2 and found[0] != found[1] else []  # noqa: PLR2004 - two


def _is_kind(text: str) -> bool:
    return text.startswith(EXTERNAL_PREFIX) or rank_of(text) != rank_of(EXTERNAL_PREFIX)
