"""Fuzzes what reads strangers' bytes, led by coverage: `make fuzz`, or one target for some seconds.

    .venv/bin/python tests/fuzz/run.py --seconds 600 "returned mail"

Each target runs in a process of its own under Atheris (libFuzzer), which stands in
`requirements/fuzz.txt`. What is found is left in `--folder` and printed; the exit code is then 1.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).parent
_MOST_BYTES = 4_096
_SLOWEST_SECONDS = 10
_MOST_MEGABYTES = 2_048


def main() -> None:
    """Fuzz all targets, or those named; or, within a process of its own, one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="targets; default: all")
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("--folder", type=Path, help="for what is found; default: temporary")
    parser.add_argument("--one", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        _fuzz(*options.one)
        return
    import fuzz_targets

    folder = options.folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
    broken = []
    for name in options.names or fuzz_targets.TARGETS:
        corpus = folder / name.replace(" ", "-")
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(fuzz_targets.TARGETS[name].seeds):
            (corpus / f"seed-{number}").write_bytes(seed)
        command = [sys.executable, __file__, "--one", name, str(options.seconds), str(corpus)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        told = [line for line in done.stderr.splitlines() if line.startswith(("#", "Done"))]
        print(f"== {name}: {'broken' if done.returncode else 'kept'}; {' | '.join(told[-1:])}")
        if done.returncode:
            broken.append(name)
            print(done.stdout[-4_000:], done.stderr[-1_000:], flush=True)
    sys.exit(f"broken: {', '.join(broken)}; see {folder}" if broken else 0)


def _fuzz(name: str, seconds: str, corpus: str) -> None:
    import atheris

    with atheris.instrument_imports(include=["kikubari", "email", "liquid"]):
        import fuzz_targets

    limits = [f"-max_len={_MOST_BYTES}", f"-timeout={_SLOWEST_SECONDS}"]
    limits += [f"-rss_limit_mb={_MOST_MEGABYTES}", f"-max_total_time={seconds}"]
    where = [f"-artifact_prefix={corpus}/found-", corpus]
    atheris.Setup([sys.argv[0], *limits, *where], fuzz_targets.TARGETS[name].check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
