"""Occurrences of recurring broadcasts: what is to come, what was sent or skipped, with figures."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.journeys import Broadcast, BroadcastState, Occurrence, Skipped
from kikubari.measure import Outcomes

Passed = Annotated[int, QueryParameter(ge=1, le=1000)]
ToCome = Annotated[int, QueryParameter(ge=1, le=100)]


class OccurrenceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An occurrence that was sent, as the broadcast named, or skipped for a reason.

    The state is that of the sending; one whose messages have all met their end is `sending` here
    and `done` in its progress.
    """

    occurs_at: datetime
    broadcast_id: str
    skipped: Skipped | None
    state: BroadcastState | None
    n_audience: int
    outcomes: Outcomes | None


class OccurrencesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Occurrences of a recurring broadcast: the soonest first, and the latest first."""

    to_come: list[datetime]
    passed: list[OccurrenceAnswer]


@get("/broadcasts/{broadcast_id:str}/occurrences", guards=[requires("read")], sync_to_thread=True)
def list_occurrences(
    services: NamedDependency[Services],
    broadcast_id: FromPath[str],
    passed: Passed = 50,
    to_come: ToCome = 5,
) -> OccurrencesAnswer:
    """List the latest occurrences that passed, and the next ones; none of one that is sent once."""
    coming = services.broadcasts.list_to_come(broadcast_id, limit=to_come)
    found = services.broadcasts.list_passed(broadcast_id, limit=passed)
    sent = [one.broadcast_id for one in found if one.broadcast_id]
    outcomes = services.reports.outcomes(sent)
    broadcasts = {
        one.id: one for one in services.broadcasts.list_broadcasts(limit=len(sent), ids=sent)
    }
    return OccurrencesAnswer(
        to_come=[one.occurs_at for one in coming],
        passed=[
            _answer(one, broadcasts.get(one.broadcast_id), outcomes.get(one.broadcast_id))
            for one in found
        ],
    )


@post(
    "/broadcasts/{broadcast_id:str}/skip-next",
    guards=[requires("send")],
    sync_to_thread=True,
)
def skip_next_occurrence(
    services: NamedDependency[Services], broadcast_id: FromPath[str]
) -> Broadcast:
    """Leave out the next occurrence of a recurring broadcast."""
    return services.broadcasts.skip_next(broadcast_id)


def _answer(
    occurrence: Occurrence, sent: Broadcast | None, outcomes: Outcomes | None
) -> OccurrenceAnswer:
    return OccurrenceAnswer(
        occurs_at=occurrence.occurs_at,
        broadcast_id=occurrence.broadcast_id,
        skipped=occurrence.skipped,
        state=sent.state if sent else None,
        n_audience=sent.n_audience if sent else 0,
        outcomes=outcomes,
    )


occurrence_handlers = [list_occurrences, skip_next_occurrence]
