"""Pages out of templates, with the headers that keep them harmless."""

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request, Response

from kikubari.api.contracts import Services
from kikubari.api.pages.facts import trait_key
from kikubari.api.pages.reader import Reader, choose_language

PageRequest = Request[Any, Any, Any]

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

    Templates see the values and `reader`, `t` (its `say`), `here`, `shop` and `asset`. No cookie is
    set: a customer's page leaves nothing behind.
    """
    services: Services = request.app.state.services
    reader = Reader(choose_language(request))
    text = _templates.get_template(template).render(
        **values,
        reader=reader,
        t=reader.say,
        here=_Here(request),
        shop=services.settings,
        asset=asset_path,
    )
    return Response(
        text,
        status_code=status,
        media_type=MediaType.HTML,
        headers=SAFE_HEADERS,
    )


def read_static(name: str) -> bytes:
    """Return a file that comes with the pages."""
    return (files("kikubari.api.pages") / "static" / name).read_bytes()


@cache
def asset_path(name: str) -> str:
    """Return the address of a static file; it changes with its content, so caches never lie."""
    return f"/assets/{name}?v={blake2b(read_static(name), digest_size=6).hexdigest()}"


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

    def elsewhere(self, path: str) -> str:
        """Return another page's address that keeps the language asked for."""
        language = self._query.get("lang")
        return f"{path}?{urlencode({'lang': language})}" if language else path
