"""E-mail addresses as they go on the wire: ASCII, IDN domains as A-labels, nothing injectable."""

import re
from functools import lru_cache

import idna

from kikubari.spec.errors import InvalidInputError

# RFC 5321 4.5.3.1: octets of the local part, of the domain, of the whole path without brackets.
MAX_LOCAL = 64
MAX_DOMAIN = 253
MAX_ADDRESS = 254

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOT_ATOM = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')
# What old Japanese carriers issued: dots at the end or in a row. Legal only inside quotes.
_LOOSE = re.compile(rf"(?:{_ATEXT}|\.)+")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def to_wire_address(address: str) -> str:
    """Return the ASCII form of an address, fit for an SMTP path or an address header.

    The domain is lower-cased and turned into A-labels; a local part that RFC 5321 only allows
    quoted (``a..b@``, ``a.@``) is quoted.

    Raises:
        InvalidInputError: not an address, over its length limits, or its local part is not ASCII
            (which would need SMTPUTF8 from every relay on the way).
    """
    local, separator, domain = address.rpartition("@")
    if not separator or not local:
        raise InvalidInputError(f"not an e-mail address: {address!r}")
    wire = f"{_wire_local(local, address)}@{to_ascii_domain(domain)}"
    if len(wire) > MAX_ADDRESS:
        raise InvalidInputError(f"e-mail address over {MAX_ADDRESS} characters: {address!r}")
    return wire


def _wire_local(local: str, address: str) -> str:
    if not (_DOT_ATOM.fullmatch(local) or _QUOTED.fullmatch(local)):
        if not _LOOSE.fullmatch(local):
            raise InvalidInputError(
                f"not an e-mail address: {address!r}",
                hint="The part before @ must be ASCII without spaces or control characters.",
            )
        local = f'"{local}"'
    if len(local) > MAX_LOCAL:
        raise InvalidInputError(f"over {MAX_LOCAL} characters before the @: {address!r}")
    return local


@lru_cache(maxsize=4096)
def to_ascii_domain(domain: str) -> str:
    """Return a domain in lower case with each label as an A-label (RFC 5891, UTS 46 mapping).

    Raises:
        InvalidInputError: not a domain name, or longer than DNS allows.
    """
    if domain.isascii():
        ascii_domain = domain.lower()
    else:
        try:
            ascii_domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise InvalidInputError(f"not a domain name: {domain!r}") from error
    if len(ascii_domain) > MAX_DOMAIN or not _HOST.fullmatch(ascii_domain):
        raise InvalidInputError(f"not a domain name: {domain!r}")
    return ascii_domain
