"""Stored lists of people: what the condition `list` refers to."""

import threading
from datetime import datetime

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection, func, insert, select

from kikubari.kit.instants import from_micros, to_micros
from kikubari.segments._tables import segment_lists
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import ColumnarStore, StateStore

_MERGED = "workspace_id = {workspace:UInt16} AND number != profile"
_NUMBERS_PER_QUERY = 50_000
# What ids of lists begin with that were worked out of what people did; on others are those whom
# the shop, or a journey, put there.
LOOKALIKE, WANTING = "lookalike-", "wanting-"


def is_worked_out(list_id: str) -> bool:
    """Say whether a list holds people by what they did, rather than by anybody's word."""
    return list_id.startswith((LOOKALIKE, WANTING))


class StoredList(msgspec.Struct, frozen=True, kw_only=True):
    """A list in its newest version.

    Attributes:
        id: what conditions call it.
        version: counts from 1; members change with it.
        name_ja: what people call it in Japanese.
        name_en: likewise in English.
        size: how many were put on it.
        made_at: when this version was made.
    """

    id: str
    version: int
    name_ja: str
    name_en: str
    size: int
    made_at: datetime


class StoredLists:
    """Implements `Lists`: people stay on a list when they merge.

    Args:
        state: store of the lists.
        columnar: says who became whom.
        workspace_id: whose lists.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._workspace_id = workspace_id
        self._resolved: dict[str, tuple[tuple[int, int], BitMap]] = {}
        self._lock = threading.Lock()

    def members(self, list_id: str) -> BitMap:
        """Return the numbers on a list, as they are now after merges.

        Raises:
            NotFoundError: there is no such list.
        """
        version = self.get(list_id).version
        key = (version, self._moves_version())
        with self._lock:
            known = self._resolved.get(list_id)
        if known is not None and known[0] == key:
            return known[1]
        members = self._resolve(self.members_as_listed(list_id, version))
        with self._lock:
            self._resolved[list_id] = (key, members)
        return members

    def members_as_listed(self, list_id: str, version: int) -> BitMap:
        """Return who was put on a list in a version.

        Raises:
            NotFoundError: there is no such list or version.
        """
        query = select(segment_lists.c.members).where(
            segment_lists.c.workspace_id == self._workspace_id,
            segment_lists.c.id == list_id,
            segment_lists.c.version == version,
        )
        with self._state.read() as connection:
            body = connection.execute(query).scalar()
        if body is None:
            raise NotFoundError(f"there is no list {list_id!r} in version {version}")
        return BitMap.deserialize(bytes(body))

    def get(self, list_id: str) -> StoredList:
        """Return a list.

        Raises:
            NotFoundError: there is no such list.
        """
        with self._state.read() as connection:
            found = _find(connection, self._workspace_id, list_id)
        if found is None:
            raise NotFoundError(f"there is no list {list_id!r}")
        return found

    def list_all(self) -> list[StoredList]:
        """Return all lists by id."""
        with self._state.read() as connection:
            ids = connection.execute(
                select(segment_lists.c.id)
                .where(segment_lists.c.workspace_id == self._workspace_id)
                .distinct()
                .order_by(segment_lists.c.id)
            ).scalars()
            found = [_find(connection, self._workspace_id, list_id) for list_id in ids.all()]
        return [one for one in found if one is not None]

    def save_in(
        self,
        connection: Connection,
        list_id: str,
        members: BitMap,
        *,
        name_ja: str,
        name_en: str,
        at: datetime,
    ) -> StoredList:
        """Store the next version of a list in the caller's transaction."""
        last = _find(connection, self._workspace_id, list_id)
        made = StoredList(
            id=list_id,
            version=1 if last is None else last.version + 1,
            name_ja=name_ja,
            name_en=name_en,
            size=len(members),
            made_at=at,
        )
        row = {
            **msgspec.structs.asdict(made),
            "workspace_id": self._workspace_id,
            "made_us": to_micros(at),
            "members": members.serialize(),
        }
        del row["made_at"]
        connection.execute(insert(segment_lists), row)
        return made

    def change_in(
        self, connection: Connection, list_id: str, *, add: BitMap, remove: BitMap, at: datetime
    ) -> None:
        """Put people on a list and take others off, in the caller's transaction.

        Raises:
            NotFoundError: there is no such list.
        """
        # The first version stays for ever: whoever changes the list waits for its row.
        connection.execute(
            select(segment_lists.c.version)
            .where(
                segment_lists.c.workspace_id == self._workspace_id,
                segment_lists.c.id == list_id,
                segment_lists.c.version == 1,
            )
            .with_for_update()
        )
        last = _find(connection, self._workspace_id, list_id)
        if last is None:
            raise NotFoundError(f"there is no list {list_id!r}")
        listed = connection.execute(
            select(segment_lists.c.members).where(
                segment_lists.c.workspace_id == self._workspace_id,
                segment_lists.c.id == list_id,
                segment_lists.c.version == last.version,
            )
        ).scalar_one()
        members = (BitMap.deserialize(bytes(listed)) | add) - remove
        self.save_in(
            connection, list_id, members, name_ja=last.name_ja, name_en=last.name_en, at=at
        )

    def _moves_version(self) -> int:
        rows = self._columnar.query_rows(
            "SELECT max(version) FROM profile_numbers WHERE workspace_id = {workspace:UInt16}",
            {"workspace": self._workspace_id},
        )
        return int(rows[0][0])

    def _resolve(self, listed: BitMap) -> BitMap:
        """Return who the numbers are now."""
        workspace = {"workspace": self._workspace_id}
        moved = listed & self._columnar.query_numbers(
            f"SELECT number FROM profile_numbers FINAL WHERE {_MERGED}",  # noqa: S608 - constant
            workspace,
        )
        now = listed - moved
        numbers = list(moved)
        for start in range(0, len(numbers), _NUMBERS_PER_QUERY):
            now |= self._columnar.query_numbers(
                f"SELECT DISTINCT profile FROM profile_numbers FINAL WHERE {_MERGED}"  # noqa: S608 - constant
                " AND number IN ({numbers:Array(UInt32)})",
                {**workspace, "numbers": numbers[start : start + _NUMBERS_PER_QUERY]},
            )
        return now


def _find(connection: Connection, workspace_id: int, list_id: str) -> StoredList | None:
    c = segment_lists.c
    newest = (
        select(func.max(c.version))
        .where(c.workspace_id == workspace_id, c.id == list_id)
        .scalar_subquery()
    )
    row = connection.execute(
        select(c.id, c.version, c.name_ja, c.name_en, c.size, c.made_us).where(
            c.workspace_id == workspace_id, c.id == list_id, c.version == newest
        )
    ).first()
    if row is None:
        return None
    return StoredList(
        id=row.id,
        version=row.version,
        name_ja=row.name_ja,
        name_en=row.name_en,
        size=row.size,
        made_at=from_micros(row.made_us),
    )
