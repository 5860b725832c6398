"""Those who did something with what is like a product, and how much speaks for each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.decide.recommend._kin_rows import KinRows
from kikubari.decide.recommend.contracts import Shopper
from kikubari.decide.recommend.kin import Deed, Deeds, Kin, wanting
from kikubari.decide.recommend.statements import key_of

# Nearly the same thing, and clearly the same kind of thing.
_NEAR, _AKIN = 0.5, 0.25


class Strength(StrEnum):
    """How much speaks for somebody, by the closest thing they did."""

    STRONG = "strong"
    FAIR = "fair"
    SLIGHT = "slight"


_BY_RANK = (Strength.SLIGHT, Strength.FAIR, Strength.STRONG)


class Standing(NamedTuple):
    """How somebody stands to a product, and by which deed most of all; `kin` is a place."""

    number: int
    score: float
    strength: Strength
    deed: Deed
    kin: int
    at_us: int


@dataclass(frozen=True, eq=False)
class Crowd:
    """People with what they did with kin.

    Attributes:
        numbers: uint32, theirs, ascending.
        deeds: with places in `numbers` for people.
        at_us: int64, of each line of deeds the last time.
        seen, rest: float64, all that each did: looking, and the rest.
        everything: float, of everybody, those without a line too.
    """

    numbers: NDArray[np.uint32]
    deeds: Deeds
    at_us: NDArray[np.int64]
    seen: NDArray[np.float64]
    rest: NDArray[np.float64]
    everything: float

    def without(self, numbers: BitMap) -> Self:
        """Return the crowd without some."""
        gone = np.isin(self.numbers, np.array(numbers.to_array(), dtype=np.uint32))
        return self._chosen(~gone, np.ones(len(self.numbers), dtype=bool))

    def only(self, shoppers: Mapping[int, Shopper], names: Collection[str]) -> Self:
        """Return those of whom something may be worked out, and whose stage of life it suits.

        What somebody looked at is taken out where they did not let it be followed.
        """
        known = [shoppers.get(number) for number in self.numbers.tolist()]
        is_welcome = [
            one is not None and one.is_profiled and one.withheld.isdisjoint(names) for one in known
        ]
        is_tracked = [one is not None and one.is_tracked for one in known]
        return self._chosen(np.array(is_welcome, dtype=bool), np.array(is_tracked, dtype=bool))

    def best(self, kin: Kin, limit: int) -> NDArray[np.uint32]:
        """Return the numbers of those who want it most."""
        return self.numbers[np.argsort(-self._scores(kin), kind="stable")[:limit]]

    def stand(self, kin: Kin) -> list[Standing]:
        """Return how everybody stands, those who want it most first."""
        deeds, scores = self.deeds, self._scores(kin)
        likeness, is_view = kin.likeness[deeds.kin], deeds.deed == Deed.VIEWED
        ranks = np.where(is_view, likeness >= _NEAR, likeness >= _AKIN).astype(np.int64)
        ranks += (likeness >= _NEAR) & ~is_view
        order = np.lexsort((-deeds.worth(kin), -ranks, deeds.person))
        people, first = np.unique(deeds.person[order], return_index=True)
        line_of = dict(zip(people.tolist(), order[first].tolist(), strict=True))
        return [
            Standing(
                int(self.numbers[person]),
                float(scores[person]),
                _BY_RANK[ranks[line]],
                Deed(int(deeds.deed[line])),
                int(deeds.kin[line]),
                int(self.at_us[line]),
            )
            for person in np.argsort(-scores, kind="stable").tolist()
            if (line := line_of.get(person)) is not None
        ]

    def _scores(self, kin: Kin) -> NDArray[np.float64]:
        activity = self.seen + self.rest
        return wanting(self.deeds.worth(kin), self.deeds.person, activity, self.everything)

    def _chosen(self, stays: NDArray[np.bool_], is_tracked: NDArray[np.bool_]) -> Self:
        """Return some of the people, and of them all lines but the views of the untracked."""
        deeds = self.deeds
        lines = stays[deeds.person] & (is_tracked[deeds.person] | (deeds.deed != Deed.VIEWED))
        places = np.cumsum(stays) - 1
        return replace(
            self,
            numbers=self.numbers[stays],
            deeds=Deeds(
                places[deeds.person[lines]], deeds.kin[lines], deeds.deed[lines], deeds.faded[lines]
            ),
            at_us=self.at_us[lines],
            seen=np.where(is_tracked, self.seen, 0.0)[stays],
            rest=self.rest[stays],
        )


def gather(rows: KinRows, kin: Kin, variants: Mapping[str, str]) -> Crowd:
    """Return everybody who did something with kin.

    Args:
        rows: of the copy.
        kin: products.
        variants: the product of every variant of theirs.
    """
    place_of = {name: place for place, name in enumerate(kin.ids)}
    items = {**place_of, **{one: place_of[owner] for one, owner in variants.items()}}
    lines = rows.read_lines(list(items))
    places = _Places({key_of(name): place for name, place in items.items()})
    numbers, person = np.unique(lines["person"], return_inverse=True)
    activity = rows.read_activity()
    return Crowd(
        numbers=numbers,
        deeds=Deeds(
            person.astype(np.int64),
            places.of(lines["item"]),
            lines["deed"].astype(np.int64),
            lines["faded"],
        ),
        at_us=lines["at_us"],
        seen=_of_people(activity, "seen", numbers),
        rest=_of_people(activity, "rest", numbers),
        everything=float(activity["seen"].sum() + activity["rest"].sum()),
    )


class _Places:
    """Places by key."""

    def __init__(self, place_of: Mapping[int, int]) -> None:
        keys = sorted(place_of)
        self._keys = np.array(keys, dtype=np.uint64)
        self._places = np.array([place_of[key] for key in keys], dtype=np.int64)

    def of(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        return np.asarray(self._places[np.searchsorted(self._keys, keys)], dtype=np.int64)


def _of_people(
    activity: NDArray[Any], name: str, numbers: NDArray[np.uint32]
) -> NDArray[np.float64]:
    """Return how much each does; nothing of who became somebody else, or went, since the deeds."""
    known = activity[np.isin(activity["person"], numbers)]
    found = np.zeros(len(numbers), dtype=np.float64)
    found[np.searchsorted(numbers, known["person"])] = known[name]
    return found
