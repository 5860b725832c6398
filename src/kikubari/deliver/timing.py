"""The check of both gates that asks: does the person want this, and is now the time?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from kikubari.deliver import _contacts as rows
from kikubari.deliver.contracts import MessageState, Purpose, Verdict
from kikubari.deliver.frequency import (
    Cap,
    FrequencyPolicy,
    find_best_time,
    find_quiet_end,
    find_room,
    longest_memory,
)
from kikubari.deliver.gate import Candidate
from kikubari.deliver.policies import load_policy
from kikubari.deliver.reasons import EXPIRED, Reason
from kikubari.deliver.used_facts import uses_any
from kikubari.deliver.wishes import NO_WISHES, RHYTHM_CAPS, Wishes, load_wishes
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros

# Each step waits for one rule; more steps than rules means that they leave no room at all.
_MAX_STEPS = 60
# What matters more has left, or is told to wait, by then.
_YIELDS = timedelta(minutes=1)


class People(Protocol):
    """Says which numbers are one person; `app` implements it on profiles."""

    def list_numbers(
        self, connection: Connection, numbers: Collection[int], *, workspace_id: int
    ) -> Mapping[int, tuple[int, Collection[int]]]:
        """Return each number's person: the canonical number, and all numbers."""
        ...


class BestHours(Protocol):
    """Says when people are most likely to look; `app` implements it on their habits."""

    def find(self, zones: Mapping[int, str], *, workspace_id: int) -> Mapping[int, int]:
        """Return the hour of the day, 0 to 23 in the person's zone, of those whose is known."""
        ...


class _Sent(msgspec.Struct, frozen=True):
    """A message that counts. `topic` is known where a cap asks for it."""

    at: datetime
    channel: str
    topic: str


class _Rival(msgspec.Struct, frozen=True):
    """A message to the same person that is due, matters more, and has not left."""

    message_id: int
    priority: int
    channel: str
    topic: str


class _Case(msgspec.Struct, frozen=True):
    """All that decides on one message."""

    candidate: Candidate
    wishes: Wishes
    caps: list[Cap]
    policy: FrequencyPolicy
    sent: list[_Sent]
    best_hour: int | None
    rivals: list[_Rival]


class FrequencyCheck:
    """Topics, pause, caps, quiet hours, best hour: of the person and of the shop.

    Marketing only. What is not to go now waits, with the instant at which it is tried again; what
    waited longer than the policy allows is given up, and says why.

    Where a cap leaves less room than messages of higher priority are due to take, a message
    gives way: it is tried again in a moment, or dropped, as its letter says.

    Caps are hard: at the last gate the person's turn is taken first, so of two transactions that
    would write to one person the second counts what the first let go. The slot itself is written
    by `recording`, in the same transaction.

    Args:
        people: which numbers are one person.
        clock: gives now.
        is_last: of the last gate; takes turns. The early one only looks.
        best_hours: for the early gate; the last one leaves what that decided.
    """

    name = "frequency"

    def __init__(
        self,
        people: People,
        clock: Clock,
        *,
        is_last: bool,
        best_hours: BestHours | None = None,
    ) -> None:
        self._people = people
        self._clock = clock
        self._is_last = is_last
        self._best_hours = best_hours

    def judge(
        self, connection: Connection, candidates: Sequence[Candidate]
    ) -> Mapping[int, Verdict]:
        """Return a verdict for each message that is unwanted or must wait."""
        asking = [one for one in candidates if one.purpose is Purpose.MARKETING]
        if not asking:
            return {}
        workspace_id = asking[0].workspace_id
        now = self._clock.now()
        policy = load_policy(connection, workspace_id=workspace_id).policy
        found = self._people.list_numbers(
            connection, {one.number for one in asking}, workspace_id=workspace_id
        )
        persons = {one.number: found.get(one.number, (one.number, ())) for one in asking}
        people = {key: {key, *numbers} for key, numbers in persons.values()}
        wishes = load_wishes(connection, people, workspace_id=workspace_id)
        caps = {key: _caps_of(policy, wishes.get(key, NO_WISHES)) for key in people}
        sent = self._load_sent(connection, people, caps, workspace_id, now)
        hours = self._find_best_hours(asking, workspace_id)
        rivals = self._list_rivals(connection, people, caps, asking, now)
        judged: set[int] = set()
        stopped: dict[int, Verdict] = {}
        for one in sorted(asking, key=lambda one: -one.priority):
            key = persons[one.number][0]
            case = _Case(
                one,
                wishes.get(key, NO_WISHES),
                caps[key],
                policy,
                sent[key],
                hours.get(one.number),
                [rival for rival in rivals.get(key, ()) if rival.message_id not in judged],
            )
            verdict = _judge(case, now)
            judged.add(one.message_id)
            if verdict is not None:
                stopped[one.message_id] = verdict
            elif self._is_last:
                sent[key].append(_Sent(now, one.channel, one.topic))
        return stopped

    def _load_sent(
        self,
        connection: Connection,
        people: Mapping[int, set[int]],
        caps: Mapping[int, list[Cap]],
        workspace_id: int,
        now: datetime,
    ) -> dict[int, list[_Sent]]:
        """Return when the capped were written to; at the last gate, nobody else writes to them."""
        capped = {key: own for key, own in people.items() if caps[key]}
        sent: dict[int, list[_Sent]] = {key: [] for key in people}
        if not capped:
            return sent
        if self._is_last:
            rows.take_turns(connection, workspace_id, capped)
        key_of = {number: key for key, own in capped.items() for number in own}
        since = now - longest_memory(cap for key in capped for cap in caps[key])
        slots = rows.list_slots(connection, workspace_id, key_of, since_us=to_micros(since))
        topics: dict[int, str] = {}
        if any(cap.topic for own in caps.values() for cap in own):
            topics = rows.find_topics(connection, workspace_id, {row.message_id for row in slots})
        for row in slots:
            one = _Sent(from_micros(row.at_us), row.channel, topics.get(row.message_id, ""))
            sent[key_of[row.number]].append(one)
        return sent

    def _list_rivals(
        self,
        connection: Connection,
        people: Mapping[int, set[int]],
        caps: Mapping[int, list[Cap]],
        asking: Sequence[Candidate],
        now: datetime,
    ) -> dict[int, list[_Rival]]:
        """Return what else is due to the capped and matters more than the least of these."""
        key_of = {number: key for key, own in people.items() if caps[key] for number in own}
        found: dict[int, list[_Rival]] = {}
        if not key_of:
            return found
        for row in rows.list_rivals(
            connection,
            asking[0].workspace_id,
            key_of,
            above=min(one.priority for one in asking),
            due_us=to_micros(now),
        ):
            rival = _Rival(row.message_id, row.priority, row.channel, row.topic)
            found.setdefault(key_of[row.number], []).append(rival)
        return found

    def _find_best_hours(self, asking: Sequence[Candidate], workspace_id: int) -> Mapping[int, int]:
        if self._best_hours is None:
            return {}
        zones = {
            one.number: one.time.zone for one in asking if one.at_best_hour and one.held_at is None
        }
        return self._best_hours.find(zones, workspace_id=workspace_id) if zones else {}


