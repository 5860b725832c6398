"""Requests for signed addresses that are not told yet, or by which later ones are judged."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from kikubari.storage import metadata

_SERIAL = BigInteger().with_variant(Integer, "sqlite")

# Deleted after some minutes. `client` is a keyed hash of program and network.
mail_visits = Table(
    "mail_visits",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("workspace_id", Integer, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("client", LargeBinary, nullable=False),
    Column("act", Text, nullable=False),
    Column("sign", Integer, nullable=False),
    Column("link_index", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("is_told", Integer, nullable=False),
    Index("ix_mail_visits_at", "at_us"),
    Index("ix_mail_visits_message", "workspace_id", "message_id"),
    Index("ix_mail_visits_number", "workspace_id", "number"),
    sqlite_autoincrement=True,
)
_c = mail_visits.c
_Rows = Sequence[Row[*tuple[Any, ...]]]


def add(connection: Connection, **values: object) -> None:
    """Keep one."""
    connection.execute(insert(mail_visits).values(is_told=0, **values))


def has_any(connection: Connection) -> bool:
    """Say whether there is anything to do, now or later."""
    return connection.execute(select(_c.id).limit(1)).first() is not None


def take_due(connection: Connection, *, until_us: int, limit: int) -> _Rows:
    """Return those not told yet of no later than an instant, the oldest first, and hold them."""
    return connection.execute(
        select(mail_visits)
        .where(_c.is_told == 0, _c.at_us <= until_us)
        .order_by(_c.at_us, _c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def list_of(connection: Connection, workspace_id: int, message_id: int) -> _Rows:
    """Return all that is kept about one message, in the order of time."""
    return connection.execute(
        select(mail_visits)
        .where(_c.workspace_id == workspace_id, _c.message_id == message_id)
        .order_by(_c.at_us, _c.id)
    ).all()


def mark_told(connection: Connection, ids: Collection[int]) -> None:
    """Keep no more of these than what later ones are judged by."""
    connection.execute(update(mail_visits).where(_c.id.in_(list(ids))).values(is_told=1, url=""))


def delete_old(connection: Connection, *, before_us: int) -> int:
    """Delete what nothing is judged by any more; return how many."""
    return connection.execute(
        delete(mail_visits).where(_c.is_told == 1, _c.at_us < before_us)
    ).rowcount
