"""Opens and clicks: recorded for people who agreed to tracking, machines told apart.

A request is noted at once, and told to the log once what came right after it is known.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Row

from kikubari.deliver import _views as views
from kikubari.deliver import _visit_rows as rows
from kikubari.deliver.contracts import Consents, public_id
from kikubari.deliver.open_days import OpenDays
from kikubari.deliver.policies import load_tracking
from kikubari.deliver.tracking import TrackedLink, TrackedMessage, TrackingTokens
from kikubari.deliver.visits import (
    KEPT,
    PATIENCE,
    Act,
    Seen,
    Sign,
    Visit,
    find_machines,
    judge_alone,
)
from kikubari.events import append_in
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import EMAIL_LINK_CLICKED, EMAIL_OPENED, INTERNAL_SOURCE_ID
from kikubari.storage import StateStore

TRACKING = "tracking"

_PER_STEP = 500
_CLIENT_BYTES = 16
_TOPICS = {Act.OPEN.value: EMAIL_OPENED, Act.CLICK.value: EMAIL_LINK_CLICKED}


class Engagement:
    """Turns requests for signed addresses into events.

    A person who has taken back their consent to tracking is no longer recorded, in mails already
    sent either; links keep working.

    Args:
        store: of messages, and of requests for some minutes.
        tokens: signs addresses.
        consents: the ledger.
        clock: says when enough has passed to tell of a request.
        key: secret of this installation; clients are kept hashed with it.
        days: keeps the last day of an open, where that may be kept.
    """

    def __init__(
        self,
        store: StateStore,
        tokens: TrackingTokens,
        consents: Consents,
        clock: Clock,
        *,
        key: bytes,
        days: OpenDays | None = None,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._consents = consents
        self._clock = clock
        self._days = days
        self._clients = blake2b(key=key[: blake2b.MAX_KEY_SIZE], digest_size=_CLIENT_BYTES)

    def record_open(self, token: str, visit: Visit) -> bool:
        """Note that a message's pixel was fetched; False when the token is not ours."""
        found = self._tokens.find_open(token)
        if found is None:
            return False
        self._note(Act.OPEN, found, visit)
        return True

    def record_click(self, token: str, index: str, url: str, visit: Visit) -> str | None:
        """Note a click and return the address to go to; None when the link is not ours."""
        link = self._tokens.find_click(token, index, url)
        if link is None:
            return None
        self._note(Act.CLICK, link, visit)
        return link.url

    def record_trap(self, token: str, visit: Visit) -> bool:
        """Note that the link that nobody sees was followed; False when the token is not ours."""
        found = self._tokens.find_trap(token)
        if found is None:
            return False
        self._note(Act.TRAP, found, visit)
        return True

    def tell(self) -> bool:
        """Tell the log of requests that have waited long enough; say whether there may be more."""
        with self._store.read() as connection:
            if not rows.has_any(connection):
                return False
        return self._store.write(self._tell)

    def _note(self, act: Act, found: TrackedMessage | TrackedLink, visit: Visit) -> None:
        workspace_id, message_id = found.workspace_id, found.message_id
        with self._store.read() as connection:
            row = self._find_tracked(connection, workspace_id, message_id)
            message = views.find_message(connection, workspace_id, message_id)
        if message is None:
            return
        sent_at = from_micros(message.sent_us) if message.sent_us is not None else None
        if row is None:
            if act is Act.OPEN and self._days is not None:
                self._days.note(message.number, visit, sent_at=sent_at)
            return
        link = found if isinstance(found, TrackedLink) else None
        values: dict[str, object] = {
            "workspace_id": workspace_id,
            "message_id": message_id,
            "number": row.number,
            "at_us": to_micros(visit.at),
            "client": self._client_of(visit),
            "act": act.value,
            "sign": int(judge_alone(visit, sent_at=sent_at)),
            "link_index": link.index if link else -1,
            "url": link.url if link else "",
        }
        self._store.write(lambda connection: rows.add(connection, **values))

    def _tell(self, connection: Connection) -> bool:
        now = self._clock.now()
        rows.delete_old(connection, before_us=to_micros(now - KEPT))
        until_us = to_micros(now - PATIENCE)
        due = rows.take_due(connection, until_us=until_us, limit=_PER_STEP)
        told_of: dict[int, list[Event]] = {}
        by_message: dict[tuple[int, int], set[int]] = {}
        for one in due:
            by_message.setdefault((one.workspace_id, one.message_id), set()).add(one.id)
        for (workspace_id, message_id), ids in by_message.items():
            row = self._find_tracked(connection, workspace_id, message_id)
            if row is None:
                continue
            kept = rows.list_of(connection, workspace_id, message_id)
            judged = [
                (one, is_machine)
                for one, is_machine in zip(kept, _judge(kept), strict=True)
                if one.id in ids and one.act in _TOPICS
            ]
            told_of.setdefault(workspace_id, []).extend(
                _event(row, one, is_machine=is_machine, received_us=to_micros(now))
                for one, is_machine in judged
            )
            self._keep_day(connection, row.number, [one for one, is_not in judged if not is_not])
        for workspace_id, told in told_of.items():
            append_in(connection, told, workspace_id=workspace_id)
        rows.mark_told(connection, [one.id for one in due])
        return len(due) == _PER_STEP

    def _keep_day(
        self, connection: Connection, number: int, seen: Sequence[Row[*tuple[Any, ...]]]
    ) -> None:
        """Keep the day of what a person did: whoever follows a link has opened the message."""
        if self._days is not None and seen:
            at = from_micros(max(one.at_us for one in seen))
            self._days.keep_in(connection, number, at)

    def _find_tracked(
        self, connection: Connection, workspace_id: int, message_id: int
    ) -> Row[*tuple[Any, ...]] | None:
        """Return a message whose recipient agrees to tracking, as of now."""
        row = views.find_message(connection, workspace_id, message_id)
        tracking = load_tracking(connection, workspace_id=workspace_id).policy.tracking
        if (
            row is None
            or tracking != "full"
            or not self._consents.list_granted(
                connection,
                [row.number],
                purpose=TRACKING,
                channel=row.channel,
                workspace_id=workspace_id,
            )
        ):
            return None
        return row

    def _client_of(self, visit: Visit) -> bytes:
        digest = self._clients.copy()
        digest.update(f"{visit.network}\0{visit.user_agent}".encode("utf-8", "surrogatepass"))
        return digest.digest()


def _judge(kept: Sequence[Row[*tuple[Any, ...]]]) -> list[bool]:
    return find_machines(
        [
            Seen(
                at_us=one.at_us,
                client=bytes(one.client),
                act=Act(one.act),
                sign=Sign(one.sign),
                link=one.link_index,
            )
            for one in kept
        ]
    )


def _event(
    message: Row[*tuple[Any, ...]],
    visit: Row[*tuple[Any, ...]],
    *,
    is_machine: bool,
    received_us: int,
) -> Event:
    topic = _TOPICS[visit.act]
    properties: dict[str, object] = {
        f"{message.origin_kind}_id": message.origin_id,
        "message_id": public_id(message.id),
        "channel": message.channel,
        "is_machine": is_machine,
    }
    if visit.act == Act.CLICK.value:
        properties |= {"url": visit.url, "link_index": visit.link_index}
    return Event(
        message_id=f"{topic}:{public_id(message.id)}:{visit.at_us}:{visit.id}",
        kind=EventKind.TRACK,
        type=topic,
        occurred_at=from_micros(visit.at_us),
        received_at=from_micros(received_us),
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=message.number,
        properties=properties,
    )
