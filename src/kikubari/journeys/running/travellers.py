"""People on the way, and what is to be done as they go."""

from dataclasses import dataclass, field

from kikubari.journeys.running.contracts import EnrolmentState
from kikubari.journeys.running.paths import COMPLETED, encode_pass
from kikubari.journeys.running.program import Program


@dataclass(slots=True, eq=False)
class Traveller:
    """A person on the way, as the row has them; changed in place while walking."""

    id: int
    version: int
    number: int
    ordinal: int
    step: int
    began_us: int
    at_us: int
    due_us: int | None
    trigger_position: int
    path: bytes
    state: EnrolmentState = EnrolmentState.ACTIVE
    outcome: int | None = None
    ended_us: int | None = None
    is_changed: bool = False

    def wait_until(self, due_us: int) -> None:
        """Stay, to be looked at again then."""
        self.is_changed = self.is_changed or self.due_us != due_us
        self.due_us = due_us

    def leave(self, outcome: int, at_us: int) -> None:
        """End the way here."""
        if self.step:
            self.path += encode_pass(self.step, outcome, at_us)
        self._end(outcome, at_us)

    def go(self, way: int, onward: int, at_us: int, now_us: int) -> None:
        """Take a way out of the step."""
        self.path += encode_pass(self.step, way, at_us)
        self.is_changed = True
        if onward == 0:
            self._end(COMPLETED, at_us)
            return
        self.step = onward
        self.at_us = at_us
        self.due_us = now_us

    def _end(self, outcome: int, at_us: int) -> None:
        self.state = EnrolmentState.ENDED
        self.outcome = outcome
        self.ended_us = at_us
        self.step = 0
        self.due_us = None
        self.is_changed = True


Passed = dict[tuple[int, int, int], int]  # (version, step, way) → how many


@dataclass
class Acts:
    """What a walk wants done, all in the transaction that writes where people are.

    Attributes:
        messages: people by dispatch.
        steps: travellers who passed a step that acts otherwise, by (program, step).
        passed: how often each way was taken.
        left: who went out by an exit.
    """

    messages: dict[int, list[int]] = field(default_factory=dict)
    steps: list[tuple[Program, int, list[Traveller]]] = field(default_factory=list)
    passed: Passed = field(default_factory=dict)
    left: list[Traveller] = field(default_factory=list)

    def count(self, program: Program, step: int, way: int, n: int) -> None:
        """Note that so many took a way."""
        if n:
            key = (program.version, step, way)
            self.passed[key] = self.passed.get(key, 0) + n
