"""Who used which device when, and what people of one household have in common."""

from collections.abc import Collection, Mapping

from sqlalchemy import Column, Connection, func, select

from kikubari.profiles._kept_tables import device_uses, household_marks
from kikubari.profiles._repository.chunked import Rows, bulk_update, chunks, select_in
from kikubari.storage import bulk_insert

Use = tuple[bytes, int]  # device, number
Span = tuple[int, int]  # first and last use, in microseconds
MarkKey = tuple[int, int]  # number, field
StoredMark = tuple[int, int, bytes, bytes]  # at_us, source id, message key, digest


def widen_uses(connection: Connection, workspace_id: int, uses: Mapping[Use, Span]) -> None:
    """Note uses of devices, each from first to last; for the log's one writer."""
    c = device_uses.c
    devices, numbers = ({use[end] for use in uses} for end in (0, 1))
    found = select_in(
        connection,
        workspace_id,
        list(c),
        where=c.number,
        among=numbers,
        also=[c.device.in_(devices)],
    )
    known = {(bytes(row.device), row.number): (row.first_us, row.last_us) for row in found}
    fresh, changed = [], []
    for (device, number), (first, last) in uses.items():
        before = known.get((device, number))
        if before is None:
            fresh.append((workspace_id, device, number, first, last))
        elif first < before[0] or last > before[1]:
            widest = (min(first, before[0]), max(last, before[1]))
            changed.append((*widest, workspace_id, device, number))
    columns = ("workspace_id", "device", "number", "first_us", "last_us")
    bulk_insert(connection, device_uses, columns, fresh)
    bulk_update(
        connection,
        device_uses,
        changes=("first_us", "last_us"),
        key=("workspace_id", "device", "number"),
        rows=changed,
    )


def keep_latest_marks(
    connection: Connection, workspace_id: int, marks: Mapping[MarkKey, StoredMark]
) -> None:
    """Write marks that are later than those known; for the log's one writer."""
    numbers = {number for number, _ in marks}
    known = {
        (row.number, row.field): (row.at_us, row.source_id, bytes(row.message_key))
        for row in list_marks(connection, workspace_id, numbers)
    }
    fresh, changed = [], []
    for (number, field), mark in marks.items():
        before = known.get((number, field))
        if before is None:
            fresh.append((workspace_id, number, field, *mark))
        elif mark[:3] > before:
            changed.append((*mark, workspace_id, number, field))
    content = ("at_us", "source_id", "message_key", "digest")
    columns = ("workspace_id", "number", "field", *content)
    bulk_insert(connection, household_marks, columns, fresh)
    bulk_update(
        connection,
        household_marks,
        changes=content,
        key=("workspace_id", "number", "field"),
        rows=changed,
    )


def list_uses(connection: Connection, workspace_id: int, numbers: Collection[int]) -> Rows:
    """Return which devices these numbers used."""
    return select_in(
        connection, workspace_id, list(device_uses.c), where=device_uses.c.number, among=numbers
    )


def list_marks(connection: Connection, workspace_id: int, numbers: Collection[int]) -> Rows:
    """Return the marks of these numbers."""
    c = household_marks.c
    return select_in(connection, workspace_id, list(c), where=c.number, among=numbers)


def list_numbers_by_device(
    connection: Connection, workspace_id: int, devices: Collection[bytes], *, most: int
) -> tuple[set[int], set[bytes]]:
    """Return the numbers seen on these devices, and the devices left out as above `most`."""
    return _list_numbers(connection, workspace_id, device_uses.c.device, devices, most)


def list_numbers_by_digest(
    connection: Connection, workspace_id: int, digests: Collection[bytes], *, most: int
) -> tuple[set[int], set[bytes]]:
    """Return the numbers with these marks, and the marks left out as above `most`."""
    return _list_numbers(connection, workspace_id, household_marks.c.digest, digests, most)


def _list_numbers(
    connection: Connection,
    workspace_id: int,
    column: Column[bytes],
    values: Collection[bytes],
    most: int,
) -> tuple[set[int], set[bytes]]:
    # The address of an office is counted, never read.
    counts = _counts(connection, workspace_id, column, values)
    few = [value for value, count in counts.items() if count <= most]
    found = select_in(connection, workspace_id, [column.table.c.number], where=column, among=few)
    return {row.number for row in found}, counts.keys() - set(few)


def _counts(
    connection: Connection, workspace_id: int, column: Column[bytes], values: Collection[bytes]
) -> dict[bytes, int]:
    counts: dict[bytes, int] = {}
    for chunk in chunks(values):
        found = connection.execute(
            select(column, func.count())
            .where(column.table.c.workspace_id == workspace_id, column.in_(chunk))
            .group_by(column)
        )
        counts.update({bytes(value): int(count) for value, count in found})
    return counts
