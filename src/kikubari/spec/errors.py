"""One error tree. Every refusal has a stable code, says what was wrong and what to do."""

from typing import ClassVar


class KikubariError(Exception):
    """Base of all errors this product raises on purpose.

    Attributes:
        code: stable, documented in docs/errors.md.
        status: HTTP status the API answers with.
        message: what was wrong and where.
        hint: what to do about it.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "", detail: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail


class InvalidInputError(KikubariError):
    """What was sent cannot be used as it is."""

    code = "invalid_input"
    status = 400


class TooLargeError(InvalidInputError):
    """A request, event or file is over its size limit."""

    code = "too_large"
    status = 413


class UnauthorizedError(KikubariError):
    """No key, or a key that is not known."""

    code = "unauthorized"
    status = 401


class ForbiddenError(KikubariError):
    """A known key without the scope this needs."""

    code = "forbidden"
    status = 403


class NotFoundError(KikubariError):
    """Nothing by that id."""

    code = "not_found"
    status = 404


class ConflictError(KikubariError):
    """The thing is in a state that does not allow this."""

    code = "conflict"
    status = 409


class RateLimitedError(KikubariError):
    """Too many requests for now; `retry_after_seconds` says when to come back."""

    code = "rate_limited"
    status = 429

    def __init__(self, message: str, *, retry_after_seconds: int = 1, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_seconds = retry_after_seconds


class UnavailableError(KikubariError):
    """Cannot be done durably just now (disk full, database away); nothing was acknowledged."""

    code = "unavailable"
    status = 503

    def __init__(self, message: str, *, retry_after_seconds: int = 5, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_seconds = retry_after_seconds


class SchemaChangedError(KikubariError):
    """Another version of the product brought the data to a schema this process does not know."""

    code = "schema_changed"
    status = 503

    def __init__(self, message: str, *, retry_after_seconds: int = 5, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_seconds = retry_after_seconds
