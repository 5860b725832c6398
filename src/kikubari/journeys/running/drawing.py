"""Lots: the same for the same step and person, however often they are drawn."""

from collections.abc import Sequence
from hashlib import blake2b

from kikubari.journeys.definition.steps import Part

_WHOLE = 100


def lot_key(journey_id: str, step_id: str) -> str:
    """Return the key of a step's lots: 32 hex digits, however long the ids are."""
    return blake2b(f"{journey_id}/{step_id}".encode(), digest_size=16).hexdigest()


def part_of(parts: Sequence[Part], lot: int) -> str:
    """Return the part that a lot from 0 to 99 falls into."""
    for part in parts:
        lot -= part.percent
        if lot < 0:
            return part.id
    return parts[-1].id


def draw(key: str, number: int) -> int:
    """Return a lot from 0 to 99: the same for the same key and person, even over all people."""
    digest = blake2b(number.to_bytes(8, "big"), digest_size=8, key=key.encode()[:64]).digest()
    return int.from_bytes(digest, "big") % _WHOLE
