"""Who of an audience gets which letter, when: by lot, the same lot however often it is drawn.

Nothing is stored per person. A lot is the output of splitmix64 (Steele, Lea & Flood 2014, "Fast
splittable pseudorandom number generators") at the person's number, from a start that the broadcast
and the question fix: the questions' lots are independent of each other, as are broadcasts'.
"""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.journeys.variants import LetterExperiment

_STEP = 0x9E37_79B9_7F4A_7C15
_MIX = (0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB)
_PERCENT = 100


class Shares(msgspec.Struct, frozen=True):
    """An audience as an experiment shares it out; ascending numbers, nobody twice.

    Attributes:
        first: who is written to at once.
        rest: who waits for the winner.
        held: who gets nothing.
    """

    first: BitMap
    rest: BitMap
    held: BitMap


def share_out(broadcast_id: str, audience: BitMap, experiment: LetterExperiment | None) -> Shares:
    """Say who is written to at once, who later, who never."""
    if experiment is None:
        return Shares(audience, BitMap(), BitMap())
    numbers = np.asarray(audience.to_array())
    is_held = _draw(broadcast_id, "holdout", numbers) < experiment.holdout_percent / _PERCENT
    is_first = ~is_held
    if experiment.test is not None:
        is_first &= _draw(broadcast_id, "test", numbers) < experiment.test.percent / _PERCENT
    return Shares(
        BitMap(numbers[is_first]), BitMap(numbers[~is_first & ~is_held]), BitMap(numbers[is_held])
    )


def draw_letters(
    broadcast_id: str, numbers: Sequence[int], experiment: LetterExperiment | None
) -> dict[str, list[int]]:
    """Return who gets which letter, in the order of `numbers`; one letter has no name."""
    if experiment is None:
        return {"": list(numbers)}
    people = np.asarray(numbers, dtype=np.uint32)
    letters = experiment.letters
    drawn = (_draw(broadcast_id, "letter", people) * len(letters)).astype(np.uint8)
    return {
        letter: mine
        for place, letter in enumerate(letters)
        if (mine := people[drawn == place].tolist())
    }


def _draw(broadcast_id: str, question: str, numbers: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Return a lot from 0 to below 1 for each person."""
    seed = blake2b(f"{broadcast_id}/{question}".encode(), digest_size=8).digest()
    mixed = numbers.astype(np.uint64) * np.uint64(_STEP) + np.uint64(int.from_bytes(seed, "big"))
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_MIX[0])
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_MIX[1])
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
