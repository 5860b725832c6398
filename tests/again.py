"""Gives the few tests that failed in a whole run one more try, alone, and names them loudly.

A test that passes alone and failed beside others is unsteady: that is a fault of the test or a
race in the product, to be mended. It does not hide what others changed. When tests of more than a
few files fail, that is no unsteadiness: nothing is tried again then.

Run: ``pytest || python tests/again.py $?``.
"""

import json
import subprocess
import sys
from pathlib import Path

_MOST_FILES = 4
_TESTS_FAILED = 1  # pytest's exit code when it ran to the end


def main() -> None:
    """Run what failed last once more; the exit code is that run's."""
    code = int(sys.argv[1])
    if code != _TESTS_FAILED:
        sys.exit(code)
    noted = Path(".pytest_cache/v/cache/lastfailed")
    failed = sorted(json.loads(noted.read_text())) if noted.exists() else []
    n_files = len({one.partition("::")[0] for one in failed})
    if not 0 < n_files <= _MOST_FILES:
        sys.exit(f"tests of {n_files} files failed: not tried again")
    print(f"\nTried once more, alone ({len(failed)} failed):", *failed, sep="\n  ", flush=True)
    tried = subprocess.run([sys.executable, "-m", "pytest", "--last-failed"], check=False)
    if tried.returncode == 0:
        print("\nUNSTEADY, to be mended:", *failed, sep="\n  ", flush=True)
    sys.exit(tried.returncode)


if __name__ == "__main__":
    main()
