"""Pages out of templates, with the headers that keep them harmless."""

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie

from kikubari.access import Principal
from kikubari.api.contracts import Services
from kikubari.api.pages.facts import trait_key
from kikubari.api.pages.reader import LANGUAGE_COOKIE, Reader, choose_language
from kikubari.api.pages.texts import LANGUAGES

PageRequest = Request[Principal | None, str | None, Any]

_POLICY = (
    "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
SAFE_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_YEAR_SECONDS = 365 * 24 * 3600

_templates = Environment(
    loader=PackageLoader("kikubari.api.pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["trait_key"] = trait_key


def render(
    request: PageRequest, template: str, values: Mapping[str, object], *, status: int = 200
) -> Response[str]:
    """Return a page in the reader's language.

    Templates see the values and `reader`, `t` (its `say`), `principal`, `csrf_token`, `here` and
    `asset`.
    """
    services: Services = request.app.state.services
    reader = reader_of(request)
    principal = request.scope.get("user")
    text = _templates.get_template(template).render(
        **values,
        reader=reader,
        t=reader.say,
        principal=principal,
        csrf_token=principal.csrf_token or "" if principal else "",
        here=_Here(request),
        shop=services.settings,
        asset=asset_path,
    )
    return Response(
        text,
        status_code=status,
        media_type=MediaType.HTML,
        headers=SAFE_HEADERS,
        cookies=_language_cookies(request, principal),
    )


def reader_of(request: PageRequest) -> Reader:
    """Return how to speak to whoever makes the request."""
    services: Services = request.app.state.services
    return Reader(
        choose_language(request), ZoneInfo(services.settings.timezone), services.clock.now()
    )


def read_static(name: str) -> bytes:
    """Return a file that comes with the pages."""
    return (files("kikubari.api.pages") / "static" / name).read_bytes()


@cache
def asset_path(name: str) -> str:
    """Return the address of a static file; it changes with its content, so caches never lie."""
    return f"/assets/{name}?v={blake2b(read_static(name), digest_size=6).hexdigest()}"


def _language_cookies(request: PageRequest, principal: Principal | None) -> list[Cookie]:
    """Remember a member's choice of language. A customer's page leaves nothing behind."""
    wish = request.query_params.get("lang")
    if principal is None or wish not in LANGUAGES:
        return []
    return [Cookie(LANGUAGE_COOKIE, value=wish, max_age=_YEAR_SECONDS, samesite="lax")]


class _Here:
    """The page's own address, for links that lead to it changed a little."""

    def __init__(self, request: PageRequest) -> None:
        self.path = request.url.path
        self._query = {
            name: value for name, value in request.query_params.items() if isinstance(value, str)
        }

    def with_query(self, **changes: object) -> str:
        """Return this address with some parameters set, and those that are None left out."""
        query = {**self._query, **changes}
        kept = {name: str(value) for name, value in query.items() if value is not None}
        # Never begins with two slashes, which a browser reads as another host.
        path = "/" + self.path.lstrip("/")
        return f"{path}?{urlencode(kept)}" if kept else path