def _caps_of(policy: FrequencyPolicy, wishes: Wishes) -> list[Cap]:
    own = RHYTHM_CAPS.get(wishes.rhythm)
    return policy.caps if own is None else [*policy.caps, own]


def _judge(case: _Case, now: datetime) -> Verdict | None:
    if case.candidate.topic and case.candidate.topic in case.wishes.unwanted_topics:
        return Verdict(MessageState.SKIPPED, Reason.TOPIC_UNWANTED)
    if case.wishes.unused and uses_any(case.candidate.record, case.wishes.unused):
        return Verdict(MessageState.QUEUED, Reason.FACT_UNWANTED, now)
    wait = _find_wait(case, now)
    if wait is None and _is_outranked(case, now):
        if case.candidate.gives_way:
            return Verdict(MessageState.SKIPPED, Reason.GAVE_WAY)
        wait = Reason.OUTRANKED, now + _YIELDS
    if wait is None:
        return None
    reason, until = wait
    deadline = (case.candidate.held_at or now) + timedelta(hours=case.policy.hold_hours)
    if deadline <= now:
        return Verdict(MessageState.SKIPPED, EXPIRED.get(reason, reason))
    # Waiting for one rule may end in the time of another.
    for _ in range(_MAX_STEPS):
        following = _find_wait(case, until) if until < deadline else None
        if following is None:
            break
        until = following[1]
    return Verdict(MessageState.QUEUED, reason, min(until, deadline))


def _find_wait(case: _Case, at: datetime) -> tuple[Reason, datetime] | None:
    """Return the first rule that an instant breaks, and when that rule holds no more."""
    one, zone = case.candidate, _zone(case.candidate.time.zone)
    paused_until = case.wishes.paused_until
    if paused_until is not None and paused_until > at:
        return Reason.ASKED_TO_WAIT, paused_until
    for cap in case.caps:
        if _is_of(cap, one):
            sent = [other.at for other in case.sent if _is_of(cap, other)]
            room = find_room(cap, sent, at, zone)
            if room is not None:
                return Reason.OVER_CAP, room
    for quiet in case.policy.quiet_hours:
        if quiet.channel in {"", one.channel}:
            end = find_quiet_end(quiet, at, zone)
            if end is not None:
                return Reason.QUIET_HOURS, end
    if case.best_hour is not None:
        best = find_best_time(case.best_hour, at, zone)
        if best is not None:
            return Reason.BEST_HOUR, best
    return None


def _is_outranked(case: _Case, now: datetime) -> bool:
    """Say whether those that matter more would take all the room that a cap leaves."""
    one, zone = case.candidate, _zone(case.candidate.time.zone)
    rivals = [rival for rival in case.rivals if rival.priority > one.priority]
    for cap in case.caps if rivals else ():
        if _is_of(cap, one):
            sent = [other.at for other in case.sent if _is_of(cap, other)]
            taken = [now for rival in rivals if _is_of(cap, rival)]
            if taken and find_room(cap, [*sent, *taken], now, zone) is not None:
                return True
    return False


def _is_of(cap: Cap, message: Candidate | _Sent | _Rival) -> bool:
    return cap.channel in {"", message.channel} and cap.topic in {"", message.topic}


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
