"""From the rows that a simulated journey left behind to what it would have done."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any

import msgspec
from sqlalchemy import Row, select

from kikubari.deliver import Claimed, MessageState, Verdict
from kikubari.journeys.contracts import Objection
from kikubari.journeys.definition import AnyStep, JourneyDefinition, MessageStep
from kikubari.journeys.running import _refusals as refusals
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running._tables import enrolments
from kikubari.journeys.running.contracts import EnrolmentState
from kikubari.journeys.running.paths import decode_path
from kikubari.journeys.simulation.contracts import (
    SimulatedEntry,
    SimulatedPass,
    SimulatedStep,
    SimulatedWay,
    SimulationResult,
)
from kikubari.kit.instants import from_micros
from kikubari.storage import StateStore

_SAMPLE = 200
_SENT, _QUEUED = "sent", "queued"
_Row = Row[*tuple[Any, ...]]
_Passes = Sequence[tuple[str, str, datetime]]


class Post:
    """Hears what became of messages, by the step that sent them.

    Attributes:
        sent: messages that left, by step.
        stopped, delayed: by step and the reason's code.
        people: messages that each person got.
        reached: people with a message that left, by step, in order.
        last: what became of each message, by step, person and entry, and when.
    """

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self.stopped: dict[str, Counter[str]] = {}
        self.delayed: dict[str, Counter[str]] = {}
        self.people: Counter[int] = Counter()
        self.reached: dict[str, list[int]] = {}
        self.last: dict[tuple[str, int, int], tuple[str, datetime]] = {}

    def hear(
        self, origin: tuple[str, int], message: Claimed, verdict: Verdict | None, at: datetime
    ) -> None:
        """Take in one message of a step and of somebody's so-manieth entry."""
        step, ordinal = origin
        became = _SENT if verdict is None else _code_of(verdict)
        self.last[step, message.number, ordinal] = (became, at)
        if verdict is None:
            self.sent[step] += 1
            self.people[message.number] += 1
            self.reached.setdefault(step, []).append(message.number)
            return
        counts = self.delayed if verdict.state is MessageState.QUEUED else self.stopped
        reason = "" if verdict.reason is None else verdict.reason.value
        counts.setdefault(step, Counter())[reason] += 1


def _code_of(verdict: Verdict) -> str:
    if verdict.state is MessageState.QUEUED:
        return _QUEUED
    return verdict.state.value if verdict.reason is None else verdict.reason.value


def tally(
    store: StateStore,
    post: Post,
    definition: JourneyDefinition,
    *,
    workspace_id: int,
    since: datetime,
    until: datetime,
    costs: Mapping[str, float],
) -> SimulationResult:
    """Return the result of a simulation whose one journey is in `store`."""
    with store.read() as connection:
        (journey,) = repository.list_journeys(connection, workspace_id)
        names = repository.decode_names(journey.names)
        rows = connection.execute(select(enrolments).order_by(enrolments.c.id)).all()
        refused = refusals.count_refusals(connection, workspace_id, journey.no)
    entered = [row for row in rows if row.state != EnrolmentState.HELD_OUT]
    paths = [_passes(row, names) for row in entered]
    standing = _Standing(entered, paths, names)
    steps = [_step(step, standing, post, costs) for step in definition.steps]
    got = Counter(post.people.values())
    nothing = len({row.number for row in entered} - set(post.people))
    return SimulationResult(
        since=since,
        until=until,
        entries=len(entered),
        people=len({row.number for row in entered}),
        held_out=len(rows) - len(entered),
        refused=refused,
        reached_goal=sum(row.converted_us is not None for row in entered),
        value_minor=sum(row.value_minor for row in entered),
        outcomes=dict(
            Counter("" if row.outcome is None else names[row.outcome] for row in entered)
        ),
        steps=steps,
        sent=sum(post.sent.values()),
        messages_per_person={**({0: nothing} if nothing else {}), **dict(sorted(got.items()))},
        cost_minor=sum(step.cost_minor for step in steps),
        effect=None,
        sample=_sample(entered, paths, names, post),
        seconds=0,
    )


