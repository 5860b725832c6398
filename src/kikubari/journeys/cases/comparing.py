"""What was expected beside what was found."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from kikubari.journeys.cases.cast import read_at
from kikubari.journeys.cases.contracts import (
    Difference,
    ExpectedEntry,
    ExpectedMessage,
    ExpectedStep,
)
from kikubari.journeys.simulation import SimulatedEntry

_NOTHING = "nothing"
_ONWARD = "next"


def tell_entry(entry: SimulatedEntry, zone: ZoneInfo) -> ExpectedEntry:
    """Return an entry as it would have to be expected, by the clock of a zone."""

    def tell(at: datetime) -> str:
        return at.astimezone(zone).isoformat()

    return ExpectedEntry(
        entered=tell(entry.entered_at),
        path=tuple(
            ExpectedStep(
                step=one.step,
                way=one.way,
                at=tell(one.at),
                message=one.message or None,
            )
            for one in entry.path
        ),
        messages=tuple(
            ExpectedMessage(
                step=one.step,
                at=None if one.message_at is None else tell(one.message_at),
                became=one.message,
            )
            for one in entry.path
            if one.message
        ),
        waiting_at=entry.waiting_at or None,
        ended=None if entry.ended_at is None else tell(entry.ended_at),
        outcome=entry.outcome or None,
    )


class Comparison:
    """Compares entries of people, by the clock of a zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def compare(
        self, path: str, expected: Sequence[ExpectedEntry], found: Sequence[ExpectedEntry]
    ) -> Iterator[Difference]:
        """Yield what differs between the entries of a person.

        Args:
            path: place of the expectation in the case.
            expected: as somebody wrote it.
            found: as `tell_entry` tells it.
        """
        if len(expected) != len(found):
            told = ", ".join(self._at(one.entered) for one in found)
            yield Difference(
                path=path,
                expected=f"{len(expected)} entries",
                found=f"{len(found)} entries" + (f": {told}" if told else ""),
            )
        for place, (wanted, real) in enumerate(zip(expected, found, strict=False)):
            yield from self._entry(f"{path}[{place}]", wanted, real)

    def _entry(self, path: str, wanted: ExpectedEntry, real: ExpectedEntry) -> Iterator[Difference]:
        yield from self._instant(f"{path}.entered", wanted.entered, real.entered)
        if wanted.path is not None:
            steps = [ExpectedStep(step=one) if isinstance(one, str) else one for one in wanted.path]
            yield from self._path(f"{path}.path", steps, _steps(real))
        if wanted.messages is not None:
            messages = [
                ExpectedMessage(step=one) if isinstance(one, str) else one
                for one in wanted.messages
            ]
            yield from self._messages(f"{path}.messages", messages, _messages(real))
        for name in ("waiting_at", "outcome"):
            asked, came = getattr(wanted, name), getattr(real, name)
            if asked is not None and asked != came:
                yield _difference(f"{path}.{name}", asked, came)
        yield from self._instant(f"{path}.ended", wanted.ended, real.ended)

    def _path(
        self, path: str, wanted: Sequence[ExpectedStep], real: Sequence[ExpectedStep]
    ) -> Iterator[Difference]:
        if [one.step for one in wanted] != [one.step for one in real]:
            yield Difference(
                path=path,
                expected=_told([_step(one) for one in wanted], " → "),
                found=_told([_step(one) for one in real], " → "),
            )
            return
        for place, (asked, came) in enumerate(zip(wanted, real, strict=True)):
            here = f"{path}[{place}]"
            if asked.way is not None and asked.way != came.way:
                yield _difference(f"{here}.way", asked.way, came.way)
            yield from self._instant(f"{here}.at", asked.at, came.at)
            if asked.message is not None and asked.message != came.message:
                yield _difference(f"{here}.message", asked.message, came.message)

    def _messages(
        self, path: str, wanted: Sequence[ExpectedMessage], real: Sequence[ExpectedMessage]
    ) -> Iterator[Difference]:
        if [(one.step, one.became) for one in wanted] != [(one.step, one.became) for one in real]:
            yield Difference(
                path=path,
                expected=_told([_message(one) for one in wanted], ", "),
                found=_told([_message(one) for one in real], ", "),
            )
            return
        for place, (asked, came) in enumerate(zip(wanted, real, strict=True)):
            yield from self._instant(f"{path}[{place}].at", asked.at, came.at)

    def _instant(self, path: str, wanted: str | None, real: str | None) -> Iterator[Difference]:
        if wanted is None:
            return
        if real is None or read_at(wanted, self._zone) != read_at(real, self._zone):
            yield Difference(path=path, expected=self._at(wanted), found=self._at(real))

    def _at(self, at: str | None) -> str:
        if at is None:
            return _NOTHING
        local = read_at(at, self._zone).astimezone(self._zone)
        return local.replace(tzinfo=None).isoformat(sep=" ")


def _steps(entry: ExpectedEntry) -> list[ExpectedStep]:
    return [one for one in entry.path or () if isinstance(one, ExpectedStep)]


def _messages(entry: ExpectedEntry) -> list[ExpectedMessage]:
    return [one for one in entry.messages or () if isinstance(one, ExpectedMessage)]


def _step(one: ExpectedStep) -> str:
    return one.step if one.way in (None, _ONWARD) else f"{one.step}/{one.way}"


def _message(one: ExpectedMessage) -> str:
    return f"{one.step} ({one.became})"


def _told(parts: Sequence[str], between: str) -> str:
    return between.join(parts) or _NOTHING


def _difference(path: str, expected: str, found: str | None) -> Difference:
    return Difference(path=path, expected=expected, found=found or _NOTHING)
