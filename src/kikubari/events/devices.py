"""What a user agent and a page's address say about device and acquisition."""

from functools import lru_cache
from urllib.parse import urlsplit

import msgspec
from ua_parser import parse as parse_user_agent

_SEARCH_HOSTS = ("google.", "bing.", "yahoo.", "duckduckgo.", "baidu.", "ecosia.")
_SOCIAL_HOSTS = (
    "facebook.", "instagram.", "twitter.", "x.com", "t.co", "line.me", "tiktok.", "youtube.",
    "pinterest.", "linkedin.",
)  # fmt: skip
_PAID_SEARCH = frozenset({"cpc", "ppc", "paidsearch", "paid_search"})
_PAID_MEDIA = _PAID_SEARCH | {"paid", "display", "banner"}
_TABLETS = ("ipad", "tablet", "kindle", "silk")
_PHONES = ("iphone", "mobile", "android", "phone")


class Device(msgspec.Struct, frozen=True):
    """What is known of the device; empty where nothing is."""

    kind: str = ""  # desktop | mobile | tablet
    os: str = ""
    browser: str = ""


@lru_cache(maxsize=4096)
def read_user_agent(user_agent: str) -> Device:
    """Return device, operating system and browser family of a User-Agent header."""
    if not user_agent:
        return Device()
    result = parse_user_agent(user_agent[:500])
    lowered = user_agent.lower()
    if any(word in lowered for word in _TABLETS):
        kind = "tablet"
    elif any(word in lowered for word in _PHONES):
        kind = "mobile"
    else:
        kind = "desktop"
    return Device(
        kind,
        result.os.family if result.os else "",
        result.user_agent.family if result.user_agent else "",
    )


@lru_cache(maxsize=4096)
def acquisition_channel(source: str, medium: str, referrer: str, url: str) -> str:
    """Name the way a visit came about.

    One of paid_search, paid, email, social, organic_search, referral, campaign, direct. A visit
    that comes from the shop's own pages has none: it is not a new visit.

    Args:
        source: utm_source.
        medium: utm_medium.
        referrer: address of the page before.
        url: address of this page.
    """
    source, medium = source.lower(), medium.lower()
    if medium in _PAID_MEDIA:
        return "paid_search" if medium in _PAID_SEARCH else "paid"
    if "mail" in medium or "mail" in source:
        return "email"
    if "social" in medium:
        return "social"
    if medium or source:
        return "campaign"
    return _channel_of_referrer(referrer, host_of(url))


def _channel_of_referrer(referrer: str, host: str) -> str:
    if not referrer:
        return "direct"
    from_host = host_of(referrer)
    if from_host == host:
        return ""
    if any(name in from_host for name in _SEARCH_HOSTS):
        return "organic_search"
    if any(name in from_host for name in _SOCIAL_HOSTS):
        return "social"
    return "referral"


def host_of(url: str) -> str:
    """Return the host of an address, empty if it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
