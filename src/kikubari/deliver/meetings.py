"""Where messages of different origins meet: too close, or one at the cost of another."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import groupby

import msgspec
from sqlalchemy import Connection, and_, or_, select

from kikubari.deliver._tables import dispatches, messages
from kikubari.deliver.contracts import MessageState, Origin
from kikubari.deliver.reasons import Reason
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE

CLOSE = timedelta(hours=24)
# Caps are counted over days; what somebody got longer ago was hardly what stood in the way.
CAP_LOOKS_BACK = timedelta(days=7)
_CAPPED = (Reason.OVER_CAP.value, Reason.EXPIRED_OVER_CAP.value)
_AT_ONCE = 20_000

# Origins of messages that belong together, such as all steps of one journey.
Group = Callable[[Origin], str]


class Meetings(msgspec.Struct, frozen=True):
    """What was found, by pair of groups in alphabetical order.

    Attributes:
        close: people who got messages of both within `CLOSE`.
        capped: messages of the first that a cap stopped after one of the second had come, by
            (stopped, sent).
    """

    close: dict[tuple[str, str], int]
    capped: dict[tuple[str, str], int]


class _Came(msgspec.Struct, frozen=True):
    number: int
    at_us: int
    group: str
    is_sent: bool


def find_meetings(
    connection: Connection,
    group: Group,
    *,
    since: datetime,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> Meetings:
    """Return where groups of messages met, in those sent or capped from an instant on."""
    close: Counter[tuple[str, str]] = Counter()
    capped: Counter[tuple[str, str]] = Counter()
    for _, mine in groupby(_read(connection, group, since, workspace_id), lambda one: one.number):
        own = sorted(mine, key=lambda one: one.at_us)
        close.update(_close_pairs([one for one in own if one.is_sent]))
        capped.update(_capped_pairs(own))
    return Meetings(dict(close), dict(capped))


def _read(
    connection: Connection, group: Group, since: datetime, workspace_id: int
) -> Iterable[_Came]:
    """Yield messages person by person."""
    groups = {
        row.id: group(Origin(row.origin_kind, row.origin_id))
        for row in connection.execute(
            select(dispatches.c.id, dispatches.c.origin_kind, dispatches.c.origin_id).where(
                dispatches.c.workspace_id == workspace_id
            )
        )
    }
    since_us = to_micros(since)
    is_sent = and_(messages.c.state == MessageState.SENT.value, messages.c.sent_us >= since_us)
    is_capped = and_(messages.c.reason.in_(_CAPPED), messages.c.queued_us >= since_us)
    query = (
        select(
            messages.c.number,
            messages.c.dispatch_id,
            messages.c.state,
            messages.c.sent_us,
            messages.c.held_us,
            messages.c.queued_us,
        )
        .where(messages.c.workspace_id == workspace_id, or_(is_sent, is_capped))
        .order_by(messages.c.number)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in connection.execute(query):
        is_out = row.state == MessageState.SENT.value
        at_us = row.sent_us if is_out else row.held_us or row.queued_us
        yield _Came(row.number, at_us, groups[row.dispatch_id], is_out)


def _close_pairs(own: list[_Came]) -> set[tuple[str, str]]:
    """Return the pairs of groups whose messages one person got close to one another."""
    span = CLOSE // timedelta(microseconds=1)
    found = set()
    for place, one in enumerate(own):
        for other in own[place + 1 :]:
            if other.at_us - one.at_us > span:
                break
            if other.group != one.group:
                found.add((min(one.group, other.group), max(one.group, other.group)))
    return found


def _capped_pairs(own: list[_Came]) -> list[tuple[str, str]]:
    """Return (stopped, sent before it) for each of one person's capped messages."""
    span = CAP_LOOKS_BACK // timedelta(microseconds=1)
    found = []
    for one in own:
        if not one.is_sent:
            before = {
                other.group
                for other in own
                if other.is_sent and 0 <= one.at_us - other.at_us <= span
            }
            found += [(one.group, other) for other in before - {one.group}]
    return found
