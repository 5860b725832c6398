"""One version of a journey, ready to be walked: steps by number, in an order that goes forward."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from kikubari.decide.offers import Refusal as OfferRefusal
from kikubari.journeys.definition import (
    AnyStep,
    Asked,
    BranchStep,
    Exit,
    JourneyDefinition,
    NotifyStep,
    OfferStep,
    WaitBestTimeStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    WebhookStep,
    Who,
    list_whoever,
    read_asked,
    ways_out,
)
from kikubari.journeys.running.contracts import Untold
from kikubari.journeys.running.paths import MAX_NAMES, RESERVED, exit_name, reasoned, split_reason
from kikubari.spec.errors import TooLargeError

WAITS = (WaitStep, WaitUntilStep, WaitBestTimeStep, WaitForStep)
AnyWait = WaitStep | WaitUntilStep | WaitBestTimeStep | WaitForStep
_encode = msgspec.json.Encoder(order="deterministic").encode


def key_of(who: Who) -> str:
    """Return what tells one choice of people from another."""
    return who if isinstance(who, str) else _encode(who).decode()


def extend_names(names: Sequence[str], definition: JourneyDefinition) -> list[str]:
    """Return a journey's names with those that a version adds; numbers of the others stay.

    Raises:
        TooLargeError: the journey had too many steps in its life.
    """
    known = list(names) if names else list(RESERVED)
    seen = set(known)
    wanted = [step.id for step in definition.steps]
    wanted += [name for step in definition.steps for name, _ in ways_out(step)]
    wanted += [name for step in definition.steps for name in _reasoned_ways(step)]
    wanted += [exit_name(one.id) for one in definition.rules.exits]
    for name in wanted:
        if name not in seen:
            seen.add(name)
            known.append(name)
    if len(known) > MAX_NAMES:
        raise TooLargeError("a journey has at most 65,535 names in its life")
    return known


def _reasoned_ways(step: AnyStep) -> list[str]:
    """Return the ways that say in paths why they were taken; figures count the way alone."""
    match step:
        case OfferStep():
            return [reasoned("none", reason.value) for reason in OfferRefusal]
        case NotifyStep() | WebhookStep():
            return [reasoned("next", reason.value) for reason in Untold]
        case _:
            return []


class Program:
    """A version with everything looked up once.

    Attributes:
        journey_no, journey_id, version: which one.
        definition: the document.
        names: of the journey, by number.
        start: number of the first step, 0 if there is none.
        steps: by number.
        rank: of each step in an order in which every way leads forward.
        has_matches: some event must have something in common with the one that let in.
    """

    def __init__(
        self,
        journey_no: int,
        journey_id: str,
        version: int,
        definition: JourneyDefinition,
        names: Sequence[str],
    ) -> None:
        self.journey_no = journey_no
        self.journey_id = journey_id
        self.version = version
        self.definition = definition
        self.names = tuple(names)
        self._numbers = {name: number for number, name in enumerate(names)}
        self.steps: Mapping[int, AnyStep] = {
            self._numbers[step.id]: step for step in definition.steps
        }
        self._onward = {
            number: {
                self._numbers[name]: 0 if onward is None else self._numbers[onward]
                for name, onward in ways_out(step)
            }
            for number, step in self.steps.items()
        }
        self.start = 0 if definition.start is None else self._numbers[definition.start]
        self.rank = self._rank()
        self._asked: dict[str, Asked] = {}
        self.has_matches = any(one.matches for one in definition.rules.exits) or any(
            isinstance(step, WaitForStep) and step.matches for step in definition.steps
        )

    def number(self, name: str) -> int:
        """Return the number of a name."""
        return self._numbers[name]

    def find_number(self, name: str) -> int | None:
        """Return the number of a name, None if no version had it."""
        return self._numbers.get(name)

    def counted(self, way: int) -> int:
        """Return the way that figures count where a path says why it was taken."""
        name, reason = split_reason(self.names[way])
        return self._numbers[name] if reason else way

    def onward(self, step: int, way: int) -> int:
        """Return the step that a way leads to, 0 where the journey ends."""
        return self._onward[step][way]

    def ways(self, step: int) -> Mapping[int, int]:
        """Return the ways out of a step, and where each leads."""
        return self._onward[step]

    def exit_number(self, one: Exit) -> int:
        """Return the number of an exit's name."""
        return self._numbers[exit_name(one.id)]

    def reach(self, step: int) -> list[int]:
        """Return a step and those that people may come to from it at once, in their order."""
        found: set[int] = set()
        waiting = [step]
        while waiting:
            one = waiting.pop()
            if one and one not in found:
                found.add(one)
                if one == step or not isinstance(self.steps[one], WAITS):
                    waiting.extend(self._onward[one].values())
        return sorted(found, key=self.rank.__getitem__)

    def leads(self, step: int, to: int) -> bool:
        """Say whether some way from a step leads to another, or it is that one itself."""
        waiting, seen = [step], {0}
        while waiting:
            one = waiting.pop()
            if one == to:
                return True
            if one not in seen:
                seen.add(one)
                waiting.extend(self._onward[one].values())
        return False

    def conditions(self, steps: Sequence[int]) -> Iterator[Who]:
        """Yield what the branches among these steps, and the exits, ask of segments."""
        for one in self.definition.rules.exits:
            if one.when is not None:
                yield from list_whoever(self.asked(one.when))
        for number in steps:
            step = self.steps[number]
            if isinstance(step, BranchStep):
                for way in step.ways:
                    yield from list_whoever(self.asked(way.when))

    def asked(self, who: Who) -> Asked:
        """Return a condition, taken apart where it asks about the trigger."""
        key = key_of(who)
        if key not in self._asked:
            self._asked[key] = read_asked(who)
        return self._asked[key]

    def event_types(self) -> set[str] | None:
        """Return the types of events that those on the way, or just off it, are followed by.

        None: any type may matter.
        """
        rules = self.definition.rules
        tests = [one.events for one in rules.exits if one.events is not None]
        tests += [step.events for step in self.steps.values() if isinstance(step, WaitForStep)]
        if rules.goal is not None:
            tests.append(rules.goal.events)
        types = {test.event for test in tests}
        return None if None in types else {one for one in types if one is not None}

    def _rank(self) -> dict[int, int]:
        """Return places in an order in which every way leads forward (Kahn 1962)."""
        incoming = dict.fromkeys(self.steps, 0)
        for ways in self._onward.values():
            for onward in ways.values():
                if onward:
                    incoming[onward] += 1
        ready = [number for number, n in incoming.items() if n == 0]
        rank: dict[int, int] = {}
        while ready:
            number = ready.pop()
            rank[number] = len(rank)
            for onward in self._onward[number].values():
                if onward:
                    incoming[onward] -= 1
                    if incoming[onward] == 0:
                        ready.append(onward)
        return rank
