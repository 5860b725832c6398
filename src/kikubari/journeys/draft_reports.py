"""What the messages of a draft say about it, over all of its letters."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from kikubari.decide.guard import list_rules
from kikubari.decide.personalise import Missing, Problem, Use
from kikubari.deliver import Composed, MessageRecord, Reason
from kikubari.journeys.contracts import DraftReport, Objection

_HELD_BACK = frozenset({Reason.GUARD_HELD, Reason.GUARD_BLOCKED})
_decode_record = msgspec.json.Decoder(MessageRecord).decode


def merge(reports: Sequence[tuple[str, DraftReport]]) -> DraftReport:
    """Return one report on several letters, which have names; one letter's stays as it is."""
    if len(reports) == 1:
        return reports[0][1]
    each = [report for _, report in reports]
    missing: dict[str, Missing] = {}
    objections: dict[str, Objection] = {}
    for report in each:
        for lack in report.missing:
            known = missing.get(lack.path, Missing(path=lack.path, missing=0, of=0))
            missing[lack.path] = Missing(
                path=lack.path, missing=known.missing + lack.missing, of=known.of + lack.of
            )
        for one in report.objections:
            same = objections.get(one.rule)
            objections[one.rule] = (
                one
                if same is None
                else msgspec.structs.replace(
                    same, people=same.people + one.people, stopped=same.stopped + one.stopped
                )
            )
    return DraftReport(
        problems=[_named(name, one) for name, report in reports for one in report.problems],
        missing=sorted(missing.values(), key=lambda one: -one.missing),
        people=sum(report.people for report in each),
        failed=sum(report.failed for report in each),
        largest_bytes=max(report.largest_bytes for report in each),
        objections=sorted(objections.values(), key=lambda one: -one.people),
    )


def _named(letter: str, problem: Problem) -> Problem:
    return msgspec.structs.replace(problem, message=f"letter {letter}: {problem.message}")


def list_objections(composed: Sequence[Composed]) -> list[Objection]:
    """Return what the guard says of messages, most often first."""
    objected = Counter(rule for one in composed for rule in one.guard.rules)
    stopped = Counter(
        rule for one in composed if one.stopped_by in _HELD_BACK for rule in one.guard.rules
    )
    about = {rule: told for one in composed for rule, told in one.guard.about}
    rules = list_rules()
    return [
        Objection(
            rule=rule,
            people=times,
            stopped=stopped[rule],
            about=about.get(rule, ""),
            reason=rules[rule].reason,
            mend=rules[rule].mend,
        )
        for rule, times in objected.most_common()
    ]


def list_missing(composed: Sequence[Composed]) -> list[Missing]:
    """Return the facts that messages looked up and did not find."""
    absent = Counter(
        str(fact["path"])
        for one in composed
        if one.record
        for fact in _decode_record(one.record).facts
        if fact["use"] == Use.ABSENT
    )
    return [
        Missing(path=path, missing=times, of=len(composed)) for path, times in absent.most_common()
    ]
