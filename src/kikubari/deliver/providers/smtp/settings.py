"""Where the SMTP server is, how far to trust the line to it, and how long to wait."""

import re
import ssl
from ipaddress import ip_address
from typing import Literal, get_args
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec

from kikubari.spec.errors import InvalidInputError

StartTls = Literal["required", "opportunistic", "none"]
_PORT_RELAY, _PORT_SUBMISSION, _PORT_IMPLICIT_TLS = 25, 587, 465
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_EHLO_NAME = re.compile(r"[A-Za-z0-9.-]+|\[[A-Za-z0-9.:]+\]")
_OPTIONS = frozenset({"starttls", "ehlo", "ca_file"})


class SmtpTimeouts(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds to wait in each phase: RFC 5321 4.5.3.2.

    The ten minutes after the dot are no luxury: giving up earlier is how one message becomes two.
    """

    connect: float = 30
    greeting: float = 300
    command: float = 300
    data: float = 120
    block: float = 180
    final_dot: float = 600
    quit: float = 2


class SmtpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One SMTP server.

    Attributes:
        host: name or address.
        port: of the server.
        username: empty for no authentication.
        password: a secret.
        is_implicit_tls: TLS from the first byte (``smtps``).
        starttls: what to do otherwise. ``opportunistic`` encrypts when offered and does not check
            the certificate, as mail servers among themselves do (RFC 7435).
        ehlo_name: how to introduce ourselves; by default our address as a literal.
        ca_file: PEM of the authorities to trust instead of the system's.
    """

    host: str
    port: int
    username: str = ""
    password: str = ""
    is_implicit_tls: bool = False
    starttls: StartTls = "opportunistic"
    ehlo_name: str = ""
    ca_file: str = ""

    def __repr__(self) -> str:
        return f"SmtpSettings({self.host}:{self.port})"

    def tls_context(self) -> ssl.SSLContext | None:
        """Return the TLS context these settings ask for; reading it takes milliseconds."""
        if self.starttls == "none" and not self.is_implicit_tls:
            return None
        context = ssl.create_default_context(cafile=self.ca_file or None)
        if self.starttls == "opportunistic" and not self.is_implicit_tls:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def parse_smtp_url(url: str) -> SmtpSettings:
    """Read ``smtp://user:pass@host:port?starttls=required`` or ``smtps://…``.

    User and password are percent-encoded. Options: ``starttls`` (required, opportunistic, none),
    ``ehlo``, ``ca_file``. With a password, STARTTLS is required unless the URL says otherwise or
    the server is on this machine: whoever strips the offer from the dialogue would get it.

    Raises:
        InvalidInputError: anything else. The message never repeats the URL, which holds a secret.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _bad_url("it cannot be read") from None
    host, username = parts.hostname or "", unquote(parts.username or "")
    _check_parts(parts, host, options)
    starttls = options.get("starttls")
    if starttls is None:
        starttls = "required" if username and not is_loopback(host) else "opportunistic"
    is_implicit_tls = parts.scheme == "smtps"
    if port is None:
        port = _PORT_SUBMISSION if username else _PORT_RELAY
        port = _PORT_IMPLICIT_TLS if is_implicit_tls else port
    return SmtpSettings(
        host=host,
        port=port,
        username=username,
        password=unquote(parts.password or ""),
        is_implicit_tls=is_implicit_tls,
        starttls=msgspec.convert(starttls, StartTls),
        ehlo_name=options.get("ehlo", ""),
        ca_file=options.get("ca_file", ""),
    )


def is_loopback(host: str) -> bool:
    """Say whether the host is this machine by its name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_parts(parts: SplitResult, host: str, options: dict[str, str]) -> None:
    if parts.scheme not in {"smtp", "smtps"}:
        raise _bad_url("it starts with neither smtp:// nor smtps://")
    if not _HOST.fullmatch(host):
        raise _bad_url("it names no host")
    if parts.path.strip("/") or parts.fragment:
        raise _bad_url("it has a path")
    unknown = sorted(options.keys() - _OPTIONS)
    if unknown:
        raise _bad_url(f"unknown option {unknown[0]!r}")
    if options.get("starttls", "none") not in get_args(StartTls):
        raise _bad_url("starttls is required, opportunistic or none")
    if not _EHLO_NAME.fullmatch(options.get("ehlo", "x")):
        raise _bad_url("ehlo is no host name")


def _bad_url(what: str) -> InvalidInputError:
    return InvalidInputError(
        f"SMTP URL: {what}",
        hint="Write smtp://user:password@host:port?starttls=required, or smtps://…",
    )
