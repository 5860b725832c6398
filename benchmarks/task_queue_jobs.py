"""A journey of three steps as jobs of a task queue: procrastinate on PostgreSQL, one job per step.

Run by `task_queue.py` with an interpreter that has procrastinate. Written as its documentation
shows: an asynchronous application, a worker with many jobs at once, jobs deferred in batches.
Each job writes what the step does and defers the next step, a day later where somebody waits.
"""

import asyncio
import sys
import time

import procrastinate

DSN = sys.argv[1]
N_PEOPLE = int(sys.argv[2])
_AT_ONCE = 50
_BATCH = 1_000
_TABLE = (
    "CREATE TABLE outbox (person bigint, letter text, queued_at timestamptz DEFAULT now(),"
    " PRIMARY KEY (person, letter))"
)
_QUEUE = (
    "INSERT INTO outbox (person, letter) VALUES (%(person)s, %(letter)s) ON CONFLICT DO NOTHING"
)
_A_DAY_GOES_BY = (
    "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - interval '1 day'"
    " WHERE scheduled_at IS NOT NULL"
)
app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=DSN, max_size=10))


@app.task
async def first(person: int) -> None:
    await app.connector.execute_query_async(_QUEUE, person=person, letter="first")
    await later.configure(schedule_in={"days": 1}).defer_async(person=person)


@app.task
async def later(person: int) -> None:
    await last.defer_async(person=person)


@app.task
async def last(person: int) -> None:
    await app.connector.execute_query_async(_QUEUE, person=person, letter="last")


async def work() -> tuple[float, float]:
    """Work until nothing is left to do now; return seconds by the clock and of this process."""
    started, cpu = time.monotonic(), time.process_time()
    await app.run_worker_async(
        wait=False, concurrency=_AT_ONCE, install_signal_handlers=False, listen_notify=False
    )
    return time.monotonic() - started, time.process_time() - cpu


async def main() -> None:
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await app.connector.execute_query_async(_TABLE)
        for start in range(0, N_PEOPLE, _BATCH):
            people = range(start, min(start + _BATCH, N_PEOPLE))
            await first.batch_defer_async(*({"person": person} for person in people))
        wall, cpu = await work()
        await app.connector.execute_query_async(_A_DAY_GOES_BY)
        more_wall, more_cpu = await work()
        found = await app.connector.execute_query_one_async("SELECT count(*) AS n FROM outbox")
        print(wall + more_wall, cpu + more_cpu, found["n"])


asyncio.run(main())
