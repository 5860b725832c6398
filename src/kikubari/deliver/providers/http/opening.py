"""From a setting to a provider."""

from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from kikubari.deliver.providers.http import postmark, sendgrid, ses
from kikubari.deliver.providers.http.client import GuardedClient
from kikubari.deliver.providers.http.contracts import HttpProvider
from kikubari.deliver.providers.http.transport import HttpTransport
from kikubari.kit.clock import Clock
from kikubari.spec.errors import InvalidInputError

_OPTIONS = frozenset({"endpoint", "configuration_set", "stream"})
_HINT = (
    "sendgrid://apikey:KEY@, postmark://token:TOKEN@?stream=broadcast, or"
    " ses://ACCESS_KEY:SECRET_KEY@ap-northeast-1?configuration_set=kikubari."
)


def open_provider(url: str, *, size: int, clock: Clock) -> HttpTransport:
    """Return a transport that sends by the provider a URL names.

    ``?endpoint=http://host:port`` sends to a server of the operator's own choice, public or not.

    Raises:
        InvalidInputError: not such a URL; never says what the secret in it is.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if not parts.password or options.keys() - _OPTIONS:
        raise InvalidInputError("KIKUBARI_MAIL_URL: no secret, or an unknown option", hint=_HINT)
    endpoint = options.get("endpoint", "").rstrip("/")
    provider = _make(parts, options, endpoint, clock)
    client = GuardedClient(size=size, allows_private=bool(endpoint))
    return HttpTransport(provider, client, size=size)


def _make(parts: SplitResult, options: dict[str, str], endpoint: str, clock: Clock) -> HttpProvider:
    secret = unquote(parts.password or "")
    match parts.scheme:
        case "sendgrid":
            return sendgrid.SendGrid(endpoint or f"https://{sendgrid.HOST}", secret)
        case "postmark":
            base_url = endpoint or f"https://{postmark.HOST}"
            return postmark.Postmark(base_url, secret, options.get("stream", "broadcast"))
        case "ses":
            region = parts.hostname or ""
            if not region.replace("-", "").isalnum():
                raise InvalidInputError("KIKUBARI_MAIL_URL: no AWS region", hint=_HINT)
            return ses.AmazonSes(
                endpoint or f"https://{ses.host_of(region)}",
                unquote(parts.username or ""),
                secret,
                region=region,
                configuration_set=options.get("configuration_set", ""),
                clock=clock,
            )
    raise InvalidInputError(f"KIKUBARI_MAIL_URL: no provider {parts.scheme}", hint=_HINT)
