"""DNS by dnspython, with an end to waiting."""

from collections.abc import Sequence
from contextlib import suppress

import dns.exception
import dns.resolver
import dns.reversename
from dns.rdatatype import RdataType

from kikubari.spec.errors import InvalidInputError, UnavailableError

_SECONDS = 3.0
_DNS_PORT = 53
_LOCAL = "127.0.0.1"


class DnsResolver:
    """Asks the machine's name servers, or one that is named.

    Args:
        server: ``address`` or ``address:port``; empty for the machine's own.

    Raises:
        InvalidInputError: `server` is not an address.
    """

    def __init__(self, server: str = "") -> None:
        self._resolver = _make_resolver(server)
        self._resolver.lifetime = _SECONDS
        self._resolver.cache = None

    def list_texts(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name, the strings of each joined."""
        found = self._ask(name, RdataType.TXT)
        return [b"".join(one.strings).decode("utf-8", "replace") for one in found]

    def list_mail_hosts(self, name: str) -> Sequence[str]:
        """Return the MX hosts of a name, the null MX of RFC 7505 left out."""
        hosts = [one.exchange.to_text(omit_final_dot=True) for one in self._ask(name, RdataType.MX)]
        return [host for host in hosts if host not in {"", "."}]

    def list_addresses(self, name: str) -> Sequence[str]:
        """Return the IPv4 and IPv6 addresses of a name."""
        found = [*self._ask(name, RdataType.A), *self._ask(name, RdataType.AAAA)]
        return [one.to_text() for one in found]

    def list_names(self, address: str) -> Sequence[str]:
        """Return the PTR names of an address."""
        name = dns.reversename.from_address(address).to_text()
        return [one.target.to_text(omit_final_dot=True) for one in self._ask(name, RdataType.PTR)]

    def _ask(self, name: str, kind: RdataType) -> list:  # type: ignore[type-arg]  # of rdata, which dnspython types loosely
        try:
            return list(self._resolver.resolve(name, kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise UnavailableError(
                f"no answer from DNS about {name}: {error}",
                hint="Try again; KIKUBARI_DNS_SERVER names another server to ask.",
            ) from error


def _make_resolver(server: str) -> dns.resolver.Resolver:
    if not server:
        with suppress(dns.resolver.NoResolverConfiguration):
            return dns.resolver.Resolver()
        server = _LOCAL  # a machine without a configured name server may still run one
    resolver = dns.resolver.Resolver(configure=False)
    address, _, port = server.partition(":")
    try:
        resolver.nameservers = [address]
        resolver.port = int(port or _DNS_PORT)
    except ValueError as error:
        raise InvalidInputError(f"not the address of a name server: {server}") from error
    return resolver
