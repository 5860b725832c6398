"""Several runs of one suite side by side, where each of them mostly waits.

Each is an installation of its own, with its own servers and its own dice.
"""

import json
import subprocess
import sys
from typing import Any


def run_beside(script: str, arguments: list[str], n_runs: int) -> tuple[list[Any], bool]:
    """Run a script so many times at once, each with another ``--seed``.

    Returns:
        What each found, and whether all were clean.

    Raises:
        RuntimeError: one of them found nothing; what it said instead.
    """
    running = [
        subprocess.Popen(
            [sys.executable, script, *arguments, "--seed", str(seed)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(1, n_runs + 1)
    ]
    # None waits for another: what they print is small enough for a pipe.
    said = [one.communicate() for one in running]
    for printed, complained in said:
        if not printed:
            raise RuntimeError(complained[-4_000:])
    return [json.loads(printed) for printed, _ in said], not any(one.returncode for one in running)
