"""Every query on saved blocks."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from kikubari.journeys._repository import DRAFT
from kikubari.journeys._tables import broadcasts, saved_block_uses, saved_blocks
from kikubari.storage import upsert

_Rows = Sequence[Row[*tuple[Any, ...]]]


def put(
    connection: Connection,
    workspace_id: int,
    saved_id: str,
    *,
    name: str,
    body: bytes,
    version: int,
    now_us: int,
) -> None:
    """Write saved blocks in the place of what was there."""
    connection.execute(
        upsert(
            connection,
            saved_blocks,
            key=["workspace_id", "id"],
            update=["name", "version", "blocks", "changed_us"],
        ),
        {
            "workspace_id": workspace_id,
            "id": saved_id,
            "name": name,
            "version": version,
            "blocks": body,
            "changed_us": now_us,
        },
    )


def find(connection: Connection, workspace_id: int, saved_id: str) -> Row[*tuple[Any, ...]] | None:
    """Return saved blocks with the number of their uses."""
    return connection.execute(
        _views(workspace_id).where(saved_blocks.c.id == saved_id)
    ).one_or_none()


def list_all(connection: Connection, workspace_id: int) -> _Rows:
    """Return all saved blocks with the number of their uses, by name."""
    order = (saved_blocks.c.name, saved_blocks.c.id)
    return connection.execute(_views(workspace_id).order_by(*order)).all()


def list_by_ids(connection: Connection, workspace_id: int, ids: Collection[str]) -> _Rows:
    """Return (id, blocks) of those of the ids that exist."""
    return connection.execute(
        select(saved_blocks.c.id, saved_blocks.c.blocks).where(
            saved_blocks.c.workspace_id == workspace_id, saved_blocks.c.id.in_(ids)
        )
    ).all()


def delete_saved(connection: Connection, workspace_id: int, saved_id: str) -> None:
    """Remove saved blocks."""
    connection.execute(
        delete(saved_blocks).where(
            saved_blocks.c.workspace_id == workspace_id, saved_blocks.c.id == saved_id
        )
    )


def set_uses(
    connection: Connection, workspace_id: int, broadcast_id: str, saved_ids: Collection[str]
) -> None:
    """Write down which saved blocks a broadcast's current version uses."""
    connection.execute(
        delete(saved_block_uses).where(
            saved_block_uses.c.workspace_id == workspace_id,
            saved_block_uses.c.broadcast_id == broadcast_id,
        )
    )
    if saved_ids:
        connection.execute(
            insert(saved_block_uses),
            [
                {"workspace_id": workspace_id, "saved_id": one, "broadcast_id": broadcast_id}
                for one in saved_ids
            ],
        )


def list_uses(connection: Connection, workspace_id: int, saved_id: str) -> _Rows:
    """Return (broadcast_id, is_draft) of the broadcasts that use saved blocks, newest first."""
    return connection.execute(
        select(saved_block_uses.c.broadcast_id, (broadcasts.c.phase == DRAFT).label("is_draft"))
        .join(
            broadcasts,
            (broadcasts.c.workspace_id == saved_block_uses.c.workspace_id)
            & (broadcasts.c.id == saved_block_uses.c.broadcast_id),
        )
        .where(
            saved_block_uses.c.workspace_id == workspace_id,
            saved_block_uses.c.saved_id == saved_id,
        )
        .order_by(broadcasts.c.created_us.desc(), broadcasts.c.id.desc())
    ).all()


def _views(workspace_id: int) -> Any:
    n_uses = (
        select(func.count())
        .where(
            saved_block_uses.c.workspace_id == saved_blocks.c.workspace_id,
            saved_block_uses.c.saved_id == saved_blocks.c.id,
        )
        .scalar_subquery()
    )
    return select(saved_blocks, n_uses.label("n_uses")).where(
        saved_blocks.c.workspace_id == workspace_id
    )
