"""Who enters: the rules of entry, for everybody whom a trigger means at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running import _refusals as refusals
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.contracts import EnrolmentState, Refusal
from kikubari.journeys.running.drawing import draw
from kikubari.journeys.running.paths import COMPLETED, ENTERED, HELD_OUT
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.travellers import Passed
from kikubari.journeys.running.walking import shared_instant
from kikubari.kit.instants import to_micros

# What arrives later than this after it happened lets nobody in: an import of last year's orders
# thanks nobody for them.
TOO_OLD = timedelta(days=1)
_EPOCH_DAY = datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 - a day, not an instant


class Wish(NamedTuple):
    """A trigger means somebody: the person as they are now, and what happened when."""

    number: int
    at_us: int
    position: int


class Asked(NamedTuple):
    """What was looked up about those who may enter.

    `numbers` are all of each person's. `members` None: everybody may.
    """

    numbers: Mapping[int, Collection[int]]
    restricted: Collection[int]
    members: BitMap | None


# Why people were not let in, with when, by number.
Refused = dict[int, list[tuple[str, int]]]


class Entered(NamedTuple):
    """Who got in: rows to add, and why the others did not."""

    rows: list[tuple[Any, ...]]
    refused: Refused
    counts: Passed


class Doorman:
    """Applies the rules of entry of one version, in a transaction.

    Args:
        program: the live version.
        zone: the shop's; its days limit entries.
        workspace_id: whose journeys.
    """

    def __init__(self, program: Program, zone: ZoneInfo, *, workspace_id: int) -> None:
        self._program = program
        self._rules = program.definition.rules
        self._zone = zone
        self._workspace_id = workspace_id

    def let_in(
        self, connection: Connection, wishes: Sequence[Wish], asked: Asked, now: datetime
    ) -> Entered:
        """Write the enrolments of those who may enter.

        Of several wishes of one person the first to happen counts, among equals the first in the
        log.
        """
        now_us = to_micros(now)
        refused: Refused = {}
        earlier = self._earlier(connection, asked)
        going: dict[int, tuple[Wish, int]] = {}
        for wish in sorted(wishes, key=lambda one: (one.at_us, one.position)):
            if wish.number in going:
                refused.setdefault(wish.number, []).append((Refusal.STILL_IN.value, wish.at_us))
                continue
            mine = earlier.get(wish.number, [])
            reason = self._refuse(wish, mine, asked, now_us)
            if reason is None:
                going[wish.number] = (wish, len(mine) + 1)
            else:
                refused.setdefault(wish.number, []).append((reason.value, wish.at_us))
        for number in going:
            refused.pop(number, None)
        going = self._within_day(connection, going, refused, now)
        found = self._rows(going.values(), now_us)
        rows.add(connection, found.rows)
        refusals.save_refusals(connection, self._workspace_id, self._program.journey_no, refused)
        return Entered(found.rows, refused, found.counts)

    def _earlier(self, connection: Connection, asked: Asked) -> dict[int, list[rows.Found]]:
        """Return earlier enrolments by who the person is now."""
        whose = {number: one for one, own in asked.numbers.items() for number in own}
        found: dict[int, list[rows.Found]] = {}
        for row in rows.list_of_people(
            connection,
            self._workspace_id,
            whose,
            journey_nos=[self._program.journey_no],
        ):
            found.setdefault(whose[row.number], []).append(row)
        return found

    def _refuse(
        self, wish: Wish, earlier: Sequence[rows.Found], asked: Asked, now_us: int
    ) -> Refusal | None:
        """Return the first rule that keeps somebody out."""
        if wish.at_us < now_us - _micros(TOO_OLD):
            return Refusal.TOO_OLD
        if wish.number in asked.restricted:
            return Refusal.RESTRICTED
        if asked.members is not None and wish.number not in asked.members:
            return Refusal.NOT_IN_SEGMENT
        if any(row.state == EnrolmentState.ACTIVE for row in earlier):
            return Refusal.STILL_IN
        reentry = self._rules.reentry
        if earlier and not reentry.allowed:
            return Refusal.WAS_IN
        if earlier and reentry.after is not None:
            last = max(row.began_us for row in earlier)
            if wish.at_us < last + _micros(reentry.after.as_timedelta()):
                return Refusal.TOO_SOON
        if reentry.limit is not None and len(earlier) >= reentry.limit:
            return Refusal.ENTRY_LIMIT
        return None

    def _within_day(
        self,
        connection: Connection,
        going: dict[int, tuple[Wish, int]],
        refused: Refused,
        now: datetime,
    ) -> dict[int, tuple[Wish, int]]:
        """Return those for whom there is room today."""
        limit = self._rules.entry_limit_per_day
        if limit is None or not going:
            return going
        given = repository.take_from_day(
            connection,
            self._workspace_id,
            self._program.journey_no,
            now.astimezone(self._zone).date().toordinal() - _EPOCH_DAY,
            wanted=len(going),
            limit=limit,
        )
        entering = list(going)[:given]
        for number in list(going)[given:]:
            refused[number] = [(Refusal.DAY_FULL.value, going[number][0].at_us)]
        return {number: going[number] for number in entering}

    def _rows(self, going: Iterable[tuple[Wish, int]], now_us: int) -> Entered:
        found: list[tuple[Any, ...]] = []
        counts: Passed = {}
        program = self._program
        for wish, ordinal in going:
            state, ended_us, outcome, due_us = EnrolmentState.ACTIVE, None, None, now_us
            if is_held_out(program.journey_id, self._rules.holdout_percent, wish.number):
                state, way = EnrolmentState.HELD_OUT, HELD_OUT
            else:
                way = ENTERED
                if program.start == 0:
                    state, ended_us, outcome = EnrolmentState.ENDED, now_us, COMPLETED
            is_active = state is EnrolmentState.ACTIVE
            key = (program.version, 0, way)
            counts[key] = counts.get(key, 0) + 1
            found.append(
                (
                    self._workspace_id,
                    program.journey_no,
                    program.version,
                    wish.number,
                    ordinal,
                    int(state),
                    program.start if is_active else 0,
                    wish.at_us,
                    shared_instant(min(wish.at_us, now_us), now_us),
                    due_us if is_active else None,
                    now_us,
                    ended_us,
                    outcome,
                    wish.position,
                    0,
                    b"",
                )
            )
        return Entered(found, {}, counts)


def is_held_out(journey_id: str, percent: int, number: int) -> bool:
    """Say whether a person is kept out for comparison: in every entry, or in none."""
    if percent == 0:
        return False
    key = blake2b(f"{journey_id}/holdout".encode(), digest_size=16).hexdigest()
    return draw(key, number) < percent


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
