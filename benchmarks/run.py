"""Run benchmarks, all or those named, each in a process of its own; write benchmarks/results."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness import RESULTS, Report, working_folder

# In the order of the data's way; those that read the same generated home stand together.
BENCHMARKS = {
    "ingest": ["ingest.py", "--preload"],
    "segments": ["segments.py"],
    "segments_postgres": ["segments_postgres.py"],
    "one_person": ["one_person.py"],
    "live_segments": ["live_segments.py"],
    "live_counts": ["live_counts.py"],
    "builder": ["builder.py"],
    "pipeline": ["pipeline.py"],
    "broadcast": ["broadcast.py"],
    "journeys": ["journeys.py"],
    "journey_growth": ["journey_growth.py"],
    "journey_latency": ["journey_latency.py"],
    "task_queue": ["task_queue.py"],
    "simulation": ["simulation.py"],
    "canvas": ["canvas.py"],
    "recommend_answers": ["recommend_answers.py"],
    "import_memory": ["import_memory.py"],
    "import_demo": ["import_demo.py"],
}


def main() -> None:
    """Run what the command line asks for; fail if a benchmark fails, not if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--scale", type=float, default=1.0, help="fraction of the full size")
    parser.add_argument("--folder", type=Path, help="where heavy data goes (default: temporary)")
    parser.add_argument("--keep", action="store_true", help="leave generated data for the next run")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the JSON goes")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - BENCHMARKS.keys())
    if unknown:
        parser.error(f"no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    with working_folder(arguments.folder, keep=arguments.keep) as folder:
        options = ["--scale", str(arguments.scale), "--folder", str(folder)]
        failed = [
            name
            for name in arguments.names or BENCHMARKS
            if not _run(name, [*options, "--output", str(arguments.results / f"{name}.json")])
        ]
    missed = _list_missed(arguments.results)
    if missed:
        print("\ntargets missed:", *missed, sep="\n  ")
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


def _run(name: str, options: Sequence[str]) -> bool:
    script, *fixed = BENCHMARKS[name]
    command = [sys.executable, str(Path(__file__).parent / script), *fixed, *options]
    return subprocess.run(command, check=False).returncode == 0


def _list_missed(results: Path) -> list[str]:
    reports = [
        msgspec.json.decode(path.read_bytes(), type=Report)
        for path in sorted(results.glob("*.json"))
    ]
    return [
        f"{report.benchmark}: {figure.name}"
        for report in reports
        for figure in report.figures
        if figure.is_met is False
    ]


if __name__ == "__main__":
    main()
