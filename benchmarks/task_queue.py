"""One journey of three steps, beside what one would run instead: a job per step in a task queue.

A message, a day's wait, another message, for 100,000 people on one PostgreSQL: once by journeys,
one worker; once by procrastinate, one worker with fifty jobs at once. Putting people in is
measured on neither side, and a day passes at once on both. PostgreSQL's own processor time is in
the figures by the clock only.

The task queue lives in an environment of its own, made of `requirements/bench.txt`.
"""

import subprocess
import venv
from datetime import timedelta
from pathlib import Path

from harness import Figure, Options, Report, main
from journeys import FULL_PEOPLE, MAIL, NOW, Shop, running_server
from kikubari.journeys.definition import (
    EventTrigger,
    Goal,
    JourneyDefinition,
    MessageStep,
    Rules,
    WaitStep,
)
from kikubari.spec.conditions import Duration, Events
from kikubari.storage import PostgresStateStore

_JOBS = Path(__file__).with_name("task_queue_jobs.py")
_REQUIREMENTS = Path(__file__).parents[1] / "requirements" / "bench.txt"
_LETTERS = 2
_DEFINITION = JourneyDefinition(
    name="Two messages",
    trigger=EventTrigger(Events("Signed Up")),
    start="first",
    steps=(
        MessageStep(id="first", template=MAIL, next="later"),
        WaitStep(id="later", duration=Duration(days=1), next="last"),
        MessageStep(id="last", template=MAIL),
    ),
    rules=Rules(goal=Goal(events=Events("Order Completed"))),
)


def run(options: Options) -> Report:
    """Take the same people through the same three steps, by a journey and by jobs."""
    n_people = options.sized(FULL_PEOPLE, at_least=100)
    n_steps = n_people * len(_DEFINITION.steps)
    python = _install(options.shared / "task_queue")
    with running_server() as url:
        wall, cpu = _by_journey(url, n_people)
    with running_server() as url:
        jobs_wall, jobs_cpu = _by_jobs(python, url, n_people)
    return Report(
        benchmark="task_queue",
        figures=[
            Figure(
                name=f"steps a second, {n_people:,} people through three steps",
                value=n_steps / wall,
                unit="steps/s",
                baseline=n_steps / jobs_wall,
                baseline_name="procrastinate",
            ),
            Figure(
                name="steps per second of the worker's processor time",
                value=n_steps / cpu,
                unit="steps/s",
                baseline=n_steps / jobs_cpu,
                baseline_name="procrastinate",
            ),
        ],
        notes=[f"by the clock: {wall:.1f} s; procrastinate {jobs_wall:.1f} s"],
    )


def _install(folder: Path) -> Path:
    """Return an interpreter that has the task queue, kept with the shared data."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "--require-hashes", "-r", _REQUIREMENTS], check=True)
    return python


def _by_journey(url: str, n_people: int) -> tuple[float, float]:
    """Return seconds by the clock and of this process."""
    shop = Shop(PostgresStateStore(url), n_people, _DEFINITION)
    shop.enter("first", NOW)
    wall, cpu = shop.walk()
    shop.clock.advance(timedelta(days=1))
    more_wall, more_cpu = shop.walk()
    assert shop.queued() == n_people * _LETTERS
    shop.store.close()
    return wall + more_wall, cpu + more_cpu


def _by_jobs(python: Path, url: str, n_people: int) -> tuple[float, float]:
    """Return seconds by the clock and of the worker's process."""
    command = [python, _JOBS, url, str(n_people)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    wall, cpu, n_letters = done.stdout.split()
    assert int(n_letters) == n_people * _LETTERS
    return float(wall), float(cpu)


if __name__ == "__main__":
    main(run)
