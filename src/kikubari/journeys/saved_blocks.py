"""Blocks that are kept apart and used in many messages: a header, a signature, a shop's hours."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from kikubari.decide.personalise import (
    AnyBlock,
    Document,
    EmailTemplateSource,
    EmailVariant,
    SavedBlock,
    compile_email,
    walk,
)
from kikubari.journeys import _saved_repository as repository
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.storage import StateStore

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[AnyBlock, ...]).decode


class SavedBlocksDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """What a marketer saves: blocks under a name."""

    name: str
    blocks: tuple[AnyBlock, ...]


class SavedBlocksView(msgspec.Struct, frozen=True, kw_only=True):
    """Saved blocks as they stand, and how many broadcasts use them."""

    id: str
    version: int
    definition: SavedBlocksDefinition
    changed_at: datetime
    n_uses: int


class SavedBlocksUse(msgspec.Struct, frozen=True, kw_only=True):
    """A broadcast that uses saved blocks. What was sent keeps the blocks it was sent with."""

    broadcast_id: str
    is_draft: bool


class SavedBlocks:
    """The library. A draft shows the blocks as they are; a broadcast fixes them when it starts.

    Args:
        store: of the blocks.
        clock: gives the instants.
        ids: makes ids.
        workspace_id: whose blocks.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        ids: IdFactory,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._workspace_id = workspace_id

    def create(self, definition: SavedBlocksDefinition) -> SavedBlocksView:
        """Save blocks.

        Raises:
            InvalidInputError: no name, no blocks, or saved blocks among them.
            TemplateError: with the id of the block at fault.
        """
        _check(definition)
        saved_id = self._ids.new_id("sav")
        self._put(saved_id, definition, version=1)
        return self.get(saved_id)

    def change(self, saved_id: str, definition: SavedBlocksDefinition) -> SavedBlocksView:
        """Save another version; drafts that use the blocks show it at once.

        Raises:
            NotFoundError: nothing saved by that id.
            InvalidInputError, TemplateError: see `create`.
        """
        _check(definition)
        self._put(saved_id, definition, version=self.get(saved_id).version + 1)
        return self.get(saved_id)

    def get(self, saved_id: str) -> SavedBlocksView:
        """Return saved blocks.

        Raises:
            NotFoundError: nothing saved by that id.
        """
        with self._store.read() as connection:
            row = repository.find(connection, self._workspace_id, saved_id)
        if row is None:
            raise NotFoundError(f"no saved blocks {saved_id}")
        return _view(row)

    def list_saved(self) -> list[SavedBlocksView]:
        """Return everything that is saved, by name."""
        with self._store.read() as connection:
            return [_view(row) for row in repository.list_all(connection, self._workspace_id)]

    def list_uses(self, saved_id: str) -> list[SavedBlocksUse]:
        """Return the broadcasts that use saved blocks, newest first.

        Raises:
            NotFoundError: nothing saved by that id.
        """
        self.get(saved_id)
        with self._store.read() as connection:
            return _uses(connection, self._workspace_id, saved_id)

    def remove(self, saved_id: str) -> None:
        """Remove saved blocks.

        Raises:
            NotFoundError: nothing saved by that id.
            ConflictError: a draft uses them; `detail.broadcasts` says which.
        """
        self.get(saved_id)

        def work(connection: Connection) -> None:
            uses = _uses(connection, self._workspace_id, saved_id)
            drafts = [use.broadcast_id for use in uses if use.is_draft]
            if drafts:
                raise ConflictError(
                    f"saved blocks {saved_id} are used in {len(drafts)} drafts",
                    hint="Remove them there first.",
                    detail={"broadcasts": drafts},
                )
            repository.delete_saved(connection, self._workspace_id, saved_id)

        self._store.write(work)

    def fill(self, template: EmailTemplateSource) -> EmailTemplateSource:
        """Return a template that carries the saved blocks it names; unknown ones stay away."""
        wanted = list_saved_ids(template)
        if not wanted:
            return template
        with self._store.read() as connection:
            rows = repository.list_by_ids(connection, self._workspace_id, wanted)
        return msgspec.structs.replace(
            template, saved={row.id: _decode(row.blocks) for row in rows}
        )

    def _put(self, saved_id: str, definition: SavedBlocksDefinition, *, version: int) -> None:
        body, now_us = _encode(definition.blocks), to_micros(self._clock.now())
        self._store.write(
            lambda connection: repository.put(
                connection,
                self._workspace_id,
                saved_id,
                name=definition.name.strip(),
                body=body,
                version=version,
                now_us=now_us,
            )
        )


def list_saved_ids(template: EmailTemplateSource) -> list[str]:
    """Return the ids of the saved blocks that a template names, each once."""
    found: dict[str, None] = {}
    for variant in template.variants.values():
        for block in walk(variant.blocks) if variant.blocks else ():
            if isinstance(block, SavedBlock):
                found[block.saved_id] = None
    return list(found)


def _check(definition: SavedBlocksDefinition) -> None:
    if not definition.name.strip():
        raise InvalidInputError("saved blocks need a name")
    if not definition.blocks:
        raise InvalidInputError("there is no block to save")
    if any(isinstance(block, SavedBlock) for block in definition.blocks):
        raise InvalidInputError(
            "saved blocks cannot hold saved blocks", hint="Save what they stand for."
        )
    variant = EmailVariant(subject="", blocks=Document(blocks=definition.blocks))
    compile_email(EmailTemplateSource(default_language="en", variants={"en": variant}))


def _view(row: Row[*tuple[Any, ...]]) -> SavedBlocksView:
    return SavedBlocksView(
        id=row.id,
        version=row.version,
        definition=SavedBlocksDefinition(name=row.name, blocks=_decode(row.blocks)),
        changed_at=from_micros(row.changed_us),
        n_uses=row.n_uses,
    )


def _uses(connection: Connection, workspace_id: int, saved_id: str) -> list[SavedBlocksUse]:
    return [
        SavedBlocksUse(broadcast_id=row.broadcast_id, is_draft=bool(row.is_draft))
        for row in repository.list_uses(connection, workspace_id, saved_id)
    ]
