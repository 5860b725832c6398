"""Every query about models."""

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from kikubari.decide.predict._tables import prediction_models as models

Found = Row[*tuple[Any, ...]]


def insert_model(connection: Connection, workspace_id: int, *, as_of_us: int) -> int:
    """Write down that a model is wanted; return its version."""
    newest = connection.scalar(
        select(func.max(models.c.version)).where(models.c.workspace_id == workspace_id)
    )
    version = (newest or 0) + 1
    connection.execute(
        insert(models).values(
            workspace_id=workspace_id, version=version, as_of_us=as_of_us, n_told=0
        )
    )
    return version


def find_newest(connection: Connection, workspace_id: int, *, is_told: bool) -> Found | None:
    """Return the newest model that everybody was told of, or that is under way."""
    state = models.c.told_us.is_not(None) if is_told else models.c.told_us.is_(None)
    return connection.execute(
        select(models)
        .where(models.c.workspace_id == workspace_id, state)
        .order_by(models.c.version.desc())
        .limit(1)
    ).one_or_none()


def has_told(connection: Connection, workspace_id: int) -> bool:
    """Say whether any model has been told to the end."""
    return find_newest(connection, workspace_id, is_told=True) is not None


def list_models(connection: Connection, workspace_id: int, *, limit: int) -> list[Found]:
    """Return models, newest first."""
    return list(
        connection.execute(
            select(models)
            .where(models.c.workspace_id == workspace_id)
            .order_by(models.c.version.desc())
            .limit(limit)
        )
    )


def change_model(
    connection: Connection, workspace_id: int, version: int, **values: int | bytes
) -> None:
    """Write down how far a model has come."""
    connection.execute(
        update(models)
        .where(models.c.workspace_id == workspace_id, models.c.version == version)
        .values(**values)
    )
