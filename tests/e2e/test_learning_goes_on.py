"""Learning outlives its server: cut short by an order or by a kill, it is taken up by the next."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from installation import Installation

LOWEST_PRIORITY = 19
N_CUSTOMERS = 400
SUBJECTS = ("recommendations", "predictions")


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Installation]:
    """A server that was asked for both and learns one of them, of a shop that takes it seconds."""
    installation = Installation(tmp_path / "home")
    try:
        installation.start()
        fill(installation)
        for subject in SUBJECTS:
            installation.post(f"/api/{subject}/models")
        installation.wait(lambda: len(learning(installation)) == 1)
        yield installation
    finally:
        if installation.process is not None:
            installation.process.kill()
            installation.process.wait()


def fill(installation: Installation) -> None:
    """Have customers who buy a few of two hundred products every month, and more of a kind."""
    key = installation.post("/api/sources", {"name": "orders of a year"})["write_key"]
    draw = np.random.default_rng(8)
    now = datetime.now(UTC)
    batch = [
        {
            "type": "track",
            "userId": f"c{customer}",
            "event": "Order Completed",
            "timestamp": (now - timedelta(days=float(days) + 1)).isoformat(),
            "properties": {
                "order_id": f"{customer}-{place}",
                "total": 30,
                "currency": "GBP",
                "products": [
                    {"product_id": f"p{one}", "price": 10}
                    for one in (customer % 20 * 10 + draw.integers(0, 25, 3)) % 200
                ],
            },
        }
        for customer in range(N_CUSTOMERS)
        for place, days in enumerate(np.cumsum(draw.exponential(28, 11)))
    ]
    with installation.stranger() as shop:
        for start in range(0, len(batch), 100):
            body = {"batch": batch[start : start + 100]}
            shop.post("/v1/batch", json=body, auth=(key, "")).raise_for_status()
    installation.settle()


def learning(installation: Installation) -> list[int]:
    """Return the processes of the server that learn: its children at the lowest priority."""
    assert installation.process is not None
    return [
        pid
        for pid, parent, nice in processes()
        if (parent, nice) == (installation.process.pid, LOWEST_PRIORITY)
    ]


def processes() -> Iterator[tuple[int, int, int]]:
    """Yield the number, the parent and the priority of every process."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        yield int(folder.name), int(fields[1]), int(fields[16])


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state == "Z"


def models(installation: Installation) -> dict[str, list[dict[str, Any]]]:
    return {one: installation.get(f"/api/{one}/models") for one in SUBJECTS}


def assert_it_is_learned(installation: Installation) -> None:
    """Wait for both models, the only ones, as of the instant they were asked for."""
    before = models(installation)

    def is_learned() -> bool:
        found = models(installation)
        return (
            found["recommendations"][0]["is_serving"]
            and found["predictions"][0]["told_at"] is not None
        )

    installation.wait(is_learned)
    after = models(installation)
    for subject in SUBJECTS:
        assert [one["version"] for one in after[subject]] == [1]
        assert after[subject][0]["as_of"] == before[subject][0]["as_of"]
        assert after[subject][0]["card"]["n_customers"] == N_CUSTOMERS
    names = [one.name for one in (installation.home / "models").iterdir()]
    assert [name.endswith(".npz") for name in names] == [True]


def test_a_killed_server_leaves_nothing_behind_and_the_next_learns_what_was_asked(busy):
    under_way = learning(busy)
    busy.client.close()
    busy.process.send_signal(signal.SIGKILL)
    busy.process.wait()
    deadline = time.monotonic() + 60
    while not all(is_gone(pid) for pid in under_way):
        assert time.monotonic() < deadline, "what learns outlives its server"
        time.sleep(0.05)
    assert not list((busy.home / "models").glob("*.npz"))
    with Installation(busy.home).served() as restarted:
        assert_it_is_learned(restarted)


def test_a_server_that_is_told_to_stop_does_not_wait_for_what_it_learns(busy):
    assert learning(busy)
    busy.stop()
    assert not list((busy.home / "models").glob("*.npz"))
    with busy.served():
        assert_it_is_learned(busy)
