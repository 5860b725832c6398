"""When people were written to in the past: read in one store, known in another."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from kikubari.deliver import _contacts as rows
from kikubari.deliver.frequency import LONGEST_MEMORY
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE


class PastContact(msgspec.Struct, frozen=True):
    """A marketing message that left, or may have, to one number of a person."""

    number: int
    at: datetime
    channel: str
    message_id: int


def list_past_contacts(
    connection: Connection,
    numbers: Collection[int],
    *,
    before: datetime,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> list[PastContact]:
    """Return what was sent to these numbers before an instant, as far back as any cap asks."""
    since_us = to_micros(before - LONGEST_MEMORY)
    found = rows.list_slots(connection, workspace_id, numbers, since_us=since_us)
    contacts = [
        PastContact(row.number, from_micros(row.at_us), row.channel, row.message_id)
        for row in found
    ]
    return [one for one in contacts if one.at < before]


def keep_past_contacts(
    connection: Connection,
    contacts: Sequence[PastContact],
    *,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> None:
    """Have caps count what was sent elsewhere. Whose topic it was is not known here."""
    for one in contacts:
        # Below zero: never the id of a message of this store.
        slots = [(one.number, -one.message_id, one.channel)]
        rows.save_slots(connection, workspace_id, slots, at_us=to_micros(one.at))
