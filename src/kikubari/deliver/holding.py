"""The note in every back-up under which nothing leaves."""

from datetime import datetime

from sqlalchemy import Connection, select

from kikubari.deliver._hold_tables import sending_holds
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import insert_or_ignore


def hold_sending(
    connection: Connection, *, now: datetime, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """Note that nothing may leave from here."""
    connection.execute(
        insert_or_ignore(connection, sending_holds).values(
            workspace_id=workspace_id, since_us=to_micros(now)
        )
    )


def is_sending_held(connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE) -> bool:
    """Say whether this is a back-up that was not restored yet."""
    held = select(sending_holds.c.since_us).where(sending_holds.c.workspace_id == workspace_id)
    return connection.execute(held).first() is not None
