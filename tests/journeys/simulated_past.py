"""A past to try journeys on: what people did, what they were, and how they were reached."""

from datetime import timedelta
from types import SimpleNamespace

from journey_world import NOW, TOKYO
from pyroaring import BitMap

from kikubari.deliver import FrequencyPolicy
from kikubari.journeys.simulation import Past, simulate
from kikubari.segments import EventTests
from kikubari.testing.journeys import ListedLog, PlainPeople

DAY = timedelta(days=1)
SINCE, UNTIL = NOW - 30 * DAY, NOW


class Memories:
    """Segments by name, and what gates ask: consent, address, suppression."""

    def __init__(self, *, without_consent=(), suppressed=(), **members) -> None:
        self.members = members
        self.standing = {
            "consent": lambda person: person not in without_consent,
            "trait": lambda person: person < 100,
            "suppressed": lambda person: person in suppressed,
        }
        self.recalled = set()
        self.instants = []
        self.birthdays = lambda _condition, _as_of: ()
        self.come_and_go = lambda segment, _as_of: members[segment]

    def recall(self, people):
        self.recalled |= set(people)

    def list_members(self, segment, *, as_of):
        if isinstance(segment, dict):
            return BitMap(self.birthdays(segment, as_of))
        return BitMap(self.come_and_go(segment, as_of))

    def belongs(self, segment, person, *, as_of):
        assert person in self.recalled
        if isinstance(segment, dict):
            return self.standing[segment["type"]](person)
        self.instants.append(as_of)
        return person in self.members[segment]


class Guard:
    """Looks at messages and has nothing against them."""

    def __init__(self) -> None:
        self.asked = {}

    def judge(self, step, numbers, chosen_by):
        self.asked[step.id] = (list(numbers), list(chosen_by))
        return len(numbers), []


class History:
    """What people did, as the log tells by the time it happened."""

    def __init__(self, **standing) -> None:
        self.log = ListedLog()
        self.memories = Memories(**standing)
        self.guard = Guard()
        self.policy = FrequencyPolicy()
        self.types = None
        self.hours = {}
        self.mail = None
        self.costs = {}
        self.asked_at = []

    def as_of(self, clock):
        def find(zones, *, workspace_id):
            self.asked_at.append(clock.now())
            return {number: self.hours[number] for number in zones if number in self.hours}

        return SimpleNamespace(find=find)

    def did(self, number, event, days, **properties):
        self.log.add(number, event, SINCE + days * DAY, received_at=NOW, **properties)

    def read_past(self, types, *, since, until):
        self.types = types
        return [
            one
            for one in self.log.items
            if since <= one.event.occurred_at <= until
            and (types is None or one.event.type in types)
        ]

    def simulate(self, definition, *, since=SINCE, until=UNTIL, **more):
        past = Past(
            events=self,
            memories=self.memories,
            people=PlainPeople(),
            tests=EventTests(currency="JPY", zone=TOKYO, workspace_id=1),
            guard=self.guard,
            habits=self,
            mail=self.mail,
            costs=self.costs,
            frequency=lambda: self.policy,
            fill=lambda template: template,
            zone=TOKYO,
        )
        return simulate(past, definition, journey_id="jny_1", since=since, until=until, **more)
