"""The sandbox inbox: every message as it was received."""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.pages.rendering import PageRequest, render

_PAGE = 30
_HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)
# Links open beside the console, never inside the frame.
_BASE = '<base target="_blank">'
_MAX_SEARCH = 200


@get("/inbox", guards=[requires("read")], sync_to_thread=True)
def list_inbox(
    request: PageRequest,
    services: NamedDependency[Services],
    q: Annotated[str, QueryParameter(max_length=_MAX_SEARCH)] = "",
    before: Annotated[int | None, QueryParameter(ge=1)] = None,
) -> Response[Any]:
    """Show received messages, newest first."""
    found = services.inbox.list_mail(search=q.strip(), before_id=before, limit=_PAGE + 1)
    values = {
        "entries": found[:_PAGE],
        "n_kept": services.inbox.count(),
        "q": q.strip(),
        "is_first": before is None,
        "next_before": found[_PAGE - 1].id if len(found) > _PAGE else None,
    }
    return render(request, "inbox.html", values)


@get("/inbox/{mail_id:int}", guards=[requires("read")], sync_to_thread=True)
def show_mail(
    request: PageRequest, services: NamedDependency[Services], mail_id: FromPath[int]
) -> Response[Any]:
    """Show one message: as its reader sees it, as text, with headers and source."""
    mail = services.inbox.get(mail_id)
    values = {"mail": mail, "source": mail.source.decode("utf-8", "replace")}
    return render(request, "mail.html", values)


@get("/inbox/{mail_id:int}/html", guards=[requires("read")], sync_to_thread=True)
def show_mail_html(services: NamedDependency[Services], mail_id: FromPath[int]) -> Response[str]:
    """Return the HTML as the sender wrote it, shut in: no script, no form, our images only."""
    markup = services.inbox.get(mail_id).html
    headers = {
        "Content-Security-Policy": frame_policy(services.settings.base_url),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return Response(_with_base(markup), media_type=MediaType.HTML, headers=headers)


def frame_policy(base_url: str) -> str:
    """Return the policy of a received message; it holds even when opened outside its frame."""
    parts = urlsplit(base_url)
    return (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
        f" img-src 'self' {parts.scheme}://{parts.netloc}; style-src 'unsafe-inline';"
        " form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )


def _with_base(markup: str) -> str:
    head = _HEAD.search(markup)
    at = head.end() if head else 0
    return markup[:at] + _BASE + markup[at:]
