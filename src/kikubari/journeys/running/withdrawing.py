"""What an entry's goal, or an exit, stops of its messages that still wait."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from kikubari.deliver import Origin, Purpose, Reason, Unwanted, Withdrawn
from kikubari.journeys.definition import MessageStep
from kikubari.journeys.running.letters import origin_of
from kikubari.journeys.running.paths import decode_path
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.travellers import Traveller


class Withdraw(Protocol):
    """Takes messages back that have not left, in a transaction; `deliver.withdraw` does."""

    def __call__(
        self, connection: Connection, unwanted: Unwanted, *, now: datetime, workspace_id: int
    ) -> list[Withdrawn]:
        """Take back those of them that still wait; return them."""
        ...


class Left(NamedTuple):
    """An entry whose messages are not wanted any more: the journey's versions, who, and why."""

    programs: Mapping[int, Program]
    traveller: Traveller
    reason: Reason


def list_unwanted(left: Iterable[Left]) -> dict[Origin, dict[int, Reason]]:
    """Return the messages that these entries may have queued, whether they left or not."""
    found: dict[Origin, dict[int, Reason]] = {}
    for one in left:
        for origin in _origins(one):
            found.setdefault(origin, {})[one.traveller.number] = one.reason
    return found


def _origins(left: Left) -> Iterator[Origin]:
    """Yield what caused the messages of the steps that were passed.

    Of every version up to now: who was moved to another has messages of both.
    """
    one = left.traveller
    passed = sorted({step for step, _, _ in decode_path(one.path)})
    for version, program in left.programs.items():
        if version > one.version:
            continue
        for number in passed:
            step = program.steps.get(number)
            if isinstance(step, MessageStep) and step.purpose is Purpose.MARKETING:
                yield origin_of(program.journey_id, version, program.names[number], one.ordinal)
