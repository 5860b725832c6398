"""Reports on broadcasts, counted on the columnar copy of the log."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec

from kikubari.measure import _queries as queries
from kikubari.measure.contracts import (
    Attribution,
    BroadcastReport,
    GuardCount,
    LinkReport,
    Outbox,
    OutboxCounts,
    Outcomes,
    RecipientReport,
)
from kikubari.spec import topics
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, QueryBudget

_TOPICS = {
    "sent": topics.EMAIL_SENT,
    "skipped": topics.EMAIL_SKIPPED,
    "failed": topics.EMAIL_FAILED,
    "opened": topics.EMAIL_OPENED,
    "clicked": topics.EMAIL_LINK_CLICKED,
    "unsubscribed": topics.UNSUBSCRIBED,
    "bounced": topics.EMAIL_BOUNCED,
    "complained": topics.EMAIL_MARKED_AS_SPAM,
    "replied": topics.EMAIL_REPLIED,
}
_TOUCHES = {"click": topics.EMAIL_LINK_CLICKED, "send": topics.EMAIL_SENT}
# The common last-touch windows of e-mail: five days after a click, one after a mere send.
CLICK_WINDOW_DAYS = 5
SEND_WINDOW_DAYS = 1


class Reports:
    """Counts what became of broadcasts.

    Args:
        columnar: the copy of the log.
        outbox: messages that are still on their way.
        copied_position: tells up to where the copy holds the log.
    """

    def __init__(
        self,
        columnar: ColumnarStore,
        outbox: Outbox,
        copied_position: Callable[[], int],
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._columnar = columnar
        self._outbox = outbox
        self._copied_position = copied_position
        self._workspace_id = workspace_id

    def broadcast(self, broadcast_id: str) -> BroadcastReport:
        """Return everything known about a broadcast so far."""
        return self.recurring(broadcast_id, [broadcast_id])

    def recurring(self, broadcast_id: str, sent_as: Sequence[str]) -> BroadcastReport:
        """Return everything known about the occurrences of a recurring broadcast, summed.

        Who ordered after several of them is one person.

        Args:
            broadcast_id: which recurs.
            sent_as: the broadcasts that its occurrences are.
        """
        position = self._copied_position()
        return BroadcastReport(
            broadcast_id=broadcast_id,
            outbox=_add_counts([self._outbox.count_broadcast(one) for one in sent_as]),
            outcomes=_add_outcomes(self.outcomes(sent_as).values()),
            links=self._links(sent_as),
            attribution=(
                *self._attribute(sent_as, "click", CLICK_WINDOW_DAYS),
                *self._attribute(sent_as, "send", SEND_WINDOW_DAYS),
            ),
            guard=self._guard(sent_as),
            log_position=position,
        )

    def outcomes(self, broadcast_ids: Sequence[str]) -> dict[str, Outcomes]:
        """Return what met the messages of each of these broadcasts."""
        machines = {row[0]: row[1:] for row in self._rows(queries.MACHINE_ONLY, broadcast_ids)}
        found = {one: Outcomes() for one in broadcast_ids}
        for row in self._rows(queries.OUTCOMES, broadcast_ids):
            found[row[0]] = _read_outcomes(row[1:], machines.get(row[0], (0, 0)))
        return found

    def recipients(
        self, broadcast_id: str, *, after: str = "", limit: int = 100
    ) -> list[RecipientReport]:
        """Return what became of single messages, in order of message id.

        Args:
            broadcast_id: whose messages.
            after: message id to continue behind.
            limit: how many at the most.
        """
        rows = self._rows(queries.RECIPIENTS, [broadcast_id], after=after, limit=limit)
        return [
            RecipientReport(
                message_id=row[0],
                number=row[1],
                outcome=row[2],
                reason=row[3],
                sent_at=row[4],
                opened_at=row[5],
                clicked_at=row[6],
                unsubscribed_at=row[7],
            )
            for row in rows
        ]

    def attribution(
        self, broadcast_id: str, *, touch: str, window_days: int
    ) -> tuple[Attribution, ...]:
        """Return the orders whose last touch was this broadcast, per currency.

        Args:
            broadcast_id: which broadcast.
            touch: ``click`` or ``send``.
            window_days: how long after a touch an order counts for it.
        """
        return self._attribute([broadcast_id], touch, window_days)

    def _attribute(
        self, broadcast_ids: Sequence[str], touch: str, window_days: int
    ) -> tuple[Attribution, ...]:
        rows = self._rows(
            queries.ATTRIBUTION,
            broadcast_ids,
            touch=_TOUCHES[touch],
            ordered=topics.ORDER_COMPLETED,
            days=window_days,
        )
        return tuple(
            Attribution(
                touch=touch,
                window_days=window_days,
                currency=currency,
                orders=orders,
                people=people,
                revenue_minor=revenue,
            )
            for currency, orders, people, revenue in rows
        )

    def _guard(self, broadcast_ids: Sequence[str]) -> tuple[GuardCount, ...]:
        rows = self._rows(queries.GUARD, broadcast_ids)
        return tuple(GuardCount(*row) for row in rows)

    def _links(self, broadcast_ids: Sequence[str]) -> tuple[LinkReport, ...]:
        rows = self._rows(queries.LINKS, broadcast_ids)
        return tuple(LinkReport(*row) for row in rows)

    def _rows(self, sql: str, broadcast_ids: Sequence[str], **parameters: Any) -> list[Any]:
        if not broadcast_ids:
            return []
        values = {
            "workspace": self._workspace_id,
            "broadcasts": list(broadcast_ids),
            **_TOPICS,
            **parameters,
        }
        return list(self._columnar.query_rows(sql, values, budget=QueryBudget.REPORT))


def _read_outcomes(counts: Sequence[int], machine_only: Sequence[int]) -> Outcomes:
    sent, trackable, opened, clicked, unsubscribed, bounced, complained, replied, either = counts
    machine_opened, machine_clicked = machine_only
    return Outcomes(
        sent=sent,
        trackable=trackable,
        # What bounced in the dialogue itself was never sent.
        delivered=either - bounced,
        opened=opened,
        machine_opened=machine_opened,
        clicked=clicked,
        machine_clicked=machine_clicked,
        unsubscribed=unsubscribed,
        bounced=bounced,
        complained=complained,
        replied=replied,
    )


def _add_outcomes(parts: Collection[Outcomes]) -> Outcomes:
    """Add up; a message is of one broadcast, so none counts twice."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(msgspec.structs.asdict(part))
    return Outcomes(**total)


def _add_counts(parts: Sequence[OutboxCounts]) -> OutboxCounts:
    states: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for part in parts:
        states.update(part.states)
        reasons.update(part.reasons)
    return OutboxCounts(states, reasons)
