"""What the guard says of a rendered message, worked out once for messages that are alike.

Messages of a dispatch differ in names and products, which mostly say nothing to the guard, and use
the same facts in the same way. Two are alike when all that a rule can see is the same: the lines
that say anything, the facts with where they are from and which of the guard's terms they have
outlived, the minute and zone, and what the person has said about the use of their data.
"""

from datetime import timedelta
from typing import NamedTuple

import msgspec

from kikubari.decide.guard import (
    LAW,
    FactOfUse,
    Guard,
    GuardNote,
    GuardPolicy,
    Moment,
    Standing,
    list_telling_lines,
    message_of,
    note_of,
)
from kikubari.decide.personalise import FactUse, RenderedEmail, Use

# A minute of a dispatch has as many kinds of messages as there are ways through its template.
_NOTES_KEPT = 2_048
_encode = msgspec.msgpack.Encoder().encode


class Judged(NamedTuple):
    """What is judged beside the words and facts of a message."""

    moment: Moment
    standing: Standing
    selected_by: tuple[FactOfUse, ...]


class MessageJudge:
    """Asks the guard, and remembers what it said of each kind of message.

    Args:
        policy: the shop's, as strict as the law or stricter.
    """

    def __init__(self, policy: GuardPolicy = LAW) -> None:
        self._guard = Guard(policy)
        self._terms = sorted(
            timedelta(days=days) for days in {policy.interest_days, policy.declared_days}
        )
        self._notes: dict[bytes, GuardNote] = {}

    def judge(self, rendered: RenderedEmail, beside: Judged) -> GuardNote:
        """Return what the guard says of a message; its words are free of marks."""
        kind = self._kind_of(rendered, beside)
        note = self._notes.get(kind)
        if note is None:
            message = message_of(
                rendered, beside.moment, beside.standing, selected_by=beside.selected_by
            )
            note = note_of(self._guard.judge(message))
            if len(self._notes) >= _NOTES_KEPT:
                self._notes.clear()
            self._notes[kind] = note
        return note

    def _kind_of(self, rendered: RenderedEmail, beside: Judged) -> bytes:
        moment = beside.moment
        subject = rendered.subject
        words = f"{rendered.preheader}\n{rendered.text}"
        return _encode(
            (
                # Without a subject the guard looks for one in the words, all of them.
                list_telling_lines(subject) if subject else words,
                list_telling_lines(f"{subject}\n{words}" if subject else words),
                [self._essence(one, moment) for one in rendered.facts if one.use is not Use.ABSENT],
                moment.at.replace(second=0, microsecond=0),
                moment.zone,
                moment.is_zone_assumed,
                moment.purpose,
                moment.gives,
                _seen(beside.standing),
                beside.selected_by,
            )
        )

    def _essence(self, fact: FactUse, moment: Moment) -> tuple[object, ...]:
        """Return what the guard sees of a fact, its age as the number of terms outlived."""
        lineage = fact.lineage
        outlived = -1
        if lineage.observed_at is not None:
            age = moment.at - lineage.observed_at
            outlived = sum([age > term for term in self._terms])
        return (
            fact.path,
            fact.use,
            lineage.provenance,
            lineage.confidence,
            lineage.sources_agree,
            lineage.category,
            lineage.sensitivity,
            outlived,
        )


def _seen(standing: Standing) -> Standing:
    """Return a standing as rules see it: how many gave is nothing to them, only whether any did."""
    if not standing.gives_last5:
        return standing
    return msgspec.structs.replace(standing, gives_last5=1)
