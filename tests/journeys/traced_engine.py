"""Which functions of the engine run: to tell whether a simulation runs those that live ones do."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType

from kikubari.journeys import running

ENGINE = Path(running.__file__).parent
# Between the engine and people stands what says who is asked, and when: that differs.
DECIDES = {
    "anniversaries.py", "calendars.py", "drawing.py", "entering.py", "following.py", "letters.py",
    "matching.py", "paths.py", "program.py", "requesting.py", "schedules.py", "settling.py",
    "stepping.py", "travellers.py", "walking.py",
}  # fmt: skip
# What acts on others than the journey's own rows. A simulation has none of it: it states nothing of
# anybody, tells nobody, hands out no code, and finds no winner.
ACTS = {"acting.py", "codes.py", "experiments.py", "telling.py"}


@contextmanager
def traced(found: set[CodeType]) -> Iterator[None]:
    """Collect every function of the engine that runs."""

    known: set[CodeType] = set()

    def note(frame, event, _argument):
        code = frame.f_code
        if event != "call" or code in known:
            return
        known.add(code)
        if Path(code.co_filename).parent == ENGINE:
            found.add(code)

    # A store has a thread that writes; it begins after this.
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def names_in(found: set[CodeType], files: set[str]) -> set[str]:
    """Return the names of those functions that stand in some files of the engine."""
    return {one.co_qualname for one in found if Path(one.co_filename).name in files}
