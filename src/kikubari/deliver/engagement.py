"""Opens and clicks: recorded for people who agreed to tracking, machines told apart."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
from crawlerdetect import CrawlerDetect
from sqlalchemy import Row

from kikubari.deliver import _views as views
from kikubari.deliver.contracts import Consents, public_id
from kikubari.deliver.tracking import TrackingTokens
from kikubari.events import append_in
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import EMAIL_LINK_CLICKED, EMAIL_OPENED, INTERNAL_SOURCE_ID
from kikubari.storage import StateStore

TRACKING = "tracking"

# Nobody opens a mail before it can have been seen; scanners do.
_TOO_SOON = timedelta(seconds=2)
# Apple's privacy proxy says no more than this; the others name themselves. Security gateways
# that the crawler list does not know follow.
_APPLE_PROXY = "Mozilla/5.0"
_PROXIES = re.compile(
    r"GoogleImageProxy|ggpht\.com|YahooMailProxy|Barracuda|Mimecast|Proofpoint|Symantec"
    r"|Microsoft Office Existence|MS-Office|FireEye|Trend ?Micro|SafeLinks|LinkScan|urlscan",
    re.IGNORECASE,
)
_MAX_AGENT = 512


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a tracked address, as far as it tells man from machine."""

    at: datetime
    user_agent: str = ""
    method: str = "GET"
    is_prefetch: bool = False  # said so: Sec-Purpose or Purpose: prefetch


class Engagement:
    """Turns requests for signed addresses into events.

    A person who has taken back their consent to tracking is no longer recorded, in mails already
    sent either; links keep working.
    """

    def __init__(self, store: StateStore, tokens: TrackingTokens, consents: Consents) -> None:
        self._store = store
        self._tokens = tokens
        self._consents = consents

    def record_open(self, token: str, visit: Visit) -> bool:
        """Record that a message's pixel was fetched; False when the token is not ours."""
        found = self._tokens.find_open(token)
        if found is None:
            return False
        self._record(EMAIL_OPENED, found.workspace_id, found.message_id, visit, {})
        return True

    def record_click(self, token: str, index: str, url: str, visit: Visit) -> str | None:
        """Record a click and return the address to go to; None when the link is not ours."""
        link = self._tokens.find_click(token, index, url)
        if link is None:
            return None
        properties: dict[str, object] = {"url": link.url, "link_index": link.index}
        self._record(EMAIL_LINK_CLICKED, link.workspace_id, link.message_id, visit, properties)
        return link.url

    def _record(
        self,
        topic: str,
        workspace_id: int,
        message_id: int,
        visit: Visit,
        properties: dict[str, object],
    ) -> None:
        with self._store.read() as connection:
            row = views.find_message(connection, workspace_id, message_id)
            if row is None or not self._consents.list_granted(
                connection,
                [row.number],
                purpose=TRACKING,
                channel=row.channel,
                workspace_id=workspace_id,
            ):
                return
        event = _event(topic, row, visit, properties)
        self._store.write(
            lambda connection: append_in(connection, [event], workspace_id=workspace_id)
        )


def is_machine(visit: Visit, *, sent_at: datetime | None) -> bool:
    """Say whether a request was made by a program rather than a person.

    Privacy proxies, image proxies, security scanners and crawlers by name; HEAD and declared
    prefetching; anything before, or within two seconds of, the message being taken.
    """
    return (
        visit.method != "GET"
        or visit.is_prefetch
        or sent_at is None
        or visit.at - sent_at < _TOO_SOON
        or _is_machine_agent(visit.user_agent[:_MAX_AGENT].strip())
    )


@lru_cache(maxsize=4096)
def _is_machine_agent(user_agent: str) -> bool:
    # Matching against the list takes milliseconds, and the same few agents come all the time.
    if not user_agent or user_agent == _APPLE_PROXY or _PROXIES.search(user_agent):
        return True
    return bool(CrawlerDetect().isCrawler(user_agent))


def _event(
    topic: str, row: Row[*tuple[Any, ...]], visit: Visit, properties: dict[str, object]
) -> Event:
    sent_at = from_micros(row.sent_us) if row.sent_us is not None else None
    return Event(
        message_id=f"{topic}:{public_id(row.id)}:{to_micros(visit.at)}",
        kind=EventKind.TRACK,
        type=topic,
        occurred_at=visit.at,
        received_at=visit.at,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=row.number,
        properties={
            f"{row.origin_kind}_id": row.origin_id,
            "message_id": public_id(row.id),
            "channel": row.channel,
            "is_machine": is_machine(visit, sent_at=sent_at),
            **properties,
        },
    )
