"""Where endpoints may be: the same answer when one is set up, changed, tested and called."""

import socket
from collections.abc import Callable
from ipaddress import ip_network
from urllib.parse import urlsplit

from kikubari.deliver.providers.http.client import Reach
from kikubari.spec.errors import InvalidInputError

_MAX_URL = 2_000
Lookup = Callable[[str, int], list[str]]


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a name.

    Raises:
        OSError: it has none.
    """
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def parse_networks(setting: str) -> Reach:
    """Return the reach that a setting allows beside the public Internet.

    Raises:
        InvalidInputError: not addresses and networks, with blanks or commas between them.
    """
    try:
        networks = tuple(ip_network(one) for one in setting.replace(",", " ").split())
    except ValueError as error:
        raise InvalidInputError(
            f"KIKUBARI_WEBHOOK_NETWORKS: {error}", hint="For example 10.20.0.0/16 192.168.7.9."
        ) from error
    return Reach(networks=networks)


def reach_of(url: str, reach: Reach) -> Reach:
    """Return where a call to an address may go: unencrypted, never over the Internet."""
    if urlsplit(url).scheme == "http":
        return Reach(is_public=False, networks=reach.networks)
    return reach


def check_url(url: str, reach: Reach, lookup: Lookup) -> None:
    """Refuse an address that is never to be called.

    Raises:
        InvalidInputError: not an address of an endpoint, or it leads where it must not.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidInputError("this is not a web address") from error
    if parts.scheme not in {"https", "http"} or not host or len(url) > _MAX_URL:
        raise InvalidInputError("an endpoint's address begins with https:// and names a host")
    if parts.username is not None or parts.fragment or not url.isascii() or not url.isprintable():
        raise InvalidInputError(
            "an endpoint's address has no user, no fragment and none but ASCII characters"
        )
    try:
        addresses = lookup(host, port or (443 if parts.scheme == "https" else 80))
        is_allowed = all(reach_of(url, reach).allows(one) for one in addresses)
    except (OSError, UnicodeError, ValueError) as error:
        raise InvalidInputError(f"{host} leads nowhere") from error
    if not is_allowed:
        raise InvalidInputError(
            f"{host} leads to an address that is not to be called",
            hint="Public addresses by https; others only by KIKUBARI_WEBHOOK_NETWORKS.",
        )
