"""Signs that people share a device or a household, and what follows from them. Pure.

How much each sign counts is fixed here, shown with each finding, and described in docs/profiles.md.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations

import msgspec

# Weights: how far each sign alone speaks for one household. Signs are combined as independent.
WEIGHTS: Mapping[str, float] = {
    "address_and_surname": 0.85,
    "landline": 0.60,
    "interleaved_device": 0.60,
    "address": 0.50,
    "handed_over_device": 0.15,
}
HOUSEHOLD_SCORE = 0.60
MAX_MEMBERS = 12  # more are a building or a club, not a household
MAX_AT_ADDRESS = 8
# Why what is private should be held back.
SHARED_DEVICE, HOUSEHOLD = "shared_device", "household"
MAX_ON_DEVICE = 10  # more: a public device, which says nothing about households


class DeviceUse(msgspec.Struct, frozen=True):
    """One person's use of a device, signed in."""

    profile: int
    first_at: datetime
    last_at: datetime


class SharedDevice(msgspec.Struct, frozen=True):
    """A device on which several people signed in.

    Attributes:
        device: its anonymous id.
        uses: by whom, earliest first; of a public device only the person's own.
        is_interleaved: somebody came back after another had begun: it is used side by side.
            Otherwise it was handed over.
        is_public: too many people for a household's device.
    """

    device: str
    uses: tuple[DeviceUse, ...]
    is_interleaved: bool
    is_public: bool


class Sign(msgspec.Struct, frozen=True):
    """One sign that two people live together: a key of `WEIGHTS`, and its weight."""

    kind: str
    weight: float


class Tie(msgspec.Struct, frozen=True):
    """Two people and the signs between them; `score` is 0..1."""

    left: int
    right: int
    score: float
    signs: tuple[Sign, ...]


class Sharing(msgspec.Struct, frozen=True):
    """What a person shares, and with whom.

    Attributes:
        profile: canonical number.
        household: canonical numbers of all members, the person included; empty: none found.
        ties: between the person and others, strong and weak.
        devices: shared with others.
        is_crowded: too many people are tied together to be a household.
    """

    profile: int
    household: tuple[int, ...] = ()
    ties: tuple[Tie, ...] = ()
    devices: tuple[SharedDevice, ...] = ()
    is_crowded: bool = False

    @property
    def hold_back(self) -> tuple[str, ...]:
        """Return why what is private should be held back: ``shared_device``, ``household``."""
        is_shared = any(one.is_interleaved or one.is_public for one in self.devices)
        named = ((SHARED_DEVICE, is_shared), (HOUSEHOLD, bool(self.household)))
        return tuple(code for code, applies in named if applies)


Span = tuple[int, int]  # first and last use of a device, in microseconds


def is_interleaved(spans: Sequence[Span]) -> bool:
    """Say whether any two spans of use overlap: one came back after the other had begun."""
    return any(later[0] < earlier[1] for earlier, later in combinations(sorted(spans), 2))


def make_tie(left: int, right: int, kinds: Iterable[str]) -> Tie:
    """Return the tie that signs make between two people."""
    signs = tuple(
        Sign(kind, WEIGHTS[kind]) for kind in sorted(kinds, key=lambda kind: -WEIGHTS[kind])
    )
    against = 1.0
    for sign in signs:
        against *= 1 - sign.weight
    return Tie(left, right, round(1 - against, 3), signs)


def component_of(person: int, beside: Mapping[int, Collection[int]]) -> set[int]:
    """Return everybody whom ties lead to from a person, the person included."""
    reached = {person}
    waiting = [person]
    while waiting:
        for other in beside.get(waiting.pop(), ()):
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached
