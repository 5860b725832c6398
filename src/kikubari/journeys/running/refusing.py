"""Why people were not let in: each person's latest refusals, in nine bytes each."""

import struct
from collections.abc import Iterator, Sequence

from kikubari.journeys.running.contracts import Refusal

_MOST = 20
_ONE = struct.Struct("<Bq")
# Numbers of reasons as rows have them; another comes at the end.
_REASONS = (
    Refusal.TOO_OLD,
    Refusal.RESTRICTED,
    Refusal.NOT_IN_SEGMENT,
    Refusal.STILL_IN,
    Refusal.WAS_IN,
    Refusal.TOO_SOON,
    Refusal.ENTRY_LIMIT,
    Refusal.DAY_FULL,
    Refusal.NOT_RUNNING,
    Refusal.MISSED,
)
_NUMBERS = {reason.value: number for number, reason in enumerate(_REASONS)}


def add_refusals(kept: bytes, refused: Sequence[tuple[str, int]]) -> bytes:
    """Return what is kept when more come: (reason, at in microseconds), the newest last."""
    fresh = b"".join(_ONE.pack(_NUMBERS[reason], at_us) for reason, at_us in reversed(refused))
    return (fresh + kept)[: _MOST * _ONE.size]


def decode_refusals(body: bytes) -> Iterator[tuple[str, int]]:
    """Yield (reason, at in microseconds), the newest first."""
    for number, at_us in _ONE.iter_unpack(body):
        yield _REASONS[number].value, at_us
