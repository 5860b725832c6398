"""Every query about definitions."""

from sqlalchemy import Connection, delete, select

from kikubari.decide.stages._tables import life_stages
from kikubari.storage import upsert


def list_definitions(connection: Connection, workspace_id: int) -> list[tuple[str, bytes | None]]:
    """Return ids and definitions, removed ones as None."""
    c = life_stages.c
    rows = connection.execute(
        select(c.id, c.definition).where(c.workspace_id == workspace_id).order_by(c.id)
    )
    return [(row.id, row.definition) for row in rows]


def put_definition(
    connection: Connection, workspace_id: int, stages_id: str, definition: bytes | None
) -> None:
    """Write a definition down, or that it is removed."""
    statement = upsert(connection, life_stages, key=["workspace_id", "id"], update=["definition"])
    values = {"workspace_id": workspace_id, "id": stages_id, "definition": definition}
    connection.execute(statement, values)


def forget_definition(connection: Connection, workspace_id: int, stages_id: str) -> None:
    """Forget a removed definition."""
    c = life_stages.c
    connection.execute(
        delete(life_stages).where(
            c.workspace_id == workspace_id, c.id == stages_id, c.definition.is_(None)
        )
    )
