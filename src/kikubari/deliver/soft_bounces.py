"""Soft bounces: one says nothing about an address, the same for weeks says it is dead."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, select

from kikubari.deliver._tables import soft_bounces, suppressions
from kikubari.deliver.contracts import EMAIL
from kikubari.deliver.suppression import SuppressionReason, Word
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import insert_or_ignore

# This many messages came back, the last at least so long after the first, all within the window.
MOST_SOFT_BOUNCES = 5
SHORTEST_SPAN = timedelta(days=14)
WINDOW = timedelta(days=90)


class SoftBounce(msgspec.Struct, frozen=True):
    """A message to an address that came back without saying that the address is dead."""

    address_key: bytes
    message_key: str
    at: datetime


def count_soft_bounces(
    connection: Connection, bounces: Sequence[SoftBounce], *, workspace_id: int = DEFAULT_WORKSPACE
) -> list[Word]:
    """Take in soft bounces; returns the words that close addresses for which it is enough.

    The outcome is one of the set of bounces: their order makes no difference.
    """
    connection.execute(
        insert_or_ignore(connection, soft_bounces),
        [
            {
                "workspace_id": workspace_id,
                "address_key": one.address_key,
                "message_key": one.message_key,
                "at_us": to_micros(one.at),
            }
            for one in bounces
        ],
    )
    words = []
    for key in sorted({one.address_key for one in bounces}):
        instants = _list_instants(connection, key, workspace_id)
        if (at := find_death(instants)) is not None:
            words.append(Word(key, SuppressionReason.BOUNCED, is_active=True, at=at))
    return words


def find_death(instants: Sequence[datetime]) -> datetime | None:
    """Return when an address is taken for dead, given when its mail came back, ascending."""
    for end, last in enumerate(instants):
        within = [one for one in instants[: end + 1] if last - one <= WINDOW]
        if len(within) >= MOST_SOFT_BOUNCES and last - within[0] >= SHORTEST_SPAN:
            return last
    return None


def _list_instants(connection: Connection, address_key: bytes, workspace_id: int) -> list[datetime]:
    """Return when mail to an address came back, since somebody took it off the list if they did."""
    lifted_us = connection.execute(
        select(suppressions.c.at_us).where(
            suppressions.c.workspace_id == workspace_id,
            suppressions.c.channel == EMAIL,
            suppressions.c.address_key == address_key,
            suppressions.c.reason == SuppressionReason.BOUNCED.value,
            suppressions.c.is_active == 0,
        )
    ).scalar()
    found = connection.execute(
        select(soft_bounces.c.at_us)
        .where(
            soft_bounces.c.workspace_id == workspace_id,
            soft_bounces.c.address_key == address_key,
            soft_bounces.c.at_us > (lifted_us or 0),
        )
        .order_by(soft_bounces.c.at_us)
    ).scalars()
    return [from_micros(at_us) for at_us in found]
