"""What changed between two versions of a message, block by block."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum

import msgspec

from kikubari.decide.personalise.blocks.contracts import Block, Columns, Document


class ChangeKind(StrEnum):
    """What became of a block."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


class BlockChange(msgspec.Struct, frozen=True, kw_only=True):
    """One block that is not what or where it was.

    Attributes:
        change: what became of it; a block that was moved and changed is listed twice.
        block: its id.
        kind: of the block, such as ``heading``.
        fields: names of the fields that differ, for a block that changed.
    """

    change: ChangeKind
    block: str
    kind: str
    fields: tuple[str, ...] = ()


def compare_documents(before: Document, after: Document) -> list[BlockChange]:
    """Return what differs, in the order of the later version, removed blocks first.

    Blocks are the same where their ids are: a block that was rewritten is changed, not replaced.
    """
    old = {block.id: (parent, block) for parent, block in _walk(before)}
    new = {block.id: (parent, block) for parent, block in _walk(after)}
    moved = _moved([one for one in old if one in new], [one for one in new if one in old])
    changes = [
        _change(ChangeKind.REMOVED, block) for one, (_, block) in old.items() if one not in new
    ]
    for one, (parent, block) in new.items():
        if one not in old:
            changes.append(_change(ChangeKind.ADDED, block))
            continue
        old_parent, old_block = old[one]
        if one in moved or parent != old_parent:
            changes.append(_change(ChangeKind.MOVED, block))
        fields = tuple(_differing(old_block, block))
        if fields:
            changes.append(
                BlockChange(change=ChangeKind.CHANGED, block=one, kind=_kind(block), fields=fields)
            )
    return changes


def _walk(document: Document) -> Iterator[tuple[str, Block]]:
    """Yield every block after the id of what it stands in."""
    for block in document.blocks:
        yield "", block
        if isinstance(block, Columns):
            for column in block.columns:
                for leaf in column.blocks:
                    yield f"{block.id}/{column.id}", leaf


def _moved(before: list[str], after: list[str]) -> set[str]:
    """Return the fewest blocks that had to move to come from one order to the other."""
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    stayed = {
        one for match in matcher.get_matching_blocks() for one in before[match.a :][: match.size]
    }
    return set(after) - stayed


def _differing(before: Block, after: Block) -> Iterator[str]:
    if type(before) is not type(after):
        yield "kind"
        return
    for name in before.__struct_fields__:
        if isinstance(before, Columns) and name == "columns":
            yield from _differing_columns(before, after)
        elif getattr(before, name) != getattr(after, name):
            yield name


def _differing_columns(before: Columns, after: Block) -> Iterator[str]:
    """Compare the columns themselves; the blocks in them are compared one by one."""
    if isinstance(after, Columns) and [(one.id, one.width) for one in before.columns] != [
        (one.id, one.width) for one in after.columns
    ]:
        yield "columns"


def _change(change: ChangeKind, block: Block) -> BlockChange:
    return BlockChange(change=change, block=block.id, kind=_kind(block))


def _kind(block: Block) -> str:
    return str(type(block).__struct_config__.tag)
