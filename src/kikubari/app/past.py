"""What simulations read of this installation: the log by the time things happened, the guard."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime

from pyroaring import BitMap

from kikubari.app.contact import HabitualHours
from kikubari.app.journeying import JourneyPeople
from kikubari.deliver import PastContact, Sender, list_past_contacts
from kikubari.events import EventLog, SequencedEvent
from kikubari.journeys import Audience, BroadcastDefinition, Explaining, Previews
from kikubari.journeys.contracts import Objection
from kikubari.journeys.definition import MessageStep, Who
from kikubari.journeys.running import Conversions
from kikubari.kit.clock import Clock
from kikubari.kit.instants import EARLIEST
from kikubari.measure import Tally, interval
from kikubari.profiles import Profiles
from kikubari.segments import RememberedPeople
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, StateStore

_AT_ONCE = 50_000
_PEOPLE_AT_ONCE = 500
_ERROR = 0.05
# Roots that messages of journeys have beside the customer.
_OCCASIONS = ("trigger", "cart", "favourites", "viewed", "last_order")


class LoggedPast:
    """Implements `journeys.PastEvents` on the log."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def read_past(
        self, types: Collection[str] | None, *, since: datetime, until: datetime
    ) -> Sequence[SequencedEvent]:
        """Return the events of some types that happened from `since` to `until`."""
        found: list[SequencedEvent] = []
        last = self._log.position()
        for first in range(1, last + 1, _AT_ONCE):
            end = min(first + _AT_ONCE - 1, last)
            page = (
                self._log.read_range(first, end)
                if types is None
                else self._log.read_types(first, end, types)
            )
            found += [one for one in page if since <= one.event.occurred_at <= until]
        return found


class LoggedMemories:
    """Implements `journeys.Memories`: people's whole histories, read from the log once.

    Everybody at once is asked of the columnar copy.
    """

    def __init__(
        self,
        log: EventLog,
        people: JourneyPeople,
        remembered: RememberedPeople,
        everybody: Audience,
    ) -> None:
        self._log = log
        self._people = people
        self._remembered = remembered
        self._everybody = everybody

    def recall(self, people: Collection[int]) -> None:
        """Read what these people ever did."""
        wanted = sorted(people)
        for start in range(0, len(wanted), _PEOPLE_AT_ONCE):
            self._recall(wanted[start : start + _PEOPLE_AT_ONCE])

    def belongs(self, segment: Who, person: int, *, as_of: datetime) -> bool:
        """Say whether a person was in a segment."""
        return self._remembered.belongs(segment, person, as_of=as_of)

    def list_members(self, segment: Who, *, as_of: datetime) -> BitMap:
        """Return everybody who was in a segment."""
        return self._everybody.evaluate(segment, as_of=as_of, workspace_id=DEFAULT_WORKSPACE)

    def _recall(self, people: Sequence[int]) -> None:
        whose = self._people.numbers_of(people)
        events: dict[int, list[SequencedEvent]] = {one: [] for one in people}
        for item in self._log.read_since(whose, EARLIEST, last=self._log.position()):
            events[whose[item.number]].append(item)
        for one, own in events.items():
            self._remembered.remember(one, own)


class PreviewGuard:
    """Implements `journeys.GuardSample` by making messages as previews are made."""

    def __init__(self, previews: Previews, sender: Sender) -> None:
        self._previews = previews
        self._sender = sender

    def judge(
        self, step: MessageStep, numbers: Sequence[int], chosen_by: Sequence[Who]
    ) -> tuple[int, list[Objection]]:
        """Return how many messages were made, and what there is against them."""
        draft = BroadcastDefinition(
            name=step.id,
            segment=next(iter(chosen_by), "builtin:everyone"),
            template=step.template,
            sender=step.sender or self._sender,
            purpose=step.purpose,
            topic=step.topic,
        )
        report = asyncio.run(self._previews.check(draft, numbers, also_known=_OCCASIONS))
        return report.people - report.failed, report.objections


class PastHabits:
    """Implements `journeys.Habits` on what people had done by then."""

    def __init__(self, store: StateStore, columnar: ColumnarStore, profiles: Profiles) -> None:
        self._store = store
        self._columnar = columnar
        self._profiles = profiles

    def as_of(self, clock: Clock) -> HabitualHours:
        """Return habits as the clock has them."""
        return HabitualHours(self._store, self._columnar, self._profiles, clock)


class EnrolledHoldouts:
    """Implements `journeys.PastHoldouts` on the figures of running journeys."""

    def __init__(self, explaining: Explaining) -> None:
        self._explaining = explaining

    def find(self, journey_id: str) -> Conversions | None:
        """Return a journey's figures, None if nobody was held out."""
        found = self._explaining.counts(journey_id).conversions
        return found if found.held_out else None

    def find_bounds(self, reached: int, people: int) -> tuple[float, float]:
        """Return between which shares (0 to 1) the true one lies, as reports say it.

        Two of them are compared: each is wrong half as often.
        """
        return interval(Tally(part="", people=people, reached=reached), error=_ERROR / 2)


class SentMail:
    """Implements `journeys.PastMail` on what really left."""

    def __init__(self, store: StateStore) -> None:
        self._store = store

    def list_contacts(self, numbers: Collection[int], *, before: datetime) -> list[PastContact]:
        """Return what counts towards caps of these numbers, and left before an instant."""
        with self._store.read() as connection:
            return list_past_contacts(connection, numbers, before=before)
