"""The funnel of a broadcast as bars and slopes, ready to be drawn."""

from typing import Literal

import msgspec

from kikubari.measure import BroadcastReport

WIDTH = 1000
_MINIMUM = 2  # a handful out of thousands still shows

StepName = Literal["sent", "delivered", "opened", "clicked", "ordered"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One bar; lengths in units of which the longest bar has 1,000.

    Attributes:
        name: which step.
        count: different messages, or people at the last step.
        share: of those it could have been, None where that cannot be told.
        length: of the bar.
        known: part of the bar of whom later steps can be known.
        machine: messages that only machines opened or clicked.
        machine_length: of the outline behind the bar, that stands for these.
        next_length: of the bar below; None for the last.
    """

    name: StepName
    count: int
    share: float | None
    length: int
    known: int
    machine: int = 0
    machine_length: int = 0
    next_length: int | None = None


def draw_funnel(report: BroadcastReport) -> list[Step]:
    """Return the steps from sent to ordered."""
    found = report.outcomes
    buyers = sum(one.people for one in report.attribution if one.touch == "click")
    longest = max(found.sent, 1)

    def length(count: int) -> int:
        return max(_MINIMUM, round(WIDTH * count / longest)) if count else 0

    bars: list[tuple[StepName, int, float | None, int, int]] = [
        ("sent", found.sent, None, found.sent, 0),
        ("delivered", found.delivered, _share(found.delivered, found.sent), found.trackable, 0),
        ("opened", found.opened, found.open_rate, found.opened, found.machine_opened),
        ("clicked", found.clicked, found.click_rate, found.clicked, found.machine_clicked),
        ("ordered", buyers, _share(buyers, found.clicked), buyers, 0),
    ]
    steps = [
        Step(
            name=name,
            count=count,
            share=share,
            length=length(count),
            known=length(min(known, count)),
            machine=machine,
            machine_length=length(machine),
        )
        for name, count, share, known, machine in bars
    ]
    return [
        msgspec.structs.replace(step, next_length=below.length if below else None)
        for step, below in zip(steps, [*steps[1:], None], strict=True)
    ]


def _share(count: int, of: int) -> float | None:
    return count / of if of else None
