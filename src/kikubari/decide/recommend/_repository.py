"""Every query about models."""

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from kikubari.decide.recommend._tables import recommendation_models as models

Found = Row[*tuple[Any, ...]]


def insert_model(
    connection: Connection, workspace_id: int, *, as_of_us: int, n_orders: int
) -> None:
    """Write down that a model is wanted; its version is its seed."""
    newest = connection.scalar(
        select(func.max(models.c.version)).where(models.c.workspace_id == workspace_id)
    )
    version = (newest or 0) + 1
    connection.execute(
        insert(models).values(
            workspace_id=workspace_id,
            version=version,
            as_of_us=as_of_us,
            seed=version,
            n_orders=n_orders,
        )
    )


def find_waiting(connection: Connection, workspace_id: int) -> Found | None:
    """Return the model that is wanted or under way."""
    return _find_newest(connection, workspace_id, models.c.learned_us.is_(None))


def find_last(connection: Connection, workspace_id: int) -> Found | None:
    """Return the model that was learned last, even if there was nothing to learn from."""
    return _find_newest(connection, workspace_id, models.c.learned_us.is_not(None))


def find_usable(connection: Connection, workspace_id: int) -> Found | None:
    """Return the newest model that lists can rest on."""
    return _find_newest(connection, workspace_id, models.c.card.is_not(None))


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


def save_learned(
    connection: Connection, workspace_id: int, version: int, *, learned_us: int, card: bytes | None
) -> None:
    """Write down that a model is learned."""
    connection.execute(
        update(models)
        .where(models.c.workspace_id == workspace_id, models.c.version == version)
        .values(learned_us=learned_us, card=card)
    )


def _find_newest(connection: Connection, workspace_id: int, condition: Any) -> Found | None:
    return connection.execute(
        select(models)
        .where(models.c.workspace_id == workspace_id, condition)
        .order_by(models.c.version.desc())
        .limit(1)
    ).one_or_none()
