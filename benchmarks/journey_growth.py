"""What more people in a journey cost: 10,000, 100,000 and a million who wait for a day.

For each size the bytes of a person who waits, the processor time of an engine that finds nobody
due, and the steps a second when all of them go on at once. The engine looks as often as the
server's does; the processor time of PostgreSQL itself is in the figures by the clock only.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from harness import Figure, Options, Report, main
from journeys import NOW, TARGET_BYTES, TARGETS, Shop, postgres_stores, sqlite_stores
from kikubari.app.loops import Loop
from kikubari.app.wings.journeys import STEPPING
from kikubari.kit.clock import SystemClock
from kikubari.storage import StateStore

SIZES = (10_000, 100_000, 1_000_000)
# Of the smallest size's; more would be more than linear.
TARGET_GROWTH = 0.7
_WATCHED_SECONDS = 20.0
_COLUMNS = "{:>12} {:>10} {:>9} {:>14} {:>10} {:>14}"
_HEAD = _COLUMNS.format("store", "waiting", "bytes", "idle CPU s/min", "steps/s", "steps/CPU s")


def run(options: Options) -> Report:
    """Measure waiting and going on at three sizes, on SQLite and on PostgreSQL."""
    figures: list[Figure] = []
    notes = [_HEAD]
    for name, stores in (("SQLite", sqlite_stores), ("PostgreSQL", postgres_stores)):
        with stores(options) as new_store:
            figures += _measure(name, options, new_store, notes)
    return Report(benchmark="journey_growth", figures=figures, notes=notes)


def _measure(
    name: str, options: Options, new_store: Callable[[], StateStore], notes: list[str]
) -> Iterator[Figure]:
    rates = []
    for size in SIZES:
        shop = Shop(new_store(), options.sized(size, at_least=500))
        before = shop.size()
        shop.enter("later", NOW + timedelta(days=1))
        n_bytes = (shop.size() - before) / shop.n_people
        idle = _watch(shop, max(1.0, _WATCHED_SECONDS * min(1.0, options.scale * 10)))
        shop.clock.advance(timedelta(days=1))
        wall, cpu = shop.walk()
        n_steps = shop.passed()
        shop.store.close()
        rates.append(n_steps / wall)
        row = (f"{shop.n_people:,}", f"{n_bytes:.0f}", f"{idle:.2f}", f"{n_steps / wall:,.0f}")
        notes.append(_COLUMNS.format(name, *row, f"{n_steps / cpu:,.0f}"))
    yield Figure(
        name=f"{name}: bytes for each of {shop.n_people:,} who wait",
        value=n_bytes,
        unit="bytes",
        target=TARGET_BYTES,
        at_most=True,
    )
    yield Figure(
        name=f"{name}: an idle engine's processor time while they wait",
        value=idle,
        unit="s/min",
    )
    yield Figure(
        name=f"{name}: steps a second when {shop.n_people:,} go on at once",
        value=rates[-1],
        unit="steps/s",
        target=TARGETS[name],
    )
    yield Figure(
        name=f"{name}: the same, to the smallest size",
        value=rates[-1],
        unit="steps/s",
        baseline=rates[0],
        baseline_name="smallest",
        target=TARGET_GROWTH,
        is_ratio=True,
    )


def _watch(shop: Shop, seconds: float) -> float:
    """Let the engine look for work as the server's does; return its processor seconds a minute."""
    loop = Loop("journeys", shop.stepper.step, SystemClock(), idle_seconds=STEPPING.total_seconds())
    cpu = time.process_time()
    loop.start()
    time.sleep(seconds)
    loop.stop()
    return (time.process_time() - cpu) * 60 / seconds


if __name__ == "__main__":
    main(run)
