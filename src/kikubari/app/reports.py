"""The webhooks of providers that are set up here, and how their certificates are fetched."""

import asyncio
from pathlib import Path

from kikubari.app.settings import Settings
from kikubari.deliver import PostmarkWebhook, SendGridWebhook, SnsWebhook, Webhook
from kikubari.deliver.providers.http.client import GuardedClient, HttpAnswer
from kikubari.spec.errors import InvalidInputError, UnavailableError

_OK = 200
_SECONDS = 10.0


def list_webhooks(settings: Settings) -> list[Webhook]:
    """Return the webhooks that settings name.

    Raises:
        InvalidInputError: a key or a certificate that cannot be read.
    """
    found: list[Webhook] = []
    if settings.sendgrid_webhook_key:
        found.append(SendGridWebhook(settings.sendgrid_webhook_key))
    if settings.postmark_webhook_secret:
        found.append(PostmarkWebhook(settings.postmark_webhook_secret))
    if settings.ses_topic:
        certificate = _read_certificate(settings.sns_certificate)
        found.append(SnsWebhook(settings.ses_topic, fetch=fetch, certificate=certificate))
    return found


def fetch(url: str) -> bytes:
    """Return what a public address holds; goes nowhere else, and follows nothing.

    Raises:
        UnavailableError: it cannot be had now.
    """
    answer = asyncio.run(_get(url))
    if not isinstance(answer, HttpAnswer) or answer.status != _OK:
        raise UnavailableError(f"cannot fetch {url}")
    return answer.body


async def _get(url: str) -> object:
    client = GuardedClient(size=1, seconds=_SECONDS)
    try:
        return await client.request("GET", url, {})
    finally:
        await client.close()


def _read_certificate(path: str) -> bytes:
    if not path:
        return b""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InvalidInputError(f"KIKUBARI_SNS_CERTIFICATE: cannot read {path}") from error
