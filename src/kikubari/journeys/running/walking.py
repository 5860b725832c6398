"""What happens to people at each step: decided for many at once, written down by `stepping`.

Everything here is a function of a batch of people, of what was looked up for them, and of an
instant: no store, no clock. A simulation runs these very functions.

An instant counts from when a step was due, not from when a worker came to it, as long as that is
less than `GRACE` ago: a busy minute moves nobody's way. Whoever waited longer, because the journey
was paused or the machine was off, goes on from then, so that messages meant for different days
never leave at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from kikubari.journeys.clocks import find_zone, next_micros
from kikubari.journeys.definition import (
    AnyStep,
    BranchStep,
    EndStep,
    EnterStep,
    ExperimentStep,
    ListStep,
    MessageStep,
    NotifyStep,
    OfferStep,
    PauseStep,
    SetTraitStep,
    SplitStep,
    WaitBestTimeStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    WebhookStep,
)
from kikubari.journeys.definition.steps import Part
from kikubari.journeys.running.asking import Answers, LetIn
from kikubari.journeys.running.drawing import draw, lot_key, part_of
from kikubari.journeys.running.paths import COMPLETED, reasoned
from kikubari.journeys.running.program import WAITS, AnyWait, Program, key_of
from kikubari.journeys.running.travellers import Acts, Traveller
from kikubari.kit.instants import from_micros, to_micros

GRACE = timedelta(hours=1)
_GRACE_US = GRACE // timedelta(microseconds=1)


# Returns when each did what the step waits for, by the enrolment's id.
Done = Callable[[WaitForStep, Sequence[Traveller]], Mapping[int, int]]
# Returns why those who got no code got none, by the enrolment's id.
Issue = Callable[[Program, OfferStep, Sequence[Traveller]], Mapping[int, str]]
# Returns why nobody was told of some, by the enrolment's id.
Tell = Callable[[Program, NotifyStep | WebhookStep, Sequence[Traveller]], Mapping[int, str]]


@dataclass
class Known:
    """What was looked up before a batch is walked.

    Attributes:
        members: who is what a condition says, by its key.
        dispatches: id by (version, step, entry of the person).
        zones: returns the time zones of those whose own is known.
        habits: best hour by number, for those who were looked up; None: no habit is known.
        answers: returns when what each waited for happened, by the enrolment's id.
        issue: hands out codes of an offer.
        tell: tells staff, or another system.
        let_in: tells whom what let in.
        winners: the part of each experiment that is decided, by the step's number.
        shop_zone: for everybody else.
    """

    shop_zone: ZoneInfo
    members: Mapping[str, BitMap] = field(default_factory=dict)
    dispatches: Mapping[tuple[int, int, int], int] = field(default_factory=dict)
    zones: Callable[[Sequence[int]], Mapping[int, str]] = lambda _: {}
    habits: Mapping[int, int | None] = field(default_factory=dict)
    answers: Done = lambda _step, _here: {}
    issue: Issue = lambda _program, _step, _here: {}
    tell: Tell = lambda _program, _step, _here: {}
    let_in: LetIn = lambda _where, _people: ()
    winners: Mapping[int, str] = field(default_factory=dict)


def walk(
    program: Program, people: Iterable[Traveller], known: Known, acts: Acts, now: datetime
) -> None:
    """Bring people of one version as far as they come now.

    Args:
        program: the version.
        people: who are due, at any of its steps; changed in place.
        known: what was looked up; somebody about whom something is missing stays where they are.
        acts: gets what is to be done.
        now: the instant.
    """
    walk_of = _Walk(program, known, acts, to_micros(now))
    lanes: dict[int, list[Traveller]] = {}
    for one in people:
        lanes.setdefault(one.step, []).append(one)
    # No way leads back: each step is come to once, with everybody who is there by then.
    for step in sorted(program.steps, key=program.rank.__getitem__):
        here = lanes.pop(step, None)
        if not here:
            continue
        for one in walk_of.take(step, here):
            lanes.setdefault(one.step, []).append(one)


def shared_instant(due_us: int, now_us: int) -> int:
    """Return the instant that counts for a step which was due then and is taken now."""
    return max(due_us, now_us - _GRACE_US)


class _Walk:
    """One walk of one version."""

    def __init__(self, program: Program, known: Known, acts: Acts, now_us: int) -> None:
        self._program = program
        self._known = known
        self._acts = acts
        self._now_us = now_us
        self._answers = Answers(known.members, key_of, known.let_in)

    def take(self, number: int, here: list[Traveller]) -> list[Traveller]:
        """Take people through one step; return those who came to another."""
        here = self._without_leavers(number, here)
        step = self._program.steps[number]
        if isinstance(step, WAITS):
            self._take_wait(number, step, here)
        else:
            self._take_act(number, step, here)
        return [one for one in here if one.step not in (0, number)]

    def _take_wait(self, number: int, step: AnyWait, here: list[Traveller]) -> None:
        match step:
            case WaitStep(duration=duration):
                span = duration.as_timedelta() // timedelta(microseconds=1)
                self._wait(number, [(one, one.at_us + span) for one in here])
            case WaitUntilStep():
                self._wait(number, self._clock_times(step, here))
            case WaitBestTimeStep():
                self._wait(number, self._best_times(step, here))
            case WaitForStep():
                self._wait_for(number, step, here)

    def _take_act(self, number: int, step: AnyStep, here: list[Traveller]) -> None:
        match step:
            case BranchStep():
                self._branch(number, step, here)
            case ExperimentStep() if number in self._known.winners:
                self._pass_all(number, self._known.winners[number], here)
            case SplitStep(parts=parts) | ExperimentStep(parts=parts):
                self._split(number, step.id, parts, here)
            case MessageStep():
                self._message(number, here)
            case EndStep():
                self._end(number, here)
            case OfferStep():
                self._pass_or_not(
                    number, "none", self._known.issue(self._program, step, here), here
                )
            case NotifyStep() | WebhookStep():
                self._pass_or_not(number, "next", self._known.tell(self._program, step, here), here)
            case SetTraitStep() | PauseStep() | ListStep() | EnterStep():
                self._acts.steps.append((self._program, number, list(here)))
                self._pass_all(number, "next", here)

    def _without_leavers(self, number: int, here: list[Traveller]) -> list[Traveller]:
        """Let those go of whom an exit says so; keep those about whom it is known."""
        for one_exit in self._program.definition.rules.exits:
            if one_exit.when is None:
                continue
            asked = self._program.asked(one_exit.when)
            if not self._answers.has(asked):
                return []
            way = self._program.exit_number(one_exit)
            chosen = self._answers.choose(asked, here)
            leaving = [one for one in here if one.id in chosen]
            for one in leaving:
                one.leave(way, self._instant(one))
            self._acts.left += leaving
            self._acts.count(self._program, number, way, len(leaving))
            here = [one for one in here if one.step]
        return here

    def _instant(self, one: Traveller) -> int:
        return shared_instant(one.at_us, self._now_us)

    def _pass_or_not(
        self, number: int, otherwise: str, refused: Mapping[int, str], here: Sequence[Traveller]
    ) -> None:
        """Let people go on, and those who were refused another way, with the reason."""
        self._pass_all(number, "next", [one for one in here if one.id not in refused])
        for reason in sorted(set(refused.values())):
            mine = [one for one in here if refused.get(one.id) == reason]
            self._pass_all(number, otherwise, mine, reason=reason)

    def _pass_all(
        self, number: int, name: str, here: Iterable[Traveller], *, reason: str = ""
    ) -> None:
        way = self._program.number(name)
        told = self._program.number(reasoned(name, reason)) if reason else way
        onward = self._program.onward(number, way)
        n = 0
        for one in here:
            one.go(told, onward, self._instant(one), self._now_us)
            n += 1
        self._acts.count(self._program, number, way, n)

    def _wait(self, number: int, until: Iterable[tuple[Traveller, int]]) -> None:
        """Let those go on whose time has come."""
        way = self._program.number("next")
        onward = self._program.onward(number, way)
        n = 0
        for one, due_us in until:
            if due_us > self._now_us:
                one.wait_until(due_us)
                continue
            one.go(way, onward, shared_instant(due_us, self._now_us), self._now_us)
            n += 1
        self._acts.count(self._program, number, way, n)

    def _clock_times(
        self, step: WaitUntilStep, here: Sequence[Traveller]
    ) -> list[tuple[Traveller, int]]:
        zones = self._zones(here) if step.zone == "person" else {}
        shop = self._known.shop_zone
        # Many reach a step at one instant, or share a zone: what was computed once is remembered.
        times: dict[tuple[int, ZoneInfo], int] = {}
        found = []
        for one in here:
            key = (one.at_us, zones.get(one.number, shop))
            if key not in times:
                times[key] = next_micros(one.at_us, step.at, step.weekdays, key[1])
            found.append((one, times[key]))
        return found

    def _best_times(
        self, step: WaitBestTimeStep, here: Sequence[Traveller]
    ) -> list[tuple[Traveller, int]]:
        zones = self._zones(here)
        span = step.within.as_timedelta() // timedelta(microseconds=1)
        found = []
        for one in here:
            if one.number not in self._known.habits:
                continue  # looked up next time
            hour = self._known.habits[one.number]
            due_us = one.at_us
            if hour is not None:
                zone = zones.get(one.number, self._known.shop_zone)
                due_us = best_micros(one.at_us, hour, zone)
            found.append((one, min(due_us, one.at_us + span)))
        return found

    def _zones(self, here: Sequence[Traveller]) -> dict[int, ZoneInfo]:
        names = self._known.zones([one.number for one in here])
        zones = {number: find_zone(name) for number, name in names.items()}
        return {number: zone for number, zone in zones.items() if zone is not None}

    def _wait_for(self, number: int, step: WaitForStep, here: Sequence[Traveller]) -> None:
        """Let those go on who did it, or whose time is over.

        Who comes here is looked at once more after that is written down: from then on no event
        can slip through between the log's follower and the worker.
        """
        settled = [one for one in here if not one.is_changed]
        answers = self._known.answers(step, settled)
        span = step.timeout.as_timedelta() // timedelta(microseconds=1)
        done, late = self._program.number("next"), self._program.number("timeout")
        for one in settled:
            deadline = one.at_us + span
            answer = answers.get(one.id)
            if answer is not None:
                at_us, way = shared_instant(answer, self._now_us), done
            elif deadline <= self._now_us:
                at_us, way = shared_instant(deadline, self._now_us), late
            else:
                one.wait_until(deadline)
                continue
            one.go(way, self._program.onward(number, way), at_us, self._now_us)
            self._acts.count(self._program, number, way, 1)

    def _branch(self, number: int, step: BranchStep, here: list[Traveller]) -> None:
        asked = {way.id: self._program.asked(way.when) for way in step.ways}
        if not all(self._answers.has(one) for one in asked.values()):
            return
        left = here
        for way in step.ways:
            chosen = self._answers.choose(asked[way.id], left)
            taken = [one for one in left if one.id in chosen]
            left = [one for one in left if one.id not in chosen]
            self._pass_all(number, way.id, taken)
        self._pass_all(number, "otherwise", left)

    def _split(
        self, number: int, step_id: str, parts: Sequence[Part], here: list[Traveller]
    ) -> None:
        key = lot_key(self._program.journey_id, step_id)
        taken: dict[str, list[Traveller]] = {part.id: [] for part in parts}
        for one in here:
            taken[part_of(parts, draw(key, one.number))].append(one)
        for part in parts:
            self._pass_all(number, part.id, taken[part.id])

    def _message(self, number: int, here: Sequence[Traveller]) -> None:
        """Queue messages; who has no dispatch yet stays until it is there."""
        going = []
        for one in here:
            dispatch = self._known.dispatches.get((one.version, number, one.ordinal))
            if dispatch is not None:
                self._acts.messages.setdefault(dispatch, []).append(one.number)
                going.append(one)
        self._pass_all(number, "next", going)

    def _end(self, number: int, here: Iterable[Traveller]) -> None:
        n = 0
        for one in here:
            one.leave(COMPLETED, self._instant(one))
            n += 1
        self._acts.count(self._program, number, COMPLETED, n)


def best_micros(after_us: int, hour: int, zone: ZoneInfo) -> int:
    """Return the next instant in the hour that a zone's clock shows: at once, if it is that."""
    local = from_micros(after_us).astimezone(zone)
    if local.hour == hour:
        return after_us
    return next_micros(
        after_us, local.time().replace(hour=hour, minute=0, second=0, microsecond=0), (), zone
    )
