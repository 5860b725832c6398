"""Who asked for a signed address: a person or a program.

A request is judged twice. By itself, the moment it comes (`judge_alone`); and once what came right
before and after it is known (`find_machines`): programs give themselves away by what they do
together, and then their earlier requests were theirs too. Nothing is told before the second time,
so nothing has to be taken back.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from itertools import pairwise

import msgspec
from crawlerdetect import CrawlerDetect

# How long a request waits for what comes after it, and how long it is kept to judge later ones by.
PATIENCE = timedelta(seconds=10)
KEPT = timedelta(minutes=10)

_MICRO = timedelta(microseconds=1)
_NEAR = PATIENCE // _MICRO
# Nobody opens a mail before it can have been seen; scanners do.
_TOO_SOON = timedelta(seconds=2)
# No hand follows two different links so fast one after the other, or three.
_TWO_LINKS = 250_000
_THREE_LINKS = 700_000
# What several programs together, or a program and whoever it checks the link for, do at once.
_TOGETHER = 2_000_000
_CHECKED_FIRST = 5_000_000
# Apple's privacy proxy says no more than this; the others name themselves. Security gateways
# that the crawler list does not know follow.
_APPLE_PROXY = "Mozilla/5.0"
_PROXIES = re.compile(
    r"GoogleImageProxy|ggpht\.com|YahooMailProxy|Barracuda|Mimecast|Proofpoint|Symantec"
    r"|Microsoft Office Existence|MS-Office|FireEye|Trend ?Micro|SafeLinks|LinkScan|urlscan",
    re.IGNORECASE,
)
# On the crawler list because scripts use them too; some people read with nothing else.
_TEXT_BROWSERS = re.compile(r"(?:Lynx|w3m|E?Links)[/ (]")
_MAX_AGENT = 512


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a tracked address, as far as it tells man from machine.

    `network` is where it came from, coarse enough to name nobody.
    """

    at: datetime
    user_agent: str = ""
    method: str = "GET"
    is_prefetch: bool = False  # said so: Sec-Purpose or Purpose: prefetch
    network: str = ""


class Act(StrEnum):
    """What was asked for."""

    OPEN = "open"
    CLICK = "click"
    TRAP = "trap"  # the link that nobody can see


class Sign(IntEnum):
    """What a request by itself says of who made it."""

    NONE = 0
    MACHINE = 1
    PROGRAM = 2  # and of everything else by the same client: no person works with it


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A request about one message.

    Attributes:
        at_us: when, in microseconds since 1970.
        client: the same for requests by one program from one network.
        link: which link, for a click.
    """

    at_us: int
    client: bytes
    act: Act
    sign: Sign = Sign.NONE
    link: int = -1


def judge_alone(visit: Visit, *, sent_at: datetime | None) -> Sign:
    """Say what a request by itself tells.

    Privacy proxies, image proxies, security scanners and crawlers by name; HEAD and declared
    prefetching; anything before, or within two seconds of, the message being taken.
    """
    if visit.method != "GET" or sent_at is None or visit.at - sent_at < _TOO_SOON:
        return Sign.PROGRAM
    # A browser that prefetches is a person's, who may follow the link next.
    if visit.is_prefetch or _is_machine_agent(visit.user_agent[:_MAX_AGENT].strip()):
        return Sign.MACHINE
    return Sign.NONE


def is_machine(visit: Visit, *, sent_at: datetime | None) -> bool:
    """Say whether a request by itself was made by a program rather than a person."""
    return judge_alone(visit, sent_at=sent_at) is not Sign.NONE


def find_machines(seen: Sequence[Seen]) -> list[bool]:
    """Say of each request about one message whether a program made it.

    Args:
        seen: all that is known, in the order of time.
    """
    programs = {one.client for one in seen if one.sign is Sign.PROGRAM or one.act is Act.TRAP}
    traps = [one for one in seen if one.act is Act.TRAP]
    clicks = [one for one in seen if one.act is Act.CLICK]
    bursts = _bursts(clicks)
    crowds = _crowds(clicks)
    checks = _checks(clicks)
    return [
        one.sign is not Sign.NONE
        or one.client in programs
        or any(client == one.client and abs(at - one.at_us) <= _NEAR for client, at in bursts)
        or any(abs(trap.at_us - one.at_us) <= _TOGETHER for trap in traps)
        or any(first <= one.at_us <= last for first, last in crowds)
        or one in checks
        for one in seen
    ]


def _bursts(clicks: Sequence[Seen]) -> list[tuple[bytes, int]]:
    """Return who followed different links faster than a hand can, and when."""
    own: dict[bytes, list[Seen]] = {}
    for one in clicks:
        own.setdefault(one.client, []).append(one)
    found = []
    for client, theirs in own.items():
        for one, then in pairwise(theirs):
            if one.link != then.link and then.at_us - one.at_us < _TWO_LINKS:
                found.append((client, one.at_us))
        for one, then, last in zip(theirs, theirs[1:], theirs[2:], strict=False):
            are_three = len({one.link, then.link, last.link}) == 3  # noqa: PLR2004 - three links
            if are_three and last.at_us - one.at_us < _THREE_LINKS:
                found.append((client, one.at_us))
    return found


def _crowds(clicks: Sequence[Seen]) -> list[tuple[int, int]]:
    """Return when several clients followed three different links of the message together."""
    found = []
    for place, one in enumerate(clicks):
        near = [then for then in clicks[place:] if then.at_us - one.at_us <= _TOGETHER]
        n_links = len({then.link for then in near})
        if n_links >= 3 and len({then.client for then in near}) > 1:  # noqa: PLR2004 - three links
            found.append((one.at_us, near[-1].at_us))
    return found


def _checks(clicks: Sequence[Seen]) -> list[Seen]:
    """Return requests that another client repeated at once: a link is checked, then followed."""
    return [
        one
        for one, then in pairwise(clicks)
        if one.link == then.link
        and one.client != then.client
        and then.at_us - one.at_us <= _CHECKED_FIRST
    ]


@lru_cache(maxsize=4096)
def _is_machine_agent(user_agent: str) -> bool:
    # Matching against the list takes milliseconds, and the same few agents come all the time.
    if not user_agent or user_agent == _APPLE_PROXY or _PROXIES.search(user_agent):
        return True
    return not _TEXT_BROWSERS.match(user_agent) and bool(CrawlerDetect().isCrawler(user_agent))
