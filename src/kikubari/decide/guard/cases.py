"""Reads case files and writes what the guard says of them, for `kikubari guard check`."""

from typing import Any

import msgspec

from kikubari.decide.guard.contracts import Context, FactOfUse, Level, Message, Verdict
from kikubari.decide.guard.guard import Guard
from kikubari.spec.errors import InvalidInputError


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case of a file; keys that only explain it are ignored."""

    id: str
    channel: str
    message_excerpt: str
    uses: tuple[FactOfUse, ...] = ()
    context: Context = Context()

    @property
    def message(self) -> Message:
        """The case as a message before the guard."""
        return Message(
            channel=self.channel, text=self.message_excerpt, uses=self.uses, context=self.context
        )


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A reason or a mend, in both languages; `subject` is the fact or sentence it is about."""

    rule: str
    ja: str
    en: str
    subject: str = ""


class CaseVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the guard says of one case, worst first; empty lists when nothing needs mending."""

    id: str
    verdict: Level
    rules: tuple[str, ...]
    reasons: tuple[Told, ...]
    mend: tuple[Told, ...]


def read_cases(body: bytes) -> list[Case]:
    """Return the cases of a JSON file: a list of objects.

    Raises:
        InvalidInputError: it is no JSON, no list, or a case is not as it should be; the message
            names the case and the place in it.
    """
    try:
        rows: Any = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise InvalidInputError(f"cases: not JSON: {error}") from error
    if not isinstance(rows, list):
        raise InvalidInputError("cases: expected a list of cases")
    return [_read(index, row) for index, row in enumerate(rows)]


def _read(index: int, row: Any) -> Case:
    name = row.get("id") if isinstance(row, dict) else None
    place = f"case {index}" if name is None else f"case {index} ({name})"
    try:
        return msgspec.convert(_without_nulls(row), Case)
    except msgspec.ValidationError as error:
        raise InvalidInputError(
            f"cases: {place}: {error}", hint="docs/guard.md lists the fields of a case"
        ) from error


def _without_nulls(row: Any) -> Any:
    """Return a case without what it says is not known: that is as if it said nothing of it."""
    if not isinstance(row, dict):
        return row
    told = {key: value for key, value in row.items() if value is not None}
    if isinstance(told.get("context"), dict):
        told["context"] = {k: v for k, v in told["context"].items() if v is not None}
    if isinstance(told.get("uses"), list):
        told["uses"] = [
            {k: v for k, v in use.items() if v is not None} if isinstance(use, dict) else use
            for use in told["uses"]
        ]
    return told


def tell(case_id: str, verdict: Verdict) -> CaseVerdict:
    """Return a verdict on what is called `case_id`, as programs read it."""
    mends = {one.rule: one.mend for one in verdict.findings}
    return CaseVerdict(
        id=case_id,
        verdict=verdict.level,
        rules=verdict.rules,
        reasons=tuple(
            Told(rule=one.rule, ja=one.reason.ja, en=one.reason.en, subject=one.subject)
            for one in verdict.findings
        ),
        mend=tuple(Told(rule=rule, ja=mend.ja, en=mend.en) for rule, mend in mends.items()),
    )


def tell_all(guard: Guard, body: bytes) -> list[CaseVerdict]:
    """Return what the guard says of each case of a JSON list, in order.

    Raises:
        InvalidInputError: a case is not as it should be; the message names it and the place.
    """
    return [tell(case.id, guard.judge(case.message)) for case in read_cases(body)]
