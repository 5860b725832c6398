"""What came of the events: the log and all that is derived from it, against the oracle."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from shop_load import Told
from shop_process import Place, Shop
from sqlalchemy import func, select

from kikubari.events import IndexCheck
from kikubari.events import _repository as repository
from kikubari.events._tables import events
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event
from kikubari.storage import metadata

_OF_MAIL = frozenset({"dispatches", "messages", "message_records"})
_REPLAY = 700
# These do not follow from the log alone: what waits, who may send, and counts that depend on how
# events were cut into transactions. How far the log's indexes are depends on the time there was;
# up to there they are compared with the log itself.
_NOT_DERIVED = {
    "inbox", "sources", "rejected_events", "log_marks", "copy_ranges", "counters", "moves",
    "message_keys", "event_places",
}  # fmt: skip


class Verdict(msgspec.Struct):
    """What a suite found; lists name the culprits."""

    n_acknowledged: int
    n_in_log: int
    lost: list[str]
    doubled: list[str]
    strangers: list[str]
    is_dense: bool
    derived_wrongly: dict[str, tuple[int, int]]
    damage: list[str]
    indexes: IndexCheck

    @property
    def is_clean(self) -> bool:
        return self.is_dense and not (
            self.lost
            or self.doubled
            or self.strangers
            or self.derived_wrongly
            or self.damage
            or not self.indexes.is_equal
        )


def judge(place: Place, told: Told, *, mails: bool = False) -> Verdict:
    """Sequence what still waits, then compare; a shop that `mails` writes down what it sent."""
    shop = Shop(place)
    shop.drain()
    with shop.state.read() as connection:
        mark = repository.find_mark(connection, DEFAULT_WORKSPACE)
        positions = list(
            connection.execute(select(events.c.position).order_by(events.c.position)).scalars()
        )
    logged = [item.event for item in shop.log.read_range(1, mark)]
    seen = Counter(event.message_id for event in logged)
    verdict = Verdict(
        n_acknowledged=len(told.acknowledged),
        n_in_log=len(logged),
        lost=sorted(told.acknowledged - seen.keys()),
        doubled=sorted(i for i, times in seen.items() if times > 1),
        strangers=sorted(
            one for one in seen.keys() - told.sent if not (mails and one.startswith("sent:"))
        ),
        is_dense=positions == list(range(1, mark + 1)) and len(logged) == mark,
        derived_wrongly=_compare(
            _count_rows(shop), _replay(logged), but=_OF_MAIL if mails else frozenset()
        ),
        damage=[] if place.database_url else _list_damage(shop),
        indexes=shop.log.check_indexes(),
    )
    shop.close()
    return verdict


def _replay(logged: list[Event]) -> dict[str, int]:
    """Return how many rows each table has after the same log without any fault."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Shop(Place.in_folder(Path(folder)))
        for start in range(0, len(logged), _REPLAY):
            part = logged[start : start + _REPLAY]
            fresh.state.write(lambda c, part=part: fresh.sequencer.extend(c, part))
        counts = _count_rows(fresh)
        fresh.close()
        return counts


def _count_rows(shop: Shop) -> dict[str, int]:
    with shop.state.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
            if table.name not in _NOT_DERIVED
        }


def _compare(
    found: dict[str, int], expected: dict[str, int], but: frozenset[str]
) -> dict[str, tuple[int, int]]:
    return {
        name: (found[name], expected[name])
        for name in expected
        if name not in but and found[name] != expected[name]
    }


def _list_damage(shop: Shop) -> list[str]:
    damage: list[Any] = []
    for store in (shop.state, shop.intake):
        with store.read() as connection:
            damage += connection.exec_driver_sql("PRAGMA integrity_check").scalars()
    return [text for text in damage if text != "ok"]
