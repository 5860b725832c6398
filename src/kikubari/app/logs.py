"""Structured logs: one JSON object a line, without personal data and without local variables."""

import sys

import structlog

# What reaches a log by mistake must not say who somebody is.
_SECRET_KEYS = frozenset(
    {"email", "address", "name", "phone", "token", "secret", "password", "traits"}
)


def configure_logs() -> None:
    """Send logs to standard error as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_personal_data,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _without_personal_data(
    _logger: object, _method: str, entry: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {key: value for key, value in entry.items() if key not in _SECRET_KEYS}
