"""What every console page needs: a log-in, proof that forms are ours, errors as pages."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from kikubari.api.authentication import check_csrf_token
from kikubari.api.pages.rendering import SAFE_HEADERS, PageRequest, render
from kikubari.spec.errors import KikubariError, UnauthorizedError

logger = structlog.get_logger(__name__)

CSRF_FIELD = "csrf_token"
MAX_FORM_BYTES = 16 * 1024
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_NOT_FOUND, _FORBIDDEN, _CONFLICT = 404, 403, 409
_KNOWN = frozenset({_NOT_FOUND, _FORBIDDEN, _CONFLICT})


async def check_form(request: Request[Any, Any, Any]) -> None:
    """Refuse an unsafe request whose form does not carry the session's token.

    Raises:
        ForbiddenError: the token is missing or another one.
    """
    if request.method in _SAFE_METHODS or request.user is None:
        return
    form = await request.form()
    presented = form.get(CSRF_FIELD)
    check_csrf_token(request.user, presented if isinstance(presented, str) else "")


def go(path: str) -> Redirect:
    """Send the browser to a page of ours after a form."""
    return Redirect(path, status_code=303, headers=SAFE_HEADERS)


def local_path(text: str) -> str:
    """Return a path on this server, the home page for anything else: never another host."""
    parts = urlsplit(text) if text.isprintable() else None
    is_local = (
        parts is not None
        and not parts.scheme
        and not parts.netloc
        and text.startswith("/")
        and not text.startswith("//")
        and "\\" not in text
    )
    return text if is_local else "/"


def answer_refusal(request: PageRequest, error: KikubariError) -> Response[Any]:
    """Answer an error raised on purpose: the log-in page, or a page that says what is wrong."""
    if isinstance(error, UnauthorizedError):
        is_page = request.method in _SAFE_METHODS
        query = urlencode({"next": _full_path(request)}) if is_page else ""
        return go(f"/login?{query}" if query else "/login")
    return _error_page(request, error.status, error.message, error.hint)


def answer_http_error(request: PageRequest, error: HTTPException) -> Response[Any]:
    """Answer an error the framework found."""
    return _error_page(request, error.status_code, "", "")


def answer_fault(request: PageRequest, error: Exception) -> Response[Any]:
    """Answer a fault of ours without telling its inside; the log has it whole."""
    logger.error("page.failed", path=request.url.path, exc_info=error)
    return _error_page(request, 500, "", "")


def _error_page(request: PageRequest, status: int, detail: str, hint: str) -> Response[str]:
    kind = str(status) if status in _KNOWN else "fault" if status >= 500 else "input"  # noqa: PLR2004
    values = {"kind": kind, "detail": detail, "hint": hint}
    return render(request, "error.html", values, status=status)


def _full_path(request: PageRequest) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
