"""Refusals and faults as pages."""

from typing import Any

import structlog
from litestar import Response
from litestar.exceptions import HTTPException

from kikubari.api.pages.rendering import PageRequest, render
from kikubari.spec.errors import KikubariError

logger = structlog.get_logger(__name__)

_NOT_FOUND, _FAULT = 404, 500


def answer_refusal(request: PageRequest, error: KikubariError) -> Response[Any]:
    """Answer an error raised on purpose: a page that says what is wrong."""
    return _error_page(request, error.status, error.message, error.hint)


def answer_http_error(request: PageRequest, error: HTTPException) -> Response[Any]:
    """Answer an error the framework found."""
    return _error_page(request, error.status_code, "", "")


def answer_fault(request: PageRequest, error: Exception) -> Response[Any]:
    """Answer a fault of ours without telling its inside; the log has it whole."""
    logger.error("page.failed", path=request.url.path, exc_info=error)
    return _error_page(request, _FAULT, "", "")


def _error_page(request: PageRequest, status: int, detail: str, hint: str) -> Response[str]:
    kind = "404" if status == _NOT_FOUND else "fault" if status >= _FAULT else "input"
    values = {"kind": kind, "detail": detail, "hint": hint}
    return render(request, "error.html", values, status=status)
