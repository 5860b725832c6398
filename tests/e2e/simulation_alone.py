"""One simulation on a data folder without anything else at work: what every store held, and holds.

Run as a program: the embedded copy takes one folder in a process.
"""

import hashlib
import json
import os
import sqlite3
import sys
import time
from datetime import datetime
from pathlib import Path

from kikubari.app.house import House
from kikubari.app.settings import read_settings
from kikubari.journeys.simulation import SimulationRequest, SimulationState


def digest(rows):
    text = "\n".join(sorted(map(repr, rows)))
    return f"{len(rows)} {hashlib.sha256(text.encode()).hexdigest()}"


def list_state(home):
    """Yield every table of every SQLite file: state, outbox, intake, sandbox inbox."""
    for file in sorted(home.rglob("*.db")):
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as store:
            tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                rows = store.execute(f'SELECT * FROM "{table}"').fetchall()
                yield f"{file.name}/{table}", digest(rows)


def list_copy(columnar):
    """Yield every table of the columnar copy."""
    tables = columnar.query_rows(
        "SELECT name FROM system.tables WHERE database = currentDatabase()"
        " AND engine LIKE '%MergeTree'"
    )
    for (table,) in sorted(tables):
        yield f"copy/{table}", digest(columnar.query_rows(f"SELECT * FROM `{table}`"))


def list_files(home):
    """Yield every file that is neither a store nor what a store keeps for itself."""
    for file in sorted(home.rglob("*")):
        place = file.relative_to(home)
        if file.is_file() and ".db" not in file.name and place.parts[0] != "copy":
            yield str(place), hashlib.sha256(file.read_bytes()).hexdigest()


def contents(house, home):
    return {
        **dict(list_state(home)),
        **dict(list_copy(house.services.columnar)),
        **dict(list_files(home)),
    }


def main(journey_id, since, until):
    settings = read_settings(os.environ)
    home = Path(settings.home)
    house = House(settings, local_token="none")  # not started: no loop writes anything
    try:
        simulations = house.services.simulations
        before = contents(house, home)
        request = SimulationRequest(
            since=datetime.fromisoformat(since), until=datetime.fromisoformat(until)
        )
        done = simulations.start(journey_id, request)
        while done.state is SimulationState.RUNNING:
            time.sleep(0.05)
            done = simulations.get(done.id)
        after = contents(house, home)
    finally:
        house.close()
    result = done.result
    print(
        json.dumps(
            {
                "state": done.state,
                "entries": result.entries if result else 0,
                "sent": result.sent if result else 0,
                "tables": len(before),
                "changed": sorted(
                    name for name in before | after if before.get(name) != after.get(name)
                ),
            }
        )
    )


main(*sys.argv[1:])
