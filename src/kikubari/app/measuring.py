"""Of whom the last open day may be kept: what the shop chose, the person said, and the law left."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection

from kikubari.deliver import EMAIL, NO_WISHES, TrackingPolicy, load_wishes
from kikubari.kit.instants import LATEST
from kikubari.profiles import ConsentLedger, Limit, Profiles, Restrictions

_TRACKING = "tracking"
_LEFT_ALONE = (Limit.RESTRICTION, Limit.OBJECTION)


class CountablePeople:
    """Implements `deliver.Countable`.

    Who said on their page whether the day may be kept is done by; else who agreed to tracking is
    counted as far as the shop counts anybody, who refused or withdrew it is not, and who never
    said anything only where the shop counts without consent.
    """

    def __init__(
        self, profiles: Profiles, ledger: ConsentLedger, restrictions: Restrictions
    ) -> None:
        self._profiles = profiles
        self._ledger = ledger
        self._restrictions = restrictions

    def find(
        self,
        connection: Connection,
        numbers: Collection[int],
        policy: TrackingPolicy,
        *,
        since: datetime | None = None,
    ) -> Mapping[int, tuple[int, Collection[int]]]:
        """Return those of whom it may be: each number's canonical one, and all of that person.

        With `since`, those alone whose last word on tracking is no later: of who agreed in the
        meantime nothing was kept before.
        """
        if policy.tracking == "none" or not numbers:
            return {}
        now_is = self._profiles.resolve_numbers(connection, numbers)
        people = set(now_is.values())
        own: dict[int, set[int]] = {person: {person} for person in people}
        for number, person in self._profiles.numbers_of(connection, people).items():
            own[person].add(number)
        allowed = self._list_allowed(connection, own, policy, since or LATEST)
        return {
            number: (person, own[person]) for number, person in now_is.items() if person in allowed
        }

    def list_limited(self, connection: Connection) -> Collection[int]:
        """Return who is to be left out of any figure, by canonical number."""
        return self._restrictions.list_limited(connection, _LEFT_ALONE)

    def load_addresses(self, connection: Connection, numbers: Collection[int]) -> Mapping[int, str]:
        """Return the verified addresses of people, by canonical number."""
        return self._profiles.load_emails(connection, numbers)

    def _list_allowed(
        self,
        connection: Connection,
        people: Mapping[int, Collection[int]],
        policy: TrackingPolicy,
        since: datetime,
    ) -> set[int]:
        said = self._ledger.state(connection, list(people), _TRACKING, EMAIL)
        wishes = load_wishes(connection, people)
        limits = self._restrictions.find(connection, set(people))
        allowed = set()
        for person in people:
            if limits.get(person, frozenset()) & set(_LEFT_ALONE):
                continue
            own = wishes.get(person, NO_WISHES)
            wish = own.open_day
            state = said[person]
            if state.is_granted:
                is_allowed = wish is not False
            elif not policy.counts_without_consent:
                is_allowed = False
            else:
                is_allowed = wish is True or (wish is None and state.at is None)
            words = (state.at, own.open_day_said_at)
            if is_allowed and all(at is None or at <= since for at in words):
                allowed.add(person)
        return allowed
