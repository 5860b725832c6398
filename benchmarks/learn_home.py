"""The whole way of learning on a home of millions of events: from the columnar copy to the model.

    python benchmarks/learn_home.py /tmp/bench --scale 1     # 20 million events, a million people

What the server itself needs to read the purchases and what the processes need that learn from them
are told apart: they are two, one after the other. Cards and files go to a folder of their own.
"""

import argparse
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from generate import FULL_SIZE, generate
from generated_events import END_AT
from kikubari.app.learning import ConcludingProcess, LearningProcess
from kikubari.catalog import Catalog
from kikubari.decide.predict import Predictions
from kikubari.decide.recommend import RecommendationModels
from kikubari.kit.clock import ManualClock
from kikubari.storage import ColumnarStore, SqliteStateStore, migrate


class _Nobody:
    """Leaves nobody out."""

    def list_left_out(self) -> BitMap:
        """Return no numbers."""
        return BitMap()


def main() -> None:
    """Learn recommendations, then predictions; print seconds and peaks of memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path, help="folder of the homes that benchmarks read")
    parser.add_argument("--scale", type=float, default=0.25)
    parser.add_argument("--only", choices=sorted(_PARTS), help="one of both")
    arguments = parser.parse_args()
    home = generate(arguments.shared, FULL_SIZE.scaled(arguments.scale))
    columnar = ColumnarStore(home.copy_dsn)
    with tempfile.TemporaryDirectory() as folder:
        state = SqliteStateStore(Path(folder) / "state.db")
        migrate(state)
        _tell("the store is open", 0.0)
        for name, learn in _PARTS.items():
            if arguments.only in {None, name}:
                learn(state, columnar, Path(folder))
        state.close()
    columnar.close()


def _recommend(state: SqliteStateStore, columnar: ColumnarStore, folder: Path) -> None:
    models = RecommendationModels(
        state,
        columnar,
        Catalog(state),
        ManualClock(_NOW),
        left_out=_Nobody(),
        folder=folder / "models",
        learning=LearningProcess(),
    )
    begun = time.perf_counter()
    models.ask()
    models.step()
    card = models.list_models(limit=1)[0].card
    assert card is not None
    what = f"{card.n_purchases:,} purchases, {card.n_customers:,} customers, {card.n_items:,} items"
    _tell(f"recommendations of {what}", time.perf_counter() - begun)


def _predict(state: SqliteStateStore, columnar: ColumnarStore, _folder: Path) -> None:
    predictions = Predictions(
        state,
        columnar,
        ManualClock(_NOW),
        zone=ZoneInfo("Asia/Tokyo"),
        left_out=_Nobody(),
        concluding=ConcludingProcess(),
    )
    begun = time.perf_counter()
    predictions.ask()
    predictions.step()
    others = predictions.list_models(limit=1)[0].others
    assert others.products is not None
    _tell(f"predictions of {others.products.n_purchases:,} purchases", time.perf_counter() - begun)


_NOW = END_AT + timedelta(hours=1)
_PARTS = {"recommendations": _recommend, "predictions": _predict}


def _tell(what: str, seconds: float) -> None:
    own, children = (getrusage(one).ru_maxrss / 1024 for one in (RUSAGE_SELF, RUSAGE_CHILDREN))
    print(
        f"{what}: {seconds:.0f} s; peak so far: server's side {own:,.0f} MiB,",
        f"learning process {children:,.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()
