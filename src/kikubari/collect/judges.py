"""What decides on each event of a request, beside its form."""

from collections.abc import Callable, Sequence

from kikubari.collect.contracts import Inspection, Rejection, Source
from kikubari.spec.envelope import Event, EventKind

Judge = Callable[[Event], Rejection | None]


def list_judges(
    source: Source, inspection: Inspection | None, others: Sequence[Judge] = ()
) -> list[Judge]:
    """Return who judges the events of a source: others, the limits of its key, then the plan."""
    judges = list(others)
    if source.allowed_events:
        judges.append(_judge_by_name(frozenset(source.allowed_events)))
    if inspection is not None:
        judges.append(inspection.judge)
    return judges


def _judge_by_name(allowed: frozenset[str]) -> Judge:
    def judge(event: Event) -> Rejection | None:
        name = event.type if event.kind is EventKind.TRACK else event.kind.value
        if name in allowed:
            return None
        return Rejection("event_not_allowed", "this write key may not send this event", "$.event")

    return judge
