"""Whatever dies, and however many work at once: everybody goes every step once."""

import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from journey_world import World, branch, end, journey, message, wait_for

from kikubari.journeys.running import Follower, Programs
from kikubari.storage import SqliteStateStore, metadata

N_PEOPLE = 60


class Dying:
    """A store whose process dies at a write: before it is committed, or just after."""

    def __init__(self, store, writes, *, is_committed) -> None:
        self._store, self._left, self._is_committed = store, writes, is_committed
        self.read = store.read
        self.dialect = store.dialect

    def write(self, work, **options):
        self._left -= 1
        if self._left >= 0:
            return self._store.write(work, **options)
        if self._is_committed:
            self._store.write(work, **options)
        raise KeyboardInterrupt


def begin(store, **options):
    world = World(store, vip=range(0, 100, 3), **options)
    definition = journey(
        message("hello", "click"),
        wait_for("click", "Clicked", next_="who", on_timeout="end", hours=1),
        branch("who", "end", vip="thanks"),
        message("thanks", "end"),
        end(),
    )
    if not world.journeys.list_journeys():
        world.publish(definition)
    happen(world)
    return world


def happen(world):
    for number in range(1, N_PEOPLE + 1):
        world.happen(number, "Signed Up")
    for number in range(1, N_PEOPLE + 1, 2):
        world.log.add(number, "Clicked", world.clock.now() + timedelta(seconds=1))


def work_until_death(world):
    while True:
        world.settle()
        world.store.write(lambda _: None)


def expected():
    hello = [("hello", 1, number) for number in range(1, N_PEOPLE + 1)]
    return sorted(
        hello + [("thanks", 1, number) for number in range(3, N_PEOPLE + 1, 3) if number % 2]
    )


def ended(world):
    world.pass_time(hours=1)
    assert world.sent() == expected()
    [(n, n_ended)] = world.rows("SELECT count(*), count(ended_us) FROM journey_enrolments")
    assert (n, n_ended) == (N_PEOPLE, N_PEOPLE)
    counted = sum(one.n for one in world.rows("SELECT n FROM journey_counts WHERE step > 0"))
    [(passed,)] = world.rows("SELECT sum(length(path)) FROM journey_enrolments")
    assert counted == passed // 12


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_process_may_die_at_any_write(state, is_committed):
    world = begin(state, batch=20)
    for writes in range(0, 12, 2):
        dying = replace(world.around, store=Dying(state, writes, is_committed=is_committed))
        other = World.__new__(World)
        other.__dict__.update(world.__dict__)
        other.around, other.store = dying, dying.store
        other.stepper = other.make_stepper(batch=20)
        other.follower = Follower(dying, Programs(dying.store, workspace_id=1), limit=25)
        with pytest.raises(KeyboardInterrupt):
            work_until_death(other)
    ended(world)


def test_eight_workers_at_once_do_everything_once(state):
    world = begin(state)
    while world.follower.step():
        pass
    failures = []

    def work(shard):
        stepper = world.make_stepper(batch=5, shard=shard)
        try:
            while stepper.step():
                pass
        except Exception as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    workers = [threading.Thread(target=work, args=(shard,)) for shard in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    ended(world)


def test_a_killed_process_loses_and_doubles_nothing(tmp_path):
    path = tmp_path / "state.db"
    store = SqliteStateStore(path)
    store.write(metadata.create_all)
    begin(store)
    store.close()
    for pause in (0.0, 0.02, 0.05):
        child = subprocess.Popen(
            [sys.executable, __file__, str(path)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent,
        )
        with child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"begun\n"
            time.sleep(pause)
            child.send_signal(signal.SIGKILL)
    store = SqliteStateStore(path)
    world = begin(store)
    world.settle()
    ended(world)
    store.close()


if __name__ == "__main__":
    running = begin(SqliteStateStore(Path(sys.argv[1])), batch=1)
    running.follower = Follower(running.around, Programs(running.store, workspace_id=1), limit=3)
    print("begun", flush=True)
    running.settle()
    signal.pause()
