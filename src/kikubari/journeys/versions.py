"""Earlier versions of a broadcast: every one is kept, shown, compared, and can come back."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from kikubari.decide.personalise import BlockChange, Document, EmailVariant, compare_documents
from kikubari.journeys import _repository as repository
from kikubari.journeys.contracts import BroadcastDefinition
from kikubari.kit.instants import from_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import StateStore

_decode = msgspec.json.Decoder(BroadcastDefinition).decode
# What a column of the store can hold.
_VERSIONS = range(1, 2**31)
# What a definition says about itself, and what each language of its message does.
_FIELDS = (
    "name",
    "segment",
    "sender",
    "purpose",
    "topic",
    "resends_unknown",
    "has_tracking",
    "at_best_hour",
    "gives",
    "timing",
    "experiment",
)
_PARTS = ("subject", "preheader", "mjml", "html", "text")


class BroadcastVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a broadcast's definition."""

    version: int
    created_at: datetime


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not what it was.

    Attributes:
        part: a field of the definition such as ``segment``, a part of the message such as
            ``subject``, ``language`` where one came or went, or ``blocks``.
        language: of the message; empty for what holds for all of them.
        before: as it was, None where it was not there; nothing for blocks.
        after: as it is, None where it is gone.
        block: which block, and what became of it.
    """

    part: str
    language: str = ""
    before: object = None
    after: object = None
    block: BlockChange | None = None


class BroadcastVersions:
    """Reads the versions of broadcasts.

    Args:
        store: of the definitions.
        workspace_id: whose broadcasts.
    """

    def __init__(self, store: StateStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._store = store
        self._workspace_id = workspace_id

    def list_versions(self, broadcast_id: str) -> list[BroadcastVersion]:
        """Return all versions, newest first.

        Raises:
            NotFoundError: no such broadcast.
        """
        with self._store.read() as connection:
            rows = repository.list_versions(connection, self._workspace_id, broadcast_id)
        if not rows:
            raise NotFoundError(f"no broadcast {broadcast_id}")
        return [
            BroadcastVersion(version=row.version, created_at=from_micros(row.created_us))
            for row in rows
        ]

    def get(self, broadcast_id: str, version: int) -> BroadcastDefinition:
        """Return a definition as it was.

        Raises:
            NotFoundError: no such version.
        """
        body = None
        if version in _VERSIONS:
            with self._store.read() as connection:
                body = repository.find_version(
                    connection, self._workspace_id, broadcast_id, version
                )
        if body is None:
            raise NotFoundError(f"no version {version} of broadcast {broadcast_id}")
        return _decode(body)

    def compare(self, broadcast_id: str, before: int, after: int) -> list[Change]:
        """Return what differs between two versions.

        Raises:
            NotFoundError: no such version.
        """
        return list(
            compare_definitions(self.get(broadcast_id, before), self.get(broadcast_id, after))
        )


def compare_definitions(
    before: BroadcastDefinition, after: BroadcastDefinition
) -> Iterator[Change]:
    """Yield what differs: the definition's own fields, then each language of the message."""
    for name in _FIELDS:
        if getattr(before, name) != getattr(after, name):
            yield Change(
                part=name,
                before=msgspec.to_builtins(getattr(before, name)),
                after=msgspec.to_builtins(getattr(after, name)),
            )
    old, new = before.template.variants, after.template.variants
    for language in sorted(old.keys() | new.keys()):
        if language not in old or language not in new:
            there = language in new
            yield Change(part="language", before=language if not there else None,
                         after=language if there else None)  # fmt: skip
            continue
        yield from _compare_variants(language, old[language], new[language])


def _compare_variants(language: str, before: EmailVariant, after: EmailVariant) -> Iterator[Change]:
    for name in _PARTS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change(part=name, language=language, before=old, after=new)
    nothing = Document(blocks=())
    old_blocks, new_blocks = before.blocks or nothing, after.blocks or nothing
    if old_blocks.theme != new_blocks.theme:
        yield Change(
            part="theme",
            language=language,
            before=msgspec.to_builtins(old_blocks.theme),
            after=msgspec.to_builtins(new_blocks.theme),
        )
    for change in compare_documents(old_blocks, new_blocks):
        yield Change(part="blocks", language=language, block=change)
