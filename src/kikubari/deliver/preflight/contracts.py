"""What a check of a sender needs, and what it says."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from kikubari.spec.errors import KikubariError


class Level(StrEnum):
    """How a finding stands to the rules of large mail providers."""

    OK = "ok"
    WARN = "warn"  # works, and could be better
    FAIL = "fail"  # bulk mail is refused or goes to spam
    UNCHECKED = "unchecked"  # cannot be told from here


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement, and whether it is met.

    Attributes:
        code: spf, dkim, dmarc, alignment, bounces, reverse_dns, tls, one_click, postal_address.
        where: the DNS name or the setting it is about.
        found: what stands there now, empty if nothing.
        publish: what should stand there, empty if nothing has to change.
        en, ja: what is so, and what to do.
    """

    code: str
    level: Level
    where: str
    en: str
    ja: str
    found: str = ""
    publish: str = ""


class SenderReport(msgspec.Struct, frozen=True, kw_only=True):
    """All findings about a sender's domain.

    Attributes:
        is_ready: nothing fails.
        is_blocked: broadcasts from the domain are not sent as it is. Never in the sandbox inbox,
            which nobody outside receives mail from.
        is_sandbox: mail goes to the sandbox inbox.
    """

    domain: str
    is_ready: bool
    is_blocked: bool = False
    is_sandbox: bool = False
    findings: list[Finding]


class SenderNotReadyError(KikubariError):
    """A broadcast whose sender breaks rules of large mail providers; `detail` has the findings."""

    code = "sender_not_ready"
    status = 409


class SenderSetup(msgspec.Struct, frozen=True, kw_only=True):
    """How this installation sends.

    Attributes:
        dkim_name, dkim_value: the record of our own key; empty when there is none for the domain.
        return_domain: of the envelope sender, which SPF is about.
        has_bounce_address: bounces come in by signed return paths.
        is_sandbox: mail goes to the sandbox inbox.
        smtp_host: the relay's name; empty for none (the sandbox inbox or a provider's API).
        encrypts: by TLS always (True), when offered (None), never (False).
        base_url: what links in messages begin with.
        postal_address: the shop's, as the law wants it in advertisements.
    """

    dkim_name: str = ""
    dkim_value: str = ""
    return_domain: str = ""
    has_bounce_address: bool = False
    is_sandbox: bool = False
    smtp_host: str = ""
    encrypts: bool | None = None
    base_url: str = ""
    postal_address: str = ""


class Resolver(Protocol):
    """Looks names up. Nothing there is an empty answer.

    Each raises UnavailableError when no answer can be had.
    """

    def list_texts(self, name: str) -> Sequence[str]:
        """Return the TXT records of a name, the strings of each joined."""
        ...

    def list_mail_hosts(self, name: str) -> Sequence[str]:
        """Return the MX hosts of a name."""
        ...

    def list_addresses(self, name: str) -> Sequence[str]:
        """Return the IPv4 and IPv6 addresses of a name."""
        ...

    def list_names(self, address: str) -> Sequence[str]:
        """Return the PTR names of an address."""
        ...
