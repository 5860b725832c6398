"""Reads a file as imports do, in a process of its own, and says what that took.

`python bomb_reader.py FILE` prints JSON: rows read, codes of refused rows, the error that ended it,
and the most memory the process ever had, in MiB.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

from kikubari.collect.imports import open_rows
from kikubari.collect.imports.contracts import Row
from kikubari.spec.errors import KikubariError


def peak_mib() -> int:
    """Return the most memory this process ever had.

    Not `ru_maxrss`: a child that was forked inherits its parent's.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) // 1024


def main() -> None:
    rows, refused, error = 0, Counter(), ""
    try:
        for row in open_rows(Path(sys.argv[1])).iter_rows():
            if isinstance(row, Row):
                rows += 1
            else:
                refused[row.problem.code] += 1
    except KikubariError as raised:
        error = raised.code
    told = {"rows": rows, "refused": refused, "error": error, "peak_mib": peak_mib()}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
