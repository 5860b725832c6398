"""Where a request came from, told so that it names nobody."""

from ipaddress import ip_address, ip_network

from kikubari.api.pages.rendering import PageRequest

_IPV4 = 4


def network_of(request: PageRequest) -> str:
    """Return the network a request came from: enough for evidence, too little to name anybody."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return "an unknown network"
    bits = 24 if address.version == _IPV4 else 48
    return str(ip_network(f"{address}/{bits}", strict=False))
