"""Models of recommendations: learned anew when that is due, kept, and loaded where they serve."""

import contextlib
import shutil
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.catalog import Catalog
from kikubari.decide.recommend import _repository as repository
from kikubari.decide.recommend._array_files import SUFFIX, UNREADABLE
from kikubari.decide.recommend._fresh_sales import with_sales_of
from kikubari.decide.recommend._repository import Found
from kikubari.decide.recommend.contracts import ModelCard, RecommendationModel
from kikubari.decide.recommend.learned import Learned, Lesson, learn
from kikubari.decide.recommend.learned_files import load, save
from kikubari.decide.recommend.shelf import owners_of
from kikubari.decide.recommend.statements import BUYING, Span, read_statements
from kikubari.events import PROFILE
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.topics import ORDER_COMPLETED
from kikubari.storage import ColumnarStore, StateStore

RENEWED_AFTER = timedelta(days=7)
# Sooner if so many orders came: a tenth more than were learned from, and this many.
_SHARE_OF_NEW, _FEWEST_NEW = 0.1, 100
_AT_MOST_EVERY = timedelta(hours=1)
# When a server starts, its shop may still be moving in.
_SETTLING = timedelta(minutes=10)
# What items sell is counted anew so often, if it takes no more than a fiftieth of the time. A very
# large shop changes little within a week, and takes long to read.
_SALES_EVERY, _REST_TIMES, _MOST_RECOUNTED = timedelta(hours=1), 50, 3_000_000
_FILES_KEPT = 2
_WORK = "work"


