"""Kills the process that sends an experiment's letters, and asks who got which of them.

Every broadcast has three letters: two fifths of its people get one of them at once, and the rest
the chosen one an hour later. What is killed, how, and the server that is asked are those of
`broadcast_kill.py`; a run also decides the experiments whose hour has come.

Checked besides what is checked there: nobody has messages of two letters, the server took at most
one for each person, and everybody in the audience has one.

Run: ``python tests/faults/letter_kill.py --kills 200``.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec
from broadcast_kill import Findings, Harness
from broadcast_process import DEFINITION, Job, ShiftedClock, deliver, fork, reap
from mail_sink import count_taken

from kikubari.journeys import FirstTest, LetterExperiment, LetterTests, OtherLetter
from kikubari.storage import SqliteStateStore

DEFINITION_OF_THREE = msgspec.structs.replace(
    DEFINITION,
    experiment=LetterExperiment(
        others=(OtherLetter(template=DEFINITION.template),) * 2,
        test=FirstTest(percent=40, decide_within_hours=1),
    ),
)
_NUMBER = (1 << 32) - 1  # the person in a message's id


@dataclass
class LetterFindings(Findings):
    """What came of it; `several`: people who have or got more than one letter."""

    several: list[int] = field(default_factory=list)
    letters: Counter[str] = field(default_factory=Counter)
    chosen: int = 0

    @property
    def is_clean(self) -> bool:
        return super().is_clean and not self.several


class LetterHarness(Harness):
    """An installation whose every broadcast is an experiment."""

    def __init__(self, folder: Path, *, seed: int) -> None:
        super().__init__(folder, seed=seed, definition=DEFINITION_OF_THREE, work=decide_and_deliver)
        self.findings: LetterFindings = LetterFindings()

    def finish(self) -> None:
        """Let runs go through to the end, the hour of the last experiment included."""
        super().finish()
        while self._rows("SELECT 1 FROM broadcasts WHERE phase = 'watching' LIMIT 1"):
            job = self._next_job(0)
            reap(*fork(lambda _report, job=job: decide_and_deliver(job)))
        super().finish()

    def judge(self) -> LetterFindings:
        """Compare people, letters and what the server took."""
        super().judge()
        found = self.findings
        rows = self._rows(
            "SELECT m.number, d.variant FROM messages m JOIN dispatches d ON d.id = m.dispatch_id"
        )
        found.letters.update(variant for _, variant in rows)
        have = Counter(number for number, _ in rows)
        got: Counter[int] = Counter()
        for message, times in count_taken(self._sunk).items():
            got[message & _NUMBER] += times
        found.several = sorted(n for one in (have, got) for n, times in one.items() if times > 1)
        [(found.chosen,)] = self._rows("SELECT count(*) FROM broadcasts WHERE chosen != ''")
        return found


def decide_and_deliver(job: Job) -> None:
    """Choose the letters of experiments whose hour has come, then send what there is."""
    store = SqliteStateStore(job.database)
    clock = ShiftedClock(timedelta(minutes=5 * job.run))
    LetterTests(store, clock, count=lambda *_: {}, judge=lambda _: None).decide()
    store.close()
    deliver(job)


def check(folder: Path, *, kills: int, seed: int = 1) -> LetterFindings:
    """Kill at random; `folder` is empty."""
    harness = LetterHarness(folder, seed=seed)
    try:
        harness.kill_at_random(kills)
        harness.finish()
        return harness.judge()
    finally:
        harness.close()


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = check(Path(folder), kills=options.kills, seed=options.seed)
    report = {**vars(found), "seconds": round(time.monotonic() - started, 1)}
    print(json.dumps(report, indent=2))
    sys.exit(not found.is_clean or set(found.letters) != {"a", "b", "c"} or not found.chosen)


if __name__ == "__main__":
    main()
