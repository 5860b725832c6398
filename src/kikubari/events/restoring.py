"""What a log that comes from a back-up has to know of its copy."""

from sqlalchemy import Connection

from kikubari.events import _repository as repository
from kikubari.spec.envelope import DEFAULT_WORKSPACE


def forget_copy(connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
    """Write down that the columnar copy is of another log; it is made anew at the next start."""
    repository.plan_rebuild(connection, workspace_id)
