"""Every query on the image library."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, or_, select, tuple_, update

from kikubari.decide.images._tables import images
from kikubari.storage import insert_or_ignore

_Row = Row[*tuple[Any, ...]]
_SHOWN = [column for column in images.c if column.name != "content"]


def add(connection: Connection, workspace_id: int, row: Mapping[str, object]) -> bool:
    """Write an image; say whether it is new."""
    added = insert_or_ignore(connection, images).returning(images.c.id)
    return connection.execute(added, {"workspace_id": workspace_id, **row}).first() is not None


def find(connection: Connection, workspace_id: int, image_id: str) -> _Row | None:
    """Return an image without its content."""
    return connection.execute(select(*_SHOWN).where(*_is(workspace_id, image_id))).one_or_none()


def find_content(connection: Connection, workspace_id: int, image_id: str) -> _Row | None:
    """Return (media_type, content) of an image."""
    return connection.execute(
        select(images.c.media_type, images.c.content).where(*_is(workspace_id, image_id))
    ).one_or_none()


def count(connection: Connection, workspace_id: int, search: str) -> int:
    """Return how many images have words in their name or alternative text."""
    query = select(func.count()).select_from(images).where(*_found(workspace_id, search))
    return int(connection.execute(query).scalar_one())


def measure(connection: Connection, workspace_id: int, added_by: str) -> tuple[int, int]:
    """Return how many images somebody added, and their bytes."""
    query = select(func.count(), func.coalesce(func.sum(images.c.n_bytes), 0)).where(
        images.c.workspace_id == workspace_id, images.c.added_by == added_by
    )
    n_images, n_bytes = connection.execute(query).one()
    return int(n_images), int(n_bytes)


def list_some(
    connection: Connection, workspace_id: int, search: str, *, after: str, limit: int
) -> Sequence[_Row]:
    """Return images without their contents, newest first, behind one of them."""
    query = select(*_SHOWN).where(*_found(workspace_id, search))
    if after:
        last = select(images.c.added_us).where(*_is(workspace_id, after)).scalar_subquery()
        query = query.where(tuple_(images.c.added_us, images.c.id) < tuple_(last, after))
    order = (images.c.added_us.desc(), images.c.id.desc())
    return connection.execute(query.order_by(*order).limit(limit)).all()


def describe(
    connection: Connection, workspace_id: int, image_id: str, *, name: str, alt: str
) -> None:
    """Write another name and alternative text."""
    connection.execute(
        update(images).where(*_is(workspace_id, image_id)).values(name=name, alt=alt)
    )


def remove(connection: Connection, workspace_id: int, image_id: str) -> None:
    """Remove an image and its content."""
    connection.execute(delete(images).where(*_is(workspace_id, image_id)))


def _is(workspace_id: int, image_id: str) -> tuple[ColumnElement[bool], ...]:
    return images.c.workspace_id == workspace_id, images.c.id == image_id


def _found(workspace_id: int, search: str) -> list[ColumnElement[bool]]:
    words = [
        or_(
            *(
                func.lower(one).contains(word, autoescape=True)
                for one in (images.c.name, images.c.alt)
            )
        )
        for word in search.lower().split()
    ]
    return [images.c.workspace_id == workspace_id, *words]
