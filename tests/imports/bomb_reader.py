"""Reads a file as imports do, in a process of its own, and says what that took.

`python bomb_reader.py FILE` prints JSON: rows read, codes of refused rows, the error that ended it,
and the most memory the process ever had, in MiB.
"""

import json
import resource
import sys
from collections import Counter
from pathlib import Path

from kikubari.collect.imports import open_rows
from kikubari.collect.imports.contracts import Row
from kikubari.spec.errors import KikubariError


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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"rows": rows, "refused": refused, "error": error, "peak_mib": peak}))


if __name__ == "__main__":
    main()
