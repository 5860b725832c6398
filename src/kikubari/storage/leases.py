"""Leases with fencing tokens: at most one holder acts, and a late one can be told apart."""

from datetime import timedelta

import msgspec
from sqlalchemy import Connection, select, update

from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.storage.state import StateStore, insert_or_ignore
from kikubari.storage.tables import leases


class Lease(msgspec.Struct, frozen=True):
    """A right to act until it expires, proved by its token."""

    name: str
    holder: str
    token: int


class Leases:
    """Named leases in the state store."""

    def __init__(self, store: StateStore, clock: Clock, *, holder: str) -> None:
        self._store = store
        self._clock = clock
        self._holder = holder

    def find(self, name: str, *, lasting: timedelta) -> Lease | None:
        """Take or renew the lease; None while another holder has it.

        A renewal keeps the token, a change of holder raises it by one.
        """
        now_us = to_micros(self._clock.now())
        expires_us = now_us + to_micros_of(lasting)

        def work(connection: Connection) -> Lease | None:
            connection.execute(
                insert_or_ignore(connection, leases).values(
                    name=name, holder="", token=0, expires_us=0
                )
            )
            row = connection.execute(
                select(leases).where(leases.c.name == name).with_for_update()
            ).one()
            if row.holder != self._holder and row.expires_us > now_us:
                return None
            token = row.token if row.holder == self._holder else row.token + 1
            connection.execute(
                update(leases)
                .where(leases.c.name == name)
                .values(holder=self._holder, token=token, expires_us=expires_us)
            )
            return Lease(name=name, holder=self._holder, token=token)

        return self._store.write(work)

    def release(self, lease: Lease) -> None:
        """Give the lease back; nothing happens if somebody else holds it by now."""

        def work(connection: Connection) -> None:
            connection.execute(
                update(leases)
                .where(leases.c.name == lease.name, leases.c.token == lease.token)
                .values(expires_us=0)
            )

        self._store.write(work)


def is_held(connection: Connection, lease: Lease) -> bool:
    """Say, inside a transaction, whether the lease is still this holder's.

    The row stays locked until the transaction ends, so nobody can take it over in between.
    """
    row = connection.execute(
        select(leases.c.token).where(leases.c.name == lease.name).with_for_update()
    ).one_or_none()
    return row is not None and row.token == lease.token


def to_micros_of(span: timedelta) -> int:
    """Return a time span in microseconds."""
    return span // timedelta(microseconds=1)