def _passes(row: _Row, names: Sequence[str]) -> _Passes:
    return [(names[step], names[way], at) for step, way, at in decode_path(row.path)]


class _Standing:
    """Where entries stand, and how long each way out of a step took."""

    def __init__(
        self, rows: Sequence[_Row], paths: Sequence[_Passes], names: Sequence[str]
    ) -> None:
        self.waiting: Counter[str] = Counter()
        self.ways: dict[str, Counter[str]] = {}
        self.waits: dict[str, list[float]] = {}
        for row, path in zip(rows, paths, strict=True):
            came_at = from_micros(row.began_us)
            for step, way, at in path:
                self.ways.setdefault(step, Counter())[way] += 1
                self.waits.setdefault(step, []).append(max(0.0, (at - came_at).total_seconds()))
                came_at = at
            if row.state == EnrolmentState.ACTIVE:
                self.waiting[names[row.step]] += 1


def _step(
    step: AnyStep, standing: _Standing, post: Post, costs: Mapping[str, float]
) -> SimulatedStep:
    ways = standing.ways.get(step.id, Counter())
    waits, waiting = standing.waits.get(step.id), standing.waiting[step.id]
    sent = post.sent[step.id]
    return SimulatedStep(
        step=step.id,
        arrived=ways.total() + waiting,
        waiting=waiting,
        ways=[SimulatedWay(way=way, people=n) for way, n in ways.most_common()],
        median_wait_seconds=median(waits) if waits else None,
        sent=sent,
        stopped=dict(post.stopped.get(step.id, {})),
        delayed=dict(post.delayed.get(step.id, {})),
        cost_minor=_cost_of(step, sent, costs),
    )


def _cost_of(step: AnyStep, sent: int, costs: Mapping[str, float]) -> int:
    """Return what messages cost, in whole minor units; all of them go by e-mail as yet."""
    if not isinstance(step, MessageStep):
        return 0
    each = costs.get("email", 0) if step.cost_minor is None else step.cost_minor
    return round(sent * each)


def _sample(
    rows: Sequence[_Row], paths: Sequence[_Passes], names: Sequence[str], post: Post
) -> list[SimulatedEntry]:
    """Return some ways, of each kind of outcome in turn, so that rare ones are seen too."""
    by_outcome: dict[object, list[int]] = {}
    for place, row in enumerate(rows):
        by_outcome.setdefault(row.outcome, []).append(place)
    share = max(1, _SAMPLE // max(1, len(by_outcome)))
    chosen = [place for places in by_outcome.values() for place in _spread(places, share)]
    return [_entry(rows[place], paths[place], names, post) for place in sorted(chosen)[:_SAMPLE]]


def _spread(places: Sequence[int], n: int) -> Sequence[int]:
    """Return up to n of the places, from the whole stretch."""
    return places[:: max(1, len(places) // n)][:n]


def _entry(row: _Row, path: _Passes, names: Sequence[str], post: Post) -> SimulatedEntry:
    is_active = row.state == EnrolmentState.ACTIVE
    return SimulatedEntry(
        number=row.number,
        entered_at=from_micros(row.began_us),
        ended_at=None if row.ended_us is None else from_micros(row.ended_us),
        outcome="" if row.outcome is None else names[row.outcome],
        waiting_at=names[row.step] if is_active else "",
        path=[_pass(row, one, post) for one in path],
    )


def _pass(row: _Row, passed: tuple[str, str, datetime], post: Post) -> SimulatedPass:
    step, way, at = passed
    message, message_at = post.last.get((step, row.number, row.ordinal), ("", None))
    return SimulatedPass(step=step, way=way, at=at, message=message, message_at=message_at)


def with_guard(
    result: SimulationResult, found: Mapping[str, tuple[int, list[Objection]]]
) -> SimulationResult:
    """Return a result with what the guard says of messages, by step."""
    steps = [
        msgspec.structs.replace(one, guard_sample=found[one.step][0], guard=found[one.step][1])
        if one.step in found
        else one
        for one in result.steps
    ]
    return msgspec.structs.replace(result, steps=steps)
