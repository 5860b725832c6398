"""What a restored installation leaves to a person: it may have gone out since the back-up."""

import msgspec
from sqlalchemy import Connection

from kikubari.journeys import _occurrence_repository as occurrences
from kikubari.journeys import _repository as repository
from kikubari.journeys.running import JourneyState, give_up_notices
from kikubari.journeys.running import _repository as running
from kikubari.journeys.running.switching import switch
from kikubari.spec.envelope import DEFAULT_WORKSPACE

_RESTORED = "restored from a back-up: it may have gone out since"
_GOING = (JourneyState.RUNNING, JourneyState.DRAINING)


class SetAside(msgspec.Struct, frozen=True):
    """What does not go on by itself, by id.

    Attributes:
        unscheduled: broadcasts that waited for their time, recurring ones included, and are drafts
            again.
        paused: journeys that let people in or on.
    """

    unscheduled: list[str]
    paused: list[str]


def list_enqueuing(connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE) -> list[str]:
    """Return the broadcasts whose messages were not all queued yet."""
    return [
        one
        for phase in (repository.ENQUEUING, repository.WATCHING)
        for one in repository.list_in_phase(connection, workspace_id, phase)
    ]


def set_aside_restored(
    connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE
) -> SetAside:
    """Let nothing begin or go on that may have done so since; letters to staff are given up."""
    scheduled = repository.list_in_phase(connection, workspace_id, repository.SCHEDULED)
    for broadcast_id in scheduled:
        repository.unschedule(connection, workspace_id, broadcast_id, problem=_RESTORED)
    recurring = repository.list_in_phase(connection, workspace_id, repository.REPEATING)
    for broadcast_id in recurring:
        occurrences.leave(
            connection, workspace_id, broadcast_id, phase=repository.DRAFT, problem=_RESTORED
        )
    going = running.list_journeys(connection, workspace_id, states=_GOING)
    for row in going:
        switch(connection, row, JourneyState.PAUSED, workspace_id=workspace_id)
    give_up_notices(connection, _RESTORED, workspace_id=workspace_id)
    return SetAside(scheduled + recurring, [row.id for row in going])
