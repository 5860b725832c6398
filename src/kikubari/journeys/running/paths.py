"""The way a person went, compactly: 12 bytes for each step that was passed."""

import struct
from collections.abc import Iterator
from datetime import datetime

from kikubari.kit.instants import from_micros

# Numbers of the names that every journey has from the start.
NO_NAME, ENTERED, HELD_OUT, COMPLETED, GOAL, CANCELLED, MOVED, GONE, MOVED_IN = range(9)
RESERVED = (
    "", "entered", "held_out", "completed", "goal", "cancelled", "moved", "gone", "moved_in",
)  # fmt: skip

_PASS = struct.Struct("<HHq")
MAX_NAMES = 65_535


def encode_pass(step: int, way: int, at_us: int) -> bytes:
    """Return the bytes of one step that was left by a way at an instant."""
    return _PASS.pack(step, way, at_us)


def decode_path(path: bytes) -> Iterator[tuple[int, int, datetime]]:
    """Yield (step, way, when) of each step that was passed, in order."""
    for step, way, at_us in _PASS.iter_unpack(path):
        yield step, way, from_micros(at_us)


def reasoned(way: str, reason: str) -> str:
    """Return the name of a way taken for a reason. No id of an author has a slash."""
    return f"{way}/{reason}"


def split_reason(name: str) -> tuple[str, str]:
    """Return a name of `reasoned` as the way and the reason, which others do not have."""
    way, _, reason = name.partition("/")
    return way, reason


def exit_name(exit_id: str) -> str:
    """Return the name that an exit leaves in paths and counts."""
    return f"exit:{exit_id}"
