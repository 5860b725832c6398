"""Tells endpoints of the events that they asked for, in the transaction that takes events in."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from kikubari.deliver.endpoints import _repository as rows
from kikubari.deliver.endpoints.contracts import WebhookCall
from kikubari.deliver.endpoints.queueing import WebhookQueue
from kikubari.events import SequencedEvent, is_simulated
from kikubari.profiles import Limit, Restrictions, profile_id
from kikubari.spec import topics
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event

# What is older when it arrives is an import of history, which is no news to anybody.
NEWS = timedelta(days=1)
# Calls that are made ready at a time: each has up to 64 KiB.
_AT_ONCE = 1_000
# What tells another system to leave somebody alone is told of those who object, too.
WISHES = frozenset(
    {
        topics.CONSENT_CHANGED,
        topics.PREFERENCE_CHANGED,
        topics.SUPPRESSION_CHANGED,
        topics.UNSUBSCRIBED,
        topics.EMAIL_MARKED_AS_SPAM,
    }
)


class EndpointProjection:
    """Queues a call for each event and endpoint that asked for its kind.

    Nothing is told of those whose data is restricted, and of those who object nothing but their
    wishes.

    Args:
        queue: takes the calls.
        restrictions: says who has a limit.
        workspace_id: whose endpoints.
    """

    def __init__(
        self,
        queue: WebhookQueue,
        restrictions: Restrictions,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._queue = queue
        self._restrictions = restrictions
        self._workspace_id = workspace_id

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Take in events that are new to the log."""
        listeners = rows.list_listeners(connection, self._workspace_id)
        if not listeners:
            return
        news = [one for one in events if one.event.type in listeners and _is_news(one.event)]
        if not news:
            return
        numbers = {one.number for one in news if one.number}
        limits = self._restrictions.find(connection, numbers)
        calls = (
            (item.event.received_at, _call(endpoint_id, item))
            for item in news
            if _may_be_told(item, limits)
            for endpoint_id in listeners[item.event.type]
        )
        while some := list(islice(calls, _AT_ONCE)):
            self._queue.queue_each_in(connection, some)


def _is_news(event: Event) -> bool:
    return event.received_at - event.occurred_at <= NEWS and not is_simulated(event)


def _may_be_told(item: SequencedEvent, limits: Mapping[int, frozenset[Limit]]) -> bool:
    theirs = limits.get(item.number, frozenset())
    if Limit.RESTRICTION in theirs:
        return False
    return Limit.OBJECTION not in theirs or item.event.type in WISHES


def _call(endpoint_id: str, item: SequencedEvent) -> WebhookCall:
    event = item.event
    data: dict[str, Any] = {
        "messageId": event.message_id,
        "event": event.type,
        "timestamp": event.occurred_at,
        "userId": event.user_id,
        "profile": profile_id(item.number) if item.number else None,
        "properties": event.properties,
    }
    return WebhookCall(
        endpoint_id=endpoint_id,
        type=event.type,
        data=data,
        idempotency_key=f"{event.source_id}:{event.message_id}",
        number=item.number,
    )
