"""What a restored installation must know of broadcasts that were under way."""

from sqlalchemy import Connection

from kikubari.journeys import _repository as repository
from kikubari.spec.envelope import DEFAULT_WORKSPACE


def list_enqueuing(connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE) -> list[str]:
    """Return the broadcasts whose messages were not all queued yet."""
    return [
        one
        for phase in (repository.ENQUEUING, repository.WATCHING)
        for one in repository.list_in_phase(connection, workspace_id, phase)
    ]