def _digest_code() -> str:
    """Return what stands for the code of this package: what other code wrote is learned again."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return blake2b(b"".join(one.read_bytes() for one in sources), digest_size=4).hexdigest()


_CODE = _digest_code()


class Learning(Protocol):
    """Does the heavy work, wherever it stalls nobody."""

    def __call__(self, lesson: Lesson, path: Path) -> ModelCard:
        """Learn, write the file, return the card."""
        ...


class LeftOut(Protocol):
    """Those whose data is kept and not used."""

    def list_left_out(self) -> BitMap:
        """Return their profile numbers."""
        ...


def learn_to_file(lesson: Lesson, path: Path) -> ModelCard:
    """Learn in this process, from where one that ended had come to; implements `Learning`."""
    work = _work_of(path)
    learned, card = learn(lesson, work)
    save(learned, path)
    _forget(work)
    return card


def _forget(work: Path) -> None:
    """Remove what was kept while learning, and the folder of such folders if it is empty now."""
    shutil.rmtree(work, ignore_errors=True)
    with contextlib.suppress(OSError):
        work.parent.rmdir()


def _work_of(path: Path) -> Path:
    """Return the folder of what is kept while the model of a file is being learned."""
    return path.parent / _WORK / path.stem


@dataclass(frozen=True, eq=False)
class Usable:
    """What was learned, and which model that is.

    Attributes:
        version: of the model.
        learned: with items as they sell.
        sales_at: when sales were counted anew; None if they are those of the day of learning.
    """

    version: int
    learned: Learned
    sales_at: datetime | None = None


class RecommendationModels:
    """Learns when that is due; what was learned is a file in a folder of this machine.

    Another machine makes the same file for itself: a model is its instant and its seed.

    Args:
        state: holds the cards.
        columnar: the copy that orders are read from.
        catalog: says which variants are of which product.
        clock: says when a model is due.
        left_out: people from whom nothing is learned.
        folder: of the files.
        learning: does the heavy work.
        workspace_id: whose shop.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        catalog: Catalog,
        clock: Clock,
        *,
        left_out: LeftOut,
        folder: Path,
        learning: Learning = learn_to_file,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._catalog = catalog
        self._clock = clock
        self._left_out = left_out
        self._folder = folder
        self._learning = learning
        self._workspace_id = workspace_id
        self._started_at = clock.now()
        self._loaded: Usable | None = None
        self._counted_next_at = self._started_at

    def ask(self) -> RecommendationModel:
        """Want a new model now; one that is under way already is the answer."""
        n_orders = self._count_orders()

        def work(connection: Connection) -> Found:
            waiting = repository.find_waiting(connection, self._workspace_id)
            if waiting is None:
                repository.insert_model(
                    connection,
                    self._workspace_id,
                    as_of_us=to_micros(self._clock.now()),
                    n_orders=n_orders,
                )
                waiting = repository.find_waiting(connection, self._workspace_id)
            assert waiting is not None  # noqa: S101 - written in this transaction
            return waiting

        return model_of(self._state.write(work))

    def list_models(self, *, limit: int) -> list[RecommendationModel]:
        """Return the cards of models, newest first."""
        with self._state.read() as connection:
            found = repository.list_models(connection, self._workspace_id, limit=limit)
        return [model_of(one) for one in found]

    def step(self) -> bool:
        """Learn a model if one is due; say if there is more to do."""
        with self._state.read() as connection:
            waiting = repository.find_waiting(connection, self._workspace_id)
            last = repository.find_last(connection, self._workspace_id)
        if waiting is None:
            if self._is_due(last):
                self.ask()
                return True
            return False
        card = self._learn(waiting)
        self._state.write(
            lambda connection: repository.save_learned(
                connection,
                self._workspace_id,
                waiting.version,
                learned_us=to_micros(self._clock.now()),
                card=msgspec.json.encode(card) if card is not None else None,
            )
        )
        self._forget_old()
        return False

    def load_newer(self, than: Usable | None) -> Usable | None:
        """Return what was learned last, or counted since, if that is another than what serves.

        Args:
            than: what serves.
        """
        with self._state.read() as connection:
            found = repository.find_usable(connection, self._workspace_id)
        if found is None:
            return None
        loaded = self._loaded
        if loaded is None or loaded.version != found.version:
            learned = _load(self._path_of(found.version))
            loaded = Usable(found.version, learned) if learned is not None else None
            self._loaded = loaded
        return None if loaded is than else loaded

    def make_missing(self) -> None:
        """Learn what serves elsewhere, or was learned by other code, if there is no file of it.

        Where there is one, what items sell is counted anew when that is due.
        """
        with self._state.read() as connection:
            found = repository.find_usable(connection, self._workspace_id)
        if found is None:
            return
        if not self._path_of(found.version).exists():
            self._learn(found)
        elif self._loaded is not None and self._loaded.version == found.version:
            self._count_sales(found, self._loaded)

    def _count_sales(self, found: Found, loaded: Usable) -> None:
        now = self._clock.now()
        learned_at = from_micros(found.as_of_us)
        card = model_of(found).card
        is_large = card is None or card.n_purchases > _MOST_RECOUNTED
        if is_large or now < max(learned_at + _SALES_EVERY, self._counted_next_at):
            return
        began = time.monotonic()
        lesson = self._prepare(to_micros(now), found.seed)
        if lesson is not None:
            learned = with_sales_of(loaded.learned, lesson)
            self._loaded = Usable(found.version, learned, sales_at=now)
        took = timedelta(seconds=time.monotonic() - began)
        self._counted_next_at = now + max(_SALES_EVERY, _REST_TIMES * took)

    def _is_due(self, last: Found | None) -> bool:
        now = self._clock.now()
        if now - self._started_at < _SETTLING:
            return False
        if last is None:
            return self._count_orders() > 0
        age = now - from_micros(last.as_of_us)
        if age < _AT_MOST_EVERY:
            return False
        n_new = self._count_orders() - last.n_orders
        return age >= RENEWED_AFTER or n_new >= max(_FEWEST_NEW, _SHARE_OF_NEW * last.n_orders)

    def _learn(self, model: Found) -> ModelCard | None:
        """Return the card of what was learned, None if nobody bought anything."""
        lesson = self._prepare(model.as_of_us, model.seed)
        return self._learning(lesson, self._path_of(model.version)) if lesson is not None else None

    def _prepare(self, as_of_us: int, seed: int) -> Lesson | None:
        as_of = from_micros(as_of_us)
        span = Span(types=BUYING, until=as_of, viewed_since=as_of)
        statements, names = read_statements(
            self._columnar, span, who=PROFILE, workspace_id=self._workspace_id
        )
        owner = owners_of(self._catalog.iter_products())
        bought = statements.chosen(statements.standing_purchases())
        is_used = ~np.isin(bought.number, self._left_out.list_left_out().to_array())
        named = np.array([key for key, name in names.items() if name], dtype=np.uint64)
        bought = bought.chosen(is_used & np.isin(bought.item, named))
        if not len(bought):
            return None
        keys, place = np.unique(bought.item, return_inverse=True)
        ids = [owner.get(names[int(key)], names[int(key)]) for key in keys]
        items = sorted(set(ids))
        code_of = {name: code for code, name in enumerate(items)}
        code = np.array([code_of[name] for name in ids], dtype=np.int32)
        _, customer = np.unique(bought.number, return_inverse=True)
        return Lesson(
            customer=customer.astype(np.int32),
            item=code[place],
            at_us=bought.at_us,
            items=tuple(items),
            end_us=as_of_us + 1,
            seed=seed,
        )

    def _count_orders(self) -> int:
        rows = self._columnar.query_rows(
            "SELECT count() FROM events"
            " WHERE workspace_id = {workspace:UInt16} AND type = {ordered:String}",
            {"workspace": self._workspace_id, "ordered": ORDER_COMPLETED},
        )
        return int(rows[0][0])

    def _path_of(self, version: int) -> Path:
        name = f"recommendations-{self._workspace_id}-{version:06}-{_CODE}{SUFFIX}"
        return self._folder / name

    def _forget_old(self) -> None:
        kept = sorted(self._folder.glob(f"recommendations-{self._workspace_id}-*{SUFFIX}"))
        for path in (*kept[:-_FILES_KEPT], *self._folder.glob("recommendations-*.part")):
            path.unlink(missing_ok=True)
        for work in (self._folder / _WORK).glob(f"recommendations-{self._workspace_id}-*"):
            _forget(work)


def _load(path: Path) -> Learned | None:
    """Return what a file holds, None if there is none; one that cannot be read is none."""
    try:
        return load(path)
    except UNREADABLE:
        path.unlink(missing_ok=True)
        return None


def model_of(row: Found) -> RecommendationModel:
    """Return a row as what callers see."""
    return RecommendationModel(
        version=row.version,
        as_of=from_micros(row.as_of_us),
        learned_at=from_micros(row.learned_us) if row.learned_us is not None else None,
        card=msgspec.json.decode(row.card, type=ModelCard) if row.card is not None else None,
    )
