"""Numbers handed out, and stamps."""

from sqlalchemy import Connection, bindparam, select, update

from kikubari.profiles._tables import counters
from kikubari.storage import insert_or_ignore, look_up, upsert

_VALUE = select(counters.c.value).where(counters.c.name == bindparam("b_name"))


def find_counter(connection: Connection, name: str) -> int:
    """Return a counter's value, 0 when it was never set."""
    rows = look_up(connection, _VALUE, {"b_name": name})
    return rows[0].value if rows else 0


def set_counter(connection: Connection, name: str, value: int) -> None:
    """Set a counter; its row stays locked until the transaction ends."""
    connection.execute(
        upsert(connection, counters, key=["name"], update=["value"]).values(name=name, value=value)
    )


def take(connection: Connection, name: str, count: int) -> int:
    """Reserve `count` values and return the first; values start at 1 and leave no gap."""
    connection.execute(insert_or_ignore(connection, counters).values(name=name, value=0))
    last: int = connection.execute(
        update(counters)
        .where(counters.c.name == name)
        .values(value=counters.c.value + count)
        .returning(counters.c.value)
    ).scalar_one()
    return last - count + 1
