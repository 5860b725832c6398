"""Leanings of everybody, learned from the copy and told as computed traits `predicted_…`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.decide.predict._habit_rows import read_discounts, read_slots
from kikubari.decide.predict._lines import Lines
from kikubari.decide.predict._pairs import Ints
from kikubari.decide.predict.affinities import AffinityCard, Counts, Leanings, find_leanings
from kikubari.decide.predict.contracts import Withheld
from kikubari.events import PROFILE
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID, TRAIT_COMPUTED
from kikubari.storage import ColumnarStore

NEWEST = timedelta(days=28)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = 24
_AT_A_DISCOUNT = 1
TRAITS = (
    *("predicted_category", "predicted_category_share", "predicted_discount_share"),
    *("predicted_best_hour", "predicted_best_weekday"),
)
_HELD = f"""
SELECT toUInt32({PROFILE}) AS person
FROM traits
WHERE workspace_id = {{workspace:UInt16}} AND name IN {{names:Array(String)}}
  AND source_id = {INTERNAL_SOURCE_ID} AND at <= {{as_of:DateTime64(6, 'UTC')}}
GROUP BY person, name
HAVING argMax(is_set, (at, source_id, message_key))
"""  # noqa: S608 - constants of the copy's schema; values are parameters


class HabitCards(msgspec.Struct, frozen=True, kw_only=True):
    """The cards of what people lean to.

    Attributes:
        categories: of products.
        discounts: at which they buy.
        hours: of the day.
        weekdays: likewise.
        channels: named for nobody: as long as there is one, it is nobody's best.
    """

    categories: AffinityCard
    discounts: AffinityCard
    hours: AffinityCard
    weekdays: AffinityCard
    channels: AffinityCard = AffinityCard(n_people=0, strength=0.0, withheld=Withheld.ONE_CHANNEL)


@dataclass(frozen=True, eq=False)
class Habits:
    """What each person leans to, by profile number and trait."""

    cards: HabitCards
    named: dict[int, dict[str, Any]]

    def events(self, version: int, as_of: datetime) -> Iterator[Event]:
        """Yield an event for each person; traits that nothing is said of any more are withdrawn."""
        for number, said in self.named.items():
            yield Event(
                message_id=f"habits:{version}:{number}",
                kind=EventKind.TRACK,
                type=TRAIT_COMPUTED,
                occurred_at=as_of,
                received_at=as_of,
                source_id=INTERNAL_SOURCE_ID,
                trust=Trust.INTERNAL,
                number=number,
                traits={name: said.get(name) for name in TRAITS},
                context={"kikubari": {"provenance": "inferred_self"}},
            )


@dataclass(frozen=True, eq=False)
class HabitRows:
    """What habits are learned from.

    Attributes:
        slots: as `read_slots` returns them.
        orders: as `read_discounts` returns them.
        holders: profile numbers of whom something was told that has not been withdrawn.
    """

    slots: NDArray[np.void]
    orders: NDArray[np.void]
    holders: tuple[int, ...]


def read_habit_rows(
    store: ColumnarStore,
    as_of: datetime,
    *,
    zone: ZoneInfo,
    nobody: NDArray[np.uint32],
    workspace_id: int,
) -> HabitRows:
    """Return what everybody did.

    Args:
        store: the copy.
        as_of: what lies after it is not looked at.
        zone: of the shop.
        nobody: people of whom nothing is learned.
        workspace_id: whose people.
    """
    newest = as_of - NEWEST
    slots = read_slots(store, as_of=as_of, newest=newest, zone=zone, workspace_id=workspace_id)
    orders = read_discounts(store, as_of=as_of, newest=newest, workspace_id=workspace_id)
    slots, orders = (one[~np.isin(one["person"], nobody)] for one in (slots, orders))
    return HabitRows(slots, orders, _list_holders(store, as_of, workspace_id))


def learn_habits(rows: HabitRows, lines: Lines, as_of: datetime) -> Habits:
    """Learn what everybody leans to.

    Args:
        rows: what people did, by hours, and their orders.
        lines: what was bought, by the people of whom something may be learned.
        as_of: the instant that both were read as of.
    """
    slots, orders = rows.slots, rows.orders
    hours = _Subject.of_rows(slots, slots["slot"] % _HOURS, range(_HOURS))
    weekdays = _Subject.of_rows(slots, slots["slot"] // _HOURS, WEEKDAYS)
    discounts = _Subject.of_rows(orders, orders["slot"], ("full price", "at a discount"))
    categories = _Subject.of_categories(lines, as_of)
    found = {
        "categories": find_leanings(categories.older, categories.newest),
        "discounts": find_leanings(discounts.older, discounts.newest, only=_AT_A_DISCOUNT),
        "hours": find_leanings(hours.older, hours.newest),
        "weekdays": find_leanings(weekdays.older, weekdays.newest),
    }
    named: dict[int, dict[str, Any]] = {number: {} for number in rows.holders}
    for number, name, share in categories.tell(found["categories"][0]):
        told = {"predicted_category": name, "predicted_category_share": share}
        named.setdefault(number, {}).update(told)
    for number, _, share in discounts.tell(found["discounts"][0]):
        named.setdefault(number, {})["predicted_discount_share"] = share
    for number, hour, _ in hours.tell(found["hours"][0]):
        named.setdefault(number, {})["predicted_best_hour"] = hour
    for number, weekday, _ in weekdays.tell(found["weekdays"][0]):
        named.setdefault(number, {})["predicted_best_weekday"] = weekday
    return Habits(HabitCards(**{name: card for name, (_, card) in found.items()}), named)


@dataclass(frozen=True, eq=False)
class _Subject:
    """What people may lean to: whose counts, of which kinds."""

    people: NDArray[np.uint32]
    kinds: Sequence[Any]
    older: Counts
    newest: Counts

    @classmethod
    def of_rows(
        cls, rows: NDArray[np.void], kind: NDArray[np.uint32], kinds: Sequence[Any]
    ) -> "_Subject":
        people, place = np.unique(rows["person"], return_inverse=True)
        is_new = rows["is_new"] > 0
        key = place.astype(np.int64) * len(kinds) + kind
        older, newest = (
            _count(key[mask], rows["n"][mask], len(people), len(kinds))
            for mask in (~is_new, is_new)
        )
        return cls(people, kinds, older, newest)

    @classmethod
    def of_categories(cls, lines: Lines, as_of: datetime) -> "_Subject":
        purchases, names = lines.by_category(as_of)
        is_new = purchases.day >= -NEWEST.days
        n_people, n_kinds = len(lines.people), max(len(names), 1)
        older, newest = (
            _count(purchases.key[mask], np.ones(int(mask.sum())), n_people, n_kinds)
            for mask in (~is_new, is_new)
        )
        return cls(lines.people, names, older, newest)

    def tell(self, found: Leanings) -> Iterator[tuple[int, Any, float]]:
        """Yield the profile number, the kind's name and its share."""
        for person, kind, share in zip(found.person, found.kind, found.share, strict=True):
            yield int(self.people[person]), self.kinds[kind], round(float(share), 3)


def _count(key: Ints, n: NDArray[Any], n_people: int, n_kinds: int) -> Counts:
    keys, place = np.unique(key, return_inverse=True)
    person, kind = np.divmod(keys, n_kinds)
    count = np.bincount(place, n, minlength=len(keys)).astype(float)
    return Counts(n_people, n_kinds, person, kind, count)


def _list_holders(store: ColumnarStore, as_of: datetime, workspace_id: int) -> tuple[int, ...]:
    """Return who was told to lean to something and has not been withdrawn."""
    values = {"workspace": workspace_id, "names": list(TRAITS), "as_of": as_of}
    return tuple(int(number) for number in store.query_numbers(_HELD, values))
