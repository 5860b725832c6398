"""The sandbox inbox: what was sent, as received."""

from typing import Annotated

import msgspec
from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, PathParameter, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.received import answer_markup
from kikubari.deliver import InboxEntry

Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
RowId = Annotated[int | None, QueryParameter(ge=0, le=2**53)]
MailId = Annotated[int, PathParameter(ge=0, le=2**53)]


class MailAnswer(msgspec.Struct, frozen=True):
    """A received message, opened. `source` holds its octets, as Latin-1 text."""

    entry: InboxEntry
    headers: list[tuple[str, str]]
    text: str
    html: str
    source: str


@get("/inbox", guards=[requires("read")], sync_to_thread=True)
def list_mail(
    services: NamedDependency[Services],
    recipient: FromQuery[str | None] = None,
    before_id: RowId = None,
    limit: Limit = 50,
) -> list[InboxEntry]:
    """List received messages, newest first."""
    return services.inbox.list_mail(search=recipient or "", before_id=before_id, limit=limit)


@get("/inbox/{mail_id:int}", guards=[requires("read")], sync_to_thread=True)
def get_mail(services: NamedDependency[Services], mail_id: MailId) -> MailAnswer:
    """Return a received message: headers, both bodies and source."""
    mail = services.inbox.get(mail_id)
    return MailAnswer(mail.entry, mail.headers, mail.text, mail.html, mail.source.decode("latin-1"))


@get(
    "/inbox/{mail_id:int}/html",
    guards=[requires("read")],
    sync_to_thread=True,
    media_type=MediaType.HTML,
)
def get_mail_markup(services: NamedDependency[Services], mail_id: MailId) -> Response[str]:
    """Return the HTML of a received message, for a frame that runs nothing."""
    return answer_markup(services.inbox.get(mail_id).html, services.settings.base_url)


sandbox_handlers = [list_mail, get_mail, get_mail_markup]
