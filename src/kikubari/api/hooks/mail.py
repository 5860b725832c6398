"""Inbound mail, from a mail server on this machine or elsewhere."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromQuery, RawBody

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import MailReceipt


@post(
    "/hooks/mail",
    guards=[requires("write")],
    status_code=200,
    include_in_schema=False,
    sync_to_thread=True,
)
def receive_mail(
    services: NamedDependency[Services], body: RawBody, recipient: FromQuery[str] = ""
) -> MailReceipt:
    """Take one message as received: a bounce, a complaint, or something that changes nothing."""
    return services.receiving.receive(bytes(body), recipient=recipient, at=services.clock.now())
