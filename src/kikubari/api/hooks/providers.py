"""Reports of providers about mail they took for us; each proves by itself where it is from."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from kikubari.api.contracts import Services
from kikubari.deliver import WebhookReceipt


@post("/hooks/{provider:str}", status_code=200, include_in_schema=False, sync_to_thread=True)
def receive_reports(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    provider: FromPath[str],
    body: RawBody,
) -> WebhookReceipt:
    """Take in bounces, complaints and deliveries; the same report again changes nothing."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return services.webhooks.receive(provider, bytes(body), headers, now=services.clock.now())
