"""Whose data is kept and not used: restriction (GDPR 18) and objections (GDPR 21).

A limit holds for every number the person had when it was placed, so for whoever they are merged
with as well, and for each of them if they are taken apart. It is reversible, and each step leaves
a receipt.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from kikubari.kit.instants import from_micros, to_micros
from kikubari.profiles._kept_tables import limited_numbers, processing_limits
from kikubari.profiles._repository import identity
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, NotFoundError
from kikubari.storage import look_up


class Limit(StrEnum):
    """What a customer may ask for beside erasure."""

    # Stored, and nothing else: out of segments, and no message of any kind.
    RESTRICTION = "restriction"
    # No direct marketing, and no profiling for it: out of segments, no marketing message.
    OBJECTION = "objection"
    # Marketing, and nothing but their own words to choose and write it by.
    PROFILING = "profiling"


class LimitReceipt(msgspec.Struct, frozen=True):
    """Proof of a limit, which names nobody.

    Attributes:
        receipt_id: quote it.
        profile: canonical number at the time.
        kind: restriction, objection to marketing, or objection to profiling alone.
        placed_at: since when it holds.
        placed_by: member or key.
        reason: as they put it; must not name the person.
        lifted_at: until when it held, None while it holds.
        lifted_by: member or key.
    """

    receipt_id: str
    profile: int
    kind: Limit
    placed_at: datetime
    placed_by: str
    reason: str
    lifted_at: datetime | None = None
    lifted_by: str = ""


# Asked at the last gate, for every few messages: made once.
_LIMITED = select(limited_numbers.c.number, limited_numbers.c.kind).where(
    limited_numbers.c.workspace_id == bindparam("b_workspace")
)


class Restrictions:
    """Places and lifts limits, and says who has them.

    Args:
        workspace_id: whose people these are.
    """

    def __init__(self, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._workspace_id = workspace_id

    def place(self, connection: Connection, receipt: LimitReceipt) -> None:
        """Limit the person a canonical number stands for, in the caller's transaction.

        Raises:
            NotFoundError: nobody by that number.
            ConflictError: they have this limit.
        """
        members = identity.list_members(connection, self._workspace_id, [receipt.profile])
        if not members:
            raise NotFoundError(f"no profile with number {receipt.profile}")
        numbers = [row.number for row in members]
        if self._receipts_of(connection, numbers, receipt.kind):
            raise ConflictError(f"there is such a limit already: {receipt.kind}")
        connection.execute(
            insert(processing_limits),
            {
                "workspace_id": self._workspace_id,
                "receipt_id": receipt.receipt_id,
                "profile": receipt.profile,
                "kind": receipt.kind.value,
                "placed_us": to_micros(receipt.placed_at),
                "placed_by": receipt.placed_by,
                "reason": receipt.reason,
                "lifted_by": "",
            },
        )
        connection.execute(
            insert(limited_numbers),
            [
                {
                    "workspace_id": self._workspace_id,
                    "number": number,
                    "kind": receipt.kind.value,
                    "receipt_id": receipt.receipt_id,
                }
                for number in numbers
            ],
        )

    def lift(
        self, connection: Connection, number: int, kind: Limit, *, at: datetime, by: str
    ) -> list[LimitReceipt]:
        """End a limit of the person a canonical number stands for; returns what ended.

        Raises:
            NotFoundError: they have no such limit.
        """
        members = identity.list_members(connection, self._workspace_id, [number])
        ids = self._receipts_of(connection, [row.number for row in members], kind)
        if not ids:
            raise NotFoundError(f"there is no such limit: {kind}")
        mine = limited_numbers.c.workspace_id == self._workspace_id
        connection.execute(
            delete(limited_numbers).where(mine, limited_numbers.c.receipt_id.in_(ids))
        )
        c = processing_limits.c
        connection.execute(
            update(processing_limits)
            .where(c.workspace_id == self._workspace_id, c.receipt_id.in_(ids))
            .values(lifted_us=to_micros(at), lifted_by=by)
        )
        return [one for one in self.list_receipts(connection) if one.receipt_id in ids]

    def find(self, connection: Connection, numbers: Collection[int]) -> dict[int, frozenset[Limit]]:
        """Return the limits of the people these numbers belong to, of those who have some."""
        limited = self._by_person(connection)
        if not limited:
            return {}
        people = identity.list_profiles_of(connection, self._workspace_id, numbers)
        return {
            number: frozenset(limited[person])
            for number, person in people.items()
            if person in limited
        }

    def list_limited(
        self, connection: Connection, kinds: Collection[Limit] = tuple(Limit)
    ) -> list[int]:
        """Return the canonical numbers of everybody who has a limit, of any of some kinds."""
        wanted = set(kinds)
        return sorted(one for one, has in self._by_person(connection).items() if has & wanted)

    def list_receipts(self, connection: Connection) -> list[LimitReceipt]:
        """Return all receipts, oldest first."""
        c = processing_limits.c
        rows = connection.execute(
            select(processing_limits)
            .where(c.workspace_id == self._workspace_id)
            .order_by(c.placed_us, c.receipt_id)
        )
        return [_receipt(row) for row in rows]

    def _by_person(self, connection: Connection) -> dict[int, set[Limit]]:
        rows = look_up(connection, _LIMITED, {"b_workspace": self._workspace_id})
        if not rows:
            return {}
        now_is = identity.list_profiles_of(
            connection, self._workspace_id, {row.number for row in rows}
        )
        return _gather((now_is.get(row.number), Limit(row.kind)) for row in rows)

    def _receipts_of(
        self, connection: Connection, numbers: Collection[int], kind: Limit
    ) -> set[str]:
        c = limited_numbers.c
        rows = connection.execute(
            select(c.receipt_id)
            .distinct()
            .where(
                c.workspace_id == self._workspace_id,
                c.kind == kind.value,
                c.number.in_(list(numbers)),
            )
        )
        return {row.receipt_id for row in rows}


def _gather(limits: Iterable[tuple[int | None, Limit]]) -> dict[int, set[Limit]]:
    found: dict[int, set[Limit]] = {}
    for person, kind in limits:
        if person is not None:
            found.setdefault(person, set()).add(kind)
    return found


def _receipt(row: Row[*tuple[object, ...]]) -> LimitReceipt:
    lifted_us = row.lifted_us
    return LimitReceipt(
        receipt_id=row.receipt_id,
        profile=row.profile,
        kind=Limit(row.kind),
        placed_at=from_micros(row.placed_us),
        placed_by=row.placed_by,
        reason=row.reason,
        lifted_at=None if lifted_us is None else from_micros(lifted_us),
        lifted_by=row.lifted_by,
    )
