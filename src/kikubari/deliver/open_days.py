"""The last day on which somebody opened a message, and no more: for deliverability alone.

One date a person, written over the one before. It says of no message and no campaign that it was
opened, is no event of the log, and is in no copy that segments, journeys or models read.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from kikubari.deliver import _open_day_rows as rows
from kikubari.deliver.contracts import EMAIL, Purpose
from kikubari.deliver.policies import TrackingPolicy, load_tracking
from kikubari.deliver.suppression import AddressHasher, list_blocked
from kikubari.deliver.visits import Visit, is_machine
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError
from kikubari.storage import StateStore

# Less mail than that says nothing of whether somebody reads it.
_FEWEST_MESSAGES = 3
_PEOPLE = 500
# Longer ago than anybody asks.
_KEPT = timedelta(days=2 * 365)
_WINDOWS = (30, 90, 180, 365)

Window = Literal[30, 90, 180, 365]


class Countable(Protocol):
    """Says of whom the last open day may be kept; `app` implements it on profiles and ledger."""

    def find(
        self,
        connection: Connection,
        numbers: Collection[int],
        policy: TrackingPolicy,
        *,
        since: datetime | None = None,
    ) -> Mapping[int, tuple[int, Collection[int]]]:
        """Return those of whom it may be: each number's canonical one, and all of that person.

        With `since`, only those whose word on it is no later than that.
        """
        ...

    def list_limited(self, connection: Connection) -> Collection[int]:
        """Return who is to be left out of any figure, by canonical number."""
        ...

    def load_addresses(self, connection: Connection, numbers: Collection[int]) -> Mapping[int, str]:
        """Return the verified addresses of people, by canonical number."""
        ...


class OpenDayFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How many people opened a message lately.

    Attributes:
        as_of: today, in the shop's zone.
        n_known: people of whom any day is known.
        within: by days: people whose last open day lies no further back.
    """

    as_of: date
    n_known: int
    within: dict[int, int]


class InactiveAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was written to for long and did not open anything.

    Attributes:
        number: of the person; lists go on behind it.
        address: theirs.
        last_open: the day, None where none is known.
    """

    number: int
    address: str
    last_open: date | None


class OpenDays:
    """Keeps the days, counts them, and lists who opens nothing.

    Args:
        store: of the days.
        countable: of whom they may be kept.
        clock: says what today is.
        zone: the shop's; days begin and end there.
        hasher: tells which addresses are suppressed already.
        workspace_id: whose people.
    """

    def __init__(
        self,
        store: StateStore,
        countable: Countable,
        clock: Clock,
        zone: ZoneInfo,
        hasher: AddressHasher,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._countable = countable
        self._clock = clock
        self._zone = zone
        self._hasher = hasher
        self._workspace_id = workspace_id
        self._reached = 0

    def note(self, number: int, visit: Visit, *, sent_at: datetime | None) -> None:
        """Keep the day of a request for a pixel, unless a program made it.

        Nothing else of the request is kept, not for a moment: so it is judged by itself alone.
        """
        if is_machine(visit, sent_at=sent_at):
            return
        with self._store.read() as connection:
            person = self._find(connection, number)
            if person is None:
                return
            known = rows.find_days(connection, self._workspace_id, person[1])
        if known.get(person[0]) == self._day(visit.at) and len(known) == 1:
            return
        self._store.write(lambda connection: self.keep_in(connection, number, visit.at))

    def keep_in(self, connection: Connection, number: int, at: datetime) -> None:
        """Keep the day of an instant at which a person did open something, if it may be kept."""
        person = self._find(connection, number)
        if person is None:
            return
        canonical, own = person
        known = rows.find_days(connection, self._workspace_id, own)
        day = max([self._day(at), *known.values()])
        rows.keep_day(connection, self._workspace_id, canonical, own, day)

    def is_told_of(self, connection: Connection, number: int) -> bool:
        """Say whether a person's day may be kept now."""
        return self._find(connection, number) is not None

    def last_day(self, connection: Connection, numbers: Collection[int]) -> date | None:
        """Return the day that is known of a person, by all their numbers."""
        days = rows.find_days(connection, self._workspace_id, numbers)
        return max(days.values(), default=None)

    def forget(self, numbers: Collection[int]) -> None:
        """Forget the day of a person who does not want it kept."""
        self._store.write(
            lambda connection: rows.delete_days(connection, self._workspace_id, numbers)
        )

    def figures(self) -> OpenDayFigures:
        """Count people by how long ago they opened a message, those with a limit left out."""
        today = self._day(self._clock.now())
        with self._store.read() as connection:
            by_day = dict(rows.count_by_day(connection, self._workspace_id))
            limited = self._countable.list_limited(connection)
            left_out = rows.find_days(connection, self._workspace_id, limited)
        for day in left_out.values():
            by_day[day] -= 1
        return OpenDayFigures(
            as_of=today,
            n_known=sum(by_day.values()),
            within={
                days: sum(n for day, n in by_day.items() if today - day < timedelta(days=days))
                for days in _WINDOWS
            },
        )

    def list_inactive(
        self, days: int, *, after: int = 0, limit: int = _PEOPLE
    ) -> list[InactiveAddress]:
        """Return people who got marketing mail before and since, and opened none for so long.

        Those of whom nothing may be kept, or could not all the time, are not in it: nobody knows
        whether they read.

        Args:
            days: for how long.
            after: go on behind the person of this number.
            limit: how many at most.

        Raises:
            ConflictError: days are not kept for that long yet.
        """
        now = self._clock.now()
        since = now - timedelta(days=days)
        found: list[InactiveAddress] = []
        with self._store.read() as connection:
            stored = load_tracking(connection, workspace_id=self._workspace_id)
            if stored.changed_at is not None and stored.changed_at > since:
                raise ConflictError(
                    f"what is kept of opens was changed less than {days} days ago",
                    hint="Who opened nothing for so long is known when it has held for as long.",
                )
            while len(found) < limit:
                numbers = rows.list_written_to(
                    connection,
                    self._workspace_id,
                    before_us=to_micros(since),
                    at_least=_FEWEST_MESSAGES,
                    after=after,
                    limit=_PEOPLE,
                )
                found += self._inactive_of(connection, numbers, stored.policy, since)
                if len(numbers) < _PEOPLE:
                    break
                after = numbers[-1]
        return found[:limit]

    def forget_some(self) -> bool:
        """Forget days that are old or may not be kept any more; False when all were looked at."""
        oldest = self._day(self._clock.now() - _KEPT)

        def work(connection: Connection) -> int | None:
            numbers = rows.list_numbers(
                connection, self._workspace_id, after=self._reached, limit=_PEOPLE
            )
            if not numbers:
                return None
            policy = load_tracking(connection, workspace_id=self._workspace_id).policy
            kept = self._countable.find(connection, numbers, policy)
            limited = set(self._countable.list_limited(connection))
            days = rows.find_days(connection, self._workspace_id, numbers)
            gone = [
                number
                for number in numbers
                # What is restricted is kept, and used for nothing.
                if (number not in kept and number not in limited) or days[number] < oldest
            ]
            rows.delete_days(connection, self._workspace_id, gone)
            return numbers[-1]

        last = self._store.write(work)
        self._reached = last or 0
        return last is not None

    def _inactive_of(
        self,
        connection: Connection,
        numbers: Collection[int],
        policy: TrackingPolicy,
        since: datetime,
    ) -> list[InactiveAddress]:
        people = self._countable.find(connection, numbers, policy, since=since)
        people = self._without_listed(connection, people, since)
        canonical = {person for person, _ in people.values()}
        addresses = self._countable.load_addresses(connection, canonical)
        addresses = self._without_suppressed(connection, addresses)
        everybody = {one for _, own in people.values() for one in own}
        days = rows.find_days(connection, self._workspace_id, everybody)
        inactive = []
        for number, (person, own) in sorted(people.items()):
            last = max((days[one] for one in own if one in days), default=None)
            if person in addresses and (last is None or last < self._day(since)):
                inactive.append(
                    InactiveAddress(number=number, address=addresses[person], last_open=last)
                )
        return inactive

    def _without_listed(
        self,
        connection: Connection,
        people: Mapping[int, tuple[int, Collection[int]]],
        since: datetime,
    ) -> dict[int, tuple[int, Collection[int]]]:
        """Leave out those who come in the list by another number of theirs, the lowest."""
        before = {one for number, (_, own) in people.items() for one in own if one < number}
        listed = rows.find_written_to(
            connection,
            self._workspace_id,
            before,
            before_us=to_micros(since),
            at_least=_FEWEST_MESSAGES,
        )
        return {
            number: (person, own)
            for number, (person, own) in people.items()
            if not any(one < number and one in listed for one in own)
        }

    def _without_suppressed(
        self, connection: Connection, addresses: Mapping[int, str]
    ) -> dict[int, str]:
        keys = {number: self._hasher.find_hash(one) for number, one in addresses.items()}
        known = [key for key in keys.values() if key is not None]
        blocked = list_blocked(connection, known, channel=EMAIL, workspace_id=self._workspace_id)
        return {
            number: one
            for number, one in addresses.items()
            if (key := keys[number]) is not None and Purpose.MARKETING not in blocked.get(key, ())
        }

    def _find(self, connection: Connection, number: int) -> tuple[int, Collection[int]] | None:
        policy = load_tracking(connection, workspace_id=self._workspace_id).policy
        person = self._countable.find(connection, [number], policy).get(number)
        return None if person is None else (person[0], {person[0], number, *person[1]})

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()
