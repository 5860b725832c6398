"""Settings, read from the environment once. Every one is described in docs/configuration.md."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from kikubari.spec.conditions import Channel
from kikubari.spec.errors import InvalidInputError

# scheme://user:PASSWORD@host, and ?password=PASSWORD as PostgreSQL allows it.
_SECRETS = re.compile(
    r"(?i)(?<=://)(?P<user>[^:/?#@]*):[^?#]*@|(?P<name>[?&][^=&#]*(?:password|secret|token)=)[^&#]*"
)

_COST = re.compile(r"\d{1,6}(\.\d{1,6})?")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this installation runs. Field `port` is `KIKUBARI_PORT`, and so on."""

    home: str = ".kikubari"
    host: str = "127.0.0.1"
    port: int = 8765  # 0: a free one, for tests
    public_url: str = ""  # how customers reach this server; default: host and port
    trusted_proxies: str = ""  # whose word on the address of who asks is taken
    hsts_subdomains: bool = False  # browsers come by TLS to every host below `public_url` too
    images_each: Annotated[int, msgspec.Meta(ge=1)] = 2_000  # pictures one member or key may add
    database_url: str = ""  # empty: SQLite in `home`
    clickhouse_url: str = ""  # empty: the embedded engine in `home`
    smtp_url: str = ""  # empty: the sandbox inbox
    mail_url: str = ""  # a provider's API instead of SMTP
    sendgrid_webhook_key: str = ""  # public key that its event webhook signs for
    postmark_webhook_secret: str = ""  # user:password of its webhook's address
    ses_topic: str = ""  # ARN of the SNS topic that SES reports to
    sns_certificate: str = ""  # file to use instead of the certificate SNS publishes
    inbox_port: int = 0  # of the sandbox inbox; 0: a free one
    shop_name: str = "Kikubari Demo Shop"
    shop_url: str = ""  # the shop's own pages, for links to goods and carts; default: this server
    shop_address: str = ""  # postal address, for the foot of messages and customers' pages
    shop_contact: str = ""  # where customers write or call
    currency: str = "GBP"  # of amounts that name none
    timezone: str = "Europe/London"  # when a customer's own is unknown
    mail_domain: str = "example.com"  # signs DKIM and makes Message-IDs
    dkim_selector: str = "kikubari"
    bounce_address: str = ""  # bounces+TOKEN of it is the return path; empty: the From address
    reply_text: str = ""  # keep: what people reply to a message is kept in the log
    mail_rates: str = (
        ""  # messages a minute by provider; empty: careful ones, or none in the sandbox
    )
    warm_up_from: str = ""  # first day of a new sender, as 2026-12-01
    webhook_networks: str = ""  # not public, and yet endpoints of webhooks may be there
    dns_server: str = ""  # to look up senders' records; empty: the machine's own
    message_costs: str = ""  # minor units for one message, by channel: email=0.1,sms=8
    smtp_connections: int = 4
    render_workers: int = 2

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.home).absolute()

    @property
    def keys_folder(self) -> Path:
        """Where the instance's own keys are; keep it out of the data folder's back-up."""
        return self.folder / "keys"

    @property
    def is_embedded(self) -> bool:
        """Say whether state lives in this folder, owned by one process."""
        return not self.database_url

    @property
    def base_url(self) -> str:
        """Address that links in messages begin with, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def shop_base_url(self) -> str:
        """Address that links to goods and carts begin with, without a slash at the end."""
        return (self.shop_url or self.base_url).rstrip("/")

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """Names of hosts that are the shop's."""
        named = (urlsplit(url).hostname for url in (self.public_url, self.shop_url))
        return (*(name for name in named if name), self.mail_domain)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read `KIKUBARI_…` variables.

    Raises:
        InvalidInputError: a variable is unknown, or its value is not of the right kind.
    """
    names = {field.encode_name for field in msgspec.structs.fields(Settings)}
    values: dict[str, str] = {}
    for variable, value in environment.items():
        name = variable.removeprefix("KIKUBARI_").lower()
        if not variable.startswith("KIKUBARI_") or variable.startswith("KIKUBARI_TEST_"):
            continue
        if name not in names:
            raise InvalidInputError(
                f"unknown setting {variable}", hint="docs/configuration.md lists them all."
            )
        values[name] = value
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"setting: {error}", hint="See docs/configuration.md.") from error
    _check_timezone(settings.timezone)
    _check_shop_url(settings.shop_url)
    _check_reply_text(settings.reply_text)
    _check_proxies(settings.trusted_proxies)
    read_costs(settings.message_costs)
    return settings


def describe_settings(settings: Settings) -> dict[str, str]:
    """Return each setting's variable and value; passwords in addresses are starred out."""
    values = msgspec.structs.asdict(settings) | {"home": str(settings.folder)}
    return {
        f"KIKUBARI_{name.upper()}": "***"
        if value and name.endswith("_secret")
        else _SECRETS.sub(_starred, str(value))
        for name, value in values.items()
    }


def read_costs(text: str) -> dict[str, float]:
    """Read ``email=0.1,sms=8``: what one message costs by channel, in minor units.

    Raises:
        InvalidInputError: no channel, or no cost.
    """
    costs: dict[str, float] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        channel, _, cost = (one.strip() for one in part.partition("="))
        if channel not in get_args(Channel) or not _COST.fullmatch(cost):
            raise InvalidInputError(
                f"KIKUBARI_MESSAGE_COSTS: no cost of a channel: {part!r}",
                hint="Such as email=0.1,sms=8.",
            )
        costs[channel] = float(cost)
    return costs


def _starred(secret: re.Match[str]) -> str:
    return f"{secret['user']}:***@" if secret["name"] is None else f"{secret['name']}***"


def _check_shop_url(url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"https", "http"} or not parts.netloc):
        raise InvalidInputError(
            f"KIKUBARI_SHOP_URL: no address of a shop: {url!r}", hint="https://shop.example"
        )


def _check_proxies(text: str) -> None:
    for part in filter(None, text.split(",")):
        try:
            ip_network(part.strip())
        except ValueError as error:
            raise InvalidInputError(
                f"KIKUBARI_TRUSTED_PROXIES: no address or network: {part.strip()!r}",
                hint="Such as 127.0.0.1,10.20.0.0/16.",
            ) from error


def _check_reply_text(choice: str) -> None:
    if choice not in {"", "keep"}:
        raise InvalidInputError(
            f"KIKUBARI_REPLY_TEXT: {choice!r} is no choice", hint="keep, or nothing."
        )


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInputError(
            f"KIKUBARI_TIMEZONE: no time zone {name!r}", hint="For example Asia/Tokyo."
        ) from error
