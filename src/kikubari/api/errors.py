"""Errors as the API answers them: code, what was wrong and where, what to do."""

from typing import Any

import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException

from kikubari.journeys.definition import hint_at_kind
from kikubari.spec.errors import KikubariError, RateLimitedError, UnavailableError

logger = structlog.get_logger(__name__)


class ErrorBody(msgspec.Struct, frozen=True):
    """What every refusal carries."""

    code: str
    message: str
    hint: str = ""
    detail: Any = None


class ErrorAnswer(msgspec.Struct, frozen=True):
    """The body of an answer that is not a success."""

    error: ErrorBody


_CODES = {
    400: "invalid_input",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}


_HINTS = {
    400: "detail tells which field; /api/openapi.json describes them all.",
    404: "/api/openapi.json lists every address.",
    405: "/api/openapi.json lists the methods of every address.",
    413: "A request to the admin API has at most 2 MiB.",
}


_SAFE_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def answer_refusal(request: Request[Any, Any, Any], error: KikubariError) -> Response[ErrorAnswer]:
    """Answer an error raised on purpose."""
    request.scope["refusal"] = error.code  # type: ignore[typeddict-unknown-key]  # for the audit log and the server's
    headers: dict[str, str] = {}
    if isinstance(error, RateLimitedError | UnavailableError):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == 401:  # noqa: PLR2004 - the HTTP status by its number
        headers["WWW-Authenticate"] = 'Bearer realm="kikubari"'
    body = ErrorBody(error.code, error.message, error.hint, error.detail)
    return _answer(body, error.status, headers)


def answer_http_error(
    request: Request[Any, Any, Any], error: HTTPException
) -> Response[ErrorAnswer]:
    """Answer an error the framework found: bad JSON, unknown path, wrong type."""
    if error.status_code >= 500:  # noqa: PLR2004 - statuses of ours
        return answer_fault(request, error)
    body = ErrorBody(
        _CODES.get(error.status_code, "invalid_input"),
        error.detail,
        hint_at_kind(f"{error.detail} {error.extra}") or _HINTS.get(error.status_code, ""),
        error.extra or None,
    )
    request.scope["refusal"] = body.code  # type: ignore[typeddict-unknown-key]  # as above
    return _answer(body, error.status_code, dict(error.headers or {}))


def answer_fault(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorAnswer]:
    """Answer a fault of ours without telling its inside; the log has it whole."""
    logger.error("request.failed", path=request.url.path, exc_info=error)
    return _answer(ErrorBody("internal", "something went wrong on our side"), 500, {})


def _answer(body: ErrorBody, status: int, headers: dict[str, str]) -> Response[ErrorAnswer]:
    return Response(
        ErrorAnswer(body),
        status_code=status,
        media_type=MediaType.JSON,
        headers=_SAFE_HEADERS | headers,
    )
