"""Forecasts on real histories at several cut-offs, and time and memory on generated ones.

    python benchmarks/predict.py real FOLDER     # cdnow, online_retail and complete_journey in it
    python benchmarks/predict.py growth          # 10,000 to 1,000,000 customers

Every figure on real data is of days that the model never saw, with its 95 % interval.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from kikubari.decide.histories import History, HistoryColumns, history_of, parse_day, read_history
from kikubari.decide.predict import (
    PurchaseEvaluation,
    PurchaseModel,
    ReplenishmentEvaluation,
    ReplenishmentModel,
    evaluate_purchases,
    evaluate_replenishment,
    fit_purchases,
    fit_replenishment,
    gather_occasions,
    gather_purchases,
    stand_at,
)

_PURCHASES = {
    "cdnow": [
        *(("1997-10-01", 39), ("1997-07-02", 26), ("1997-07-02", 13), ("1997-10-01", 13)),
        *(("1997-12-31", 26), ("1998-03-31", 13)),
    ],
    "online_retail": [
        ("2011-04-30", 13),
        ("2011-06-19", 13),
        ("2011-08-11", 13),
        ("2011-10-12", 4),
    ],
    "complete_journey": [("2017-05-31", 8), ("2017-09-03", 8), ("2017-10-07", 4)],
}
_REPLENISHMENT = {
    "online_retail": [("2011-08-14", 4), ("2011-09-13", 4), ("2011-10-12", 4)],
    "complete_journey": [
        *(("2017-08-01", 4), ("2017-10-07", 4)),
        *(("2017-09-03", 1), ("2017-10-01", 1), ("2017-10-28", 1)),
    ],
}
_SIZES = (10_000, 100_000, 1_000_000)
_LINES_PER_CUSTOMER = 20
_CHUNK = 50_000
_PRODUCTS = 50_000


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True)
    commands.add_parser("real").add_argument("folder", type=Path)
    growth = commands.add_parser("growth")
    growth.add_argument("--customers", type=int, help="only this size, in this process")
    growth.add_argument("--json", action="store_true", help="figures alone, of one size")
    arguments = parser.parse_args()
    if arguments.what == "real":
        _run_real(arguments.folder)
    elif arguments.customers:
        _grow(arguments.customers, as_json=arguments.json)
    else:
        for size in _SIZES:
            command = [sys.executable, __file__, "growth", "--customers", str(size)]
            subprocess.run(command, check=True)


def _run_real(folder: Path) -> None:
    for name, read in _READERS.items():
        history = read(folder / name)
        for as_of, weeks in _PURCHASES[name]:
            found = evaluate_purchases(history, parse_day(as_of), timedelta(weeks=weeks))
            print(name, as_of, f"{weeks} weeks:", *_purchase_figures(found), flush=True)
        for as_of, weeks in _REPLENISHMENT.get(name, []):
            again = evaluate_replenishment(history, parse_day(as_of), timedelta(weeks=weeks))
            print(name, as_of, f"{weeks * 7} days again:", *_again_figures(again), flush=True)


def _purchase_figures(found: object) -> Iterator[str]:
    if not isinstance(found, PurchaseEvaluation):
        yield f"withheld: {found}"
        return
    for name in ("mae", "rmse", "bias", "auc"):
        figure, plain = getattr(found, name), getattr(found, f"plain_{name}")
        yield f"{name} {figure.value:.3f} ({figure.low:.3f}..{figure.high:.3f}; plain {plain:.3f})"
    yield f"ece {found.reliability.expected_error:.3f} in interval {found.coverage:.2f}"


def _again_figures(found: object) -> Iterator[str]:
    if not isinstance(found, ReplenishmentEvaluation):
        yield f"withheld: {found}"
        return
    for name in ("bought_once", "bought_twice"):
        kind = getattr(found, name)
        precision, ranks = kind.average_precision, kind.auc
        yield f"{name}: ap {precision.value:.3f} ({precision.low:.3f}..{precision.high:.3f})"
        yield f"auc {ranks.value:.3f} base {kind.base_rate:.3f}"
        yield f"ece {kind.reliability.expected_error:.3f}"


def _read_cdnow(folder: Path) -> History:
    columns = HistoryColumns(customer="sample_id", time="date")
    return read_history(folder / "cdnow_sample.csv", columns)


def _read_online_retail(folder: Path) -> History:
    columns = ["CustomerID", "StockCode", "InvoiceDate", "Quantity", "UnitPrice"]
    table = pyarrow.parquet.read_table(folder / "online_retail.parquet", columns=columns)
    table = table.filter(pc.greater(table["Quantity"], 0))
    worth = pc.multiply(table["Quantity"].cast(pa.float64()), table["UnitPrice"])
    named = HistoryColumns(*columns[:3], value="worth")
    return history_of(table.append_column("worth", worth), named)


def _read_complete_journey(folder: Path) -> History:
    columns = ["household_id", "product_id", "transaction_timestamp", "sales_value"]
    table = pyarrow.parquet.read_table(folder / "transactions.parquet", columns=columns)
    return history_of(table, HistoryColumns(*columns))


_READERS: dict[str, Callable[[Path], History]] = {
    "cdnow": _read_cdnow,
    "online_retail": _read_online_retail,
    "complete_journey": _read_complete_journey,
}


def _grow(n_customers: int, *, as_json: bool) -> None:
    """Learn and forecast for one generated shop; print seconds and peak memory."""
    as_of = datetime(2026, 1, 1, tzinfo=UTC)
    history = _generate(n_customers, as_of)
    begun_processor = time.process_time()
    horizon = timedelta(days=28)
    begun = time.perf_counter()
    occasions = gather_occasions(history, as_of)
    model = fit_purchases(occasions, horizon)
    assert isinstance(model, PurchaseModel), model
    fitted = time.perf_counter()
    at = stand_at(occasions, 0)
    for start in range(0, len(at), _CHUNK):
        model.forecast(at.chosen(slice(start, start + _CHUNK)))
    if not as_json:
        _tell(n_customers, "purchases", len(at), begun, fitted)
    begun = time.perf_counter()
    purchases = gather_purchases(history, as_of)
    again = fit_replenishment(purchases, horizon)
    assert isinstance(again, ReplenishmentModel), again
    fitted = time.perf_counter()
    n_pairs = sum(len(part.item) for part in again.forecast(purchases))
    if not as_json:
        _tell(n_customers, "replenishment", n_pairs, begun, fitted)
        return
    figures = {
        "customers": n_customers,
        "items": _PRODUCTS,
        "purchases": len(purchases.before(0).key),
        "cpu_seconds": round(time.process_time() - begun_processor, 1),
        "peak_mib": round(getrusage(RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(figures))


def _tell(n_customers: int, what: str, n_rows: int, begun: float, fitted: float) -> None:
    now, peak = time.perf_counter(), getrusage(RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{n_customers:,} customers, {what}: learned in {fitted - begun:.1f} s,",
        f"{n_rows:,} forecasts in {now - fitted:.1f} s, peak {peak:,.0f} MiB",
        flush=True,
    )


def _generate(n_customers: int, as_of: datetime) -> History:
    draw = np.random.default_rng(1)
    lines = np.minimum(draw.geometric(1 / _LINES_PER_CUSTOMER, n_customers), 500)
    customer = np.repeat(np.arange(n_customers, dtype=np.int32), lines)
    n_lines = len(customer)
    # Everybody comes back to few products of their own, from a day of their own on.
    habit = draw.integers(0, 8, n_lines)
    product = (customer.astype(np.int64) * 7_919 + habit * habit * 104_729) % _PRODUCTS
    begun = draw.uniform(0, 1, n_customers)[customer]
    day = 1 + begun * draw.random(n_lines) * 364
    return History(
        customers=pa.array(np.arange(n_customers)),
        customer=customer,
        at_us=int(as_of.timestamp() * 1e6) - (day * 86_400e6).astype(np.int64),
        value=draw.gamma(2.0, 15.0, n_lines),
        items=pa.array(np.arange(_PRODUCTS)),
        item=product.astype(np.int32),
    )


if __name__ == "__main__":
    main()
