"""What shows an image of the library: broadcasts, saved blocks, journeys."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, select

from kikubari.decide.images import ImageUse, UsedIn
from kikubari.journeys import _repository as repository
from kikubari.journeys._tables import broadcast_versions, broadcasts, saved_blocks
from kikubari.journeys.running._tables import journey_versions, journeys

# Scheduled and recurring ones are still to go; they can be changed.
_TO_COME = {repository.DRAFT, repository.SCHEDULED, repository.REPEATING, repository.PAUSED}
_ROWS_AT_ONCE = 100


class _Named(msgspec.Struct, frozen=True):
    name: str


_read_name = msgspec.json.Decoder(_Named).decode


class StoredImageUses:
    """Implements `images.ImageUses`: an id of an image stands nowhere but in its address.

    Definitions are searched as they are stored, whichever way the address came into them: a block,
    MJML, HTML, a saved block, a letter of an experiment. It reads all of them, as images are seldom
    removed.
    """

    def find(self, connection: Connection, image_id: str, workspace_id: int) -> list[ImageUse]:
        """Return everything that has the image's id in it, newest first of each kind."""
        mark = image_id.encode()
        found = [
            *_in_broadcasts(connection, workspace_id, mark),
            *_in_saved_blocks(connection, workspace_id, mark),
            *_in_journeys(connection, workspace_id, mark),
        ]
        return list({(use.used_in, use.id): use for use in found}.values())


def _in_broadcasts(connection: Connection, workspace_id: int, mark: bytes) -> Iterator[ImageUse]:
    query = (
        select(broadcasts.c.id, broadcasts.c.phase, broadcast_versions.c.definition)
        .join(
            broadcast_versions,
            (broadcast_versions.c.workspace_id == broadcasts.c.workspace_id)
            & (broadcast_versions.c.broadcast_id == broadcasts.c.id)
            & (broadcast_versions.c.version == broadcasts.c.version),
        )
        .where(broadcasts.c.workspace_id == workspace_id)
        .order_by(broadcasts.c.created_us.desc(), broadcasts.c.id.desc())
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for row in connection.execute(query):
        if mark in row.definition:
            yield ImageUse(
                used_in=UsedIn.BROADCAST,
                id=row.id,
                name=_read_name(row.definition).name,
                is_sent=row.phase not in _TO_COME,
            )


def _in_saved_blocks(connection: Connection, workspace_id: int, mark: bytes) -> Iterator[ImageUse]:
    query = (
        select(saved_blocks.c.id, saved_blocks.c.name, saved_blocks.c.blocks)
        .where(saved_blocks.c.workspace_id == workspace_id)
        .order_by(saved_blocks.c.name, saved_blocks.c.id)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for row in connection.execute(query):
        if mark in row.blocks:
            yield ImageUse(used_in=UsedIn.SAVED_BLOCKS, id=row.id, name=row.name)


def _in_journeys(connection: Connection, workspace_id: int, mark: bytes) -> Iterator[ImageUse]:
    """Return also those of whose earlier versions an image is: people may be on their way there."""
    of_this = journeys.c.workspace_id == workspace_id
    drafts = select(journeys.c.id, journeys.c.draft, journeys.c.draft.label("body")).where(of_this)
    published = (
        select(journeys.c.id, journeys.c.draft, journey_versions.c.definition.label("body"))
        .join(
            journey_versions,
            (journey_versions.c.workspace_id == journeys.c.workspace_id)
            & (journey_versions.c.journey_no == journeys.c.no),
        )
        .where(of_this)
    )
    for query in (drafts, published):
        newest = query.order_by(journeys.c.created_us.desc(), journeys.c.id.desc())
        for row in connection.execute(newest.execution_options(yield_per=_ROWS_AT_ONCE)):
            if mark in row.body:
                yield ImageUse(used_in=UsedIn.JOURNEY, id=row.id, name=_read_name(row.draft).name)
