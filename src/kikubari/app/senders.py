"""How this installation sends, as the check of a sender wants it."""

from datetime import date
from urllib.parse import urlsplit

from kikubari.api import MailSetup
from kikubari.app.settings import Settings
from kikubari.deliver import (
    DEFAULT_RATES,
    DkimKey,
    DnsResolver,
    Pace,
    SenderReport,
    SenderSetup,
    check_sender,
    parse_rates,
)
from kikubari.deliver import dns_record as dkim_dns_record
from kikubari.deliver.providers.smtp import parse_smtp_url
from kikubari.spec.errors import InvalidInputError

_ENCRYPTS = {"required": True, "opportunistic": None, "none": False}


def make_pace(settings: Settings) -> Pace:
    """Return how fast mail goes out. The sandbox inbox takes all there is, unless told otherwise.

    Raises:
        InvalidInputError: rates or a day that cannot be read.
    """
    rates = dict(DEFAULT_RATES) if settings.smtp_url or settings.mail_url else {}
    if settings.mail_rates:
        rates = parse_rates(settings.mail_rates)
    try:
        day = date.fromisoformat(settings.warm_up_from) if settings.warm_up_from else None
    except ValueError as error:
        raise InvalidInputError(
            f"KIKUBARI_WARM_UP_FROM: not a day: {settings.warm_up_from}", hint="Such as 2026-12-01."
        ) from error
    return Pace(rates, warm_up_from=day)


def describe_mail(settings: Settings) -> MailSetup:
    """Return how mail leaves, as the console shows it."""
    sends_by = urlsplit(settings.mail_url).scheme or ("smtp" if settings.smtp_url else "sandbox")
    return MailSetup(sends_by=sends_by, signs_for=settings.mail_domain.lower())


class SenderChecks:
    """Checks senders' domains by DNS and by this installation's settings."""

    def __init__(self, settings: Settings, dkim: DkimKey) -> None:
        self._settings = settings
        self._dkim = dkim
        self._resolver = DnsResolver(settings.dns_server)

    def check(self, domain: str) -> SenderReport:
        """Check everything about mail from a domain.

        Raises:
            InvalidInputError: not a domain name.
        """
        return check_sender(domain, self._setup(domain.lower()), self._resolver)

    def _setup(self, domain: str) -> SenderSetup:
        settings = self._settings
        is_signed = domain == settings.mail_domain.lower()
        record = dkim_dns_record(self._dkim, settings.mail_domain)
        smtp = parse_smtp_url(settings.smtp_url) if settings.smtp_url else None
        encrypts = None
        if smtp is not None:
            encrypts = smtp.is_implicit_tls or _ENCRYPTS[smtp.starttls]
        return SenderSetup(
            dkim_name=record.name if is_signed else "",
            dkim_value=record.value if is_signed else "",
            return_domain=settings.bounce_address.rpartition("@")[2].lower() or domain,
            has_bounce_address=bool(settings.bounce_address),
            is_sandbox=not (settings.smtp_url or settings.mail_url),
            smtp_host=smtp.host if smtp else "",
            encrypts=encrypts,
            base_url=settings.base_url,
            postal_address=settings.shop_address,
        )
