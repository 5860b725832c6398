"""The audit log: who did what, when and from where; a chain that shows what was altered."""

from collections.abc import Iterable
from contextlib import closing
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from kikubari.access._tables import audit_entries, audit_heads
from kikubari.access.contracts import Actor, AuditCheck, AuditEntry
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore, insert_or_ignore

_LONGEST_TEXT = 300
_BEGINNING = b""
_CHECKED_AT_ONCE = 10_000


class AuditLog:
    """Appends and lists entries.

    Args:
        store: state store.
        clock: tells when.
        key: 32 bytes kept apart from the data: who has the data alone cannot forge an entry.
    """

    def __init__(self, store: StateStore, clock: Clock, key: bytes) -> None:
        self._store = store
        self._clock = clock
        self._key = key

    def append(
        self, connection: Connection, by: Actor, action: str, target: str = "", detail: str = ""
    ) -> None:
        """Add an entry in the transaction of what it tells.

        Args:
            connection: of the state store.
            by: who, and from where.
            action: what was done, such as `member.invited`.
            target: to what: an id or an address.
            detail: what else matters, never a secret.
        """
        connection.execute(
            insert_or_ignore(connection, audit_heads),
            {"workspace_id": DEFAULT_WORKSPACE, "number": 0, "mark": _BEGINNING},
        )
        # Locked on PostgreSQL, where several may append at once; SQLite has one writer.
        head = connection.execute(
            select(audit_heads)
            .where(audit_heads.c.workspace_id == DEFAULT_WORKSPACE)
            .with_for_update()
        ).one()
        row = {
            "workspace_id": DEFAULT_WORKSPACE,
            "number": head.number + 1,
            "at_us": to_micros(self._clock.now()),
            "actor": storable(by.name),
            "address": storable(by.address),
            "action": action,
            "target": storable(target),
            "detail": storable(detail),
        }
        mark = self._mark(head.mark, row)
        connection.execute(insert(audit_entries), row | {"mark": mark})
        connection.execute(
            update(audit_heads)
            .where(audit_heads.c.workspace_id == DEFAULT_WORKSPACE)
            .values(number=row["number"], mark=mark)
        )

    def list_entries(
        self, *, before: int | None = None, action: str | None = None, limit: int = 100
    ) -> list[AuditEntry]:
        """Return entries, newest first.

        Args:
            before: only those with a smaller number.
            action: only those whose action begins with this, such as `member`.
            limit: how many at most.
        """
        query = select(audit_entries).where(audit_entries.c.workspace_id == DEFAULT_WORKSPACE)
        if before is not None:
            query = query.where(audit_entries.c.number < before)
        if action is not None:
            query = query.where(audit_entries.c.action.startswith(action, autoescape=True))
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(audit_entries.c.number.desc()).limit(limit))
            return [
                AuditEntry(
                    r.number, from_micros(r.at_us), r.actor, r.address, r.action, r.target, r.detail
                )
                for r in rows
            ]

    def check(self) -> AuditCheck:
        """Recompute the chain; takes a few seconds for a million entries."""
        with self._store.read() as connection:
            head = connection.execute(
                select(audit_heads).where(audit_heads.c.workspace_id == DEFAULT_WORKSPACE)
            ).one_or_none()
            query = (
                select(audit_entries)
                .where(audit_entries.c.workspace_id == DEFAULT_WORKSPACE)
                .order_by(audit_entries.c.number)
            )
            streaming = connection.execution_options(yield_per=_CHECKED_AT_ONCE)
            with closing(streaming.execute(query)) as rows:
                return self._check(rows, (head.number, head.mark) if head else (0, _BEGINNING))

    def _check(self, rows: Iterable[Row[Any]], head: tuple[int, bytes]) -> AuditCheck:
        mark, number = _BEGINNING, 0
        for row in rows:
            number += 1
            stored = row._asdict()
            mark = self._mark(mark, {name: stored[name] for name in stored if name != "mark"})
            if row.number != number or row.mark != mark:
                return AuditCheck(is_intact=False, n_entries=number, broken_at=number)
        if (number, mark) != head:
            return AuditCheck(is_intact=False, n_entries=number, broken_at=number + 1)
        return AuditCheck(is_intact=True, n_entries=number)

    def _mark(self, before: bytes, row: dict[str, object]) -> bytes:
        text = msgspec.json.encode([row[name] for name in sorted(row)])
        return blake2b(before + text, key=self._key, digest_size=32).digest()


def storable(text: str, *, chars: int = _LONGEST_TEXT) -> str:
    """Return a text as both stores take it, and no longer than anybody reads."""
    return text.replace("\0", "")[:chars].encode("utf-8", "replace").decode()
