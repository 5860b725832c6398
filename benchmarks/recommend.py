"""Recommendations on real histories at several cut-offs, and time and memory on generated ones.

    python benchmarks/recommend.py real FOLDER   # online_retail and complete_journey in it
    python benchmarks/recommend.py growth        # 200,000 to 2,000,000 purchases
    python benchmarks/recommend.py growth --customers 1000000 --items 50000   # 20 million

Every figure on real data is of days that nothing was learned from, with its 95 % interval.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from kikubari.decide.histories import History, HistoryColumns, history_of, parse_day
from kikubari.decide.recommend._candidates import Snapshot
from kikubari.decide.recommend.blend import fit_blends, rank
from kikubari.decide.recommend.contracts import Evaluation, Mode
from kikubari.decide.recommend.evaluation import evaluate
from kikubari.decide.recommend.purchases import Purchases, pack

_WINDOWS = {
    "online_retail": (28, ("2011-06-23", "2011-07-21", "2011-08-18", "2011-09-15", "2011-10-13")),
    "complete_journey": (7, ("2017-10-08", "2017-10-15", "2017-10-22", "2017-10-29")),
}
_SIZES = ((10_000, 2_000), (100_000, 10_000))
_PURCHASES_EACH = 20
_DAYS = 365
_HORIZON_DAYS = 28.0
_TASTES = 50
_ANSWERS = 300


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True)
    commands.add_parser("real").add_argument("folder", type=Path)
    growth = commands.add_parser("growth")
    growth.add_argument("--customers", type=int, help="only this size, in this process")
    growth.add_argument("--items", type=int, default=_SIZES[0][1])
    growth.add_argument("--json", action="store_true", help="figures alone, of one size")
    arguments = parser.parse_args()
    if arguments.what == "real":
        _run_real(arguments.folder)
    elif arguments.customers:
        _grow(arguments.customers, arguments.items, as_json=arguments.json)
    else:
        for n_customers, n_items in _SIZES:
            size = ["--customers", str(n_customers), "--items", str(n_items)]
            subprocess.run([sys.executable, __file__, "growth", *size], check=True)


def _run_real(folder: Path) -> None:
    for name, (days, as_ofs) in _WINDOWS.items():
        history = _READERS[name](folder / name)
        for as_of in as_ofs:
            for mode in Mode:
                found = evaluate(history, parse_day(as_of), timedelta(days=days), mode)
                print(name, as_of, f"{days} days", *_tell(found), flush=True)


def _tell(found: Evaluation) -> list[str]:
    told = [f"{found.mode}: {found.chosen}, learned in {found.seconds_to_fit:.0f} s;"]
    for one in found.scores:
        figure, gain = one.ndcg, one.gain
        told.append(f"{one.ranking} {figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})")
        told.append(f"gain {gain.value:.3f} ({gain.low:.3f} to {gain.high:.3f});" if gain else ";")
    return told


def _read_online_retail(folder: Path) -> History:
    columns = ["CustomerID", "StockCode", "InvoiceDate", "Quantity", "UnitPrice"]
    table = pyarrow.parquet.read_table(folder / "online_retail.parquet", columns=columns)
    table = table.filter(pc.greater(table["Quantity"], 0))
    worth = pc.multiply(table["Quantity"].cast(pa.float64()), table["UnitPrice"])
    named = HistoryColumns("CustomerID", "StockCode", "InvoiceDate", "worth")
    return history_of(table.append_column("worth", worth), named)


def _read_complete_journey(folder: Path) -> History:
    columns = ["household_id", "product_id", "transaction_timestamp", "sales_value"]
    table = pyarrow.parquet.read_table(folder / "transactions.parquet", columns=columns)
    return history_of(table, HistoryColumns(*columns))


_READERS: dict[str, Callable[[Path], History]] = {
    "online_retail": _read_online_retail,
    "complete_journey": _read_complete_journey,
}


def _grow(n_customers: int, n_items: int, *, as_json: bool) -> None:
    """Learn one generated shop and answer for some of its people; print seconds and memory."""
    known = _generate(n_customers, n_items)
    begun, begun_processor = time.perf_counter(), time.process_time()
    blends = fit_blends(known, horizon_days=_HORIZON_DAYS, modes=tuple(Mode))
    snapshot = Snapshot.take(known, horizon_days=_HORIZON_DAYS, seed=0)
    learned, processor = time.perf_counter() - begun, time.process_time() - begun_processor
    asked = np.random.default_rng(2).choice(known.list_customers(), _ANSWERS, replace=False)
    seconds = []
    for customer in asked:
        begun = time.perf_counter()
        list(rank(snapshot, blends[Mode.ALL], np.array([customer]), 20))
        seconds.append(time.perf_counter() - begun)
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    if as_json:
        print(
            json.dumps(
                {
                    "customers": n_customers,
                    "items": n_items,
                    "purchases": len(known),
                    "cpu_seconds": round(processor, 1),
                    "peak_mib": round(peak),
                }
            )
        )
        return
    print(
        f"{n_customers:,} customers x {n_items:,} items, {len(known):,} purchases:",
        f"learned both modes in {learned:.0f} s ({processor:.0f} s of processors),",
        f"peak {peak:,.0f} MiB,",
        f"an answer in {np.quantile(seconds, 0.95) * 1000:.1f} ms (p95);",
        ", ".join(f"{mode}: {blend.chosen}" for mode, blend in blends.items()),
        flush=True,
    )


def _generate(n_customers: int, n_items: int) -> Purchases:
    """Return a year of people with a taste, habits within it, and items some of which sell most."""
    draw = np.random.default_rng(1)
    lines = np.minimum(draw.geometric(1 / _PURCHASES_EACH, n_customers), 500)
    customer = np.repeat(np.arange(n_customers, dtype=np.int32), lines)
    taste = draw.integers(0, _TASTES, n_customers)[customer]
    # The square makes few items sell most; whoever has a habit draws from few of them.
    within = draw.random(len(customer)) ** 2
    habit = draw.random(n_customers)[customer]
    is_habit = draw.random(len(customer)) < 0.4
    within[is_habit] = (habit[is_habit] + 0.01 * draw.integers(0, 5, is_habit.sum())) % 1
    per_taste = n_items // _TASTES
    item = taste * per_taste + (within * per_taste).astype(np.int64)
    day = draw.random(len(customer)) * _DAYS
    return pack(
        customer,
        item.astype(np.int32),
        day,
        n_customers=n_customers,
        n_items=n_items,
        end_day=float(_DAYS),
    )


if __name__ == "__main__":
    main()
