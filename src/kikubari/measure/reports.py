"""Reports on broadcasts, counted on the columnar copy of the log."""

from collections.abc import Callable
from typing import Any

from kikubari.measure import _queries as queries
from kikubari.measure.contracts import (
    Attribution,
    BroadcastReport,
    GuardCount,
    LinkReport,
    Outbox,
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
        position = self._copied_position()
        return BroadcastReport(
            broadcast_id=broadcast_id,
            outbox=self._outbox.count_broadcast(broadcast_id),
            outcomes=self._outcomes(broadcast_id),
            links=self._links(broadcast_id),
            attribution=(
                *self.attribution(broadcast_id, touch="click", window_days=CLICK_WINDOW_DAYS),
                *self.attribution(broadcast_id, touch="send", window_days=SEND_WINDOW_DAYS),
            ),
            guard=self._guard(broadcast_id),
            log_position=position,
        )

    def recipients(
        self, broadcast_id: str, *, after: str = "", limit: int = 100
    ) -> list[RecipientReport]:
        """Return what became of single messages, in order of message id.

        Args:
            broadcast_id: whose messages.
            after: message id to continue behind.
            limit: how many at the most.
        """
        rows = self._rows(queries.RECIPIENTS, broadcast_id, after=after, limit=limit)
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
        rows = self._rows(
            queries.ATTRIBUTION,
            broadcast_id,
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

    def _outcomes(self, broadcast_id: str) -> Outcomes:
        counts = self._rows(queries.OUTCOMES, broadcast_id)[0]
        sent, trackable, opened, clicked, unsubscribed, bounced, complained, either = counts
        machine_opened, machine_clicked = self._rows(queries.MACHINE_ONLY, broadcast_id)[0]
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
        )

    def _guard(self, broadcast_id: str) -> tuple[GuardCount, ...]:
        rows = self._rows(queries.GUARD, broadcast_id)
        return tuple(GuardCount(*row) for row in rows)

    def _links(self, broadcast_id: str) -> tuple[LinkReport, ...]:
        rows = self._rows(queries.LINKS, broadcast_id)
        return tuple(LinkReport(*row) for row in rows)

    def _rows(self, sql: str, broadcast_id: str, **parameters: Any) -> list[Any]:
        values = {
            "workspace": self._workspace_id,
            "broadcast": broadcast_id,
            **_TOPICS,
            **parameters,
        }
        return list(self._columnar.query_rows(sql, values, budget=QueryBudget.REPORT))
