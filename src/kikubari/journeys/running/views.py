"""Journeys and their publications as people see them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.contracts import Journey, JourneyState, JourneyVersion
from kikubari.journeys.running.programs import decode_definition
from kikubari.kit.instants import from_micros


def list_views(
    connection: Connection, workspace_id: int, found: Sequence[repository.Found]
) -> list[Journey]:
    """Return rows as journeys, with how many are in each."""
    nos = [row.no for row in found]
    versions = {
        one.journey_no: one for one in repository.list_live_versions(connection, workspace_id, nos)
    }
    entered = repository.count_entered(connection, workspace_id, nos)
    active = rows.count_active(connection, workspace_id, nos)
    return [
        _view(row, versions.get(row.no), active.get(row.no, 0), entered.get(row.no, 0))
        for row in found
    ]


def _view(
    row: repository.Found, live: repository.Found | None, active: int, entered: int
) -> Journey:
    definition = decode_definition(row.draft)
    return Journey(
        id=row.id,
        name=definition.name,
        state=JourneyState(row.state),
        stage=definition.stage,
        trigger=str(type(definition.trigger).__struct_config__.tag),
        version=row.version,
        draft_no=row.draft_no,
        has_changes=live is None or decode_definition(live.definition) != definition,
        created_at=from_micros(row.created_us),
        drafted_at=from_micros(row.drafted_us),
        published_at=None if live is None else from_micros(live.published_us),
        active=active,
        entered=entered,
    )


def version_of(journey_id: str, row: repository.Found) -> JourneyVersion:
    """Return a row as a publication."""
    return JourneyVersion(
        journey_id=journey_id,
        version=row.version,
        definition=decode_definition(row.definition),
        published_at=from_micros(row.published_us),
        published_by=row.published_by,
    )
